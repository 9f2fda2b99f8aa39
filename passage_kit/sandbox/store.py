"""Users of the sandbox, in an SQLite file or in memory."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from passage_kit.errors import OutputError
from passage_kit.sandbox.contract import NEVER, Unknowns, invalid, new_id, not_found, timestamp

if TYPE_CHECKING:
    from passage_kit.sandbox.list_query import Selection

_TABLES = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    email TEXT UNIQUE,
    phone TEXT UNIQUE,
    email_verified INTEGER NOT NULL DEFAULT 0,
    phone_verified INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL,
    user_metadata TEXT,
    login_count INTEGER NOT NULL DEFAULT 0,
    last_login_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS users_created ON users (created_at);
CREATE INDEX IF NOT EXISTS users_updated ON users (updated_at);
CREATE INDEX IF NOT EXISTS users_last_login ON users (last_login_at);
CREATE INDEX IF NOT EXISTS users_login_count ON users (login_count);
CREATE INDEX IF NOT EXISTS users_status ON users (status);
CREATE TABLE IF NOT EXISTS devices (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, created_at TEXT NOT NULL, cred_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS devices_of_user ON devices (user_id);
"""
_COLUMNS = (
    "id, email, phone, email_verified, phone_verified, status, user_metadata, login_count, last_login_at, created_at, "
    "updated_at"
)
_CREATED = _COLUMNS.split(", ").index("created_at")
_BY_CREATION = "ORDER BY created_at ASC, number ASC"


class NewUser(NamedTuple):
    """Identifiers in normal form and metadata of a request; None stands for a missing value."""

    email: str | None = None
    phone: str | None = None
    metadata: Mapping[str, Any] | None = None


