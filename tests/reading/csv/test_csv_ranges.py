"""Ranges of a CSV file add up to what is read of the whole."""

import random

import pandas as pd
import pytest

from passage_kit.errors import SourceError
from passage_kit.findings.findings import collect_findings
from passage_kit.reading.csv import csv_lines, csv_piece, csv_quotes, csv_ranges
from passage_kit.reading.csv.csv_dialect import find_dialect
from passage_kit.reading.csv.csv_piece import Misfits
from passage_kit.reading.csv.csv_ranges import Outline, find_boundary, outline_of, read_range, survey
from passage_kit.reading.csv.csv_reader import source_of
from passage_kit.reading.csv.csv_spelling import respell
from passage_kit.reading.csv.csv_table import parse_csv
from passage_kit.reading.several_files import moved

MOST = 5  # lines of a record
CELLS = [
    "Ann", "", '"Ann"', '"two\nlines"', '"three\n\nlines"', '"a, b"', '"she ""is"" here"', '5" pipe', '"Ann" Lee',
    '"no end', "bo@example.org", '"cy@example.org"', "1,2", '"x\ny@example.org,Bo,2"', '""', '"', " ", "x\ry",
    "+1 415 555 2671", '"a\r\nb"',
]  # fmt: skip


@pytest.fixture
def short_records(monkeypatch):
    """Let a record have five lines at most, so that short texts show what long ones do."""
    for module in (csv_lines, csv_piece, csv_quotes, csv_ranges):
        monkeypatch.setattr(module, "MOST_LINES", MOST)
    monkeypatch.setattr(csv_lines.Scan.record, "__defaults__", (MOST,))


def text_of(chance, rows, calm):
    """Make rows of messy cells, of which the calm ones seldom are; so many rows."""
    ending = chance.choice(["\n", "\n", "\r\n"])
    lines = []
    for row in range(rows):
        cells = [f"u{row}@example.org", "Ann", str(row)]
        for at in range(3):
            if chance.random() > calm:
                cells[at] = chance.choice(CELLS)
        lines.append(",".join(cells[: chance.choice([3] * 20 + [1, 2])]) if chance.random() < 0.97 else "")
        if chance.random() < 0.01:
            lines.append("Mail,Name,Id")
    return ("Mail,Name,Id" + ending + ending.join(lines) + chance.choice(["", ending])).encode()


def ranges_of(text, dialect, sizes):
    """Cut a text at boundaries near some places: begin, end, and the end of the lines below."""
    found = sorted({(at + cut[0], at + cut[1]) for at in sizes if (cut := find_boundary(text[at:], dialect))})
    ends = [*found, (len(text), len(text))]
    return list(zip([dialect.end, *(begin for begin, _ in found)], ends, strict=True))


def read_by_ranges(text, places):
    dialect = find_dialect(text, "users.csv")
    outline = Outline("users.csv", len(text), dialect, dialect.end, len(text), (), b",")
    ranges = ranges_of(text, dialect, places)
    above, reads, line = [], [], dialect.last_line
    for begin, (end, _) in ranges:
        above.append(line)
        line += survey(text[begin:end], (0, 0), b",").breaks
    for at, (begin, (end, below)) in enumerate(ranges):
        first, last = at == 0, at == len(ranges) - 1
        given = {"above": above[at], "stop": end - begin, "secrets": frozenset(), "is_first": first, "is_last": last}
        reads.append(read_range(text[begin:below], outline, **given))
    return reads


@pytest.mark.few(5)
@pytest.mark.usefixtures("short_records")
@pytest.mark.parametrize("calm", [0.5, 0.9, 0.98, 1.0])
@pytest.mark.parametrize("seed", range(25))
def test_rows_numbers_and_findings_are_those_of_the_whole(seed, calm, monkeypatch):
    chance = random.Random(f"{seed} {calm}")  # noqa: S311 - no secret
    monkeypatch.setattr(csv_piece, "PIECE", chance.choice([200, 1_000, 1 << 22]))
    text = text_of(chance, rows=chance.randrange(40, 150), calm=calm)
    if respell(text, "users.csv").said:
        pytest.skip("another way to quote, which is not split")
    reads = read_by_ranges(text, [chance.randrange(20, len(text)) for _ in range(4)])
    assert calm < 1 or len(reads) > 1
    try:
        whole = source_of(parse_csv(text, "users.csv"))
    except SourceError:  # a header stands below a title
        assert any(one.evidence.may_begin_lists for one in reads)
        return
    blank = [number for one in reads for number in one.evidence.blank]
    reads = [one for one in reads if one.read is not None]
    users = pd.concat([one.read.users for one in reads], ignore_index=True)
    pd.testing.assert_frame_equal(users, whole.users.reset_index(drop=True), check_index_type=False)
    starts = [sum(len(one.read.users) for one in reads[:at]) for at in range(len(reads))]
    found = collect_findings(moved(one.read.findings, by) for one, by in zip(reads, starts, strict=True))
    of_rows = [
        some[some["source_row"].notna()].sort_values("source_row", kind="stable") for some in (found, whole.findings)
    ]
    pd.testing.assert_frame_equal(*(some.reset_index(drop=True) for some in of_rows))
    said = whole.findings[whole.findings["code"] == "lines_blank"]["argument"].tolist()
    shown = ", ".join(map(str, blank[:10])) + (", ..." if len(blank) > 10 else "")
    assert said == ([f"{len(blank)} line{'s' if len(blank) > 1 else ''}: {shown}"] if blank else [])


