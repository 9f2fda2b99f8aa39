import pytest
import sqlalchemy as sa

from passage_kit.errors import DatabaseError
from passage_kit.golive import SampleShop


def shop_with(sqlite, columns: str, sandbox) -> SampleShop:
    engine = sa.create_engine(sqlite)
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT{columns})"))
        connection.execute(sa.text("INSERT INTO users (id, email) VALUES (7, 'anna@example.org')"))
    engine.dispose()
    return SampleShop(sqlite.render_as_string(), sandbox)


def test_old_and_new_users_are_rows_and_a_closed_account_is_refused_at_once(sqlite, sandbox):
    shop = shop_with(sqlite, ", passage_id TEXT UNIQUE", sandbox)
    anna, bob = shop.sign_in("anna@example.org"), shop.sign_in("bob@example.org")
    assert (anna.status, anna.row, bob.status, bob.row) == (200, 7, 200, 8)
    assert shop.visit(anna.passage_id) == anna
    shop.deactivate(bob.passage_id)
    assert shop.visit(bob.passage_id) == (401, None, bob.passage_id)


def test_a_table_without_ids_names_the_notebook_that_writes_them(sqlite, sandbox):
    with pytest.raises(DatabaseError, match="05_write_back_passage_ids first"):
        shop_with(sqlite, "", sandbox)
