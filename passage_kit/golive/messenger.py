"""Bounded requests for JSON, in an event loop of their own thread: sync and async applications wait for the same one.

A request has a deadline as a whole, its answer a limit, and no redirect is followed. The application's own event loop
is never blocked, and the connections are shared by whoever asks.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from passage_kit import __version__
from passage_kit.api.bodies import ACCEPTED, UnreadableBodyError, read_body, read_json
from passage_kit.api.credentials import is_loopback
from passage_kit.api.loop_thread import LoopThread
from passage_kit.errors import OptionError

T = TypeVar("T")

DEADLINE = 5.0  # seconds for a request as a whole
LARGEST = 256 * 2**10  # bytes of an answer, unpacked
_HEADERS = {"User-Agent": f"passage-kit/{__version__}", "Accept": "application/json", "Accept-Encoding": ACCEPTED}


class MessageError(Exception):
    """An answer that did not come, or that cannot be used; ``status`` is None if there was none."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def checked_address(address: str) -> str:
    """Check that an address is https or on this machine, and take the slash off its end.

    Raises
    ------
    OptionError
        If it is neither, or is no address.

    Examples
    --------
    >>> checked_address("https://auth.passage.id/v1/")
    'https://auth.passage.id/v1'
    >>> checked_address("http://auth.passage.id/v1")
    Traceback (most recent call last):
    ...
    passage_kit.errors.OptionError: The address http://auth.passage.id/v1 is not encrypted. Use https; http is for ...
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in parts.netloc:
        raise OptionError("The address is none: expected one such as https://auth.passage.id/v1.")
    if parts.scheme != "https" and not is_loopback(host):
        raise OptionError(f"The address {address} is not encrypted. Use https; http is for this machine alone.")
    return address.rstrip("/")


class Messenger:
    """A pool of connections in an event loop of its own, which starts with the first request and anew after a fork.

    Parameters
    ----------
    deadline : float, default 5.0
        Seconds for a request as a whole.
    """

    def __init__(self, *, deadline: float = DEADLINE) -> None:
        self.deadline = deadline
        self._connect()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work in the loop of the messenger."""
        if self._process != os.getpid():  # the thread stayed in the process that forked
            self._close.detach()
            self._connect()
        return self._background.submit(work)

    def _connect(self) -> None:
        self._process, self._background, self._pool = os.getpid(), LoopThread(), _Pool(self.deadline)
        self._close = weakref.finalize(self, self._background.close, self._pool.close, wait_for_it=False)

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """Get a JSON object; to be awaited in the loop of the messenger.

        Raises
        ------
        MessageError
            If nothing usable came in time.
        """
        try:
            async with asyncio.timeout(self.deadline):
                return await self._get(address, headers)
        except TimeoutError:
            raise MessageError(f"no answer within {self.deadline:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise MessageError(f"no answer ({type(error).__name__})") from error

    async def _get(self, address: str, headers: Mapping[str, str] | None) -> Mapping[str, Any]:
        client = self._pool.client()
        async with client.stream("GET", address, headers=headers) as response:
            if response.status_code != 200:
                raise MessageError(f"an answer with status {response.status_code}", status=response.status_code)
            try:
                body = read_json(await read_body(response, LARGEST))
            except UnreadableBodyError as error:
                raise MessageError(str(error), status=200) from error
        if body is None:
            raise MessageError("an answer that is no JSON object", status=200)
        return body


class _Pool:
    """The connections of one event loop, opened with the first request."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._client: httpx.AsyncClient | None = None

    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(headers=_HEADERS, timeout=self._deadline)
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
