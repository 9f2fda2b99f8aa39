"""Rows of the users table as the write-back reads them: identity, keys, identifiers and ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.fingerprints import first_rows
from passage_kit.columns.plain_text import text_column
from passage_kit.columns.spool import current_spool, forget, one_table
from passage_kit.columns.spooled_frames import put_series_aside
from passage_kit.columns.text_parts import parts_of_text, take_rows
from passage_kit.columns.users_frame import (
    EMAIL,
    PHONE,
    SOURCE_KEY,
    SOURCE_ROW,
    TEXT,
    arrow,
    frame_of,
    mask_of,
    one_chunk,
    series,
)
from passage_kit.errors import DatabaseError
from passage_kit.files.regular_files import is_present_file
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.lost_plus import LostPlus
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.mapping.mapping import Columns
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.translations import in_panel, worded
from passage_kit.workspace.manifest import check_stage
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.stages import read_stage_parts, stage_table
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.matching import KEY, TABLE, know_rows
from passage_kit.writeback.row_identities import RowIdentities
from passage_kit.writeback.row_keys import comparable, id_texts, identity_texts, key_texts
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import TableFacts

CURRENT = "current"
_IDENTITY, _TYPED, _PART = "identity", "typed_key", "key_part_"  # texts that are read beside those of the frame
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
    identity : RowIdentities
        Values of the columns that identify a row, as the driver returned them.
    texts : pyarrow.ChunkedArray
        Each identity as one text, as :func:`passage_kit.writeback.row_keys.identity_texts` writes it.
    frame : pandas.DataFrame
        Index from 0. Columns ``key`` in the form used to compare keys, ``current`` (the Passage id in the table),
        ``email`` and ``phone`` in normal form (as prepared, or else of the table), ``table_email`` and ``table_phone``
        (of the table), ``ambiguous``, ``nameless``, and the columns that the preparation adds.
    keys : pandas.DataFrame
        The columns of the key as text.
    """

    identity: RowIdentities
    texts: pa.ChunkedArray
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
    ledger = _load_columns(workspace, "ledger", (SOURCE_KEY, "disposition", "survivor_row", "codes"))
    if ledger[SOURCE_KEY].isna().all():
        return known
    return replace(known, users=_load_columns(workspace, "users", (EMAIL, PHONE)), ledger=ledger)


