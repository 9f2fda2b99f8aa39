"""Corrections of values by a person, applied on every run.

``corrections.csv`` has the columns ``source_row, source_key, field, was, value, note``. The kit never edits the source
file. A correction replaces the mapped value before the kit normalizes it, so the kit judges a corrected value like any
other. A correction whose row is not known, or whose cell has another value than ``was``, changes nothing and is asked
about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.characters import is_unicode
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import (
    HELPERS,
    IDENTIFIERS,
    INTEGER,
    SOURCE_KEY,
    SOURCE_ROW,
    TEXT,
    arrow,
    values_at,
)
from passage_kit.errors import OptionError, PlanError
from passage_kit.files.edited_csv import is_row_number, read_edited
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.translations import worded

COLUMNS = (SOURCE_ROW, SOURCE_KEY, "field", "was", "value", "note")
WHY = "why"  # of a correction that is asked about, in a frame; never in the file
_NEEDED = (SOURCE_ROW, "field", "value")
_UNKNOWN = "it is not known whose it is"
_CHANGED = "another value stands there now"
_IS_SO_ALREADY = "the source has this value itself now"
REASONS = (_UNKNOWN, _CHANGED, _IS_SO_ALREADY)


def read_corrections(path: str | Path) -> pd.DataFrame:
    """Read a file of corrections.

    Parameters
    ----------
    path : str or pathlib.Path
        UTF-8 CSV with the columns ``source_row, field, value`` and optionally ``source_key``, ``was`` and ``note``. A
        blank value blanks the cell. A blank row is not known: the person is to be found by ``source_key``, or the
        correction is asked about.

    Returns
    -------
    pandas.DataFrame
        Columns ``source_row`` (nullable int64) and ``source_key, field, was, value, note`` (text).

    Raises
    ------
    PlanError
        If the file cannot be read, lacks a column, or has a source row that is no number.
    """
    lines = read_edited(path, "corrections", COLUMNS, needed=_NEEDED)
    for number, cells in lines:
        if cells[SOURCE_ROW] and not is_row_number(cells[SOURCE_ROW]):
            raise PlanError(
                worded(
                    "The corrections in {path}, line {number}: expected the number of a source row. "
                    "Correct the line, or delete it.",
                    path=path,
                    number=number,
                )
            )
    columns = {name: [line.cells[name] or None for line in lines] for name in COLUMNS}
    return _frame(columns | {SOURCE_ROW: [int(row) if row else None for row in columns[SOURCE_ROW]]})


def no_corrections() -> pd.DataFrame:
    """Make an empty corrections frame.

    Examples
    --------
    >>> no_corrections().columns.tolist()
    ['source_row', 'source_key', 'field', 'was', 'value', 'note']
    """
    return _frame({})


def correct(
    corrections: pd.DataFrame,
    rows: Iterable[int],
    field: str,
    value: str | Sequence[str | None] | None,
    *,
    note: str | None = None,
    users: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Correct one field in some rows; the new corrections replace earlier ones of the same cells.

    The function does not check that the rows and the field exist: :func:`passage_kit.apply_corrections` reports those
    that do not.

    Parameters
    ----------
    corrections : pandas.DataFrame
        Corrections frame, as :meth:`passage_kit.Workspace.load_corrections` gives it.
    rows : iterable of int
        Source rows.
    field : str
        A column of the users frame as mapped, such as ``email``.
    value : str, sequence of str or None
        New value: one for all rows, or a sequence with one for each row. None blanks the cell.
    note : str, optional
        A remark for people. Default: None.
    users : pandas.DataFrame, optional
        Users frame as mapped, not corrected. From it come ``was``, the value that stands there, and ``source_key``, if
        no other row has it. They let the correction find its person again when the source has changed. Default: none.

    Returns
    -------
    pandas.DataFrame
        A new frame with the new corrections last: ``source_row`` (nullable int64) and ``source_key, field, was, value,
        note`` (text).

    Raises
    ------
    OptionError
        If a text has half a character, which no file can hold.

    See Also
    --------
    take_back : Remove corrections.
    apply_corrections : Put corrections into a users frame.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"source_key": ["c7", "c8"], "email": ["ann@", "bo@example.org"]})
    >>> corrections = correct(no_corrections(), [1], "email", "ann@example.org", users=users)
    >>> corrections.drop(columns="note")
       source_row source_key  field   was            value
    0           1         c7  email  ann@  ann@example.org
    """
    numbers = list(rows)
    values = [value] * len(numbers) if value is None or isinstance(value, str) else list(value)
    if not all(text is None or is_unicode(text) for text in (field, note, *values)):
        raise OptionError(
            worded("A correction has text with half a character, which no file can hold. Correct what was typed.")
        )
    columns = {"value": [text or None for text in values], "field": [field] * len(numbers)}
    added = _frame({SOURCE_ROW: numbers, **columns, "note": [note] * len(numbers)})
    if users is not None:
        known = {SOURCE_KEY: _keys(users, numbers), "was": _cells(users, numbers, field)}
        added = added.assign(**{name: cells for name, cells in known.items() if cells is not None})
    return pd.concat([take_back(corrections, numbers, field), added], ignore_index=True)


