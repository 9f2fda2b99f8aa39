"""Starlette: an authentication backend, and what views and the application do with it."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from passage_kit.errors import MissingExtraError
from passage_kit.golive.authenticator import AsyncAuthenticator, Authenticator
from passage_kit.golive.incoming import Incoming
from passage_kit.golive.refusals import NotAuthenticatedError, RequestRefusedError

try:
    from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser, UnauthenticatedUser
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import JSONResponse
except ImportError as error:
    raise MissingExtraError("Starlette is missing: pip install starlette.") from error

User = TypeVar("User")
AnyAuthenticator = Authenticator[User] | AsyncAuthenticator[User]


class StarletteUser(BaseUser, Generic[User]):
    """``request.user`` of a request that Passage has authenticated; ``row`` is the application's own user.

    Parameters
    ----------
    row : object
    key : object
        Primary key of the row.
    """

    def __init__(self, row: User, key: Any) -> None:
        self.row, self._key = row, key

    @property
    def is_authenticated(self) -> bool:
        """True."""
        return True

    @property
    def display_name(self) -> str:
        """The primary key as text, since the kit does not know which column is a name."""
        return str(self._key)

    @property
    def identity(self) -> str:
        """The primary key as text."""
        return str(self._key)


class _RefusedUser(UnauthenticatedUser):
    """``request.user`` of a request that was refused; the reason waits for a view that needs a user."""

    def __init__(self, refused: RequestRefusedError) -> None:
        self.refused = refused


class StarletteBackend(AuthenticationBackend, Generic[User]):
    """An ``AuthenticationBackend`` for Starlette's ``AuthenticationMiddleware``, and so for FastAPI.

    A request without a token has the unauthenticated user, and so has one whose token is refused: an old cookie must
    not keep anybody from the page to sign in. A view that needs a user calls :func:`starlette_user`, and the
    application answers with :func:`answer_refusal`. A WebSocket with a cookie has to name an origin, as a POST has.

    Parameters
    ----------
    authenticator : AsyncAuthenticator or Authenticator
        A synchronous one works in threads.

    See Also
    --------
    starlette_user : The user of a request in a view.
    """

    def __init__(self, authenticator: AnyAuthenticator[User]) -> None:
        self._authenticator = authenticator

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        """Give the user of a request; called by the middleware."""
        try:
            user = await user_in(conn, self._authenticator)
        except RequestRefusedError as refused:
            return AuthCredentials(), _RefusedUser(refused)
        if user is None:
            return None
        return AuthCredentials(["authenticated"]), StarletteUser(user, self._authenticator.users.key_of(user))


async def user_in(connection: HTTPConnection, authenticator: AnyAuthenticator[User]) -> User | None:
    """Give the user of a request or a WebSocket; None if it has no token."""
    method = connection.scope.get("method", "WEBSOCKET")
    incoming = Incoming.read(method, connection.headers.get("host", ""), connection.headers, connection.cookies)
    if isinstance(authenticator, AsyncAuthenticator):
        return await authenticator.authenticate(incoming)
    return await run_in_threadpool(authenticator.authenticate, incoming)


def starlette_user(connection: HTTPConnection) -> Any:
    """Give the application's own user of a request behind :class:`StarletteBackend`.

    Parameters
    ----------
    connection : starlette.requests.HTTPConnection
        A request or a WebSocket.

    Returns
    -------
    object
        The row.

    Raises
    ------
    RequestRefusedError
        If there is none; :func:`answer_refusal` makes the answer of it.
    """
    match connection.user:
        case StarletteUser(row=row):
            return row
        case _RefusedUser(refused=refused):
            raise refused
    raise NotAuthenticatedError("the request has no token")


async def answer_refusal(_: Request, error: Exception) -> JSONResponse:
    """Answer a refused request in JSON: ``exception_handlers={RequestRefusedError: answer_refusal}``.

    Parameters
    ----------
    error : RequestRefusedError

    Returns
    -------
    starlette.responses.JSONResponse
    """
    if not isinstance(error, RequestRefusedError):
        raise error
    return JSONResponse(error.body, error.status, error.headers)
