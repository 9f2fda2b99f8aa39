"""Database URLs: where they come from, and that nothing secret leaves them."""

import subprocess
import sys

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from passage_kit.database.urls import (
    DATABASE_URL,
    database_url,
    open_engine,
    reason,
    shown,
    sqlite_file,
    without_secrets,
)
from passage_kit.errors import DatabaseError, MissingExtraError, SourceError

SECRET = "s3cret"  # noqa: S105 - nobody's


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("postgresql://h/x", "postgresql+psycopg"),
        ("postgres://h/x", "postgresql+psycopg"),
        ("postgresql+psycopg2://h/x", "postgresql+psycopg2"),
        ("mysql://h/x", "mysql+pymysql"),
        ("mariadb://h/x", "mariadb+pymysql"),
        ("sqlite://", "sqlite"),
    ],
)
def test_a_url_without_a_driver_gets_the_kits(address, driver):
    assert database_url(address).drivername == driver


def test_a_url_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv(DATABASE_URL, "sqlite://")
    monkeypatch.setenv("MY_URL", "mysql://h/x")
    assert database_url(None).drivername == "sqlite"
    assert database_url("env:MY_URL").host == "h"


@pytest.mark.parametrize(("address", "name"), [(None, DATABASE_URL), ("env:MY_URL", "MY_URL")])
def test_a_variable_that_is_not_set_is_named(monkeypatch, address, name):
    monkeypatch.delenv(name, raising=False)
    with pytest.raises(DatabaseError, match=f"The environment variable {name} is not set"):
        database_url(address)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ann:{SECRET}@local:host/x",
        f"postgresql://ann:a@{SECRET}@host/x",
        f"postgresql://ann:a@b/{SECRET}@host/x",
        f"{SECRET} without a form",
    ],
)
def test_a_url_that_cannot_be_read_is_not_repeated(address):
    with pytest.raises(SourceError, match="Percent-encode") as caught:
        database_url(address, failure=SourceError)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(DatabaseError, match="no database file"):
        database_url(f"sqlite:///{tmp_path}/app.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("sqlite:///app.db", "app.db"),
        ("sqlite:////data/app.db", "/data/app.db"),
        ("sqlite:///file:app.db?uri=true", "app.db"),
        ("sqlite:///file:/data/app%20one.db?mode=ro&uri=1", "/data/app one.db"),
        ("sqlite:///file:///data/app.db?uri=True", "/data/app.db"),
        ("sqlite:///file://localhost/data/app.db?uri=on", "/data/app.db"),
        ("sqlite:///file:app.db", "file:app.db"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("sqlite:///file::memory:?uri=true", None),
        ("sqlite:///file:shared?mode=memory&cache=shared&uri=true", None),
    ],
)
def test_the_file_of_an_address_of_sqlite(address, file):
    found = sqlite_file(make_url(address))
    assert (found and found.as_posix()) == file


@pytest.mark.parametrize("option", ["mode=ro", "cache=shared", "immutable=1"])
def test_an_option_that_only_a_uri_has(tmp_path, option):
    (tmp_path / "app.db").touch()
    with pytest.raises(DatabaseError, match=r"Write sqlite:///file:PATH\?mode=ro&uri=true"):
        database_url(f"sqlite:///{tmp_path}/app.db?{option}")


@pytest.mark.parametrize(
    "address", [f"sqlite://ann:{SECRET}@app.db", f"sqlite://{SECRET}.db", f"sqlite://{SECRET}/app"]
)
def test_an_address_of_sqlite_with_too_few_slashes(address):
    with pytest.raises(DatabaseError, match=r"three slashes: sqlite:///app\.db") as caught:
        database_url(address)
    assert SECRET not in str(caught.value)


def test_an_option_of_sqlite_with_a_value_that_it_cannot_have(tmp_path):
    (tmp_path / "app.db").touch()
    with pytest.raises(DatabaseError, match="options of the database URL cannot be used") as caught:
        open_engine(database_url(f"sqlite:///{tmp_path}/app.db?timeout={SECRET}"))
    assert SECRET not in str(caught.value)


def test_what_is_shown_has_no_password_and_no_query():
    url = database_url(f"mysql://ann:{SECRET}@h/x?ssl_key={SECRET}")
    assert shown(url) == "mysql+pymysql://ann:***@h/x"
    assert without_secrets(f"mysql://ann:{SECRET}@h/x?charset=utf8&Password={SECRET}").count("***") == 2


@pytest.mark.parametrize("written", ["s3c:r%t", "s3c%3Ar%25t"])
def test_what_a_driver_says_loses_passwords_emails_and_numbers(written):
    url = database_url("postgresql://ann:s3c%3Ar%25t@h/x?sslpassword=another")
    error = OperationalError("", {}, Exception(f"no {written} for ann@example.org, +14155550123, another\nDETAIL: x"))
    assert reason(error, url) == "no *** for a***@e***.org, +1******0123, ***"


def test_statements_of_errors_hold_no_values(sqlite):
    with open_engine(sqlite).connect() as connection, pytest.raises(OperationalError) as caught:
        connection.exec_driver_sql("SELECT ? FROM nowhere", (SECRET,))
    connection.engine.dispose()
    assert SECRET not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "address", "extra"),
    [
        ("psycopg", "postgresql://h/x", "postgresql"),
        ("pymysql", "mysql://h/x", "mysql"),
    ],
)
def test_a_missing_driver_is_named_by_its_extra(module, address, extra):
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from passage_kit.database.urls import database_url, open_engine\n"
        "from passage_kit.errors import MissingExtraError\n"
        f"try:\n    open_engine(database_url({address!r}))\n"
        "except MissingExtraError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f'"passage-kit[{extra}]"' in done.stdout


def test_another_driver_is_named_by_itself():
    with pytest.raises(MissingExtraError, match="pip install psycopg2"):
        open_engine(database_url("postgresql+psycopg2://h/x"))


def test_an_unknown_database():
    with pytest.raises(DatabaseError, match="not a database that SQLAlchemy knows"):
        open_engine(database_url(f"nosuch://ann:{SECRET}@h/x"))


@pytest.mark.parametrize("address", ["://", "a b://c", "postgresql://ann:secret@host:port/app", ""])
def test_what_is_no_address_is_refused_without_repeating_it(address):
    with pytest.raises(DatabaseError) as caught:
        without_secrets(address)
    assert "secret" not in str(caught.value)
