"""Matches of Passage ids with rows of the users table: by source key, then by email, then by phone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions
from passage_kit.columns.fingerprints import first_rows
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, TEXT, arrow, mask_of, series
from passage_kit.findings.ledger import ABSORBED, KEPT, REJECTED
from passage_kit.translations import gettext
from passage_kit.writeback.lookups import Lookup, indexes, taken
from passage_kit.writeback.passage_ids import OUTCOME, PASSAGE_ID

KEY = "key"
TABLE = {EMAIL: "table_email", PHONE: "table_phone"}  # identifiers that stand in the table itself
CONTRADICTS, NO_IDENTITY, ONE_TEXT = "key_contradicts", "no_identity", "keys_of_one_text"
MATCHED_BY = (KEY, EMAIL, PHONE, "survivor")

_ROW_AND_LINE = 2  # a key that one row and one id have

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
    "not_written": "The database left the row as it was: a trigger or a policy keeps it from changing.",
    CONTRADICTS: "The key leads to one row, and the email or phone to another. Neither gets an id.",
    ONE_TEXT: "Another key of the table is the same text, so no source key leads to one of them alone.",
    NO_IDENTITY: "A column that tells the rows apart is null here, so the row cannot be addressed.",
    "email_differs": "The phone matches the row, but the email differs.",
    "no_row": "No row has this key, email or phone.",
}


def said_reason(reason: str) -> str:
    """Say a reason in the reader's language.

    Examples
    --------
    >>> said_reason("no_row")
    'No row has this key, email or phone.'
    """
    return gettext(REASONS[reason]) if reason in REASONS else reason


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
    keys, dispositions = arrow(ledger[SOURCE_KEY]), arrow(ledger["disposition"])
    rank = pc.index_in(dispositions, value_set=pa.array([KEPT, ABSORBED, REJECTED])).to_numpy()
    at = Lookup(keys, rank).places(arrow(rows[KEY])).combine_chunks()
    survivor_rows = taken(arrow(ledger["survivor_row"]), at)
    survivors = indexes(ledger.index, survivor_rows)
    user_at = indexes(users.index, pa.array(ledger.index.to_numpy()).take(at))
    found = {
        "email": taken(arrow(users[EMAIL]), user_at),
        "phone": taken(arrow(users[PHONE]), user_at),
        "disposition": taken(dispositions, at),
        "codes": taken(arrow(ledger["codes"]), at),
        "survivor": taken(keys, survivors),
    }
    kept = taken(keys, pa.array(np.flatnonzero(mask_of(pc.equal(dispositions, KEPT)))))
    first = first_rows(kept)
    again = kept.take(pa.array(np.unique(first[(first >= 0) & (first != np.arange(len(first)))])))
    return rows.assign(
        **{name: series(values, like=rows) for name, values in found.items()},
        repeated=mask_of(pc.is_in(arrow(rows[KEY]), value_set=again.combine_chunks())),
    )


def place_ids(rows: pd.DataFrame, ids: pd.DataFrame, *, share: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Place ids on rows, and leave out every match that is not certain.

    Parameters
    ----------
    rows : pandas.DataFrame
        Text columns ``key``, ``email``, ``phone`` and ``survivor``, and ``table_email`` and ``table_phone``: what
        stands in the table itself, in normal form. Boolean columns ``repeated``; ``ambiguous`` (a different key has
        the same text) and ``nameless`` (the row cannot be addressed). Index from 0. Only ``key``, ``email``,
        ``phone`` and ``repeated`` have to be there.
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
    placing = _Placing(_complete(rows), ids, share=share)
    placing.match_keys_of_one_text()
    for column in (KEY, EMAIL, PHONE):
        placing.match(column)
    if not share:
        placing.hold_back_repeated_ids()
    placing.hold_back(np.flatnonzero(placing.nameless), NO_IDENTITY)
    return placing.rows(), placing.unplaced()


def _complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that may be missing."""
    nothing = pd.Series(pd.array([None] * len(rows), dtype=TEXT), index=rows.index)
    texts = {name: nothing for name in ("survivor", "disposition", *TABLE.values()) if name not in rows}
    flags = {name: np.zeros(len(rows), dtype=bool) for name in ("ambiguous", "nameless") if name not in rows}
    return rows.assign(**texts, **flags)


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
        self._held = np.zeros(len(ids), dtype=bool)  # lines that must not get a row
        self.nameless = rows["nameless"].to_numpy(dtype=bool)
        self._why_not = np.full(len(ids), "no_row", dtype=object)

    def match(self, column: str) -> None:
        """Match the remaining lines and rows by one column."""
        if self._ids[column].isna().all():
            return
        codes = self._codes_of(arrow(self._rows[column]), arrow(self._ids[column]))
        of_rows, of_lines = codes[: len(self._rows)].copy(), codes[len(self._rows) :].copy()
        if column != KEY:  # a key that several rows or lines have stays doubtful, even if all but one are matched
            of_rows[self._is_done()] = -1
            of_lines[~self._open | self._held] = -1
        size = int(codes.max(initial=-1)) + 1
        rows, lines = np.flatnonzero(of_rows >= 0), np.flatnonzero((of_lines >= 0) & (self._id_codes >= 0))
        rows_of = np.bincount(of_rows[rows], minlength=size)
        line_of = np.full(size, -1)
        line_of[of_lines[lines]] = lines
        ids_of = self._count_ids(of_lines[lines], lines, size)
        shared = (rows_of > 1) & (not self._share or column == PHONE)
        if column == KEY:
            shared[of_rows[np.flatnonzero(self._rows["ambiguous"].to_numpy(dtype=bool) & (of_rows >= 0))]] = True
            rows = rows[~self._is_done()[rows]]
            lines = lines[self._open[lines]]
        for reason, doubtful in (("several_ids", ids_of > 1), ("several_rows", shared & (ids_of > 0))):
            self._why_not[lines[doubtful[of_lines[lines]] & (rows_of[of_lines[lines]] > 0)]] = reason
            self._why[rows[doubtful[of_rows[rows]]]] = reason
        sure = rows[(ids_of[of_rows[rows]] == 1) & ~shared[of_rows[rows]]]
        if column == KEY:
            self._why[(self._why == "several_rows") & self._rows["ambiguous"].to_numpy(dtype=bool)] = ONE_TEXT
            sure = self._without_contradictions(sure, line_of[of_rows[sure]])
        if column == PHONE:
            sure = self._without_other_emails(sure, line_of[of_rows[sure]])
        self._place(sure, line_of[of_rows[sure]], column)

    def match_keys_of_one_text(self) -> None:
        """Match rows whose key another row has as well by key and email together."""
        if self._rows[TABLE[EMAIL]].isna().all():
            return
        mine, theirs = (self._rows[KEY], self._rows[TABLE[EMAIL]]), (self._ids[KEY], self._ids[EMAIL])
        keys = self._codes_of(arrow(mine[0]), arrow(theirs[0]))
        counted = np.bincount(keys[keys >= 0], minlength=1)
        if counted.max() <= _ROW_AND_LINE:
            return
        codes = self._codes_of(*(pc.binary_join_element_wise(*map(arrow, pair), "\x00") for pair in (mine, theirs)))
        of_rows, of_lines = codes[: len(self._rows)], codes[len(self._rows) :]
        size = int(codes.max(initial=-1)) + 1
        rows, lines = np.flatnonzero(of_rows >= 0), np.flatnonzero((of_lines >= 0) & self._open)
        line_of = np.full(size, -1)
        line_of[of_lines[lines]] = lines
        of_table = keys[: len(self._rows)]
        several = np.bincount(of_table[of_table >= 0], minlength=len(counted)) > 1
        one = (np.bincount(of_rows[rows], minlength=size) == 1) & (np.bincount(of_lines[lines], minlength=size) == 1)
        sure = rows[one[of_rows[rows]] & several[keys[rows]]]
        self._why[sure] = None
        self._place(sure, line_of[of_rows[sure]], KEY)

    def _codes_of(self, rows: pa.ChunkedArray, lines: pa.ChunkedArray) -> Positions:
        return _codes(pa.chunked_array([*rows.chunks, *lines.chunks], pa.string()))

    def _is_done(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell which rows have a line, or a reason to have none."""
        done: np.ndarray[Any, np.dtype[np.bool_]] = (self._line_of >= 0) | (self._why != None)  # noqa: E711 - by element
        return done

    def _place(self, rows: Positions, lines: Positions, column: str) -> None:
        self._line_of[rows] = lines
        self._by[rows] = MATCHED_BY.index(column)
        self._open[lines] = False

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

    def _without_contradictions(self, rows: Positions, lines: Positions) -> Positions:
        """Leave out matches by key whose email leads to another row, or else their phone."""
        if not len(rows):
            return rows
        agreed, other = np.zeros(len(rows), dtype=bool), np.full(len(rows), -1)
        for column in (EMAIL, PHONE):
            own = arrow(self._rows[TABLE[column]]).combine_chunks()
            if own.null_count == len(own):
                continue
            known = arrow(self._rows[column].where(self._rows["disposition"].notna())).take(pa.array(rows))
            said = pc.coalesce(arrow(self._ids[column]).take(pa.array(lines)), known).combine_chunks()
            at = np.asarray(pc.fill_null(pc.index_in(said, value_set=own, skip_nulls=True), -1), dtype=np.int64)
            open_ = ~agreed & (other < 0)
            agreed |= open_ & mask_of(pc.equal(said, own.take(pa.array(rows))))
            elsewhere = open_ & ~agreed & (at >= 0) & ~self._is_absorbed(at, rows)
            other[elsewhere] = at[elsewhere]
        against = other >= 0
        if not against.any():
            return rows
        self._why_not[lines[against]], self._held[lines[against]] = CONTRADICTS, True
        both = np.union1d(rows[against], np.setdiff1d(other[against], rows[agreed]))
        self._why[both] = CONTRADICTS
        return np.setdiff1d(rows, both)

    def _is_absorbed(self, at: Positions, rows: Positions) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell whether the row at a position was absorbed into another row, whose email or phone it has then."""
        survivors, keys = arrow(self._rows["survivor"]), arrow(self._rows[KEY])
        places = pa.array(at, mask=at < 0)
        return mask_of(pc.equal(survivors.take(places), keys.take(pa.array(rows))))

    def hold_back(self, rows: Positions, reason: str) -> None:
        """Leave rows without an id for a reason."""
        self._why[rows] = reason

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
