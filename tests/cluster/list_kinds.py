"""Lists of many kinds, each of any length, with the choices that go with them, drawn by a seed."""

import csv
import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from messy_lists import HEADER, MAPPING, SCHEMA, messy_row, write_list
from pyarrow import csv as arrow_csv

import passage_kit as pk

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
AUTH0 = Path(__file__).parents[1] / "data" / "layouts" / "auth0" / "export.ndjson"
SHARED = ("withhold", "survivor", "merge", "reject")
TEXTS = pk.MetadataSchema([pk.MetadataField("name"), pk.MetadataField("city", max_length=12)])
TYPED = pk.MetadataSchema(
    [
        pk.MetadataField("name", registration=True),
        pk.MetadataField("points", type="integer"),
        pk.MetadataField("born", type="date"),
        pk.MetadataField("news", type="boolean"),
        pk.MetadataField("second", type="phone"),
        pk.MetadataField("backup", type="email"),
        pk.MetadataField("plan", choices=("free", "pro")),
        pk.MetadataField("code", pattern="C[0-9]{3}"),
    ]
)
PEOPLE = pk.MetadataSchema(
    [
        pk.MetadataField("first_name"),
        pk.MetadataField("last_name"),
        pk.MetadataField("signed_up", type="date"),
        pk.MetadataField("newsletter", type="boolean"),
    ]
)


class Made(NamedTuple):
    """A list, and what is given with it."""

    source: str | Path
    given: dict[str, Any]


Kind = Callable[[Path, int, random.Random], Made]


def make(kind: str, folder: Path, rows: int, seed: int) -> Made:
    """Make a list of a kind with choices drawn by the seed."""
    folder.mkdir(parents=True, exist_ok=True)
    return KINDS[kind](folder, rows, random.Random(f"{kind} {seed}"))  # noqa: S311 - no secret