class Store:
    """Users, devices and credentials of one app.

    Each method is one transaction. A lock makes them take turns, since the server has a thread of its own.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        SQLite file, created if it is missing. Default: memory.
    unknowns : Unknowns
        Switches for the open points of the contract.

    Raises
    ------
    OutputError
        If the file cannot be opened or written.
    """

    def __init__(self, path: str | Path | None, unknowns: Unknowns) -> None:
        self.unknowns = unknowns
        self._lock = threading.Lock()
        self._counted: tuple[object, int] = None, 0
        self._paged: tuple[object, tuple[Any, ...]] = None, ()
        try:
            if path is not None:
                Path(path).touch(mode=0o600)
            self._database = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        except (sqlite3.Error, OSError) as error:
            raise _not_kept(path, error) from error
        try:
            # Safe when the sandbox is killed; a power cut may cost a practice server its last users.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.executescript(_TABLES)
            self.app_id = self._setting("app_id", new_id())
            self.api_key = self._setting("api_key", secrets.token_urlsafe(32))
            self.created_at = self._setting("created_at", timestamp())
        except sqlite3.Error as error:
            self._database.close()
            raise _not_kept(path, error) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def count(self) -> int:
        """Count the users."""
        with self._lock:
            return int(self._database.execute("SELECT count(*) FROM users").fetchone()[0])

    def create(self, new: NewUser) -> tuple[str, bool]:
        """Create a user, or find the one with the identifier; return the id and whether it is new."""
        with self._lock:
            return self._create(new, refuse=self.unknowns.repeated == "refused")

    def create_all(self, users: Iterable[NewUser]) -> list[tuple[str, bool]]:
        """Create many users in one transaction, without refusing those who exist already."""
        with self._lock, self._database:
            self._database.execute("BEGIN")
            return [self._create(new, refuse=False) for new in users]

    def get(self, user_id: str) -> dict[str, Any]:
        """Return the full object of a user."""
        with self._lock:
            return self._full(user_id)

    def select(self, selection: Selection) -> tuple[int, list[dict[str, Any]]]:
        """Count the users of a query, and return those of its page as list items."""
        with self._lock:
            where, values, offset = selection.where, selection.values, selection.offset
            if (after := self._page_before(selection)) is not None:
                where, values, offset = f"{where} AND (created_at, number) > (?, ?)", (*values, *after), 0
            page = self._database.execute(
                f"SELECT {_COLUMNS}, number FROM users {where} {selection.order} LIMIT ? OFFSET ?",
                (*values, selection.limit, offset),
            ).fetchall()
            if page:
                ended = page[-1][_CREATED], page[-1][-1]
                self._paged = (*self._asked(selection), selection.order, selection.limit, selection.page), ended
            return self._total(selection), [self._item(row) for row in page]

    def _page_before(self, selection: Selection) -> tuple[Any, ...] | None:
        """Tell where the page before ended, if it was the last one asked for and nothing changed since.

        To count to the offset anew for each page takes longer and longer.
        """
        if selection.order != _BY_CREATION:
            return None
        asked = (*self._asked(selection), selection.order, selection.limit, selection.page - 1)
        return self._paged[1] if self._paged[0] == asked else None

    def _asked(self, selection: Selection) -> tuple[Any, ...]:
        return selection.where, selection.values, self._database.total_changes

    def every_user(self) -> list[dict[str, Any]]:
        """Return all users as list items, in the order of their creation."""
        with self._lock:
            return [self._item(row) for row in self._database.execute(f"SELECT {_COLUMNS} FROM users ORDER BY number")]

    def update(self, user_id: str, new: NewUser) -> dict[str, Any]:
        """Change the given values of a user; ``""`` removes an identifier."""
        with self._lock:
            before = self._item(self._row(user_id))
            email, phone = (
                old if given is None else given
                for old, given in ((before["email"], new.email), (before["phone"], new.phone))
            )
            if not email and not phone:
                raise invalid("identifier: cannot be blank.")
            metadata = before["user_metadata"]
            if new.metadata is not None:
                merged = self.unknowns.patched_metadata == "merged"
                metadata = {**(metadata or {}), **new.metadata} if merged else new.metadata
            try:
                self._change(user_id, email=email or None, phone=phone or None, user_metadata=_stored(metadata))
            except sqlite3.IntegrityError:
                raise invalid("user: already exists.") from None
            return self._full(user_id)

    def set_status(self, user_id: str, status: str) -> dict[str, Any]:
        """Activate or deactivate a user."""
        with self._lock:
            self._row(user_id)
            self._change(user_id, status=status)
            return self._full(user_id)

    def sign_in(self, user_id: str, *, verifies: str | None = None) -> None:
        """Record a sign-in of a user with a new passkey, and that it has verified ``email`` or ``phone``."""
        with self._lock, self._database:
            now, row = timestamp(), self._item(self._row(user_id))
            self._database.execute("BEGIN")
            verified = {f"{verifies}_verified": 1} if verifies else {}
            self._change(user_id, status="active", login_count=row["login_count"] + 1, last_login_at=now, **verified)
            self._database.execute("INSERT INTO devices VALUES (?, ?, ?, ?)", (new_id(), user_id, now, new_id()))

    def delete(self, user_id: str) -> None:
        """Delete a user and the user's devices."""
        with self._lock, self._database:
            self._row(user_id)
            self._database.execute("BEGIN")
            self._database.execute("DELETE FROM devices WHERE user_id = ?", (user_id,))
            self._database.execute("DELETE FROM users WHERE id = ?", (user_id,))

    def check_user(self, user_id: str) -> None:
        """Refuse an unknown id."""
        with self._lock:
            self._row(user_id)

    def devices(self, user_id: str) -> list[dict[str, Any]]:
        """Return the passkeys of a user."""
        with self._lock:
            self._row(user_id)
            return self._devices(user_id)

    def revoke_device(self, user_id: str, device_id: str) -> None:
        """Delete one passkey of a user."""
        with self._lock:
            self._row(user_id)
            if not self._database.execute(
                "DELETE FROM devices WHERE user_id = ? AND id = ?", (user_id, device_id)
            ).rowcount:
                raise not_found("device")

    def keep(self, name: str, value: str) -> None:
        """Keep a setting in place of its former value."""
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def kept(self, name: str) -> str | None:
        """Return a setting; None if it was never kept."""
        with self._lock:
            row = self._database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def _setting(self, name: str, value: str) -> str:
        """Return a setting; the first value is kept when the file is opened again."""
        self._database.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, value))
        [kept] = self._database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(kept)

    def _total(self, selection: Selection) -> int:
        """Count the users of a query, only once for all its pages as long as nothing changes."""
        asked = self._asked(selection)
        if asked != self._counted[0]:
            count = self._database.execute(f"SELECT count(*) FROM users {selection.where}", selection.values)
            self._counted = asked, int(count.fetchone()[0])
        return self._counted[1]

    def _create(self, new: NewUser, *, refuse: bool) -> tuple[str, bool]:
        now, user_id = timestamp(), new_id()
        made = self._database.execute(
            "INSERT OR IGNORE INTO users (id, email, phone, status, user_metadata, last_login_at, created_at, "
            "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (user_id, new.email, new.phone, self.unknowns.new_status, _stored(new.metadata), NEVER, now, now),
        ).rowcount
        if made:
            return user_id, True
        if refuse:
            raise invalid("user: already exists.")
        found = self._database.execute(
            "SELECT id, user_metadata FROM users WHERE email = ? OR phone = ? ORDER BY email = ? DESC",
            (new.email, new.phone, new.email),
        ).fetchone()
        if new.metadata is not None and self.unknowns.repeated_metadata != "kept":
            merged = self.unknowns.repeated_metadata == "merged"
            before = json.loads(found[1]) if merged and found[1] else {}
            self._change(found[0], user_metadata=_stored({**before, **new.metadata}))
        return str(found[0]), False

    def _change(self, user_id: str, **values: Any) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        self._database.execute(
            f"UPDATE users SET {columns}, updated_at = ? WHERE id = ?", (*values.values(), timestamp(), user_id)
        )

    def _row(self, user_id: str) -> tuple[Any, ...]:
        row = self._database.execute(f"SELECT {_COLUMNS} FROM users WHERE id = ?", (user_id,)).fetchone()
        if row is None:
            raise not_found("user")
        return tuple(row)

    def _item(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """Make the list item of a user."""
        return {
            "created_at": row[9],
            "email": row[1] or "",
            "email_verified": bool(row[3]),
            "external_id": "",
            "id": row[0],
            "last_login_at": row[8],
            "login_count": row[7],
            "phone": row[2] or "",
            "phone_verified": bool(row[4]),
            "status": row[5],
            "updated_at": row[10],
            "user_metadata": json.loads(row[6]) if row[6] else self._no_metadata(),
        }

    def _no_metadata(self) -> dict[str, Any] | None:
        return None if self.unknowns.no_metadata == "null" else {}

    def _full(self, user_id: str) -> dict[str, Any]:
        item, devices = self._item(self._row(user_id)), self._devices(user_id)
        return {
            **item,
            "recent_events": [],
            "social_connections": {},
            "webauthn": bool(devices),
            "webauthn_devices": devices,
            "webauthn_types": ["passkey"] if devices else [],
        }

    def _devices(self, user_id: str) -> list[dict[str, Any]]:
        rows = self._database.execute(
            "SELECT id, created_at, cred_id FROM devices WHERE user_id = ? ORDER BY created_at", (user_id,)
        )
        return [
            {
                "created_at": created_at,
                "cred_id": cred_id,
                "friendly_name": "Passkey",
                "icons": {"dark": None, "light": None},
                "id": device_id,
                "last_login_at": created_at,
                "type": "passkey",
                "updated_at": created_at,
                "usage_count": 1,
            }
            for device_id, created_at, cred_id in rows
        ]


def _not_kept(path: str | Path | None, error: Exception) -> OutputError:
    return OutputError(f"The sandbox cannot keep its users in {path}: {error}. Choose a file that you may write to.")


def _stored(metadata: Mapping[str, Any] | None) -> str | None:
    """Write metadata as JSON; missing metadata and an empty object are the same."""
    return json.dumps(metadata, ensure_ascii=False) if metadata else None
