"""Quotes by whole columns: the records are those that are found value by value, whatever the file is."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import LONG, SEEDS

from passage_kit.reading.csv import arrow_rows, csv_lines, csv_quotes
from passage_kit.reading.csv.csv_lines import Scan, find_lines, find_records
from passage_kit.reading.csv.csv_quotes import Irregular, count_cells, find_irregular
from passage_kit.reading.csv.csv_table import parse_csv

PIECES = ['"', '""', ",", "\n", "\r\n", "a", " ", "ann@x.org", "é", '"a"', '\n"b', 'c",', ',"d', '"\n"', "\r"]


def unsettled(data, lines, delimiter, width, *, each=True):
    """Irregular lines, each of which has to be read value by value."""
    found = find_irregular(data, lines, delimiter, width)
    return Irregular(found.lines, np.full_like(found.last, -1), np.zeros_like(found.loose))


def found(data, width, delimiter=","):
    records = find_records(data, delimiter, width, lines=find_lines(data), broken=np.zeros(0, np.int64))
    return records.first.tolist(), records.last.tolist(), records.unreadable, records.loose


def assert_found_both_ways(text, width, delimiter=","):
    data = text.encode()
    fast = found(data, width, delimiter)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_lines, "find_irregular", unsettled)
        assert found(data, width, delimiter) == fast


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.integers(1, 4))
def test_records_are_those_found_value_by_value(text, width):
    assert_found_both_ways(text, width)


def table(dice, rows, delimiter, *, likely=9):
    """Rows of three values of which many are quoted, the fewer by other rules the likelier are those of RFC 4180."""
    notes = ["plain", '"quoted"', '"two\nlines"', '"a ""b""\r\nc"', '"""', '5" pipe', '"Ann" Lee', '"\n\n"', '"', ""]
    notes += [f'"x{delimiter} y\n2{delimiter}bo@x.org{delimiter}z\nlast"', f'"a{delimiter}\nb"', "é", '"x\n" ']
    notes = notes[:4] * likely + notes
    records = [
        delimiter.join(dice.choice(notes) for _ in range(dice.choice([3] * 9 + [1, 2, 4, 5]))) for _ in range(rows)
    ]
    return dice.choice(["\n", "\r\n"]).join(records)


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "\x1f"])
def test_tables_of_odd_quotes(seed, delimiter):
    dice = random.Random(seed)  # noqa: S311
    for _ in range(2_000 if LONG else 200):
        assert_found_both_ways(table(dice, dice.randint(1, 30), delimiter), 3, delimiter)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_records_over_the_edges_of_blocks(seed, monkeypatch):
    monkeypatch.setattr(csv_quotes, "AT_ONCE", 5)
    monkeypatch.setattr(csv_quotes, "MOST_LINES", 4)
    monkeypatch.setattr(Scan.record, "__defaults__", (4,))
    dice = random.Random(seed)  # noqa: S311
    for _ in range(200):
        assert_found_both_ways(table(dice, dice.randint(1, 30), ",", likely=dice.choice([9, 100])), 3)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.integers(1, 4), st.integers(1, 4))
def test_blocks_of_any_size_give_the_same_records(text, width, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_quotes, "AT_ONCE", size)
        assert_found_both_ways(text, width)


def test_no_regular_record_is_read_value_by_value(monkeypatch):
    def record(self, line, most=0):
        raise AssertionError(f"line {line} is read value by value")

    monkeypatch.setattr(Scan, "record", record)
    rows = [
        '1,"two\nlines",x',
        '2,"a ""b""\n\n"",",',
        '3,5" pipe,x',
        '4,"Ann" Lee,x',
        '"5\r\n","\n",y',
        '6,"x, y\nz",1',
    ]
    assert found("\n".join(rows).encode(), 3)[2:] == ({}, (3,))


# --- widths ---


@pytest.mark.parametrize("seed", SEEDS)
def test_values_are_counted_as_they_are_read(seed, monkeypatch):
    monkeypatch.setattr(csv_quotes, "AT_ONCE", 7)
    dice = random.Random(seed)  # noqa: S311
    data = table(dice, 300, ",").encode()
    lines = find_lines(data)
    records = find_records(data, ",", 3, lines=lines, broken=np.zeros(0, np.int64))
    cells = count_cells(data, lines.starts[records.first], lines.stops[records.last], ",").tolist()
    regular = set(range(len(cells))).difference(records.unreadable, records.odd)
    scan = Scan(data, ",", lines)
    assert len(regular) > 100
    for record in regular:
        assert cells[record] == len(scan.record(int(records.first[record])).cells)


@pytest.fixture
def readings(monkeypatch):
    """Sizes of what arrow reads."""
    sizes = []

    def read(data, *arguments, **options):
        sizes.append(len(data))
        return read_lent(data, *arguments, **options)

    read_lent = arrow_rows.read_lent
    monkeypatch.setattr(arrow_rows, "read_lent", read)
    return sizes


@pytest.mark.parametrize("row", ["bo@x.org", "bo@x.org,Bo,x", "bo@x.org,Bo,,,", '"bo@x.org"'])
@pytest.mark.parametrize("others", ["ann@x.org,Ann", 'ann@x.org,"Lee, Ann"', 'ann@x.org,"Ann\nLee"'])
def test_a_row_of_another_width_does_not_have_the_file_read_twice(readings, row, others):
    rows = [*[others] * 20, row, *[others] * 20]
    table = parse_csv("\n".join(["email,name", *rows]).encode(), "users.csv")
    assert len(readings) == 1
    assert [note.records.tolist() for note in table.notes if len(note.records)] in ([[20]], [])
    assert len(table.columns[0]) == 41


def test_rows_of_another_width_beside_odd_quotes():
    rows = ["ann@x.org,Ann", 'bo@x.org,"Bo" Lee', 'cy@x.org,5" pipe,x', "di@x.org", '"Ed" x', "flo@x.org,Flo,x,y"]
    table = parse_csv("\n".join(["email,name", *rows]).encode(), "users.csv")
    notes = {note.code: note.records.tolist() for note in table.notes if len(note.records)}
    assert notes == {"quotes_misplaced": [1, 4], "row_too_long": [2, 5], "row_too_short": [3, 4]}
    assert table.columns[0].to_pylist() == ["ann@x.org", "bo@x.org", None, "di@x.org", "Ed x", None]


def test_one_short_and_one_long_row_are_found_though_their_delimiters_add_up():
    table = parse_csv(b"email,name\nann@x.org\nbo@x.org,Bo,x\ncy@x.org,Cy\n", "users.csv")
    notes = {note.code: note.records.tolist() for note in table.notes if len(note.records)}
    assert notes == {"row_too_long": [1], "row_too_short": [0]}
