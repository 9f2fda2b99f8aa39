"""Reading of a user list from any source, as rows of text with nothing lost and nothing guessed in silence."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.errors import OptionError, SourceError
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.reading.csv.csv_reader import source_of
from passage_kit.reading.csv.csv_table import parse_csv
from passage_kit.reading.parsed_ahead import ParsedAhead
from passage_kit.reading.several_files import files_of, join_lists
from passage_kit.reading.source_bytes import SourceFile, kind_of, read_file
from passage_kit.reading.user_list import UserList
from passage_kit.translations import in_panel

__all__ = ["UserList", "read_source", "read_users"]

_OPTIONS = {
    "csv": {"encoding", "delimiter", "header_row", "table"},
    "excel": {"sheet", "header_row", "table"},
    "json": {"encoding", "table"},
    "parquet": set[str](),
    "sql": {"table", "query"},
    "frame": set[str](),
}


def read_users(
    source: str | Path | pd.DataFrame,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | int | None = None,
    table: str | None = None,
    query: str | None = None,
) -> pd.DataFrame:
    """Read a user list as a frame of text.

    Every value stays text. The kit infers no number, date or blank: ``00123`` keeps its zeros, and a person may be
    called Null. A row that cannot be read becomes a row of nulls; :func:`read_source` also gives the finding that says
    why.

    Parameters
    ----------
    source : str, pathlib.Path or pandas.DataFrame
        A file, a folder or a pattern of files (``users/*.parquet``), a database URL or a frame. A file is known by what
        it holds, not by its ending, and may be packed: gzip, zip, bzip2, xz or zstandard.
    encoding, delimiter, header_row, sheet, table, query : optional
        How to read the source if detection is not enough: see :func:`read_source`. Default: None, detected.

    Returns
    -------
    pandas.DataFrame
        One row for each row of the source. Arrow text columns with the source's own names; int64 index ``source_row``
        that counts from 1. A blank is null.

    Raises
    ------
    SourceError
        If the source cannot be read: missing, empty, binary, without a header or rows, damaged, or protected.
    OptionError
        If an option has a value that it cannot have, or does not fit this kind of source.
    MissingExtraError
        If the source is a database and its driver is not installed.

    See Also
    --------
    read_source : Read the same rows together with the findings about them.
    suggest_mapping : Suggest which column becomes which target.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "users.csv"
    >>> _ = path.write_text("Mail;Number;Name\\nann@example.org;00123;Null\\nbob@example.org;;N/A\\n")
    >>> read_users(path)
                           Mail Number  Name
    source_row
    1           ann@example.org  00123  Null
    2           bob@example.org   <NA>   N/A
    """
    return read_source(
        source, encoding=encoding, delimiter=delimiter, header_row=header_row, sheet=sheet, table=table, query=query
    ).users


def read_source(
    source: str | Path | pd.DataFrame | ParsedAhead,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | int | None = None,
    table: str | None = None,
    query: str | None = None,
) -> UserList:
    """Read a user list together with the findings about how it was read.

    Every value stays text. The kit infers no number, date or blank: ``00123`` keeps its zeros, and a person may be
    called Null. A row that cannot be read becomes a row of nulls with a finding that rejects it.

    Parameters
    ----------
    source : str, pathlib.Path or pandas.DataFrame
        A file, a database URL, a frame, or the result of :func:`passage_kit.reading.parsed_ahead.parse_ahead`. The
        kind of a file is known by what it holds, not by its ending, and it may be packed: gzip, zip, bzip2, xz or
        zstandard. The files of a folder, or of a pattern such as ``users/*.parquet``, are one list, in the order of
        their names; names that begin with ``_`` or ``.`` are left out.
    encoding : str, optional
        Encoding of a CSV or JSON file. Default: UTF-8, UTF-16 or Windows-1252, as detected.
    delimiter : str, optional
        Delimiter of a CSV file. Default: comma, semicolon, tab or vertical bar, as detected.
    header_row : int, optional
        Line (CSV) or row (Excel) of the header, counted from 1; 0 for a file without a header, whose columns are called
        "column 1" and so on. Default: as detected.
    sheet : str or int, optional
        Sheet of a workbook, by name or by number from 0. Default: the first visible sheet that holds data.
    table, query : str, optional
        Table to read from a database, or query to run there; give one of the two. Of a JSON file, ``table`` is the path
        of the list of users, such as ``data.users``; of a zip archive it is the file in it, if need be with a colon and
        such a path: ``export.json:data.users``; of a CSV file or sheet with several lists one below the other, the
        title of one. Default: found by what the lists hold.

    Returns
    -------
    UserList
        The rows as text (``users``, index ``source_row``), the ``findings`` about them, and how the source was read.

    Raises
    ------
    SourceError
        If the source cannot be read: missing, empty, binary, without a header or rows, damaged, or protected.
    OptionError
        If an option has a value that it cannot have, or does not fit this kind of source.
    MissingExtraError
        If the source is a database and its driver is not installed.

    See Also
    --------
    read_users : Read the rows alone.
    prepare : Read a source and run the whole preparation.

    Examples
    --------
    >>> source = read_source(pd.DataFrame({"email": ["ann@example.org", None]}))
    >>> source.kind, source.findings["code"].tolist()
    ('frame', ['row_blank'])
    """
    given = {
        "encoding": encoding, "delimiter": delimiter, "header_row": header_row,
        "sheet": sheet, "table": table, "query": query,
    }  # fmt: skip
    options: dict[str, Any] = {option: value for option, value in given.items() if value is not None}
    if isinstance(source, pd.DataFrame):
        from passage_kit.reading.frame_reader import read_frame

        _check_options(options.keys(), "frame")
        return read_frame(source)
    if isinstance(source, ParsedAhead):
        _check_options(options.keys(), "csv")
        return source_of(source.table)
    if not isinstance(source, str | Path):
        raise OptionError(
            f"A source is a path, a database URL or a pandas DataFrame, and this is a {type(source).__name__}. "
            "Give one of them."
        )
    if not str(source).strip():  # a path of it would be the current folder
        raise SourceError(
            in_panel(
                "There is no user list to read. Name a file, a database URL or a plan that has one.",
                "There is no user list to read. Choose it in the notebook 00_start_here.",
            )
        )
    if kind_of(source) == "sql":
        from passage_kit.reading.sql_reader import read_sql

        _check_options(options.keys(), "sql")
        return read_sql(str(source), **options)
    if (files := files_of(source)) is not None:
        return join_lists([read_one_file(path, options) for path in files], source)
    return read_one_file(Path(source), options)


def read_one_file(path: Path, options: Mapping[str, Any]) -> UserList:
    """Read a file by the options of :func:`read_source` that are given.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "users.csv"
    >>> _ = path.write_text("Mail;Name\\nann@example.org;Ann\\n")
    >>> read_one_file(path, {"delimiter": ";"}).users.columns.tolist()
    ['Mail', 'Name']
    """
    others = dict(options)
    return _of_file(read_file(path, inside=others.pop("table", None)), others)


def _check_options(options: AbstractSet[str], kind: str) -> None:
    strange = sorted(options - _OPTIONS[kind])
    if strange:
        possible = ", ".join(sorted(_OPTIONS[kind])) or "none"
        raise OptionError(f"{strange[0]} is not an option of this kind of source ({kind}). Its options: {possible}.")


def _of_file(file: SourceFile, options: dict[str, Any]) -> UserList:
    """Read an opened file with the reader of its kind, and say what was chosen.

    Readers other than that of CSV load when they are needed: all of them take 40 ms of every start.
    """
    options |= {"table": file.path} if file.path is not None else {}
    _check_options(options.keys(), file.kind)
    if file.kind == "excel":
        from passage_kit.reading.excel_reader import read_excel

        found = read_excel(file.data, file.name, within=file.within, **options)
    elif file.kind == "json":
        from passage_kit.reading.json.json_reader import read_json

        records = options.pop("table", None)
        found = read_json(file.data, file.name, by_line=file.by_line, records=records, within=file.within, **options)
    elif file.kind == "parquet":
        from passage_kit.reading.frame_reader import read_parquet

        found = read_parquet(file.data, file.name)
    else:
        table = parse_csv(file.data, file.name, within=file.within, **options)
        file = replace(file, data=b"")  # a table takes as much memory again
        found = source_of(table)
    if not file.others and file.misnamed is None and file.sha256 is None:
        return found
    said = [
        make_findings([None] * len(file.others), field=None, code="entries_set_apart", argument=list(file.others)),
        make_findings([None] if file.misnamed else [], field=None, code="kind_by_content", argument=file.misnamed),
    ]
    findings = collect_findings([*said, found.findings])
    lists = _lists_of(file, found)
    return replace(found, findings=findings, sha256=file.sha256 or found.sha256, lists=lists)


def _lists_of(file: SourceFile, found: UserList) -> tuple[str, ...]:
    """List what the option ``table`` can choose in an archive: its files, and the lists in the one that was read."""
    if not file.lists:
        return found.lists
    own = file.within.removesuffix(":")
    return (*(found.lists or (own,)), *(other for other in file.lists if other != own))
