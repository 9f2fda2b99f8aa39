"""Connection to the application's database: facts about the users table, its rows, and batches of ids."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from passage_kit.database.connections import connect, described_quietly
from passage_kit.database.urls import database_url, open_engine, reason, shown, sqlite_file
from passage_kit.errors import DatabaseError, WriteBackError
from passage_kit.translations import in_panel, worded
from passage_kit.writeback.driver_errors import BUSY, NEEDED, REPEATED, advice, is_one_of
from passage_kit.writeback.driver_values import every_value_read, sent_value
from passage_kit.writeback.statements import DIALECTS, Statements
from passage_kit.writeback.users_table import TableFacts

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

_ROWS_AT_A_TIME = 20_000
_ATTEMPTS = 6
_PATIENCE = 0.2  # seconds before a batch is tried again, doubled each time
_SQLITE = (3, 35)  # the first version with UPDATE ... FROM and DROP COLUMN
_WHERE = ("host", "port", "unix_socket")  # parts of a URL's query that may name a server, too


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to set in one transaction: columns of their identity, the ids as read, and the new ids."""

    identity: Sequence[Sequence[Any]]
    old: Sequence[str | None]
    new: Sequence[str | None]

    def without(self, left_out: set[int]) -> Batch:
        """Return the batch without some of its rows."""
        if not left_out:
            return self
        stay = [at for at in range(len(self.new)) if at not in left_out]
        return Batch(
            [[column[at] for at in stay] for column in self.identity],
            [self.old[at] for at in stay],
            [self.new[at] for at in stay],
        )

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """List the rows for the temporary table."""
        return zip(range(len(self.new)), *self.identity, self.old, self.new, strict=True)

    def for_mysql(self) -> Batch:
        """Write values of the identity so that PyMySQL sends them as they were."""
        return replace(self, identity=[list(map(sent_value, column)) for column in self.identity])


