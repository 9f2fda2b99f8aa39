"""The asynchronous calls of the Management API over HTTP, which the client and the push build on.

Lookups, updates with whole values, and deletions are safe to repeat, so the kit repeats them after a failure. Creating
a user is not. If its answer is lost, ``NoAnswerError`` reports it, and the caller looks the identifier up before trying
again.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx

from passage_kit import __version__
from passage_kit.api.answers import (
    ImportAnswer,
    PassageApp,
    PassageUser,
    UserPage,
    not_understood,
    read_app,
    read_import,
    read_page,
    read_user,
)
from passage_kit.api.credentials import Credentials
from passage_kit.api.pacing import LONGEST_PAUSE, Pace, back_off, moment, retry_after
from passage_kit.api.request_log import UnloggedRequests
from passage_kit.errors import ApiError, KeyRefusedError, NoAnswerError, NotFoundError
from passage_kit.masking import mask_text

T = TypeVar("T")

PAGE = 500  # users; the API's limit
TRIES = 8  # of a request that may be sent again
REFUSALS = 20  # 429s in a row to one request, while nobody else gets through, before it is given up
_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray")
_UNANSWERED = {408, 425}
_CODE = re.compile(r"[A-Za-z][A-Za-z_.-]{0,59}")
_LONG_PAUSE = "long_pause"


class Api:
    """The asynchronous operations. Their errors hold no whole email, phone or key.

    Parameters
    ----------
    credentials : Credentials
    concurrency : int
        Largest number of requests under way at once, which is the size of the connection pool.
    max_rps : float or None
    timeout : tuple of float
        Seconds to wait for a connection, and for an answer.
    """

    def __init__(
        self, credentials: Credentials, *, concurrency: int, max_rps: float | None, timeout: tuple[float, float]
    ) -> None:
        self.credentials = credentials
        self.concurrency = concurrency
        self.pace = Pace(max_rps)
        self.latency = timeout[1]  # seconds that the quickest answer took
        self._app = f"{credentials.base_url}/apps/{quote(credentials.app_id, safe='')}"
        self._timeout = timeout
        self._http: httpx.AsyncClient | None = None
        self._unlogged = UnloggedRequests()
        self._date: str | None = None  # of the last answer
        self.span: tuple[float, float] | None = None  # service's clock from the last answered request to its answer
        self.status = 0  # of the last answer

    async def get_app(self) -> PassageApp:
        """Read the app and its metadata fields."""
        return await self._again("Reading the app", "GET", "", read_app)

    async def get_user(self, user_id: str) -> PassageUser:
        """Read one user."""
        return await self._again("Reading a user", "GET", _path(user_id), read_user)

    async def create_user(self, body: Mapping[str, Any]) -> PassageUser:
        """Create a user. Send the request once, and again only after a 429, which means that nothing was done."""
        return read_user(await self._sent("Creating a user", "POST", "/users", json=body))

    async def update_user(self, user_id: str, body: Mapping[str, Any]) -> PassageUser:
        """Change a user, and send the request again after a failure."""
        return await self._again("Updating a user", "PATCH", _path(user_id), read_user, json=body)

    async def delete_user(self, user_id: str) -> bool:
        """Delete a user; False if there was none, as after a first try whose answer was lost."""
        try:
            await self._again("Deleting a user", "DELETE", _path(user_id), lambda _: None, bare=True)
        except NotFoundError as error:
            if error.code != "user_not_found":
                raise
            return False
        return True

    async def find_user(self, identifier: str) -> PassageUser | None:
        """Look a user up by email or phone."""
        wanted = identifier.lower()
        query = {"identifier": wanted, "limit": 2}
        page: UserPage = await self._again("Looking a user up", "GET", "/users", read_page, params=query)
        found = [user for user in page.users if wanted in (user.email.lower(), user.phone)]
        if page.users and not found:
            raise ApiError(
                "The service does not look users up by identifier, so nobody can be told apart. Nothing was sent."
            )
        return found[0] if found else None

    async def page(self, number: int, *, limit: int = PAGE, **query: Any) -> UserPage:
        """Read one page of the users, the first created first."""
        query = {"page": number, "limit": limit, "order_by": "created_at:ASC", **query}
        page: UserPage = await self._again("Listing users", "GET", "/users", read_page, params=query)
        return page

    async def each_page(self, **filters: str) -> AsyncIterator[UserPage]:
        """Read all pages; users created meanwhile neither shift nor repeat the others."""
        anchor = await self.anchor()
        query: dict[str, Any] = {**filters} if anchor is None else {**filters, "created_before": anchor}
        number, seen, former = 1, 0, ""
        while True:
            try:
                page = await self.page(number, **query)
            except ApiError as error:
                if error.status != 400 or number > 1 or query.pop("created_before", None) is None:
                    raise
                continue  # the service refuses a second in the future
            if page.users and page.users[0].id == former:
                raise ApiError("The service gives the same page again and again, so the users cannot be listed.")
            yield page
            seen += len(page.users)
            if not page.users or 0 <= page.total <= seen:
                return
            former = page.users[0].id
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
        return read_import(await self._sent("Importing users", "POST", "/import/users", files=upload))

    async def import_api(self) -> str:
        """Ask whether the Import API answers, without sending a user: "" if it does, otherwise the reason."""
        try:
            await self._once("Asking for the Import API", "POST", "/import/users", bare=True)
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
        return moment(self._date)

    async def close(self) -> None:
        """Close the connections."""
        http, self._http = self._http, None
        if http is None:
            return
        try:
            with self._unlogged.sending():
                await http.aclose()
        finally:
            self._unlogged.remove()

    async def _again(
        self, what: str, method: str, path: str, read: Callable[[Mapping[str, Any]], T], **request: Any
    ) -> T:
        """Send a request that is safe to repeat, until an answer can be read."""
        for attempt in range(1, TRIES + 1):
            try:
                return read(await self._sent(what, method, path, **request))
            except NoAnswerError:
                if attempt == TRIES:
                    raise
            await asyncio.sleep(back_off(attempt))
        raise AssertionError("unreachable")

    async def _sent(self, what: str, method: str, path: str, **request: Any) -> Mapping[str, Any]:
        """Send a request, and again after each 429, which means that nothing was done."""
        refused, accepted = 0, self.pace.accepted
        while True:
            try:
                return await self._once(what, method, path, **request)
            except ApiError as error:
                if error.status != 429 or error.code == _LONG_PAUSE:
                    raise
                refused = refused + 1 if self.pace.accepted == accepted else 1
                accepted = self.pace.accepted
                if refused == REFUSALS:
                    raise

    async def _once(
        self, what: str, method: str, path: str, *, bare: bool = False, **request: Any
    ) -> Mapping[str, Any]:
        """Send a request once when its turn has come, and read the answer's JSON (nothing, if it is ``bare``)."""
        sent = await self.pace.turn()
        problem = ""
        try:
            with self._unlogged.sending():
                response = await self._client().request(method, self._app + path, **request)
        except (httpx.TransportError, httpx.DecodingError) as error:
            problem = _TROUBLE.get(type(error), "the connection broke")
        if problem:  # outside the except clause, since httpx's error holds the request and so the key
            raise NoAnswerError(
                f"{what}: no answer from {self.credentials.host}: {problem}. Check the connection, then run the same "
                "call again."
            )
        self.latency = min(self.latency, time.monotonic() - sent)
        self._date = response.headers.get("date", self._date)
        self.span = _span(response.headers.get("date"), time.monotonic() - sent)
        self.status = response.status_code
        if response.status_code == 429:
            self._slow_down(response, sent)
        else:
            self.pace.went_well()
        if response.is_success:
            return {} if bare else _json(what, response)
        raise self._error(what, response)

    def _slow_down(self, response: httpx.Response, sent: float) -> None:
        wait = retry_after(response.headers.get("retry-after"), response.headers.get("date"))
        if wait is not None and wait > LONGEST_PAUSE:
            raise ApiError(
                f"The service asks for a pause of {wait / 60:,.0f} minutes. Run the same command after it.",
                status=429,
                code=_LONG_PAUSE,
            )
        self.pace.refused(sent=sent, wait=wait)

    def _error(self, what: str, response: httpx.Response) -> ApiError:
        """Make the error that an answer stands for, its words masked."""
        status = response.status_code
        code, text = _error_body(response)
        shown = mask_text(text.replace(self.credentials.api_key, "***"))[:200]
        said = f"{status} {code}".strip() + (f" ({shown})" if shown else "")
        kind, sentence = _meaning(status)
        host = _host(response.headers.get("location", "")) or "another address"
        request_id = next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), "")
        return kind(f"{what}: {sentence.format(said=said, host=host)}", status=status, code=code, request_id=request_id)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            with suppress(ValueError, ImportError, httpx.InvalidURL):
                self._http = self._new_client()
                self._unlogged.install()
        if self._http is None:  # do not pass httpx's error on: its frames hold the key
            raise ApiError(
                "The proxy that HTTPS_PROXY or ALL_PROXY names cannot be used. Expected an address such as "
                'http://proxy.example.org:3128; for socks5://, run `pip install "httpx[socks]"`.'
            )
        return self._http

    def _new_client(self) -> httpx.AsyncClient:
        connect, read = self._timeout
        return httpx.AsyncClient(
            headers={
                "authorization": f"Bearer {self.credentials.api_key}",
                "accept": "application/json",
                "user-agent": f"passage-kit/{__version__}",
                "passage-version": f"passage-kit {__version__}",
            },
            timeout=httpx.Timeout(read, connect=connect, pool=None),
            limits=httpx.Limits(max_connections=self.concurrency, max_keepalive_connections=self.concurrency),
            follow_redirects=False,
            trust_env=not self.credentials.local,  # a proxy is asked for what is elsewhere, and sees no more of it
        )


