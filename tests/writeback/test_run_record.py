"""The record of what was set."""

import stat
import sys

import pytest

from passage_kit.errors import DatabaseError, OutputError
from passage_kit.writeback.run_record import Run, RunRecord

RUN = Run("sqlite app.db", "users", "passage_id", ("tenant", "id"), True, "index", ("one",))


def test_a_run_comes_back_as_it_was(tmp_path):
    with RunRecord(tmp_path) as record:
        run = record.begin(RUN)
        record.add(run, [("1", None, "a"), ("2", "x", "b"), ("3", None, "c")])
        record.remove(run, ["2"])
        record.end(run)
    with RunRecord(tmp_path) as record:
        assert record.last() == run
        assert (run.identity, run.column_added, run.index_added, run.uniques_dropped) == (
            ("tenant", "id"),
            True,
            "index",
            ("one",),
        )
        assert list(record.rows(run)) == [("1", None, "a"), ("3", None, "c")]


def test_an_interrupted_run_goes_on(tmp_path):
    later = Run("sqlite app.db", "users", "passage_id", ("id",), False, None, ("two",))
    with RunRecord(tmp_path) as record:
        first = record.begin(RUN)
        record.add(first, [("1", None, "a")])
        assert record.interrupted(later)
        second = record.begin(later)
        assert (second.run, second.column_added, second.index_added) == (first.run, True, "index")
        assert second.uniques_dropped == ("one", "two")
        record.end(second)
        assert not record.interrupted(later)
        assert record.begin(later).run != first.run


@pytest.mark.parametrize("other", ["target", "table", "column"])
def test_a_run_on_something_else_is_another_one(tmp_path, other):
    with RunRecord(tmp_path) as record:
        record.begin(RUN)
        values = {name: getattr(RUN, name) for name in Run.__dataclass_fields__}
        assert not record.interrupted(Run(**{**values, other: "another"}))


def test_runs_are_undone_from_the_last_one(tmp_path):
    with RunRecord(tmp_path) as record:
        runs = []
        for _ in range(2):
            runs.append(record.begin(RUN))
            record.end(runs[-1])
        for run in reversed(runs):
            assert record.last().run == run.run
            record.undone(run)
        with pytest.raises(DatabaseError, match="no write-back to undo"):
            record.last()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_it_is_private(tmp_path):
    with RunRecord(tmp_path) as record:
        assert stat.S_IMODE(record.path.stat().st_mode) == 0o600


def test_without_a_record_nothing_is_begun(tmp_path):
    (tmp_path / "write_back.sqlite").mkdir()
    with pytest.raises(OutputError, match="The kit sets no id without it"):
        RunRecord(tmp_path)
    with pytest.raises(OutputError):
        RunRecord(tmp_path / "missing")


def test_a_broken_record_is_said(tmp_path):
    (tmp_path / "write_back.sqlite").write_bytes(b"no database, but long enough to be looked at" * 20)
    with pytest.raises(OutputError, match="cannot be written"):
        RunRecord(tmp_path)
