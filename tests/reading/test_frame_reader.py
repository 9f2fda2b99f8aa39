"""Parquet files and frames."""

import datetime as dt
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.errors import SourceError
from passage_kit.reading.frame_reader import read_frame, read_parquet


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def test_parquet():
    table = pa.table(
        {
            "id": [1, 2],
            "phone": [14155552671.0, None],
            "since": [dt.datetime(2024, 1, 31), None],
            "who": [{"name": "Ann"}, None],
        }
    )
    source = read_parquet(parquet(table), "users.parquet")
    assert source.users.astype(object).where(source.users.notna(), None).to_dict("list") == {
        "id": ["1", "2"], "phone": ["14155552671", None], "since": ["2024-01-31", None], "who.name": ["Ann", None],
    }  # fmt: skip
    assert (source.kind, len(source.sha256), len(source.findings)) == ("parquet", 64, 0)


def test_parquet_names_that_meet():
    source = read_parquet(parquet(pa.table({"a": [{"b": 1}], "a.b": [2]})), "users.parquet")
    assert source.users.iloc[0].to_dict() == {"a.b": "1", "a.b (2)": "2"}
    assert source.findings["code"].tolist() == ["header_renamed"]


def test_broken_parquet():
    with pytest.raises(SourceError, match=r"users.parquet cannot be read as Parquet"):
        read_parquet(b"PAR1 and then nothing PAR1", "users.parquet")
    with pytest.raises(SourceError, match="no rows"):
        read_parquet(parquet(pa.table({"a": pa.array([], pa.string())})), "users.parquet")


def test_frame_is_not_changed_and_comes_back_as_text():
    frame = pd.DataFrame({"a": ["00123", np.nan], 5: [True, False]})
    before = frame.copy()
    source = read_frame(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert list(source.users) == ["a", "5"]
    assert set(source.users.dtypes) == {TEXT}
    assert source.users.index.tolist() == [1, 2]


def test_a_users_frame_keeps_its_source_rows():
    users = users_frame({"email": ["ann@example.org", None, "cy@example.org"]})
    source = read_frame(users.iloc[[0, 2]])
    assert source.users.index.tolist() == [1, 3]
    assert read_frame(users).findings["source_row"].tolist() == [2]
    with pytest.raises(SourceError, match="source_row"):
        read_frame(users.iloc[[0, 0]])


def test_a_named_index_is_a_column_and_an_unnamed_one_is_not():
    frame = pd.DataFrame({"name": ["Ann"]}, index=pd.Index(["ann@example.org"], name="email"))
    assert list(read_frame(frame).users) == ["email", "name"]
    assert list(read_frame(frame.rename_axis(None)).users) == ["name"]


def test_hash_is_of_the_contents():
    frame = pd.DataFrame({"a": ["x", None]})
    assert read_frame(frame).sha256 == read_frame(frame.copy()).sha256
    assert read_frame(frame).sha256 != read_frame(pd.DataFrame({"a": ["x", "y"]})).sha256
    assert read_frame(frame).sha256 != read_frame(frame.rename(columns={"a": "b"})).sha256


@pytest.mark.parametrize(("frame", "what"), [(pd.DataFrame(), "no columns"), (pd.DataFrame({"a": []}), "no rows")])
def test_nothing_in_it(frame, what):
    with pytest.raises(SourceError, match=what):
        read_frame(frame)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            pa.array([2**62, None, 0], pa.timestamp("us")),
            ["<value out of range: 4611686018427387904>", None, "1970-01-01"],
        ),
        (pa.array([2**30], pa.date32()), ["<value out of range: 1073741824>"]),
        (pa.array([2**62], pa.duration("s")), ["4611686018427387904"]),
        (pa.array(["a"], pa.string_view()), ["a"]),
        (pa.array([b"\xff"], pa.large_binary()), ["ff"]),
        (pa.array([[1, 2]], pa.list_view(pa.int32())), ["1; 2"]),
    ],
)
def test_values_that_python_cannot_have_are_written_by_arrow(values, text):
    read = read_parquet(parquet(pa.table({"email": ["ann@example.org"] * len(values), "x": values})), "users.parquet")
    assert read.users["x"].astype(object).where(read.users["x"].notna(), None).tolist() == text


def test_texts_that_are_none_are_refused():
    texts = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xff"))
    with pytest.raises(SourceError, match=r"cannot be read as Parquet: .*UTF8"):
        read_parquet(parquet(pa.table({"x": texts})), "users.parquet")


@pytest.mark.slow
def test_a_parquet_file_that_unpacks_to_far_more_is_refused(monkeypatch):
    monkeypatch.setattr("passage_kit.files.unpacking.ALWAYS", 1 << 20)
    data = parquet(pa.table({"x": ["a" * 1_000] * 100_000}))
    with pytest.raises(SourceError, match=r"users.parquet has .* bytes and holds more than"):
        read_parquet(data, "users.parquet")


def test_frames_with_half_a_character_and_without_an_end():
    source = read_frame(pd.DataFrame({"email": pd.Series(["a\ud800", "b"], dtype=object)}))
    assert source.users["email"].tolist() == ["a\ufffd", "b"]
    assert source.findings["code"].tolist() == ["character_lost"]
    endless: dict = {}
    endless["x"] = endless
    with pytest.raises(SourceError, match="cannot be written as text"):
        read_frame(pd.DataFrame({"x": [endless]}))
