"""The record of what was set."""

import stat
import sys
from dataclasses import replace

import pytest

from passage_kit.errors import DatabaseError, OutputError
from passage_kit.writeback.run_record import Run, RunRecord

RUN = Run("sqlite app.db", "users", "passage_id", ("tenant", "id"), uniques_dropped=("one",))


def test_a_run_comes_back_as_it_was(tmp_path):
    with RunRecord(tmp_path) as record:
        run = record.begin(RUN)
        notes = record.add(run, [("1", None, "a"), ("2", "x", "b"), ("3", None, "c")])
        record.remove([notes[1]])
        record.column_added(run, "4.1")
        record.index_added(run, "index")
        record.end(run)
    with RunRecord(tmp_path) as record:
        last = record.last()
        assert last == replace(run, column_added=True, mark="4.1", index_added="index")
        assert (last.identity, last.uniques_dropped) == (("tenant", "id"), ("one",))
        assert list(record.rows(last)) == [("1", None, "a"), ("3", None, "c")]


def test_an_interrupted_run_goes_on(tmp_path):
    later = replace(RUN, uniques_dropped=("two",), mark="4.1")
    with RunRecord(tmp_path) as record:
        first = record.begin(RUN)
        record.column_added(first, "4.1")
        record.index_added(first, "index")
        record.add(first, [("1", None, "a")])
        assert record.interrupted(later)
        second = record.begin(later)
        assert (second.run, second.column_added, second.index_added) == (first.run, True, "index")
        assert second.uniques_dropped == ("one", "two")
        record.end(second)
        assert not record.interrupted(later)
        assert record.begin(later).run != first.run


@pytest.mark.parametrize(
    ("added", "mark", "own"), [("4.1", "4.1", True), ("4.1", "4.2", False), ("4.1", None, True), (None, "4.1", False)]
)
def test_a_column_is_the_runs_own_as_long_as_it_is_the_same_one(tmp_path, added, mark, own):
    with RunRecord(tmp_path) as record:
        first = record.begin(RUN)
        if added:
            record.column_added(first, added)
        assert record.begin(replace(RUN, mark=mark)).column_added is own


def test_each_run_removes_only_its_own_notes(tmp_path):
    with RunRecord(tmp_path) as one, RunRecord(tmp_path) as other:
        run = one.begin(RUN)
        theirs = other.begin(RUN)
        mine = one.add(run, [("1", None, "a"), ("2", None, "b")])
        other.remove(other.add(theirs, [("1", None, "a"), ("2", None, "b")]))
        assert (theirs.run, list(one.rows(run))) == (run.run, [("1", None, "a"), ("2", None, "b")])
        one.remove(mine)
        assert list(one.rows(run)) == []


def test_many_notes_are_removed_in_a_few_steps(tmp_path):
    with RunRecord(tmp_path) as record:
        run = record.begin(RUN)
        notes = record.add(run, ((str(number), None, "a") for number in range(50_000)))
        steps = []
        record._connection.set_progress_handler(lambda: steps.append(1), 1_000)
        record.remove(notes[:1_000])
        assert len(steps) < 1_000


def test_a_run_that_did_nothing_is_forgotten(tmp_path):
    with RunRecord(tmp_path) as record:
        first = record.begin(RUN)
        record.add(first, [("1", None, "a")])
        record.forget(first)
        assert record.last().run == first.run
        record.end(first)
        second = record.begin(RUN)
        record.forget(second)
        assert record.last().run == first.run


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
