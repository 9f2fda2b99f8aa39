"""Rows of the users table as the write-back reads them: identity, keys, identifiers and ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.plain_text import text_column
from passage_kit.columns.users_frame import EMAIL, PHONE, SOURCE_KEY, TEXT, arrow, mask_of, series
from passage_kit.errors import DatabaseError
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.lost_plus import LostPlus
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.mapping.mapping import Columns
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.translations import in_panel, worded
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.matching import KEY, TABLE, know_rows
from passage_kit.writeback.row_keys import comparable, id_texts, identity_texts, key_texts
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import TableFacts

CURRENT = "current"
_LOOKED_AT = 1_000  # rows read to find the identifiers and to check the key
_FEW = 10  # emails to compare at least; with fewer, the kit trusts the key


@dataclass(frozen=True, slots=True)
class Preparation:
    """The prepared users of a workspace.

    Parameters
    ----------
    users, ledger : pandas.DataFrame or None
        Users and ledger of the last preparation; None if it had no source keys.
    separator : str, default " "
        Text between the parts of a source key.
    region : str, optional
        Country of phones that do not name one.
    lost_plus : bool or "likely", optional
        Whether phones without a plus lost it, as the preparation read them.
    """

    users: pd.DataFrame | None = None
    ledger: pd.DataFrame | None = None
    separator: str = " "
    region: str | None = None
    lost_plus: LostPlus = None


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows of the users table.

    Parameters
    ----------
    identity : list of lists
        Values of the columns that identify a row, as the driver returned them.
    frame : pandas.DataFrame
        Index from 0. Columns ``key`` in the form used to compare keys, ``current`` (the Passage id in the table),
        ``email`` and ``phone`` in normal form (as prepared, or else of the table), ``table_email`` and ``table_phone``
        (of the table), ``ambiguous``, ``nameless``, and the columns that the preparation adds.
    keys : pandas.DataFrame
        The columns of the key as text.
    """

    identity: list[list[Any]]
    frame: pd.DataFrame
    keys: pd.DataFrame


def load_preparation(workspace: Workspace) -> Preparation:
    """Load the prepared users of a workspace; the result is empty if none were prepared in it."""
    plan = Plan.load(workspace.plan_path, opened=False) if workspace.has_plan else None  # only the options are used
    origin = plan.mapping[SOURCE_KEY] if plan and plan.mapping and SOURCE_KEY in plan.mapping else None
    separator = origin.separator if isinstance(origin, Columns) else " "
    known = Preparation(
        separator=separator,
        region=plan.options.default_region if plan else None,
        lost_plus=_lost_plus(workspace, plan) if plan else None,
    )
    if not (workspace.has_stage("users") and workspace.has_stage("ledger")):
        return known
    ledger = workspace.load_stage("ledger")
    if ledger[SOURCE_KEY].isna().all():
        return known
    return replace(known, users=workspace.load_stage("users"), ledger=ledger)


def _lost_plus(workspace: Workspace, plan: Plan) -> LostPlus:
    """Tell how the preparation read the phones without a plus, as it said of the column, or else as the plan says."""
    if workspace.has_stage("findings"):
        findings = workspace.findings_on_source()
        said = set(findings["code"][findings["field"].eq(PHONE).to_numpy(dtype=bool, na_value=False)])
        for code, lost in (("phone_plus_added", True), ("phone_read_at_home", False)):
            if code in said:
                return lost
    return plan.lost_plus


