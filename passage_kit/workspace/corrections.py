"""Corrections of values by a person: ``corrections.csv`` (``source_row, field, value, note``), applied on every run.

The kit never edits the source file. A correction replaces the mapped value before the kit normalizes it, so the kit
judges a corrected value like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS, INTEGER, SOURCE_ROW, TEXT
from passage_kit.errors import PlanError
from passage_kit.files.edited_csv import is_row_number, read_edited
from passage_kit.findings.findings import collect_findings, make_findings

COLUMNS = (SOURCE_ROW, "field", "value", "note")


def read_corrections(path: str | Path) -> pd.DataFrame:
    """Read a file of corrections.

    Parameters
    ----------
    path : str or pathlib.Path
        UTF-8 CSV with the columns ``source_row, field, value`` and optionally ``note``. A blank value blanks the cell.

    Returns
    -------
    pandas.DataFrame
        Columns ``source_row`` (int64) and ``field, value, note`` (text).

    Raises
    ------
    PlanError
        If the file cannot be read, lacks a column, or has a source row that is no number.
    """
    lines = read_edited(path, "corrections", COLUMNS, needed=3)
    for number, cells in lines:
        if not is_row_number(cells[SOURCE_ROW]):
            raise PlanError(
                f"The corrections in {path}, line {number}: expected the number of a source row. "
                "Correct the line, or delete it."
            )
    columns = {name: [line.cells[name] or None for line in lines] for name in COLUMNS}
    return _frame([[int(row or 0) for row in columns[SOURCE_ROW]], *(columns[name] for name in COLUMNS[1:])])


def correct(
    corrections: pd.DataFrame,
    rows: Iterable[int],
    field: str,
    value: str | Sequence[str | None] | None,
    *,
    note: str | None = None,
) -> pd.DataFrame:
    """Correct one field in some rows; the new corrections replace earlier ones of the same cells.

    The function does not check that the rows and the field exist: :func:`passage_kit.apply_corrections` reports those
    that do not.

    Parameters
    ----------
    corrections : pandas.DataFrame
        Corrections frame, columns ``source_row, field, value, note``.
    rows : iterable of int
        Source rows.
    field : str
        A column of the users frame as mapped, such as ``email``.
    value : str, sequence of str or None
        New value: one for all rows, or a sequence with one for each row. None blanks the cell.
    note : str, optional
        A remark for people. Default: None.

    Returns
    -------
    pandas.DataFrame
        A new frame with the new corrections last: ``source_row`` (int64) and ``field, value, note`` (text).

    See Also
    --------
    take_back : Remove corrections.
    apply_corrections : Put corrections into a users frame.

    Examples
    --------
    >>> none = pd.DataFrame({name: [] for name in COLUMNS})
    >>> correct(none, [17], "email", "ann@example.org")
       source_row  field            value  note
    0          17  email  ann@example.org  <NA>
    """
    numbers = list(rows)
    values = [value] * len(numbers) if value is None or isinstance(value, str) else list(value)
    texts = [text or None for text in values]
    added = _frame([numbers, [field] * len(numbers), texts, [note] * len(numbers)])
    return pd.concat([take_back(corrections, numbers, field), added], ignore_index=True)


def take_back(corrections: pd.DataFrame, rows: Iterable[int], field: str) -> pd.DataFrame:
    """Take back the corrections of one field in some rows.

    Rows without a correction of the field are ignored.

    Parameters
    ----------
    corrections : pandas.DataFrame
        Corrections frame, columns ``source_row, field, value, note``.
    rows : iterable of int
        Source rows.
    field : str
        A column of the users frame as mapped, such as ``email``.

    Returns
    -------
    pandas.DataFrame
        A new frame without these corrections: ``source_row`` (int64) and ``field, value, note`` (text).

    See Also
    --------
    correct : Add corrections.
    apply_corrections : Put corrections into a users frame.

    Examples
    --------
    >>> none = pd.DataFrame({name: [] for name in COLUMNS})
    >>> len(take_back(correct(none, [17], "email", "ann@example.org"), [17], "email"))
    0
    """
    corrections = _lines(corrections, COLUMNS[:2])
    gone = corrections[SOURCE_ROW].isin(list(rows)) & (corrections["field"] == field)
    stays = corrections[~gone.to_numpy(dtype=bool, na_value=False)].reindex(columns=list(COLUMNS))
    return _frame([stays[name] for name in COLUMNS])


def _lines(corrections: pd.DataFrame, needed: Sequence[str]) -> pd.DataFrame:
    """Take a corrections frame of any column types, and check its columns and source rows."""
    lines = given_frame(corrections, numbered=False, error=PlanError)
    missing = [name for name in needed if name not in lines]
    if missing:
        raise PlanError(f"The corrections have no column {missing[0]!r}. Give a frame that correct returned.")
    rows = lines[SOURCE_ROW]
    wrong = lines.index[~rows.str.fullmatch(r"-?[0-9]{1,18}").fillna(False).to_numpy(dtype=bool)]
    if len(wrong):
        raise PlanError(
            f"The corrections have {len(wrong)} lines whose source_row is no whole number; the first is line "
            f"{wrong[0]}. Correct them, or leave them out."
        )
    return lines.assign(**{SOURCE_ROW: rows.astype(INTEGER)})


def _frame(columns: Iterable[Any]) -> pd.DataFrame:
    types = [INTEGER, TEXT, TEXT, TEXT]
    return pd.DataFrame(
        {name: pd.array(list(column), dtype=kind) for name, column, kind in zip(COLUMNS, columns, types, strict=True)}
    )


def apply_corrections(users: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put corrections into a users frame.

    No row is lost. A correction of a row or field that is missing changes nothing and gets a finding.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped: text columns, index ``source_row``.
    corrections : pandas.DataFrame
        Columns ``source_row, field, value``. If two corrections name one cell, the later one applies. A null value
        blanks the cell.

    Returns
    -------
    users : pandas.DataFrame
        A copy with the corrected values; same rows and columns.
    findings : pandas.DataFrame
        ``corrected`` with the former value and the new one as its argument, or ``correction_unused`` if the row or
        field is missing.

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
    corrections = _lines(corrections, COLUMNS[:3])
    users = given_frame(users, text={*IDENTIFIERS, *HELPERS, *corrections["field"].dropna()})
    last = ~corrections.duplicated([SOURCE_ROW, "field"], keep="last")
    usable = last & corrections[SOURCE_ROW].isin(users.index) & corrections["field"].isin(users.columns)
    corrected = users.copy()
    findings = []
    for field, entries in corrections[usable].groupby("field", sort=False):
        rows = pd.Index(entries[SOURCE_ROW].to_numpy(dtype="int64"))
        values = pd.array(entries["value"], dtype=TEXT)
        former = users.loc[rows, field]
        corrected.loc[rows, field] = values
        become = [value or None for value in entries["value"].fillna("")]
        findings.append(make_findings(rows, field=field, value=former, code="corrected", argument=become))
    unused = corrections[~usable]
    rows = unused[SOURCE_ROW].to_numpy(dtype="int64")
    findings.append(make_findings(rows, field=unused["field"], value=unused["value"], code="correction_unused"))
    return corrected, collect_findings(findings)
