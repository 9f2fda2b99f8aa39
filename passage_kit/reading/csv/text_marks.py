"""Apostrophes before every value of a column, by which a spreadsheet marks numbers and addresses as text."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.column_names import is_own_file, tidy_name

MARK = "'"
# An id, a number or an address behind the mark, and no closing quote. A name may begin with an apostrophe, as 't Hart.
_MARKED = r"^\s*'[+(]?\d[^']*$|^\s*'[^'\s]+@[^'\s]+$"

# Any words behind a mark, in a file with marks of numbers or addresses: but not 't Hart, and no closing quote.
_MARKED_WORDS = r"(?s)^\s*'(?:[^'\s]|[^'\s](?:[^'\s]|'[^'\s])(?:.*[^'\s])?)?\s*$"


def is_marked(column: pa.ChunkedArray) -> bool:
    """Tell whether every value of a column has a mark of text, and there are several.

    Examples
    --------
    >>> is_marked(pa.chunked_array([["'001", None, "'002"]])), is_marked(pa.chunked_array([["'001", "2"]]))
    (True, False)
    """
    return _is_several(column) and may_be_marked(column)


def may_be_marked(column: pa.ChunkedArray) -> bool:
    """Tell whether every value of a part of a column has a mark of text.

    Examples
    --------
    >>> may_be_marked(pa.chunked_array([["'ann@example.org"]])), may_be_marked(pa.chunked_array([["'t Hart"]]))
    (True, False)
    """
    return _are_all(column, _MARKED)


def without_marks(
    header: Sequence[str], columns: Sequence[pa.ChunkedArray]
) -> tuple[list[pa.ChunkedArray], list[tuple[str, int]]]:
    """Take the marks of text off the columns whose every value has one.

    Words lose theirs only where a column of numbers or addresses shows that the file has such marks.

    Files of the kit have marks of their own, which stay here.

    Examples
    --------
    >>> ids, names = pa.chunked_array([["'1", "'2"]]), pa.chunked_array([["'t", "x"]])
    >>> columns, taken = without_marks(["id", "name"], [ids, names])
    >>> [column.to_pylist() for column in columns], taken
    ([['1', '2'], ["'t", 'x']], [('id', 2)])
    >>> columns, taken = without_marks(["id", "name"], [ids, pa.chunked_array([["'Ann", "'Bo Li"]])])
    >>> columns[1].to_pylist()
    ['Ann', 'Bo Li']
    """
    if is_own_file(map(tidy_name, header)):
        return list(columns), []
    marked = {at for at, column in enumerate(columns) if is_marked(column)}
    if marked:
        marked |= {at for at, column in enumerate(columns) if _is_several(column) and _are_all(column, _MARKED_WORDS)}
    bare, taken = list(columns), []
    for at in sorted(marked):
        bare[at] = pc.replace_substring_regex(columns[at], r"^(\s*)'", r"\1")
        taken.append((header[at], len(bare[at]) - bare[at].null_count))
    return bare, taken


def _is_several(column: pa.ChunkedArray) -> bool:
    return bool(len(column) - column.null_count > 1)


def _are_all(column: pa.ChunkedArray, pattern: str) -> bool:
    """Tell whether every value of a column has a mark and fits; the first one tells it of most columns."""
    first = next((value for chunk in column.chunks for value in chunk.slice(0, 100).to_pylist() if value), None)
    if first is not None and not first.lstrip().startswith(MARK):
        return False
    return bool(pc.all(pc.match_substring_regex(column.drop_null(), pattern)).as_py())
