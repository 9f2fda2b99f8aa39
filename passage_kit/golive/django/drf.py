"""Django REST framework: an authentication class."""

from __future__ import annotations

from typing import Any

from passage_kit.errors import MissingExtraError
from passage_kit.golive.django.requests import authenticator_of_project, incoming_of
from passage_kit.golive.refusals import RETRY_AFTER, RequestRefusedError

try:
    from rest_framework.authentication import BaseAuthentication
    from rest_framework.exceptions import APIException
except ImportError as error:
    raise MissingExtraError("Django REST framework is missing: pip install djangorestframework.") from error


class DrfAuthentication(BaseAuthentication):
    """An entry for ``authentication_classes``; it names its header, so that a refusal is 401 and not 403.

    A cookie that is refused leaves the request anonymous, and a permission such as ``IsAuthenticated`` answers 401. A
    bearer token that is refused is 401 in any case. A changing request with the cookie has to name an origin of the
    application, since the framework lifts Django's own check of CSRF.
    """

    def authenticate(self, request: Any) -> tuple[Any, str] | None:
        """Give user and token of a request; None if it has no token."""
        incoming = incoming_of(request)
        try:
            user = authenticator_of_project().authenticate(incoming)
        except RequestRefusedError as refused:
            if refused.status == 401 and not incoming.bearer:
                return None
            raise _Refusal(refused) from refused
        return None if user is None else (user, incoming.bearer or incoming.cookie)

    def authenticate_header(self, request: Any) -> str:
        """Name the scheme, which makes the framework answer 401."""
        return "Bearer"


class _Refusal(APIException):
    """A refusal in the framework's own form."""

    def __init__(self, refused: RequestRefusedError) -> None:
        super().__init__(refused.body)
        self.status_code = refused.status
        self.auth_header = refused.headers.get("WWW-Authenticate")
        if refused.status == 503:
            self.wait = RETRY_AFTER
