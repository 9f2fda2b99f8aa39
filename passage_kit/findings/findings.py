"""Findings: reports of what happened to single values and rows.

A ``findings frame`` has one row a finding, with the columns ``source_row`` (nullable int64; null for the whole source),
``field`` (a column of the source or of the users frame), ``value`` (as it was), ``code``, ``effect``, ``other_row``
(nullable int64: the other row that the finding is about) and ``argument`` (text: the one part that its sentence needs).
:func:`describe_findings` writes the English sentences, for a file, a panel or a terminal; no code reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.spool import one_table, put_column_aside, together_if_few
from passage_kit.columns.text_parts import LARGEST_PART, take_rows
from passage_kit.columns.users_frame import SOURCE_ROW, arrow, frame_of, one_chunk, series
from passage_kit.errors import OptionError
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.phrases import TEMPLATES, said_argument

COLUMNS = (SOURCE_ROW, "field", "value", "code", "effect", "other_row", "argument")
DETAIL = "detail"
_TEXTS = ("field", "value", "code", "effect", "argument")

# Codes of lines that a reader cannot split into columns; the finding holds the line.
UNREADABLE = ("row_too_long", "line_unreadable")

# Codes whose argument may be two readings of a value or several columns, with this between them.
_OF_CHOICES = ("column_undecided", "phone_two_readings", "date_ambiguous")
_BETWEEN = " or "


def make_findings(
    rows: pd.Index[Any] | np.ndarray[Any, Any] | pa.Array | Iterable[int | None],
    *,
    field: Any,
    code: Any,
    value: Any = None,
    other_row: Any = None,
    argument: Any = None,
    effect: Any = None,
) -> pd.DataFrame:
    """Make a findings frame, by columns.

    Parameters
    ----------
    rows : index, array or iterable of int or None
        ``source_row`` of each finding; None stands for the whole source.
    field, code, value, argument : str, array or Series
        One text for all findings, or one for each.
    other_row : int, array or Series, optional
        Other row that a finding is about, such as the survivor of an absorbed row.
    effect : str, array or Series, optional
        Default: the usual effect of each code.

    Returns
    -------
    pandas.DataFrame
        Columns ``source_row, field, value, code, effect, other_row, argument``; index from 0.

    Raises
    ------
    KeyError
        If a code is not in the catalogue.

    Examples
    --------
    >>> make_findings([2], field="email", code="email_invalid", value="anna@")
       source_row  field  value           code    effect other_row argument
    0           2  email  anna@  email_invalid  withheld      <NA>     <NA>
    """
    source_row = pa.array(rows, type=pa.int64(), from_pandas=True)
    count = len(source_row)
    if not count:  # most rules find nothing in a short list
        return no_findings()
    codes = _one_text_each(code, count)
    if effect is None:
        effect = _usual_effects(code if isinstance(code, str) else codes)
    arrays = [
        source_row, _one_text_each(field, count), _one_text_each(value, count), codes, _one_text_each(effect, count),
        _rows(other_row, count), _one_text_each(argument, count),
    ]  # fmt: skip
    return frame_of(COLUMNS, arrays, pd.RangeIndex(count))


def _usual_effects(codes: str | pa.Array) -> str | pa.Array:
    """Look up the usual effect of a code, or of each of many."""
    given = {codes} if isinstance(codes, str) else set(pc.unique(codes).to_pylist())
    if unknown := given - CODES.keys():
        raise KeyError(f"not in the catalogue of codes: {sorted(unknown, key=str)}")
    if isinstance(codes, str):
        return CODES[codes].effect
    names, effects = _effects()
    return effects.take(pc.index_in(codes, value_set=names))


@cache
def _effects() -> tuple[pa.Array, pa.Array]:
    """Give the codes of the catalogue, and the usual effect of each."""
    return pa.array(CODES), pa.array([entry.effect for entry in CODES.values()])


def _one_text_each(values: Any, count: int) -> pa.Array | pa.ChunkedArray:
    """Make an array with one text for each of ``count`` findings; texts that are too many for one array are several."""
    if values is None or isinstance(values, str):
        return pa.repeat(pa.scalar(values, type=pa.string()), count)
    if isinstance(values, pd.Series):
        values = values.array
    array = values if isinstance(values, pa.ChunkedArray) else pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray) and array.nbytes <= LARGEST_PART:
        array = array.combine_chunks()
    return array if array.type == pa.string() else pc.cast(array, pa.string())


def _rows(numbers: Any, count: int) -> pa.Array:
    """Make an array with one row number, or null, for each of ``count`` findings."""
    if numbers is None or isinstance(numbers, int):
        return pa.repeat(pa.scalar(numbers, type=pa.int64()), count)
    return numbers if isinstance(numbers, pa.Array) else pa.array(numbers, type=pa.int64(), from_pandas=True)


def no_findings() -> pd.DataFrame:
    """Make an empty findings frame."""
    return _no_findings().copy(deep=False)


@cache
def _no_findings() -> pd.DataFrame:
    arrays = [pa.array([], pa.string() if name in _TEXTS else pa.int64()) for name in COLUMNS]
    return frame_of(COLUMNS, arrays, pd.RangeIndex(0))


def collect_findings(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join findings frames, in the order given."""
    filled = [frame for frame in frames if len(frame)]
    if len(filled) == 1:  # usual in a short list, where joining would cost more than finding
        return filled[0].reset_index(drop=True)
    return pd.concat(filled, ignore_index=True) if filled else no_findings()


