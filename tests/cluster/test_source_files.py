"""A large CSV file is read by many workers as one machine reads it; what is not exact is read by one worker."""

import random

import fsspec
import pandas as pd
import pytest
from messy_lists import HEADER, MAPPING, SCHEMA, check_same, messy_row

import passage_kit as pk
from passage_kit.cluster import csv_steps, source_files
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.job import Job
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.reading_steps import fetched
from passage_kit.cluster.source_files import read_files
from passage_kit.cluster.storage import Storage
from passage_kit.errors import SourceError
from passage_kit.findings.findings import collect_findings
from passage_kit.reading.csv import csv_ranges
from passage_kit.reading.several_files import moved

RANGE = 200_000


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Take files of a megabyte for large ones, and seek boundaries in small windows."""
    monkeypatch.setattr(source_files, "RANGE", RANGE)
    monkeypatch.setattr(source_files, "LARGE", 0)
    monkeypatch.setattr(csv_steps, "_WINDOW", 1 << 16)


class Counting(InThisProcess):
    """Keeps how many calls each step made."""

    def __init__(self):
        self.calls = {}

    def run(self, name, call, items):
        items = list(items)
        self.calls[name] = self.calls.get(name, 0) + len(items)
        return super().run(name, call, items)


def messy_text(seed, rows=20_000, *, ending="\n"):
    """Make a large list: quotes, values over several lines, lines that do not fit, blank ones and repeated headers."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    lines = ["id,Mail,Tel,Name,City,News,Born,State,Land,Login,Other"]
    assert lines[0].split(",") == HEADER
    notes = ["", "x", '"two\nlines"', '"she ""is"" here"', '5" pipe', '"Ann" Lee', '"a, b"', "\\N"]
    for number in range(rows):
        cells = messy_row(number, rows * 3 // 4, chance)
        cells = [f'"{cell}"' if "," in cell or chance.random() < 0.2 else cell for cell in cells]
        cells[-1] = chance.choice(notes) if chance.random() < 0.2 else "x"
        lines.append(",".join(cells[: chance.choice([11] * 200 + [9])]))
        odd = chance.random()
        if odd < 0.002:
            lines.append(chance.choice(["", ",,,,,,,,,,", lines[0], '"never closed', "1,2,3,4,5,6,7,8,9,10,11,12,13"]))
    return ending.join(lines) + ending


def read_on_cluster(path, folder, rows=5_000, **reading):
    """Read a source on a cluster: how, its rows and its findings in the order of one machine, and the calls."""
    engine, storage = Counting(), Storage(str(folder))
    files, source = read_files(engine, Job(storage, pk.Plan(str(path), reading=reading), rows), str(path))
    frames, found, start = [], [file.whole for file in files], 0
    for file in files:
        frames.append(storage.read_frame(f"stages/work/raw/{file.number:05d}"))
        found.append(moved(storage.read_findings(f"stages/work/read/{file.number:05d}"), start))
        start += file.rows
    return source, pd.concat(frames, ignore_index=True), collect_findings(found), engine.calls


def check_read(path, folder, *, split=True, **reading):
    expected = pk.read_source(path, **reading)
    source, users, found, calls = read_on_cluster(path, folder, **reading)
    assert bool(calls.get("read ranges")) == split
    for fact in ("name", "kind", "sha256", "encoding", "delimiter", "header_line", "unsure", "layout", "lists"):
        assert getattr(source, fact) == getattr(expected, fact), fact
    assert list(source.users.columns) == list(expected.users.columns)
    pd.testing.assert_frame_equal(users, expected.users.reset_index(drop=True), check_index_type=False)
    whole = expected.findings["source_row"].isna()
    ours = found[found["source_row"].isna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, expected.findings[whole].reset_index(drop=True), check_dtype=False)
    of_rows = [
        some[some["source_row"].notna()].sort_values("source_row", kind="stable") for some in (found, expected.findings)
    ]
    pd.testing.assert_frame_equal(*(some.reset_index(drop=True) for some in of_rows), check_dtype=False)
    return calls


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("seed", "ending", "above", "below"),
    [
        (1, "\n", "", ""),
        (2, "\r\n", "\ufeff", ""),
        (3, "\n", "Our users\n\n", "\nTotal,20000\nExported on Monday\n"),
    ],
)
def test_a_messy_file_is_read_in_ranges_as_on_one_machine(tmp_path, seed, ending, above, below):
    path = tmp_path / "users.csv"
    path.write_bytes((above + messy_text(seed, ending=ending) + below).encode())
    calls = check_read(path, tmp_path / "work")
    assert calls["read ranges"] > 4
    assert "read" not in calls or calls["read"] == 0


