"""Plan of a write-back: the new state of each row of the users table, decided before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, TEXT, arrow, mask_of, series
from passage_kit.errors import DatabaseError
from passage_kit.findings.ledger import ABSORBED, REJECTED
from passage_kit.writeback.matching import KEY, place_ids
from passage_kit.writeback.passage_ids import OUTCOME, PASSAGE_ID
from passage_kit.writeback.statements import ID_LENGTH, Statements
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.table_rows import (
    CURRENT,
    Preparation,
    TableRows,
    check_key,
    comparable_column,
    find_identifiers,
    read_rows,
)
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import TableFacts, UsersTable
from passage_kit.writeback.writeback_result import DIFFERENT, RIGHT, SET, WITHOUT, WriteBack


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices for rows that have another id (``overwrite``) and for absorbed rows (``share``)."""

    overwrite: bool
    share: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned write-back: the choices, the facts about the table, its rows, and the result to expect."""

    table: UsersTable
    known: Preparation
    choices: Choices
    facts: TableFacts
    statements: Statements
    rows: TableRows
    result: WriteBack


def plan_write_back(
    database: UsersDatabase, table: UsersTable, ids: pd.DataFrame, known: Preparation, choices: Choices
) -> Planned:
    """Plan the state of each row, without changing anything.

    Parameters
    ----------
    database : UsersDatabase
    table : UsersTable
    ids : pandas.DataFrame
        The ids as :func:`passage_kit.writeback.passage_ids.read_passage_ids` returns them.
    known : Preparation
        The prepared users of the workspace.
    choices : Choices

    Raises
    ------
    DatabaseError
        If the table does not exist, or cannot hold the ids.
    """
    facts = find_table(database, table)
    if known.users is not None:
        check_key(database, facts, known)
    elif ids[[EMAIL, PHONE]].notna().any(axis=None):
        facts = find_identifiers(database, facts)
    rows = read_rows(database, facts, known)
    keyed = ids.assign(**{KEY: comparable_column(ids[SOURCE_KEY], facts.key_kind)})
    placed, unplaced = place_ids(rows.frame, keyed, share=choices.share)
    if _others_may_have(unplaced, rows, known):
        facts = find_identifiers(database, facts)
        rows = read_rows(database, facts, known)
        placed, unplaced = place_ids(rows.frame, keyed, share=choices.share)
    judged = _judge(rows.frame, placed, prepared=known.users is not None, choices=choices)
    length = max(ID_LENGTH, pc.max(pc.utf8_length(arrow(ids[PASSAGE_ID]))).as_py() or 0)
    statements = database.statements(facts, length=length)
    _check_table(facts, rows, length, choices)
    sql = [
        *statements.schema_change(share=choices.share),
        *(statements.batch() if (judged["state"] == SET).any() else []),
    ]
    shown = _shown_rows(rows, judged)
    result = WriteBack(shown, unplaced, tuple(sql), f"{facts.shown} in {database.shown}", True, facts.triggers)
    return Planned(table, known, choices, facts, statements, rows, result)


def _others_may_have(unplaced: pd.DataFrame, rows: TableRows, known: Preparation) -> bool:
    """Tell whether some ids may belong to rows that only the table knows, not the preparation."""
    new = bool(rows.frame["disposition"].isna().any())
    return known.users is not None and new and bool(unplaced[[EMAIL, PHONE]].notna().any(axis=None))


def _judge(rows: pd.DataFrame, placed: pd.DataFrame, *, prepared: bool, choices: Choices) -> pd.DataFrame:
    """Decide the state of each row, and give the reason."""
    passage_id, by = arrow(placed[PASSAGE_ID]), arrow(placed["matched_by"])
    reason = arrow(placed["reason"])
    if choices.share:
        passage_id, by = _shared(rows, passage_id, by)
    passage_id = pc.if_else(pc.is_null(reason), passage_id, pa.scalar(None, pa.string()))
    has_id = mask_of(pc.is_valid(passage_id))
    current = arrow(rows[CURRENT])
    blank = ~mask_of(pc.greater(pc.utf8_length(current), 0))
    right = has_id & mask_of(pc.equal(passage_id, current))
    elsewhere = (
        has_id & ~right & mask_of(pc.is_in(passage_id, value_set=current.combine_chunks())) & (not choices.share)
    )
    different = has_id & ~right & (elsewhere | (~blank & (not choices.overwrite)))
    state = np.select([~has_id, right, different], [WITHOUT, RIGHT, DIFFERENT], SET)
    disposition, outcome = arrow(rows["disposition"]), arrow(placed[OUTCOME])
    why = np.select(
        [
            elsewhere,
            has_id,
            mask_of(pc.is_valid(reason)),
            mask_of(pc.is_in(disposition, value_set=pa.array([REJECTED, ABSORBED]))),
            mask_of(pc.is_in(outcome, value_set=pa.array(["failed", "unknown"]))),
            mask_of(pc.is_null(disposition)) & prepared,
        ],
        [
            "id_on_another_row",
            None,
            reason.to_numpy(zero_copy_only=False),
            disposition.to_numpy(zero_copy_only=False),
            outcome.to_numpy(zero_copy_only=False),
            "not_prepared",
        ],
        "no_passage_id",
    )
    return pd.DataFrame(
        {
            PASSAGE_ID: series(passage_id, like=rows).rename(None),
            CURRENT: rows[CURRENT],
            "state": pd.array(state.astype(object), dtype=TEXT),
            "matched_by": series(by, like=rows).where(has_id),
            "reason": pd.array(why, dtype=TEXT),
            "codes": rows["codes"].where((rows["disposition"] == REJECTED).fillna(False).to_numpy(dtype=bool)),
        },
        index=rows.index,
    )


def _shared(rows: pd.DataFrame, passage_id: pa.ChunkedArray, by: pa.ChunkedArray) -> tuple[Any, Any]:
    """Assign the survivor's id to absorbed rows."""
    theirs = passage_id.take(_survivors(rows))
    taken = pc.and_(pc.is_null(passage_id), pc.is_valid(theirs))
    return pc.if_else(taken, theirs, passage_id), pc.if_else(taken, "survivor", by)


