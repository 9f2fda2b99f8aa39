"""Measure what each trait of a messy list costs: `python benchmarks/traits.py [ROWS]`.

Every cell of a column, or row of a file, has the trait and is distinct. What counts is how much more a cell with the
trait costs than a clean one; the first measurement of a column is left out, since it reads the rules of countries.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from messy import EMAIL_TRAITS, PHONE_TRAITS, ROW_TRAITS, Trait

from passage_kit.columns.users_frame import series, source_rows
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.reading.csv.csv_reader import source_of
from passage_kit.reading.csv.csv_table import parse_csv

Prepare = Callable[[pa.Array], Callable[[], object]]  # gives the work to be measured

ROWS = 20_000
_PREFIXES = ("+4915112", "+447400", "+33612", "+393201", "+819012")  # six digits behind them make a mobile number


def phones(rows: int) -> pa.Array:
    """Make distinct mobile numbers of five countries."""
    draw = np.random.default_rng(7).permutation(900_000)[:rows] + 100_000
    prefix = pa.array(_PREFIXES).take(pa.array(np.arange(rows) % len(_PREFIXES)))
    return pc.binary_join_element_wise(prefix, pa.array(draw).cast(pa.string()), "")


def emails(rows: int) -> pa.Array:
    """Make distinct addresses of a few domains."""
    return pc.binary_join_element_wise("ann.", pa.array(np.arange(rows)).cast(pa.string()), "@mail.example.org", "")


def rows_of_a_file(rows: int) -> pa.Array:
    """Make the rows of a file with nine columns."""
    number = pa.array(np.arange(rows)).cast(pa.string())
    rest = "Germany,Ada,Smith,2024-02-29,yes,asked to be called back"
    return pc.binary_join_element_wise(number, emails(rows), phones(rows), rest, ",")


def normalizing(cells: pa.Array, normalize: Callable[[pd.Series], object]) -> Callable[[], object]:
    """Prepare to normalize a column."""
    column = series(cells, pd.DataFrame(index=source_rows(len(cells)))).rename("cell")
    return lambda: normalize(column)


def reading(rows: pa.Array) -> Callable[[], object]:
    """Prepare to read a file."""
    lines = ["id,email,phone,country,first_name,last_name,signed_up,newsletter,note", *rows.to_pylist(), ""]
    data = "\n".join(lines).encode()
    return lambda: source_of(parse_csv(data, "users.csv"))


def cost(work: Callable[[], object]) -> float:
    """Measure the CPU seconds of some work, in the better of two rounds."""
    times = []
    for _ in range(2):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def table(traits: Mapping[str, Trait], cells: pa.Array, prepare: Prepare) -> list[str]:
    """Measure every trait, and give the lines of a table."""
    lines, clean = [], 0.0
    for name, trait in traits.items():
        seconds = cost(prepare(trait(cells))) / len(cells) * 1e6
        clean = clean or seconds
        lines.append(f"| {name} | {seconds:.1f} | {seconds / clean:.1f} |")
    return lines


def main() -> None:
    """Print the tables."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    in_germany = partial(normalize_phones, default_region="DE")
    for what, traits, cells, prepare in (
        ("phones", PHONE_TRAITS, phones(rows), partial(normalizing, normalize=in_germany)),
        ("emails", EMAIL_TRAITS, emails(rows), partial(normalizing, normalize=normalize_emails)),
        ("rows of a file", ROW_TRAITS, rows_of_a_file(rows), reading),
    ):
        print(f"\n| {what} | CPU s a million | of a clean one |\n| --- | --: | --: |")
        print("\n".join(table(traits, cells, prepare)), flush=True)


if __name__ == "__main__":
    main()
