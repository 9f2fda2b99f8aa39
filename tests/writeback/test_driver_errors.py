"""Errors of drivers, as SQLAlchemy wraps them and as they are: known by their code, or by their words."""

import sqlite3

import psycopg
import pytest
from psycopg import errors
from pymysql import err
from sqlalchemy.exc import DBAPIError

from passage_kit.writeback.driver_errors import BUSY, NEEDED, REPEATED, advice, error_code, is_one_of


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.DeadlockDetected("x"), "40P01"),
        (err.OperationalError(1213, "x"), 1213),
        (sqlite3.OperationalError("database is locked"), None),
    ],
)
def test_an_error_is_known_wrapped_and_bare(error, code):
    for found in (error, DBAPIError("SELECT 1", {}, error)):
        assert error_code(found) == code
        assert is_one_of(found, BUSY, "locked")
        assert not is_one_of(found, REPEATED, "UNIQUE constraint")


def test_words_count_for_sqlite_alone():
    assert not is_one_of(errors.SyntaxError("locked"), BUSY, "locked")
    assert is_one_of(
        sqlite3.OperationalError("error in view x after drop column: no such column"), NEEDED, "after drop"
    )


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (errors.ReadOnlySqlTransaction("x"), "can only read"),
        (errors.CheckViolation("x"), "A constraint of the table refuses"),
        (errors.FeatureNotSupported("x"), "a rule or a trigger"),
        (errors.RaiseException("x"), "A trigger of the table refuses"),
        (errors.UniqueViolation("x"), "though no other row has the id"),
        (err.IntegrityError(4025, "x"), "A constraint of the table refuses"),
        (err.OperationalError(1142, "x"), "Ask for the right"),
        (sqlite3.IntegrityError("CHECK constraint failed: short"), "A constraint of the table refuses"),
        (sqlite3.IntegrityError("UNIQUE constraint failed: log.what"), "though no other row has the id"),
        (sqlite3.OperationalError("Could not decode to UTF-8 column 'id'"), "not UTF-8"),
        (errors.QueryCanceled("canceling statement due to statement timeout"), "too little time"),
        (
            err.OperationalError(1969, "Query execution was interrupted (max_statement_time exceeded)"),
            "too little time",
        ),
        (errors.AdminShutdown("terminating connection"), "The server ended the connection"),
        (psycopg.OperationalError("consuming input failed: server closed the connection"), "ended the connection"),
        (err.OperationalError(1927, "Connection was killed"), "The server ended the connection"),
        (err.OperationalError(2013, "Lost connection to MySQL server during query"), "ended the connection"),
        (errors.IdleInTransactionSessionTimeout("x"), "idle_in_transaction_session_timeout"),
        (errors.InsufficientPrivilege("permission denied to create temporary tables in database"), "temporary tables"),
        (errors.InsufficientPrivilege("permission denied for schema public"), "create an index in its schema"),
        (sqlite3.DatabaseError("database disk image is malformed"), "The file is damaged"),
        (sqlite3.OperationalError("something else"), "Look at the table"),
    ],
)
def test_each_error_has_its_next_step(error, step):
    assert step in advice(error)
    assert step in advice(DBAPIError("SELECT 1", {}, error))
