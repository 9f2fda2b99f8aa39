"""Matches of Passage ids with rows of the users table: by source key, then by email, then by phone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, TEXT, arrow, mask_of, series
from passage_kit.findings.ledger import ABSORBED, KEPT, REJECTED
from passage_kit.writeback.passage_ids import OUTCOME, PASSAGE_ID

KEY = "key"
MATCHED_BY = (KEY, EMAIL, PHONE, "survivor")

# Reasons why a row has no id, or an id has no row: code and meaning.
REASONS = {
    "rejected": "The row was rejected in the preparation.",
    "absorbed": "The row was absorbed into another row of the same person, which has the id.",
    "failed": "The push could not create the user.",
    "unknown": "The push does not know whether the user was created: run it again.",
    "not_prepared": "The row is not in the user list that was prepared.",
    "no_passage_id": "There is no Passage id for the row's key, email or phone.",
    "several_rows": "Several rows of the table have this key, email or phone.",
    "several_ids": "Several Passage ids have this key, email or phone.",
    "id_for_several_rows": "The same Passage id belongs to several rows.",
    "id_on_another_row": "Another row already has the Passage id.",
    "changed_meanwhile": "Another writer changed the row while the ids were written.",
    "email_differs": "The phone matches the row, but the email differs.",
    "no_row": "No row has this key, email or phone.",
}


def know_rows(rows: pd.DataFrame, users: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Add the prepared identifiers and the disposition to each row of the users table.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the users table with a text column ``key``, as :func:`passage_kit.writeback.row_keys.key_texts` makes
        it.
    users : pandas.DataFrame
        The prepared users, index ``source_row``.
    ledger : pandas.DataFrame
        The ledger, with ``source_key`` in the form used to compare keys.

    Returns
    -------
    pandas.DataFrame
        The rows and the new columns ``email`` and ``phone`` (text, in normal form), ``disposition`` (text; null if the
        row was not in the list), ``codes`` (text), ``survivor`` (text: the key of the row that absorbed this one) and
        ``repeated`` (bool: several kept users have this key).
    """
    keyed = ledger[ledger[SOURCE_KEY].notna().to_numpy(dtype=bool)]
    rank = keyed["disposition"].map({KEPT: 0, ABSORBED: 1, REJECTED: 2}).to_numpy(dtype=np.int64)
    keyed = keyed.iloc[np.argsort(rank, kind="stable")]
    keys = arrow(keyed[SOURCE_KEY]).combine_chunks()
    at = pc.index_in(arrow(rows[KEY]), value_set=keys)
    of_rows = {name: _take(keyed[name], at, rows) for name in ("disposition", "codes", "survivor_row")}
    source_rows = _take(pd.Series(keyed.index, index=keyed.index), at, rows)
    kept = keyed.loc[(keyed["disposition"] == KEPT).to_numpy(dtype=bool), SOURCE_KEY]
    again = arrow(kept[kept.duplicated().to_numpy(dtype=bool)]).combine_chunks()
    survivors = pc.index_in(arrow(of_rows["survivor_row"]), value_set=pa.array(ledger.index))
    user_at = pc.index_in(arrow(source_rows), value_set=pa.array(users.index))
    return rows.assign(
        email=_take(users[EMAIL], user_at, rows),
        phone=_take(users[PHONE], user_at, rows),
        disposition=of_rows["disposition"],
        codes=of_rows["codes"],
        survivor=_take(ledger[SOURCE_KEY], survivors, rows),
        repeated=mask_of(pc.is_in(arrow(rows[KEY]), value_set=again)),
    )


def _take(column: pd.Series[Any], at: Any, rows: pd.DataFrame) -> pd.Series[Any]:
    values = arrow(column) if isinstance(column.dtype, pd.ArrowDtype) else pa.chunked_array([pa.array(column)])
    return series(values.take(at), like=rows)


