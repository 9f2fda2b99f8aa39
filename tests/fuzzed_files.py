"""User lists as odd systems write them: an honest list of people, in each format with random irregularities.

Every person has an email of its own, such as ``p001@example.org``, so that a naive search of a file, or of what a
reader makes of it, counts the people. All other emails are of another domain. Each writer takes its choices from a
source of chance, so that a seed, or hypothesis, makes the same file again.
"""

import csv
import datetime
import io
import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import old_workbooks
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

EMAIL = re.compile(r"p\d{3}@example\.org")
GIVEN = ("Ann", "Bob", "Zoë", "Jürgen", "Mary Jane", "O'Neil", "Ann, B.", 'Al "Ace"', "x;y", "a|b", "N/A", "null", "")
NULLS = ("NULL", "\\N", "null", "None", "N/A", "-", "(null)", "nan")
DELIMITERS = (",", ",", ";", "\t", "|")


class File(NamedTuple):
    """A file: its name, its bytes, and the emails of the people in it."""

    name: str
    data: bytes
    people: frozenset[str]


Person = dict[str, Any]
Rows = list[list[str]]


def people_of(chance: random.Random, least: int = 1) -> list[Person]:
    """Make some people with the same members, each with an email of its own."""
    count = chance.choice((least, 2, 3, 5, 9, 14))
    have = {name for name in ("id", "phone", "name", "born", "vip", "note", "city") if chance.random() < 0.6}
    people = []
    for at in range(max(count, least)):
        number = f"{at:03}"
        made: Person = {"id": f"u{number}"} if "id" in have else {}
        made["email"] = f"p{number}@example.org"
        made |= {
            name: value
            for name, value in {
                "phone": chance.choice(("+1 202-555-0123", "(202) 555-0188", "")),
                "name": chance.choice(GIVEN),
                "born": chance.choice(("1980-02-29", "31/12/1999", "0", "")),
                "vip": chance.choice(("yes", "no", "true", "")),
                "note": chance.choice(("", "likes tea", "two\nlines", 'a "word"', "a,b;c|d", "  ", "=1+1", *NULLS)),
                "city": chance.choice(("Köln", "Paris", "東京", "")),
            }.items()
            if name in have
        }
        people.append(made)
    return people


def emails_of(people: Sequence[Person]) -> frozenset[str]:
    """Give the emails of people."""
    return frozenset(person["email"] for person in people)


def sometimes(chance: random.Random, share: float = 0.15) -> bool:
    """Say yes in a share of the cases."""
    return chance.random() < share


# CSV


def csv_file(chance: random.Random) -> File:
    """Write a CSV file in one of the spellings of spreadsheets, databases and scripts."""
    people = people_of(chance)
    rows = [list(people[0]), *(list(person.values()) for person in people)]
    text = csv_text(chance, rows)
    return File(f"users.{chance.choice(('csv', 'tsv', 'txt', 'CSV'))}", encoded(chance, text), emails_of(people))


def csv_text(chance: random.Random, rows: Rows) -> str:
    """Write rows as CSV; the first is the header."""
    delimiter, ending = chance.choice(DELIMITERS), chance.choice(("\n", "\n", "\r\n", "\r"))
    quoting = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    mark = chance.choice(('"', '"', '"', "'"))
    lines = []
    for at, row in enumerate(rows):
        if at and sometimes(chance, 0.1):
            row = row[:-1] if len(row) > 2 and row[-1].count("@") == 0 else row
        if at and sometimes(chance, 0.1):
            row = [*row, ""]
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, quoting=quoting, quotechar=mark, lineterminator="").writerow(row)
        lines.append(out.getvalue())
    lines = irregular(chance, lines, delimiter, len(rows[0]))
    return ending.join(lines) + chance.choice(("", ending, ending * 3))


