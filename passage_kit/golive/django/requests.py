"""The user of a Django request, by the authenticator that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, JsonResponse
from django.utils.module_loading import import_string

from passage_kit.golive.authenticator import Authenticator
from passage_kit.golive.incoming import COOKIE, Incoming
from passage_kit.golive.refusals import NotAuthenticatedError, RequestRefusedError

SETTING = "PASSAGE_AUTHENTICATOR"


def authenticator_of_project() -> Authenticator[Any]:
    """Give the authenticator that ``PASSAGE_AUTHENTICATOR`` names.

    Raises
    ------
    ImproperlyConfigured
        If the setting is missing, or names something else.
    """
    return _named(getattr(settings, SETTING, ""))


@lru_cache(maxsize=8)
def _named(path: str) -> Authenticator[Any]:
    try:
        found = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"{SETTING} is {path!r}, expected the path of an Authenticator.") from error
    if not isinstance(found, Authenticator):
        raise ImproperlyConfigured(f"{SETTING} names {type(found).__name__}, expected an Authenticator.")
    return found


def incoming_of(request: HttpRequest) -> Incoming:
    """Read the parts of a request that authentication needs."""
    return Incoming.read(request.method or "", request.get_host(), request.headers, request.COOKIES)


def has_token(request: HttpRequest) -> bool:
    """Tell whether a request has a token, whatever it is worth; a cookie that was emptied has none."""
    return bool(request.COOKIES.get(COOKIE)) or request.headers.get("Authorization", "").lower().startswith("bearer ")


def answer(refused: RequestRefusedError) -> JsonResponse:
    """Make the answer to a refused request."""
    return JsonResponse(refused.body, status=refused.status, headers=refused.headers)


def passage_required(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only requests of a user reach a view, sync or async; others are answered in JSON with 401, 403 or 503.

    Parameters
    ----------
    view : callable
        Behind :class:`DjangoMiddleware`.

    Returns
    -------
    callable
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def guarded_async(request: HttpRequest, *arguments: Any, **options: Any) -> Any:
            await sync_to_async(_require)(request)
            return await view(request, *arguments, **options)

        return guarded_async

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **options: Any) -> Any:
        _require(request)
        return view(request, *arguments, **options)

    return guarded


def _require(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        raise getattr(request, "passage_refused", None) or NotAuthenticatedError("the request has no token")


def anonymous() -> Any:
    """Give Django's user of a request that nobody has signed in."""
    from django.contrib.auth.models import AnonymousUser  # a model, which needs the project to have started

    return AnonymousUser()