@pytest.mark.slow
def test_a_file_without_quotes_and_one_without_a_header(tmp_path):
    rows = "".join(f"u{number}@example.org;Ann {number};{'x' * 60}\n" for number in range(16_000))
    for name, text, reading in (("plain", "Mail;Name;Note\n" + rows, {}), ("none", rows, {"header_row": 0})):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        assert check_read(path, tmp_path / name, **reading)["read ranges"] > 4


@pytest.mark.slow
def test_secrets_are_left_out_of_all_ranges_by_the_first_rows(tmp_path):
    """The first rows show it; further down, the values alone would not."""
    rows = "".join(
        f"u{number}@example.org,{'$2b$10$a4VB/EsiAZHJoQTVM0Q' if number < 20_000 else 'a word or two of it'},{number}\n"
        for number in range(40_000)
    )
    path = tmp_path / "users.csv"
    path.write_text("Mail,value,id\n" + rows + "too,few\n")
    check_read(path, tmp_path / "work")
    assert "value" not in pk.read_source(path).users


PLAIN = [f"u{number}@example.org,Ann {number},{'x' * 60}" for number in range(16_000)]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("change", "encoding"),
    [
        ({9_000: "u@example.org,Zoë,x"}, "cp1252"),  # not UTF-8, far below the beginning
        ({number: f"u{number}@example.org,Smith\\, Ann,x" for number in range(9_000, 9_400)}, "utf-8"),
        ({number: f"u{number}@example.org,'Smith, Ann','x'" for number in range(16_000)}, "utf-8"),
        ({number: f'u{number}@example.org,Ann,"{{""a"": {number}}}"' for number in range(16_000)}, "utf-8"),
    ],
)  # fmt: skip
def test_what_the_whole_file_decides_is_read_by_one_worker(tmp_path, change, encoding):
    path = tmp_path / "users.csv"
    lines = [change.get(number, line) for number, line in enumerate(PLAIN)]
    path.write_bytes(
        "\n".join(["Mail,Name,Note", *lines, "x" * 1_300_000 if len(change) == 16_000 else ""]).encode(encoding)
    )
    expected = pk.read_source(path)
    source, users, _, calls = read_on_cluster(path, tmp_path / "work")
    assert calls["read"] == 1
    assert source.encoding == expected.encoding
    pd.testing.assert_frame_equal(users, expected.users.reset_index(drop=True), check_index_type=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {number: f"u{number}@example.org,{'x' * 70}" for number in range(16_000)},
        {
            9_000: "Suppliers,,",
            9_001: "Mail,Name,Note",
            **{at: f"s{at}@example.org,Sue,x" for at in range(9_002, 9_100)},
        },
    ],
    ids=["every row is too short", "two lists"],
)
def test_what_one_machine_refuses_is_refused_with_its_sentence(tmp_path, change):
    path = tmp_path / "users.csv"
    path.write_text("\n".join(["Mail,Name,Note", *(change.get(number, line) for number, line in enumerate(PLAIN))]))
    said = []
    for read in (pk.read_source, lambda path: read_on_cluster(path, tmp_path / "work")):
        with pytest.raises(SourceError) as raised:
            read(path)
        said.append(str(raised.value))
    assert said[0] == said[1]


def test_signs_of_another_way_to_quote_that_is_none_do_not_keep_a_file_whole(tmp_path):
    lines = [line.replace("Ann", "'s Ann") if number % 5_000 == 7 else line for number, line in enumerate(PLAIN)]
    path = tmp_path / "users.csv"
    path.write_text("\n".join(["Mail,Name,Note", *lines]))
    assert check_read(path, tmp_path / "work")["quoting"] == 1


