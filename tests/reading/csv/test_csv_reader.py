"""CSV: every cell comes back as it stands, and every line is accounted for."""

import csv
import io
import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import SourceError
from passage_kit.reading.csv.csv_reader import source_of
from passage_kit.reading.csv.csv_table import parse_csv


def read(text: str | bytes, **options):
    return source_of(parse_csv(text if isinstance(text, bytes) else text.encode(), "users.csv", **options))


def cells(source) -> list[list[str | None]]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in source.users.itertuples(index=False)]


def codes(source) -> list[tuple[int | None, str]]:
    return [
        (None if pd.isna(row) else int(row), code)
        for row, code in zip(source.findings["source_row"], source.findings["code"], strict=True)
    ]


DIALECTS = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "ending": st.sampled_from(["\n", "\r\n", "\r"]),
        "quoted": st.sampled_from(["needed", "all"]),
        "preamble": st.sampled_from(["", "Our users", "# a comment, with; all| delimiters"]),
    }
)


def written(rows: list[list[str]], delimiter: str, ending: str, quoted: str) -> str:
    """A table as CSV; Python's own writer forgets to quote a lone carriage return."""

    def cell(text: str) -> str:
        needed = quoted == "all" or any(mark in text for mark in ('"', "\r", "\n", delimiter))
        return '"' + text.replace('"', '""') + '"' if needed else text

    return "".join(delimiter.join(map(cell, row)) + ending for row in rows)


CELL = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6),
    st.text('a",;\n\t| \r#', max_size=6),
    st.sampled_from(
        ["", "NA", "None", "null", "00123", "1e5", "true", " x ", "#c", "\ufeffx", "2024-01-31", '"', '5" pipe']
    ),
)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12), DIALECTS)
def test_a_written_table_comes_back_exactly(rows, dialect):
    rows = [[f"u{number}@example.org", *row] for number, row in enumerate(rows)]
    table = written(
        [["email", "name", "plan", "note"], *rows], dialect["delimiter"], dialect["ending"], dialect["quoted"]
    )
    above = dialect["preamble"] and dialect["preamble"] + dialect["ending"]
    source = read((above + table).encode(dialect["encoding"]))
    assert cells(source) == [[cell or None for cell in row] for row in rows]
    assert list(source.users.index) == list(range(1, len(rows) + 1))
    assert set(source.users.dtypes) == {TEXT}
    assert [code for _, code in codes(source)] == (["preamble_skipped"] if dialect["preamble"] else [])


LINE = st.one_of(
    st.just(""),
    st.lists(st.sampled_from(["a", "b c", "", "x@example.org", "7"]), min_size=1, max_size=5).map(",".join),
)


def reference(lines: list[str], width: int) -> list[list[str | None]]:
    """What becomes of lines without quotes, told the slow way."""
    table = []
    for line in filter(None, lines):
        row = line.split(",")
        too_long = any(row[width:])
        table.append([None] * width if too_long else [cell or None for cell in (row + [""] * width)[:width]])
    return table


