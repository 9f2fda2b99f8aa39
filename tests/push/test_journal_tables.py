import sqlite3
from contextlib import closing

import pytest
from hostile_service import hostile
from pushing import ids_in, people, workspace_of

import passage_kit as pk
from passage_kit.push.journal import Journal
from passage_kit.push.journal_tables import CONTRADICTED, VERSION

# As the release before made them.
FORMER = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE users (source_row INTEGER PRIMARY KEY, email BLOB, phone BLOB, creating_at TEXT, outcome TEXT, "
    "passage_id TEXT, code TEXT, done_at TEXT, attempts INTEGER NOT NULL DEFAULT 0, found_by_email TEXT, "
    "found_by_phone TEXT, phone_taken INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX users_email ON users (email) WHERE email IS NOT NULL",
    "CREATE INDEX users_phone ON users (phone) WHERE phone IS NOT NULL",
    "CREATE TABLE undone (source_row INTEGER, passage_id TEXT, undone_at TEXT NOT NULL)",
)
COLUMNS = "source_row, email, phone, creating_at, outcome, passage_id, code, done_at, attempts, found_by_email"
COLUMNS += ", found_by_phone, phone_taken"


def make_former(path):
    """Rewrite a journal as the release before had it."""
    with closing(sqlite3.connect(path)) as file:
        facts, undone = (file.execute(f"SELECT * FROM {name}").fetchall() for name in ("facts", "undone"))
        users = file.execute(f"SELECT {COLUMNS} FROM users").fetchall()
        for kind, name in file.execute("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'").fetchall():
            if kind == "table":
                file.execute(f"DROP TABLE {name}")
        for statement in (*FORMER, "PRAGMA user_version = 0"):
            file.execute(statement)
        file.executemany("INSERT INTO facts VALUES (?, ?)", facts)
        file.executemany(f"INSERT INTO users VALUES ({', '.join('?' * 12)})", users)
        file.executemany("INSERT INTO undone VALUES (?, ?, ?)", undone)
        file.commit()


def execute(path, statement):
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute(statement).fetchall()
        file.commit()
        return rows


def test_a_journal_of_the_release_before_goes_on_and_created_stays_created(tmp_path):
    workspace = workspace_of(tmp_path / "m", people(6))
    path = workspace.folder / "push.sqlite"
    with hostile() as service, service.client() as client:
        pk.push_users(workspace, client=client)
        make_former(path)
        execute(path, "UPDATE users SET outcome = NULL, passage_id = NULL WHERE source_row = 1")
        before = path.read_bytes()
        assert pk.push_users(workspace, client=client, dry_run=True).created >= 5
        assert path.read_bytes() == before, "a dry run leaves it as it is"
        result = pk.push_users(workspace, client=client)
        assert (result.created, result.adopted) == (5, 1), "of the first it cannot be told"
        assert execute(path, "PRAGMA user_version") == [(VERSION,)]
        assert [entry["outcome"] for entry in ids_in(workspace)] == ["adopted"] + ["created"] * 5
        assert pk.undo_push(workspace, client=client).deleted == 5


def test_of_rows_that_shared_an_id_nobody_keeps_it(tmp_path):
    path = tmp_path / "push.sqlite"
    Journal(path, b"k" * 32).close()
    make_former(path)
    execute(
        path, "INSERT INTO users (source_row, outcome, passage_id) VALUES (1, 'created', 'p'), (2, 'existing', 'p')"
    )
    execute(path, "INSERT INTO users (source_row, outcome, passage_id) VALUES (3, 'created', 'q')")
    journal = Journal(path, b"k" * 32)
    assert journal.outcomes(1, 3) == {1: ("unknown", None), 2: ("unknown", None), 3: ("created", "q")}
    assert journal.codes() == {CONTRADICTED: 2}
    assert journal.to_do(1, 2, update=False)[1].unsettled
    journal.close()


def test_a_journal_that_cannot_be_brought_up_stays_as_it_was(tmp_path):
    path = tmp_path / "push.sqlite"
    Journal(path, b"k" * 32).close()
    make_former(path)
    execute(path, "CREATE TABLE users_passage_id (a)")  # a name that the new index needs
    before = execute(path, "SELECT sql FROM sqlite_schema")
    with pytest.raises(pk.JournalError, match="users_passage_id"):
        Journal(path, b"k" * 32)
    assert execute(path, "SELECT sql FROM sqlite_schema") == before


def test_a_journal_of_a_later_version_is_refused(tmp_path):
    path = tmp_path / "push.sqlite"
    Journal(path, b"k" * 32).close()
    execute(path, f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(pk.JournalError, match=r"later version of the kit\. Install that version"):
        Journal(path, b"k" * 32)
