"""A large Parquet file is read by many workers as one machine reads it; what is not exact is read by one worker."""

import random

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from messy_lists import HEADER, MAPPING, SCHEMA, check_same, messy_row
from s3fs.core import S3File
from test_source_files import Counting, read_on_cluster

import passage_kit as pk
from passage_kit.cluster import parquet_steps
from passage_kit.cluster.job import Job
from passage_kit.cluster.parquet_steps import write_run
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.storage import Storage
from passage_kit.errors import OptionError
from passage_kit.reading.parquet_ranges import runs_of_groups

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Take every file for a large one."""
    monkeypatch.setattr(parquet_steps, "LARGE", 0)


def messy_table(seed, rows):
    """Make a list as a program writes it: typed columns, blank rows and a repeated header, secrets."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    lines = [messy_row(number, rows * 3 // 4, chance) for number in range(rows)]
    for number in range(5, rows, 97):
        lines[number] = chance.choice([[""] * len(HEADER), HEADER])
    frame = pd.DataFrame(lines, columns=HEADER)
    frame["password"] = [f"x{number}" for number in range(rows)]
    frame["logins"] = [number / 2 if number % 3 else None for number in range(rows)]
    frame.loc[5::97, ["password", "logins"]] = None
    return pa.Table.from_pandas(frame, preserve_index=False)


def write(path, table, size):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, row_group_size=size)
    return path


def check_parquet(path, folder, rows, **reading):
    """Check that a file is read as on one machine; give the number of runs that were read."""
    expected = pk.read_source(path, **reading)
    source, users, found, calls = read_on_cluster(path, folder, rows, **reading)
    for fact in ("name", "kind", "sha256", "layout", "lists"):
        assert getattr(source, fact) == getattr(expected, fact), fact
    pd.testing.assert_frame_equal(users, expected.users.reset_index(drop=True), check_index_type=False)
    ours, theirs = (
        some.sort_values(["source_row", "code"], kind="stable", na_position="first").reset_index(drop=True)
        for some in (found, expected.findings)
    )
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
    return calls.get("read row groups", 0)


@pytest.mark.parametrize(("size", "rows", "count"), [(37, 100, 296), (100, 37, 800), (7, 7, 56), (300, 61, 300)])
def test_a_messy_file_is_read_in_runs_as_on_one_machine(tmp_path, size, rows, count):
    path = write(tmp_path / "users.parquet", messy_table(size, count), size)
    assert check_parquet(path, tmp_path / "work", rows) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("size", [53, 101])
def test_every_output_is_that_of_one_machine(tmp_path, size):
    for at, rows in enumerate((300, 90)):
        write(tmp_path / "users" / f"{at}.parquet", messy_table(at, rows), size)
    engine = Counting()
    one = pk.prepare(tmp_path / "users", out=tmp_path / "one", **GIVEN)
    other = prepare_on_cluster(tmp_path / "users", out=tmp_path / "other", client=engine, rows=size + 9, **GIVEN)
    check_same(tmp_path / "one", tmp_path / "other")
    assert other.summary() == one.summary()
    assert engine.calls["read row groups"] >= 3


@pytest.mark.parametrize("change", ["json", "json below", "bytes", "names and values", "misnamed"])
def test_what_the_whole_file_decides_is_read_by_one_worker(tmp_path, change):
    frame = pd.DataFrame({"email": [f"u{number}@example.org" for number in range(300)]})
    frame["more"] = ['{"city": "Oslo"}' if change == "json" or number > 100 else None for number in range(300)]
    if change == "bytes":
        frame["more"] = [b"\x01" if number < 200 else b"\xff\x00" for number in range(300)]
    elif change == "names and values":
        emails = frame["email"].tolist()
        frame = pd.DataFrame({
            "user_id": [number // 2 for number in range(300)],
            "meta_key": ["email", "city"] * 150,
            "meta_value": [value for email in emails[:150] for value in (email, "Oslo")],
        })  # fmt: skip
    path = tmp_path / ("users.csv" if change == "misnamed" else "users.parquet")
    write(path, pa.Table.from_pandas(frame, preserve_index=False), 50)
    check_parquet(path, tmp_path / "work", 60)
    assert read_on_cluster(path, tmp_path / "again", 60)[3]["read"] == 1


def test_files_that_are_split_and_others_are_one_list(tmp_path):
    folder = tmp_path / "users"
    plain = pa.table({"email": [f"u{number}@example.org" for number in range(200)], "more": ["x"] * 200})
    for name, more in (("a", '{"city": "Oslo"}'), ("b", "x"), ("c", '{"city": "Oslo"}'), ("d", "y")):
        column = pa.array([more if name in "bd" or number > 150 else None for number in range(200)])
        write(folder / f"{name}.parquet", plain.set_column(1, "more", column), 40)
    for name in "ac":  # of the same columns as the others once it is read whole
        write(folder / f"{name}.parquet", plain.set_column(1, "more", pa.array([b"x"] * 200)), 40)
    assert check_parquet(folder, tmp_path / "work", 60) > 4


def test_options_that_do_not_fit_are_refused_as_on_one_machine(tmp_path):
    path = write(tmp_path / "users.parquet", messy_table(1, 60), 10)
    with pytest.raises(OptionError, match="delimiter is not an option of this kind of source"):
        read_on_cluster(path, tmp_path / "work", 20, delimiter=";")


@pytest.mark.server
@pytest.mark.parametrize("size", [1_000, 8_000])
def test_of_a_large_file_on_s3_a_worker_fetches_its_groups_alone(tmp_path, bucket, monkeypatch, size):
    path = write(tmp_path / "users.parquet", messy_table(3, 8_000), size)
    files = fsspec.filesystem("s3")
    files.put_file(str(path), "people/users.parquet")
    one = pk.prepare(path, out=tmp_path / "one", **GIVEN)
    with parquet_steps._open(f"{bucket}/users.parquet") as source:
        [*runs] = runs_of_groups(source, 1_000)
    fetched, fetch = [], S3File._fetch_range

    def noted(file, start, end):
        fetched.append(end - start)
        return fetch(file, start, end)

    with monkeypatch.context() as noting:
        noting.setattr(S3File, "_fetch_range", noted)
        write_run(Job(Storage(str(tmp_path / "work")), pk.Plan(), 1_000), 0, f"{bucket}/users.parquet", runs[2], set())
    assert 0 < sum(fetched) < path.stat().st_size * (0.5 if size == 1_000 else 1.5)  # of one group, all above, too
    engine = Counting()
    other = prepare_on_cluster(f"{bucket}/users.parquet", out=tmp_path / "other", client=engine, rows=1_000, **GIVEN)
    assert engine.calls["read row groups"] == 8
    assert not engine.calls.get("read")
    assert other.source.sha256 == one.source.sha256
    assert other.summary() | {"source": None} == one.summary() | {"source": None}
    for file in sorted((tmp_path / "one" / "out").iterdir()):
        if file.name.endswith(".csv") and file.name not in ("findings.csv", "ledger.csv"):
            assert (tmp_path / "other" / "out" / file.name).read_bytes() == file.read_bytes(), file.name
