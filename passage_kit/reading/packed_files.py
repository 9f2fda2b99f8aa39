"""Packed files: the one list in them, or the choice among several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from passage_kit.errors import SourceError
from passage_kit.files.unpacking import begin_of_member, list_zip, packing_of, unpack, unpack_member
from passage_kit.reading.content_kinds import KIND_OF_ENDING, document_error, may_be_a_list, office_kind
from passage_kit.translations import in_panel, worded

_MOST_LAYERS = 3
_PACKED = (".gz", ".gzip", ".bz2", ".xz", ".zst", ".zstd", ".zip")
_MOST_SHOWN = 12
_READ_BY_PEOPLE = (".md", ".html", ".htm", ".rtf", ".pdf")
_OF_SYSTEMS = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Contents:
    """Contents of a file that may have been packed.

    ``name`` is the one whose ending tells the kind, ``shown`` the one for messages. ``path`` is what is left of the
    path to the list of users when a file of an archive has been chosen; ``others`` are the files that were not, and
    ``lists`` all files that could be the users, if there are several. ``member`` is the chosen one of them.
    """

    data: bytes
    name: str
    shown: str
    path: str | None = None
    others: tuple[str, ...] = ()
    layers: int = 0
    lists: tuple[str, ...] = ()
    member: str | None = None


def contents_of(data: bytes, name: str, path: str | None = None) -> Contents:
    """Unpack a file as far as it is packed.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file.
    path : str, optional
        Which file of a zip archive to read, and after a colon which list of users in it, such as
        ``export.json:data.users``. Default: the only one.

    Returns
    -------
    Contents

    Raises
    ------
    SourceError
        If it is damaged, too large, or protected, or an archive holds no list, several, or not the chosen one.

    Examples
    --------
    >>> import gzip
    >>> found = contents_of(gzip.compress(b"email"), "users.csv.gz")
    >>> found.data, found.name, found.shown, found.layers
    (b'email', 'users.csv', 'users.csv.gz', 1)
    """
    found = Contents(data, name, name, path)
    while (packing := _packing_of(found)) is not None:
        if found.layers == _MOST_LAYERS:
            raise SourceError(
                worded(
                    "{name} is packed more than {most_layers} times. Unpack it, and read the file inside.",
                    name=name,
                    most_layers=_MOST_LAYERS,
                )
            )
        if packing == "zip":
            found = _of_archive(found)
            continue
        unpacked = unpack(found.data, packing, found.shown)
        if not unpacked:
            raise SourceError(f"{found.shown} is empty. Export the users again.")
        inner = without_packing(found.name)
        found = replace(found, data=unpacked, name=inner, layers=found.layers + 1)
    return found


def without_packing(name: str) -> str:
    """Remove the ending of a packed file.

    Examples
    --------
    >>> without_packing("users.CSV.GZ"), without_packing("users.csv")
    ('users.CSV', 'users.csv')
    """
    ending = next((ending for ending in _PACKED if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def _packing_of(found: Contents) -> str | None:
    """Tell how the contents are packed; a workbook is not, though it is a zip archive."""
    packing = packing_of(found.data)
    if packing != "zip":
        return packing
    try:
        members = list_zip(found.data, found.shown)
    except SourceError:
        if KIND_OF_ENDING.get(_ending(found.name)) == "excel":
            return None  # the reader of workbooks says what is wrong
        raise
    document = office_kind(members) or _open_document(found, members)
    if document not in (None, "excel"):
        raise document_error(document, found.shown)
    return "zip" if document is None else None


def _open_document(found: Contents, members: Sequence[str]) -> str | None:
    """Tell which document of OpenDocument an archive is, if any."""
    if "content.xml" not in members:
        return None
    kind = unpack_member(found.data, found.shown, "mimetype") if "mimetype" in members else b"spreadsheet"
    return "excel" if b"spreadsheet" in kind else "an OpenDocument text or drawing"


def _of_archive(found: Contents) -> Contents:
    members = [member for member in list_zip(found.data, found.shown) if not _is_of_system(member)]
    lists = [member for member in members if _may_be_a_list(found, member)] or members
    chosen, rest = _chosen(members, lists, found)
    data = unpack_member(found.data, found.shown, chosen)
    shown = f"{found.shown}, {_printable(chosen)}"
    if not data:
        raise SourceError(f"{shown} is empty. Export the users again.")
    others = tuple(_printable(member) for member in members if member != chosen)
    opened = replace(found, data=data, name=PurePosixPath(chosen).name, shown=shown, path=rest)
    opened = replace(opened, others=found.others + others, layers=found.layers + 1)
    return replace(opened, lists=tuple(lists), member=chosen) if len(lists) > 1 else opened


def _may_be_a_list(found: Contents, member: str) -> bool:
    """Tell by its ending whether a file of an archive may be a list, or by what it holds, unless it is told as text."""
    if _ending(without_packing(member)) in KIND_OF_ENDING:
        return True
    return _ending(member) not in _READ_BY_PEOPLE and may_be_a_list(begin_of_member(found.data, found.shown, member))


def _chosen(members: Sequence[str], lists: Sequence[str], found: Contents) -> tuple[str, str | None]:
    """Choose a file of an archive, and give what is left of the path."""
    repeated = [member for member, count in Counter(lists).items() if count > 1]
    if repeated:
        raise SourceError(
            worded(
                "{shown} holds several files called {file}. Unpack it, and read the right one.",
                shown=found.shown,
                file=_printable(repeated[0]),
            )
        )
    if found.path is not None:
        named = [member for member in members if found.path == member or found.path.startswith(f"{member}:")]
        if named:
            member = max(named, key=len)
            return member, found.path[len(member) + 1 :] or None
    if len(lists) == 1:
        return lists[0], found.path
    if not lists:
        raise SourceError(worded("{shown} holds no file with users. Export the users again.", shown=found.shown))
    names = ", ".join(map(_printable, lists[:_MOST_SHOWN])) + (", ..." if len(lists) > _MOST_SHOWN else "")
    if found.path is not None:
        raise SourceError(
            worded(
                "{shown} has no file {file}. Give one of: {names}.",
                shown=found.shown,
                file=repr(found.path),
                names=names,
            ),
            choices=lists,
        )
    first = _printable(lists[0])
    raise SourceError(
        in_panel(
            f"{found.shown} holds several files that could be the users: {names}. Give the one to read "
            f"(`--records {first}`, or table={first!r} in Python).",
            "{shown} holds several files that could be the users: {names}. Choose the one to read.",
            shown=found.shown,
            names=names,
        ),
        choices=lists,
    )


def _is_of_system(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return not parts or any(part.startswith((".", "__MACOSX")) for part in parts) or parts[-1].lower() in _OF_SYSTEMS


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)