def place_ids(rows: pd.DataFrame, ids: pd.DataFrame, *, share: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Place ids on rows, and leave out every match that is not certain.

    Parameters
    ----------
    rows : pandas.DataFrame
        Text columns ``key``, ``email`` and ``phone``, a boolean ``repeated``; index from 0.
    ids : pandas.DataFrame
        The ids as :func:`passage_kit.read_passage_ids` returns them, and ``key``: their source keys in the same form.
    share : bool, default False
        Whether several rows with the same key or email may have the same id.

    Returns
    -------
    rows : pandas.DataFrame
        Text columns, index as given: ``passage_id``, ``matched_by`` (``key | email | phone``), ``reason`` (why the row
        has no id, as far as the ids show it) and ``outcome`` of the push.
    unplaced : pandas.DataFrame
        The ids without a row, and ``reason``.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> table = users_frame({"key": ["1", "2"], "email": [None, "bob@example.org"], "phone": [None, None]}, first_row=0)
    >>> ids = users_frame({
    ...     "key": ["1", None, None], "email": ["ann@example.org", "bob@example.org", "eve@example.org"],
    ...     "phone": [None, None, None], "passage_id": ["a", "b", "e"], "outcome": [None, None, None],
    ... }, first_row=0)
    >>> placed, unplaced = place_ids(table.assign(repeated=False), ids)
    >>> placed[["passage_id", "matched_by"]].to_numpy().tolist()
    [['a', 'key'], ['b', 'email']]
    >>> unplaced[["email", "reason"]].to_numpy().tolist()
    [['eve@example.org', 'no_row']]
    """
    placing = _Placing(rows, ids, share=share)
    for column in (KEY, EMAIL, PHONE):
        placing.match(column)
    if not share:
        placing.hold_back_repeated_ids()
    return placing.rows(), placing.unplaced()


class _Placing:
    """State of the matching: the line of the ids that each row got, and the lines that still have no row."""

    def __init__(self, rows: pd.DataFrame, ids: pd.DataFrame, *, share: bool) -> None:
        self._rows, self._ids, self._share = rows, ids, share
        self._id_codes = _codes(arrow(ids[PASSAGE_ID]))
        self._line_of = np.full(len(rows), -1)
        self._by = np.full(len(rows), -1)
        self._why = np.full(len(rows), None, dtype=object)
        self._why[rows["repeated"].to_numpy(dtype=bool)] = "several_ids"
        self._open = self._id_codes >= 0  # lines with an id and without a row
        self._why_not = np.full(len(ids), "no_row", dtype=object)

    def match(self, column: str) -> None:
        """Match the remaining lines and rows by one column."""
        if self._ids[column].isna().all():
            return
        both = pa.chunked_array([*arrow(self._rows[column]).chunks, *arrow(self._ids[column]).chunks], pa.string())
        codes = _codes(both)
        of_rows, of_lines = codes[: len(self._rows)].copy(), codes[len(self._rows) :].copy()
        of_rows[(self._line_of >= 0) | (self._why != None)] = -1  # noqa: E711 - element by element
        of_lines[~self._open] = -1
        size = int(codes.max(initial=-1)) + 1
        rows, lines = np.flatnonzero(of_rows >= 0), np.flatnonzero(of_lines >= 0)
        rows_of = np.bincount(of_rows[rows], minlength=size)
        line_of = np.full(size, -1)
        line_of[of_lines[lines]] = lines
        ids_of = self._count_ids(of_lines[lines], lines, size)
        shared = (rows_of > 1) & (not self._share or column == PHONE)
        for reason, doubtful in (("several_ids", ids_of > 1), ("several_rows", shared & (ids_of > 0))):
            self._why_not[lines[doubtful[of_lines[lines]] & (rows_of[of_lines[lines]] > 0)]] = reason
            self._why[rows[doubtful[of_rows[rows]]]] = reason
        sure = rows[(ids_of[of_rows[rows]] == 1) & ~shared[of_rows[rows]]]
        if column == PHONE:
            sure = self._without_other_emails(sure, line_of[of_rows[sure]])
        self._line_of[sure] = line_of[of_rows[sure]]
        self._by[sure] = MATCHED_BY.index(column)
        self._open[self._line_of[sure]] = False

    def _count_ids(self, codes: Positions, lines: Positions, size: int) -> Positions:
        """Count the distinct ids of each value."""
        lines_of: Positions = np.bincount(codes, minlength=size)
        if lines_of.max(initial=0) <= 1:
            return lines_of
        width = int(self._id_codes.max(initial=-1)) + 2
        pairs: Positions = np.unique(codes * width + self._id_codes[lines])
        return np.bincount(pairs // width, minlength=size)

    def _without_other_emails(self, rows: Positions, lines: Positions) -> Positions:
        """Leave out matches by phone between people with different emails, such as a household."""
        mine, theirs = arrow(self._rows[EMAIL]).take(pa.array(rows)), arrow(self._ids[EMAIL]).take(pa.array(lines))
        other = mask_of(pc.not_equal(mine, theirs))
        self._why_not[lines[other]] = "email_differs"
        return np.asarray(rows[~other])

    def hold_back_repeated_ids(self) -> None:
        """Remove ids that were placed on several rows."""
        placed = np.flatnonzero(self._line_of >= 0)
        codes = self._id_codes[self._line_of[placed]]
        repeated = placed[np.bincount(codes, minlength=1)[codes] > 1] if len(placed) else placed
        self._why[repeated] = "id_for_several_rows"

    def rows(self) -> pd.DataFrame:
        """Return the id, the match, the reason and the outcome of each row."""
        at = pa.array(self._line_of, mask=self._line_of < 0)
        by = pa.array(MATCHED_BY).take(pa.array(self._by, mask=self._by < 0))
        return pd.DataFrame(
            {
                PASSAGE_ID: series(arrow(self._ids[PASSAGE_ID]).take(at), like=self._rows),
                "matched_by": series(by, like=self._rows),
                "reason": pd.Series(pd.array(self._why, dtype=TEXT), index=self._rows.index),
                OUTCOME: self._outcomes(),
            }
        )

    def _outcomes(self) -> pd.Series[Any]:
        """Return the outcome of the push for rows that have no id."""
        without = self._ids[self._id_codes < 0]
        found: Any = pa.nulls(len(self._rows), pa.string())
        for column in (KEY, EMAIL, PHONE):
            lines = without[without[column].notna().to_numpy(dtype=bool)]
            at = pc.index_in(arrow(self._rows[column]), value_set=arrow(lines[column]).combine_chunks())
            found = pc.coalesce(found, arrow(lines[OUTCOME]).combine_chunks().take(at))
        return series(found, like=self._rows)

    def unplaced(self) -> pd.DataFrame:
        """Return the ids without a row, except ids that another line has placed."""
        has_row = np.zeros(int(self._id_codes.max(initial=-1)) + 2, dtype=bool)
        has_row[self._id_codes[self._line_of[self._line_of >= 0]]] = True
        left = self._open & ~has_row[self._id_codes]
        reasons = pd.array(self._why_not[left], dtype=TEXT)
        return self._ids[left].drop(columns=[KEY]).assign(reason=reasons).reset_index(drop=True)


def _codes(values: pa.ChunkedArray) -> Positions:
    """Number the distinct texts; -1 stands for null."""
    indices = pc.dictionary_encode(values).combine_chunks().indices
    return np.asarray(pc.fill_null(indices, -1), dtype=np.int64)
