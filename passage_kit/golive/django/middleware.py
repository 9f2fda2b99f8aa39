"""Django's middleware: ``request.user`` is the row of whoever Passage has authenticated."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from passage_kit.golive.django.requests import anonymous, answer, authenticator_of_project, has_token, incoming_of
from passage_kit.golive.refusals import RequestRefusedError


class DjangoMiddleware(MiddlewareMixin):
    """Set ``request.user`` (and ``request.auser``) for requests with a token of Passage.

    Put it after Django's own ``AuthenticationMiddleware``, if you have that: a request without a token keeps the user
    of the session. The user is looked up when a view asks for it. A request whose token is refused has the anonymous
    user, since an old cookie must not keep anybody from the page to sign in; ``passage_required`` before a view answers
    such a request in JSON with 401, 403 or 503.

    Django's own check of CSRF stays in force. A changing request with the cookie has to name an origin of the
    application, too, also where a view is exempt from that check.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Set the user, to be looked up later."""
        if hasattr(request, "user") and not has_token(request):
            return
        look_up = _once(partial(_user_of, request))
        request.user = SimpleLazyObject(look_up)
        request.auser = sync_to_async(look_up)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a request that was refused."""
        return answer(exception) if isinstance(exception, RequestRefusedError) else None


def _user_of(request: HttpRequest) -> Any:
    try:
        return authenticator_of_project().authenticate(incoming_of(request)) or anonymous()
    except RequestRefusedError as refused:
        request.passage_refused = refused
        return anonymous()


def _once(call: Callable[[], Any]) -> Callable[[], Any]:
    found: list[Any] = []

    def first_time() -> Any:
        if not found:
            found.append(call())
        return found[0]

    return first_time
