"""Measure the kit against row-by-row work and against merely copying the file: `python benchmarks/run.py`.

The list is messy, as real ones are (see `messy.py`), and where a line says so clean, or wrong in every row, or with
metadata fields for five of its columns.

All processes of one round run one after the other, then the next round begins, so that a machine that slows down slows
all of them. What counts are the ratios of the medians; absolute times differ between machines and hours. The row-by-row
baselines run on 100,000 rows and are extrapolated. `python benchmarks/linear.py` draws cost against rows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PYTHON = [sys.executable]
COPIES = ("arrow", "polars")
ROW_BY_ROW = {"row by row": "row_by_row", "row by row in pandas": "in_pandas"}
CLEAN, WRONG, FIELDS = ", clean list", ", every row wrong", ", five fields"
LISTS = {"": ["messy"], CLEAN: [], WRONG: ["wrong"], FIELDS: ["messy"]}  # how `inputs.py` makes each
TYPES = {"first_name": "string", "last_name": "string", "signed_up": "date", "newsletter": "boolean", "note": "string"}
BASELINE_ROWS = 100_000
STAGES_ROWS = 1_000_000  # the stages are measured at the largest size up to this
LIBRARIES = ["pandas", "pyarrow", "polars", "pandera", "phonenumbers", "email-validator"]


@dataclass
class Measured:
    """Measurements of the rounds of one process."""

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


def measure(command: list[str], into: Measured) -> str:
    """Run a process, record wall and processor time (seconds) and peak memory (MB), and return what it printed."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        printed = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{errors.read().decode()}")
    into.wall.append(time.perf_counter() - begun)
    into.cpu.append(usage.ru_utime + usage.ru_stime)
    into.peak.append(usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2))
    return printed.decode()


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
    stages: list[dict[str, dict[str, float]]] = []
    for _ in range(runs):
        for (name, rows), command in commands.items():
            print(f"{name}, {rows:,} rows ...", file=sys.stderr, flush=True)
            measure(command, measured[name, rows])
            shutil.rmtree(folder / "workspace", ignore_errors=True)
        stages.append(json.loads(measure(stages_of(folder, sizes), Measured())))
    return [
        f"# {dt.date.today():%Y-%m-%d}",
        "",
        *machine(),
        "",
        "| process | rows | seconds (median) | from, to | CPU seconds | peak MB |",
        "| --- | --: | --: | --- | --: | --: |",
        *(figures.row(name, rows) for (name, rows), figures in measured.items()),
        "",
        "| ratio | |",
        "| --- | --: |",
        *ratios(folder, measured, sizes),
        *identifier_ratios(medians([run["a row"] for run in stages])),
        "",
        f"| stage, {largest(sizes):,} rows, within the process | seconds (median) |",
        "| --- | --: |",
        *(f"| {name} | {taken:.2f} |" for name, taken in medians([run["stages"] for run in stages]).items()),
    ]


def processes(folder: Path, sizes: list[int]) -> dict[tuple[str, int], list[str]]:
    """List the command line of each process, by its name and number of rows."""
    copy, workspace = str(folder / "copy.csv"), str(folder / "workspace")
    few = baseline_rows(sizes)
    commands = {
        (name, few): [*PYTHON, script(module), made(folder, few, "messy"), workspace]
        for name, module in ROW_BY_ROW.items()
    }
    for rows in sizes:
        for kind, words in LISTS.items():
            source = made(folder, rows, *words)
            names = COPIES if kind in ("", CLEAN) else ()
            commands |= {
                (f"{name} copy{kind}", rows): [*PYTHON, script("copies"), name, source, copy] for name in names
            }
            schema = ["--schema", fields_of(folder)] if kind == FIELDS else []
            kit = [*PYTHON, "-m", "passage_kit", "prepare", source, "--out", workspace, *schema]
            commands[f"kit{kind}", rows] = kit
    return commands


def fields_of(folder: Path) -> str:
    """Write the metadata fields of five columns."""
    path = folder / "fields.toml"
    lines = [f'[[fields]]\nfield_name = "{name}"\ntype = "{kind}"\n' for name, kind in TYPES.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def stages_of(folder: Path, sizes: list[int]) -> list[str]:
    """Build the command line of the process that measures the stages."""
    return [*PYTHON, script("stages"), made(folder, largest(sizes), "messy"), str(folder / "workspace")]


def baseline_rows(sizes: list[int]) -> int:
    """Choose the number of rows for the row-by-row baseline."""
    return min(BASELINE_ROWS, *sizes)


def largest(sizes: list[int]) -> int:
    """Choose the number of rows at which the stages are measured."""
    return max((size for size in sizes if size <= STAGES_ROWS), default=min(sizes))


def script(name: str) -> str:
    return str(HERE / f"{name}.py")


@cache
def made(folder: Path, rows: int, *words: str) -> str:
    """Make an input in a process of its own, since a process inherits the peak memory of its parent."""
    path = str(folder / "-".join([str(rows), *words])) + ".csv"
    subprocess.run([*PYTHON, script("inputs"), path, str(rows), *words], check=True)
    return path


def ratios(folder: Path, measured: dict[tuple[str, int], Measured], sizes: list[int]) -> Iterator[str]:
    """Compute the ratios that count."""
    seconds = {key: figures.seconds for key, figures in measured.items()}
    few = baseline_rows(sizes)
    for rows in sizes:
        kit = seconds["kit", rows]
        for name in ROW_BY_ROW:
            yield f"| {name} / kit, {rows:,} rows | {seconds[name, few] / few * rows / kit:.1f} |"
        for kind in ("", CLEAN):
            for name in COPIES:
                ratio = seconds[f"kit{kind}", rows] / seconds[f"{name} copy{kind}", rows]
                yield f"| kit / {name} copy{kind}, {rows:,} rows | {ratio:.1f} |"
        clean = seconds[f"kit{CLEAN}", rows]
        yield f"| messy / clean, {rows:,} rows | {kit / clean:.2f} |"
        yield f"| every row wrong / clean, {rows:,} rows | {seconds[f'kit{WRONG}', rows] / clean:.2f} |"
        yield f"| five fields / none, {rows:,} rows | {seconds[f'kit{FIELDS}', rows] / kit:.2f} |"
        for kind in ("", CLEAN):
            megabytes = Path(made(folder, rows, *LISTS[kind])).stat().st_size / 1024**2
            peak = max(measured[f"kit{kind}", rows].peak)
            yield f"| peak memory / input file{kind}, {rows:,} rows | {peak / megabytes:.1f} |"
    for fewer, more in itertools.pairwise(sizes):
        yield f"| kit, {more:,} rows / {fewer:,} rows | {seconds['kit', more] / seconds['kit', fewer]:.1f} |"


def identifier_ratios(a_row: dict[str, float]) -> Iterator[str]:
    """Compute how much faster the kit is than the library called for each distinct value."""
    for name in ("emails", "phones"):
        yield f"| {name}: library, each distinct value / kit | {a_row[f'{name}, library'] / a_row[name]:.0f} |"


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def machine() -> list[str]:
    """Describe versions and machine, as far as they matter."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}; {versions}."
    ]


if __name__ == "__main__":
    main()
