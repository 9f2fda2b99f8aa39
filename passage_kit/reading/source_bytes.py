"""File of a user list: its bytes, unpacked where they are packed, and its kind by what it holds."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import cast

from passage_kit.columns.characters import is_unicode
from passage_kit.columns.spool import LARGE, current_spool
from passage_kit.errors import SourceError
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import is_present_file, read_pieces, read_regular, shown_path
from passage_kit.files.unpacking import packing_of
from passage_kit.reading.content_kinds import KIND_OF_ENDING, kind_of_content
from passage_kit.reading.packed_files import contents_of
from passage_kit.translations import worded

_PIECE = 1 << 24  # bytes that are read at a time
_WORDS = {"csv": "CSV", "excel": "a workbook", "json": "JSON", "parquet": "Parquet"}


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """A file to read.

    Parameters
    ----------
    data : bytes
        The list, unpacked.
    name : str
        Name for messages: of the file, and of the one in it that was chosen.
    kind : {"csv", "excel", "json", "parquet"}
    by_line : bool
        Whether the name leaves open that a JSON file has an object a line.
    sha256 : str or None
        Hash of a packed file; None if ``data`` is the whole file.
    path : str or None
        What is left of the path of the list of users.
    others : tuple of str
        Other files of the archive, which are not read.
    misnamed : str or None
        What the file is read as, if its name says another kind.
    lists : tuple of str
        Files of the archive that could be the users, if there are several.
    within : str
        What stands before the path of a list in the chosen one of them, such as "export.json:".
    """

    data: bytes
    name: str
    kind: str
    by_line: bool = True
    sha256: str | None = None
    path: str | None = None
    others: tuple[str, ...] = ()
    misnamed: str | None = None
    lists: tuple[str, ...] = ()
    within: str = ""


def kind_of(source: str | Path) -> str:
    """Recognize the kind of a source from its path; a URL is a database.

    Examples
    --------
    >>> [kind_of(source) for source in ("users.XLSX", "users.txt", "sqlite:///users.db")]
    ['excel', 'csv', 'sql']
    """
    if isinstance(source, str) and "://" in source:
        return "sql"
    return KIND_OF_ENDING.get(Path(source).suffix.lower(), "csv")


def read_file(path: Path, *, inside: str | None = None) -> SourceFile:
    """Read a file whole, and unpack it.

    Parameters
    ----------
    path : pathlib.Path
    inside : str, optional
        Path of the list in the file: see :func:`passage_kit.reading.packed_files.contents_of`.

    Raises
    ------
    SourceError
        If it cannot be read, is empty, is of a kind that the kit does not read, or has no such list.
    """
    packed = _bytes(path)
    found = contents_of(packed, path.name, inside)
    kind = kind_of_content(found.data, found.name, found.shown)
    ending = PurePath(found.name).suffix.lower()
    said = KIND_OF_ENDING.get(ending, kind)
    return SourceFile(
        found.data if kind == "csv" else found.data[:],  # other readers need all bytes at once
        found.shown,
        kind,
        by_line=ending != ".json",
        sha256=hashlib.sha256(packed).hexdigest() if found.layers else None,
        path=found.path,
        others=found.others,
        misnamed=None if kind == said else f"{found.shown} is read as {_WORDS[kind]}",
        lists=found.lists,
        within=f"{found.member}:" if found.member else "",
    )


def is_plain_file(path: Path) -> bool:
    """Check by its first bytes that a file is not packed; one that cannot be read is told later."""
    try:
        with open(path, "rb") as file:
            return packing_of(file.read(16)) is None
    except (OSError, ValueError):
        return True


def _bytes_are_utf8(path: Path) -> bool:
    """Check that a name which is no text here would be one in another locale."""
    try:
        os.fsencode(path).decode()
    except UnicodeError:
        return False
    return True


def _held(path: Path) -> bytes:
    """Read a file into memory; a run over a large one puts it aside, and reads of it what it needs."""
    spool = current_spool()
    if spool is None or not is_present_file(path) or path.stat().st_size < LARGE:
        return read_regular(path)
    return cast("bytes", spool.hold(read_pieces(path, largest=_PIECE)))  # they do what readers of CSV ask of bytes


def _bytes(path: Path) -> bytes:
    if not is_unicode(str(path)):
        if _bytes_are_utf8(path):
            raise SourceError(
                f"The locale of this process ({sys.getfilesystemencoding()}) cannot spell the name {shown_path(path)}. "
                "Set PYTHONUTF8=1, then run the same call again."
            )
        raise SourceError(
            worded(
                "The name {path} has bytes that are not UTF-8, which no plan can save. Rename the "
                "file or its folder, and give the new name.",
                path=shown_path(path),
            )
        )
    try:
        data = _held(path)
    except IsADirectoryError as error:
        raise SourceError(
            worded("{path} is a folder, expected a file. Name the file with the users in it.", path=path)
        ) from error
    except FileNotFoundError as error:
        raise SourceError(
            worded(
                "There is no file {path}. Check the path; a relative one begins at {here}.", path=path, here=Path.cwd()
            )
        ) from error
    except OSError as error:
        raise SourceError(
            worded("{path} cannot be read: {why}. Check that you may read it.", path=path, why=reason_of(error))
        ) from error
    if not data:
        raise SourceError(worded("{name} is empty. Export the users again.", name=path.name))
    return data
