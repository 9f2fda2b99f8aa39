"""Measure the push: `python benchmarks/push.py`.

Throughput: against a sandbox with 20 ms of latency, the push and a bare loop over httpx with as many requests at once
and no journal, one after the other in rounds; what counts is the ratio of the medians. Memory: the peak of a process
that pushes few users and of one that pushes many, against a sandbox without latency. The sandbox runs in a process of
its own.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

import passage_kit as pk
from passage_kit.workspace.manifest import Entry, Manifest, write_manifest

HERE = Path(__file__).parent
LATENCY = 0.02  # seconds
LIBRARIES = ["httpx", "httpcore", "uvicorn", "starlette", "pyarrow"]
SCHEMA = pk.MetadataSchema.from_dicts([{"field_name": "first_name"}, {"field_name": "points", "type": "integer"}])

SANDBOX = """
import sys
from passage_kit.sandbox import Fault, Sandbox
latency = float(sys.argv[1])
sandbox = Sandbox(faults=[Fault("latency", operation="create", seconds=latency)] if latency else []).start()
print(sandbox.base_url, sandbox.app_id, sandbox.api_key, flush=True)
sandbox.wait()
"""


def write_users(folder: Path, users: int) -> Path:
    """Make a workspace with this many prepared users."""
    workspace = pk.Workspace(folder)
    workspace.save_plan(pk.Plan(source="users.csv", mapping=pk.FieldMapping({"email": "email"}), schema=SCHEMA))
    path = workspace.stage_path("users")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fields = [("email", pa.string()), ("phone", pa.string()), ("first_name", pa.string()), ("points", pa.int64())]
    layout = pa.schema([*fields, ("source_row", pa.int64())])
    with pq.ParquetWriter(path, layout) as file:
        for start in range(0, users, 100_000):
            rows = range(start, min(users, start + 100_000))
            columns = [
                [f"user.{row}@example.org" for row in rows],
                [None] * len(rows),
                [f"Ann {row}" for row in rows],
                list(rows),
                [row + 1 for row in rows],
            ]
            file.write_table(pa.table(columns, schema=layout))
    write_manifest(folder, Manifest({path.relative_to(folder).as_posix(): Entry.of(path)}))
    return folder


@contextmanager
def sandbox_of(latency: float) -> Iterator[dict[str, str]]:
    """Run a sandbox, and give the settings of a client for it."""
    server = subprocess.Popen([sys.executable, "-c", SANDBOX, str(latency)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    base_url, app_id, api_key = server.stdout.readline().split()
    try:
        yield {"PASSAGE_BASE_URL": base_url, "PASSAGE_APP_ID": app_id, "PASSAGE_API_KEY": api_key}
    finally:
        server.kill()
        server.communicate()


async def bare_loop(users: int, concurrency: int) -> None:
    """Create users with httpx and nothing else, the same ones with the same bodies."""
    address = f"{os.environ['PASSAGE_BASE_URL']}/apps/{os.environ['PASSAGE_APP_ID']}/users"
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    key = {"authorization": f"Bearer {os.environ['PASSAGE_API_KEY']}"}
    async with httpx.AsyncClient(headers=key, limits=limits) as client:
        numbers = iter(range(users))

        async def work() -> None:
            for row in numbers:
                metadata = {"first_name": f"Ann {row}", "points": row}
                answer = await client.post(
                    address, json={"email": f"user.{row}@example.org", "user_metadata": metadata}
                )
                assert answer.status_code == 201
                answer.json()

        await asyncio.gather(*(work() for _ in range(concurrency)))


def one(kind: str, folder: str, users: int, concurrency: int) -> None:
    """Do one measurement in this process, and print seconds and peak memory (MB)."""
    if kind == "bare":
        begun = time.perf_counter()
        asyncio.run(bare_loop(users, concurrency))
        seconds = time.perf_counter() - begun
    else:
        with pk.PassageClient(concurrency=concurrency) as client:
            result = pk.push_users(folder, client=client)
        assert (result.created, result.users) == (users, users)
        seconds = result.seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(seconds, peak)


def measure(kind: str, users: int, concurrency: int, latency: float) -> tuple[float, float]:
    """Measure seconds and peak memory of a new process against a fresh sandbox."""
    with tempfile.TemporaryDirectory() as name, sandbox_of(latency) as settings:
        making = "import sys; sys.path.insert(0, sys.argv[1]); import push, pathlib;"
        making += "push.write_users(pathlib.Path(sys.argv[2]), int(sys.argv[3]))"
        if kind == "push":
            subprocess.run([sys.executable, "-c", making, str(HERE), name, str(users)], check=True)
        command = [sys.executable, __file__, "--one", kind, name, str(users), str(concurrency)]
        ended = subprocess.run(command, env={**os.environ, **settings}, check=True, stdout=subprocess.PIPE, text=True)
    seconds, peak = map(float, ended.stdout.split())
    what = f"{kind}, {users:,} users, {concurrency} at once, {latency * 1000:.0f} ms"
    print(f"{what}: {seconds:.2f} s, {peak:.0f} MB", file=sys.stderr, flush=True)
    return seconds, peak


def throughput(users: int, rounds: int, concurrencies: list[int]) -> list[str]:
    """Measure the push against the bare loop, and give the table."""
    lines = [
        "| at once | bare loop, users/s | push, users/s | push / bare |",
        "| --: | --: | --: | --: |",
    ]
    for concurrency in concurrencies:
        taken: dict[str, list[float]] = {"bare": [], "push": []}
        for _ in range(rounds):
            for kind, seconds in taken.items():
                seconds.append(measure(kind, users, concurrency, LATENCY)[0])
        bare, push = (users / statistics.median(seconds) for seconds in taken.values())
        lines.append(f"| {concurrency} | {bare:,.0f} | {push:,.0f} | {push / bare:.0%} |")
    return lines


def memory(sizes: list[int], concurrency: int) -> list[str]:
    """Measure the peak memory by number of users, and give the table."""
    lines = ["| users | peak MB | seconds |", "| --: | --: | --: |"]
    for users in sizes:
        seconds, peak = measure("push", users, concurrency, 0.0)
        lines.append(f"| {users:,} | {peak:,.0f} | {seconds:,.0f} |")
    return lines


def main() -> None:
    """Run the rounds, print the tables."""
    if sys.argv[1:2] == ["--one"]:
        kind, folder, users, concurrency = sys.argv[2:]
        one(kind, folder, int(users), int(concurrency))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=5_000, help="users of a round of the throughput")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; medians are shown")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[10, 4], help="requests at once")
    parser.add_argument("--memory", type=int, nargs="*", default=[10_000, 500_000], help="users of the memory's runs")
    parser.add_argument("--save", action="store_true", help="keep the tables in benchmarks/results/<date>-push.md")
    chosen = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        f"# The push, {dt.date.today():%Y-%m-%d}",
        "",
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}; "
        f"{versions}.",
        "",
        f"{chosen.users:,} users, {LATENCY * 1000:.0f} ms of latency, medians of {chosen.rounds} rounds:",
        "",
        *throughput(chosen.users, chosen.rounds, chosen.concurrency),
    ]
    if chosen.memory:
        lines += ["", "Without latency, 10 at once:", "", *memory(chosen.memory, 10)]
    print("\n".join(lines))
    if chosen.save:
        path = HERE / "results" / f"{dt.date.today():%Y-%m-%d}-push.md"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
