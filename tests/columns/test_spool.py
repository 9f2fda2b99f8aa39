"""Columns put aside: the same values, nothing left in the folder, and memory that is let go of."""

import os
import subprocess
import sys
import threading

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from putting_aside import ODD, putting_everything_aside

from passage_kit.columns import spool
from passage_kit.columns.parallel import together
from passage_kit.columns.spool import forget, one_table, pieces_of, put_aside, spooling
from passage_kit.errors import OutputError
from passage_kit.reading.text_encoding import is_utf8


@pytest.fixture
def aside(tmp_path, monkeypatch):
    """A run that puts everything aside, in batches of two rows."""
    with putting_everything_aside(tmp_path, monkeypatch) as kept:
        yield kept


def test_a_table_put_aside_is_the_same_table(aside):
    table = pa.table(ODD)
    kept = put_aside(table)
    assert kept.equals(table)
    assert kept.schema == table.schema
    assert [len(chunk) for chunk in kept["name"].chunks] == [2, 2]
    assert aside.lacks(table["name"])
    assert not aside.lacks(kept["name"])


def test_a_slice_is_put_aside_alone(aside):
    column = pa.chunked_array([pa.array(["a", "b", "c", "d"]).slice(1, 2), ["e"]])
    assert put_aside(pa.table({"a": column}))["a"].to_pylist() == ["b", "c", "e"]


def test_no_run_and_little_stay_in_memory(tmp_path):
    table = pa.table(ODD)
    assert put_aside(table) is table
    with spooling(tmp_path) as kept:
        assert put_aside(table) is table
        assert kept.lacks(table["name"])
        forget()


def test_tables_come_one_below_the_other_wherever_they_are(tmp_path):
    tables = [pa.table({"a": [str(at)] * 3}) for at in range(4)]
    in_memory = one_table(iter(tables))
    with spooling(tmp_path) as kept:
        aside = one_table(iter(tables))
        assert aside.equals(in_memory)
        assert not kept.lacks(aside["a"])
        assert one_table(iter(tables[:1])) is tables[0]


