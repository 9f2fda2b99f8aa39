"""A person's fixes: ``corrections.csv`` (``source_row, field, value, note``), applied anew on every run.

The source file is never edited. A correction replaces what the mapping took from the source, before anything is
normalised, so a corrected value is judged like any other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import INTEGER, SOURCE_ROW, TEXT
from passage_kit.errors import PlanError
from passage_kit.findings.findings import collect_findings, make_findings

COLUMNS = (SOURCE_ROW, "field", "value", "note")


def read_corrections(path: str | Path) -> pd.DataFrame:
    """Read a file of corrections.

    Parameters
    ----------
    path : str or pathlib.Path
        UTF-8 CSV with the columns ``source_row, field, value`` and perhaps ``note``. A blank value blanks the cell.

    Returns
    -------
    pandas.DataFrame
        Columns ``source_row`` (int64) and ``field, value, note`` (text).

    Raises
    ------
    PlanError
        If the file cannot be read, lacks a column, or has a source row that is no number.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file, restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PlanError(f"The corrections in {path} cannot be read: {error}. Save the file as a UTF-8 CSV.") from error
    for number, line in enumerate(lines, start=2):
        missing = [name for name in COLUMNS[:3] if name not in line]
        if missing or not str(line[SOURCE_ROW]).strip().isdecimal():
            expected = f"the columns {', '.join(COLUMNS)}" if missing else "the number of a source row"
            raise PlanError(
                f"The corrections in {path}, line {number}: expected {expected}. Mend the line, or delete it."
            )
    columns = {name: [(line.get(name) or "").strip() or None for line in lines] for name in COLUMNS}
    return _frame([[int(row or 0) for row in columns[SOURCE_ROW]], *(columns[name] for name in COLUMNS[1:])])


def correct(
    corrections: pd.DataFrame,
    rows: Iterable[int],
    field: str,
    value: str | Sequence[str | None] | None,
    *,
    note: str | None = None,
) -> pd.DataFrame:
    """Add a correction of one field in some rows, in the place of earlier ones of the same cells.

    Parameters
    ----------
    corrections : pandas.DataFrame
        Columns ``source_row, field, value, note``.
    rows : iterable of int
        Source rows.
    field : str
        A column of the users frame as mapped.
    value : str, sequence of str or None
        What stands there instead, in all of the rows or in each; None blanks the cell.
    note : str, optional
        Anything, for people.

    Returns
    -------
    pandas.DataFrame
        A new frame, the new corrections last.

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
    """Take out the corrections of one field in some rows.

    Parameters
    ----------
    corrections : pandas.DataFrame
        Corrections frame.
    rows : iterable of int
        Source rows.
    field : str
        A column of the users frame.

    Returns
    -------
    pandas.DataFrame
        A new corrections frame.

    Examples
    --------
    >>> none = pd.DataFrame({name: [] for name in COLUMNS})
    >>> len(take_back(correct(none, [17], "email", "ann@example.org"), [17], "email"))
    0
    """
    gone = corrections[SOURCE_ROW].isin(list(rows)) & (corrections["field"] == field)
    stays = corrections[~gone.to_numpy(dtype=bool, na_value=False)].reindex(columns=list(COLUMNS))
    return _frame([stays[name] for name in COLUMNS])


def _frame(columns: Iterable[Any]) -> pd.DataFrame:
    types = [INTEGER, TEXT, TEXT, TEXT]
    return pd.DataFrame(
        {name: pd.array(list(column), dtype=kind) for name, column, kind in zip(COLUMNS, columns, types, strict=True)}
    )


def apply_corrections(users: pd.DataFrame, corrections: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put corrections into a users frame.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped.
    corrections : pandas.DataFrame
        Columns ``source_row, field, value``; of two for one cell the later one holds.

    Returns
    -------
    users : pandas.DataFrame
    findings : pandas.DataFrame
        ``corrected`` with the former value, or ``correction_unused`` where row or field is not there.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@gmial.com"]})
    >>> fixes = pd.DataFrame({"source_row": [1, 9], "field": "email", "value": ["a@example.org", "b@example.org"]})
    >>> corrected, findings = apply_corrections(users, fixes)
    >>> corrected.loc[1, "email"], findings[["source_row", "code"]].to_records(index=False).tolist()
    ('a@example.org', [(1, 'corrected'), (9, 'correction_unused')])
    """
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
