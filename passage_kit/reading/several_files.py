"""A folder or a pattern as one user list: its files one after the other, as one machine and a cluster read them."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import pyarrow as pa

from passage_kit.columns.spooled_frames import put_frame_aside
from passage_kit.columns.users_frame import SOURCE_ROW, TEXT, source_rows
from passage_kit.errors import SourceError
from passage_kit.findings.findings import collect_findings
from passage_kit.masking import mask_text
from passage_kit.reading.user_list import UserList
from passage_kit.translations import worded

_FREE = "json"  # of a person's keys, a file shows those that somebody in it has


def is_pattern(source: str) -> bool:
    """Tell whether a path is a pattern of several.

    Examples
    --------
    >>> is_pattern("users/*.parquet"), is_pattern("users.csv")
    (True, False)
    """
    return glob.has_magic(source)


def are_data(names: Iterable[str]) -> list[str]:
    """Sort the names of files, without those that engines leave beside their data (``_SUCCESS``, ``.part.crc``).

    Examples
    --------
    >>> are_data(["users/part-2.csv", "users/_SUCCESS", "users/part-1.csv"])
    ['users/part-1.csv', 'users/part-2.csv']
    """
    return sorted(name for name in names if PurePosixPath(name).name[:1] not in ("_", "."))


def files_of(source: str | Path) -> list[Path] | None:
    """List the files of a folder or of a pattern in the order of their names; None if the source is neither.

    A folder inside the folder is not looked into.

    Raises
    ------
    SourceError
        If there is no file.
    """
    path = Path(source)
    try:
        if path.is_dir():
            found: Iterable[str] = (other.as_posix() for other in path.iterdir())
        elif is_pattern(str(source)) and not path.exists():
            found = (Path(other).as_posix() for other in glob.iglob(str(source), recursive=True))
        else:
            return None
        files = [Path(name) for name in are_data(found) if not Path(name).is_dir()]
    except (OSError, ValueError):
        return None  # the reader of one file says what is wrong
    if not files:
        raise SourceError(
            worded(
                "No file is in {source}. Name the folder, or the pattern, of the files with the users.", source=source
            )
        )
    return files


def join_lists(lists: Sequence[UserList], source: str | Path) -> UserList:
    """Put user lists one below the other, as if they were one list.

    Rows are numbered through. Findings keep their order, list by list.

    Parameters
    ----------
    lists : sequence of UserList
        As read from the files, at least one.
    source : str or pathlib.Path
        Folder or pattern, whose name the result has.

    Raises
    ------
    SourceError
        If the files are of two kinds, or have other columns.

    Examples
    --------
    >>> from passage_kit.reading.readers import read_source
    >>> lists = [read_source(pd.DataFrame({"email": [email]})) for email in ("ann@example.org", "bo@example.org")]
    >>> join_lists(lists, "users").users
                          email
    source_row
    1           ann@example.org
    2            bo@example.org
    """
    first = lists[0]
    names = columns_together([(each.name, each.kind, list(map(str, each.users.columns))) for each in lists])
    starts, start = [], 0
    for each in lists:
        starts.append(start)
        start += len(each.users)
    users = pd.concat([put_frame_aside(with_columns(each.users, names)) for each in lists], ignore_index=True)
    users.index = source_rows(len(users))
    facts = ("encoding", "delimiter", "header_line", "layout")
    values = {name: [getattr(each, name) for each in lists] for name in facts}
    alike: dict[str, Any] = {name: some[0] if len(set(some)) == 1 else None for name, some in values.items()}
    return replace(
        first,
        users=users,
        findings=collect_findings(moved(each.findings, by) for each, by in zip(lists, starts, strict=True)),
        name=Path(source).name,
        sha256=hash_together([each.sha256 for each in lists]),
        unsure=tuple(dict.fromkeys(sentence for each in lists for sentence in each.unsure)),
        **alike,
    )


def columns_together(files: Sequence[tuple[str, str, list[str]]]) -> list[str]:
    """Give the columns of several files: name, kind and columns of each.

    Raises
    ------
    SourceError
        If they are of two kinds or, unless they are JSON, have other columns.

    Examples
    --------
    >>> columns_together([("1.json", "json", ["email"]), ("2.json", "json", ["phone", "email"])])
    ['email', 'phone']
    """
    name, kind, columns = files[0]
    for other, other_kind, theirs in files[1:]:
        if other_kind != kind:
            raise SourceError(
                worded(
                    "{name} is read as {kind} and {other} as {other_kind}, so they are not one list. Name the files of "
                    "one kind, with a pattern such as users/*.csv.",
                    name=name,
                    kind=kind,
                    other=other,
                    other_kind=other_kind,
                )
            )
        if kind != _FREE and set(theirs) != set(columns):
            strange = min(set(theirs) ^ set(columns))
            raise SourceError(
                worded(
                    "{name} and {other} have other columns: only one of them has {column}. Name the files that belong "
                    "together, or export them again.",
                    name=name,
                    other=other,
                    column=repr(mask_text(strange)),
                )
            )
    return list(dict.fromkeys(column for _, _, theirs in files for column in theirs))


def hash_together(hashes: Sequence[str | None]) -> str | None:
    """Give one hash for the hashes of several files; None if one of them has none."""
    known = [sha256 for sha256 in hashes if sha256 is not None]
    return hashlib.sha256("\n".join(known).encode()).hexdigest() if len(known) == len(hashes) else None


def with_columns(users: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Give a frame these text columns, those blank that it lacks."""
    if list(users.columns) == list(names):
        return users
    blank = pd.array(pa.nulls(len(users), pa.string()), dtype=TEXT)
    return pd.DataFrame(
        {name: users[name].array if name in users else blank for name in names}, index=users.index, copy=False
    )


def moved(findings: pd.DataFrame, by: int) -> pd.DataFrame:
    """Number the rows of findings by so many more.

    Examples
    --------
    >>> from passage_kit.findings.findings import make_findings
    >>> moved(make_findings([2, None], field=None, code="row_blank"), 10)["source_row"].tolist()
    [12, <NA>]
    """
    columns: dict[str, Any] = {name: findings[name] + by for name in (SOURCE_ROW, "other_row")}
    return findings.assign(**columns) if by and len(findings) else findings
