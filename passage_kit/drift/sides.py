"""The two sides of a comparison, read in pages: the users table, the users of Passage, and what was prepared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.api.operations import Api
from passage_kit.columns.account_state import INACTIVE, IS_ACTIVE, NOTHING, says_by_words, states_of, what_they_say
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, SOURCE_ROW, TEXT, arrow
from passage_kit.drift.comparison import Comparison, TableRow
from passage_kit.errors import NotFoundError
from passage_kit.findings.ledger import ABSORBED, REJECTED
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.passage_ids import PASSAGE_ID, read_passage_ids
from passage_kit.writeback.row_keys import comparable, identity_texts, key_texts
from passage_kit.writeback.table_rows import Preparation, current_ids
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import TableFacts

_CORRECTED = "corrected"
_MOST_ASKED = 1_000
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


def add_table(comparison: Comparison, database: UsersDatabase, facts: TableFacts, known: Preparation) -> None:
    """Read the users table page by page, and bring its identifiers into their normal form.

    Parameters
    ----------
    comparison : Comparison
    database : UsersDatabase
    facts : TableFacts
        Facts about the table; of ``email``, ``phone`` and ``state``, the columns that are named are read.
    known : Preparation
        How the preparation joined keys and read phones.
    """
    statements = database.statements(facts)
    for page in database.pages(statements.select()):
        columns = dict(zip(statements.read_columns, page, strict=True))
        if len(page[0]):
            comparison.add_rows(_rows(columns, facts, known))


def _rows(columns: Mapping[str, Sequence[Any]], facts: TableFacts, known: Preparation) -> Iterator[TableRow]:
    count = len(columns[facts.identity[0]])
    raw_emails, raw_phones = (_texts(columns, name, count) for name in (facts.email, facts.phone))
    emails, _ = normalize_emails(raw_emails.rename(EMAIL), allow_special_use=True)
    phones, _ = normalize_phones(raw_phones.rename(PHONE), default_region=known.region, lost_plus=known.lost_plus)
    ids = current_ids(columns, facts, count)
    lists = [
        identity_texts([columns[name] for name in facts.identity]),
        key_texts([columns[name] for name in facts.key], facts.key_kind, known.separator),
        pc.if_else(pc.equal(ids, ""), pa.scalar(None, pa.string()), ids),
        *(arrow(column) for column in (emails, phones, raw_emails, raw_phones)),
    ]
    return map(TableRow, *(values.to_pylist() for values in lists), _open(columns, facts, count))


def _texts(columns: Mapping[str, Sequence[Any]], name: str | None, count: int) -> pd.Series[Any]:
    texts = key_texts([columns[name]], "text") if name else pa.nulls(count, pa.string())
    blank = pc.equal(pc.utf8_trim_whitespace(texts), "")
    return pd.Series(pd.array(pc.if_else(blank, pa.scalar(None, pa.string()), texts), dtype=TEXT))


def _open(columns: Mapping[str, Sequence[Any]], facts: TableFacts, count: int) -> list[bool | None]:
    """Tell which accounts are open, as far as the column of their state says."""
    if facts.state is None:
        return [None] * count
    said = what_they_say(states_of(facts.state, arrow(_texts(columns, facts.state, count))))
    # nothing in a column of flags or moments, such as deleted_at, is an open account
    open_by = {IS_ACTIVE: True, INACTIVE: False, NOTHING: None if says_by_words(facts.state) else True}
    return [open_by.get(word) for word in said.tolist()]


async def add_passage(api: Api, comparison: Comparison) -> None:
    """Read all users of the app, page by page.

    A user who is deleted meanwhile moves another one to a page that was read before. So if the list ends short of its
    total, those whom the table has and the list has not are asked for one by one, the first thousand of them.
    """
    total, seen = -1, 0
    async for page in api.each_page():
        total, seen = max(total, page.total), seen + len(page.users)
        comparison.add_users(page.users)
    if total < 0 or seen < total:
        for ident in filter(_ID.fullmatch, comparison.unknown_ids(_MOST_ASKED)):
            with suppress(NotFoundError):
                comparison.add_users([await api.get_user(ident)])


def add_preparation(
    comparison: Comparison, workspace: Workspace, facts: TableFacts, ledger: pd.DataFrame | None
) -> None:
    """Add what the workspace knows: the identifiers that were prepared, by Passage id, and the rows that were left out.

    Of the workspaces that its export was compared with (``since``), it adds the identifiers, too.

    Parameters
    ----------
    comparison : Comparison
    workspace : Workspace
    facts : TableFacts
        Facts about the table.
    ledger : pandas.DataFrame or None
        Ledger of the preparation, if it has source keys.
    """
    for one in _with_earlier(workspace):
        if (one.out / PASSAGE_IDS_FILE).exists():
            ids = read_passage_ids(one)
            ids = ids[ids[PASSAGE_ID].notna().to_numpy(dtype=bool)]
            columns = (arrow(ids[name]).to_pylist() for name in (PASSAGE_ID, EMAIL, PHONE))
            comparison.add_prepared(zip(*columns, *_on_purpose(one, ids), strict=True))
    if ledger is not None:
        out = ledger[ledger["disposition"].isin([ABSORBED, REJECTED]).to_numpy(dtype=bool)]
        out = out[out[SOURCE_KEY].notna().to_numpy(dtype=bool)]
        keys = comparable(_whole(arrow(out[SOURCE_KEY])), facts.key_kind)
        comparison.add_dispositions(zip(keys.to_pylist(), arrow(out["disposition"]).to_pylist(), strict=True))


def _with_earlier(workspace: Workspace) -> list[Workspace]:
    """List a workspace and those of the exports before, as far as they are there; the oldest first."""
    chain = [workspace]
    while chain[0].has_plan and (since := chain[0].load_plan().options.since) is not None:
        earlier = Workspace(since)
        if earlier.folder.resolve() in {one.folder.resolve() for one in chain}:
            break
        chain.insert(0, earlier)
    return chain


def _on_purpose(workspace: Workspace, ids: pd.DataFrame) -> list[list[bool]]:
    """Tell for each id whether the preparation withheld or corrected the email, and whether the phone."""
    if not (workspace.has_stage("findings") and workspace.has_stage("users")):
        return [[False] * len(ids)] * 2
    users, findings = workspace.load_stage("users"), workspace.load_stage("findings")
    at = pa.nulls(len(ids), pa.int32())
    for name in (EMAIL, PHONE):
        if name in users:
            found = pc.index_in(_whole(arrow(ids[name])), value_set=_whole(arrow(users[name])), skip_nulls=True)
            at = pc.coalesce(at, found)
    rows = pa.array(users.index.to_numpy(dtype=np.int64)).take(at)
    purposeful = findings["effect"].eq("withheld") | findings["code"].eq(_CORRECTED)
    mask = purposeful.fillna(False).to_numpy(dtype=bool) & findings[SOURCE_ROW].notna().to_numpy(dtype=bool)
    some = findings[mask]
    of = {name: pa.array(some.loc[some["field"].eq(name).to_numpy(dtype=bool), SOURCE_ROW]) for name in (EMAIL, PHONE)}
    return [pc.is_in(rows, value_set=of[name], skip_nulls=True).to_pylist() for name in (EMAIL, PHONE)]


def _whole(values: pa.ChunkedArray) -> pa.Array:
    """Give the values as one array."""
    joined = values.combine_chunks()
    return joined if isinstance(joined, pa.Array) else pa.array([], pa.string())
