"""Guards of the sandbox: only names of this machine, and no body larger than a request may need."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passage_kit.api.credentials import is_loopback
from passage_kit.sandbox.contract import RefusedError
from passage_kit.sandbox.failures import error_response

LARGEST_BODY = 1 << 20  # bytes of JSON
LARGEST_UPLOAD = 1 << 26  # bytes of a CSV with 30,000 users


def names_this_machine(host: str) -> bool:
    """Tell whether a ``Host`` header names this machine, as a site that lets its own name point here does not.

    Examples
    --------
    >>> [names_this_machine(host) for host in ("127.0.0.1:8080", "[::1]:80", "localhost", "example.org", "", "@")]
    [True, True, True, False, False, False]
    """
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def loopback_only(app: ASGIApp) -> ASGIApp:
    """Answer only requests whose ``Host`` names this machine."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not names_this_machine(Headers(scope=scope).get("host", "")):
            refused = error_response(400, "invalid_request", "host: the sandbox answers on this machine alone.")
            await refused(scope, receive, send)
            return
        await app(scope, receive, send)

    return answer


def bounded(receive: Receive, limit: int) -> Receive:
    """Receive a body of at most so many bytes.

    Raises
    ------
    RefusedError
        413, by the call that receives more.
    """
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise RefusedError(413, "invalid_request", f"body: must have at most {limit} bytes.")
        return message

    return receive_some
