"""Values of keys as drivers give and take them, where Python has no value of its own for what a column holds."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

# Types of PostgreSQL with values that Python lacks, such as infinity, years before Christ and 24 o'clock.
_WIDER = ("date", "timestamp", "timestamptz", "time", "timetz")
_AS_TEXT = ("interval", "json", "jsonb")  # a month is no number of days, and an object cannot be sent back as one


def read_every_value(connection: Any) -> None:
    """Have psycopg give the text of a value that Python has none for, which PostgreSQL takes back as it was.

    Parameters
    ----------
    connection : psycopg.Connection
    """
    from psycopg.types.string import TextLoader

    for name in _WIDER:
        connection.adapters.register_loader(name, _loader(name))
    for name in _AS_TEXT:
        connection.adapters.register_loader(name, TextLoader)


def sent_value(value: Any) -> Any:
    """Write a time of MySQL so that the server takes it back, since PyMySQL writes negative ones wrongly.

    Examples
    --------
    >>> sent_value(-dt.timedelta(hours=838, minutes=59, seconds=59)), sent_value("a")
    ('-838:59:59.000000', 'a')
    """
    if not isinstance(value, dt.timedelta):
        return value
    seconds, fraction = divmod(abs(value) // dt.timedelta(microseconds=1), 1_000_000)
    sign = "-" if value < dt.timedelta() else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"


@cache
def _loader(name: str) -> Any:
    """Make a loader that falls back to the text."""
    import psycopg
    from psycopg.adapt import Loader
    from psycopg.pq import Format

    usual = psycopg.adapters.get_loader(psycopg.adapters.types[name].oid, Format.TEXT)

    class WiderLoader(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._usual: Any = usual and usual(oid, context)

        def load(self, data: Any) -> Any:
            try:
                return self._usual.load(data)
            except psycopg.DataError:
                return bytes(data).decode()

    return WiderLoader
