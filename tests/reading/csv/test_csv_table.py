"""A CSV file as a table of text, without pandas."""

import gc
import subprocess
import sys

import numpy as np
import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.csv.csv_table import parse_csv

MESSY = b'Our users\n\nemail,name\nann@example.org,"Smith,\nAnn"\n\nbob@example.org\ncy@example.org,Cy,x,y\n'


def test_what_does_not_fit_is_said_by_record():
    table = parse_csv(MESSY, "users.csv")
    notes = {note.code: (note.records.tolist(), note.texts) for note in table.notes if len(note.records)}
    assert notes == {"row_too_long": ([2], ["cy@example.org,Cy,x,y"]), "row_too_short": ([1], None)}
    assert [column.to_pylist() for column in table.columns] == [
        ["ann@example.org", "bob@example.org", None],
        ["Smith,\nAnn", None, None],
    ]
    assert table.rejected.tolist() == [False, False, True]


def test_lines_are_numbered_as_an_editor_does():
    table = parse_csv(MESSY, "users.csv")
    assert (table.header_line, table.preamble, table.blank) == (3, ((1, "Our users"),), [2, 6])
    assert table.line_numbers(np.arange(3)).tolist() == [4, 7, 8]
    regular = parse_csv(b"email\nann@example.org\nbob@example.org", "users.csv")
    assert regular.line_numbers(np.arange(2)).tolist() == [2, 3]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_breaks_are_counted_whatever_they_are(ending):
    lines = ["email,name", "ann@example.org,Ann", "", "bob@example.org,Bob", ""]
    table = parse_csv(ending.join(lines).encode(), "users.csv")
    assert (table.blank, table.columns[1].to_pylist()) == ([3], ["Ann", "Bob"])


def test_a_header_that_is_no_utf8_is_refused():
    with pytest.raises(SourceError, match="line 1: the header has a byte that is not UTF-8"):
        parse_csv(b"email,na\xefve\n" + "zoë@example.org,Zoë\n".encode() * 30, "users.csv")


@pytest.mark.slow
@pytest.mark.parametrize("lines", [MESSY, b"email\nann@example.org\n"])
def test_the_table_does_not_hold_on_to_the_file(lines):
    data = bytes(bytearray(lines))
    held = sys.getrefcount(data)
    table = parse_csv(data, "users.csv")
    gc.collect()
    assert sys.getrefcount(data) == held
    assert len(table.columns[0])


@pytest.mark.slow
def test_no_pandas_is_needed():
    asks = "import sys; from passage_kit.reading.csv.csv_table import parse_csv; "
    asks += "parse_csv(b'email\\na@example.org\\n', 'u.csv')"
    asks += "; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks]).returncode == 0


@pytest.mark.parametrize(
    "rows",
    ["1,a@example.org,x\n2,b@example.org,y\n", "1,a@example.org,x,y,z\n2,b@example.org,y,z,w\n"],
)
def test_a_header_that_no_row_fits_is_refused(rows):
    with pytest.raises(SourceError, match=r"the header has 4 names, and every row has [35] values"):
        parse_csv(f"id,email,password,city\n{rows}".encode(), "users.csv")


@pytest.mark.parametrize(
    "rows",
    ["1,a@example.org,x\n", "1,a@example.org,x\n2,b@example.org,y,z\n", "1,a@example.org,x\n2,b@example.org\n",
     "1,a@example.org,x,y,,\n2,b@example.org,y,z,,\n"],
)  # fmt: skip
def test_rows_of_another_width_are_read_where_they_differ(rows):
    assert parse_csv(f"id,email,password,city\n{rows}".encode(), "users.csv").columns[0][0].as_py() == "1"