@pytest.mark.usefixtures("short_records")
@pytest.mark.parametrize("seed", range(40))
def test_a_boundary_is_where_a_record_begins_in_the_whole(seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    text = text_of(chance, rows=120, calm=chance.choice([0.3, 0.7, 0.95]))
    dialect = find_dialect(text, "users.csv")
    body = text[dialect.end :]
    lines = csv_lines.find_lines(body)
    below = csv_lines.lines_below(body, ",", 3, lines)
    begins, line = set[int](), 0
    while line < len(lines):
        begins.add(int(lines.starts[line]))
        line = int(below[line])
    for _ in range(20):
        at = chance.randrange(len(body))
        found = find_boundary(body[at:], dialect)
        if found is not None:
            assert at + found.begin in begins


def test_misfits_of_ranges_add_up():
    text = b"Mail,Name,Id\n" + b"".join(b"u%d@example.org,Ann\n" % at for at in range(6_000))
    reads = read_by_ranges(text, [40_000, 90_000])
    assert len(reads) == 3
    added = reads[0].evidence.misfits.with_more(reads[1].evidence.misfits).with_more(reads[2].evidence.misfits)
    assert added == Misfits(frozenset({2}), 6_000, 12_000, 12_000)


HEADER = b"email,name,id\n"
ROWS = b"".join(b"u%d@example.org,Ann,%d\n" % (at, at) for at in range(60_000))


def outlined(text, name="users.csv", **reading):
    return outline_of(text[: csv_ranges.HEAD], text[-csv_ranges.END :], len(text), name, reading)


def test_an_outline_is_that_of_the_whole_file():
    text = b"\xef\xbb\xbfOur users\n\n" + HEADER + ROWS + b"\nTotal: 60000\n"
    found, whole = outlined(text), parse_csv(text, "users.csv")
    assert (found.dialect.names, found.dialect.line) == (whole.header, whole.header_line)
    assert text[found.begin :].startswith(b"u0@")
    assert text[found.end :] == b"\nTotal: 60000\n"
    lines = text[: found.end].count(b"\n") + 1
    assert tuple(lines + at for at in found.footer) == whole.footer


@pytest.mark.parametrize(
    ("text", "name", "reading"),
    [
        (HEADER.decode().encode("utf-16") + ROWS.decode().encode("utf-16-le"), "users.csv", {}),
        (HEADER + ROWS, "users.json", {}),
        (HEADER + ROWS, "users.csv", {"encoding": "cp1252"}),
        (HEADER + ROWS, "users.csv", {"table": "list 2"}),
        (HEADER + ROWS, "users.csv", {"sheet": "1"}),
        (HEADER + ROWS, "users.csv", {"delimiter": "xx"}),
        (b"email\n" + b"u@example.org\n" * 100_000, "users.csv", {}),
        (b"email,name,email,name\n" + b"a@x.org,A,b@x.org,B\n" * 80_000, "users.csv", {}),
        (b"user_id,meta_key,meta_value\n" + b"7,email,a@x.org\n" * 80_000, "users.csv", {}),
        ((HEADER + ROWS).replace(b"\n", b"\r"), "users.csv", {}),
        (b"\x1f\x8b" + ROWS, "users.csv.gz", {}),
        (b"<users>\n" + ROWS, "users.csv", {}),
        (b"\0\1\2\3" * 500_000, "users.csv", {}),
        (HEADER, "users.csv", {}),
    ],
)  # fmt: skip
def test_what_only_the_whole_file_decides_is_not_split(text, name, reading):
    assert outlined(text, name, **reading) is None


def test_a_further_list_may_begin_where_its_rows_show_it():
    more = b"Suppliers,,\nemail,name,id\n" + b"".join(b"s%d@example.org,Sue,%d\n" % (at, at) for at in range(50))
    text = HEADER + ROWS[:200_000].rpartition(b"\n")[0] + b"\n" + more + b"u@example.org,Ann,1\n" * 4_000
    reads = read_by_ranges(text, [100_000])
    assert [one.evidence.may_begin_lists for one in reads] == [False, True]


def test_columns_that_may_be_json_or_are_empty_are_told():
    text = b"email;meta;none\n" + b'a@example.org;"{""a"": 1}";\n' * 5_000
    [one] = read_by_ranges(text, [])
    assert (one.evidence.json, one.evidence.empty) == ({"meta", "none"}, {"none"})
    assert one.read.users["meta"].iloc[0] == '{"a": 1}'


def test_secrets_are_those_of_the_first_rows():
    text = b"email;password;meta\n" + b"a@example.org;abc;\n" * 30
    dialect = find_dialect(text, "users.csv")
    outline = Outline("users.csv", len(text), dialect, dialect.end, len(text), (), b";")
    body = text[dialect.end :]
    assert csv_ranges.find_secrets(body, outline, stop=len(body)) == ({"password"}, 30)
    opened = body + b'a@example.org;abc;"{""a"": 1}"\n'
    assert csv_ranges.find_secrets(opened, outline, stop=len(opened)) is None
