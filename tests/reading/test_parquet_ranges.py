"""Runs of row groups of a Parquet file have the rows of the whole file, for every type that is read so."""

import datetime as dt
import decimal
import uuid

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from passage_kit.errors import SourceError
from passage_kit.files import unpacking
from passage_kit.reading import frame_reader, parquet_ranges
from passage_kit.reading.frame_reader import read_parquet
from passage_kit.reading.parquet_ranges import GroupRun, read_run, runs_of_groups, secrets_of_runs

ROWS = 23
some_rows = frame_reader._some_rows


def noted(read):
    """Make a function that notes how many rows each portion has."""

    def note(portion):
        read.append(len(portion))
        return portion

    return note


def written(table, size=4):
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=size)
    return sink.getvalue()


def every_type():
    """Make a table of every type of which each value is written alone; each has values that differ in form."""
    at = range(ROWS)
    moment = dt.datetime(2024, 1, 31)
    typed = {
        "text": pa.array([None if row % 5 == 0 else f"Zoë {row}" for row in at]),
        "empty": pa.array([""] * ROWS),
        "none": pa.nulls(ROWS),
        "whole": pa.array([row if row % 3 else None for row in at], pa.int32()),
        "float": pa.array([row / 4 if row % 3 else None for row in at]),
        "half": pa.array(np.arange(ROWS, dtype=np.float32) / 3),
        "flag": pa.array([row % 2 == 0 for row in at]),
        "money": pa.array([decimal.Decimal(row) / 100 for row in at], pa.decimal128(9, 2)),
        "day": pa.array([moment.date() + dt.timedelta(row) for row in at]),
        "moment": pa.array([moment + dt.timedelta(hours=6 * row) for row in at]),
        "zoned": pa.array([moment + dt.timedelta(hours=row) for row in at], pa.timestamp("us", "UTC")),
        "exact": pa.array([row * 86_400 * 10**9 + row % 2 for row in at], pa.timestamp("ns")),
        "far": pa.array([253_402_300_800_000 if row == 9 else row for row in at], pa.timestamp("ms")),
        "clock": pa.array([dt.time(row) for row in at]),
        "kind": pa.array([["new", "old", None][row % 3] for row in at]).dictionary_encode(),
        "id": pa.array([uuid.UUID(int=row).bytes for row in at], pa.uuid()),
        "tags": pa.array([[["a", "b"], [], None, ["c", None]][row % 4] for row in at]),
        "marks": pa.array([[row, row + 1] if row % 2 else None for row in at], pa.large_list(pa.int64())),
        "name": pa.array([{"first": f"Ann {row}", "in": {"b": row}} if row % 4 else None for row in at]),
    }
    return pa.table(typed)


@pytest.mark.parametrize(("rows", "size"), [(1, 4), (4, 4), (9, 4), (20, 4), (3, 4), (1, ROWS), (5, ROWS), (22, ROWS)])
def test_runs_have_the_rows_of_the_whole_file(rows, size):
    data = written(every_type(), size)
    runs = runs_of_groups(pa.BufferReader(data), rows)
    assert [run.above for run in runs] == np.cumsum([0, *(run.rows for run in runs[:-1])]).tolist()
    assert sum(run.rows for run in runs) == ROWS
    assert all(run.rows <= rows for run in runs)
    expected = read_parquet(data.to_pybytes(), "users.parquet").users
    read = [read_run(pa.BufferReader(data), run, name="users.parquet", secrets=()).read.users for run in runs]
    pd.testing.assert_frame_equal(pd.concat(read, ignore_index=True), expected.reset_index(drop=True))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"\x00", b"\x01"] * 4),
        pa.array([b"abc"] * 8, pa.large_binary()),
        pa.array([b"abc"] * 8, pa.binary(3)),
        pa.array([[{"email": "ann@example.org"}]] * 8),
        pa.array([[("a", 1)]] * 8, pa.map_(pa.string(), pa.int64())),
        pa.array([{"raw": b"a"}] * 8),
        pa.array([[["a"]]] * 8),
    ],
    ids=str,
)
def test_a_column_whose_values_tell_together_how_they_are_written_keeps_a_file_whole(column):
    assert runs_of_groups(pa.BufferReader(written(pa.table({"x": column}))), 4) is None


