"""Keep the kit's own requests out of the process's log: their addresses hold identifiers, their headers the key."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# The loggers that httpx and httpcore write a request to; a filter of a logger does not hold for those below it.
LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))

_sending: ContextVar[bool] = ContextVar("sending", default=False)


class UnloggedRequests(logging.Filter):
    """A filter that keeps back what is logged while the kit sends a request, and nothing else.

    It goes by the context that logs, so that the requests of another client are logged as before, whatever thread or
    task they run in.

    Examples
    --------
    >>> unlogged = UnloggedRequests()
    >>> unlogged.install()
    >>> record = logging.makeLogRecord({"msg": "GET /users?identifier=anna@example.org"})
    >>> with unlogged.sending():
    ...     unlogged.filter(record)
    False
    >>> unlogged.filter(record)
    True
    >>> unlogged.remove()
    """

    def install(self) -> None:
        """Begin to keep records back."""
        for name in LOGGERS:
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        """Leave the loggers as they were."""
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(self)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Mark what is logged within as one of the kit's own requests."""
        token = _sending.set(True)
        try:
            yield
        finally:
            _sending.reset(token)

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep back what this context logs while it sends a request of the kit."""
        return not _sending.get()
