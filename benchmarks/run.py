"""Measure the kit against row-by-row work and against merely copying the file: `python benchmarks/run.py`.

All processes of one round run one after the other, then the next round begins, so that a machine that slows down slows
all of them. What counts are the ratios of the medians; absolute times differ between machines and hours. The row-by-row
and once-per-distinct baselines run on 100,000 rows and are extrapolated.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
BASELINE_ROWS = 100_000
LIBRARIES = ["pandas", "pyarrow", "polars", "pandera", "phonenumbers", "email-validator"]


@dataclass
class Measured:
    """What the rounds of one process took."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return statistics.median(self.wall)

    def row(self, name: str, rows: int) -> str:
        spread = f"{min(self.wall):.2f} to {max(self.wall):.2f}"
        cpu, peak = statistics.median(self.cpu), max(self.peak)
        return f"| {name} | {rows:,} | {self.seconds:.2f} | {spread} | {cpu:.2f} | {peak:,.0f} |"


def measure(command: list[str], into: Measured) -> None:
    """Run a process to its end and note wall time, processor time (seconds) and peak memory (MB)."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said.decode()}")
    into.wall.append(time.perf_counter() - begun)
    into.cpu.append(usage.ru_utime + usage.ru_stime)
    into.peak.append(usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2))


def main() -> None:
    """Generate the inputs, run the rounds, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes of the kit's runs")
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are shown (default: 3)")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"), help="for inputs and outputs")
    parser.add_argument("--save", action="store_true", help="keep the tables in benchmarks/results/<date>.md")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    tables = "\n".join(report(chosen.folder.resolve(), sorted(chosen.rows), chosen.runs))
    print(tables)
    if chosen.save:
        path = HERE / "results" / f"{dt.date.today():%Y-%m-%d}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(tables + "\n", encoding="utf-8")


def report(folder: Path, sizes: list[int], runs: int) -> list[str]:
    """Run every process, in rounds, and give the tables."""
    commands = processes(folder, sizes)
    measured = {name: Measured() for name in commands}
    for _ in range(runs):
        for (name, rows), command in commands.items():
            print(f"{name}, {rows:,} rows ...", file=sys.stderr, flush=True)
            measure(command, measured[name, rows])
            shutil.rmtree(folder / "workspace", ignore_errors=True)
    lines = [f"# {dt.date.today():%Y-%m-%d}", "", *machine(), ""]
    lines += [
        "| process | rows | seconds (median) | from, to | CPU seconds | peak MB |",
        "| --- | --: | --: | --- | --: | --: |",
    ]
    lines += [figures.row(name, rows) for (name, rows), figures in measured.items()]
    return [
        *lines,
        "",
        "| ratio | |",
        "| --- | --: |",
        *ratios({key: it.seconds for key, it in measured.items()}, sizes),
    ]


def processes(folder: Path, sizes: list[int]) -> dict[tuple[str, int], list[str]]:
    """Command line of each process, by its name and the rows it gets."""
    baseline = [sys.executable, str(HERE / "baselines.py")]
    small = made(folder / f"{BASELINE_ROWS}.csv", BASELINE_ROWS)
    copy, workspace = str(folder / "copy.csv"), str(folder / "workspace")
    commands = {(name, BASELINE_ROWS): [*baseline, name, small, copy] for name in ("rows", "distinct")}
    for rows in sizes:
        source = made(folder / f"{rows}.csv", rows)
        wrong = made(folder / f"{rows}-wrong.csv", rows, "wrong")
        kit = [sys.executable, "-m", "passage_kit", "prepare"]
        commands |= {(name, rows): [*baseline, name, source, copy] for name in ("arrow", "polars")}
        commands["kit", rows] = [*kit, source, "--out", workspace]
        commands["kit, every row wrong", rows] = [*kit, wrong, "--out", workspace]
    return commands


def made(path: Path, rows: int, *wrong: str) -> str:
    """Make an input in a process of its own: a process inherits the peak memory of the one that starts it."""
    subprocess.run([sys.executable, str(HERE / "inputs.py"), str(path), str(rows), *wrong], check=True)
    return str(path)


def ratios(seconds: dict[tuple[str, int], float], sizes: list[int]) -> list[str]:
    """The figures that count."""
    lines = []
    for rows in sizes:
        kit, scale = seconds["kit", rows], rows / BASELINE_ROWS
        for name, shown in (("rows", "row by row"), ("distinct", "once per distinct value")):
            lines.append(f"| {shown} / kit, {rows:,} rows | {seconds[name, BASELINE_ROWS] * scale / kit:.1f} |")
        lines += [
            f"| kit / {name} copy, {rows:,} rows | {kit / seconds[name, rows]:.1f} |" for name in ("arrow", "polars")
        ]
        lines.append(f"| every row wrong / clean, {rows:,} rows | {seconds['kit, every row wrong', rows] / kit:.2f} |")
    for fewer, more in itertools.pairwise(sizes):
        lines.append(f"| kit, {more:,} rows / {fewer:,} rows | {seconds['kit', more] / seconds['kit', fewer]:.1f} |")
    return lines


def machine() -> list[str]:
    """Versions and machine, as far as they matter."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}; {versions}."
    ]


if __name__ == "__main__":
    main()
