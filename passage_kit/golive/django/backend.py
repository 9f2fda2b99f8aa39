"""Django's authentication backend: a token of Passage as credentials, for a session of Django's own."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from passage_kit.golive.django.requests import authenticator_of_project
from passage_kit.golive.refusals import AccountHeldError, NotAuthenticatedError


class DjangoBackend:
    """An entry for ``AUTHENTICATION_BACKENDS``: ``authenticate(request, passage_token=token)`` gives the user.

    ``login(request, user)`` then makes a session of Django's own, with its cookie and its protection against CSRF. The
    session lives on when the token expires; give it a short age if a deactivated user must not stay. It gives no
    permissions: keep Django's ``ModelBackend`` beside it for those.
    """

    def authenticate(self, request: HttpRequest | None, passage_token: str | None = None, **_: Any) -> Any:
        """Give the user of a token; None if it is refused.

        Raises
        ------
        AuthenticationUnavailableError
            If it cannot be judged now.
        """
        if not passage_token:
            return None
        try:
            return authenticator_of_project().user_of(passage_token)
        except (NotAuthenticatedError, AccountHeldError):  # logged already
            return None

    def get_user(self, user_id: Any) -> Any:
        """Give the user of a session; None if there is none any more, or the row is inactive."""
        user = get_user_model()._base_manager.filter(pk=user_id).first()
        return user if user is not None and authenticator_of_project().users.is_active(user) else None
