"""The findings and the ledger of a run as CSV files, for people: from the data sets, part by part."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import of
from passage_kit.cluster.storage import WORK, Storage, users_of
from passage_kit.cluster.writing_steps import csv_bytes
from passage_kit.findings.findings import describe_findings
from passage_kit.preparation.outputs import FINDINGS_FILE, LEDGER_FILE
from passage_kit.workspace.manifest import MANIFEST, Entry, Manifest

WHOLE = "whole.parquet"
_LISTS = {"findings": FINDINGS_FILE, "ledger": LEDGER_FILE}


def write_lists(engine: Engine, storage: Storage) -> list[str]:
    """Write both files beside the other outputs, name them in the manifest, and give their paths.

    Raises
    ------
    ValueError
        If the manifest cannot be read.
    """
    manifest = Manifest.from_json(storage.read(f"stages/{MANIFEST}").decode())
    own = replace(storage, run="lists")
    written = dict[str, Entry]()
    for name, file in _LISTS.items():
        every = storage.names(f"stages/{name}")
        parts = [
            *(part for part in every if part == "whole.parquet"),
            *(part for part in every if part != "whole.parquet"),
        ]
        items = [(own, name, part, number) for number, part in enumerate(parts)]
        engine.run(f"{name} as CSV", write_piece, items)
        [entry] = engine.run(f"joining {name}", join_pieces, [(own, name, f"out/{file}", len(parts))])
        written[f"out/{file}"] = entry
    storage.write(f"stages/{MANIFEST}", replace(manifest, files={**manifest.files, **written}).to_json().encode())
    storage.remove(WORK)
    return [storage.path(name) for name in written]


def write_piece(storage: Storage, name: str, part: str, number: int) -> None:
    """Write the lines of a part; those of the first one with the header."""
    table = pq.read_table(pa.BufferReader(storage.read(f"stages/{name}/{part}")))
    if name == "findings":
        rows = describe_findings(table.to_pandas(types_mapper=pd.ArrowDtype))
    else:
        rows = users_of(table).reset_index()
    header = csv_bytes(rows.iloc[:0]) if number else b""
    storage.write(of(name, number), csv_bytes(rows)[len(header) :])


def join_pieces(storage: Storage, name: str, file: str, pieces: int) -> Entry:
    """Put the lines of all parts into one file."""
    return storage.write_joined(file, (storage.read(of(name, number)) for number in range(pieces)))
