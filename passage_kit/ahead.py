"""A CSV file is read while pandas is still being loaded: a command spends a good part of its time on either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from passage_kit.csv_table import CsvTable, parse_csv
from passage_kit.parallel import beside
from passage_kit.source_file import kind_of, read_file

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
    beside(partial(import_module, _PREPARATION))  # should it fail, whoever imports it next is told
    path = Path(source)
    if kind_of(source) != "csv" or not path.is_file() or path.stat().st_size > _LARGEST:
        return source
    if not reading.keys() <= {"encoding", "delimiter", "header_row"}:
        return source
    return ReadAhead(source, parse_csv(read_file(path, "csv"), path.name, alone=False, **reading))