def find_identifiers(database: UsersDatabase, facts: TableFacts) -> TableFacts:
    """Find the columns of the emails and phones by name and by value, unless the caller named them."""
    if facts.email or facts.phone:
        return facts
    bare = replace(facts, has_column=False)
    names = database.ask(lambda connection: _column_names(connection, facts), "Looking at the users table")
    seen = replace(bare, identity=tuple(names), key=())
    values = database.read(database.statements(seen).select(limit=_LOOKED_AT))
    look = pd.DataFrame(
        {
            path: series(texts, like=pd.DataFrame(index=pd.RangeIndex(len(column))))
            for name, column in zip(names, values, strict=True)
            for path, texts in text_column(pd.Series(column, name=name, dtype=object))
        }
    )
    found = suggest_mapping(look).to_dict() if len(look) else {}
    theirs = set(names) - {facts.column}
    chosen = {target: found[target] for target in (EMAIL, PHONE) if found.get(target) in theirs}
    return replace(facts, email=chosen.get(EMAIL), phone=chosen.get(PHONE))


def _column_names(connection: Any, facts: TableFacts) -> list[str]:
    import sqlalchemy as sa

    return [column["name"] for column in sa.inspect(connection).get_columns(facts.name, schema=facts.schema)]


def read_rows(database: UsersDatabase, facts: TableFacts, known: Preparation) -> TableRows:
    """Read the users table, and add the prepared identifiers and dispositions of its rows.

    Parameters
    ----------
    database : UsersDatabase
    facts : TableFacts
        Facts about the table. The columns ``email`` and ``phone`` are read if they are named.
    known : Preparation

    Returns
    -------
    TableRows
    """
    statements = database.statements(facts)
    columns = dict(zip(statements.read_columns, database.read(statements.select()), strict=True))
    count = len(columns[facts.identity[0]])
    index = pd.RangeIndex(count)
    keys = key_texts([columns[name] for name in facts.key], facts.key_kind, known.separator)
    current = current_ids(columns, facts, count)
    emails = _normal_emails(columns.get(str(facts.email)), index)
    phones = _normal_phones(columns.get(str(facts.phone)), index, known)
    frame = pd.DataFrame(
        {
            KEY: pd.array(keys, dtype=TEXT),
            CURRENT: pd.array(current, dtype=TEXT),
            **{EMAIL: emails, PHONE: phones, TABLE[EMAIL]: emails, TABLE[PHONE]: phones},
            "repeated": np.zeros(count, dtype=bool),
            "ambiguous": _ambiguous(keys, [columns[name] for name in facts.key]),
            "nameless": _nameless([columns[name] for name in facts.identity]),
        },
        index=index,
    )
    alike = len(facts.key) == 1 and facts.key_kind in ("integer", "text")  # a number has one form only
    texts = [keys] if alike else [key_texts([columns[name]], "text") for name in facts.key]
    parts = {name: pd.array(text, dtype=TEXT) for name, text in zip(facts.key, texts, strict=True)}
    return TableRows(
        identity=[columns[name] for name in facts.identity],
        frame=_with_knowledge(frame, facts, known),
        keys=pd.DataFrame(parts, index=index),
    )


def current_ids(columns: Mapping[str, Sequence[Any]], facts: TableFacts, count: int) -> pa.Array:
    """Return the ids in the table.

    Raises
    ------
    DatabaseError
        If some are no text.
    """
    if not facts.has_column:
        return pa.nulls(count, pa.string())
    try:
        return id_texts(columns[facts.column])
    except ValueError:
        raise DatabaseError(
            worded(
                "The column {column} of {table} holds values that are no text. Correct them, or name another column.",
                column=facts.column,
                table=facts.shown,
            )
        ) from None


def _ambiguous(keys: pa.Array, parts: list[list[Any]]) -> Any:
    """Tell which rows have a key that is another one than that of a row with the same text, such as 1 and '1'."""
    again = pd.Series(keys.to_pandas() if pc.count_distinct(keys).as_py() < len(keys) else [], dtype=object)
    if again.empty:
        return np.zeros(len(keys), dtype=bool)
    typed = pd.Series(identity_texts(parts).to_pandas(), dtype=object)
    different = typed.groupby(again).transform("nunique") > 1
    return different.reindex(range(len(keys)), fill_value=False).to_numpy(dtype=bool)