class UsersDatabase:
    """A connection to the application's database, with errors that hold no password and no value.

    Parameters
    ----------
    address : str or None
        Address as :func:`passage_kit.database.urls.database_url` reads it.

    Raises
    ------
    DatabaseError
        If the database cannot be reached, or is not SQLite, PostgreSQL, MySQL or MariaDB.
    WriteBackError
        If the database fails after the first change.
    """

    def __init__(self, address: str | None) -> None:
        self.url = database_url(address)
        self.backend = self.url.get_backend_name()
        if self.backend not in DIALECTS:
            raise DatabaseError(
                worded(
                    "Passage ids cannot be written to {database}: expected SQLite, PostgreSQL, MySQL or "
                    "MariaDB. Write a migration script, and load the ids with the database's own tools.",
                    database=self.backend,
                )
            )
        if self.backend == "sqlite" and sqlite3.sqlite_version_info < _SQLITE:
            raise DatabaseError(
                f"This Python has SQLite {sqlite3.sqlite_version}, and 3.35 is needed. Use a newer Python."
            )
        self.engine = open_engine(self.url)
        self.changed = False
        if self.backend == "sqlite":
            _prepare(self.engine)

    def __enter__(self) -> UsersDatabase:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    @property
    def shown(self) -> str:
        """Address of the database, without its password."""
        return shown(self.url)

    @property
    def target(self) -> str:
        """Address that identifies the database, without user and password."""
        if self.backend == "sqlite":
            return f"sqlite {(sqlite_file(self.url) or Path(self.url.database or '')).resolve()}"
        where = [self.url.host, self.url.port, self.url.database, *(self.url.query.get(key) for key in _WHERE)]
        return " ".join([self.backend.replace("mariadb", "mysql"), *(str(part) for part in where if part)])

    def is_target(self, recorded: str) -> bool:
        """Tell whether a record is about this database, also in the form that the release before wrote."""
        return recorded in (self.target, f"sqlite {Path(self.url.database or '').resolve()}")

    def statements(self, facts: TableFacts, **options: Any) -> Statements:
        """Make the statements on a table for this kind of database."""
        return DIALECTS[self.backend](facts, **options)

    @contextmanager
    def explained(self, doing: str) -> Iterator[None]:
        """Turn an error of the driver into an error of the kit."""
        from sqlalchemy.exc import SQLAlchemyError

        driver: Any = self.engine.dialect.loaded_dbapi  # its errors reach us as they are from a COPY
        try:
            yield
        except (SQLAlchemyError, driver.Error) as error:
            said = reason(error, self.url)
            raise self._failure(
                in_panel(
                    f"{doing} in {self.shown} failed: {said}. {advice(error)}.",
                    "{database}: {said}. {advice}.",
                    database=self.shown,
                    said=said,
                    advice=advice(error),
                )
            ) from None

    @property
    def _failure(self) -> type[DatabaseError]:
        return WriteBackError if self.changed else DatabaseError

    def _connect(self) -> Connection:
        return connect(self.engine, failure=self._failure)

    def ask(self, call: Callable[[Connection], T], doing: str) -> T:
        """Call a function with a connection that changes nothing."""
        with self.explained(doing), self._connect() as connection, described_quietly():
            return call(connection)

    def read(self, statement: str) -> list[list[Any]]:
        """Read rows, and return the driver's values by column."""
        columns: list[list[Any]] = []
        for page in self.pages(statement):
            columns = columns or [[] for _ in page]
            for column, values in zip(columns, page, strict=True):
                column.extend(values)
        return columns

    def pages(self, statement: str) -> Iterator[list[Sequence[Any]]]:
        """Read rows page by page, and give the driver's values of each page by column.

        The memory that it takes does not grow with the table. Without rows, there is one empty page.
        """
        with (
            self.explained("Reading the users table"),
            self._connect() as connection,
            every_value_read(connection),
        ):
            streamed = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_A_TIME, no_parameters=True)
            result = streamed.exec_driver_sql(statement)
            names = list(result.keys())
            some = False
            for rows in result.partitions(_ROWS_AT_A_TIME):
                some = True
                yield list(zip(*rows, strict=True))
            if not some:
                yield [() for _ in names]

    def change(self, statements: Sequence[str], doing: str) -> None:
        """Execute statements outside a transaction, as building an index without a lock requires."""
        options = {} if self.backend == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        with self.explained(doing), self._connect() as connection:
            alone = connection.execution_options(begin=None, no_parameters=True, **options)
            for statement in statements:
                alone.exec_driver_sql(statement)
                self.changed = self.changed or statement.startswith(("ALTER ", "CREATE ", "DROP "))

    def drop(self, call: Callable[[Connection], bool]) -> bool:
        """Call a function that drops something in one transaction; False if something else needs what it drops."""
        from sqlalchemy.exc import DBAPIError

        with self.explained("Undoing"):
            try:
                return self._together(call)
            except DBAPIError as error:
                if not is_one_of(error, NEEDED, "after drop column"):
                    raise
                return False

    def together(self, call: Callable[[Connection], T], doing: str) -> T:
        """Call a function in one transaction, and repeat it if the database aborted it in favour of another."""
        with self.explained(doing):
            return self._together(call)

    def write(self, batch: Batch, statements: Statements) -> set[int]:
        """Set the ids of a batch, and return the positions of the rows that were left alone.

        A row is left alone if it was changed or deleted since it was read, or if another row has its id by now.
        """
        from sqlalchemy.exc import IntegrityError

        left: set[int] = set()
        with self.explained(f"Setting the ids of {statements.facts.shown}"):
            for turn in range(_ATTEMPTS):
                now, here = batch.without(left), [at for at in range(len(batch.new)) if at not in left]
                if not here:
                    return left
                try:
                    found = self._together(partial(_write, batch=now, statements=statements))
                except IntegrityError as error:
                    if not is_one_of(error, REPEATED, "UNIQUE constraint"):
                        raise
                    found = self._together(partial(_taken, batch=now, statements=statements))
                    if not found and turn:  # for the second time: it is not another row that has an id
                        raise
                    left |= {here[at] for at in found}
                else:
                    return left | {here[at] for at in found}
        raise WriteBackError(
            f"Another writer keeps giving the ids of this run to other rows of {statements.facts.shown}. Run it again."
        )

    def _together(self, call: Callable[[Connection], T]) -> T:
        from sqlalchemy.exc import DBAPIError

        for attempt in range(_ATTEMPTS):
            try:
                with self._connect() as connection:
                    whole = connection.execution_options(begin="BEGIN IMMEDIATE", no_parameters=True)
                    with whole.begin():
                        result = call(whole)
            except DBAPIError as error:
                if not is_one_of(error, BUSY, "locked") or attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(_PATIENCE * 2**attempt)
            else:
                self.changed = True
                return result
        raise AssertionError("the last attempt has returned or raised")


