"""The way from a request to the application's own user, for every framework."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from functools import partial
from typing import Any, Generic, TypeVar

from passage_kit.errors import OptionError
from passage_kit.golive.directory import Directory
from passage_kit.golive.incoming import Incoming, token_of
from passage_kit.golive.linking import link_or_create
from passage_kit.golive.refusals import AccountHeldError, NotAuthenticatedError, OriginRefusedError
from passage_kit.golive.stepping import Steps, run, run_async
from passage_kit.golive.stores import AsyncUserStore, UserStore
from passage_kit.golive.tokens import TokenVerifier

User = TypeVar("User")
HELD_FOR = 5.0  # seconds until a held user is judged anew, so that one of them cannot keep the API busy
_MOST_HELD = 10_000
_log = logging.getLogger("passage_kit.golive")


class _Rule(Generic[User]):
    """The steps from a request to a user; the calls in it are those of a sync or of an async application."""

    def __init__(
        self, store: Any, calls: dict[str, Any], *, status_within: float | None, origins: Collection[str]
    ) -> None:
        if status_within is not None and not status_within >= 0:
            raise OptionError(f"status_within is {status_within}, expected seconds of at least 0.")
        self._store, self._status_within, self._origins = store, status_within, frozenset(origins)
        self._verify, self._ask, self._status = calls["verify"], calls["ask"], calls["status"]
        self._is_checked = False
        self._held: dict[str, tuple[str, float]] = {}

    def of_request(self, incoming: Incoming) -> Steps[User | None]:
        try:
            token = token_of(incoming, self._origins)
        except OriginRefusedError as refused:
            _log.info("Refused: %s.", refused.reason)
            raise
        return None if token is None else (yield from self.of_token(token))

    def of_token(self, token: str) -> Steps[User]:
        verified = yield partial(self._verify, token)
        user: User | None = yield partial(self._store.find, verified.passage_id)
        if user is None:
            user = yield from self._new(verified.passage_id)
        if not self._store.is_active(user):
            _log.info("Refused: the row of the user %s of Passage is inactive.", verified.passage_id)
            raise NotAuthenticatedError("the user's row is inactive")
        if self._status_within is not None:
            status = yield partial(self._status, verified.passage_id, self._status_within)
            if status == "inactive":
                _log.info("Refused: the user %s of Passage is inactive.", verified.passage_id)
                raise NotAuthenticatedError("Passage says that the user is inactive")
        return user

    def _new(self, passage_id: str) -> Steps[User]:
        if not self._is_checked:
            yield self._store.check
            self._is_checked = True
        reason, seen = self._held.get(passage_id, ("", float("-inf")))
        if time.monotonic() - seen < HELD_FOR:
            raise AccountHeldError(reason)
        try:
            user: User = yield from link_or_create(self._store, self._ask, passage_id)
        except AccountHeldError as held:
            self._held[passage_id] = held.reason, time.monotonic()
            for oldest in list(self._held)[:-_MOST_HELD]:
                self._held.pop(oldest, None)
            raise
        return user


class Authenticator(Generic[User]):
    """Find the application's own user for a request that Passage has authenticated.

    The row with the token's Passage id is the user. If there is none, the directory says who the user is, and the row
    with the same verified email gets the id, once; or a row is created, exactly once; or the user is held for a person
    to decide.

    Parameters
    ----------
    verifier : TokenVerifier
    users : UserStore
        Such as :class:`SqlUsers` or :class:`DjangoUsers`.
    directory : Directory
    status_within : float, optional
        Seconds that the user's status in Passage may be old. A deactivated user is refused after so long. Default: it
        is not asked, and a deactivated user is refused when the token expires.
    origins : collection of str, default ()
        Other origins, such as ``https://www.example.org``, whose pages may change something with the user's cookie.

    See Also
    --------
    AsyncAuthenticator : The same for a store that is awaited.
    undo_link, settle_hold : What a person decides afterwards.
    """

    def __init__(
        self,
        verifier: TokenVerifier,
        users: UserStore[User],
        directory: Directory,
        *,
        status_within: float | None = None,
        origins: Collection[str] = (),
    ) -> None:
        self.users = users
        calls = {"verify": verifier.verify, "ask": directory.get, "status": directory.status}
        self._rule: _Rule[User] = _Rule(users, calls, status_within=status_within, origins=origins)

    def check(self) -> None:
        """Raise DatabaseError if the users table cannot keep its promise; for the start of an application."""
        self.users.check()

    def authenticate(self, incoming: Incoming) -> User | None:
        """Give the user of a request; None if it has no token.

        Raises
        ------
        RequestRefusedError
            With status, headers and body of the answer.
        """
        return run(self._rule.of_request(incoming))

    def user_of(self, token: str) -> User:
        """Give the user of a token; see :meth:`authenticate`."""
        return run(self._rule.of_token(token))


class AsyncAuthenticator(Generic[User]):
    """Find the application's own user for a request, without blocking the event loop.

    Parameters
    ----------
    verifier : TokenVerifier
    users : AsyncUserStore
        Such as :class:`AsyncSqlUsers`.
    directory : Directory
    status_within : float, optional
    origins : collection of str, default ()

    See Also
    --------
    Authenticator : What the options do.
    """

    def __init__(
        self,
        verifier: TokenVerifier,
        users: AsyncUserStore[User],
        directory: Directory,
        *,
        status_within: float | None = None,
        origins: Collection[str] = (),
    ) -> None:
        self.users = users
        calls = {"verify": verifier.verify_async, "ask": directory.get_async, "status": directory.status_async}
        self._rule: _Rule[User] = _Rule(users, calls, status_within=status_within, origins=origins)

    async def check(self) -> None:
        """Raise DatabaseError if the users table cannot keep its promise; for the start of an application."""
        await self.users.check()

    async def authenticate(self, incoming: Incoming) -> User | None:
        """Give the user of a request; None if it has no token."""
        return await run_async(self._rule.of_request(incoming))

    async def user_of(self, token: str) -> User:
        """Give the user of a token."""
        return await run_async(self._rule.of_token(token))
