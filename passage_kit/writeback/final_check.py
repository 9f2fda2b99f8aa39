"""Check after a write-back: table and ids are read again, and every user is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.fingerprints import first_rows
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, arrow, mask_of
from passage_kit.errors import WriteBackError
from passage_kit.findings.ledger import KEPT
from passage_kit.translations import in_panel
from passage_kit.writeback.lookups import Lookup, indexes, taken
from passage_kit.writeback.matching import KEY
from passage_kit.writeback.passage_ids import PASSAGE_ID
from passage_kit.writeback.planned_changes import Choices, Planned, plan_write_back
from passage_kit.writeback.table_rows import CURRENT, comparable_column
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.writeback_result import DIFFERENT, RIGHT, SET, WITHOUT, WriteBack


@dataclass(frozen=True, slots=True)
class Checked:
    """Result of a write-back after the check.

    Parameters
    ----------
    result : WriteBack
        The result, with the rows that were not set after all.
    not_written : int
        Number of rows that the database left as they were, though nothing changed them.
    lacking : int
        Number of rows that were set and have something else now.
    """

    result: WriteBack
    not_written: int
    lacking: int

    def raise_if_incomplete(self, rows_file: Any) -> None:
        """Raise an error if rows do not have their id.

        Raises
        ------
        WriteBackError
            If the database did not write rows, or something changed them again.
        """
        table, triggers = self.result.table, ", ".join(self.result.triggers)
        if self.not_written:
            cause = f"the trigger {triggers}" if triggers else "something in the database, such as a policy,"
            raise WriteBackError(
                in_panel(
                    f"{self.not_written:,} rows of {table} are left as they were, since {cause} keeps "
                    "them from changing. "
                    f"Look at not_written in {rows_file}. Switch it off, and run the write-back again.",
                    "{count} rows of {table} are left as they were, since something in the database keeps "
                    "them from changing. Look at not_written in {rows_file}. Switch it off, and write "
                    "again.",
                    count=f"{self.not_written:,}",
                    table=table,
                    rows_file=rows_file,
                )
            )
        if self.lacking:
            because = f"; triggers that fire: {triggers}" if triggers else ""
            raise WriteBackError(
                in_panel(
                    f"{self.lacking:,} rows of {table} do not have the id that was set, since something changed it"
                    f"{because}. Look at changed_meanwhile in {rows_file}, and run the write-back again or undo it.",
                    "{count} rows of {table} do not have the id that was set, since something changed it. "
                    "Look at changed_meanwhile in {rows_file}, and write again or set the ids back.",
                    count=f"{self.lacking:,}",
                    table=table,
                    rows_file=rows_file,
                )
            )


def check_write_back(database: UsersDatabase, planned: Planned, ids: pd.DataFrame, left: set[int]) -> Checked:
    """Read the table again, count every user, and find the rows of the run that lack their id.

    Parameters
    ----------
    database : UsersDatabase
    planned : Planned
        The plan that was executed.
    ids : pandas.DataFrame
        The ids, read again.
    left : set of int
        Positions of the rows that the run left alone.
    """
    choices = Choices(overwrite=False, share=planned.choices.share)
    now = plan_write_back(database, planned.table, ids, planned.known, choices)
    rows = planned.result.rows
    at = Lookup(now.rows.texts).places(planned.rows.texts)
    state, current, reason = (taken(arrow(now.result.rows[name]), at) for name in ("state", CURRENT, "reason"))
    was_left = np.zeros(len(rows), dtype=bool)
    was_left[list(left)] = True
    to_set = (rows["state"] == SET).to_numpy(dtype=bool)
    wrong = to_set & ~mask_of(pc.equal(state, RIGHT))
    as_before = mask_of(pc.equal(pc.fill_null(current, ""), pc.fill_null(arrow(rows[CURRENT]), "")))
    free = mask_of(pc.is_in(state, value_set=pa.array([SET, *([DIFFERENT] if planned.choices.overwrite else [])])))
    free &= ~mask_of(pc.equal(reason, "id_on_another_row"))
    not_written = wrong & as_before & free & mask_of(pc.is_valid(at))
    changed = (wrong | was_left) & ~not_written
    rows = rows.assign(
        state=rows["state"].mask(not_written | changed, DIFFERENT),
        reason=rows["reason"].mask(not_written, "not_written").mask(changed, "changed_meanwhile"),
    )
    result = replace(planned.result, rows=rows, dry_run=False, check=_count_users(now, ids))
    lacking = changed & ~was_left & mask_of(pc.is_valid(at))
    return Checked(result, int(not_written.sum()), int(lacking.sum()))


def _count_users(now: Planned, ids: pd.DataFrame) -> Mapping[str, int]:
    """Count the kept users by the state of their rows; without a preparation, count the ids."""
    users, ledger = now.known.users, now.known.ledger
    known = users is not None and ledger is not None
    states = _states_of_kept(now, users, ledger) if known else _states_of_ids(now, ids)
    counted = {name: int(mask_of(pc.equal(states, name)).sum()) for name in (RIGHT, DIFFERENT, WITHOUT, SET)}
    return {
        "users": len(states),
        "right": counted[RIGHT],
        "different": counted[DIFFERENT],
        "without_id": counted[WITHOUT] + counted[SET],
        "without_row": states.null_count,
    }


def _states_of_kept(now: Planned, users: pd.DataFrame, ledger: pd.DataFrame) -> Any:
    """Find the state of each kept user's row by key, else by email or phone; null if there is no row."""
    rows, state = now.rows.frame, arrow(now.result.rows["state"])
    kept = np.flatnonzero((ledger["disposition"] == KEPT).to_numpy(dtype=bool))
    user_at = indexes(users.index, pa.array(ledger.index.to_numpy()[kept]))
    keys = arrow(comparable_column(ledger[SOURCE_KEY], now.facts.key_kind))
    columns = ((KEY, keys, pa.array(kept)), *((name, arrow(users[name]), user_at) for name in (EMAIL, PHONE)))
    states: Any = pa.chunked_array([pa.nulls(len(kept), pa.string())])
    for name, column, of_users in columns:
        at = Lookup(arrow(rows[name])).places(taken(column, of_users))
        states = pc.coalesce(states, taken(state, at))
    return states


def _states_of_ids(now: Planned, ids: pd.DataFrame) -> Any:
    """Find the state of the row of each id; null if the id has no row."""
    rows, every = now.result.rows, arrow(ids[PASSAGE_ID])
    first = first_rows(every)
    found = taken(every, pa.array(np.flatnonzero(first == np.arange(len(first)))))
    states = taken(arrow(rows["state"]), Lookup(arrow(rows[PASSAGE_ID])).places(found))
    lost = pc.is_in(found, value_set=arrow(now.result.ids_without_row[PASSAGE_ID]).combine_chunks())
    return pc.if_else(pc.and_(pc.is_null(states), pc.invert(lost)), WITHOUT, states)
