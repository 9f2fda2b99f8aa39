"""Two lists that stand side by side in one table, so that each row has two people."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.column_names import name_key
from passage_kit.errors import SourceError
from passage_kit.translations import worded

_SHORTEST = 2  # names of a block


def check_one_list(header: Sequence[str], columns: Sequence[pa.ChunkedArray], name: str) -> None:
    """Refuse a table whose header says the same names again, block by block, with emails in each block.

    Blank names between the blocks do not count. Of a row with two people, only the first would be read.

    Raises
    ------
    SourceError
        If two lists stand side by side.

    Examples
    --------
    >>> emails = pa.chunked_array([["ann@example.org"]]), pa.chunked_array([["bob@example.org"]])
    >>> names = pa.chunked_array([["Ann"]])
    >>> check_one_list(["Email", "Name", "Email"], [emails[0], names, emails[1]], "users.csv")
    >>> check_one_list(["Email", "Name", "Email", "Name"], [emails[0], names, emails[1], names], "users.csv")
    Traceback (most recent call last):
    ...
    passage_kit.errors.SourceError: users.csv has the columns Email, Name 2 times, side by side, with emails in each. If
    they are lists of users, put one below the other; if a part is about others, such as managers, rename its columns.
    """
    filled = [at for at, title in enumerate(header) if name_key(title)]
    for length in lengths_of_blocks(header):
        times = len(filled) // length
        if any(
            all(_has_emails(columns[filled[at]]) for at in range(start, len(filled), length)) for start in range(length)
        ):
            names = ", ".join(header[at].strip() for at in filled[:length])
            raise SourceError(
                worded(
                    "{name} has the columns {names} {times} times, side by side, with emails in each. If "
                    "they are lists of users, put one below the other; if a part is about others, such as "
                    "managers, rename its columns.",
                    name=name,
                    names=names,
                    times=times,
                )
            )


def lengths_of_blocks(header: Sequence[str]) -> list[int]:
    """List the numbers of names after which a header says the same names again.

    Examples
    --------
    >>> lengths_of_blocks(["Email", "Name", "Email", "Name"]), lengths_of_blocks(["Email", "Name", "Email"])
    ([2], [])
    """
    keys = [key for key in map(name_key, header) if key]
    return [
        length
        for length in range(_SHORTEST, len(keys) // 2 + 1)
        if len(keys) % length == 0 and keys == keys[:length] * (len(keys) // length)
    ]


def _has_emails(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring(column, "@")).as_py())