def take_back(corrections: pd.DataFrame, rows: Iterable[int], field: str) -> pd.DataFrame:
    """Take back the corrections of one field in some rows.

    Rows without a correction of the field are ignored.

    Parameters
    ----------
    corrections : pandas.DataFrame
        Corrections frame, as :meth:`passage_kit.Workspace.load_corrections` gives it.
    rows : iterable of int
        Source rows.
    field : str
        A column of the users frame as mapped, such as ``email``.

    Returns
    -------
    pandas.DataFrame
        A new frame without these corrections: ``source_row`` (nullable int64) and ``source_key, field, was, value,
        note`` (text).

    See Also
    --------
    correct : Add corrections.
    apply_corrections : Put corrections into a users frame.

    Examples
    --------
    >>> len(take_back(correct(no_corrections(), [17], "email", "ann@example.org"), [17], "email"))
    0
    """
    corrections = _lines(corrections, (SOURCE_ROW, "field"))
    gone = corrections[SOURCE_ROW].isin(list(rows)) & (corrections["field"] == field)
    stays = corrections[~gone.to_numpy(dtype=bool, na_value=False)].reindex(columns=list(COLUMNS))
    return _frame(dict(stays))


def _lines(corrections: pd.DataFrame, needed: Sequence[str]) -> pd.DataFrame:
    """Take a corrections frame of any column types, and check its columns and source rows."""
    lines = given_frame(corrections, numbered=False, error=PlanError)
    missing = [name for name in needed if name not in lines]
    if missing:
        raise PlanError(f"The corrections have no column {missing[0]!r}. Give a frame that correct returned.")
    rows = lines[SOURCE_ROW]
    wrong = lines.index[~rows.str.fullmatch(r"-?[0-9]{1,18}").fillna(True).to_numpy(dtype=bool)]
    if len(wrong):
        raise PlanError(
            f"The corrections have {len(wrong)} lines whose source_row is no whole number; the first is line "
            f"{wrong[0]}. Correct them, or leave them out."
        )
    return lines.assign(**{SOURCE_ROW: rows.astype(INTEGER)})


