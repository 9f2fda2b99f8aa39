"""Names of tables as people write them, with and without a schema, in the quotes of any database or in none."""

from __future__ import annotations

import re

Place = tuple[str | None, str]  # schema and table

_QUOTED = r'"(?:[^"]|"")+"|`(?:[^`]|``)+`'
_NAME = re.compile(rf"(?:(?P<schema>{_QUOTED}|[^.\"`]+)\.)?(?P<table>{_QUOTED}|[^.\"`]+)")


def read_name(written: str) -> Place:
    """Read a name as it is most likely meant: quotes count, and without them the last dot ends the schema.

    Examples
    --------
    >>> read_name("crm.users"), read_name('crm."x.y"'), read_name("users")
    (('crm', 'users'), ('crm', 'x.y'), (None, 'users'))
    """
    found = _NAME.fullmatch(written)
    if found:
        schema = found["schema"]
        return (None if schema is None else _bare(schema)), _bare(found["table"])
    before, _, name = written.rpartition(".")
    return (before, name) if before and name else (None, written)


def possible_places(written: str) -> list[Place]:
    """List the places that a name may stand for, the likeliest first. A dot may belong to a name.

    Examples
    --------
    >>> possible_places("a.b.c")
    [(None, 'a.b.c'), ('a.b', 'c'), ('a', 'b.c')]
    """
    dots = [at for at, letter in enumerate(written) if letter == "." and 0 < at < len(written) - 1]
    splits: list[Place] = [(written[:at], written[at + 1 :]) for at in reversed(dots)]
    return list(dict.fromkeys([(None, written), read_name(written), *splits]))


def show_name(place: Place) -> str:
    """Write a name so that it can be read in one way only.

    Examples
    --------
    >>> show_name(("crm", "x.y"))
    'crm."x.y"'
    """
    return ".".join(f'"{part}"' if "." in part else part for part in place if part)


def _bare(name: str) -> str:
    mark = name[0]
    return name[1:-1].replace(mark * 2, mark) if mark in '"`' and name[-1] == mark and len(name) > 1 else name