def _several(folder: Path, header: list[str], rows: list[list[str]], chance: random.Random) -> Path:
    """Write rows into CSV files of odd sizes."""
    ends = sorted({*(chance.randrange(1, len(rows)) for _ in range(chance.randrange(4))), len(rows)})
    users, begin = folder / "users", 0
    users.mkdir()
    for number, end in enumerate(ends):
        with (users / f"part-{number}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows[begin:end]])
        begin = end
    return users


def _people(folder: Path, rows: int, chance: random.Random) -> Made:
    options = {
        "default_region": chance.choice([None, "US", "DE"]),
        "strict": chance.random() < 0.3,
        "shared_phone": chance.choice(SHARED),
        "inactive": chance.choice(["keep", "reject"]),
        "survivor": chance.choice(["complete", "first", "last"]),
        "null_words": chance.choice(["auto", ["NULL", "x"], []]),
        "account_states": chance.choice([{}, {"A": "active", "X": "deleted"}]),
    }
    source = write_list(folder / "users", rows=rows, files=chance.randrange(1, 7), seed=chance.randrange(10**6))
    return Made(source, {"schema": SCHEMA, "mapping": MAPPING, **options})


def _benchmark(strength: str) -> Kind:
    def made(folder: Path, rows: int, chance: random.Random) -> Made:
        path = folder / "users.csv"
        subprocess.run([sys.executable, BENCHMARKS / "inputs.py", path, str(rows), strength], check=True)
        mapping = {
            "email": "email", "phone": "phone", "region": "country", "source_key": "id",
            **{field.column: field.column for field in PEOPLE},
        }  # fmt: skip
        options: dict[str, Any] = {
            "default_region": chance.choice([None, "US", "FR"]),
            "strict": chance.random() < 0.3,
            "shared_phone": chance.choice(SHARED),
        }
        if chance.random() < 0.5:
            mapping["order"] = "signed_up"
            options["survivor"] = chance.choice(["newest", "oldest"])
        return Made(path, {"schema": PEOPLE, **({"mapping": mapping} if chance.random() < 0.8 else {}), **options})

    return made


def _parquet(folder: Path, rows: int, chance: random.Random) -> Made:
    source, given = _benchmark("messy")(folder, rows, chance)
    table = arrow_csv.read_csv(source, parse_options=arrow_csv.ParseOptions(newlines_in_values=True))
    users = folder / "users"
    users.mkdir()
    ends = sorted({*(chance.randrange(1, rows) for _ in range(chance.randrange(5))), rows})
    for number, (begin, end) in enumerate(zip([0, *ends], ends, strict=False)):
        pq.write_table(table.slice(begin, end - begin), users / f"part-{number}.parquet")
    return Made(users, given)


def _auth0(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write an export of one JSON document a line, which is recognised, and mapped without a mapping."""
    known = [json.loads(line) for line in AUTH0.read_text(encoding="utf-8").splitlines()]
    users = folder / "users"
    users.mkdir()
    files = chance.randrange(1, 4)
    for number in range(files):
        with (users / f"users-{number}.ndjson").open("w", encoding="utf-8") as file:
            for row in range(number * rows // files, (number + 1) * rows // files):
                user, person = dict(chance.choice(known)), chance.randrange(rows * 3 // 4 + 1)
                user |= {"user_id": f"auth0|{row:024x}", "email": f"user{person}@example.org"}
                if chance.random() < 0.3:
                    del user["email"]
                if chance.random() < 0.4:
                    user["phone_number"] = f"+1415555{person % 10_000:04d}"
                if chance.random() < 0.2:
                    user["blocked"] = chance.choice([True, False])
                if chance.random() < 0.1:
                    user["user_metadata"] = {"phone_number": f"(415) 555-{row % 10_000:04d}", "tags": [row % 3, "x"]}
                file.write(json.dumps(user) + "\n")
    schema = pk.MetadataSchema(
        [pk.MetadataField("given_name"), pk.MetadataField("family_name"), pk.MetadataField("created_at", type="date")]
    )
    layout = chance.choice([None, None, "none", "auth0"])
    options = {"shared_phone": chance.choice(SHARED), "inactive": chance.choice(["keep", "reject"]), "layout": layout}
    if layout == "none":
        options |= {"mapping": {"email": "email", "phone": "phone_number", "source_key": "user_id"}}
    return Made(users, {"schema": schema, **options})


def _digits(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write phones of several countries, of which a part lost its plus; the region stands in a column, or nowhere."""
    share, second = chance.choice([0.0, 0.02, 0.3, 0.9]), chance.choice([0.0, 0.5, 1.0])
    starts = {"US": "1415555", "DE": "49151234", "GB": "4474001", "FR": "3361234"}

    def phone(lost: float) -> str:
        start = starts[chance.choice([*starts])]
        number = start + "".join(chance.choices("0123456789", k=4 if start.startswith("1") else 5))
        ways = [f"+{number}", f"00{number}", f"0{number[2:]}", f"{number[2:]}", "", "n/a"]
        return number if chance.random() < lost else chance.choice(ways)

    lines = [
        [f"u{row}", chance.choice([*starts, "", "Germany"]), phone(share), phone(second), f"N{row % 7}"]
        for row in range(rows)
    ]
    mapping = {"phone": "Tel", "source_key": "id", "second": "Mobile", "name": "Name"}
    mapping |= {"region": "Land"} if chance.random() < 0.5 else {}
    schema = pk.MetadataSchema([pk.MetadataField("second", type="phone"), pk.MetadataField("name")])
    options = {
        "lost_plus": chance.choice([None, None, True, False]),
        "default_region": chance.choice([None, "US", "DE"]),
        "shared_phone": chance.choice(SHARED),
    }
    source = _several(folder, ["id", "Land", "Tel", "Mobile", "Name"], lines, chance)
    return Made(source, {"schema": schema, "mapping": mapping, **options})


def _placeholders(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write addresses and numbers of nobody on many rows: some on all, some on as many as make a crowd, or one less."""
    crowds = [f"crowd{number}@example.org" for number in range(4)]
    exact = dict(zip(crowds, (19, 20, 21, rows // 5), strict=True))
    emails = [address for address, count in exact.items() for _ in range(min(count, rows // 5))]
    ways = ["test@test.com", "noreply@example.org", "none@none.com", "a***@example.org", "", "-", "null@null.com"]
    phones = ["0000000000", "1234567890", "+14155550100", "+1 415 555 0100", "999", "", "(415) 555-0100"]
    while len(emails) < rows:
        emails.append(chance.choice(ways) if chance.random() < 0.4 else f"user{chance.randrange(rows)}@example.org")
    chance.shuffle(emails)
    lines = [
        [f"{row}", email.upper() if chance.random() < 0.05 else email, chance.choice(phones), f"N{row % 11}", "Oslo"]
        for row, email in enumerate(emails[:rows])
    ]
    options = {
        "shared_phone": chance.choice(SHARED), "strict": chance.random() < 0.5, "default_region": "US",
        "survivor": chance.choice(["complete", "first", "last"]),
    }  # fmt: skip
    mapping = {"email": "Mail", "phone": "Tel", "source_key": "id", "name": "Name", "city": "City"}
    source = _several(folder, ["id", "Mail", "Tel", "Name", "City"], lines, chance)
    return Made(source, {"schema": TEXTS, "mapping": mapping, **options})


def _chains(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write people who are linked over many rows: by a phone with the one before, by an email with the one behind."""
    length = chance.choice([2, 3, 7, 50])
    places = list(range(rows))
    chance.shuffle(places)  # so that a chain stands in all partitions
    lines = []
    for place in places:
        chain, at = divmod(place, length)
        email = f"c{chain}.{at // 2}@example.org" if chance.random() < 0.9 else ""
        phone = f"+1415{chain % 900 + 200:03d}{(at + 1) // 2:04d}" if chance.random() < 0.9 else ""
        city = chance.choice(["", "Oslo", "Bonn", "oslo", " Oslo "])
        lines.append([str(place), email, phone, f"Ann {chain % 5}", city])
    options = {
        "shared_phone": chance.choice(["merge", "merge", *SHARED]),
        "survivor": chance.choice(["complete", "first", "last"]),
        "strict": chance.random() < 0.3,
    }
    mapping = {"email": "Mail", "phone": "Tel", "source_key": "id", "name": "Name", "city": "City"}
    source = _several(folder, ["id", "Mail", "Tel", "Name", "City"], lines, chance)
    return Made(source, {"schema": TEXTS, "mapping": mapping, **options})


def _steps(folder: Path, rows: int, chance: random.Random) -> Made:
    source, given = _people(folder, rows, chance)
    steps = [
        pk.ValueStep("Name", "split", {"into": ["First", "Last"]}),
        pk.ValueStep("First", "case", {"to": "upper"}),
        pk.ValueStep("City", "replace", {"find": "Oslo", "put": "Bergen"}),
        pk.ValueStep("State", "map", {"values": {"A": "active", "X": "deleted"}}),
        pk.ValueStep("Other", "join", {"others": ["City"], "into": "Both"}),
        pk.ValueStep("Born", "date", {"order": chance.choice(["DMY", "MDY"])}),
        pk.ValueStep("Mail", "replace", {"find": "gmial.com", "put": "gmail.com"}),
        pk.ValueStep("Tel", "replace", {"find": "(415)", "put": "+1 415"}),
    ]
    chosen = [step for step in steps if chance.random() < 0.8 or step.column == "First"]
    plan = pk.Plan(str(source), schema=given.pop("schema"), steps=tuple(chosen))
    return Made(source, {"plan": plan, **given})


def _typed(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write fields of all types, whose values only the whole list explains."""
    moments = chance.choice(
        [["03/04/2024"] * 30 + ["31/01/2023"], ["03/04/2024"] * 30 + ["01/31/2023"], ["2024-05-01", "05/06/2024"],
         ["03/04/2024", "1714521600", "45000", ""], ["31/01/2023", "01/31/2023", "5. Mai 2020"]]
    )  # fmt: skip
    flags = chance.choice([["yes", "no", ""], ["1", "0", "x"], ["ja", "nein", "oui"], ["2024-01-01 10:00:00", "", "0"]])
    points = chance.choice([["1,234", "12", "7"], ["1.234", "1,5", ""], ["12", "12.0", "1e3", "-4"]])
    words = ["NULL", "null", "N/A", "-", "(null)", "\\N", "none"]

    def line(person: int) -> list[str]:
        return [
            f"{person}@example.org" if chance.random() < 0.8 else chance.choice(words),
            f"+4930{person % (rows // 2 + 1):07d}" if chance.random() < 0.5 else "",
            f"Ann {person}" if chance.random() < 0.8 else chance.choice(words),
            chance.choice(points),
            chance.choice(moments),
            chance.choice(flags),
            chance.choice(["447400123456", "+4930901820", "030 901820", "", "12"]),
            chance.choice([f"{person}@gmial.com", "a@x.org, b@x.org", "", "bo@", f"B{person}@Example.org"]),
            chance.choice(["free", "pro", "Pro", "gold", ""]),
            chance.choice(["C123", "c123", "", "C12345"]),
            chance.choice(moments),
        ]

    lines = [line(chance.randrange(rows * 3 // 4 + 1)) for _ in range(rows)]
    fields = [field.column for field in TYPED]
    options = {
        "date_order": chance.choice([None, None, "DMY", "MDY"]),
        "numeric_dates": chance.choice([None, "excel", "epoch_s"]),
        "thousands": chance.choice([None, ",", "."]),
        "boolean_words": chance.choice([{}, {"oui": True}]),
        "survivor": chance.choice(["complete", "newest", "oldest"]),
        "null_words": chance.choice(["auto", ["-"], []]),
        "strict": chance.random() < 0.3,
        "default_region": chance.choice([None, "DE"]),
        "shared_phone": chance.choice(SHARED),
    }
    mapping = {"email": "email", "phone": "phone", **{name: name for name in fields}, "order": "seen"}
    source = _several(folder, ["email", "phone", *fields, "seen"], lines, chance)
    return Made(source, {"schema": TYPED, "mapping": mapping, **options})


def _alike(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write people who look alike: names in other spellings, addresses with a slip, the same metadata."""
    people = max(rows * 2 // 3, 2)
    lines = []
    for row in range(rows):
        person = chance.randrange(people)
        name, mailbox = f"Jürgen {person:06d}", f"juergen{person * 7919 % 1_000_003:06d}"
        kind = chance.random()
        if kind < 0.1:
            name = name.replace("ü", "ue").upper()
        elif kind < 0.2:
            mailbox = mailbox[:4] + mailbox[5:]
        domain = chance.choice(["example.org", "example.com", "exmaple.org"])
        city = chance.choice(["Oslo", "Bonn", "Kyiv", ""])
        phone = f"+4930{person * 31 % 10_000_000:07d}" if chance.random() < 0.3 else ""
        lines.append([str(row), f"{mailbox}@{domain}", phone, name, city, f"{person % 28 + 1:02d}.03.1980"])
    schema = pk.MetadataSchema(
        [pk.MetadataField("name"), pk.MetadataField("city"), pk.MetadataField("birthday", type="date")]
    )
    mapping = {
        "email": "Mail", "phone": "Tel", "source_key": "id", "name": "Name", "city": "City", "birthday": "Born",
    }  # fmt: skip
    source = _several(folder, ["id", "Mail", "Tel", "Name", "City", "Born"], lines, chance)
    return Made(source, {"schema": schema, "mapping": mapping, "shared_phone": chance.choice(SHARED)})


def _table(folder: Path, rows: int, chance: random.Random) -> Made:
    path = folder / "users.db"
    key = chance.choice(["id integer primary key", "id text primary key", "id integer"])
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table users ({key}, {', '.join(HEADER[1:])})")
        values = ((int(cells[0]) * 3, *(cell or None for cell in cells[1:])) for cells in _rows(rows, chance))
        connection.executemany(f"insert into users values ({', '.join('?' * len(HEADER))})", values)
    connection.close()
    plan = pk.Plan(f"sqlite:///{path}", reading={"table": "users"}, schema=SCHEMA, mapping=pk.FieldMapping(MAPPING))
    return Made(path, {"plan": plan, "shared_phone": chance.choice(SHARED), "default_region": "US"})


def _rows(rows: int, chance: random.Random) -> list[list[str]]:
    return [messy_row(number, max(rows * 3 // 4, 1), chance) for number in range(rows)]


def _broken(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write files with lines that do not fit, blank ones, repeated headers, quotes, and columns in another order."""
    users = folder / "users"
    users.mkdir()
    files = chance.randrange(1, 4)
    lines = _rows(rows, chance)
    for number in range(files):
        header = HEADER[::-1] if chance.random() < 0.3 else HEADER
        with (users / f"part-{number}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for cells in lines[number * rows // files : (number + 1) * rows // files]:
                named = dict(zip(HEADER, cells, strict=True))
                named["Other"] = chance.choice(["x", 'say "hi"', "two\nlines", "a, b", ""])
                writer.writerow([named[name] for name in header][: chance.choice([11] * 99 + [7])])
                if chance.random() < 0.01:
                    odd = ["", ",,,,,,,,,,", ",".join(header), "1,2,3,4,5,6,7,8,9,10,11,12,13"]
                    file.write(chance.choice(odd) + "\n")
    options = {"shared_phone": chance.choice(SHARED), "strict": chance.random() < 0.5}
    return Made(users, {"schema": SCHEMA, "mapping": MAPPING, **options})


def _nested(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write a column of JSON in some files, and of text in others; one list is packed."""
    lines = []
    for row in range(rows):
        person = chance.randrange(rows)
        more = json.dumps({"name": f"Ann {person}", "city": chance.choice(["Oslo", "", None]), "n": {"a": row % 3}})
        lines.append([f"u{person}@example.org", chance.choice([more, "", "{}"]), "", "{}" if row % 2 else ""])
    source = _several(folder, ["email", "meta", "blank", "empty"], lines, chance)
    schema = pk.MetadataSchema([pk.MetadataField("name"), pk.MetadataField("city")])
    if chance.random() < 0.3:
        table = pa.table({"email": [line[0] for line in lines], "meta": [line[1] or None for line in lines]})
        source = folder / "users.parquet"
        pq.write_table(table, source)
    return Made(source, {"schema": schema})


def _addresses(folder: Path, rows: int, chance: random.Random) -> Made:
    """Write customers with further addresses in rows of their own."""
    header = ["id", "email", "name", "since", "street", "city", "phone"]
    written = [["0", "user@example.org", "Ann", "2024-01-31", "", "", ""]]
    while len(written) < rows:
        at = len(written)
        address = [f"{at} First St", chance.choice(["Ulm", "Bonn", ""]), f"+1415555{at % 10_000:04d}"]
        person = [str(at), f"user{at}@example.org", "Ann", "2024-01-31"]
        further = ["", "", "", chance.choice(["", "", "2024-02-01"])]
        written.append([*(person if chance.random() < 0.5 else further), *address])
    mapping = {"email": "email", "phone": "phone", "source_key": "id", "name": "name"}
    return Made(_several(folder, header, written, chance), {"schema": TEXTS, "mapping": mapping})


KINDS: dict[str, Kind] = {
    "people": _people,
    "messy": _benchmark("messy"),
    "hostile": _benchmark("hostile"),
    "parquet": _parquet,
    "auth0": _auth0,
    "digits": _digits,
    "placeholders": _placeholders,
    "chains": _chains,
    "steps": _steps,
    "typed": _typed,
    "alike": _alike,
    "table": _table,
    "broken": _broken,
    "nested": _nested,
    "addresses": _addresses,
}
