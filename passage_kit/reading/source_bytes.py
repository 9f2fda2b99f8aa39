"""File of a user list: its kind by its name, its bytes, and a check that the two agree."""

from __future__ import annotations

from pathlib import Path

from passage_kit.columns.characters import is_unicode
from passage_kit.errors import SourceError
from passage_kit.files.regular_files import read_regular, shown_path

_EXCEL = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_JSON = {".json", ".ndjson", ".jsonl"}
_PARQUET = {".parquet", ".pq"}
# First bytes of files that are not text.
_SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old or a protected Office file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3\0": "a SQLite database (give sqlite:///<path> and a table)",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
}
_KINDS = {"excel": _EXCEL, "json": _JSON, "parquet": _PARQUET}


def kind_of(source: str | Path) -> str:
    """Recognize the kind of a source from its path; a URL is a database.

    Examples
    --------
    >>> [kind_of(source) for source in ("users.XLSX", "users.txt", "sqlite:///users.db")]
    ['excel', 'csv', 'sql']
    """
    if isinstance(source, str) and "://" in source:
        return "sql"
    suffix = Path(source).suffix.lower()
    return next((kind for kind, known in _KINDS.items() if suffix in known), "csv")


def read_file(path: Path, kind: str) -> bytes:
    """Read a file whole.

    Raises
    ------
    SourceError
        If it cannot be read, is empty, or is of another kind.
    """
    data = _bytes(path)
    _check_kind(data, path, kind)
    return data


def _bytes(path: Path) -> bytes:
    if not is_unicode(str(path)):
        raise SourceError(
            f"The name {shown_path(path)} has bytes that are not UTF-8, which no plan can save. Rename the file or its "
            "folder, and give the new name."
        )
    try:
        data = read_regular(path)
    except IsADirectoryError as error:
        raise SourceError(f"{path} is a folder, expected a file. Name the file with the users in it.") from error
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}. Check the path; a relative one begins at {Path.cwd()}.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}. Check that you may read it.") from error
    if not data:
        raise SourceError(f"{path.name} is empty. Export the users again.")
    return data


def _check_kind(data: bytes, path: Path, kind: str) -> None:
    """Refuse a file that is not what its name says."""
    found = next((what for signature, what in _SIGNATURES.items() if data.startswith(signature)), None)
    if kind in ("csv", "json") and found:
        raise SourceError(
            f"{path.name} is not a text file but {found}. Give it its right ending, or export the users as CSV."
        )
    if kind == "excel" and (found is None or not found.endswith(("workbook", "Office file"))):
        raise SourceError(
            f"{path.name} is not an Excel workbook but {found or 'text'}. Give it its right ending, such as .csv, "
            "or export it again."
        )
    if kind == "parquet" and not data.startswith(b"PAR1"):
        raise SourceError(
            f"{path.name} is not a Parquet file but {found or 'something else'}. Give it its right ending."
        )
