"""First lines of a user list as they are, for a person who chooses the header."""

from __future__ import annotations

from pathlib import Path

from passage_kit.columns.plain_text import text_of
from passage_kit.errors import OptionError
from passage_kit.reading.csv.csv_lines import find_lines
from passage_kit.reading.excel.opening import opened_workbook
from passage_kit.reading.several_files import files_of
from passage_kit.reading.source_bytes import SourceFile, read_file
from passage_kit.reading.text_encoding import decode

LINES = 12  # headers stand near the top
_LONGEST = 120


def first_lines(
    source: str | Path, *, encoding: str | None = None, sheet: str | None = None, inside: str | None = None
) -> dict[int, str]:
    """Read the first lines of a CSV file, or the first rows of a sheet, that are not empty.

    Parameters
    ----------
    source : path
        A text file or a workbook that :func:`passage_kit.read_users` can read; of a folder, its first file.
    encoding : str, optional
        Of a text file. Default: detected.
    sheet : str, optional
        Its rows are read, the source being a workbook. Default: it is a text file.

    inside : str, optional
        The file to read in a zip archive. Default: the only one.

    Returns
    -------
    dict of int to str
        By the number that ``header_row`` means, the line, cut at 120 characters; at most twelve.

    Raises
    ------
    OptionError
        If the encoding is none that Python knows, or the sheet is not there.
    SourceError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "users.csv"
    >>> _ = path.write_text("Our users\\n\\nMail,Name\\n")
    >>> first_lines(path)
    {1: 'Our users', 3: 'Mail,Name'}
    """
    first, *_ = files_of(source) or [Path(source)]
    file = read_file(first, inside=inside)
    lines = _of_text(file, encoding) if sheet is None else _of_sheet(file, sheet)
    filled = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    return {number: line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…" for number, line in filled[:LINES]}


def _of_text(file: SourceFile, encoding: str | None) -> list[str]:
    data = decode(file.data, file.name, encoding=encoding).data[: 1 << 16]
    lines = find_lines(data)
    return [data[start:stop].decode("utf-8", "replace") for start, stop in zip(lines.starts, lines.stops, strict=True)]


def _of_sheet(file: SourceFile, sheet: str) -> list[str]:
    with opened_workbook(file.data, file.name) as workbook:
        if sheet not in workbook.sheet_names:
            raise OptionError(f"sheet={sheet!r}: {file.name} has no such sheet. Give the name of one that it has.")
        rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=50)
    return [" | ".join(filter(None, map(text_of, row))) for row in rows]