def test_a_file_of_one_run_and_one_that_is_damaged_are_read_whole():
    data = written(pa.table({"x": range(8)}))
    assert runs_of_groups(pa.BufferReader(data), 8) is None
    assert runs_of_groups(pa.BufferReader(data[:-9]), 4) is None
    assert runs_of_groups(pa.BufferReader(b"x"), 4) is None


def test_groups_without_rows_belong_to_no_run():
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, pa.schema([("x", pa.int64())])) as writer:
        for size in (0, 3, 0, 2, 0):
            writer.write_table(pa.table({"x": pa.array(range(size), pa.int64())}))
    runs = runs_of_groups(pa.BufferReader(sink.getvalue()), 3)
    assert [(run.above, run.rows) for run in runs] == [(0, 3), (3, 2)]


def test_of_a_group_of_many_rows_each_piece_has_some_and_the_rest_is_a_run(monkeypatch):
    data = written(pa.table({"x": range(23)}), 10)
    runs = runs_of_groups(pa.BufferReader(data), 4)
    assert [(run.groups, run.above, run.skipped, run.rows) for run in runs] == [
        *(((0,), 0, 0, 4), ((0,), 4, 4, 4), ((0,), 8, 8, 2)),
        *(((1,), 10, 0, 4), ((1,), 14, 4, 4), ((1,), 18, 8, 2), ((2,), 20, 0, 3)),
    ]
    monkeypatch.setattr(parquet_ranges, "_MOST_BYTES", 50)
    assert max(run.rows for run in runs_of_groups(pa.BufferReader(data), 9)) < 6  # of long values, fewer


def test_what_stands_below_a_piece_is_not_read(monkeypatch):
    """A batch is as many rows as are read at a time."""
    monkeypatch.setattr(frame_reader, "_ROWS_AT_A_TIME", 10)
    read = []
    data = written(pa.table({"x": [f"user{number}@example.org" for number in range(90)]}), 90)
    monkeypatch.setattr(frame_reader, "_some_rows", lambda portions, rows: some_rows(map(noted(read), portions), rows))
    found = read_run(pa.BufferReader(data), GroupRun((0,), 35, 20, 35), name="users.parquet", secrets=()).read.users
    assert found["x"].tolist() == [f"user{number}@example.org" for number in range(35, 55)]
    assert sum(read) == 60


def test_a_damaged_run_is_said_as_for_the_whole_file():
    data = bytearray(written(pa.table({"x": [f"user{number}@example.org" for number in range(900)]}), 300).to_pybytes())
    begin = pq.ParquetFile(pa.BufferReader(bytes(data))).metadata.row_group(1).column(0).data_page_offset
    data[begin : begin + 40] = b"\xff" * 40
    runs = runs_of_groups(pa.BufferReader(bytes(data)), 300)
    assert len(read_run(pa.BufferReader(bytes(data)), runs[0], name="users.parquet", secrets=()).read.users) == 300
    with pytest.raises(SourceError, match=r"users\.parquet cannot be read as Parquet: .* Export it again"):
        read_run(pa.BufferReader(bytes(data)), runs[1], name="users.parquet", secrets=())


def test_a_run_that_unpacks_to_far_more_is_refused(monkeypatch):
    monkeypatch.setattr(unpacking, "ALWAYS", 1 << 16)
    data = written(pa.table({"x": ["a" * 1_000] * 4_000}), 2_000)
    with pytest.raises(SourceError, match="holds more than"):
        read_run(pa.BufferReader(data), GroupRun((1,), 2_000, 2_000), name="users.parquet", secrets=())


def test_secrets_are_told_by_the_first_rows_over_several_runs():
    hashes = ["$2b$10$a4VB/EsiAZHJoQTVM0Q"] * 6 + ["a word or two"] * 6
    data = written(pa.table({"email": [f"u{number}@example.org" for number in range(12)], "value": hashes}), 2)
    runs = runs_of_groups(pa.BufferReader(data), 2)
    for rows, secrets in ((5, {"value"}), (12, {"value"}), (2, {"value"})):
        assert secrets_of_runs(pa.BufferReader(data), runs, rows, name="users.parquet") == secrets
