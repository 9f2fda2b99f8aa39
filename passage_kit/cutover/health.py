"""The question to the application's middleware whether it answers, with a deadline."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

import httpx

from passage_kit.api.loop_thread import LoopThread
from passage_kit.errors import OptionError
from passage_kit.translations import gettext, number, worded

DEADLINE = 5.0  # seconds for the whole answer, however slowly it comes
_FINE, _REFUSED = range(200, 300), 401


def ask_health(address: str, *, deadline: float = DEADLINE) -> tuple[bool, str]:
    """Ask an address of the application whether it answers.

    Redirects are not followed, and no more than the head of the answer is read.

    Parameters
    ----------
    address : str
        An http or https address.
    deadline : float, default 5.0
        Seconds for the whole answer.

    Returns
    -------
    (bool, str)
        Whether the answer is a success (200 to 299) or refuses whoever is not signed in (401, unless for want of a
        password of its own), and what came, in words without the address's password and query.

    Raises
    ------
    OptionError
        If it is no such address.
    """
    try:
        address.encode()
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OptionError(
            worded("The health address is none, expected one such as https://shop.example/health. Correct it.")
        )
    shown = f"{parts.hostname}{parts.path}"
    background = LoopThread()
    try:
        began = time.monotonic()
        status, challenge = background.run(_ask(address, deadline))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        late = isinstance(error, TimeoutError | httpx.TimeoutException)
        why = gettext("no answer within {seconds} seconds", seconds=f"{deadline:g}") if late else type(error).__name__
        return False, gettext("{address} does not answer: {why}", address=shown, why=why)
    finally:
        background.close()
    took = number(round((time.monotonic() - began) * 1000))
    said = gettext("{address} answered {status} in {milliseconds} ms", address=shown, status=status, milliseconds=took)
    if status == _REFUSED and "basic" not in challenge.lower():
        return True, gettext("{answered}: it refuses whoever is not signed in", answered=said)
    return status in _FINE, said


async def _ask(address: str, deadline: float) -> tuple[int, str]:
    async with (
        asyncio.timeout(deadline),
        httpx.AsyncClient(timeout=deadline, follow_redirects=False) as client,
        client.stream("GET", address) as answer,
    ):
        return answer.status_code, answer.headers.get("www-authenticate", "")
