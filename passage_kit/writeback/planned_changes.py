"""Plan of a write-back: the new state of each row of the users table, decided before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions
from passage_kit.columns.spool import ROWS, one_table
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import (
    EMAIL,
    PHONE,
    SOURCE_KEY,
    TEXT,
    arrow,
    frame_of,
    mask_of,
    rows_at,
    series,
)
from passage_kit.findings.ledger import ABSORBED, REJECTED
from passage_kit.writeback.linked_ranges import linked_ranges
from passage_kit.writeback.matching import KEY, place_ids
from passage_kit.writeback.passage_ids import OUTCOME, PASSAGE_ID
from passage_kit.writeback.statements import Statements
from passage_kit.writeback.table_checks import NO_IDS, IdCounts, check_counted, check_table, count_ids, id_length
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

_LINE = "line"  # number of an id among all
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


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
    check_table(facts)
    if known.users is not None or ids[[EMAIL, PHONE]].notna().any(axis=None):
        facts = find_identifiers(database, facts)
    check_key(database, facts, known)
    rows = read_rows(database, facts, known)
    keyed = ids.assign(**{KEY: comparable_column(ids[SOURCE_KEY], facts.key_kind)})
    judged = _judge_ranges(rows, keyed, facts, prepared=known.users is not None, choices=choices)
    statements = database.statements(facts, length=id_length(ids[PASSAGE_ID]))
    check_counted(facts, judged.counts, share=choices.share)
    sql = [
        *statements.schema_change(share=choices.share),
        *(statements.batch() if (judged.rows["state"] == SET).any() else []),
    ]
    shown = f"{facts.shown} ({database.shown})"
    result = WriteBack(judged.rows, judged.unplaced, tuple(sql), shown, True, facts.triggers)
    return Planned(table, known, choices, facts, statements, rows, result)


class _Judged(NamedTuple):
    """All rows as they are shown, the ids without a row, and what is counted of the ids."""

    rows: pd.DataFrame
    unplaced: pd.DataFrame
    counts: IdCounts


def _judge_ranges(
    rows: TableRows, ids: pd.DataFrame, facts: TableFacts, *, prepared: bool, choices: Choices
) -> _Judged:
    """Place the ids and judge the rows, those of a long table range by range."""
    unplaced, counts, order = [], NO_IDS, []

    def judge_each() -> Iterator[pa.Table]:
        nonlocal counts
        for some in linked_ranges(rows.frame, ids, caseless=facts.caseless):
            here = TableRows(rows.identity, rows.texts, _at(rows.frame, some.rows), _at(rows.keys, some.rows))
            own = _at(ids, some.lines)
            placed, left = place_ids(here.frame, own.assign(**{_LINE: some.lines}), share=choices.share)
            counts += count_ids(here.frame[CURRENT], own[PASSAGE_ID], caseless=facts.caseless)
            unplaced.append(left)
            order.append(some.rows)
            shown = _shown_rows(here, _judge(here.frame, placed, prepared=prepared, choices=choices))
            yield pa.table([arrow(shown[name]) for name in shown], names=list(shown))

    table = one_table(judge_each())
    left = pd.concat(unplaced, ignore_index=True).sort_values(_LINE, ignore_index=True).drop(columns=[_LINE])
    return _Judged(_in_order(table, np.concatenate(order)), left, counts)


def _at(frame: pd.DataFrame, rows: Positions) -> pd.DataFrame:
    """Give some rows of a frame, numbered from 0."""
    return frame if len(rows) == len(frame) else rows_at(frame, rows).reset_index(drop=True)


def _in_order(table: pa.Table, order: Positions) -> pd.DataFrame:
    """Put rows that come range by range into the order of the table of the application."""
    at = np.empty(len(order), dtype=np.int64)
    at[order] = np.arange(len(order))
    if not (at[1:] > at[:-1]).all():
        pieces = (pa.array(at[start : start + ROWS]) for start in range(0, len(at), ROWS))
        table = one_table(
            pa.table([take_rows(column, piece) for column in table.columns], names=table.column_names)
            for piece in pieces
        )
    return frame_of(table.column_names, table.columns, pd.RangeIndex(len(table)))


def _judge(rows: pd.DataFrame, placed: pd.DataFrame, *, prepared: bool, choices: Choices) -> pd.DataFrame:
    """Decide the state of each row, and give the reason."""
    passage_id, by = arrow(placed[PASSAGE_ID]), arrow(placed["matched_by"])
    if choices.share:
        passage_id, by = _shared(rows, passage_id, by)
    passage_id = pc.if_else(pc.is_null(arrow(placed["reason"])), passage_id, pa.scalar(None, pa.string()))
    has_id, elsewhere = mask_of(pc.is_valid(passage_id)), _is_elsewhere(rows, passage_id, choices)
    return pd.DataFrame(
        {
            PASSAGE_ID: series(passage_id, like=rows).rename(None),
            CURRENT: rows[CURRENT],
            "state": pd.array(_states(rows, passage_id, elsewhere, choices), dtype=TEXT),
            "matched_by": series(by, like=rows).where(has_id),
            "reason": pd.array(_reasons(rows, placed, has_id, elsewhere, prepared=prepared), dtype=TEXT),
            "codes": rows["codes"].where((rows["disposition"] == REJECTED).fillna(False).to_numpy(dtype=bool)),
        },
        index=rows.index,
    )


def _is_elsewhere(rows: pd.DataFrame, passage_id: pa.ChunkedArray, choices: Choices) -> Mask:
    """Tell which ids stand on another row already."""
    current = arrow(rows[CURRENT])
    held = mask_of(pc.is_in(passage_id, value_set=current.combine_chunks(), skip_nulls=True))
    return held & ~mask_of(pc.equal(passage_id, current)) & (not choices.share)


def _states(rows: pd.DataFrame, passage_id: pa.ChunkedArray, elsewhere: Mask, choices: Choices) -> np.ndarray[Any, Any]:
    """Decide what becomes of each row."""
    current = arrow(rows[CURRENT])
    blank = ~mask_of(pc.greater(pc.utf8_length(current), 0))
    right = mask_of(pc.equal(passage_id, current))
    different = elsewhere | (~blank & (not choices.overwrite))
    states = np.select([mask_of(pc.is_null(passage_id)), right, different], [WITHOUT, RIGHT, DIFFERENT], SET)
    return states.astype(object)


def _reasons(
    rows: pd.DataFrame, placed: pd.DataFrame, has_id: Mask, elsewhere: Mask, *, prepared: bool
) -> np.ndarray[Any, Any]:
    """Give the reason why a row has no id, or cannot have the id that belongs to it."""
    matching, disposition, outcome = (
        arrow(column) for column in (placed["reason"], rows["disposition"], placed[OUTCOME])
    )
    why: tuple[tuple[Mask, Any], ...] = (
        (elsewhere, "id_on_another_row"),
        (has_id, None),
        (mask_of(pc.is_valid(matching)), matching.to_numpy(zero_copy_only=False)),
        (_is_one_of(disposition, REJECTED, ABSORBED), disposition.to_numpy(zero_copy_only=False)),
        (_is_one_of(outcome, "failed", "unknown"), outcome.to_numpy(zero_copy_only=False)),
        (mask_of(pc.is_null(disposition)) & prepared, "not_prepared"),
    )
    return np.select([mask for mask, _ in why], [reason for _, reason in why], "no_passage_id")


def _is_one_of(values: pa.ChunkedArray, *wanted: str) -> Mask:
    return mask_of(pc.is_in(values, value_set=pa.array(wanted)))


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
