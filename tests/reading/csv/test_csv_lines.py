"""Records of a CSV file: as Python's csv module finds them, but for a quote that is never closed."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passage_kit.reading.csv.csv_lines import find_lines, find_records, unquoted

NONE = np.array([], np.int64)


def records(text: str, width: int = 3, delimiter: str = ","):
    data = text.encode()
    lines = find_lines(data)
    return find_records(data, delimiter, width, lines=lines, broken=NONE)


@settings(max_examples=settings().max_examples * 3 // 2)
@given(st.text("ab\r\n"))
def test_lines_are_those_of_splitlines(text):
    data = text.encode()
    lines = find_lines(data)
    assert [data[a:b] for a, b in zip(lines.starts, lines.stops, strict=True)] == data.splitlines()


@given(
    st.lists(st.lists(st.text('a",\n\r '), min_size=2, max_size=2), min_size=1), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_well_formed_records_are_those_of_the_csv_module(rows, ending):
    out = io.StringIO()
    csv.writer(out, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(rows)
    found = records(out.getvalue(), 2)
    assert not found.unreadable
    assert not found.loose
    assert len(found.first) == len(rows)


@given(st.lists(st.text('a",', min_size=1), min_size=1, max_size=6))
def test_every_line_is_in_one_record_or_is_left_out_by_itself(lines):
    found = records("\n".join(lines), 2)
    covered = [line for first, last in zip(found.first, found.last, strict=True) for line in range(first, last + 1)]
    assert covered == list(range(len(lines)))
    for record in found.unreadable:
        assert found.first[record] == found.last[record]


def test_a_quote_that_is_never_closed_leaves_out_its_line_alone():
    found = records('1,"ann,x\n2,b,x\n3,c,x\n')
    assert found.unreadable == {0: "a quote is opened and never closed"}
    assert found.first.tolist() == [0, 1, 2]


def test_a_quote_that_the_next_quoted_line_would_close():
    found = records('1,"ann,x\n2,"b",x\n3,"c",x\n')
    assert list(found.unreadable) == [0]
    assert len(found.first) == 3


def test_if_a_note_may_hold_users_all_of_its_lines_are_withheld():
    found = records('1,"ann,ann@example.org\n2,bob,bob@example.org\n3,cy 5",cy@example.org\n4,d,d@example.org\n')
    assert found.unreadable == dict.fromkeys([0, 1, 2], "a quote may close in another user's line")
    assert len(found.first) == 4


@pytest.mark.parametrize(
    "note",
    [
        "see\n2,bob,bob@example.org\nthanks",
        "see\nBob, Dr, bob@example.org",
        "2,bob,bob@example.org\n\n",
        "From: Ann\n1,2,+1 415 555 0132\n--",
    ],
)
def test_a_note_is_one_value_whatever_its_lines_look_like(note):
    found = records(f'1,ann@example.org,"{note}"\n2,b,c\n')
    assert not found.unreadable
    assert len(found.first) == 2


def test_an_address_of_several_lines_is_one_value():
    found = records('1,"12 Main St\nSpringfield, IL\n",ann@example.org\n2,b,c\n')
    assert not found.unreadable
    assert found.last.tolist() == [2, 3]


def test_a_space_after_the_closing_quote():
    found = records('1,"a\nb" ,c\n2,b,c\n')
    assert (found.unreadable, found.loose) == ({}, (0,))


def test_a_value_of_too_many_lines_is_a_quote_that_was_not_meant():
    long = '1,"' + "x\n" * 600 + '",y\n2,b,c\n'
    assert 0 in records(long).unreadable
    assert not records('1,"' + "x\n" * 400 + '",y\n2,b,c\n').unreadable


def test_quotes_within_a_plain_value_are_letters():
    found = records('1,5" pipe,x\n2,a""b,"c"\n')
    assert not found.unreadable
    assert not found.loose


def test_text_after_a_quoted_value_is_said():
    assert records('1,"Ann" Smith,x\n2,b,c\n').loose == (0,)


def test_bytes_that_are_not_utf8_take_their_record():
    data = b'1,"a\n\xeb",x\n2,b,c\n'
    found = find_records(data, ",", 3, lines=find_lines(data), broken=np.array([5]))
    assert found.unreadable == {0: "a byte is not UTF-8"}
    assert found.last.tolist() == [1, 2]


@pytest.mark.parametrize("cell", ["a", '"a"', '"a""b"', '"a"b', 'a"b', '""', '"a"b"c', '"a""b"c""'])
def test_unquoted_is_what_the_csv_module_makes_of_it(cell):
    assert unquoted(cell.encode()) == next(csv.reader([cell]))[0]
