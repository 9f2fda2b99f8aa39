"""A run on a cluster of this machine against one on one machine: the same list, one and two workers of 2 GB each.

Prints the seconds of each step on the cluster, and the largest memory of a worker. Run it from the folder of the
benchmarks: ``python cluster.py --rows 1000000``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client, LocalCluster
from inputs import write_input
from pyarrow import csv

import passage_kit as pk
from passage_kit.cluster.engine import OnDask

COLUMNS = ["id", "email", "phone", "country", "first_name", "last_name", "signed_up", "newsletter"]
SCHEMA = pk.MetadataSchema(
    [
        pk.MetadataField("first_name"),
        pk.MetadataField("last_name"),
        pk.MetadataField("signed_up", type="date"),
        pk.MetadataField("newsletter", type="boolean"),
    ]
)
MAPPING = {
    "email": "email", "phone": "phone", "region": "country", "source_key": "id",
    **{field.column: field.column for field in SCHEMA},
}  # fmt: skip


class Timed(OnDask):
    """Notes the seconds of each step."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.seconds: dict[str, float] = {}

    def run(self, name: str, call: Callable[..., Any], items: Iterable[Sequence[Any]]) -> list[Any]:
        """Run a step, and note how long it took."""
        began = time.perf_counter()
        results = super().run(name, call, items)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
        return results


def peak() -> float:
    """Largest memory of this process so far, in megabytes; what ``getrusage`` says includes that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def write_parts(folder: Path, rows: int, files: int) -> None:
    """Write a messy list as Parquet files, all values as text, into the folder ``users``."""
    path = write_input(folder / "list.csv", rows, strength="messy")
    table = csv.read_csv(
        path,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string())),
    )
    source = folder / "users"
    source.mkdir()
    size = -(-len(table) // files)
    for at in range(files):
        pq.write_table(table.slice(at * size, size), source / f"part-{at}.parquet")


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--partition", type=int, default=250_000)
    parser.add_argument("--files", type=int, default=8)
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:  # whose memory counts for nobody
            other.submit(write_parts, folder, given.rows, given.files).result()
        source = folder / "users"
        options: dict[str, Any] = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
        for workers in given.workers:
            began = time.perf_counter()
            with (
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, memory_limit="2GB", dashboard_address=":0"
                ) as cluster,
                Client(cluster) as client,
            ):
                engine = Timed(client)
                ready = time.perf_counter() - began
                prepared = pk.prepare_on_cluster(
                    source, client=engine, out=folder / f"out-{workers}", rows=given.partition, **options
                )
                whole, largest = time.perf_counter() - began, max(client.run(peak).values())
            print(
                f"\n{workers} workers: {whole:.0f} s, start {ready:.0f} s, largest worker {largest:,.0f} MB", flush=True
            )
            print(prepared.funnel.sum)
            for step, seconds in engine.seconds.items():
                print(f"| {step} | {seconds:.1f} s | {seconds / whole:.0%} |")
        began = time.perf_counter()
        pk.prepare(source, out=folder / "one", **options)
        print(f"\none machine: {time.perf_counter() - began:.0f} s, {peak():,.0f} MB")


if __name__ == "__main__":
    main()
