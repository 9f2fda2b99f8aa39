"""Names of tables: read as they are most likely meant, and tried in every way that they can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.writeback.table_names import possible_places, read_name, show_name


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("users", (None, "users")),
        ("crm.users", ("crm", "users")),
        ('crm."x.y"', ("crm", "x.y")),
        ('"c.rm"."x.y"', ("c.rm", "x.y")),
        ('"x.y"', (None, "x.y")),
        ("`c``rm`.`x.y`", ("c`rm", "x.y")),
        ('"cr""m".users', ('cr"m', "users")),
        ("a.b.c", ("a.b", "c")),
        ('users "of" old', (None, 'users "of" old')),
        ("User Accounts", (None, "User Accounts")),
        ('"', (None, '"')),
        ('""', (None, '""')),
        (".users", (None, ".users")),
        ("users.", (None, "users.")),
    ],
)
def test_a_name_is_read_as_it_is_meant(written, place):
    assert read_name(written) == place
    assert place in possible_places(written)


def test_a_name_as_it_stands_comes_first():
    assert possible_places('crm."x.y"')[:2] == [(None, 'crm."x.y"'), ("crm", "x.y")]


@given(st.text(min_size=1, max_size=8), st.one_of(st.none(), st.text(min_size=1, max_size=8)))
def test_every_name_is_found_as_it_is_and_in_quotes(name, schema):
    assert possible_places(name)[0] == (None, name)
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name) if part)
    assert read_name(quoted) == (schema, name)


@pytest.mark.parametrize("place", [("crm", "users"), ("crm", "x.y"), (None, "x.y"), ("c.d", "users")])
def test_what_is_shown_can_be_read_again(place):
    assert read_name(show_name(place)) == place
