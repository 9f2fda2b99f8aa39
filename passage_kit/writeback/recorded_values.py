"""Values of one text column of the users table, set in batches and recorded, so that they can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.errors import DatabaseError
from passage_kit.progress import Stages
from passage_kit.translations import worded
from passage_kit.writeback.row_keys import identity_texts
from passage_kit.writeback.run_record import Run, RunRecord
from passage_kit.writeback.statements import Statements
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.users_database import Batch, UsersDatabase
from passage_kit.writeback.users_table import TableFacts, UsersTable

BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class NewValues:
    """New values of one column.

    Parameters
    ----------
    column : str
        Name of the column.
    identities : sequence of str
        The rows, as :func:`passage_kit.writeback.row_keys.identity_texts` writes them.
    old, new : sequence of str or None
        The values as they were read, and those to set.
    """

    column: str
    identities: Sequence[str]
    old: Sequence[str | None]
    new: Sequence[str]


@dataclass(frozen=True, slots=True)
class SetValues:
    """What became of new values.

    Parameters
    ----------
    column : str
    rows : int
        Rows that were set, or would be.
    left : int
        Rows that were left alone: changed or deleted since they were read, or another row has the value.
    sql : tuple of str
        SQL statements in order. The statements of a batch appear once.
    """

    column: str
    rows: int
    left: int
    sql: tuple[str, ...]


def set_recorded(
    database: UsersDatabase, statements: Statements, record: RunRecord, run: Run, batch: Batch
) -> set[int]:
    """Set one batch and record it; what was left alone is taken out of the record again.

    Returns
    -------
    set of int
        Positions in the batch of the rows that were left alone.
    """
    texts = identity_texts(batch.identity).to_pylist()
    notes = record.add(run, zip(texts, batch.old, batch.new, strict=True))
    left = database.write(batch, statements)
    if left:
        record.remove(notes[position] for position in left)
    return left


def set_values(
    database: UsersDatabase, table: UsersTable, values: NewValues, folder: Path, *, dry_run: bool
) -> SetValues:
    """Set values of a column that the table has, as a write-back sets ids: in batches, recorded in the workspace.

    A row is set only if nobody changed it since it was read. The run is undone by
    :func:`passage_kit.undo_write_back`.

    Parameters
    ----------
    database : UsersDatabase
    table : UsersTable
        The table; its ``column`` does not matter.
    values : NewValues
    folder : pathlib.Path
        The workspace, which must exist.
    dry_run : bool
        Whether to count only, and change nothing.

    Raises
    ------
    DatabaseError
        If the column is no text, or too short for the values. Nothing was changed.
    WriteBackError
        If the database stopped the run.
    """
    facts = find_table(database, UsersTable(table.name, table.key, values.column), for_ids=False)
    _check_length(facts, values.new)
    statements = database.statements(facts)
    batches, gone = _batches(database, facts, statements, values)
    count = sum(len(batch.new) for batch in batches)
    sql = tuple(statements.batch()) if count else ()
    if dry_run or not count:
        return SetValues(facts.column, count, gone, sql)
    left = 0
    with RunRecord(folder) as record, Stages(portions(count, BATCH_ROWS)) as stages:
        run = record.begin(Run(database.target, table.name, facts.column, facts.identity, mark=facts.mark))
        for batch in batches:
            stages.next()
            left += len(set_recorded(database, statements, record, run, batch))
        record.end(run)
    return SetValues(facts.column, count - left, gone + left, sql)


def portions(count: int, rows: int) -> dict[str, int]:
    """Name the stages of the progress, one for each batch of some rows."""
    return {f"Rows {start:,} of {count:,}": min(rows, count - start) for start in range(0, count, rows)}


def _check_length(facts: TableFacts, new: Sequence[str]) -> None:
    longest = max(map(len, new), default=0)
    if facts.length is not None and facts.length < longest:
        raise DatabaseError(
            worded(
                "The column {column} of {table} holds {length} characters, and the new values have up "
                "to {longest}. Make the column longer.",
                column=facts.column,
                table=facts.shown,
                length=facts.length,
                longest=longest,
            )
        )


def _batches(
    database: UsersDatabase, facts: TableFacts, statements: Statements, values: NewValues
) -> tuple[list[Batch], int]:
    """Read the identities of the rows as the driver gives them, and count the rows that are not as they were."""
    wanted = pa.array(values.identities, pa.string())
    identity: list[list[Any]] = [[] for _ in facts.identity]
    at: list[int] = []
    for page in database.pages(statements.select()):
        columns = dict(zip(statements.read_columns, page, strict=True))
        own = [columns[name] for name in facts.identity]
        places = pc.index_in(identity_texts(own), value_set=wanted).to_pylist()
        now = columns[facts.column]  # in SQLite perhaps no text, and then none of the values
        for row, place in enumerate(places):
            if place is not None and now[row] == values.old[place]:
                at.append(place)
                for column, part in zip(identity, own, strict=True):
                    column.append(part[row])
    cut = [slice(start, start + BATCH_ROWS) for start in range(0, len(at), BATCH_ROWS)]
    old, new = [values.old[place] for place in at], [values.new[place] for place in at]
    batches = [Batch([column[some] for column in identity], old[some], new[some]) for some in cut]
    return batches, len(values.new) - len(at)