def _meaning(status: int) -> tuple[type[ApiError], str]:
    """Say what a status means and what to do about it."""
    if status in (401, 403):
        return KeyRefusedError, "the service refuses the API key: {said}. Give one that it takes."
    if status == 404:
        return NotFoundError, "the service does not find it: {said}. Check the ids of app and user."
    if status >= 500 or status in _UNANSWERED:
        return NoAnswerError, "the service failed: {said}. Run the same call again."
    if status < 400:
        return ApiError, "the answer sends on to {host}, and a key goes to nobody else. Check the base URL."
    if status == 429:
        return ApiError, "the service asks to slow down: {said}. Run the same call later."
    return ApiError, "the service refuses it: {said}. Mend what was sent."


def _span(date: str | None, elapsed: float) -> tuple[float, float] | None:
    """Compute when, by the service's clock, a request left at the earliest and was answered at the latest."""
    answered = moment(date)
    return None if answered is None else (answered - elapsed, answered + 1.0)  # a date has whole seconds


def _path(user_id: str) -> str:
    return f"/users/{quote(user_id, safe='')}"


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _json(what: str, response: httpx.Response) -> Mapping[str, Any]:
    body = _object(response) if "json" in response.headers.get("content-type", "") else None
    if body is None:
        raise not_understood(f"JSON as the contract has it ({what})")
    return body


def _error_body(response: httpx.Response) -> tuple[str, str]:
    """Read code and words of an error. A code has to be a word, since the kit shows and keeps it as it is."""
    body = _object(response) or {}
    code = str(body.get("code") or "")
    return code if _CODE.fullmatch(code) else "", str(body.get("error") or "")


def _object(response: httpx.Response) -> Mapping[str, Any] | None:
    """Read the JSON object of an answer; None if it holds none."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, Mapping) else None


_TROUBLE: dict[type[httpx.RequestError], str] = {
    httpx.ConnectTimeout: "connecting took too long",
    httpx.ConnectError: "it cannot be reached",
    httpx.ReadTimeout: "it took too long",
    httpx.WriteTimeout: "sending took too long",
    httpx.DecodingError: "it cannot be unpacked",
}