def _frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Make a corrections frame; a column that is not given is blank."""
    given = {name: list(column) for name, column in columns.items()}
    count = len(next(iter(given.values()), ()))
    types = dict.fromkeys(COLUMNS, TEXT) | {SOURCE_ROW: INTEGER}
    return pd.DataFrame({name: pd.array(given.get(name, [None] * count), dtype=kind) for name, kind in types.items()})


def _keys(users: pd.DataFrame, rows: list[int]) -> Any:
    """Give the keys of rows as they stand in the source; a key that several rows have says nothing, and is blank."""
    if SOURCE_KEY not in users:
        return None
    keys = users[SOURCE_KEY]
    return keys.mask(keys.duplicated(keep=False)).reindex(rows).array


def _cells(users: pd.DataFrame, rows: list[int], field: str) -> Any:
    return users[field].reindex(rows).array if field in users else None


def same_text(one: pd.Series[Any], other: pd.Series[Any]) -> Mask:
    """Mark the texts that are the same but for white space around them; blanks are the same, too.

    Examples
    --------
    >>> same_text(pd.Series(["a ", None, "b"]), pd.Series(["a", " ", None])).tolist()
    [True, True, False]
    """
    bare = (pc.fill_null(pc.utf8_trim_whitespace(arrow(column.astype(TEXT))), "") for column in (one, other))
    return np.asarray(pc.equal(*bare).to_numpy(zero_copy_only=False), dtype=bool)


def apply_corrections(users: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put corrections into a users frame.

    No row is lost. A correction of a row or field that is missing changes nothing and gets a finding, and so does one
    whose cell has another value now.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped: text columns, index ``source_row``.
    corrections : pandas.DataFrame
        Columns ``source_row, field, value`` and perhaps ``was``. If two corrections name one cell, the later one
        applies. A null value blanks the cell. A null ``was`` fits every value.

    Returns
    -------
    users : pandas.DataFrame
        A copy with the corrected values; same rows and columns.
    findings : pandas.DataFrame
        ``corrected`` with the former value and the new one as its argument; ``correction_unused`` if the row or field
        is missing, or the source has this value itself; ``correction_unplaced`` if it is not known whose correction it
        is, or the cell has another value than ``was``.

    Raises
    ------
    PlanError
        If the corrections lack a column, or have a source row that is no whole number.
    OptionError
        If the index of the users does not number the rows.

    See Also
    --------
    correct : Add corrections to a corrections frame.
    apply_mapping : Make the users frame, the step before this one.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@gmial.com"]})
    >>> fixes = pd.DataFrame({"source_row": [1, 9], "field": "email", "value": ["a@example.org", "b@example.org"]})
    >>> corrected, findings = apply_corrections(users, fixes)
    >>> corrected.loc[1, "email"], findings[["source_row", "code"]].to_records(index=False).tolist()
    ('a@example.org', [(1, 'corrected'), (9, 'correction_unused')])
    """
    corrections = _lines(corrections, _NEEDED)
    users = given_frame(users, text={*IDENTIFIERS, *HELPERS, *corrections["field"].dropna()})
    lines = judge_corrections(users, corrections)
    usable = lines["code"].eq("corrected").to_numpy(dtype=bool)
    corrected, findings = users.copy(), []
    by_field = dict(iter(lines[usable].groupby("field", sort=False)))
    for field in (name for name in users.columns if name in by_field):  # so that some rows have what all rows have
        entries = by_field[field]
        rows = pd.Index(entries[SOURCE_ROW].to_numpy(dtype="int64"))
        former = values_at(users[field], rows)
        corrected.loc[rows, field] = pd.array(entries["value"], dtype=TEXT)
        become = [value or None for value in entries["value"].fillna("")]
        findings.append(make_findings(rows, field=field, value=former, code="corrected", argument=become))
    rest = lines[~usable]
    there = rest[SOURCE_ROW].astype(object).where(rest[SOURCE_ROW].notna(), None)
    told = {name: rest[name] for name in ("field", "value", "code")}
    findings.append(make_findings(there, argument=rest[WHY], **told))
    return corrected, collect_findings(findings)


def judge_corrections(users: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Tell what becomes of each correction.

    Parameters
    ----------
    users, corrections : pandas.DataFrame
        As for :func:`apply_corrections`.

    Returns
    -------
    pandas.DataFrame
        The corrections with two more columns: ``code`` (``corrected``, ``correction_unused`` or
        ``correction_unplaced``) and ``why`` (text: the reason for the last two, if there is more to say).

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> fixes = correct(no_corrections(), [1], "email", "a@example.org", users=users_frame({"email": ["a@"]}))
    >>> judge_corrections(users_frame({"email": ["b@"]}), fixes)[["code", "why"]].iloc[0].tolist()
    ['correction_unplaced', 'another value stands there now']
    """
    lines = corrections.reindex(columns=[*COLUMNS, WHY]).reset_index(drop=True)
    known = lines[SOURCE_ROW].notna().to_numpy(dtype=bool) & lines[WHY].isna().to_numpy(dtype=bool)
    last = ~lines.duplicated([SOURCE_ROW, "field"], keep="last")
    there = lines[SOURCE_ROW].isin(users.index) & lines["field"].isin(users.columns)
    usable = known & (last & there).to_numpy(dtype=bool, na_value=False)
    unusable = np.where(known, "correction_unused", "correction_unplaced")
    code = np.where(usable, "corrected", unusable).astype(object)
    why = lines[WHY].astype(object).where(lines[WHY].notna(), None).to_numpy(dtype=object, copy=True)
    why[~known & lines[WHY].isna().to_numpy(dtype=bool)] = _UNKNOWN
    for field, entries in lines[usable].groupby("field", sort=False):
        cells = values_at(users[field], entries[SOURCE_ROW].to_numpy(dtype="int64"))
        fits = entries["was"].isna().to_numpy(dtype=bool) | same_text(entries["was"], cells)
        already = ~fits & same_text(entries["value"], cells)
        at = entries.index.to_numpy()
        code[at[already]], why[at[already]] = "correction_unused", _IS_SO_ALREADY
        code[at[~fits & ~already]], why[at[~fits & ~already]] = "correction_unplaced", _CHANGED
    return lines.assign(code=pd.array(code, dtype=TEXT), why=pd.array(why, dtype=TEXT))
