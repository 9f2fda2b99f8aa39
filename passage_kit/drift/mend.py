"""Mending of the users table: values that are right in Passage, set as a write-back sets ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passage_kit.drift.result import Drift
from passage_kit.workspace.lock import locked
from passage_kit.writeback.recorded_values import SetValues, set_values
from passage_kit.writeback.users_database import UsersDatabase


@dataclass(frozen=True, slots=True)
class Mended:
    """Result of mending the users table, or of a dry run of it.

    Parameters
    ----------
    table : str
        Name of the users table and address of its database, without a password.
    columns : tuple of SetValues
        Rows set and left alone, and the SQL, for each column.
    dry_run : bool
        Whether nothing was changed.

    See Also
    --------
    mend_drift : Set the values, and return this result.
    """

    table: str
    columns: tuple[SetValues, ...]
    dry_run: bool

    @property
    def sql(self) -> tuple[str, ...]:
        """SQL statements in order. The statements of a batch appear once."""
        return tuple(statement for column in self.columns for statement in column.sql)

    def summary(self) -> Mapping[str, Any]:
        """Return the counts as plain values, for JSON."""
        columns = {it.column: {"set": it.rows, "left_alone": it.left} for it in self.columns}
        return {"table": self.table, "dry_run": self.dry_run, "columns": columns, "sql": list(self.sql)}

    def to_text(self) -> str:
        """Return the counts as text for a terminal."""
        will = "to be set" if self.dry_run else "set"
        lines = [
            f"{it.rows:>9,}  rows of {self.table}: {it.column} {will}"
            + (f"; {it.left:,} left alone, since they have changed or another row has the value" if it.left else "")
            for it in self.columns
        ]
        return "\n".join(lines or [f"Nothing is to be set in {self.table}."])


def mend_drift(drift: Drift, *, db: str | None = None, dry_run: bool = False) -> Mended:
    """Set the emails and phones of the users table where Passage is right.

    The values are those of :func:`find_drift` with the side ``table``. They are set in batches of 50,000 rows, each in
    one transaction, and recorded in the workspace before. A row that has changed since the check is left alone. Each
    column is one run: :func:`undo_write_back` undoes the last one, and again the one before. An identifier that is
    gone in Passage is not cleared here, and nothing is set in Passage.

    Parameters
    ----------
    drift : Drift
        Result of :func:`find_drift`.
    db : str, optional
        URL of the same database. Default: the environment variable ``PASSAGE_DB_URL``.
    dry_run : bool, default False
        Whether to count only, and change nothing in the database.

    Returns
    -------
    Mended
        Counts by column, and the SQL; a dry run returns the same.

    Raises
    ------
    DatabaseError
        If the database cannot be reached, or a column cannot hold the values.
    WriteBackError
        If the database stopped the run. Call the function again to continue.
    OutputError
        If the workspace cannot be written.

    See Also
    --------
    find_drift : Compare the users table with Passage.
    undo_write_back : Set the values back as they were before the run.

    Examples
    --------
    >>> import datetime as dt
    >>> from pathlib import Path
    >>> nothing = Drift(rows=0, users=0, in_step=0, drifting=0, kinds={}, known={}, table="users in app.db",
    ...                 path=Path("m/out/drift.csv"), checked=dt.datetime.now(dt.UTC))
    >>> print(mend_drift(nothing, db="sqlite://").to_text())
    Nothing is to be set in users in app.db.
    """
    folder = drift.path.parent.parent
    if not drift.updates:
        return Mended(drift.table, (), dry_run)
    with locked(folder, "mending of the users table", trace=not dry_run), UsersDatabase(db) as database:
        columns = tuple(
            set_values(database, drift.settings, values, folder, dry_run=dry_run) for values in drift.updates
        )
    return Mended(drift.table, columns, dry_run)
