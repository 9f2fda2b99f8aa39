"""The settings of the users table."""

import pytest

from passage_kit.errors import OptionError
from passage_kit.writeback.users_table import TableFacts, UsersTable


def test_a_key_is_one_column_or_several():
    assert UsersTable("users").key == ()
    assert UsersTable("users", key="id") == UsersTable("users", key=("id",))
    assert UsersTable("users", key=["tenant", "id"]).key == ("tenant", "id")


@pytest.mark.parametrize("settings", [{"name": ""}, {"name": "users", "key": ""}, {"name": "users", "column": ""}])
def test_names_are_not_empty(settings):
    with pytest.raises(OptionError, match="empty name or column name"):
        UsersTable(**settings)


def test_the_schema_is_shown_where_there_is_one():
    facts = {"identity": ("id",), "key": ("id",), "key_kind": "text", "column": "passage_id", "has_column": True}
    assert TableFacts("crm", "users", **facts).shown == "crm.users"
    assert TableFacts(None, "users", **facts).shown == "users"


@pytest.mark.parametrize("wrong", ["a\x00b", "a\ud800b"])
@pytest.mark.parametrize("part", ["name", "column", "key", "email", "phone"])
def test_a_character_that_no_database_takes(part, wrong):
    with pytest.raises(OptionError, match="no database takes"):
        UsersTable(**{"name": "users", part: wrong})
