"""Each reader against the bare reader of its kind: `python benchmarks/readers.py [--rows N] [--runs N] [--folder DIR]`.

A bare reader only makes objects of the bytes: `json.loads`, a cursor's `fetchall`, arrow's CSV reader. The kit's also
finds encoding, header and people, keeps every number as it is written, makes columns of nested objects, and accounts
for every line. Processor time within one process that has everything imported; prints a table.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from inputs import write_input
from pyarrow import csv
from run import machine

import passage_kit as pk

Reader = Callable[[Path], object]


def by_line(path: Path) -> object:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def whole(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


def by_cursor(path: Path) -> object:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT * FROM users").fetchall()


BARE: dict[str, Reader] = {
    "NDJSON": by_line,
    "NDJSON, nested": by_line,
    "JSON": whole,
    "SQLite": by_cursor,
    "300 columns": csv.read_csv,
    "cells of 10 kB": csv.read_csv,
}


def by_kit(path: Path) -> object:
    return pk.read_source(f"sqlite:///{path}", table="users") if path.suffix == ".db" else pk.read_source(path)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "passage_kit_readers")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for kind, path in write_files(given.folder, 20).items():  # loads what each reader imports
        processor_time(BARE[kind], path)
        processor_time(by_kit, path)
    paths = write_files(given.folder, given.rows)
    seconds: dict[tuple[str, str], list[float]] = {}
    for _ in range(given.runs):
        for kind, path in paths.items():
            for who, reader in (("bare", BARE[kind]), ("kit", by_kit)):
                seconds.setdefault((kind, who), []).append(processor_time(reader, path))
    lines = ["| kind | bare, CPU s | kit, CPU s | ratio |", "| --- | --: | --: | --: |"]
    for kind in paths:
        bare, kit = (statistics.median(seconds[kind, who]) for who in ("bare", "kit"))
        lines.append(f"| {kind} | {bare:.2f} | {kit:.2f} | {kit / bare:.1f} |")
    print("\n".join([*machine(), f"{given.rows:,} rows, medians of {given.runs}.", "", *lines]))


def processor_time(reader: Reader, path: Path) -> float:
    """Measure the processor time that a reader takes, in seconds."""
    gc.collect()
    begun = time.process_time()
    reader(path)
    return time.process_time() - begun


def write_files(folder: Path, rows: int) -> dict[str, Path]:
    """Write a file of each kind, unless it is there."""
    table = csv.read_csv(
        write_input(folder / f"{rows}-messy.csv", rows, strength="messy"),
        parse_options=csv.ParseOptions(newlines_in_values=True),
    )
    people = [{name: None if cell is None else str(cell) for name, cell in row.items()} for row in table.to_pylist()]
    chance = random.Random(7)  # noqa: S311 - nothing secret
    texts = ["".join(chance.choices("abcdefghij ", k=200)) for _ in range(500)]
    makers = {
        "NDJSON": ("flat.ndjson", lambda path: write_lines(path, people)),
        "NDJSON, nested": ("nested.ndjson", lambda path: write_lines(path, map(nested, people))),
        "JSON": ("flat.json", lambda path: path.write_text(json.dumps(people), encoding="utf-8")),
        "SQLite": ("users.db", lambda path: write_table(path, people)),
        "300 columns": ("wide.csv", lambda path: write_cells(path, rows // 5, 300, lambda: str(chance.random()))),
        "cells of 10 kB": (
            "long.csv",
            lambda path: write_cells(path, rows // 10, 2, lambda: "".join(chance.choices(texts, k=50))),
        ),
    }
    paths = {}
    for kind, (name, write) in makers.items():
        paths[kind] = folder / f"{rows}-{name}"
        if not paths[kind].exists():
            write(paths[kind])
    return paths


def nested(person: dict[str, str | None]) -> dict[str, object]:
    """Write a person as services do, with objects and lists within."""
    return {
        "_id": {"$oid": f"{int(person['id'] or 0):024x}"},
        "email": person["email"],
        "email_verified": person["newsletter"] == "yes",
        "profile": {"name": {"first": person["first_name"], "last": person["last_name"]}, "phone": person["phone"]},
        "identities": [{"provider": "auth0", "user_id": person["id"], "connection": "db"}],
        "app_metadata": {"roles": ["reader", "writer"]},
        "created_at": {"$date": person["signed_up"]},
    }


def write_lines(path: Path, entries) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(entry, ensure_ascii=False)}\n" for entry in entries)


def write_table(path: Path, people: list[dict[str, str | None]]) -> None:
    names = list(people[0])
    database = sqlite3.connect(path)
    database.execute(f"CREATE TABLE users ({', '.join(f'{name} TEXT' for name in names)})")
    insert = f"INSERT INTO users VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - the names are our own
    database.executemany(insert, [tuple(person.values()) for person in people])
    database.commit()
    database.close()


def write_cells(path: Path, rows: int, width: int, cell) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("email," + ",".join(f"field_{at}" for at in range(1, width)) + "\n")
        for row in range(rows):
            file.write(f"user.{row}@example.org," + ",".join(cell() for _ in range(1, width)) + "\n")


if __name__ == "__main__":
    main()