def _write(connection: Connection, batch: Batch, statements: Statements) -> list[int]:
    """Set the ids, and return the rows that were left alone."""
    _load(connection, batch, statements)
    asked = statements.left_out()
    left_out = [n for (n,) in connection.exec_driver_sql(asked)] if asked else None
    result = connection.exec_driver_sql(statements.update())
    if left_out is None:
        left_out = [n for (n,) in result]
    if asked := statements.rewritten():
        _refuse_rewritten({n for (n,) in connection.exec_driver_sql(asked)} - set(left_out), statements.facts)
    for statement in statements.unstage():
        connection.exec_driver_sql(statement)
    return left_out


def _refuse_rewritten(rows: set[int], facts: TableFacts) -> None:
    """Stop the open transaction if a trigger has rewritten rows: nobody could tell and undo what it wrote."""
    if rows:
        raise WriteBackError(
            in_panel(
                f"{len(rows):,} rows of {facts.shown} would not have the id that was set, since a "
                "trigger changes them: "
                f"{', '.join(facts.triggers)}. None of these rows was set. Switch the trigger off, or have it leave "
                f"{facts.column} and the key alone, and run it again.",
                "{count} rows of {table} would not have the id that was set, since a trigger changes "
                "them: {triggers}. None of these rows was set. Switch the trigger off, or have it "
                "leave the column of the ids alone, and write again.",
                count=f"{len(rows):,}",
                table=facts.shown,
                triggers=", ".join(facts.triggers),
            )
        )


def _taken(connection: Connection, batch: Batch, statements: Statements) -> list[int]:
    """Return the rows of the batch whose ids other rows have by now."""
    _load(connection, batch, statements)
    found = [n for (n,) in connection.exec_driver_sql(statements.taken())]
    for statement in statements.unstage():
        connection.exec_driver_sql(statement)
    return found


def _load(connection: Connection, batch: Batch, statements: Statements) -> None:
    """Fill the temporary table; PostgreSQL does it with COPY."""
    import sqlalchemy as sa

    for statement in statements.stage():
        connection.exec_driver_sql(statement)
    if connection.dialect.driver == "psycopg":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(statements.load()) as copy:
            for row in batch.rows():
                copy.write_row(row)
        connection.exec_driver_sql(f"ANALYZE {statements.temporary}")
    else:
        batch = batch.for_mysql() if connection.dialect.driver == "pymysql" else batch
        names = statements.columns
        table = sa.table(statements.facts.batch, *map(sa.column, names))
        rows = [dict(zip(names, row, strict=True)) for row in batch.rows()]
        connection.execute(sa.insert(table), rows, execution_options={"no_parameters": False})


def _prepare(engine: Engine) -> None:
    """Prepare the connections of SQLite."""
    from sqlalchemy import event

    event.listen(engine, "connect", _begin_ourselves)
    if "timeout" not in engine.url.query:
        event.listen(engine, "connect", _wait_for_others)
    event.listen(engine, "begin", _begin)


def _begin_ourselves(connection: Any, _: object) -> None:
    """Leave the beginning of transactions to us, since sqlite3 begins late."""
    connection.isolation_level = None


def _wait_for_others(connection: Any, _: object) -> None:
    """Have SQLite wait for other writers longer than its usual five seconds."""
    connection.execute("PRAGMA busy_timeout = 30000")


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get("begin", "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)
