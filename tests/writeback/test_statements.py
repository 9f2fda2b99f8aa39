"""The SQL of each database, word by word where it matters."""

from dataclasses import replace

import pytest

from passage_kit.writeback.statements import MySqlStatements, PostgresStatements, Statements, index_name
from passage_kit.writeback.users_table import TableFacts

FACTS = TableFacts("crm", 'User "A"', ("tenant", "id"), ("id",), "integer", "order", has_column=False)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (
            Statements,
            [
                'ALTER TABLE "crm"."User ""A""" ADD COLUMN "order" VARCHAR(24)',
                'CREATE UNIQUE INDEX "crm"."User ""A""_order_index" ON "User ""A""" ("order")',
            ],
        ),
        (
            PostgresStatements,
            [
                "BEGIN",
                "SET LOCAL lock_timeout = '10s'",
                'ALTER TABLE "crm"."User ""A""" ADD COLUMN "order" VARCHAR(24) NULL',
                "COMMIT",
                'CREATE UNIQUE INDEX CONCURRENTLY "User ""A""_order_index" ON "crm"."User ""A""" ("order")',
            ],
        ),
        (
            MySqlStatements,
            [
                "SET SESSION lock_wait_timeout = 10",
                'ALTER TABLE `crm`.`User "A"` ADD COLUMN `order` '
                "VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL",
                'ALTER TABLE `crm`.`User "A"` ADD UNIQUE INDEX `User "A"_order_index` (`order`), '
                "ALGORITHM=INPLACE, LOCK=NONE",
            ],
        ),
    ],
)
def test_the_schema_change(kind, changes):
    assert kind(FACTS).schema_change() == changes


@pytest.mark.parametrize("kind", [Statements, PostgresStatements, MySqlStatements])
class TestSchemaChange:
    def test_there_is_none_where_everything_is_there(self, kind):
        assert kind(replace(FACTS, has_column=True, uniques=("one",))).schema_change() == []

    def test_shared_ids_have_a_plain_index_and_no_unique_one(self, kind):
        changes = kind(replace(FACTS, has_column=True, uniques=("one",))).schema_change(share=True)
        assert len(changes) == 2
        assert "DROP" in changes[0]
        assert "UNIQUE" not in changes[1]

    def test_a_plain_index_that_is_there_is_enough_for_shared_ids(self, kind):
        assert kind(replace(FACTS, has_column=True, indexes=("one",))).schema_change(share=True) == []

    def test_the_plain_index_of_shared_ids_makes_way_for_a_unique_one(self, kind):
        statements = kind(replace(FACTS, has_column=True, indexes=('User "A"_order_index',)))
        drop, create = statements.schema_change()
        assert ("DROP" in drop, "UNIQUE" in create) == (True, True)

    def test_the_column_is_as_long_as_the_ids(self, kind):
        assert "VARCHAR(30)" in " ".join(kind(FACTS, length=30).schema_change())

    def test_a_batch_is_loaded_joined_and_set(self, kind):
        statements = kind(FACTS).batch()
        [update] = [statement for statement in statements if "UPDATE " in statement and "FOR UPDATE" not in statement]
        assert "= b.k0 AND" in update
        assert "b.old_id" in update, "a row whose value has changed meanwhile is left alone"
        assert [statement for statement in statements if "old_id" in statement and statement != update]


@pytest.mark.parametrize("kind", [Statements, PostgresStatements, MySqlStatements])
class TestSpelling:
    """Where the database takes several texts for one key, the row is found by its index and then letter by letter."""

    def test_keys_that_may_be_spelled_otherwise_are_compared_twice(self, kind):
        update = kind(replace(FACTS, loose=("tenant",))).update()
        assert (update.count("b.k0"), update.count("b.k1")) == (2, 1)

    def test_a_column_of_ids_without_regard_to_capitals_is_compared_by_letters(self, kind):
        statements = kind(replace(FACTS, has_column=True, caseless=True))
        column = f"u.{statements.column} {statements.same} b.old_id"
        assert column not in statements.update()
        assert statements.as_read in statements.update()


def test_a_constraint_of_postgresql_is_dropped_as_one():
    facts = replace(FACTS, has_column=True, uniques=("one",), constraints=("one",))
    assert PostgresStatements(facts).schema_change(share=True)[0].endswith('DROP CONSTRAINT "one"')


def test_an_engine_without_online_changes_is_not_asked_for_them():
    assert "ALGORITHM" not in " ".join(MySqlStatements(replace(FACTS, online=False)).schema_change())


def test_an_unfinished_index_goes_first():
    facts = replace(FACTS, has_column=True, broken=("one",))
    assert PostgresStatements(facts).schema_change()[0] == 'DROP INDEX CONCURRENTLY IF EXISTS "crm"."one"'


@pytest.mark.parametrize("table", ["u" * 90, "ü" * 60, "表" * 40])
def test_the_name_of_the_index_fits_every_database(table):
    name = index_name(table, "passage_id")
    assert len(name.encode()) <= 63
    assert name != index_name(table + "x", "passage_id")