def irregular(chance: random.Random, lines: list[str], delimiter: str, width: int) -> list[str]:
    """Put around and between the lines of a table what is no person."""
    blank = ("", "   ", delimiter * (width - 1), '""')
    if sometimes(chance):
        lines = [lines[0], *(more for line in lines[1:] for more in ([line, chance.choice(blank)]))]
    if sometimes(chance, 0.1):
        lines = [*lines[: len(lines) // 2 + 1], lines[0], *lines[len(lines) // 2 + 1 :]]
    if sometimes(chance):
        above = ("Users of the app", "Exported at 2024-05-01 10:00", "", "# a note", f"Report{delimiter}{delimiter}")
        lines = [chance.choice(above) for _ in range(chance.randint(1, 3))] + lines
    if sometimes(chance):
        below = ("", f"({len(lines)} rows)", "Total", f"Total{delimiter}{len(lines)}", "-- end", "Confidential")
        lines = lines + [chance.choice(below) for _ in range(chance.randint(1, 3))]
    if sometimes(chance, 0.05):
        lines = [f"sep={delimiter}", *lines]
    if sometimes(chance, 0.05):
        lines[len(lines) // 2] = "\ufeff" + lines[len(lines) // 2]
    return lines


def encoded(chance: random.Random, text: str) -> bytes:
    """Encode a text as some systems do."""
    encoding = chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"))
    with_mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    return (with_mark if sometimes(chance, 0.7) else b"") + text.encode(encoding, "replace")


def long_file(chance: random.Random) -> File:
    """Write a table in long form: a row for each name and value of a person."""
    people = people_of(chance, 3)
    key, value = chance.choice((("meta_key", "meta_value"), ("attribute", "value"), ("field_name", "value")))
    more = chance.choice(((), ("id",), ("created_at",)))
    rows = [
        [str(7 + at), name, str(text)]
        for at, person in enumerate(people)
        for name, text in [*person.items(), ("first_name", f"N{at}"), ("city", "Paris")]
        if name != "id"
    ]
    if sometimes(chance, 0.3):
        chance.shuffle(rows)
    if sometimes(chance):
        rows += [[row[0], row[1], "again"] for row in rows if row[1] != "email"][:2]
    if sometimes(chance):
        rows = [row for row in rows if row[1] != "city" or sometimes(chance, 0.5)]
    extra = {"id": lambda at: str(at + 1), "created_at": lambda at: f"2024-05-{at % 28 + 1:02}"}
    header = [*more, chance.choice(("user_id", "customer_id", "userid")), key, value]
    table = [header, *([*(extra[name](at) for name in more), *row] for at, row in enumerate(rows))]
    return File("usermeta.csv", encoded(chance, csv_text(chance, table)), emails_of(people))


# JSON


def json_file(chance: random.Random) -> File:
    """Write a JSON document: a list of people in one of the wrappers of answers, dumps and scripts."""
    people = people_of(chance)
    entries = [with_lists(chance, person, at) for at, person in enumerate(people)]
    content = chance.choice(WRAPPERS)(chance, entries)
    text = json.dumps(content, indent=chance.choice((None, None, 2)), ensure_ascii=chance.choice((True, False)))
    return File(chance.choice(("users.json", "users.txt", "users")), encoded(chance, text), emails_of(people))


def with_lists(chance: random.Random, person: Person, at: int) -> Person:
    """Give a person what systems hang on people: devices, identities, orders, objects, other types."""
    entry: Person = {name: value for name, value in person.items() if not (value == "" and sometimes(chance, 0.5))}
    odd: dict[str, Callable[[], Any]] = {
        "devices": lambda: [{"id": f"d{at}{n}", "name": "phone"} for n in range(chance.randint(0, 2))],
        "identities": lambda: [{"provider": "github", "user_id": at, "email": f"other{at}@example.com"}],
        "orders": lambda: [{"order": n, "email": person["email"], "total": 1.5} for n in range(chance.randint(0, 3))],
        "tags": lambda: ["a", "b"][: chance.randint(0, 2)],
        "address": lambda: {"city": "Paris", "zip": "00123", "country": None},
        "active": lambda: sometimes(chance, 0.5),
        "logins": lambda: chance.choice((0, 12, 1e20, 12345678901234567890)),
        "manager": lambda: {"id": at + 100, "email": f"boss{at}@example.com"},
        "profile": lambda: {"bio": "x", "links": [{"url": "https://example.org"}]},
    }
    for name, value in odd.items():
        if sometimes(chance):
            entry[name] = value()
    return entry


def _pages(chance: random.Random, entries: list[Person]) -> Any:
    size = chance.randint(1, 4)
    parts = [entries[at : at + size] for at in range(0, len(entries), size)]
    return [{"users": part, "page": at, "next": None} for at, part in enumerate(parts)]


def _besides(chance: random.Random, entries: list[Person]) -> Any:
    others = {"roles": [{"id": 1, "name": "admin"}], "groups": [{"id": 2, "members": ["u001"]}], "total": len(entries)}
    return {"meta": {"version": 1, "owner": "x"}, chance.choice(("users", "people", "members")): entries, **others}


def _by_columns(chance: random.Random, entries: list[Person]) -> Any:
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    if sometimes(chance, 0.5):
        return {"columns": names, "data": [[entry.get(name) for name in names] for entry in entries]}
    return [names, *([entry.get(name) for name in names] for entry in entries)]


def _attributes(chance: random.Random, entries: list[Person]) -> Any:
    plain = [{k: v for k, v in entry.items() if isinstance(v, str)} for entry in entries]
    return {
        "Users": [
            {"Username": f"u{at}", "Attributes": [{"Name": name, "Value": value} for name, value in entry.items()]}
            for at, entry in enumerate(plain)
        ]
    }


WRAPPERS: tuple[Callable[[random.Random, list[Person]], Any], ...] = (
    lambda chance, entries: entries,
    lambda chance, entries: {"users": entries},
    lambda chance, entries: {"data": {"users": entries, "count": len(entries)}, "status": "ok"},
    lambda chance, entries: {"result": {"data": {"allUsers": {"edges": [{"node": entry} for entry in entries]}}}},
    lambda chance, entries: {f"u{at}": entry for at, entry in enumerate(entries)},
    lambda chance, entries: {"users": {str(at): entry for at, entry in enumerate(entries)}},
    lambda chance, entries: {entry["email"]: entry for entry in entries},
    lambda chance, entries: [{"user": entry} for entry in entries],
    lambda chance, entries: [entries[: len(entries) // 2], entries[len(entries) // 2 :]],
    lambda chance, entries: [None, *entries, {}],
    lambda chance, entries: {name: [entry.get(name) for entry in entries] for entry in entries[:1] for name in entry},
    lambda chance, entries: {
        name: {str(at): entry.get(name) for at, entry in enumerate(entries)} for entry in entries[:1] for name in entry
    },
    _pages,
    _besides,
    _by_columns,
    _attributes,
)


def ndjson_file(chance: random.Random) -> File:
    """Write a JSON value a line, or several documents one after another."""
    people = people_of(chance)
    entries = [with_lists(chance, person, at) for at, person in enumerate(people)]
    pages = [[entry] for entry in entries]
    form = chance.choice(("lines", "lines", "lines", "wrapped", "pages", "indented", "commas", "arrays"))
    texts = {
        "lines": lambda: [json.dumps(entry) for entry in entries],
        "wrapped": lambda: [json.dumps({"index": at, "user": entry}) for at, entry in enumerate(entries)],
        "pages": lambda: [json.dumps({"users": page, "next": at}) for at, page in enumerate(pages)],
        "indented": lambda: [json.dumps(entry, indent=2) for entry in entries],
        "commas": lambda: [json.dumps(entry) + "," for entry in entries],
        "arrays": lambda: [json.dumps(page) for page in pages],
    }[form]()
    for odd in ("", "   ", "{}", "null", "# a note", '{"email": "cut'):
        if sometimes(chance, 0.05):
            texts.insert(chance.randint(0, len(texts)), odd)
    text = chance.choice(("\n", "\n", "\r\n")).join(texts) + chance.choice(("", "\n"))
    return File(chance.choice(("users.ndjson", "users.jsonl", "users.json")), encoded(chance, text), emails_of(people))


# Workbooks


def _table(chance: random.Random, people: Sequence[Person]) -> list[list[Any]]:
    rows: list[list[Any]] = [list(people[0]), *(list(person.values()) for person in people)]
    rows = [[None if value == "" else value for value in row] for row in rows]
    width = len(rows[0])
    if sometimes(chance):
        at = chance.randint(2, len(rows))
        rows[at:at] = [[None] * width for _ in range(chance.randint(1, 3))]
    if sometimes(chance):
        above = ([None], ["Users of the app"], ["Exported", datetime.date(2024, 5, 1)])
        rows = [list(chance.choice(above)) for _ in range(chance.randint(1, 3))] + rows
    if sometimes(chance):
        below: tuple[list[Any], ...] = ([None], ["Total", len(people)], ["Confidential"])
        rows += [list(chance.choice(below)) for _ in range(chance.randint(1, 2))]
    return rows


def excel_file(chance: random.Random) -> File:
    """Write a workbook with the people on the first visible sheet, and what people put around them."""
    people = people_of(chance)
    book = openpyxl.Workbook()
    sheet = book.active
    down, right = (chance.choice((0, 0, 0, 2)) for _ in range(2))
    for at, row in enumerate(_table(chance, people), 1 + down):
        for column, value in enumerate(row, 1 + right):
            sheet.cell(at, column, value)
    odd: dict[str, Any] = {"formula": "=1/0", "number": 1.5, "day": datetime.datetime(2024, 5, 1), "yes": True}
    for value in odd.values():
        if sometimes(chance, 0.1):
            sheet.cell(chance.randint(1, 20), right + len(people[0]) + chance.randint(1, 3), value)
    if sometimes(chance):
        sheet.merge_cells(start_row=1, start_column=20, end_row=2, end_column=21)
    for title in ("Notes", "Empty", "Codes"):
        if sometimes(chance):
            other = book.create_sheet(title, chance.choice((0, None)))
            hidden = chance.choice(("visible", "hidden", "veryHidden"))
            other.sheet_state = hidden
            if title != "Empty" and (hidden != "visible" or book.worksheets.index(other) > 0):
                other.append(["code", "meaning"])
                other.append(["a", "b"])
    book.active = book.worksheets.index(sheet)
    out = io.BytesIO()
    book.save(out)
    return File(chance.choice(("users.xlsx", "users.xls", "users.csv")), out.getvalue(), emails_of(people))


def old_excel_file(chance: random.Random) -> File:
    """Write a workbook of Excel 97 to 2003."""
    people = people_of(chance)
    texts: list[str] = []
    cells = b""
    rows = _table(chance, people)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, int):
                cells += old_workbooks.number(at, column, value)
                continue
            texts.append(str(value).encode("latin-1", "replace").decode("latin-1"))
            cells += old_workbooks.words(at, column, len(texts) - 1)
    if sometimes(chance):
        cells += old_workbooks.error(0, 9, chance.choice((0, 7, 15, 42, 255)))
    if sometimes(chance):
        cells += old_workbooks.failed_formula(1, 9, 7)
    cells = old_workbooks.dimensions(len(rows), 10) + cells
    notes = ("Notes", chance.choice((0, 1, 2)), b"")
    sheets = [("Users", 0, cells), *([notes] if sometimes(chance) else [])]
    data = old_workbooks.workbook(*sheets, texts=texts, pad=chance.choice((True, True, False)))
    return File(chance.choice(("users.xls", "users.xlsx", "users")), data, emails_of(people))


# Parquet


def parquet_file(chance: random.Random) -> File:
    """Write a Parquet file with columns of many types."""
    people = people_of(chance)
    count = len(people)
    columns: dict[str, pa.Array] = {}
    for name in people[0]:
        texts = [person[name] for person in people]
        kind = chance.choice((pa.string(), pa.large_string(), pa.binary(), "dictionary", pa.string()))
        made = pa.array(texts, pa.string())
        columns[name] = made.dictionary_encode() if kind == "dictionary" else made.cast(kind)
    odd: dict[str, pa.Array] = {
        "logins": pa.array(range(count), pa.int32()),
        "score": pa.array([1e300] * count),
        "seen": pa.array([0] * count, pa.timestamp(chance.choice(("s", "ns")), chance.choice((None, "UTC")))),
        "day": pa.array([1] * count, pa.date32()),
        "nothing": pa.nulls(count),
        "address": pa.array([{"city": "Paris", "zip": None}] * count),
        "devices": pa.array([[{"id": "d", "name": "x"}]] * count),
        "labels": pa.array([[("a", "b")]] * count, pa.map_(pa.string(), pa.string())),
        "amount": pa.array([1] * count).cast(pa.decimal128(30, 5)),
        "wait": pa.array([1] * count, pa.duration("s")),
        "hour": pa.array([1] * count, pa.time64("us")),
        "blob": pa.array([b"\xff\x00"] * count, pa.binary()),
    }
    columns |= {name: column for name, column in odd.items() if sometimes(chance)}
    if sometimes(chance):
        columns = {"user": pa.StructArray.from_arrays(list(columns.values()), names=list(columns))}
    out = io.BytesIO()
    pq.write_table(
        pa.table(columns),
        out,
        row_group_size=chance.choice((1, 3, 1000)),
        compression=chance.choice(("none", "snappy", "gzip", "zstd")),
    )
    return File(chance.choice(("users.parquet", "users.csv")), out.getvalue(), emails_of(people))
