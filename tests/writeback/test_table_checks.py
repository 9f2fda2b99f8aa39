"""What is refused before anything is changed."""

from dataclasses import replace

import pandas as pd
import pytest

from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import DatabaseError
from passage_kit.writeback.table_checks import check_ids, check_table, id_length
from passage_kit.writeback.users_table import TableFacts

FACTS = TableFacts("crm", "users", ("id",), ("id",), "integer", "passage_id", has_column=True, length=24)


def texts(*values):
    return pd.Series(pd.array(list(values), dtype=TEXT))


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"heirs": ("vip", "crm.old")}, r"inherit from crm\.users: vip, crm\.old"),
        ({"partition": True, "has_column": False}, r"partition.*Add the column passage_id"),
    ],
)
def test_tables_that_share_rows_or_columns(facts, what):
    check_table(FACTS)
    with pytest.raises(DatabaseError, match=what):
        check_table(replace(FACTS, **facts))


def test_a_partition_with_the_column_is_a_table_like_any_other():
    check_table(replace(FACTS, partition=True))


def test_the_longest_id():
    assert (id_length(texts("a", None)), id_length(texts("a" * 30)), id_length(texts(None))) == (24, 30, 24)


@pytest.mark.parametrize(
    ("facts", "current", "ids", "share", "what"),
    [
        ({}, ["x"], ["a" * 25], False, "holds 24 characters"),
        ({}, ["x", "x"], ["a"], False, "1 values that another row has"),
        ({"caseless": True}, [None], ["abc", "Abc", "other"], False, "1 ids differ in nothing else"),
        ({"caseless": True}, ["ABC"], ["abc"], False, "1 ids differ in nothing else"),
        ({"partitioned": True}, [None], ["a"], False, "the table is partitioned"),
        ({"constraints": ("unnamed",)}, [None], ["a"], True, "by the table's own definition"),
    ],
)
def test_ids_that_the_column_cannot_hold(facts, current, ids, share, what):
    with pytest.raises(DatabaseError, match=what):
        check_ids(replace(FACTS, **facts), texts(*current), texts(*ids), share=share)


@pytest.mark.parametrize(
    ("facts", "current", "ids", "share"),
    [
        ({}, ["ABC"], ["abc"], False),
        ({"caseless": True}, ["abc"], ["abc", "abc", None, "abd"], True),
        ({"uniques": ("one",)}, ["x", "x"], ["a"], False),
        ({"partitioned": True}, [None], ["a"], True),
        ({"partitioned": True, "uniques": ("one",)}, [None], ["a"], False),
        ({"length": None}, [None], ["a" * 99], False),
    ],
)
def test_ids_that_it_can_hold(facts, current, ids, share):
    check_ids(replace(FACTS, **facts), texts(*current), texts(*ids), share=share)