def _load_columns(workspace: Workspace, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Load some columns of a stage part by part; those of a long list are put aside."""
    path = workspace.stage_path(name)
    if is_present_file(path):
        check_stage(workspace.folder, path)
    rows: list[pd.Index[Any]] = []

    def parts() -> Iterator[pa.Table]:
        for part in read_stage_parts(path):
            rows.append(part.index)
            yield stage_table(part[list(columns)].reset_index(drop=True))

    table = one_table(parts())
    return frame_of(table.column_names, table.columns, pd.Index(np.concatenate(rows), name=SOURCE_ROW))


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
    identity = RowIdentities(spool.folder if (spool := current_spool()) else None)
    read = one_table(_tables(database, facts, known, identity))
    index = pd.RangeIndex(len(read))
    emails = _normal_emails(read.column(EMAIL), index) if facts.email else _nothing(index)
    phones = _normal_phones(read.column(PHONE), index, known) if facts.phone else _nothing(index)
    frame = pd.DataFrame(
        {
            **{name: series(read.column(name), like=pd.DataFrame(index=index)) for name in (KEY, CURRENT)},
            **{EMAIL: emails, PHONE: phones, TABLE[EMAIL]: emails, TABLE[PHONE]: phones},
            "repeated": np.zeros(len(read), dtype=bool),
            "ambiguous": _ambiguous(read.column(KEY), read.column(_TYPED)),
            "nameless": read.column("nameless").to_numpy(),
        },
        index=index,
    )
    parts = {name: read.column(KEY if _is_key(facts) else f"{_PART}{at}") for at, name in enumerate(facts.key)}
    return TableRows(
        identity=identity,
        texts=read.column(_IDENTITY),
        frame=_with_knowledge(frame, facts, known),
        keys=frame_of(parts, parts.values(), index),
    )


def _is_key(facts: TableFacts) -> bool:
    """Tell whether the key is shown as it is compared: a number, too, has one form only."""
    return len(facts.key) == 1 and facts.key_kind in ("integer", "text")


def _tables(
    database: UsersDatabase, facts: TableFacts, known: Preparation, identity: RowIdentities
) -> Iterator[pa.Table]:
    """Read the users table page by page as text; the identities are added to those that are kept as they are."""
    statements = database.statements(facts)
    for page in database.pages(statements.select()):
        columns = dict(zip(statements.read_columns, page, strict=True))
        own, keys = ([columns[name] for name in names] for names in (facts.identity, facts.key))
        identity.add(own)
        texts = identity_texts(own)
        table = {
            KEY: key_texts(keys, facts.key_kind, known.separator),
            CURRENT: current_ids(columns, facts, len(own[0])),
            _IDENTITY: texts,
            _TYPED: texts if facts.identity == facts.key else identity_texts(keys),
            "nameless": pa.array(_nameless(own)),
        }
        table |= {name: key_texts([columns[column]], "text") for name, column in _identifiers(facts).items()}
        if not _is_key(facts):
            table |= {f"{_PART}{at}": key_texts([values], "text") for at, values in enumerate(keys)}
        yield pa.table(table)


def _identifiers(facts: TableFacts) -> dict[str, str]:
    """Name the columns of the emails and the phones that there are."""
    return {name: column for name, column in ((EMAIL, facts.email), (PHONE, facts.phone)) if column}


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


def _ambiguous(keys: pa.ChunkedArray, typed: pa.ChunkedArray) -> Any:
    """Tell which rows have a key that is another one than that of a row with the same text, such as 1 and '1'."""
    first, ambiguous = first_rows(keys), np.zeros(len(keys), dtype=bool)
    forget()
    later = np.flatnonzero((first >= 0) & (first != np.arange(len(first))))
    if len(later):
        again = np.flatnonzero(np.isin(first, first[later]))
        texts = pd.Series(take_rows(typed, pa.array(again)).to_pandas(), dtype=object)
        ambiguous[again] = (texts.groupby(first[again]).transform("nunique") > 1).to_numpy(dtype=bool)
    return ambiguous


def _nameless(parts: list[Sequence[Any]]) -> np.ndarray[Any, Any]:
    """Tell which rows have a null in their identity."""
    nulls = np.zeros(len(parts[0]), dtype=bool)
    for values in parts:
        if None in values:
            nulls |= np.fromiter((value is None for value in values), bool, len(values))
    return nulls


def _with_knowledge(frame: pd.DataFrame, facts: TableFacts, known: Preparation) -> pd.DataFrame:
    if known.users is None or known.ledger is None:
        nothing = _nothing(frame.index)
        return frame.assign(disposition=nothing, codes=nothing, survivor=nothing)
    ledger = known.ledger.assign(**{SOURCE_KEY: comparable_column(known.ledger[SOURCE_KEY], facts.key_kind)})
    rows = know_rows(frame, known.users, ledger)
    new = rows["disposition"].isna().to_numpy(dtype=bool)  # the table has more of these values
    return rows.assign(**{name: rows[name].where(~new, frame[name]) for name in (EMAIL, PHONE)})


def comparable_column(keys: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """Bring the source keys of a frame into the form used to compare them."""
    pieces = (comparable(one_chunk(piece), kind) for piece in parts_of_text(arrow(keys)))
    return series(one_table(pa.table([piece], names=[KEY]) for piece in pieces).column(0), like=keys)


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
    emails = pa.chunked_array([key_texts([columns[facts.email]], "text")])
    theirs = _normal_emails(emails, frame.index)
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


def _normal_emails(values: pa.ChunkedArray, index: pd.Index[Any]) -> pd.Series[Any]:
    column = series(values, like=pd.DataFrame(index=index)).rename(EMAIL)
    return put_series_aside(normalize_emails(column, allow_special_use=True)[0]) if len(column) else column


def _normal_phones(values: pa.ChunkedArray, index: pd.Index[Any], known: Preparation) -> pd.Series[Any]:
    column = series(values, like=pd.DataFrame(index=index)).rename(PHONE)
    if column.empty:
        return column
    return put_series_aside(normalize_phones(column, default_region=known.region, lost_plus=known.lost_plus)[0])


def _nothing(index: pd.Index[Any]) -> pd.Series[Any]:
    return pd.Series(pd.array(pa.nulls(len(index), pa.string()), dtype=TEXT), index=index)
