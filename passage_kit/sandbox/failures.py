"""Effects of a fault on a client: an error, a wrong answer, or the end of the connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from email.utils import formatdate
from math import ceil
from time import time

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from passage_kit.sandbox.faults import Fault

Transports = Callable[[tuple[str, int]], asyncio.Transport | None]

_PAGES = {502: "Bad Gateway", 503: "Service Unavailable", 200: "Welcome"}


def failure(fault: Fault, transports: Transports, answer: Response | None) -> Response:
    """Make the response that the client gets instead of the answer.

    Parameters
    ----------
    fault : Fault
        The fault that struck, which is not a latency.
    transports : callable
        Function that returns the connection of a client's address.
    answer : Response or None
        The answer that the fault replaces; None before the operation is done.
    """
    if fault.kind.startswith("rate_limit"):
        return error_response(429, "too_many_requests", "Too many requests", _retry_after(fault))
    if fault.kind == "key_revoked":
        return error_response(401, "invalid_access_token", "Invalid access token")
    if fault.kind == "error_500":
        return error_response(500, "internal_server_error", "Internal server error")
    if fault.kind == "wrong_content_type":
        return _page(answer.status_code if answer else 200)
    if fault.kind in ("error_502", "error_503"):
        return _page(int(fault.kind[-3:]))
    return _HangUp(transports, reset=fault.kind == "reset", half_of=answer if fault.kind == "half_response" else None)


def error_response(status: int, code: str, error: str, headers: dict[str, str] | None = None) -> Response:
    """Make an error in the contract's form: a body of exactly ``code`` and ``error``."""
    return JSONResponse({"code": code, "error": error}, status, headers)


def _retry_after(fault: Fault) -> dict[str, str]:
    if fault.kind == "rate_limit_seconds":
        return {"Retry-After": str(ceil(fault.seconds))}
    if fault.kind == "rate_limit_date":
        return {"Retry-After": formatdate(ceil(time() + fault.seconds), usegmt=True)}
    return {}


def _page(status: int) -> Response:
    """Make the HTML page of a gateway that does not answer in JSON."""
    title = _PAGES.get(status, "Welcome")
    return HTMLResponse(f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>", status)


class _HangUp(Response):
    """The end of the connection, before or in the middle of an answer."""

    def __init__(self, transports: Transports, *, reset: bool, half_of: Response | None) -> None:
        super().__init__()
        self._transports, self._reset, self._half_of = transports, reset, half_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = self._transports(scope["client"])
        if transport is None:
            return
        if self._half_of is not None:
            whole = bytes(self._half_of.body)
            status, headers = self._half_of.status_code, self._half_of.raw_headers
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
        if self._reset:
            # Closing a connection without lingering resets it.
            linger = struct.pack("ii" if hasattr(socket, "AF_UNIX") else "hh", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        else:
            transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass  # the server does not miss an answer once it knows that nobody waits for it
