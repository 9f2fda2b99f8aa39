"""Measure what each trait of a messy list costs: `python benchmarks/traits.py [ROWS]`.

Every cell of a column has the trait and is distinct. What counts is how much more a cell with the trait costs than a
clean one; the first measurement of a column is left out, since it reads the rules of countries.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from messy import EMAIL_TRAITS, PHONE_TRAITS, Trait

from passage_kit.columns.users_frame import series, source_rows
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.phones import normalize_phones

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


def cost(cells: pa.Array, normalize: Callable[[pd.Series], object]) -> float:
    """Measure the CPU seconds for a million such cells, in the better of two rounds."""
    index = source_rows(len(cells))
    column = series(cells, pd.DataFrame(index=index)).rename("cell")
    times = []
    for _ in range(2):
        begun = time.process_time()
        normalize(column)
        times.append(time.process_time() - begun)
    return min(times) / len(cells) * 1e6


def table(traits: Mapping[str, Trait], cells: pa.Array, normalize: Callable[[pd.Series], object]) -> list[str]:
    """Measure every trait, and give the lines of a table."""
    lines, clean = [], 0.0
    for name, trait in traits.items():
        seconds = cost(trait(cells), normalize)
        clean = clean or seconds
        lines.append(f"| {name} | {seconds:.1f} | {seconds / clean:.1f} |")
    return lines


def main() -> None:
    """Print the tables."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    for what, traits, cells, normalize in (
        ("phones", PHONE_TRAITS, phones(rows), lambda column: normalize_phones(column, default_region="DE")),
        ("emails", EMAIL_TRAITS, emails(rows), normalize_emails),
    ):
        print(f"\n| {what} | CPU s a million cells | of a clean cell |\n| --- | --: | --: |")
        print("\n".join(table(traits, cells, normalize)), flush=True)


if __name__ == "__main__":
    main()
