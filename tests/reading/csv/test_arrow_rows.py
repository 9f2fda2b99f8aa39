"""Rows that arrow reads: text alone, rows of another width by their number, and records longer than a block."""

import pytest

from passage_kit.reading.csv import arrow_rows
from passage_kit.reading.csv.arrow_rows import Ragged, patched, read_rows


def test_values_stay_text_and_blanks_are_null():
    table, ragged = read_rows(b'NA,00123\n"",true\n', width=2, delimiter=",")
    assert table.to_pydict() == {"0": ["NA", None], "1": ["00123", "true"]}
    assert ragged == []


@pytest.mark.parametrize("threads", [True, False])
def test_rows_of_another_width_are_noted_by_their_number(threads):
    table, ragged = read_rows(b"a;b\nc\nd;e;f\ng;h\n", width=2, delimiter=";", threads=threads)
    assert table.to_pydict() == {"0": ["a", "g"], "1": ["b", "h"]}
    assert ragged == [Ragged(1, 1), Ragged(2, 3)]


def test_a_record_may_be_longer_than_a_block(monkeypatch):
    monkeypatch.setattr(arrow_rows, "_BLOCK", 64)
    text = "x" * 500
    table, ragged = read_rows(f"a,{text}\nb\n".encode(), width=2, delimiter=",")
    assert table.to_pydict() == {"0": ["a"], "1": [text]}
    assert ragged == [Ragged(1, 1)]


def test_line_breaks_in_values_and_a_mark_at_the_beginning():
    table, _ = read_rows(b'\xef\xbb\xbfa,"b\nc"\n', width=2, delimiter=",", over_lines=True)
    assert table.to_pydict() == {"0": ["\ufeffa"], "1": ["b\nc"]}


def test_nothing_but_lines_is_no_row():
    table, ragged = read_rows(b"head\n\r\n\n", width=2, delimiter=",", begin=5)
    assert (table.num_rows, table.num_columns, ragged) == (0, 2, [])


def test_patches():
    assert patched(b"abcdef", [(1, 2, b""), (3, 3, b"-"), (5, 6, b"xyz")]) == b"ac-dexyz"
    assert patched(b"abc", []) == b"abc"
