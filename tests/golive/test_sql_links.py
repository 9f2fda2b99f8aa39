"""A table that cannot keep one row for a Passage id is refused at the start, with what to do."""

import pytest
import sqlalchemy as sa
from servers import execute
from signing_in import Account, engine_of

from passage_kit.errors import DatabaseError
from passage_kit.golive import SqlUsers, links_table


def table(url, more, *, record=True):
    """A store of a table whose id is defined so."""
    execute(url, f"CREATE TABLE accounts (id INTEGER PRIMARY KEY, email VARCHAR(200), {more})")
    engine = engine_of(url)
    if record:
        links_table(sa.MetaData()).create(engine)
    return SqlUsers(engine, Account)


@pytest.mark.parametrize(
    "more",
    [
        "passage_id VARCHAR(64) COLLATE {exact} UNIQUE",
        "passage_id VARCHAR(64) COLLATE {exact}, CONSTRAINT u UNIQUE (passage_id)",
    ],
)
def test_a_unique_column_is_fit(application, more):
    exact = {"sqlite": "BINARY", "postgresql": '"C"'}.get(application.get_backend_name(), "utf8mb4_bin")
    table(application, more.format(exact=exact)).check()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("phone VARCHAR(20)", "has no column passage_id"),
        ("passage_id VARCHAR(64)", "passage_id is not unique"),
        ("passage_id VARCHAR(64), UNIQUE (passage_id, email)", "passage_id is not unique"),
    ],
)
def test_a_column_that_is_missing_or_not_unique_is_refused(application, more, says):
    with pytest.raises(DatabaseError, match=says):
        table(application, more).check()


@pytest.mark.parametrize(
    ("condition", "fit"),
    [("passage_id IS NOT NULL", True), ("email IS NOT NULL", False), ("passage_id IS NOT NULL AND email <> ''", False)],
)
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def test_an_index_over_some_rows_alone_is_refused(request, database, condition, fit):
    url = request.getfixturevalue(database)
    store = table(url, "passage_id VARCHAR(64)")
    execute(url, f"CREATE UNIQUE INDEX few ON accounts (passage_id) WHERE {condition}")
    if fit:
        store.check()
    else:
        with pytest.raises(DatabaseError, match="over all rows"):
            store.check()


@pytest.mark.slow
def test_a_collation_that_mixes_capitals_up_is_refused(mariadb):
    with pytest.raises(DatabaseError, match="ascii_bin"):
        table(mariadb, "passage_id VARCHAR(64) COLLATE utf8mb4_general_ci UNIQUE").check()


def test_a_missing_record_is_said_with_the_way_to_it(sqlite):
    with pytest.raises(DatabaseError, match=r"links_table\(metadata\)"):
        table(sqlite, "passage_id VARCHAR(64) UNIQUE", record=False).check()


def test_a_missing_table_is_said(sqlite):
    with pytest.raises(DatabaseError, match="no table accounts"):
        SqlUsers(engine_of(sqlite), Account).check()


def test_a_key_of_two_columns_is_refused(sqlite):
    class Own(sa.orm.DeclarativeBase):
        pass

    class Member(Own):
        __tablename__ = "members"
        team: sa.orm.Mapped[int] = sa.orm.mapped_column(primary_key=True)
        number: sa.orm.Mapped[int] = sa.orm.mapped_column(primary_key=True)
        email: sa.orm.Mapped[str]
        passage_id: sa.orm.Mapped[str] = sa.orm.mapped_column(unique=True)

    engine = engine_of(sqlite)
    Own.metadata.create_all(engine)
    with pytest.raises(DatabaseError, match="several columns"):
        SqlUsers(engine, Member).check()