def _shown_rows(rows: TableRows, judged: pd.DataFrame) -> pd.DataFrame:
    """Add the keys of the table and those of the survivors to the rows."""
    at = _survivors(rows.frame)
    survivors = {f"survivor_{name}": series(arrow(rows.keys[name]).take(at), like=judged) for name in rows.keys}
    return pd.concat([rows.keys, judged.assign(**survivors)], axis=1)


def _survivors(rows: pd.DataFrame) -> Any:
    """Find the positions of the survivors of absorbed rows."""
    if rows["survivor"].isna().all():
        return pa.nulls(len(rows), pa.int32())
    return pc.index_in(arrow(rows["survivor"]), value_set=arrow(rows[KEY]).combine_chunks(), skip_nulls=True)


def _check_table(facts: TableFacts, rows: TableRows, length: int, choices: Choices) -> None:
    """Refuse a write-back that the table's column cannot complete.

    Raises
    ------
    DatabaseError
        If the column is too short, if it holds an id twice and must become unique, or if ids are to be shared and a
        constraint that cannot be dropped makes it unique.
    """
    where = f"The column {facts.column} of {facts.shown}"
    if facts.length is not None and facts.length < length:
        raise DatabaseError(
            f"{where} holds {facts.length} characters, and the ids have up to {length}. Make the column longer."
        )
    current = rows.frame[CURRENT].dropna()
    if not facts.uniques and not choices.share and not current.is_unique:
        raise DatabaseError(
            f"{where} has {int(current.duplicated().sum())} values that another row has, too (blank texts included), "
            "so it cannot become unique. Correct the values, or share ids between rows."
        )
    if choices.share and "unnamed" in facts.constraints:
        raise DatabaseError(f"{where} is unique by the table's own definition. Create the table again to share ids.")