def findings_in_parts(parts: Iterator[pd.DataFrame]) -> pd.DataFrame:
    """Join findings frames as they come, aside if a run does so: memory holds one of several.

    Examples
    --------
    >>> parts = (make_findings([row], field="email", code="email_invalid") for row in (1, 2))
    >>> findings_in_parts(parts)["source_row"].tolist()
    [1, 2]
    """
    table = one_table(pa.table([arrow(part[name]) for name in COLUMNS], names=COLUMNS) for part in parts)
    return frame_of(COLUMNS, table.columns, pd.RangeIndex(len(table)))


def in_row_order(findings: pd.DataFrame) -> pd.DataFrame:
    """Sort findings by their rows, those on the whole source first; findings on one row keep their order.

    Examples
    --------
    >>> found = make_findings([2, 1, None], field="email", code=["email_invalid", "email_normalized", "lines_blank"])
    >>> in_row_order(found)[["source_row", "code"]]
       source_row              code
    0        <NA>       lines_blank
    1           1  email_normalized
    2           2     email_invalid
    """
    rows = pc.fill_null(arrow(findings[SOURCE_ROW]), 0).to_numpy()
    order = pa.array(np.argsort(rows, kind="stable"))
    taking = (partial(_take, arrow(findings[name]), order) for name in findings)
    columns = together_if_few(*taking, rows=len(findings))
    return frame_of(list(findings), columns, findings.index)


def _take(values: pa.ChunkedArray, rows: pa.Array) -> pa.ChunkedArray:
    return put_column_aside(take_rows(values, rows))


