"""A client that is killed goes on from what is complete: it repeats no call that is, and writes the same bytes."""

import os
from collections import Counter
from dataclasses import replace

import fsspec
import pytest
from messy_lists import check_same, write_list
from noted_calls import GIVEN, Notes
from waiting import until

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.job import Job
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.resuming import Resuming, fingerprint, own_folder, state_of
from passage_kit.cluster.storage import WORK, Storage
from passage_kit.mapping.mapping import MappingChoices
from passage_kit.workspace.manifest import manifest_path

# Runs the whole preparation, and kills its own process within a step that was not begun before: the first call is
# complete, and the second, or the only one, has written its files and is not recorded.
KILLED = """
import os, signal, sys
sys.path.insert(0, {folder!r})
from passage_kit.cluster.prepare import prepare_on_cluster
from noted_calls import GIVEN, Notes

class Dies(Notes):
    def begin(self, name, known):
        self.dies = name not in known

    def made(self, at, calls):
        if self.dies and at == min(1, calls - 1):
            os.kill(os.getpid(), signal.SIGKILL)

source, out, notes = sys.argv[1:]
prepare_on_cluster(source, out=out, client=Dies(notes), **GIVEN)
"""


@pytest.mark.slow
def test_a_client_killed_in_each_step_goes_on_and_repeats_no_complete_call(tmp_path, nursery):
    source = write_list(tmp_path / "users", rows=110, files=2, seed=3)
    one, other, notes = (tmp_path / name for name in ("one", "other", "notes"))
    pk.prepare(source, out=one, **{name: value for name, value in GIVEN.items() if name != "rows"})
    code = KILLED.format(folder=os.path.dirname(__file__))
    killed = 0
    while (ended := nursery.run(code, source, other, notes)).returncode:
        assert ended.returncode == -9, ended.stderr
        assert not manifest_path(other).exists()
        killed += 1
    lines = notes.read_text().splitlines()
    steps = {line.split("\t")[0] for line in lines}
    assert killed == len(steps)
    assert {"read", "map", "identifiers", "groups", "merge", "look-alikes", "account", "console", "stages"} <= steps
    repeated = [line for line, count in Counter(lines).items() if count > 1]
    assert len(lines) - len(set(lines)) == len(repeated) == killed  # one call of each step: the one that was cut short
    assert len({line.split("\t")[0] for line in repeated}) == killed
    check_same(one, other)
    assert not (other / WORK).exists()


@pytest.fixture
def stopped(tmp_path):
    """A run that was stopped at the step ``console``, with the calls that were made."""
    source = write_list(tmp_path / "users", rows=60, files=1, seed=3)
    with pytest.raises(KeyboardInterrupt):
        prepare_on_cluster(source, out=tmp_path / "other", client=StopsAtOutputs(tmp_path / "first"), **GIVEN)
    return source, tmp_path / "other", tmp_path / "second"


class StopsAtOutputs(Notes):
    """Stops at the step ``console``, when outputs have begun to appear."""

    def begin(self, name, known):
        if name == "console":
            raise KeyboardInterrupt


def steps_of(path):
    return list(dict.fromkeys(line.split("\t")[0] for line in path.read_text().splitlines()))


@pytest.mark.slow
def test_what_is_complete_is_not_made_again(stopped):
    source, out, notes = stopped
    prepare_on_cluster(source, out=out, client=Notes(notes), **GIVEN)
    assert steps_of(notes)[:2] == ["console", "rejected rows"]


@pytest.mark.slow
@pytest.mark.parametrize("change", ["source", "options", "rows", "version"])
def test_a_run_that_differs_in_anything_starts_anew(stopped, change, monkeypatch):
    source, out, notes = stopped
    given = dict(GIVEN)
    if change == "source":
        [file] = source.iterdir()
        file.write_text(file.read_text() + "x")
    elif change == "version":
        monkeypatch.setattr("passage_kit.cluster.resuming.versions", dict)
    else:
        given |= {"options": {"strict": True}, "rows": {"rows": 50}}[change]
    prepare_on_cluster(source, out=out, client=Notes(notes), **given)
    assert steps_of(notes)[:2] == ["look at files", "read"]
    assert not (out / WORK).exists()


