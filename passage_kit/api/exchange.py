"""One request and its answer over HTTP, bounded in time and size; its errors hold neither key nor person."""

from __future__ import annotations

import asyncio
import math
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx

from passage_kit import __version__
from passage_kit.api.answers import UnclearAnswerError
from passage_kit.api.bodies import ACCEPTED, LARGEST_ERROR, UnreadableBodyError, read_body, read_json
from passage_kit.api.credentials import BASE_URL, Credentials
from passage_kit.api.pacing import LONGEST_PAUSE, Pace, moment, retry_after
from passage_kit.api.request_log import UnloggedRequests
from passage_kit.api.trouble import CERTIFICATE, certificate_trouble, to_check, trouble_of
from passage_kit.errors import ApiError, KeyRefusedError, NoAnswerError, NotFoundError
from passage_kit.masking import mask_text
from passage_kit.translations import Worded, in_panel, nworded, worded

LONG_PAUSE = "long_pause"
BACK = 5.0  # seconds by which the date of an answer may lag behind earlier ones
SLOWEST = 50_000  # bytes a second of an upload, which has that much longer to be answered
_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray")
_UNANSWERED = {408, 425}
_CODE = re.compile(r"[A-Za-z][A-Za-z_.-]{0,59}")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,260}")
_WORDS = 1_000  # characters of an error's words that are looked at


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a successful answer: an object, or None with a word for what came instead.

    ``connection`` is what it came over, which :meth:`hang_up` closes, so that no other request gets it.
    """

    body: Mapping[str, Any] | None
    came: str
    connection: Any = None

    async def hang_up(self) -> None:
        """Close the connection."""
        if self.connection is not None:
            await self.connection.aclose()


class Exchange:
    """The connection to one app.

    Parameters
    ----------
    credentials : Credentials
    concurrency : int
        Largest number of requests under way at once, which is the size of the connection pool.
    max_rps : float or None
    timeout : tuple of float
        Seconds to wait for a connection, and for the next part of an answer. A request as a whole may take the first
        and twice the second.
    """

    def __init__(
        self, credentials: Credentials, *, concurrency: int, max_rps: float | None, timeout: tuple[float, float]
    ) -> None:
        self._credentials, self._concurrency, self._timeout = credentials, concurrency, timeout
        self.pace = Pace(max_rps)
        self.latency = timeout[1]  # seconds that the quickest answer took
        self._http: httpx.AsyncClient | None = None
        self._unlogged = UnloggedRequests()
        self._date: str | None = None  # of the last answer
        self._ahead = -math.inf  # seconds by which the service's clock is ahead of the monotonic one, at least
        self.span: tuple[float, float] | None = None  # service's clock from the last answered request to its answer
        self.status = 0  # of the last answer

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

    async def send(self, what: str, method: str, address: str, *, limit: int, size: int = 0, **request: Any) -> Answer:
        """Send a request once, when its turn has come, and read the answer.

        Parameters
        ----------
        what : str
            What the request does, for messages.
        method, address : str
        limit : int
            Largest number of bytes of a successful answer.
        size : int, default 0
            Bytes of an upload.
        **request
            The rest of the request, as httpx takes it.

        Raises
        ------
        NoAnswerError
            If no answer came, or not in time.
        ApiError
            If the answer is an error, or the certificate of the service is not valid.
        """
        http = self._client()
        trouble: ApiError | None = None
        async with self._slots:
            sent = await self.pace.turn()
            try:
                with self._unlogged.sending():
                    async with asyncio.timeout(self._timeout[0] + 2 * self._timeout[1] + size / SLOWEST):
                        async with http.stream(method, address, **request) as response:
                            data = await _read(response, limit)
            except (httpx.HTTPError, TimeoutError, UnreadableBodyError) as error:
                trouble = self._no_answer(what, error)
        if trouble is not None:  # outside the except clause, since httpx's error holds the request and so the key
            raise trouble
        now = time.monotonic()
        self.latency = min(self.latency, now - sent)
        self._date = response.headers.get("date", self._date)
        self.span = self._span_of(response, sent, now)
        self.status = response.status_code
        if response.status_code == 429:
            self._slow_down(response, sent)
        else:
            self.pace.went_well()
        if response.is_success:
            body, came = _body(response, data)
            return Answer(body, came, response.extensions.get("network_stream"))
        raise self._refusal(what, response, data)

    def _span_of(self, response: httpx.Response, sent: float, now: float) -> tuple[float, float] | None:
        """Compute when, by the service's clock, a request left at the earliest and was answered at the latest.

        A service dates its answers from a clock that it reads now and then; one that is held up dates them too early.
        A clock that runs back is believed anew.
        """
        date = moment(response.headers.get("date"))
        if date is None:
            return None
        if date < self._ahead + sent - BACK:  # with the former clock, the span would hold people of before the request
            self._ahead = date - now
        self._ahead = max(self._ahead, date - now)
        return date - (now - sent), self._ahead + now + 1.0  # a date has whole seconds

    def _no_answer(self, what: str, error: Exception) -> ApiError:
        host = self._credentials.host
        if certificate := certificate_trouble(error):
            return ApiError(
                worded("{what}: {host} gets no key: {trouble}.", what=what, host=host, trouble=certificate),
                code=CERTIFICATE,
            )
        if isinstance(error, UnreadableBodyError):
            came = error.args[0]
            return UnclearAnswerError(
                in_panel(
                    f"{what}: {host} gave {came}. Check {BASE_URL}, then run the same call again.",
                    "{what}: {host} gave {came}. Check “Address”, then try again.",
                    what=what,
                    host=host,
                    came=came,
                ),
                came,
            )
        trouble, checked = trouble_of(error), to_check(error, host)
        return NoAnswerError(
            in_panel(
                f"{what}: no answer from {host}: {trouble}. Check {checked}, then run the same call again.",
                "{what}: no answer from {host}: {trouble}. Check {checked}, then try again.",
                what=what,
                host=host,
                trouble=trouble,
                checked=checked,
            )
        )

    def _slow_down(self, response: httpx.Response, sent: float) -> None:
        wait = retry_after(response.headers.get("retry-after"), response.headers.get("date"))
        if wait is not None and wait > LONGEST_PAUSE:
            minutes = round(wait / 60)
            pause = nworded("{count} minute", "{count} minutes", minutes) if wait < 3 * 86_400 else worded("days")
            raise ApiError(
                in_panel(
                    f"The service asks for a pause of {pause}. Run the same command after it.",
                    "The service asks for a pause of {pause}. Try again after it.",
                    pause=pause,
                ),
                status=429,
                code=LONG_PAUSE,
            )
        self.pace.refused(sent=sent, wait=wait)

    def _refusal(self, what: str, response: httpx.Response, data: bytes) -> ApiError:
        """Make the error that an answer stands for, its words masked."""
        status = response.status_code
        code, text = _error_body(data)
        code = code if self._without_key(code) == code else ""
        said = f"{status} {code}".strip()
        if shown := _shown(self._without_key(text)):
            said += f" ({shown})"
        host = self._without_key(_host(response.headers.get("location", ""))) or "another address"
        request_id = next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), "")
        request_id = self._without_key(request_id)[:200] if request_id.isascii() and request_id.isprintable() else ""
        kind, sentence = _meaning(status, said, host)
        text = worded("{what}: {sentence}", what=what, sentence=sentence)
        return kind(text, status=status, code=code, request_id=request_id)

    def _without_key(self, text: str) -> str:
        """Mask the key in what a service says, in capitals or not, since a service may say it back."""
        return re.sub(re.escape(self._credentials.api_key), "***", text, flags=re.IGNORECASE)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            verify = self._certificates()
            with suppress(ValueError, ImportError, httpx.InvalidURL):
                self._http = self._new_client(verify)
                self._unlogged.install()
            self._slots = asyncio.Semaphore(self._concurrency)
        if self._http is None:  # do not pass httpx's error on: its frames hold the key
            raise ApiError(
                "What HTTPS_PROXY, ALL_PROXY or NO_PROXY says about proxies cannot be used. Expected an address such "
                "as http://proxy.example.org:3128, and host names in NO_PROXY; for socks5://, run "
                '`pip install "httpx[socks]"`.'
            )
        return self._http

    def _certificates(self) -> Any:
        """Load the certificate authorities that count: those of ``SSL_CERT_FILE``, or else the usual ones."""
        if not self._credentials.base_url.startswith("https:"):
            return True
        try:
            return httpx.create_ssl_context()
        except OSError as error:
            key_log = error.filename is not None and error.filename == os.environ.get("SSLKEYLOGFILE")
        if key_log:
            raise ApiError("The file that SSLKEYLOGFILE names cannot be written, so nothing was sent. Unset it.")
        named = " or ".join(name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name))
        raise ApiError(
            f"The certificate authorities that {named or 'this machine'} names cannot be read, so nothing was sent. "
            f"Correct {named or 'the installation of certifi'}.",
            code=CERTIFICATE,
        )

    def _new_client(self, verify: Any) -> httpx.AsyncClient:
        connect, read = self._timeout
        return httpx.AsyncClient(
            headers={
                "authorization": f"Bearer {self._credentials.api_key}",
                "accept": "application/json",
                "accept-encoding": ACCEPTED,
                "user-agent": f"passage-kit/{__version__}",
                "passage-version": f"passage-kit {__version__}",
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # what a service sets is not sent back
            timeout=httpx.Timeout(read, connect=connect, pool=None),
            limits=httpx.Limits(max_connections=self._concurrency, max_keepalive_connections=self._concurrency),
            follow_redirects=False,
            verify=verify,
            trust_env=not self._credentials.local,  # a proxy is asked for what is elsewhere, and sees no more of it
        )


async def _read(response: httpx.Response, limit: int) -> bytes:
    """Read the body of an answer; of an error only the beginning, and nothing that cannot be unpacked."""
    if response.is_success:
        return await read_body(response, limit)
    try:
        return await read_body(response, LARGEST_ERROR, cut=True)
    except UnreadableBodyError:
        return b""


def _body(response: httpx.Response, data: bytes) -> tuple[Mapping[str, Any] | None, str]:
    """Read the object of a successful answer, or say what came instead."""
    kind = response.headers.get("content-type", "").lower()
    body = read_json(data) if "json" in kind else None
    if body is not None:
        return body, ""
    if not data.strip():
        return None, "nothing"
    if "html" in kind or data.lstrip()[:1] == b"<":
        return None, "a web page"
    return None, "something that is not the API's JSON"


def _meaning(status: int, said: str, host: str) -> tuple[type[ApiError], Worded]:
    """Say what a status means and what to do about it."""
    if status in (401, 403):
        text = worded("the service refuses the API key: {said}. Give a valid key of this app.", said=said)
        return KeyRefusedError, text
    if status == 404:
        text = worded("the service does not find it: {said}. Check the ids of app and user.", said=said)
        return NotFoundError, text
    if status >= 500 or status < 200 or status in _UNANSWERED:
        again = f"the service failed: {said}. Run the same call again."
        return NoAnswerError, in_panel(again, "the service failed: {said}. Try again.", said=said)
    if status < 400:
        text = worded(
            "the answer redirects to {host}, and the kit gives no other host the key. Check {name}.",
            host=host,
            name=in_panel(BASE_URL, "“Address”"),
        )
        return ApiError, text
    if status == 429:
        later = f"the service asks to slow down: {said}. Run the same call later."
        return ApiError, in_panel(later, "the service asks to slow down: {said}. Try again later.", said=said)
    return ApiError, worded("the service refuses the request: {said}. Correct what was sent.", said=said)


def _error_body(data: bytes) -> tuple[str, str]:
    """Read code and words of an error. A code has to be a word, since the kit shows and keeps it as it is."""
    body = read_json(data) or {}
    code, text = body.get("code"), body.get("error")
    known = isinstance(code, str) and _CODE.fullmatch(code)
    return str(code) if known else "", text if isinstance(text, str) else ""


def _shown(text: str) -> str:
    """Mask the words of a service and leave out what a terminal might obey."""
    if len(text) > _WORDS:  # not in the middle of an address, which would not be seen as one
        text = text[:_WORDS].rpartition(" ")[0]
    plain = "".join(character if character.isprintable() else " " for character in text)
    return mask_text(plain)[:200].strip()


def _host(address: str) -> str:
    with suppress(ValueError):
        host = urlsplit(address).netloc.rpartition("@")[2]
        return host if _HOST.fullmatch(host) else ""
    return ""
