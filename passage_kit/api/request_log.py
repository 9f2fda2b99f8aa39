"""A log filter for the kit's own requests, whose addresses hold identifiers and whose headers hold the key."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# The loggers that httpx and httpcore write a request to; a filter of a logger does not hold for those below it.
LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))

_sending: ContextVar[bool] = ContextVar("sending", default=False)


class UnloggedRequests(logging.Filter):
    """A filter that drops only the records that are logged while the kit sends a request.

    It looks at the context of each record. So the requests of other clients are logged as before, in any thread or
    task.

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
        """Start to drop records."""
        for name in LOGGERS:
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        """Leave the loggers as they were."""
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(self)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Mark the records of a ``with`` block as those of the kit's own requests."""
        token = _sending.set(True)
        try:
            yield
        finally:
            _sending.reset(token)

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop a record if its context is sending a request of the kit."""
        return not _sending.get()
