"""Errors of drivers told for what they are: which the write-back may try again, and the next step for the others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from passage_kit.translations import worded

# Errors as drivers report them: SQLSTATE of PostgreSQL, error numbers of MySQL and MariaDB, words of SQLite.
BUSY = {"40001", "40P01", "55P03", 1205, 1213}
REPEATED = {"23505", 1062}
NEEDED = {"2BP01", 1451}  # something else needs what was to be dropped

_READ_ONLY = worded("The connection can only read. Use one that can write, not a replica's")
_RIGHT = worded("Ask for the right to alter and update the table")
_LOCKED = worded("Another session locks the table. End long transactions, and run it again")
_SLOW = worded(
    "The server allows a statement too little time. Raise its limit for this user, such as statement_timeout"
)
_ENDED = worded("The server ended the connection. Find out why, and run it again: what was set and recorded stays")
_TRIGGER = worded("A trigger of the table refuses the change. Change the trigger or switch it off, and run it again")
_CONSTRAINT = worded(
    "A constraint of the table refuses the ids or the row. Change the constraint or the rows, and run it again"
)
_TWICE = worded(
    "A unique index or a trigger of the table refuses the change, though no other row has the id. Look at its triggers "
    "and the tables that they write to"
)
_RULE = worded("The table has a rule or a trigger that the statement cannot pass. Switch it off, and run it again")
_ADVICE = {
    "25006": _READ_ONLY,
    1290: worded("The server only allows reading. Use one that allows writing, not a replica"),
    1792: _READ_ONLY,
    "42501": _RIGHT,
    1044: worded("{advice}, and to make temporary tables", advice=_RIGHT),
    1142: _RIGHT,
    1143: _RIGHT,
    "55P03": _LOCKED,
    1205: _LOCKED,
    "57014": _SLOW,
    1969: _SLOW,
    3024: _SLOW,
    1317: _SLOW,
    "57P01": _ENDED,
    "57P02": _ENDED,
    "57P05": _ENDED,
    "25P03": worded(
        "The server allows a transaction too little time. Raise idle_in_transaction_session_timeout of this user"
    ),
    "25P04": worded("The server allows a transaction too little time. Raise transaction_timeout of this user"),
    1927: _ENDED,
    2006: _ENDED,
    2013: _ENDED,
    "P0001": _TRIGGER,
    1644: _TRIGGER,
    "23514": _CONSTRAINT,
    "23502": _CONSTRAINT,
    "23503": _CONSTRAINT,
    3819: _CONSTRAINT,
    4025: _CONSTRAINT,
    1452: _CONSTRAINT,
    1503: worded(
        "The table is partitioned, so no unique index across it can be built. Share ids between rows, or build the "
        "index on the partitions yourself"
    ),
    "23505": _TWICE,
    1062: _TWICE,
    "0A000": _RULE,
    "42P10": _RULE,
    "53100": worded("The database's disk is full. Free some space, and run it again"),
}
# Words that say more than a code does.
_WORDS = {
    "temporary table": worded("{advice}, and to make temporary tables", advice=_RIGHT),
    "permission denied for schema": worded("{advice}, and to create an index in its schema", advice=_RIGHT),
    "closed the connection": _ENDED,
    "connection is lost": _ENDED,
    "connection is closed": _ENDED,
}
_SQLITE_ADVICE = {
    "malformed": worded("The file is damaged. Restore it from a backup, and run it again"),
    "readonly database": worded("The file can only be read. Use a file that you can write"),
    "locked": worded("Another session locks the database. End long transactions, and run it again"),
    "not a database": worded("Check the path: the file is something else than a database of SQLite"),
    "Could not decode": worded("The table has text that is not UTF-8. Correct the text, and run it again"),
    "UNIQUE constraint": _TWICE,
    "constraint failed": _CONSTRAINT,
    "disk is full": worded("The disk is full. Free some space, and run it again"),
}
_OTHERWISE = worded("Look at the table, its triggers and the rights. You can undo what was done so far")


def is_one_of(error: Any, codes: Collection[Any], words: str) -> bool:
    """Tell whether the driver reports one of some codes, or SQLite a text with some words."""
    code = error_code(error)
    return code in codes or (code is None and words in str(getattr(error, "orig", error)))


def error_code(error: Any) -> Any:
    """Return MySQL's error number or PostgreSQL's SQLSTATE; None for SQLite.

    Examples
    --------
    >>> error_code(ValueError(1062, "Duplicate entry"))
    1062
    """
    said = getattr(error, "orig", None) or error
    first = next(iter(getattr(said, "args", ())), None)
    return first if isinstance(first, int) else getattr(said, "sqlstate", None)


def advice(error: BaseException) -> str:
    """Choose the next step for an error of the driver.

    Examples
    --------
    >>> advice(ValueError("attempt to write a readonly database"))
    'The file can only be read. Use a file that you can write'
    """
    said = str(getattr(error, "orig", None) or error)
    known = next((step for words, step in _WORDS.items() if words in said), _ADVICE.get(error_code(error)))
    return known or next((step for words, step in _SQLITE_ADVICE.items() if words in said), _OTHERWISE)