def test_threads_of_a_run_put_aside_what_they_make(aside):
    columns = [pa.table({"a": pa.array(np.arange(at, at + 50).astype(str))}) for at in range(0, 400, 50)]
    kept = together(*(lambda table=table: put_aside(table) for table in columns))
    assert all(one.equals(other) and not aside.lacks(one["a"]) for one, other in zip(kept, columns, strict=True))
    seen = []
    thread = threading.Thread(target=lambda: seen.append(put_aside(columns[0])))  # of nobody
    thread.start()
    thread.join()
    assert seen[0] is columns[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a name as long as the file is open")
def test_nothing_has_a_name_in_the_folder_and_what_is_kept_outlives_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "SMALL", 0)
    with spooling(tmp_path):
        kept = put_aside(pa.table(ODD))
        forget()
        assert list(tmp_path.iterdir()) == []
    assert kept.to_pydict() == ODD


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="others cannot be told to let go")
def test_memory_is_let_go_of(tmp_path):
    asks = """
import sys
from pathlib import Path
import pyarrow as pa
import pyarrow.compute as pc
from passage_kit.columns.spool import forget, put_aside, spooling
def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
with spooling(Path(sys.argv[1])):
    column = put_aside(pa.table({"a": pa.array(["x" * 1000] * 100_000)}))["a"]
    before = held()
    assert not pc.any(pc.match_substring(column, "y")).as_py()
    assert held() - before > 80_000_000
    forget()
    assert held() - before < 20_000_000
    assert column[99_999].as_py() == "x" * 1000
"""
    run = subprocess.run([sys.executable, "-c", asks, tmp_path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_full_disk_is_said(tmp_path):
    asks = """
import resource, signal, sys
from pathlib import Path
import pyarrow as pa
from passage_kit.columns import spool
from passage_kit.errors import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
spool.SMALL = 0
try:
    with spool.spooling(Path(sys.argv[1])):
        spool.put_aside(pa.table({"a": ["x" * 100] * 1_000}))
except OutputError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", asks, tmp_path], capture_output=True, text=True, check=True)
    assert (
        "has no room for what a run over so many users puts aside: File too large. Nothing was changed." in run.stdout
    )


def test_a_folder_that_is_gone_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "SMALL", 0)
    with spooling(tmp_path / "gone"), pytest.raises(OutputError, match="No such file or directory"):
        put_aside(pa.table(ODD))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="others cannot be told to let go")
@pytest.mark.parametrize("much", [True, False])
def test_freed_memory_goes_back_where_a_run_puts_much_aside(much, tmp_path):
    asks = """
import sys
from pathlib import Path
from passage_kit.cli.startup import tune_process
tune_process("prepare")
import numpy as np
import pyarrow as pa
from passage_kit.columns import spool
def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
spool.SMALL, spool.LARGE = 0, int(sys.argv[2])
with spool.spooling(Path(sys.argv[1])):
    spool.put_aside(pa.table({"a": ["x"]}))
    before = held()
    many = [np.ones(100_000) for _ in range(100)]
    last = np.ones(100)
    del many
    spool.forget_all()
    print(held() - before)
"""
    command = [sys.executable, "-c", asks, tmp_path, "10" if much else "1000000"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (int(run.stdout) < 10_000_000) == much


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_bytes_that_are_put_aside_do_what_bytes_do(tmp_path, encoding):
    text = "email,näme\r\nann@example.org,Ann\r\n" * 3
    data = text.encode(encoding)
    with spooling(tmp_path) as aside:
        held = aside.hold([data[:7], data[7:]])
    assert held[:] == data
    assert held.decode(encoding) == text
    for part in (b"a", data[3:9], b"\x00\x01no"):
        assert (part in held, held.count(part), held.find(part)) == (part in data, data.count(part), data.find(part))
    for begin in (data[:4], (b"x", data[:2]), b"no"):
        assert held.startswith(begin) == data.startswith(begin)
    assert held.startswith(data[3:5], 3)
    assert held.removeprefix(data[:3]) == data[3:]
    assert held.removeprefix(b"no") is held
    assert list(tmp_path.iterdir()) == []


@given(st.text("aä€😀\n", max_size=30), st.integers(4, 9), st.text("aä\n", max_size=3), st.integers(0, 40))
def test_bytes_that_are_put_aside_are_looked_through_window_by_window(tmp_path_factory, text, window, part, start):
    data, sought = f"{text}!".encode(), part.encode()
    with spooling(tmp_path_factory.mktemp("aside")) as aside, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "WINDOW", window)
        held = aside.hold([data])
        assert held.find(sought, start) == data.find(sought, start) or not sought
        assert held.find(sought, start, len(data) - 1) == data.find(sought, start, len(data) - 1) or not sought
        pieces = list(pieces_of(held))
    assert b"".join(pieces) == data
    assert "".join(piece.decode() for piece in pieces) == f"{text}!"
    assert max(map(len, pieces)) <= window


@pytest.mark.parametrize("broken", [b"\xff", b"\x80" * 12, b"\xe2\x82"])
def test_bytes_that_are_put_aside_and_no_text_are_told(tmp_path, monkeypatch, broken):
    monkeypatch.setattr(spool, "WINDOW", 5)
    with spooling(tmp_path) as aside:
        assert not is_utf8(aside.hold([b"email,n", broken, b"ame"]))
        assert is_utf8(aside.hold(["email,näme€😀".encode()]))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="others cannot be told to let go")
def test_to_look_through_bytes_does_not_keep_them(tmp_path):
    asks = """
import hashlib, sys
from pathlib import Path
from passage_kit.columns.spool import pieces_of, spooling
from passage_kit.reading.text_encoding import is_utf8
def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
with spooling(Path(sys.argv[1])) as aside:
    data = aside.hold([b"x" * 1_000_000] * 200)
    before = held()
    assert b"y" not in data and is_utf8(data) and sum(map(len, pieces_of(data))) == 200_000_000
    assert held() - before < 60_000_000, held() - before
    assert len(data[:]) == 200_000_000
    assert held() - before > 150_000_000
"""
    run = subprocess.run([sys.executable, "-c", asks, tmp_path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
