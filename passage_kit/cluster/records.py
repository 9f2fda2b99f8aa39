"""What a call returned, kept in the storage: counts, evidence and samples, as bytes that can hold nothing else.

Whoever may write into the storage could exchange them, so no code is ever called for them: frames and arrays are Arrow,
and the rest are plain values and data classes of the kit.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from dataclasses import is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc

_DIGEST = hashlib.sha256().digest_size


def dump(result: Any) -> bytes:
    """Write what a call returned.

    Examples
    --------
    >>> load(dump({"ann@example.org": 2}))
    {'ann@example.org': 2}
    """
    sink = io.BytesIO()
    _RecordWriter(sink, protocol=pickle.HIGHEST_PROTOCOL).dump(result)
    data = sink.getvalue()
    return hashlib.sha256(data).digest() + data


def load(record: bytes) -> Any:
    """Read what :func:`dump` wrote.

    Raises
    ------
    ValueError
        If the bytes are damaged, or hold anything else.
    """
    digest, data = record[:_DIGEST], record[_DIGEST:]
    if hashlib.sha256(data).digest() != digest:
        raise ValueError("a record of a call is damaged")
    return _RecordReader(io.BytesIO(data)).load()


class _RecordWriter(pickle.Pickler):
    """Writes frames and arrays as Arrow."""

    def persistent_id(self, value: Any) -> tuple[str, bytes] | None:
        if isinstance(value, pd.DataFrame):
            return "frame", _arrow_bytes(pa.Table.from_pandas(value))
        if isinstance(value, pa.Table):
            return "table", _arrow_bytes(value)
        if isinstance(value, pa.ChunkedArray):
            return "column", _arrow_bytes(pa.table({"values": value}))
        if isinstance(value, pa.Array):
            return "array", _arrow_bytes(pa.table({"values": value}))
        if isinstance(value, np.ndarray):
            return "numbers", _arrow_bytes(pa.table({"values": value}))
        return None


class _RecordReader(pickle.Unpickler):
    """Reads Arrow, plain values, and data classes of the kit."""

    def persistent_load(self, kept: Any) -> Any:
        kind, data = kept
        table = pa.ipc.open_stream(data).read_all()
        if kind == "frame":
            return table.to_pandas(types_mapper=pd.ArrowDtype)
        if kind == "table":
            return table
        if kind == "column":
            return table["values"]
        array = table["values"].combine_chunks()
        return array.to_numpy(zero_copy_only=False) if kind == "numbers" else array

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("passage_kit."):
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or hasattr(found, "_fields")):
                return found
        raise ValueError(f"a record of a call holds a {module}.{name}, and may not")


def _arrow_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data
