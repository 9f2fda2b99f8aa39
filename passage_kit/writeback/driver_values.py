"""Values of keys as drivers give and take them, where Python has no value of its own for what a column holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Types of PostgreSQL with values that Python lacks, such as infinity, years before Christ and 24 o'clock.
_WIDER = ("date", "timestamp", "timestamptz", "time", "timetz")
_AS_TEXT = ("interval", "json", "jsonb")  # a month is no number of days, and an object cannot be sent back as one


@contextmanager
def every_value_read(connection: Connection) -> Iterator[None]:
    """Make psycopg give the text of a value that Python cannot hold. PostgreSQL takes this text back as it was.

    Other drivers give every value as it is. SQLAlchemy needs the usual loaders to look at tables, so they come back.
    """
    if connection.dialect.driver != "psycopg":
        yield
        return
    from psycopg.pq import Format
    from psycopg.types.string import TextLoader

    adapters: Any = connection.connection.dbapi_connection.adapters  # type: ignore[union-attr]
    loaders = {name: _loader(name) for name in _WIDER} | dict.fromkeys(_AS_TEXT, TextLoader)
    usual = {name: adapters.get_loader(adapters.types[name].oid, Format.TEXT) for name in loaders}
    _register(adapters, loaders)
    try:
        yield
    finally:
        _register(adapters, usual)


def _register(adapters: Any, loaders: Mapping[str, Any]) -> None:
    for name, loader in loaders.items():
        adapters.register_loader(name, loader)


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