@pytest.mark.slow
def test_an_output_that_is_gone_is_written_again(stopped):
    source, out, notes = stopped
    [part, *_] = sorted((out / "stages" / "ledger").iterdir())
    cut_short = part.replace(part.with_name(f".{part.name}.0123abcd.part"))  # as a worker that was killed leaves it
    prepare_on_cluster(source, out=out, client=Notes(notes), **GIVEN)
    assert steps_of(notes)[:2] == ["account", "console"]
    assert part.exists()
    assert not cut_short.exists()


@pytest.mark.slow
def test_outputs_are_written_anew_where_another_run_finished_meanwhile(stopped, tmp_path):
    source, out, notes = stopped
    plain = {name: value for name, value in GIVEN.items() if name != "rows"}
    pk.prepare(source, out=out, **plain)
    prepare_on_cluster(source, out=out, client=Notes(notes), **GIVEN)
    assert steps_of(notes)[:2] == ["clear", "account"]
    pk.prepare(source, out=tmp_path / "one", **plain)
    check_same(tmp_path / "one", out)


def test_a_damaged_record_is_no_record(tmp_path):
    storage = Storage(str(tmp_path), "run")
    assert Resuming(InThisProcess(), storage).run("half", divmod, [(7, 2), (9, 2)]) == [(3, 1), (4, 1)]
    [path, _] = sorted(tmp_path.rglob("00000?"))
    path.write_bytes(path.read_bytes()[:-1])
    notes = Notes(tmp_path / "notes")
    assert Resuming(notes, storage).run("half", divmod, [(7, 2), (9, 2)]) == [(3, 1), (4, 1)]
    assert notes.path.read_text() == "half\t000000-half/000000\n"


def test_files_elsewhere_are_told_by_what_their_storage_says_of_them():
    files = fsspec.filesystem("memory")
    files.pipe_file("/people/users.csv", b"email")
    before = state_of("memory://people/users.csv")
    assert state_of("memory://people/users.csv") == before
    files.pipe_file("/people/users.csv", b"Email")
    assert state_of("memory://people/users.csv") != before
    assert state_of("memory://people/none.csv") == "none"
    files.rm("/people", recursive=True)


def test_a_database_has_no_state_so_a_run_of_it_begins_anew():
    job = Job(Storage("out"), pk.Plan("postgresql://db.example/people"), 10)
    assert fingerprint(job) != fingerprint(job)


def test_what_other_runs_left_is_removed(tmp_path):
    (tmp_path / "users.csv").write_text("email\n")
    job = Job(Storage(str(tmp_path / "out")), pk.Plan(str(tmp_path / "users.csv")), 10)
    own = own_folder(job)
    own.storage.write(f"{WORK}/mapped/00000", b"own")
    replace(job.storage, run="other").write(f"{WORK}/mapped/00000", b"other")
    assert own_folder(job).storage.read(f"{WORK}/mapped/00000") == b"own"
    assert job.storage.names(WORK) == [own.storage.run]


@pytest.mark.slow
def test_a_client_of_dask_that_is_killed_goes_on_with_the_workers_that_are_there(tmp_path, nursery, client):
    source = write_list(tmp_path / "users", rows=600, files=2, seed=11)
    one, other, notes = (tmp_path / name for name in ("one", "other", "notes"))
    pk.prepare(source, out=one, **{name: value for name, value in GIVEN.items() if name != "rows"})
    code = (
        f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "from distributed import Client\nfrom passage_kit.cluster.prepare import prepare_on_cluster\n"
        "from noted_calls import GIVEN\n"
        "prepare_on_cluster(sys.argv[2], out=sys.argv[3], client=Client(sys.argv[1]), **GIVEN)"
    )
    child = nursery.start(code, client.scheduler.address, source, other)
    until(lambda: list(other.glob(f"{WORK}/*/records/*-send/00000?")))
    child.kill()
    assert child.wait().returncode == -9
    prepare_on_cluster(source, out=other, client=Notes(notes), **GIVEN)
    assert not {"read", "map", "values", "groups"} & set(steps_of(notes))
    check_same(one, other)


def test_choices_beside_the_plan_tell_runs_apart(tmp_path):
    (tmp_path / "users.csv").write_text("email\n")
    job = Job(Storage("out"), pk.Plan(str(tmp_path / "users.csv")), 10)
    choices = [MappingChoices({"email": column}) for column in ("Mail", "Login", "Mail")]
    one, other, same = (fingerprint(job, each) for each in choices)
    assert one == same != other