@pytest.mark.slow
def test_large_and_small_files_of_a_folder_are_one_list(tmp_path, monkeypatch):
    folder = tmp_path / "users"
    folder.mkdir()
    monkeypatch.setattr(source_files, "LARGE", 1_000_000)
    for name, rows in (("a", 9), ("b", 20_000), ("c", 40), ("d", 19_000)):
        (folder / f"{name}.csv").write_text(messy_text(rows, rows))
    calls = check_read(folder, tmp_path / "work")
    assert calls["read"] == 2


def test_a_large_file_that_is_read_whole_after_all_leaves_the_ranges_of_others(tmp_path):
    """That its column is JSON in every row shows once its ranges are read."""
    folder = tmp_path / "users"
    folder.mkdir()
    for name, title, note in (("a", "Note", '"{""a"": 1}"'), ("b", "Note.a", "word")):
        notes = [note if name == "b" or at > 21_000 else "" for at in range(30_000)]
        lines = [f"{name}{at}@example.org,{'x' * 40},{note}" for at, note in enumerate(notes)]
        (folder / f"{name}.csv").write_text("\n".join([f"Mail,Name,{title}", *lines, ""]))
    source, users, _, calls = read_on_cluster(folder, tmp_path / "work")
    expected = pk.read_source(folder)
    assert calls["read"] == 1
    assert calls["read ranges"] > 12
    assert list(source.users) == list(expected.users)
    pd.testing.assert_frame_equal(users, expected.users.reset_index(drop=True), check_index_type=False)


@pytest.mark.slow
def test_a_run_on_workers_over_one_file_writes_what_one_machine_writes(tmp_path, client):
    path = tmp_path / "users.csv"
    path.write_text(messy_text(4))
    given = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
    pk.prepare(path, out=tmp_path / "one", **given)
    prepare_on_cluster(path, out=tmp_path / "other", client=client, rows=5_000, **given)
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.slow
def test_bytes_are_read_by_address_too(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text(messy_text(5))
    address = f"file://{path}"
    calls = read_on_cluster(address, tmp_path / "work")[3]
    assert calls["read ranges"] > 4
    with fetched(address) as local:
        assert local.read_bytes() == path.read_bytes()
    assert path.stat().st_size > csv_ranges.HEAD


@pytest.mark.server
def test_a_large_file_on_s3_is_read_in_ranges(tmp_path, bucket):
    path = tmp_path / "users.csv"
    path.write_bytes(("\ufeff" + messy_text(4, ending="\r\n")).encode())
    files = fsspec.filesystem("s3")
    files.put_file(str(path), "people/users.csv")
    one = pk.prepare(path, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "one")
    engine = Counting()
    other = prepare_on_cluster(
        f"{bucket}/users.csv", schema=SCHEMA, mapping=MAPPING, out=tmp_path / "other", client=engine, rows=3_000
    )
    assert engine.calls["read ranges"] > 4
    assert not engine.calls.get("read")
    assert other.summary() | {"source": None} == one.summary() | {"source": None}
    assert other.source.sha256 == one.source.sha256
    for file in sorted((tmp_path / "one" / "out").iterdir()):
        if file.name.endswith(".csv") and file.name not in ("findings.csv", "ledger.csv"):
            assert (tmp_path / "other" / "out" / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.slow
@pytest.mark.few(1)
def test_notes_of_very_many_lines_are_read_as_on_one_machine(tmp_path):
    """Within a range, and over the place where the next one would begin."""
    rows = [f"{number},user{number}@example.org,{'x' * 60}" for number in range(30_000)]
    for at, lines in ((100, 700), (5_000, 600), (20_000, 9_000)):
        note = "\n".join(f"line {number}" for number in range(lines))
        rows[at] = f'{at},user{at}@example.org,"{note}"'
    rows[200] = '200,user200@example.org,"never closed'
    path = tmp_path / "users.csv"
    path.write_text("\n".join(["id,email,note", *rows, ""]))
    check_read(path, tmp_path / "work")
    source = pk.read_source(path)
    assert (source.users["note"].str.count("\n") > 500).sum() == 3
    assert source.findings.loc[source.findings["code"] == "line_unreadable", "source_row"].tolist() == [201]
