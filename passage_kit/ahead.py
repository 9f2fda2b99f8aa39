"""A CSV file is read while pandas is still being loaded: a command spends a good part of its time on either."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passage_kit.source_file import kind_of, read_file

if TYPE_CHECKING:
    from passage_kit.csv_table import CsvTable

_PREPARATION = "passage_kit.preparation"
_LARGEST = 1 << 27  # bytes; a larger file is read later, where its progress is shown


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """A CSV file that has been read, to be prepared."""

    path: str
    table: CsvTable


def read_ahead(source: str, reading: Mapping[str, Any]) -> str | ReadAhead:
    """Load the preparation in a thread, and read the user list meanwhile.

    Parameters
    ----------
    source : str
        A path or a database URL.
    reading : mapping
        How to read it: see :func:`passage_kit.readers.read_source`.

    Returns
    -------
    ReadAhead or str
        The source itself where it is no CSV file, or a large one.

    Raises
    ------
    SourceError, OptionError
        As of :func:`passage_kit.csv_reader.read_csv`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "users.csv"
    >>> _ = path.write_text("email\\nann@example.org\\n")
    >>> read_ahead(str(path), {}).table.columns[0].to_pylist()
    ['ann@example.org']
    """
    path = Path(source)
    is_csv = kind_of(source) == "csv" and path.is_file() and path.stat().st_size <= _LARGEST
    ahead = is_csv and reading.keys() <= {"encoding", "delimiter", "header_row"}
    with ThreadPoolExecutor(1) as thread:
        data = thread.submit(read_file, path, "csv") if ahead else None
        from passage_kit.csv_table import parse_csv  # loads numpy and arrow, while the bytes are fetched
        from passage_kit.parallel import beside

        beside(partial(import_module, _PREPARATION))  # should it fail, whoever imports it next is told
        return ReadAhead(source, parse_csv(data.result(), path.name, alone=False, **reading)) if data else source
