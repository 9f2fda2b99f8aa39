"""What Passage says of a user: identifiers, whether they are verified, and the status."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from passage_kit.api.credentials import API_KEY, APP_ID, BASE_URL, Credentials, known_settings
from passage_kit.errors import CredentialsError
from passage_kit.golive.messenger import DEADLINE, MessageError, Messenger
from passage_kit.golive.refusals import AuthenticationUnavailableError, NotAuthenticatedError

STALE = 3600.0  # seconds that a known status goes on in an outage
_MOST = 100_000  # statuses that are remembered
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")

_log = logging.getLogger("passage_kit.golive")


@dataclass(frozen=True, slots=True)
class PassagePerson:
    """A user as Passage knows them.

    Parameters
    ----------
    passage_id : str
    email, phone : str
        ``""`` if there is none.
    email_verified, phone_verified : bool
        Whether the user has proved the identifier to Passage.
    status : str
        ``active``, ``inactive`` or ``pending``.
    """

    passage_id: str
    email: str = field(default="", repr=False)
    email_verified: bool = False
    phone: str = field(default="", repr=False)
    phone_verified: bool = False
    status: str = "active"


class Directory:
    """Ask the Management API for the users of an app.

    A request has a deadline as a whole, and is sent once. One directory serves all threads and event loops of a
    process.

    Parameters
    ----------
    app_id, api_key, base_url : str, optional
        Default: ``PASSAGE_APP_ID``, ``PASSAGE_API_KEY`` and ``PASSAGE_BASE_URL`` of the environment, or else of
        ``.env`` in the current folder. Nobody is asked for them.
    deadline : float, default 5.0
        Seconds for a request as a whole.

    Raises
    ------
    CredentialsError
        If one of the three is missing, or the key must not be sent to the address.

    See Also
    --------
    Authenticator : Link users by what the directory says.

    Examples
    --------
    >>> from passage_kit.sandbox import Sandbox
    >>> with Sandbox() as it:
    ...     [user_id] = it.add_users([{"email": "anna@example.org"}])
    ...     anna = Directory(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url).get(user_id)
    >>> anna.email, anna.email_verified
    ('anna@example.org', False)
    """

    def __init__(
        self,
        *,
        app_id: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        given = {APP_ID: app_id, API_KEY: api_key, BASE_URL: base_url}
        known = known_settings() if None in given.values() else {}
        found = {name: value or known.get(name) for name, value in given.items()}
        for name, value in found.items():
            if not value:
                raise CredentialsError(f"{name} is not set. Set it in the environment, or give it to the directory.")
        credentials = Credentials(str(found[APP_ID]), str(found[API_KEY]), str(found[BASE_URL]), "the application")
        self._users = f"{credentials.base_url}/apps/{quote(credentials.app_id, safe='')}/users/"
        self._key = {"Authorization": f"Bearer {credentials.api_key}"}
        self._messenger = Messenger(deadline=deadline)
        self._statuses: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def get(self, passage_id: str) -> PassagePerson:
        """Read a user.

        Raises
        ------
        NotAuthenticatedError
            If Passage has no such user.
        AuthenticationUnavailableError
            If Passage gives no usable answer.
        """
        try:
            return self._messenger.start(self._get(passage_id)).result(2 * self._messenger.deadline)
        except TimeoutError:
            raise AuthenticationUnavailableError("the user cannot be read in time") from None

    async def get_async(self, passage_id: str) -> PassagePerson:
        """Read a user, without blocking the event loop; see :meth:`get`."""
        return await asyncio.wrap_future(self._messenger.start(self._get(passage_id)))

    def status(self, passage_id: str, within: float) -> str:
        """Give a status that is at most so many seconds old; in an outage, the last one for an hour."""
        known = self._known(passage_id, within)
        if known is not None:
            return known
        try:
            return self.get(passage_id).status
        except AuthenticationUnavailableError:
            return self._last(passage_id)

    async def status_async(self, passage_id: str, within: float) -> str:
        """Give a status, without blocking the event loop; see :meth:`status`."""
        known = self._known(passage_id, within)
        if known is not None:
            return known
        try:
            return (await self.get_async(passage_id)).status
        except AuthenticationUnavailableError:
            return self._last(passage_id)

    def _known(self, passage_id: str, within: float) -> str | None:
        status, seen = self._statuses.get(passage_id, ("", float("-inf")))
        return status if time.monotonic() - seen < within else None

    def _last(self, passage_id: str) -> str:
        """Give the last status in an outage, if it is not too old."""
        status = self._known(passage_id, STALE)
        if status is None:
            raise AuthenticationUnavailableError("the user's status cannot be read, and none is fresh enough")
        return status

    async def _get(self, passage_id: str) -> PassagePerson:
        try:
            body = await self._messenger.get(self._users + quote(passage_id, safe=""), self._key)
            person = _person(passage_id, body.get("user"))
        except MessageError as error:
            if error.status == 404:
                self._remember(passage_id, "inactive")
                raise NotAuthenticatedError("Passage has no such user any more") from None
            _log.error("A user cannot be read from the Management API: %s.", error)
            raise AuthenticationUnavailableError(f"the user cannot be read: {error}") from None
        self._remember(passage_id, person.status)
        return person

    def _remember(self, passage_id: str, status: str) -> None:
        with self._lock:
            self._statuses.pop(passage_id, None)
            self._statuses[passage_id] = status, time.monotonic()
            if len(self._statuses) > _MOST:
                del self._statuses[next(iter(self._statuses))]


def _person(passage_id: str, user: Any) -> PassagePerson:
    """Read a user; one that is not who was asked for, or has other types, is no answer."""
    texts = ("id", "email", "phone", "status")
    if not isinstance(user, Mapping) or not all(_is_text(user.get(name)) for name in texts):
        raise MessageError("an answer that is no user", status=200)
    if user["id"] != passage_id:
        raise MessageError("an answer about somebody else", status=200)
    return PassagePerson(
        passage_id,
        email=user["email"],
        email_verified=user.get("email_verified") is True,
        phone=user["phone"],
        phone_verified=user.get("phone_verified") is True,
        status=user["status"],
    )


def _is_text(value: Any) -> bool:
    """Tell whether a value is a text that a database can hold: without halves of a sign, and without NUL."""
    return isinstance(value, str) and _NO_TEXT.search(value) is None
