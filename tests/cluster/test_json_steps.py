"""A large file of NDJSON is read by many workers as one machine reads it; what is not exact is read by one worker."""

import gzip
import json
import random

import fsspec
import pandas as pd
import pytest
from messy_lists import HEADER, MAPPING, SCHEMA, check_same, messy_row
from odd_lines import odd_lines
from test_source_files import Counting, read_on_cluster

import passage_kit as pk
from passage_kit.cluster import json_steps
from passage_kit.cluster.job import Job
from passage_kit.cluster.json_steps import LinesRange, look_at_range, outline_file_of_lines
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.records import dump, load
from passage_kit.cluster.storage import Storage
from passage_kit.errors import PassageKitError

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
FACTS = ("name", "kind", "sha256", "encoding", "layout", "lists", "unsure")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Take every file for a large one."""
    monkeypatch.setattr(json_steps, "LARGE", 0)
    monkeypatch.setattr(json_steps, "_WINDOW", 64)


def messy_lines(seed, rows):
    """Make a list as a program writes it: keys in objects, without those that are blank, and lines that are broken."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    lines = []
    for number in range(rows):
        row = dict(zip(HEADER, messy_row(number, rows * 3 // 4, chance), strict=True))
        person = {name: value for name, value in row.items() if value or chance.random() < 0.5}
        person["extra"] = {"tags": ["a", row["City"]], "orders": [{"id": number}]}
        if number > rows - 9:
            person["extra"]["late"] = number
        lines.append(json.dumps(person, ensure_ascii=number % 2 == 0))
        if number % 97 == 5:
            lines.append(chance.choice(["", "{broken", "7", lines[0]]))
    return "\r\n".join([*lines, ""])


def read_or_refused(read, *given):
    """Read a source, or give the sentence that refuses it."""
    try:
        return read(*given)
    except PassageKitError as error:
        return str(error)


def check_lines(path, folder, size, monkeypatch):
    """Check that a file is read, or refused, as on one machine; give how many calls read ranges, and whole files."""
    monkeypatch.setattr(json_steps, "RANGE", size)
    expected = read_or_refused(pk.read_source, path)
    if isinstance(expected, str):
        assert read_or_refused(read_on_cluster, path, folder) == expected
        return 0, 1
    source, users, found, calls = read_on_cluster(path, folder, 40)
    for fact in FACTS:
        assert getattr(source, fact) == getattr(expected, fact), fact
    pd.testing.assert_frame_equal(users, expected.users.reset_index(drop=True), check_index_type=False)
    ours, theirs = (
        some.sort_values("source_row", kind="stable", na_position="first").reset_index(drop=True)
        for some in (found, expected.findings)
    )
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
    return calls.get("read lines", 0), calls.get("read", 0)


@pytest.mark.parametrize("first", [0, pytest.param(20, marks=pytest.mark.slow)])
def test_files_of_many_kinds_are_read_in_ranges_of_odd_sizes_as_on_one_machine(tmp_path, first, monkeypatch):
    split = 0
    for seed in range(first, first + (6 if first == 0 else 50)):
        chance = random.Random(seed)  # noqa: S311 - no secret
        data, is_rare = odd_lines(seed, chance.choice([9, 60, 150]))
        path = tmp_path / f"{seed}" / chance.choice(["users.ndjson", "users.json"])
        path.parent.mkdir()
        path.write_bytes(data)
        ranges, whole = check_lines(path, tmp_path / f"{seed}" / "work", chance.choice([77, 700, 2_000]), monkeypatch)
        split += ranges > 1 and not whole and not is_rare
    assert split


@pytest.mark.parametrize("change", ["plain", "a mark", "packed", "old lines", "one document", "nested too deeply"])
def test_what_cannot_be_cut_is_read_by_one_worker(tmp_path, change, monkeypatch):
    text = messy_lines(3, 200)
    path = tmp_path / ("users.ndjson.gz" if change == "packed" else "users.ndjson")
    if change == "old lines":
        text = text.replace("\r\n", "\r")
    elif change == "one document":
        text = json.dumps([json.loads(line) for line in text.split("\r\n") if line.startswith('{"')], indent=1)
    elif change == "nested too deeply":
        text += '{"a": ' * 2_000
    data = ("\ufeff" * (change == "a mark") + text).encode()
    path.write_bytes(gzip.compress(data) if change == "packed" else data)
    ranges, whole = check_lines(path, tmp_path / "work", 4_000, monkeypatch)
    assert (ranges > 4, whole) == ((True, 0) if change in ("plain", "a mark") else (False, 1))


def test_what_lines_show_is_kept_for_a_run_that_goes_on(tmp_path):
    path = tmp_path / "users.ndjson"
    path.write_text(messy_lines(5, 60).replace('"tags"', '"type"'), newline="")
    shown = look_at_range(str(path), LinesRange(0, path.stat().st_size, True))
    outline = outline_file_of_lines(Job(Storage(str(tmp_path)), pk.Plan(), 9), str(path), 0)
    assert shown.rows == 61
    assert load(dump([shown, outline])) == [shown, outline]


def test_secrets_are_told_by_the_first_rows_over_several_ranges(tmp_path, monkeypatch):
    monkeypatch.setattr(json_steps, "SECRET_ROWS", 40)
    lines = [
        {"email": f"u{number}@example.org", "hash" if number == 59 else "value": "$2b$10$a4VB/EsiAZHJoQTVM0Q"}
        for number in range(60)
    ]
    path = tmp_path / "users.ndjson"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    ranges, whole = check_lines(path, tmp_path / "work", 500, monkeypatch)
    assert ranges > 5
    assert not whole
    assert list(pk.read_source(path).users) == ["email"]


def test_large_and_small_files_of_a_folder_are_one_list(tmp_path, monkeypatch):
    monkeypatch.setattr(json_steps, "LARGE", 20_000)
    folder = tmp_path / "users"
    folder.mkdir()
    for name, rows in (("a", 9), ("b", 200), ("c", 40), ("d", 190)):
        (folder / f"{name}.ndjson").write_text(messy_lines(rows, rows), newline="")
    ranges, whole = check_lines(folder, tmp_path / "work", 5_000, monkeypatch)
    assert ranges > 12
    assert whole == 2


@pytest.mark.slow
def test_a_run_on_workers_over_one_file_writes_what_one_machine_writes(tmp_path, client, monkeypatch):
    monkeypatch.setattr(json_steps, "RANGE", 20_011)
    path = tmp_path / "users.ndjson"
    path.write_text(messy_lines(1, 400), newline="")
    pk.prepare(path, out=tmp_path / "one", **GIVEN)
    prepare_on_cluster(path, out=tmp_path / "other", client=client, rows=70, **GIVEN)
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.server
def test_a_large_file_on_s3_is_read_in_ranges(tmp_path, bucket, monkeypatch):
    monkeypatch.setattr(json_steps, "RANGE", 20_000)
    path = tmp_path / "users.ndjson"
    path.write_text(messy_lines(4, 300), newline="")
    fsspec.filesystem("s3").put_file(str(path), "people/users.ndjson")
    one = pk.prepare(path, out=tmp_path / "one", **GIVEN)
    engine = Counting()
    other = prepare_on_cluster(f"{bucket}/users.ndjson", out=tmp_path / "other", client=engine, rows=100, **GIVEN)
    assert engine.calls["read lines"] > 3
    assert not engine.calls.get("read")
    assert other.source.sha256 == one.source.sha256
    assert other.summary() | {"source": None} == one.summary() | {"source": None}
    for name in ("console_import.csv", "rejected_rows.csv"):
        assert (tmp_path / "other" / "out" / name).read_bytes() == (tmp_path / "one" / "out" / name).read_bytes()
