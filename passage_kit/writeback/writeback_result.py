"""Result of a write-back, dry or real: counts, frames, the SQL and the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from passage_kit.columns.arrays import Mask
from passage_kit.columns.spooled_frames import parts_of
from passage_kit.columns.users_frame import PHONE, filter_rows
from passage_kit.export.csv_files import write_parts_for_people
from passage_kit.files.file_set import FileSet
from passage_kit.translations import gettext, number
from passage_kit.writeback.matching import CONTRADICTS, said_reason

FILES = ("write_back.csv", "merge_these_accounts.csv", "ids_without_row.csv")
SET, RIGHT, DIFFERENT, WITHOUT = "set", "right", "different", "without"
_UNDER = " " * 11  # begins a line about a part of those that the line above counts
_MERGED = ("absorbed", "several_rows", "id_for_several_rows")


@dataclass(frozen=True, repr=False)
class WriteBack:
    """Result of a write-back, or of a dry run.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row for each row of the users table, with text columns: the columns of its key, ``passage_id`` (the id that
        belongs to the row), ``current`` (the id before the run), ``state`` (``set | right | different | without``),
        ``matched_by`` (``key | email | phone | survivor``), ``reason`` and ``codes``, and the survivor's key as
        ``survivor_...``.
    ids_without_row : pandas.DataFrame
        Ids that belong to no row, with a text column ``reason``.
    sql : tuple of str
        SQL statements in order. The statements of a batch appear once.
    table : str
        Name of the users table and address of its database, without a password.
    dry_run : bool
        Whether the run changed nothing.
    triggers : tuple of str, default ()
        Triggers of the table. They fire for each row that is set.
    check : mapping of str to int, default {}
        Counts from reading table and ids again after a real run. ``users`` counts the kept users, and equals the sum
        of ``right``, ``different``, ``without_id`` and ``without_row``.

    See Also
    --------
    write_passage_ids : Write the ids, and return this result.
    undo_write_back : Undo the run.
    """

    rows: pd.DataFrame
    ids_without_row: pd.DataFrame
    sql: tuple[str, ...]
    table: str
    dry_run: bool
    triggers: tuple[str, ...] = ()
    check: Mapping[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"WriteBack({self.table}, dry_run={self.dry_run}, {self.counts})"

    def _in(self, state: str) -> pd.DataFrame:
        return filter_rows(self.rows, self._are(state))

    def _are(self, state: str) -> Mask:
        return np.asarray((self.rows["state"] == state).to_numpy(dtype=bool))

    @property
    def _are_by_phone(self) -> Mask:
        return np.asarray((self.rows["matched_by"] == PHONE).fillna(False).to_numpy(dtype=bool))

    @property
    def _are_to_merge(self) -> Mask:
        one_person = self.rows["reason"].isin(_MERGED) | (self.rows["matched_by"] == "survivor").fillna(False)
        return np.asarray(one_person.to_numpy(dtype=bool))

    @property
    def to_set(self) -> pd.DataFrame:
        """Rows set by the run, or to be set after a dry run."""
        return self._in(SET)

    @property
    def right(self) -> pd.DataFrame:
        """Rows that already had the right id."""
        return self._in(RIGHT)

    @property
    def different(self) -> pd.DataFrame:
        """Conflicts: rows that have another id, or whose id another row has. The run leaves them alone."""
        return self._in(DIFFERENT)

    @property
    def without_id(self) -> pd.DataFrame:
        """Rows without an id, with the reason."""
        return self._in(WITHOUT)

    @property
    def by_phone(self) -> pd.DataFrame:
        """Rows matched by phone only, which deserve a check."""
        return filter_rows(self.rows, self._are_by_phone)

    @property
    def to_merge(self) -> pd.DataFrame:
        """Rows that share a Passage user with another row, and the key of the row with the id, if it is certain."""
        survivors = [name for name in self.rows if name.startswith("survivor_")]
        keys = [name.removeprefix("survivor_") for name in survivors]
        return filter_rows(self.rows[[*keys, *survivors, "reason"]], self._are_to_merge).reset_index(drop=True)

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows by state, of matches by phone only, of accounts to merge, and of ids without a row."""
        return {
            **{state: int(self._are(state).sum()) for state in (SET, RIGHT, DIFFERENT, WITHOUT)},
            "by_phone": int(self._are_by_phone.sum()),
            "to_merge": int(self._are_to_merge.sum()),
            "ids_without_row": len(self.ids_without_row),
        }

    @property
    def reasons(self) -> dict[str, int]:
        """Number of rows without an id or with another id, by reason."""
        return _counted(self.rows)

    def _reasons_of(self, state: str) -> dict[str, int]:
        return _counted(self._in(state))

    def why_without(self) -> pd.DataFrame:
        """Count the rows without an id by reason, in the words of the reader's language.

        Returns
        -------
        pandas.DataFrame
            One row for each reason, the most frequent first; index ``reason`` (the sentence), column ``rows`` (int64).

        Examples
        --------
        >>> rows = pd.DataFrame({"id": ["7"], "state": ["without"], "reason": ["not_prepared"]}, dtype="string")
        >>> written = WriteBack(rows, pd.DataFrame({"reason": []}), (), "users", dry_run=True)
        >>> written.why_without().to_dict()
        {'rows': {'The row is not in the user list that was prepared.': 1}}
        """
        counted = self._reasons_of(WITHOUT)
        sentences = pd.Index([said_reason(reason) for reason in counted], name="reason", dtype="object")
        return pd.DataFrame({"rows": np.array([*counted.values()], dtype=np.int64)}, index=sentences)

    def summary(self) -> dict[str, Any]:
        """Return the counts as plain values, for JSON."""
        return {
            "table": self.table,
            "dry_run": self.dry_run,
            **self.counts,
            "rows": len(self.rows),
            "reasons": self.reasons,
            "triggers": list(self.triggers),
            "check": dict(self.check),
            "sql": list(self.sql),
        }

    def to_text(self) -> str:
        """Return the counts as text for a terminal."""
        counts = self.counts
        by_phone = number(counts["by_phone"])
        lines = [
            _line(len(self.rows), gettext("rows of {table}", table=self.table)),
            _line(
                counts[SET],
                gettext("to be set, {count} of all matches by phone alone", count=by_phone)
                if self.dry_run
                else gettext("set, {count} of all matches by phone alone", count=by_phone),
            ),
            _line(counts[RIGHT], gettext("already right")),
            _line(counts[DIFFERENT], gettext("different: left alone")),
            _line(counts[WITHOUT], gettext("without an id")),
            *(
                f"{_UNDER}{gettext('{heading}:', heading=number(count))} {said_reason(reason)}"
                for reason, count in self._reasons_of(WITHOUT).items()
            ),
            _line(counts["ids_without_row"], gettext("ids without a row")),
            _line(counts["to_merge"], gettext("accounts to merge")),
        ]
        if contradicting := self.reasons.get(CONTRADICTS):
            lines.append(_line(contradicting, _contradiction()))
        if self.triggers:
            lines.append(gettext("Triggers that fire for every row: {triggers}", triggers=", ".join(self.triggers)))
        if self.check:
            lines.append(gettext("Checked: {sum}", sum=_sum(self.check)))
        return "\n".join(lines)

    def write_files(self, folder: Path) -> list[Path]:
        """Write the rows, the accounts to merge and the ids without a row, and return the paths of the files.

        Raises
        ------
        OutputError
            If a file cannot be written.
        """
        paths = [folder / name for name in FILES]
        with FileSet() as files:
            for path, frame in zip(paths, (self.rows, self.to_merge, self.ids_without_row), strict=True):
                write_parts_for_people(map(self._worded, parts_of(frame)), files.new(path))
        return paths

    def _worded(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Say of the rows of a dry run that they are to be set."""
        return rows.assign(state=rows["state"].replace(SET, "to_set")) if self.dry_run and "state" in rows else rows


def _counted(rows: pd.DataFrame) -> dict[str, int]:
    """Count the reasons of some rows, the most frequent first."""
    return {str(reason): int(count) for reason, count in rows["reason"].value_counts().items()}


def _line(count: int, what: str) -> str:
    return f"{number(count):>9}  {what}"


def _contradiction() -> str:
    return gettext(
        "whose key says another row than email or phone: none is set. Compare them in {rows} and {ids}, correct the "
        "key (lost zeros, say), and run it again",
        rows=FILES[0],
        ids=FILES[2],
    )


def _sum(check: Mapping[str, int]) -> str:
    return gettext(
        "{right} have their id + {different} different + {without_id} without an id + {without_row} without a row = "
        "{users} users",
        **{name: number(check[name]) for name in ("right", "different", "without_id", "without_row", "users")},
    )
