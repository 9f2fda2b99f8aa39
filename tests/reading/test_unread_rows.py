"""Rows that are none: blank ones, and those that repeat the header."""

import numpy as np
import pyarrow as pa

from passage_kit.reading.unread_rows import blank_rows, rows_like_header, without_rows


def columns(*values):
    return [pa.chunked_array([pa.array(column, pa.string())]) for column in values]


def test_white_space_alone_is_blank_unless_the_row_is_done_already():
    table = columns(["a", None, " ", None], [None, "\u00a0\t", "\n", None])
    assert blank_rows(table, np.zeros(4, bool)).tolist() == [1, 2, 3]
    assert blank_rows(table, np.array([False, True, False, False])).tolist() == [2, 3]
    assert blank_rows(columns(["a"], ["b"]), np.zeros(1, bool)).tolist() == []


def test_a_row_repeats_the_header_only_in_every_named_column():
    table = columns(["mail", "Mail ", "Mail"], ["NAME", "Ann", "\ufeffName"], ["x", "y", "z"])
    assert rows_like_header(table, ["Mail", "Name", ""]).tolist() == [0, 2]
    assert rows_like_header(table, ["", "", ""]).tolist() == []


def test_rows_become_nulls_and_the_others_stay():
    table = columns(["a", "b"], ["c", "d"])
    assert [column.to_pylist() for column in without_rows(table, np.array([1]))] == [["a", None], ["c", None]]
    assert without_rows(table, np.array([], np.int64)) is table
