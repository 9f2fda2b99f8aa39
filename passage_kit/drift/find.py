"""The drift check: the users table against Passage, before anybody is sent an email."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pyarrow as pa

from passage_kit.api.client import PassageClient
from passage_kit.drift.comparison import Comparison, Difference
from passage_kit.drift.kinds import DIFFERS, Trust
from passage_kit.drift.result import DRIFT_FILE, SUMMARY_FILE, Drift, described
from passage_kit.drift.sides import add_passage, add_preparation, add_table
from passage_kit.errors import DatabaseError, OptionError
from passage_kit.export.csv_files import write_parts_for_people
from passage_kit.files.file_set import FileSet
from passage_kit.progress import Stages
from passage_kit.push.rehearsal import has_push, same_client
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace
from passage_kit.writeback.recorded_values import NewValues
from passage_kit.writeback.table_facts import find_table
from passage_kit.writeback.table_rows import find_identifiers, load_preparation
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import TableFacts, UsersTable

_AT_A_TIME = 16_384


def find_drift(
    workspace: Workspace | str | Path,
    *,
    table: UsersTable | str,
    db: str | None = None,
    client: PassageClient | None = None,
    trust: Trust | None = None,
) -> Drift:
    """Compare the application's users table with Passage, and say what to update on which side.

    A row and a user belong together by the Passage id. Where their email or phone differs, the side that still has the
    value of the preparation is the one to update, since the other has changed. Nothing is changed on either side. An
    interrupted check begins anew.

    Parameters
    ----------
    workspace : Workspace or path
        Folder of the migration, which knows what was prepared, absorbed, rejected and withheld. An empty folder will
        do; then more is to be decided.
    table : UsersTable or str
        The users table, with its key, its column of Passage ids, and the columns to compare. Default of these: the
        primary key, ``passage_id``, and the email and phone that the kit finds. The state is compared if it is named.
    db : str, optional
        URL of the database, as in :func:`write_passage_ids`. Default: the environment variable ``PASSAGE_DB_URL``.
    client : PassageClient, optional
        Default: the target of the workspace's push, or else the app that the environment names.
    trust : {"table", "passage"}, optional
        The side that is right where nothing else shows it. Default: a person decides. A value that nobody has verified
        never goes from Passage into the table.

    Returns
    -------
    Drift
        Counts by kind and side. The files ``drift.csv`` (each difference) and ``drift.json`` (the counts) are written
        to the folder ``out`` of the workspace.

    Raises
    ------
    OptionError
        If ``trust`` is neither side.
    DatabaseError
        If the database cannot be reached, or the table has neither an email nor a phone.
    ApiError
        If the service refuses the key or does not answer.
    OutputError
        If the workspace, or the temporary database of the comparison, cannot be written.
    BusyError
        If another command is writing the workspace.

    See Also
    --------
    mend_drift : Set the values of the table where Passage is right.
    fresh_contact : Ask for the current address of one user.
    write_passage_ids : Link rows with users.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> from passage_kit.sandbox import Sandbox
    >>> folder = Path(tempfile.mkdtemp())
    >>> with sqlite3.connect(folder / "app.db") as app:
    ...     _ = app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, passage_id TEXT)")
    ...     _ = app.executemany("INSERT INTO users (email) VALUES (?)", [("ann@example.org",), ("bo@example.org",)])
    >>> app.close()
    >>> with Sandbox() as it, PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as client:
    ...     _ = client.create_user(email="ann@example.org"), client.create_user(email="cleo@example.org")
    ...     drift = find_drift(folder / "m", table="users", db=f"sqlite:///{folder}/app.db", client=client)
    >>> dict(drift.kinds)
    {('id_missing', 'table'): 1, ('not_in_passage', 'passage'): 1, ('not_in_table', 'table'): 1}
    """
    if trust is not None and trust not in get_args(Trust):
        raise OptionError(f"trust is {trust!r}, expected one of {', '.join(get_args(Trust))}.")
    settings = table if isinstance(table, UsersTable) else UsersTable(table)
    folder = as_workspace(workspace)
    checked = dt.datetime.now(dt.UTC)
    with ExitStack() as stack:
        stack.enter_context(locked(folder.folder, "drift check", make=True))
        stages = stack.enter_context(Stages({"Users table": 3, "Passage": 6, "Comparison": 2}))
        database = stack.enter_context(UsersDatabase(db))
        comparison = stack.enter_context(Comparison())
        stages.next()
        facts = _facts(database, settings)
        known = load_preparation(folder)
        add_table(comparison, database, facts, known)
        add_preparation(comparison, folder, facts, known.ledger)
        stages.next(rows=comparison.counts()[0])
        with _client(client, folder) as ours:
            ours.run(add_passage(ours.api, comparison))
        stages.next(rows=comparison.counts()[1])
        return _write(comparison, folder, facts, settings, trust, checked, database.shown)


def _client(client: PassageClient | None, folder: Workspace) -> AbstractContextManager[PassageClient]:
    """Lend the caller's client, or open one of the workspace's push, or of the app that the environment names."""
    if client is not None:
        return nullcontext(client)
    return same_client(None, folder) if has_push(folder) else PassageClient()


def _facts(database: UsersDatabase, settings: UsersTable) -> TableFacts:
    facts = find_identifiers(database, find_table(database, settings, for_ids=False))
    if facts.email is None and facts.phone is None:
        raise DatabaseError(
            f"{facts.shown} has no column that is surely an email or a phone. Name it: --email-column NAME, or "
            "UsersTable(..., email='NAME')."
        )
    return facts


def _write(
    comparison: Comparison,
    folder: Workspace,
    facts: TableFacts,
    settings: UsersTable,
    trust: Trust | None,
    checked: dt.datetime,
    address: str,
) -> Drift:
    """Write the files while the differences are read, and count them."""
    fields = [name for name in ("email", "phone") if getattr(facts, name)]
    tally = _Tally(comparison.counts()[0], facts)
    folder.make()
    path = folder.out / DRIFT_FILE
    with FileSet() as files:
        parts = described(tally.counted(comparison.differences(fields, trust)), _AT_A_TIME)
        texts = (pa.table({name: pa.array(values, pa.string()) for name, values in part.items()}) for part in parts)
        write_parts_for_people(texts, files.new(path))
        rows, users = comparison.counts()
        known, drifting = comparison.known(), sum(tally.rows)
        drift = Drift(
            rows=rows,
            users=users,
            in_step=rows - drifting - known["absorbed"] - known["rejected"],
            drifting=drifting,
            kinds=dict(tally.kinds),
            known=known,
            table=f"{facts.shown} in {address}",
            path=path,
            checked=checked,
            updates=tally.updates(),
            settings=replace(settings, email=facts.email, phone=facts.phone),
        )
        files.new(folder.out / SUMMARY_FILE).write_text(drift.to_json(), encoding="utf-8", newline="\n")
    return drift


class _Tally:
    """Counts of the differences as they pass, and the values to set in the table."""

    def __init__(self, rows: int, facts: TableFacts) -> None:
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.rows = bytearray(rows + 1)  # whether each row differs
        self._columns = {"email": facts.email, "phone": facts.phone}
        self._updates: dict[str, list[Difference]] = {"email": [], "phone": []}

    def counted(self, differences: Iterator[Difference]) -> Iterator[Difference]:
        """Pass the differences on, and count them."""
        for it in differences:
            self.kinds[it.kind, it.side] += 1
            if it.at is not None:
                self.rows[it.at] = 1
            if it.kind == DIFFERS and it.side == "table" and it.in_passage is not None:
                self._updates[it.field].append(it)
            yield it

    def updates(self) -> tuple[NewValues, ...]:
        """Give the values to set, for each column that has some."""
        return tuple(
            NewValues(
                str(self._columns[name]),
                [str(it.identity) for it in found],
                [it.in_table for it in found],
                [str(it.in_passage) for it in found],
            )
            for name, found in self._updates.items()
            if found
        )
