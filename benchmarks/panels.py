"""Measure how long the panels of notebook 01 and 02 take on a messy list: `python benchmarks/panels.py [ROWS]`.

What counts is the time until a person sees something: the panel after its cell ran, the control after a click, and the
counts of all rows, which a thread computes meanwhile.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from inputs import write_input
from run import machine

import passage_kit as pk
from passage_kit.reading.readers import read_source
from passage_kit.widgets.choose_options import ChooseOptions
from passage_kit.widgets.map_fields import MapFields
from passage_kit.workspace.plan import Plan

T = TypeVar("T")


def main(rows: int) -> None:
    """Print a line of a table for each wait."""
    print("\n".join([*machine(), "", "| what one waits for | seconds | CPU seconds |", "| --- | --: | --: |"]))
    with tempfile.TemporaryDirectory() as folder:
        source = write_input(Path(folder) / "users.csv", rows, strength="messy")
        read = timed("the list is read", lambda: read_source(source))
        workspace = pk.Workspace(Path(folder) / "migration")
        workspace.save_plan(Plan(str(source)))
        panel = timed("the mapping is shown", lambda: MapFields(read, pk.MetadataSchema(), workspace))
        timed("its rows are counted", panel.wait)
        for column, target in (("signed_up", None), ("phone", None), ("phone", "phone")):
            said = f"{column} becomes {target or 'not stored'}"
            timed(f"{said}: the control is set", lambda to=(column, target): panel.choose(*to))
            timed(f"{said}: its rows are counted", panel.wait)
        panel.save()
        timed("the options are shown", lambda: ChooseOptions(read.users, workspace))


def timed(what: str, work: Callable[[], T]) -> T:
    """Do something, and print how long it took."""
    begun, used = time.perf_counter(), time.process_time()
    result = work()
    print(f"| {what} | {time.perf_counter() - begun:.2f} | {time.process_time() - used:.2f} |", flush=True)
    return result


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