def _nameless(parts: list[list[Any]]) -> np.ndarray[Any, Any]:
    """Tell which rows have a null in their identity."""
    nulls = np.zeros(len(parts[0]), dtype=bool)
    for values in parts:
        if None in values:
            nulls |= np.fromiter((value is None for value in values), bool, len(values))
    return nulls


def _with_knowledge(frame: pd.DataFrame, facts: TableFacts, known: Preparation) -> pd.DataFrame:
    if known.users is None or known.ledger is None:
        nothing = pd.Series(pd.array([None] * len(frame), dtype=TEXT), index=frame.index)
        return frame.assign(disposition=nothing, codes=nothing, survivor=nothing)
    ledger = known.ledger.assign(**{SOURCE_KEY: comparable_column(known.ledger[SOURCE_KEY], facts.key_kind)})
    rows = know_rows(frame, known.users, ledger)
    new = rows["disposition"].isna().to_numpy(dtype=bool)  # the table has more of these values
    return rows.assign(**{name: rows[name].where(~new, frame[name]) for name in (EMAIL, PHONE)})


def comparable_column(keys: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """Bring the source keys of a frame into the form used to compare them."""
    values = arrow(keys).combine_chunks()
    return series(comparable(values if isinstance(values, pa.Array) else values.chunk(0), kind), like=keys)


def check_key(database: UsersDatabase, facts: TableFacts, known: Preparation) -> None:
    """Refuse a key that leads to other people, since a wrong key of running numbers would match many rows.

    Raises
    ------
    DatabaseError
        If most emails in the first rows differ from the emails prepared for the same keys.
    """
    if known.users is None or facts.email is None:
        return
    statements = database.statements(replace(facts, phone=None, has_column=False))
    columns = dict(zip(statements.read_columns, database.read(statements.select(limit=_LOOKED_AT)), strict=True))
    count = len(columns[facts.email])
    keys = key_texts([columns[name] for name in facts.key], facts.key_kind, known.separator)
    frame = pd.DataFrame({KEY: pd.array(keys, dtype=TEXT), EMAIL: None, PHONE: None}, index=pd.RangeIndex(count))
    prepared = _with_knowledge(frame.assign(repeated=False), facts, known)
    theirs = _normal_emails(columns[facts.email], frame.index)
    kept = prepared["disposition"].notna().to_numpy(dtype=bool)
    equal = pc.equal(arrow(prepared[EMAIL]), arrow(theirs))
    compared = int((kept & mask_of(pc.is_valid(equal))).sum())
    if compared >= _FEW and int((kept & mask_of(equal)).sum()) < compared / 2:
        raise DatabaseError(
            in_panel(
                f"The key {', '.join(facts.key)} of {facts.shown} leads to other people than the "
                "source keys: most of the "
                f"first {compared} emails differ. Name the column that was mapped to source_key. If "
                "there is none, prepare "
                "the users without a source_key, and the kit finds them by email and phone.",
                "The source key that was chosen for {table} leads to other people than the source "
                "keys of the list: most of the first {compared} emails differ. Choose the column that "
                "you mapped to source_key. If there is none, prepare the users without it, and the "
                "kit finds them by email and phone.",
                table=facts.shown,
                compared=compared,
            )
        )


def _normal_emails(values: list[Any] | None, index: pd.Index[Any]) -> pd.Series[Any]:
    column = _text_series(values, index, EMAIL)
    return normalize_emails(column, allow_special_use=True)[0] if values else column


def _normal_phones(values: list[Any] | None, index: pd.Index[Any], known: Preparation) -> pd.Series[Any]:
    column = _text_series(values, index, PHONE)
    if not values:
        return column
    return normalize_phones(column, default_region=known.region, lost_plus=known.lost_plus)[0]


def _text_series(values: list[Any] | None, index: pd.Index[Any], name: str) -> pd.Series[Any]:
    texts = key_texts([values], "text") if values else pa.nulls(len(index), pa.string())
    return pd.Series(pd.array(texts, dtype=TEXT), index=index, name=name)
