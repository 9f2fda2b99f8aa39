"""Rows that meet in emails and phones, and decisions about them, for the tests of duplicates."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.decisions import decide, decisions_of, no_decisions
from passage_kit.findings.findings import describe_findings

ANNA, BEN, CARA = "anna@example.org", "ben@example.org", "cara@example.org"


ONE, TWO, THREE = "+14155550101", "+14155550102", "+14155550103"


def people(*rows: tuple[str | None, str | None], **columns: list[str | None]) -> pd.DataFrame:
    """Users of (email, phone) pairs, then other columns."""
    return users_frame({"email": [row[0] for row in rows], "phone": [row[1] for row in rows], **columns})


def found(findings: pd.DataFrame, *codes: str) -> list[tuple[object, ...]]:
    """Row, field, value and detail of the findings with these codes."""
    chosen = findings[findings["code"].isin(codes)]
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in describe_findings(chosen)[["source_row", "field", "value", "detail"]].itertuples(index=False)
    ]


def values(users: pd.DataFrame) -> dict[int, dict[str, str | None]]:
    """Every row as a dict, by source_row."""
    plain = users.astype(object).where(users.notna(), None)
    return {int(row): record for row, record in plain.to_dict("index").items()}


ORDERS = {"8": 8.0, "9": 9.0, "10": 10.0}


@st.composite
def user_frames(draw: st.DrawFn) -> pd.DataFrame:
    """Few identifiers on few rows, so that most of them meet; rows in any order, with gaps between source rows."""
    row = st.tuples(
        st.sampled_from([None, None, ANNA, BEN, CARA, "dan@example.org"]),
        st.sampled_from([None, ONE, TWO, THREE]),
        st.sampled_from([None, "Anna Berg", "Ben Dahl"]),
        st.sampled_from([None, "Lyon", "Oslo"]),
        st.sampled_from([None, "7", "8"]),
        st.sampled_from([None, "soon", *ORDERS]),
    )
    rows = draw(st.lists(row, max_size=9))
    names = ["email", "phone", "name", "city", "source_key", "order"]
    users = users_frame({name: [row[at] for row in rows] for at, name in enumerate(names)})
    numbers = draw(st.lists(st.integers(1, 40), min_size=len(rows), max_size=len(rows), unique=True))
    return users.set_axis(pd.Index(numbers, dtype="int64", name="source_row"))


def made(*entries):
    """A decisions frame of (rows, decision[, survivor_row])."""
    frame = no_decisions()
    for rows, choice, *stays in entries:
        frame = decide(frame, rows, choice, survivor_row=stays[0] if stays else None)
    return frame


def listed(frame):
    return [(entry.rows, entry.choice, entry.survivor_row) for entry in decisions_of(frame)]
