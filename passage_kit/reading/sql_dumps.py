"""SQL dumps, which the kit does not read: whether there is anybody in them."""

from __future__ import annotations

import codecs
import re

from passage_kit.columns.column_names import name_words
from passage_kit.reading.json.person_likeness import called_people
from passage_kit.translations import worded

_NAME = rb"(?:`[^`\n]+`|\"[^\"\n]+\"|\[[^\]\n]+\]|[\w$-]+)"
_TABLE = rb"(" + _NAME + rb"(?:\." + _NAME + rb"){0,2})"
_CREATED = re.compile(
    rb"(?im)^\s*CREATE\s+(?:(?:GLOBAL|TEMP|TEMPORARY|UNLOGGED|OR\s+REPLACE)\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    + _TABLE
)
_FILLED = re.compile(
    rb"(?i)(?:\A|[;\n/]|BEGIN)\s*(?:INSERT\s+(?:\w+\s+){0,3}?(?:INTO\s+)?|REPLACE\s+INTO\s+)"
    + _TABLE
    + rb"\s*(?:\(|VALUES|SELECT|DEFAULT)"
)
_COPIED = re.compile(rb"(?im)^COPY\s+" + _TABLE + rb"\s*(?:\([^\n]*\))?\s+FROM\s+stdin[^\n]*;\r?\n(?!\\\.)")
_LARGEST = 200_000_000  # bytes: a larger dump holds rows, and a search would take long


def empty_dump(data: bytes) -> str | None:
    """Say what is missing in a dump without users; None for one that may have some.

    Parameters
    ----------
    data : bytes
        The whole dump.

    Examples
    --------
    >>> empty_dump(b"CREATE TABLE `users` (`id` int);")
    'it has no row of any table'
    >>> empty_dump(b"CREATE TABLE users (id int);\\nCREATE TABLE log (id int);\\nINSERT INTO log VALUES (1);")
    "its table 'users' has no rows"
    >>> empty_dump(b"CREATE TABLE users (id int);\\nINSERT INTO users VALUES (1);") is None
    True
    """
    if len(data) > _LARGEST:
        return None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    created = dict.fromkeys(_bare(found) for found in _CREATED.findall(data))
    filled = {_bare(found) for pattern in (_FILLED, _COPIED) for found in pattern.findall(data)}
    if created and not filled:
        return worded("it has no row of any table")
    of_people = [name for name in created if called_people(name)]
    if of_people and not any(map(called_people, filled)):
        of_users = [name for name in of_people if name_words(name)[-1] in ("user", "users")]
        return worded("its table {table} has no rows", table=repr((of_users or of_people)[0]))
    return None


def _bare(name: bytes) -> str:
    """Give the name of a table without its schema and quotes."""
    return name.decode("utf-8", "replace").rpartition(".")[2].strip('`"[] ')
