"""Ranges of a list say what the whole list would say of their rows."""

import pyarrow as pa
import pytest

from passage_kit.reading.rows_of_ranges import read_rows, secrets_of_rows


def column(*values):
    return pa.chunked_array([pa.array(values, pa.string())])


def test_rows_are_placed_in_the_list_and_secrets_left_out():
    found = read_rows(
        [column("ann@example.org", None, "Mail"), column("x", None, "Word")],
        ["Mail", "Word"],
        name="users",
        kind="parquet",
        above=100,
        secrets={"Word"},
    )
    assert list(found.read.users) == ["Mail"]
    assert found.read.findings[["code", "argument"]].values.tolist() == [
        ["secret_left_out", "1"],
        ["row_blank", "row 102"],
        ["row_repeats_header", "row 103"],
    ]


def test_columns_that_may_be_json_are_told_and_stay_closed():
    found = read_rows(
        [column('{"a": 1}', None), column(None, None), column("ann", "{}")],
        ["meta", "none", "name"],
        name="users",
        kind="parquet",
        above=0,
        secrets=(),
    )
    assert (found.json, found.closed) == ({"meta", "none"}, {"none"})
    assert found.read.users["meta"].tolist()[0] == '{"a": 1}'


def test_what_is_a_header_above_all_rows_alone_is_not_judged_in_a_range():
    ids = [column('{"ImportId":"QID1"}', "ann@example.org")]
    given = {"name": "users", "kind": "parquet", "secrets": ()}
    assert read_rows(ids, ["Mail"], above=7, **given) is None
    assert read_rows(ids, ["Mail"], above=0, **given).read.findings["code"].tolist() == ["row_repeats_header"]


@pytest.mark.parametrize(
    ("header", "values", "secrets"),
    [
        (["Mail", "password"], ["ann@example.org", "x4"], {"password"}),
        (["Mail", "City"], ["ann@example.org", "Oslo"], set()),
        (["Mail", "meta"], ["ann@example.org", '{"name": "Ann"}'], None),
        (["user_id", "meta_key", "meta_value"], ["1", "email", "ann@example.org"], None),
    ],
)
def test_the_first_rows_tell_the_secrets_or_that_the_whole_list_decides(header, values, secrets):
    assert secrets_of_rows([column(value) for value in values], header, name="users", kind="parquet") == secrets


@pytest.mark.parametrize(
    ("title", "cells", "is_left_to_the_whole"),
    [
        ("identities", ('[{"access_token": "x", "n": 1}]', None), False),
        ("identities", ('[{"access_token": "x", "n": 1}]', '{"a": 1}'), True),
        ("password", ('{"hash": "x"}', None), False),
    ],
)
def test_a_column_of_secrets_of_which_parts_may_be_none_is_left_to_the_whole_list(title, cells, is_left_to_the_whole):
    given = {"name": "users", "kind": "json"}
    emails = column("ann@example.org", "bob@example.org")
    found = read_rows([emails, column(*cells)], ["Mail", title], above=0, secrets={title}, **given)
    assert (found is None) == is_left_to_the_whole


def test_lists_of_objects_stay_as_they_are_and_let_a_list_be_read_in_ranges():
    cells = column('[{"id": 7}]', None)
    found = read_rows([cells], ["orders"], name="users", kind="json", above=0, secrets=())
    assert (found.json, found.closed) == ({"orders"}, {"orders"})
    assert secrets_of_rows([cells], ["orders"], name="users", kind="json") == set()