@given(st.lists(LINE, min_size=1, max_size=15).filter(any), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_ragged_and_blank_lines_are_all_accounted_for(lines, ending, end):
    lines = ["ann@example.org,Ann,pro", *lines]  # else a header that no row fits is refused
    text = ending.join(["email,name,plan", *lines]) + (ending if end else "")
    source = read(text)
    expected = reference(lines, 3)
    assert cells(source) == expected
    filled = [line for line in lines if line]
    found = set(codes(source))
    for row, line in enumerate(filled, 1):
        count = line.count(",") + 1
        blank = not line.replace(",", "").strip()
        assert ((row, "row_too_short") in found) == (count < 3 and not blank)
        assert ((row, "row_too_long") in found) == any(line.split(",")[3:])
        assert ((row, "row_blank") in found) == blank
    empty = [number for number, line in enumerate(lines, 2) if not line]
    if lines[-1] == "" and not end:
        empty.pop()  # the file ends there
    assert ((None, "lines_blank") in found) == bool(empty)
    # A quote in the file makes the reader look at every line; nothing else may change.
    quoted = read(text + ("" if end else ending) + '"q",q,q')
    assert cells(quoted)[:-1] == expected


@given(st.lists(st.lists(st.text('ab",\n'), min_size=3, max_size=3), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_agrees_with_the_csv_module(rows, ending):
    out = io.StringIO()
    csv.writer(out, lineterminator=ending).writerows([["email", "name", "plan"], *rows])
    theirs = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1:]
    source = read(out.getvalue())
    assert cells(source) == [[cell or None for cell in row] if "".join(row).strip() else [None] * 3 for row in theirs]


@given(st.text('ab",\n', max_size=60))
def test_whatever_stands_below_the_header_is_in_a_row_or_said(tail):
    source_text = "email,name,plan\nann@example.org,Ann,pro\n" + tail
    source = read(source_text)
    rows = cells(source)
    assert rows[0] == ["ann@example.org", "Ann", "pro"]
    rejected = {row for row, code in codes(source) if code in ("row_blank", "row_too_long", "line_unreadable")}
    assert {row for row, cell in enumerate(rows, 1) if not any(cell)} == rejected
    # Letters are lost nowhere: they are in a cell or in the text of a rejected line.
    values = "".join(filter(None, source.findings.loc[source.findings["effect"] == "rejected", "value"].dropna()))
    text = "".join(cell or "" for row in rows for cell in row) + values
    assert (text.count("a"), text.count("b")) == (source_text.count("a", 16), source_text.count("b", 16))


def test_nothing_is_inferred():
    assert cells(read("email,x\nann@example.org,NA\nNone,00123\nNull, \n")) == [
        ["ann@example.org", "NA"],
        ["None", "00123"],
        ["Null", " "],
    ]


def test_findings_have_line_number_and_text():
    source = read(
        'email,name\n\nann@example.org,Ann,Smith\nbob@example.org,"B\nob"\ncy@example.org\ndi@example.org,"D\n'
    )
    found = source.findings.set_index("code")
    assert found.loc["row_too_long", ["source_row", "value", "argument"]].tolist() == [
        1, "ann@example.org,Ann,Smith", "line 3: 3 values, and the header has 2 names",
    ]  # fmt: skip
    assert found.loc["row_too_short", ["source_row", "argument"]].tolist() == [
        3,
        "line 6: 1 value, and the header has 2 names",
    ]
    assert found.loc["line_unreadable", ["source_row", "value"]].tolist() == [4, 'di@example.org,"D']
    assert found.loc["lines_blank", "argument"] == "1 line: 2"


def test_surplus_blanks_are_no_surplus():
    source = read('email,name\nann@example.org,Ann,,\nbob@example.org,Bob,"",\n')
    assert cells(source) == [["ann@example.org", "Ann"], ["bob@example.org", "Bob"]]
    assert codes(source) == []


def test_a_repeated_header_and_blank_rows_are_rejected():
    source = read("email,name\nann@example.org,Ann\nEmail , name\n,\n \t , \nbob@example.org,name\n")
    assert codes(source) == [(3, "row_blank"), (4, "row_blank"), (2, "row_repeats_header")]
    assert cells(source)[1:4] == [[None, None]] * 3
    assert cells(source)[4] == ["bob@example.org", "name"]


def test_rows_that_begin_with_a_hash_are_data():
    assert cells(read("# title\nname,email\n#1,ann@example.org\n")) == [["#1", "ann@example.org"]]


def test_header_names():
    source = read('\ufeff email ,email,,"na\nme",\u00a0\n1@example.org,2,3,4,5\n')
    assert list(source.users) == ["email", "email (2)", "column 3", "na me", "column 5"]
    assert [code for _, code in codes(source)] == ["header_renamed"] * 3


def test_broken_bytes_reject_their_line_alone():
    source = read("email,name\nann@example.org,Zoë\n".encode() + b"bob@example.org,Zo\xeb\ncy@example.org,Cy\n")
    assert cells(source) == [["ann@example.org", "Zoë"], [None, None], ["cy@example.org", "Cy"]]
    assert codes(source) == [(2, "line_unreadable")]
    assert source.findings["value"][0] == r"bob@example.org,Zo\xeb"


def test_broken_bytes_in_the_header():
    with pytest.raises(SourceError, match=r"line 2: the header has a byte that is not UTF-8"):
        read(b"Zo\xeb\nemail,Gr\xf6\xdfe\n" + "ann@example.org,Zoë\n".encode() * 9)


def test_broken_bytes_in_a_single_column():
    source = read("name\nZoë\n".encode() + b"Zo\xeb\nCy\n")
    assert cells(source) == [["Zoë"], [None], ["Cy"]]


def test_single_column_with_every_delimiter_in_it():
    source = read("name\na,b;c\nd|e\tf\n")
    assert cells(source) == [["a,b;c"], ["d|e\tf"]]
    assert source.delimiter is None


@pytest.mark.slow
def test_a_record_longer_than_a_block_of_the_reader():
    note = "x" * 20_000_000
    assert cells(read(f"email,note\nann@example.org,{note}\nbob@example.org,y\n"))[0][1] == note


def test_facts():
    source = read("Title\nemail;name\nann@example.org;Zoë\n".encode("cp1252"))
    assert (source.kind, source.encoding, source.delimiter, source.header_line, source.name) == (
        "csv",
        "cp1252",
        ";",
        2,
        "users.csv",
    )
    assert len(source.sha256) == 64


@pytest.mark.parametrize("text", ["email,name\n", "email,name", "email,name\n\n\n"])
def test_a_header_alone(text):
    with pytest.raises(SourceError, match="no rows below the header"):
        read(text)


def test_many_unclosed_quotes_do_not_take_long():
    lines = [f'{number},"name {number},u{number}@example.org' for number in range(20_000)]
    source = read("\n".join(["id,name,email", *lines]))
    assert source.findings["code"].value_counts().to_dict() == {"line_unreadable": 20_000}


def test_garbage_in_a_column():
    noise = random.Random(5)  # noqa: S311 - letters for a test
    letters = [chr(code) for code in range(0x20, 0x3000)]
    rows = ["".join(noise.choices(letters, k=12)).replace(",", " ") for _ in range(20_000)]
    source = read("email,junk\n" + "\n".join(f"u{number}@example.org,{row}" for number, row in enumerate(rows)))
    assert len(source.users) == 20_000
    assert source.users["email"].notna().sum() + (source.findings["effect"] == "rejected").sum() == 20_000


def test_without_a_header_the_first_row_is_a_user():
    source = read(b"ann@example.org,Ann\nbob@example.org,Bob,x\ncid@example.org\n", header_row=0)
    assert source.users["column 1"].to_numpy(na_value=None).tolist() == ["ann@example.org", None, "cid@example.org"]
    said = source.findings[["code", "argument"]].to_numpy().tolist()
    assert said == [
        ["header_absent", "the columns are numbered"],
        ["row_too_long", "line 2: 3 values, and a row has 2"],
        ["row_too_short", "line 3: 1 value, and a row has 2"],
    ]
    assert source.header_line == 0


def test_rows_of_a_fixed_layout_may_end_early():
    short = b"u1,ann@example.org,true,aGFzaA==,c2FsdA==,Ann,,,,,,,,,,,,,,,,,,1,2,+12125550101"
    source = read(short + b"\n" + short.replace(b"u1", b"u2") + b',true,"{""plan"": ""pro""}",\n')
    assert source.layout == "firebase"
    said = ["header_absent", "secret_left_out", "secret_left_out", "json_opened"]
    assert source.findings["code"].tolist() == said
    assert source.users["Disabled"].to_numpy(na_value=None).tolist() == [None, "true"]
