"""CSV and TSV as rows of text, with findings for lines that do not fit a table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pandas as pd
import pyarrow as pa

from passage_kit.columns.users_frame import source_rows
from passage_kit.findings.findings import make_findings
from passage_kit.reading.csv.csv_table import CsvTable
from passage_kit.reading.csv.text_marks import without_marks
from passage_kit.reading.user_list import Place, UserList, blank_lines, build_source, other_encoding


def source_of(table: CsvTable, *, secrets: Collection[str] | None = None, is_whole: bool = True) -> UserList:
    """Make a source of a CSV file that was parsed, with findings for the lines that do not fit a table.

    A row with too few values gets blanks and a warning. A row with too many values is rejected, unless the surplus is
    blank. A line that cannot be parsed is rejected. Both rejections give the line's number and text. A line without a
    character is not a row; a row of blanks is one, and is rejected.

    Parameters
    ----------
    table : CsvTable
    secrets : collection of str, optional
        As of :func:`passage_kit.reading.user_list.build_source`.
    is_whole : bool, default True
        Whether the table has all rows of the file, which tell whether a column has marks of text.

    Raises
    ------
    SourceError
        If the file has no rows.

    Examples
    --------
    >>> from passage_kit.reading.csv.csv_table import parse_csv
    >>> data = b"email,name\\nann@example.org\\nbob@example.org,Bob,Smith\\n"
    >>> source = source_of(parse_csv(data, "users.csv"))
    >>> source.users
                          email  name
    source_row
    1           ann@example.org  <NA>
    2                      <NA>  <NA>
    >>> source.findings[["source_row", "code", "argument"]]
       source_row           code                                      argument
    0           2   row_too_long  line 3: 3 values, and the header has 2 names
    1           1  row_too_short   line 2: 1 value, and the header has 2 names
    """
    place = Place("line", table.line_numbers)
    columns, marked = without_marks(table.header, table.columns) if is_whole else (table.columns, [])
    marks = (make_findings([None], field=name, code="text_mark", argument=f"{count:,}") for name, count in marked)
    return build_source(
        columns,
        table.header,
        name=table.name,
        kind="csv",
        findings=[*findings_on_file(table), *marks, *_findings(table, place)],
        secrets=secrets,
        rejected=table.rejected,
        place=place,
        sha256=table.sha256,
        encoding=table.encoding,
        delimiter=table.delimiter,
        header_line=table.header_line,
        unsure=table.unsure,
        lists=table.lists,
    )


def findings_on_file(table: CsvTable) -> Iterator[pd.DataFrame]:
    """Make the findings on the whole file."""
    yield other_encoding(table.fallback, table.mixed)
    for other in table.not_read:
        yield make_findings([None], field=None, code="entries_set_apart", argument=other)
    yield from findings_above(table.preamble, table.footer, table.blank, table.spelling)


def findings_above(
    preamble: Sequence[tuple[int, str]], footer: Sequence[int], blank: Sequence[int], spelling: Sequence[str] = ()
) -> Iterator[pd.DataFrame]:
    """Make the findings on lines that are no rows: see :class:`passage_kit.reading.csv.csv_table.CsvTable`.

    Examples
    --------
    >>> [found["code"].tolist() for found in findings_above([(1, "Our users")], [9], [2])]
    [['preamble_skipped'], ['footer_skipped'], ['lines_blank']]
    """
    for number, _ in preamble:
        yield make_findings([None], field=None, code="preamble_skipped", argument=f"line {number}")
    for said in spelling:
        yield make_findings([None], field=None, code="quoting_translated", argument=said)
    for number in footer:
        yield make_findings([None], field=None, code="footer_skipped", argument=f"line {number}")
    yield blank_lines(blank)


def _findings(table: CsvTable, place: Place) -> Iterator[pd.DataFrame]:
    """Make the findings on rows."""
    rows = source_rows(len(table.rejected))
    for code, records, reasons, texts in table.notes:
        places = place.say(records, pa.array(reasons, pa.string()))
        yield make_findings(rows[records], field=None, value=texts, code=code, argument=places)
