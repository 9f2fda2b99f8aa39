"""The asynchronous calls of the Management API over HTTP, which the client and the push build on.

Lookups, updates with whole values, and deletions are safe to repeat, so the kit repeats them after a failure. Creating
a user is not. If its answer is lost, ``NoAnswerError`` reports it, and the caller looks the identifier up before trying
again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from passage_kit.api.answers import (
    ImportAnswer,
    PassageApp,
    PassageUser,
    UnclearAnswerError,
    UserPage,
    not_understood,
    read_app,
    read_import,
    read_page,
    read_user,
)
from passage_kit.api.bodies import LARGEST, LARGEST_ONE, write_json
from passage_kit.api.credentials import BASE_URL, Credentials
from passage_kit.api.exchange import LONG_PAUSE, Exchange
from passage_kit.api.pacing import Pace, back_off
from passage_kit.api.paging import Paging
from passage_kit.errors import ApiError, KeyRefusedError, NoAnswerError, NotFoundError
from passage_kit.translations import in_panel, worded

T = TypeVar("T")

PAGE = 500  # users; the API's limit
TRIES = 8  # of a request that may be sent again
REFUSALS = 20  # 429s in a row to one request, while nobody else gets through, before it is given up
UNCLEAR_AT_FIRST, UNCLEAR = 5, 20  # unclear answers in a row to one kind of request; fewer while none was clear
_JSON = {"content-type": "application/json"}


class Api:
    """The asynchronous operations. Their errors hold no whole email, phone or key.

    Parameters
    ----------
    credentials : Credentials
    concurrency : int
        Largest number of requests under way at once, which is the size of the connection pool.
    max_rps : float or None
    timeout : tuple of float
        Seconds to wait for a connection, and for the next part of an answer.
    """

    def __init__(
        self, credentials: Credentials, *, concurrency: int, max_rps: float | None, timeout: tuple[float, float]
    ) -> None:
        self.credentials = credentials
        self.concurrency = concurrency
        self._exchange = Exchange(credentials, concurrency=concurrency, max_rps=max_rps, timeout=timeout)
        self._app = f"{credentials.base_url}/apps/{quote(credentials.app_id, safe='')}"
        self._unclear: Counter[str] = Counter()  # unclear answers in a row, by what was asked
        self._clear: set[str] = set()  # what was answered clearly at least once

    @property
    def pace(self) -> Pace:
        """Pace of the requests."""
        return self._exchange.pace

    @property
    def latency(self) -> float:
        """Seconds that the quickest answer took."""
        return self._exchange.latency

    @property
    def span(self) -> tuple[float, float] | None:
        """Service's clock from the last answered request to its answer; None if the answer has no date."""
        return self._exchange.span

    @property
    def status(self) -> int:
        """Status of the last answer."""
        return self._exchange.status

    async def get_app(self) -> PassageApp:
        """Read the app and its metadata fields."""
        return await self._again(worded("Reading the app"), "GET", "", read_app)

    async def get_user(self, user_id: str) -> PassageUser:
        """Read one user."""
        return await self._again(worded("Reading a user"), "GET", _path(user_id), partial(_read_this, user_id))

    async def create_user(self, body: Mapping[str, Any]) -> PassageUser:
        """Create a user. Send the request once, and again only after a 429, which means that nothing was done."""
        return await self._sent("Creating a user", "POST", "/users", read_user, body=body)

    async def update_user(self, user_id: str, body: Mapping[str, Any]) -> PassageUser:
        """Change a user, and send the request again after a failure."""
        return await self._again(
            worded("Updating a user"), "PATCH", _path(user_id), partial(_read_this, user_id), body=body
        )

    async def delete_user(self, user_id: str) -> bool:
        """Delete a user; False if there was none, as after a first try whose answer was lost."""
        try:
            await self._again(worded("Deleting a user"), "DELETE", _path(user_id), lambda _: None, bare=True)
        except NotFoundError as error:
            if error.code != "user_not_found":
                raise
            return False
        return True

    async def find_user(self, identifier: str) -> PassageUser | None:
        """Look a user up by email or phone."""
        wanted = identifier.lower()
        query = {"identifier": wanted, "limit": 2}
        strangers = 0

        def read(body: Mapping[str, Any]) -> PassageUser | None:
            nonlocal strangers
            users = read_page(body).users
            found = [user for user in users if wanted in (user.email.lower(), user.phone)]
            if found or not users:
                return found[0] if found else None
            strangers += 1
            if strangers == 1:  # perhaps the answer to another request: ask again over a new connection
                raise not_understood("the user who was asked for", "users who were not asked for")
            raise ApiError(
                in_panel(
                    "The service does not look users up by identifier, or writes their identifiers in "
                    "another form, so the "
                    "kit cannot tell them apart. Nothing more was sent. Ask the service's support, then run the same "
                    "command again.",
                    "The service does not look users up by identifier, or writes their identifiers in "
                    "another form, so the kit cannot tell them apart. Nothing more was sent. Ask the "
                    "support of the service, then try again.",
                )
            )

        return await self._again(worded("Looking a user up"), "GET", "/users", read, limit=LARGEST, params=query)

    async def page(self, number: int, *, limit: int = PAGE, **query: Any) -> UserPage:
        """Read one page of the users, the first created first."""
        query = {"page": number, "limit": limit, "order_by": "created_at:ASC", **query}
        page: UserPage = await self._again(
            worded("Listing users"), "GET", "/users", read_page, limit=LARGEST, params=query
        )
        return page

    async def each_page(self, **filters: str) -> AsyncIterator[UserPage]:
        """Read all pages; users created meanwhile neither shift nor repeat the others."""
        anchor = await self.anchor()
        query: dict[str, Any] = {**filters} if anchor is None else {**filters, "created_before": anchor}
        number, paging = 1, None
        while True:
            try:
                page = await self.page(number, **query)
            except ApiError as error:
                if error.status != 400 or number > 1 or query.pop("created_before", None) is None:
                    raise
                continue  # the service refuses a second in the future
            paging = paging or Paging(page)
            more = paging.take(page)
            yield page
            if not more:
                return
            number += 1

    async def anchor(self) -> int | None:
        """Find a second after the creation of all present users, by the service's own clock."""
        page = await self.page(1, limit=1)
        now = self.server_time()
        candidates = (page.created_before, None if now is None else int(now) + 2)
        return max((second for second in candidates if second is not None), default=None)

    async def import_users(self, csv: bytes) -> ImportAnswer:
        """Upload a CSV of at most 30,000 users to the Import API, once."""
        upload = {"csv_user_import": ("users.csv", csv, "text/csv")}
        path, size = "/import/users", len(csv)
        return await self._sent("Importing users", "POST", path, read_import, limit=LARGEST, size=size, files=upload)

    async def import_api(self) -> str:
        """Ask whether the Import API answers, without sending a user: "" if it does, otherwise the reason."""
        try:
            await self._once(worded("Asking for the Import API"), "POST", "/import/users", lambda _: None, bare=True)
        except ApiError as error:
            if error.status == 401:
                raise
            if isinstance(error, KeyRefusedError):
                return "the API key may not call it"
            if error.status == 400:  # it reports that the file is missing
                return ""
            if error.status is None or error.status >= 500 or error.status == 429:
                return "the service did not answer"
            return "the app does not have it"
        return ""

    def server_time(self) -> float | None:
        """Tell the service's clock when it last answered, in Unix seconds."""
        return self._exchange.server_time()

    async def close(self) -> None:
        """Close the connections."""
        await self._exchange.close()

    async def _again(
        self, what: str, method: str, path: str, read: Callable[[Mapping[str, Any]], T], **request: Any
    ) -> T:
        """Send a request that is safe to repeat, until an answer can be read."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._sent(what, method, path, read, **request)
            except NoAnswerError:
                if attempt == TRIES:
                    raise
            await asyncio.sleep(back_off(attempt))
        raise AssertionError("unreachable")

    async def _sent(
        self, what: str, method: str, path: str, read: Callable[[Mapping[str, Any]], T], **request: Any
    ) -> T:
        """Send a request, and again after each 429, which means that nothing was done."""
        refused, accepted = 0, self.pace.accepted
        while True:
            try:
                return await self._once(what, method, path, read, **request)
            except ApiError as error:
                if error.status != 429 or error.code == LONG_PAUSE:
                    raise
                refused = refused + 1 if self.pace.accepted == accepted else 1
                accepted = self.pace.accepted
                if refused == REFUSALS:
                    raise

    async def _once(
        self,
        what: str,
        method: str,
        path: str,
        read: Callable[[Mapping[str, Any]], T],
        *,
        body: Mapping[str, Any] | None = None,
        bare: bool = False,
        limit: int = LARGEST_ONE,
        **request: Any,
    ) -> T:
        """Send a request once and read its answer, which may be blank if it is ``bare``."""
        if body is not None:
            request |= {"content": write_json(body), "headers": _JSON}
        try:
            answer = await self._exchange.send(what, method, self._app + path, limit=limit, **request)
            try:
                if answer.body is None and not (bare and answer.came == "nothing"):
                    raise not_understood(f"JSON as the contract has it ({what})", answer.came)
                found = read(answer.body or {})
            except UnclearAnswerError:
                await answer.hang_up()  # the next answer over this connection may be the one to this request
                raise
        except UnclearAnswerError as error:
            self._count_unclear(what, error)
            raise
        self._clear.add(what)
        self._unclear[what] = 0
        return found

    def _count_unclear(self, what: str, error: UnclearAnswerError) -> None:
        """Give up after a few unclear answers in a row, whoever the users are."""
        self._unclear[what] += 1
        count = self._unclear[what]
        if count >= (UNCLEAR if what in self._clear else UNCLEAR_AT_FIRST):
            self._unclear[what] = 0
            raise ApiError(
                in_panel(
                    f"{what}: the service at {self.credentials.host} answers with {error.came}, "
                    f"{count} times in a row: is "
                    f"the base URL right? Correct {BASE_URL}, or run the same command later.",
                    "{what}: the service at {host} answers with {came}, {count} times in a row: is "
                    "“Address” right? Correct it, or try again later.",
                    what=what,
                    host=self.credentials.host,
                    came=error.came,
                    count=count,
                )
            ) from None


def _path(user_id: str) -> str:
    return f"/users/{quote(user_id, safe='')}"


def _read_this(user_id: str, body: Mapping[str, Any]) -> PassageUser:
    """Read the user who was asked for, and nobody else."""
    user = read_user(body)
    if user.id != user_id:
        raise not_understood("the user who was asked for", "another user than the one who was asked for")
    return user
