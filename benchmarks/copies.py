"""The floor: read the file and write it again, `python copies.py arrow|polars INPUT OUTPUT`."""

from __future__ import annotations

import sys


def arrow(source: str, target: str) -> None:
    """Read and write with pyarrow."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = ["id", "email", "phone", "country", "first_name", "last_name", "signed_up", "newsletter"]
    text = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    breaks = arrow_csv.ParseOptions(newlines_in_values=True)
    arrow_csv.write_csv(arrow_csv.read_csv(source, parse_options=breaks, convert_options=text), target)


def polars(source: str, target: str) -> None:
    """Read and write with polars."""
    import polars as pl

    pl.read_csv(source, infer_schema=False).write_csv(target)


if __name__ == "__main__":
    {"arrow": arrow, "polars": polars}[sys.argv[1]](*sys.argv[2:])
