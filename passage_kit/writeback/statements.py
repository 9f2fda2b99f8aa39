"""SQL of the write-back for each database. A dry run shows the same statements that a run executes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from passage_kit.writeback.users_table import TableFacts

ID_LENGTH = 24  # letters and digits of a Passage id
LOCK_SECONDS = 10  # wait for the table no longer than this, since other sessions queue behind the write-back
_LONGEST_NAME = 63  # bytes of an index's name in PostgreSQL; 64 characters in MySQL


def quote_with(mark: str) -> Callable[[str], str]:
    """Make a function that quotes a name.

    Examples
    --------
    >>> quote_with("`")("User `A`")
    '`User ``A```'
    """
    return lambda name: mark + name.replace(mark, mark * 2) + mark


def index_name(table: str, column: str) -> str:
    """Name the index on the Passage ids, no longer than every database allows.

    Examples
    --------
    >>> index_name("users", "passage_id")
    'users_passage_id_index'
    >>> len(index_name("u" * 80, "passage_id"))
    63
    """
    name = f"{table}_{column}_index"
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    start = name.encode()[: _LONGEST_NAME - len(digest) - 1].decode(errors="ignore")
    return f"{start}_{digest}"


@dataclass(frozen=True)
class Statements:
    """Statements on one users table. This class writes them for SQLite.

    Parameters
    ----------
    facts : TableFacts
    length : int, default 24
        Length of the longest Passage id, in characters.

    Examples
    --------
    >>> facts = TableFacts(None, "User Accounts", ("id",), ("id",), "integer", "passage_id", has_column=False)
    >>> print(*Statements(facts).schema_change(), sep="\\n")
    ALTER TABLE "User Accounts" ADD COLUMN "passage_id" VARCHAR(24)
    CREATE UNIQUE INDEX "User Accounts_passage_id_index" ON "User Accounts" ("passage_id")
    """

    facts: TableFacts
    length: int = ID_LENGTH

    quote = staticmethod(quote_with('"'))
    same = "IS"  # equal, or both null

    @property
    def table(self) -> str:
        """Quoted name of the table, with its schema."""
        return ".".join(map(self.quote, filter(None, (self.facts.schema, self.facts.name))))

    @property
    def own(self) -> str:
        """Name of the table in a statement on its own rows, without those of tables that inherit from it."""
        return self.table

    @property
    def temporary(self) -> str:
        """Name of the temporary table of a batch."""
        return f"temp.{self.facts.batch}"

    @property
    def column(self) -> str:
        """Quoted name of the column of the Passage ids."""
        return self.quote(self.facts.column)

    @property
    def index(self) -> str:
        """Unquoted name of the index on the Passage ids."""
        return self.facts.index or index_name(self.facts.name, self.facts.column)

    @property
    def type(self) -> str:
        """Type of the column, which allows null."""
        return "TEXT" if self.facts.strict else f"VARCHAR({self.length})"

    def schema_change(self, *, share: bool = False) -> list[str]:
        """List the statements that add the column and its index, if they are missing."""
        added = [] if self.facts.has_column else self.add_column()
        return added + self.index_change(share=share)

    def index_change(self, *, share: bool = False) -> list[str]:
        """List the statements that make the indexes on the column those that are needed."""
        facts = self.facts
        changes = [self.drop_index(name) for name in facts.broken]
        changes += [self.drop_unique(name) for name in facts.uniques] if share else []
        if share:
            return changes if facts.indexes else changes + self.create_index(self.index, unique=False)
        if facts.uniques:
            return changes
        former = [self.drop_index(self.index)] if self.index in facts.indexes else []  # built when ids were shared
        return changes + former + self.create_index(self.index, unique=True)

    def add_column(self) -> list[str]:
        """List the statements that add the column."""
        return [f"ALTER TABLE {self.table} ADD COLUMN {self.column} {self.type}"]

    def drop_column(self) -> list[str]:
        """List the statements that drop the indexes and then the column."""
        indexes = (*self.facts.uniques, *self.facts.indexes) or (self.index,)
        return [*map(self.drop_index, indexes), f"ALTER TABLE {self.table} DROP COLUMN {self.column}"]

    def create_index(self, name: str, *, unique: bool) -> list[str]:
        """List the statements that build an index, without locking the table if the database can do that."""
        return [f"CREATE {'UNIQUE ' if unique else ''}INDEX {self._index(name)} ON {self._indexed()} ({self.column})"]

    def drop_index(self, name: str) -> str:
        """Write the statement that drops an index."""
        return f"DROP INDEX IF EXISTS {self._index(name)}"

    def drop_unique(self, name: str) -> str:
        """Write the statement that drops a unique index or constraint."""
        return self.drop_index(name)

    def _index(self, name: str) -> str:
        return ".".join(map(self.quote, filter(None, (self.facts.schema, name))))

    def _indexed(self) -> str:
        return self.quote(self.facts.name)

    # one batch

    def stage(self) -> list[str]:
        """List the statements that make the temporary table of a batch, with the types of the users table."""
        return [f"CREATE TEMPORARY TABLE {self.facts.batch} AS SELECT 0 AS n, {self._staged()} FROM {self.own} LIMIT 0"]

    def load(self) -> str:
        """Write the statement that fills the temporary table."""
        marks = ", ".join("?" for _ in self.columns)
        return f"INSERT INTO {self.temporary} ({', '.join(self.columns)}) VALUES ({marks})"

    def left_out(self) -> str | None:
        """Write the query for the rows of the batch that another writer has changed or deleted."""
        return (
            f"SELECT b.n FROM {self.temporary} AS b LEFT JOIN {self.own} AS u ON {self.joined} "
            f"WHERE u.{self.quote(self.facts.identity[0])} IS NULL OR NOT ({self.as_read})"
        )

    def update(self) -> str:
        """Write the statement that sets the ids of the rows that are unchanged since they were read."""
        return (
            f"UPDATE {self.own} AS u SET {self.column} = b.new_id FROM {self.temporary} AS b "
            f"WHERE {self.joined} AND {self.as_read}"
        )

    def taken(self) -> str:
        """Write the query for the rows of the batch whose id another writer has set on another row."""
        return f"SELECT b.n FROM {self.temporary} AS b JOIN {self.own} AS u ON u.{self.column} = b.new_id"

    def rewritten(self) -> str | None:
        """Write the query for the rows that a trigger gave another id or another key; None if there is no trigger."""
        if not self.facts.triggers:
            return None
        own = f"u.{self.column}"
        same = self.spelled(own, "b.new_id") if self.facts.caseless else f"{own} {self.same} b.new_id"
        return (
            f"SELECT b.n FROM {self.temporary} AS b LEFT JOIN {self.own} AS u ON {self.joined} "
            f"WHERE u.{self.quote(self.facts.identity[0])} IS NULL OR NOT ({same} OR {self.as_read})"
        )

    def unstage(self) -> list[str]:
        """List the statements that drop the temporary table."""
        return [f"DROP TABLE {self.temporary}"]

    def batch(self) -> list[str]:
        """List the statements of a batch in order."""
        asked = [self.left_out()] if self.left_out() else []
        checked = [self.rewritten()] if self.rewritten() else []
        return [*self.stage(), self.load(), *map(str, asked), self.update(), *map(str, checked), *self.unstage()]

    @property
    def columns(self) -> list[str]:
        """Columns of the temporary table."""
        return ["n", *(f"k{at}" for at in range(len(self.facts.identity))), "old_id", "new_id"]

    @property
    def joined(self) -> str:
        """Condition that joins a row of the batch with its row of the table.

        An index finds the row as the database compares values. Then a value in another spelling is left out.
        """
        pairs = [(name, f"u.{self.quote(name)}", f"b.k{at}") for at, name in enumerate(self.facts.identity)]
        found = [f"{own} = {read}" for _, own, read in pairs]
        spelled = [self.spelled(own, read) for name, own, read in pairs if name in self.facts.loose]
        return " AND ".join(found + spelled)

    @property
    def as_read(self) -> str:
        """Condition that a row still has the id that was read."""
        own = f"u.{self.column}"
        return self.spelled(own, "b.old_id") if self.facts.caseless else f"{own} {self.same} b.old_id"

    def spelled(self, own: str, read: str) -> str:
        """Write the condition that two values are the same in every letter, or both null."""
        return f"{own} COLLATE BINARY IS {read}"

    def _staged(self) -> str:
        keys = [f"{self.quote(name)} AS k{at}" for at, name in enumerate(self.facts.identity)]
        return ", ".join([*keys, f"{self.column} AS old_id", f"{self.column} AS new_id"])

    # reading and undoing

    def select(self, *, limit: int | None = None) -> str:
        """Write the query for the identity, keys, ids and identifiers of the rows."""
        rows = f"SELECT {', '.join(map(self.quote, self.read_columns))} FROM {self.own}"
        return rows if limit is None else f"{rows} LIMIT {limit}"

    @property
    def read_columns(self) -> list[str]:
        """Columns to read, without repetition."""
        facts = self.facts
        own = [facts.column] if facts.has_column else []
        others = filter(None, (facts.email, facts.phone, facts.state))
        return list(dict.fromkeys([*facts.identity, *facts.key, *own, *others]))

    def any_twice(self) -> str:
        """Write the query that tells whether two rows have the same identity, as the database compares values."""
        names = list(map(self.quote, self.facts.identity))
        filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
        return f"SELECT 1 FROM {self.own} WHERE {filled} GROUP BY {', '.join(names)} HAVING count(*) > 1 LIMIT 1"

    def forms(self) -> str:
        """Write the query that counts the ids 'a' and 'A' as the column compares them."""
        none = f"SELECT {self.column} FROM {self.own} WHERE 1 = 0"
        return f"SELECT count(*) FROM ({none} UNION SELECT 'a' UNION SELECT 'A') AS forms"

    def lock(self) -> list[str]:
        """List the statements that lock the table until the end of the transaction, if the database needs any."""
        return []

    def any_id(self) -> str:
        """Write the query that tells whether any row has an id."""
        return f"SELECT 1 FROM {self.table} WHERE {self.column} IS NOT NULL LIMIT 1"


class PostgresStatements(Statements):
    """Statements for PostgreSQL, with COPY and with indexes built while others write."""

    same = "IS NOT DISTINCT FROM"

    @property
    def own(self) -> str:
        return f"ONLY {self.table}"

    @property
    def temporary(self) -> str:
        return self.facts.batch

    def spelled(self, own: str, read: str) -> str:
        return f"CAST(ROW({own}) AS record) *= CAST(ROW({read}) AS record)"  # compares the bytes that are stored

    def add_column(self) -> list[str]:
        wait = f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"
        return ["BEGIN", wait, f"{super().add_column()[0]} NULL", "COMMIT"]

    def create_index(self, name: str, *, unique: bool) -> list[str]:
        kind = "UNIQUE INDEX" if unique else "INDEX"
        return [f"CREATE {kind} CONCURRENTLY {self.quote(name)} ON {self.table} ({self.column})"]

    def drop_column(self) -> list[str]:
        return [f"ALTER TABLE {self.table} DROP COLUMN {self.column}"]

    def drop_index(self, name: str) -> str:
        return f"DROP INDEX CONCURRENTLY IF EXISTS {self._index(name)}"

    def drop_unique(self, name: str) -> str:
        if name in self.facts.constraints:
            return f"ALTER TABLE {self.table} DROP CONSTRAINT {self.quote(name)}"
        return self.drop_index(name)

    def stage(self) -> list[str]:
        what = f"SELECT 0 AS n, {self._staged()} FROM {self.own} WITH NO DATA"
        return [f"CREATE TEMPORARY TABLE {self.facts.batch} ON COMMIT DROP AS {what}"]

    def load(self) -> str:
        return f"COPY {self.temporary} ({', '.join(self.columns)}) FROM STDIN"

    def left_out(self) -> str | None:
        return None  # the update itself reports these rows

    def update(self) -> str:
        return (
            f"WITH done AS ({super().update()} RETURNING b.n) SELECT n FROM {self.temporary} EXCEPT SELECT n FROM done"
        )

    def unstage(self) -> list[str]:
        return []

    def batch(self) -> list[str]:
        checked = [self.rewritten()] if self.rewritten() else []
        return [*self.stage(), self.load(), f"ANALYZE {self.temporary}", self.update(), *map(str, checked)]

    def lock(self) -> list[str]:
        wait = f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"
        return [wait, f"LOCK TABLE {self.table} IN ACCESS EXCLUSIVE MODE"]


class MySqlStatements(Statements):
    """Statements for MySQL and MariaDB with InnoDB. They compare ids letter by letter, with regard to capitals."""

    quote = staticmethod(quote_with("`"))
    same = "<=>"

    @property
    def temporary(self) -> str:
        return self.facts.batch

    @property
    def type(self) -> str:
        return f"VARCHAR({self.length}) CHARACTER SET ascii COLLATE ascii_bin"

    def spelled(self, own: str, read: str) -> str:
        return f"CAST({own} AS BINARY) <=> CAST({read} AS BINARY)"

    def add_column(self) -> list[str]:
        # Without ALGORITHM, the server chooses the one that locks least.
        return [f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}", f"{super().add_column()[0]} NULL"]

    def create_index(self, name: str, *, unique: bool) -> list[str]:
        kind = "UNIQUE INDEX" if unique else "INDEX"
        how = ", ALGORITHM=INPLACE, LOCK=NONE" if self.facts.online else ""
        return [f"ALTER TABLE {self.table} ADD {kind} {self.quote(name)} ({self.column}){how}"]

    def drop_column(self) -> list[str]:
        return [f"ALTER TABLE {self.table} DROP COLUMN {self.column}"]

    def drop_index(self, name: str) -> str:
        return f"ALTER TABLE {self.table} DROP INDEX {self.quote(name)}"

    def stage(self) -> list[str]:
        what = f"SELECT 0 AS n, {self._staged()} FROM {self.table} LIMIT 0"
        # A transaction that was aborted leaves its temporary table behind.
        again = f"DROP TEMPORARY TABLE IF EXISTS {self.temporary}"
        return [again, f"CREATE TEMPORARY TABLE {self.temporary} (n INT NOT NULL PRIMARY KEY) AS {what}"]

    def load(self) -> str:
        return super().load().replace("?", "%s")

    def left_out(self) -> str | None:
        return f"{super().left_out()} FOR UPDATE"

    def update(self) -> str:
        return (
            f"UPDATE {self.table} AS u JOIN {self.temporary} AS b ON {self.joined} SET u.{self.column} = b.new_id "
            f"WHERE {self.as_read}"
        )

    def unstage(self) -> list[str]:
        return [f"DROP TEMPORARY TABLE {self.temporary}"]


DIALECTS: dict[str, type[Statements]] = {
    "sqlite": Statements,
    "postgresql": PostgresStatements,
    "mysql": MySqlStatements,
    "mariadb": MySqlStatements,
}
