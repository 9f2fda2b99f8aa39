"""The tables of a push's journal, with their version; a journal of a release before is brought to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from passage_kit.errors import JournalError

VERSION = 2
CONTRADICTED = "id_contradicted"  # code of users whom the service's answers confuse with others

_TABLES = (
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE IF NOT EXISTS users (
        source_row INTEGER PRIMARY KEY,
        email BLOB, phone BLOB,              -- keyed digests
        creating_at TEXT,                    -- about to be sent: durable before the request leaves
        outcome TEXT, passage_id TEXT, code TEXT, done_at TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        found_by_email TEXT, found_by_phone TEXT, -- ids of users who are in Passage already
        phone_taken INTEGER NOT NULL DEFAULT 0    -- the one found by phone has another email
    )""",
    "CREATE TABLE IF NOT EXISTS undone (source_row INTEGER, passage_id TEXT, undone_at TEXT NOT NULL)",
    # Ids that the service gave to several of our users since this push was begun or taken up.
    "CREATE TABLE IF NOT EXISTS contradicted (passage_id TEXT PRIMARY KEY) WITHOUT ROWID",
)
# Everybody whom this run saw in Passage, and the ids that two of them have; gone when the file is closed.
_SEEN = (
    "CREATE TEMP TABLE IF NOT EXISTS listed (passage_id TEXT PRIMARY KEY, email BLOB, phone BLOB) WITHOUT ROWID",
    "CREATE TEMP TABLE IF NOT EXISTS confused (passage_id TEXT PRIMARY KEY) WITHOUT ROWID",
)
_ADDED = {  # columns of version 2
    "adopted": "INTEGER NOT NULL DEFAULT 0",  # once adopted: stays so when the metadata is sent
    "deleting_at": "TEXT",  # about to be deleted by undo: durable before the request leaves
    "claim": "TEXT",  # "imported" or "existing": what the Import API answered
    "claimed_id": "TEXT",
    "claimed_from": "REAL",  # the service's clock when the upload left, and when it was answered
    "claimed_to": "REAL",
}
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS users_email ON users (email) WHERE email IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS users_phone ON users (phone) WHERE phone IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS users_found_by_email ON users (found_by_email) WHERE found_by_email IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS users_found_by_phone ON users (found_by_phone) WHERE found_by_phone IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS users_deleting ON users (deleting_at) WHERE deleting_at IS NOT NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS users_passage_id ON users (passage_id) WHERE passage_id IS NOT NULL",
)
# Of rows with one id, nobody knows whose it is.
_SHARED = f"""
    UPDATE users SET outcome = 'unknown', code = '{CONTRADICTED}', passage_id = NULL,
        creating_at = coalesce(creating_at, done_at, '')
    WHERE passage_id IN (SELECT passage_id FROM users WHERE passage_id IS NOT NULL GROUP BY passage_id
        HAVING count(*) > 1)
"""  # noqa: S608 - only the code


def make_tables(database: sqlite3.Connection, path: Path) -> None:
    """Make the tables, or bring those of the release before to this version, within the caller's transaction.

    Users who were created stay so. Rows that share a Passage id become ``unknown``.

    Raises
    ------
    JournalError
        If a later version of the kit made the journal.
    """
    for statement in _SEEN:
        database.execute(statement)
    [version] = database.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    if version > VERSION:
        raise JournalError(
            f"The journal {path} was made by a later version of the kit. Install that version, and run the same "
            "command again."
        )
    for statement in _TABLES:
        database.execute(statement)
    there = {name for _, name, *_ in database.execute("PRAGMA table_info(users)")}
    for name, kind in _ADDED.items():
        if name not in there:
            database.execute(f"ALTER TABLE users ADD COLUMN {name} {kind}")
    database.execute(_SHARED)
    for statement in _INDEXES:
        database.execute(statement)
    database.execute(f"PRAGMA user_version = {VERSION}")
