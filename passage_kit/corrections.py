"""A person's fixes: ``corrections.csv`` (``source_row, field, value, note``), applied anew on every run.

The source file is never edited. A correction replaces what the mapping took from the source, before anything is
normalised, so a corrected value is judged like any other.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa

from passage_kit.errors import PlanError
from passage_kit.findings import collect_findings, make_findings
from passage_kit.frames import INTEGER, SOURCE_ROW, TEXT

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
    table = {name: pd.array([(line.get(name) or "").strip() or None for line in lines], dtype=TEXT) for name in COLUMNS}
    frame = pd.DataFrame(table)
    return frame.astype({SOURCE_ROW: INTEGER})


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
    >>> from passage_kit.frames import users_frame
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
        details = pa.array(
            [f"became {value}" if value else "became blank" for value in entries["value"].fillna("")], pa.string()
        )
        findings.append(make_findings(rows, field=field, value=former, code="corrected", detail=details))
    unused = corrections[~usable]
    detail = "there is no such row or field, or a later line corrects the same cell"
    rows = unused[SOURCE_ROW].to_numpy(dtype="int64")
    findings.append(
        make_findings(rows, field=unused["field"], value=unused["value"], code="correction_unused", detail=detail)
    )
    return corrected, collect_findings(findings)
