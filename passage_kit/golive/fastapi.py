"""FastAPI: a dependency that gives the application's own user."""

from __future__ import annotations

from typing import Generic, TypeVar

from passage_kit.errors import MissingExtraError
from passage_kit.golive.refusals import NotAuthenticatedError, RequestRefusedError
from passage_kit.golive.starlette import AnyAuthenticator, user_in

try:
    from fastapi import HTTPException
    from starlette.requests import HTTPConnection
except ImportError as error:
    raise MissingExtraError("FastAPI is missing: pip install fastapi.") from error

User = TypeVar("User")


class FastApiUser(Generic[User]):
    """A dependency that gives the application's own user: ``user: Annotated[Account, Depends(current_user)]``.

    A request that is refused ends in an ``HTTPException`` with 401, 403 or 503, whose ``detail`` is the body of the
    refusal.

    Parameters
    ----------
    authenticator : AsyncAuthenticator or Authenticator
        A synchronous one works in threads.

    See Also
    --------
    StarletteBackend : For pages that anybody may see.
    """

    def __init__(self, authenticator: AnyAuthenticator[User]) -> None:
        self._authenticator = authenticator

    async def __call__(self, connection: HTTPConnection) -> User:
        """Give the user of a request or a WebSocket; called by FastAPI."""
        try:
            user = await user_in(connection, self._authenticator)
            if user is None:
                raise NotAuthenticatedError("the request has no token")
        except RequestRefusedError as refused:
            raise HTTPException(refused.status, refused.body, refused.headers) from refused
        return user
