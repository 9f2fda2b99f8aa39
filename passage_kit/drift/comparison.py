"""Comparison of the users table with Passage in a temporary database, so that memory does not grow with the users.

Both sides are put into an unnamed database of SQLite, which is kept on the disk as far as it does not fit its cache and
is gone with the command. A comparison that was interrupted begins anew; it has changed nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from passage_kit.api.answers import PassageUser
from passage_kit.drift.kinds import Side, Trust, Values, judge
from passage_kit.errors import OutputError

_TABLES = """
CREATE TABLE ours (
    at INTEGER PRIMARY KEY, identity TEXT NOT NULL, key TEXT, id TEXT, email TEXT, phone TEXT, raw_email TEXT,
    raw_phone TEXT, open INTEGER, known TEXT
);
CREATE TABLE theirs (
    id TEXT PRIMARY KEY, email TEXT, phone TEXT, open INTEGER NOT NULL, email_verified INTEGER NOT NULL,
    phone_verified INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE prepared (
    id TEXT PRIMARY KEY, email TEXT, phone TEXT, email_corrected INTEGER NOT NULL, phone_corrected INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE dispositions (key TEXT PRIMARY KEY, disposition TEXT NOT NULL) WITHOUT ROWID;
"""
# A row is linked by its id. One that is not linked may belong to a user who has its email or its phone.
_LINKS = """
UPDATE ours SET known = (SELECT disposition FROM dispositions d WHERE d.key = ours.key)
    WHERE EXISTS (SELECT 1 FROM dispositions);
CREATE INDEX ours_id ON ours (id) WHERE id IS NOT NULL;
CREATE INDEX theirs_email ON theirs (email) WHERE email IS NOT NULL;
CREATE INDEX theirs_phone ON theirs (phone) WHERE phone IS NOT NULL;
CREATE TABLE twice (id TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO twice SELECT id FROM ours WHERE id IS NOT NULL AND known IS NOT 'absorbed' GROUP BY id HAVING count(*) > 1;
CREATE TABLE loose (at INTEGER PRIMARY KEY);
INSERT INTO loose SELECT o.at FROM ours o LEFT JOIN theirs t ON t.id = o.id WHERE t.id IS NULL;
CREATE TABLE candidates (at INTEGER NOT NULL, user TEXT NOT NULL, PRIMARY KEY (at, user)) WITHOUT ROWID;
INSERT INTO candidates
    SELECT o.at, t.id FROM loose u JOIN ours o ON o.at = u.at JOIN theirs t ON t.email = o.email
    WHERE o.known IS NOT 'absorbed'
    UNION SELECT o.at, t.id FROM loose u JOIN ours o ON o.at = u.at JOIN theirs t ON t.phone = o.phone
    WHERE o.known IS NOT 'absorbed';
CREATE INDEX candidates_user ON candidates (user);
"""
_LINKED = """
SELECT o.at, o.identity, o.key, o.id, w.id IS NOT NULL, o.open, t.open, p.id IS NOT NULL,
    o.raw_email, o.email, t.email, p.email, coalesce(p.email_corrected, 0), t.email_verified,
    o.raw_phone, o.phone, t.phone, p.phone, coalesce(p.phone_corrected, 0), t.phone_verified
FROM ours o JOIN theirs t ON t.id = o.id LEFT JOIN twice w ON w.id = o.id LEFT JOIN prepared p ON p.id = o.id
WHERE o.known IS NOT 'absorbed' AND (w.id IS NOT NULL OR o.open <> t.open OR {differs}) ORDER BY o.at
"""
_LOOSE = """
SELECT o.key, o.id, o.raw_email, o.raw_phone, coalesce(o.email, o.phone) IS NOT NULL, o.known, min(c.user),
    count(c.user), t.email, t.phone,
    EXISTS (SELECT 1 FROM ours l WHERE l.id = c.user)
    OR (SELECT count(*) FROM (SELECT 1 FROM candidates x WHERE x.user = c.user LIMIT 2)) > 1, o.at
FROM loose u JOIN ours o ON o.at = u.at LEFT JOIN candidates c ON c.at = u.at LEFT JOIN theirs t ON t.id = c.user
GROUP BY o.at ORDER BY o.at
"""
_EXTRA = """
SELECT t.id, t.email, t.phone FROM theirs t
WHERE NOT EXISTS (SELECT 1 FROM ours o WHERE o.id = t.id)
    AND NOT EXISTS (SELECT 1 FROM candidates c WHERE c.user = t.id)
ORDER BY t.id
"""
_MOST = 65_536  # pages of the cache, 256 MB; the rest is on the disk


class TableRow(NamedTuple):
    """A row of the users table: its identity and key, its id, and its identifiers in normal form and as they are.

    ``open`` is False for a closed account, and None if the table does not say.
    """

    identity: str
    key: str | None
    id: str | None
    email: str | None
    phone: str | None
    raw_email: str | None = None
    raw_phone: str | None = None
    open: bool | None = None


class Difference(NamedTuple):
    """One difference: whose it is, its kind, the field (blank for the whole row), both values, and the side to mend.

    ``at`` is the position of the row in the table, None for a user without a row; ``identity`` is given for a value
    that can be set in the table.
    """

    key: str | None
    passage_id: str | None
    kind: str
    field: str
    in_table: str | None
    in_passage: str | None
    side: Side
    at: int | None = None
    identity: str | None = None


class Comparison:
    """Both sides, and what was prepared. Add them, then ask for the differences.

    Examples
    --------
    >>> with Comparison() as comparison:
    ...     comparison.add_rows([TableRow("[1]", "1", "IdA", "ann@old.org", None)])
    ...     comparison.add_users([PassageUser("IdA", "ann@new.org", status="active", email_verified=True)])
    ...     comparison.add_prepared([("IdA", "ann@old.org", None, False, False)])
    ...     [(it.kind, it.field, it.in_passage, it.side) for it in comparison.differences(("email",))]
    [('differs', 'email', 'ann@new.org', 'table')]
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = {_MOST}; PRAGMA temp_store = 1;"
            f"{_TABLES}"
        )
        self.withheld = 0  # differences that the preparation made on purpose

    def __enter__(self) -> Comparison:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add_rows(self, rows: Iterable[TableRow]) -> None:
        """Add rows of the users table."""
        self._add("INSERT INTO ours VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", rows)

    def add_users(self, users: Iterable[PassageUser]) -> None:
        """Add users of Passage."""
        self._add("INSERT OR REPLACE INTO theirs VALUES (?, ?, ?, ?, ?, ?)", map(_entry, users))

    def add_prepared(self, users: Iterable[tuple[str, str | None, str | None, bool, bool]]) -> None:
        """Add prepared users: id, email, phone, and whether the preparation corrected or withheld each of the two."""
        self._add("INSERT OR REPLACE INTO prepared VALUES (?, ?, ?, ?, ?)", users)

    def add_dispositions(self, rows: Iterable[tuple[str, str]]) -> None:
        """Add what became of rows in the preparation, by key: ``absorbed`` or ``rejected``."""
        self._add("INSERT OR REPLACE INTO dispositions VALUES (?, ?)", rows)

    def counts(self) -> tuple[int, int]:
        """Count the rows of the table and the users of Passage."""
        found = self._ask("SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM theirs)")
        rows, users = next(iter(found))
        return int(rows), int(users)

    def unknown_ids(self, most: int) -> list[str]:
        """Give ids of the table that no user has who was added, so many at most."""
        query = (
            "SELECT DISTINCT o.id FROM ours o LEFT JOIN theirs t ON t.id = o.id WHERE o.id IS NOT NULL AND t.id IS NULL"
        )
        return [ident for (ident,) in self._ask(f"{query} LIMIT {most:d}")]

    def known(self) -> dict[str, int]:
        """Count what the preparation left out on purpose, by its disposition, after the differences were read."""
        absorbed = (
            "SELECT count(*) FROM ours o LEFT JOIN loose u ON u.at = o.at WHERE o.known = 'absorbed' "
            "AND (u.at IS NULL OR o.id IS NULL)"
        )
        rejected = (
            "SELECT count(*) FROM loose u JOIN ours o ON o.at = u.at WHERE o.known = 'rejected' AND o.id IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM candidates c WHERE c.at = o.at)"
        )
        [[absorbed_rows, rejected_rows]] = self._ask(f"SELECT ({absorbed}), ({rejected})")
        return {"absorbed": absorbed_rows, "rejected": rejected_rows, "withheld": self.withheld}

    def differences(self, fields: Iterable[str], trust: Trust | None = None) -> Iterator[Difference]:
        """Give the differences: of rows that are linked, of the others, and of users without a row.

        Parameters
        ----------
        fields : iterable of {"email", "phone"}
            Identifiers that the table has.
        trust : {"table", "passage"}, optional
            Side that is right where nothing else shows it.
        """
        with self._explained():
            self._database.executescript(_LINKS)
        yield from self._linked(tuple(fields), trust)
        yield from self._loose()
        for ident, email, phone in self._ask(_EXTRA):
            yield Difference(None, ident, "not_in_table", "", None, email or phone, "table")

    def _linked(self, fields: tuple[str, ...], trust: Trust | None) -> Iterator[Difference]:
        differs = " OR ".join(f"o.{name} IS NOT t.{name}" for name in fields)
        linked = self._ask(_LINKED.format(differs=differs))
        for at, identity, key, ident, twice, mine, theirs, prepared, *rest in linked:
            if twice:
                yield Difference(key, ident, "id_twice", "", ident, ident, "table", at)
                continue
            for name, six in (("email", rest[:6]), ("phone", rest[6:])):
                raw, own, other, was, corrected, verified = six
                if name not in fields or own == other:
                    continue
                judged = judge(Values(raw, own, other, was, bool(prepared), bool(corrected), bool(verified)), trust)
                if judged is None:
                    self.withheld += 1
                else:
                    yield Difference(key, ident, judged[0], name, raw, other, judged[1], at, identity)
            if mine is not None and mine != theirs:
                yield Difference(key, ident, "status", "", _state(mine), _state(theirs), "decide", at)

    def _loose(self) -> Iterator[Difference]:
        for key, ident, email, phone, reachable, known, user, users, their_email, their_phone, taken, at in self._ask(
            _LOOSE
        ):
            kind, side = _of_loose(ident, known, user, users, taken=taken, reachable=reachable)
            if kind is not None:
                yield Difference(key, ident or user, kind, "", email or phone, their_email or their_phone, side, at)

    def _add(self, statement: str, rows: Iterable[Any]) -> None:
        with self._explained():
            self._database.execute("BEGIN")
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")

    def _ask(self, query: str) -> Iterator[tuple[Any, ...]]:
        with self._explained():
            yield from self._database.execute(query)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutputError(
                f"The users cannot be kept in a temporary file: {error}. Free some space, or set the environment "
                "variable TMPDIR to a folder that you may write to."
            ) from error


def _of_loose(
    ident: str | None, known: str | None, user: str | None, users: int, *, taken: bool, reachable: bool
) -> tuple[str | None, Side]:
    """Decide the kind of a row that is not linked to a user of Passage; None if that is known and right."""
    if ident is not None:
        return "id_unknown", "decide"
    if known == "absorbed" or (known == "rejected" and user is None):
        return None, "decide"
    if user is None:
        return ("not_in_passage", "passage") if reachable else ("no_identifier", "table")
    if users > 1:
        return "two_users", "decide"
    return ("second_row", "decide") if taken else ("id_missing", "table")


def _entry(user: PassageUser) -> tuple[Any, ...]:
    is_open = user.status != "inactive"
    return user.id, user.email.lower() or None, user.phone or None, is_open, user.email_verified, user.phone_verified


def _state(is_open: int) -> str:
    return "open" if is_open else "closed"
