"""Parsing of a CSV file before its preparation begins, while the other libraries load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from passage_kit.files.regular_files import is_present_file
from passage_kit.reading.source_bytes import SourceFile, is_plain_file, kind_of, read_file

if TYPE_CHECKING:
    from passage_kit.reading.csv.csv_table import CsvTable

LARGEST = 1 << 27  # bytes; a larger file is read later, where its progress is shown


@dataclass(frozen=True, slots=True)
class ParsedAhead:
    """A parsed CSV file, ready for a preparation."""

    path: str
    table: CsvTable


def parse_ahead(
    source: str, reading: Mapping[str, Any], *, meanwhile: Callable[[], object] = lambda: None
) -> str | ParsedAhead:
    """Parse a CSV file, and meanwhile do something else, such as loading the next libraries.

    Parameters
    ----------
    source : str
        A path or a database URL.
    reading : mapping
        How to read it: see :func:`passage_kit.reading.readers.read_source`.
    meanwhile : callable
        Function to call in a thread of its own after numpy and arrow have loaded.

    Returns
    -------
    ParsedAhead or str
        The parsed file; the source itself if it is not a CSV file, or is a large one.

    Raises
    ------
    SourceError, OptionError
        If the file cannot be read.
    Exception
        If ``meanwhile`` raises it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "users.csv"
    >>> _ = path.write_text("email\\nann@example.org\\n")
    >>> parse_ahead(str(path), {}).table.columns[0].to_pylist()
    ['ann@example.org']
    """
    path = Path(source)
    is_csv = kind_of(source) == "csv" and is_present_file(path) and path.stat().st_size <= LARGEST
    ahead = is_csv and is_plain_file(path) and reading.keys() <= {"encoding", "delimiter", "header_row", "table"}
    with ThreadPoolExecutor(2) as threads:
        opened = threads.submit(read_file, path) if ahead else None
        from passage_kit.reading.csv.csv_table import parse_csv  # loads numpy and arrow, while the bytes are fetched

        other = threads.submit(meanwhile)
        file = opened.result() if opened else None
        parsed = (
            ParsedAhead(source, parse_csv(file.data, file.name, alone=False, **reading)) if _is_csv(file) else source
        )
        other.result()
    return parsed


def _is_csv(file: SourceFile | None) -> TypeGuard[SourceFile]:
    return file is not None and file.kind == "csv" and file.misnamed is None
