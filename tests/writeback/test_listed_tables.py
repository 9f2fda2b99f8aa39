import pytest
import sqlalchemy as sa

from passage_kit.errors import DatabaseError
from passage_kit.writeback.listed_tables import ListedTable, list_tables

MEMBERS = "CREATE TABLE members (tenant INTEGER, number INTEGER, PRIMARY KEY (tenant, number))"


def test_tables_have_their_columns_and_keys_and_views_are_left_out(application):
    engine = sa.create_engine(application)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))"))
        connection.execute(sa.text(MEMBERS))
        connection.execute(sa.text("CREATE TABLE notes (words VARCHAR(99))"))
        connection.execute(sa.text("CREATE VIEW people AS SELECT id FROM users"))
    engine.dispose()
    assert list_tables(application.render_as_string(hide_password=False)) == [
        ListedTable("members", ("tenant", "number"), ("tenant", "number")),
        ListedTable("notes", ("words",), ()),
        ListedTable("users", ("id", "email"), ("id",)),
    ]


@pytest.mark.slow
def test_tables_of_other_schemas_follow_with_their_schema(postgres):
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE users (id integer PRIMARY KEY)"))
        connection.execute(sa.text('CREATE SCHEMA crm; CREATE TABLE crm."x.y" (id integer PRIMARY KEY)'))
    engine.dispose()
    found = list_tables(postgres.render_as_string(hide_password=False))
    assert [table.name for table in found] == ["users", 'crm."x.y"']


def test_an_address_that_leads_nowhere_is_said(tmp_path):
    with pytest.raises(DatabaseError, match="There is no database file"):
        list_tables(f"sqlite:///{tmp_path}/none.db")