def describe_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Describe findings in English: add the sentence of each finding as ``detail``.

    Parameters
    ----------
    findings : pandas.DataFrame
        Findings frame, with the columns ``source_row, field, value, code, effect, other_row, argument``.

    Returns
    -------
    pandas.DataFrame
        The same rows and index, with the text column ``detail`` after ``effect``. It is null where the code needs no
        sentence.

    Raises
    ------
    OptionError
        If the frame lacks a column, or has a code that is not in the catalogue.

    See Also
    --------
    count_findings : Count findings by code, with the meaning and the next step of each code.
    merge_duplicates : Merge rows; one of the functions that return findings.

    Examples
    --------
    >>> found = make_findings([3, 5], field="city", code=["value_filled", "conflicting_value"],
    ...                       value=[None, "Bonn"], other_row=[7, 3], argument=[None, "Köln"])
    >>> describe_findings(found)["detail"].tolist()
    ['from row 7', 'row 3 keeps Köln']
    """
    detail = series(sentences_of(_given(findings, COLUMNS)), like=findings)
    described = findings.drop(columns=DETAIL, errors="ignore")
    described.insert(list(described.columns).index("effect") + 1, DETAIL, detail)
    return described


def _given(findings: pd.DataFrame, needed: Iterable[str]) -> pd.DataFrame:
    """Take a findings frame of any column types, and check its columns and codes."""
    findings = given_frame(findings, text=_TEXTS, numbered=False)
    missing = [name for name in needed if name not in findings]
    if missing:
        raise OptionError(
            f"The findings have no column {missing[0]!r}. Give the findings frame that a function of the kit returned."
        )
    unknown = [code for code in findings["code"].unique() if code not in CODES]
    if unknown:
        raise OptionError(
            f"The findings have the code {str(unknown[0])!r}, which is not in the catalogue. Give the findings "
            "frame that a function of the kit returned."
        )
    return findings


def sentences_of(findings: pd.DataFrame, *, say: Callable[[str], str] = str) -> pa.Array:
    """Say each finding: most sentences are the argument itself, so only the others are filled.

    Parameters
    ----------
    findings : pandas.DataFrame
        Findings frame.
    say : callable, default str
        Translates a template, as for :func:`fill_sentence`.
    """
    columns = {name: one_chunk(arrow(findings[name])) for name in ("field", "other_row", "argument")}
    code, said = one_chunk(arrow(findings["code"])).dictionary_encode(), [columns["argument"]]
    place, comes_from = code.indices.to_numpy(), np.arange(len(findings))
    for number, name in enumerate(code.dictionary.to_pylist()):
        if CODES[name].sentences not in ((), ("{argument}",)) or (
            say is not str and name in {*_OF_CHOICES, *TEMPLATES}
        ):
            at = np.flatnonzero(place == number)
            comes_from[at] = sum(map(len, said)) + np.arange(len(at))
            some = {column: values.take(pa.array(at)).cast(pa.string()) for column, values in columns.items()}
            said.append(fill_sentence(name, some, say=say))
    return pa.concat_arrays(said).take(pa.array(comes_from)) if len(said) > 1 else said[0]


def fill_sentence(code: str, columns: Mapping[str, pa.Array], *, say: Callable[[str], str] = str) -> pa.Array:
    """Fill the sentence of a code: the first of its sentences whose columns are all filled, or else null.

    Parameters
    ----------
    code : str
        A code of the catalogue.
    columns : mapping of str to pyarrow.Array
        Text arrays ``field``, ``other_row`` and ``argument`` of some findings with this code.
    say : callable, default str
        Translates a template of a sentence. Default: English, as in ``findings.csv``.

    Examples
    --------
    >>> columns = {"field": ["city"], "other_row": ["3"], "argument": ["Köln"]}
    >>> fill_sentence("conflicting_value", {name: pa.array(texts) for name, texts in columns.items()}).to_pylist()
    ['row 3 keeps Köln']
    """
    count = len(columns["argument"])
    said = [pa.nulls(count, pa.string())]
    columns = {**columns, "argument": _argument_said(code, columns["argument"], say)}
    for template in CODES[code].sentences:
        parts = re.split(r"[{}]", say(template))  # words and columns in turn
        texts = [columns[part] if place % 2 else _one_text_each(part, count) for place, part in enumerate(parts)]
        said.append(pc.binary_join_element_wise(*texts, ""))
    return pc.coalesce(*said)


def _argument_said(code: str, arguments: pa.Array, say: Callable[[str], str]) -> pa.Array:
    """Say arguments that are phrases of the kit, and what stands between two choices, by a translation."""
    if say is str:
        return arguments
    if code in TEMPLATES:
        distinct = arguments.dictionary_encode()
        said = [text and said_argument(code, text) for text in distinct.dictionary.to_pylist()]
        arguments = pa.array(said, pa.string()).take(distinct.indices)
    return pc.replace_substring(arguments, _BETWEEN, _between(say)) if code in _OF_CHOICES else arguments


def _between(say: Callable[[str], str]) -> str:
    """Say what stands between two choices."""
    return say("{one} or {other}").format(one="", other="")


def count_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Count findings by code, with the meaning and the next step of each code.

    Parameters
    ----------
    findings : pandas.DataFrame
        Findings frame; needs the columns ``code`` and ``effect``.

    Returns
    -------
    pandas.DataFrame
        One row for each pair of code and effect, in the order of the catalogue; index from 0. Columns ``code``,
        ``effect``, ``meaning`` and ``next_step`` (text) and ``findings`` (int64, their number).

    Raises
    ------
    OptionError
        If the frame lacks a column, or has a code that is not in the catalogue.

    See Also
    --------
    describe_findings : Add a sentence to each finding.
    write_report : Write a report with these counts.

    Examples
    --------
    >>> count_findings(make_findings([1, 2], field="email", code="email_normalized"))[["code", "effect", "findings"]]
                   code   effect  findings
    0  email_normalized  changed         2
    """
    counts = _given(findings, ("code", "effect")).groupby(["code", "effect"], observed=True).size()
    ordered = sorted(counts.items(), key=lambda entry: (list(CODES).index(entry[0][0]), entry[0][1]))
    rows = [(code, effect, count, CODES[code].meaning, CODES[code].next_step) for (code, effect), count in ordered]
    return pd.DataFrame(rows, columns=["code", "effect", "findings", "meaning", "next_step"])
