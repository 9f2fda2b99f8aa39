import os
import stat

import pandas as pd
import pytest
from pushing import ids_in, people, workspace_of

from passage_kit.api.credentials import Credentials
from passage_kit.errors import OutputError
from passage_kit.push.id_file import write_id_file
from passage_kit.push.journal import Done
from passage_kit.push.journal_files import open_journal, take_up
from passage_kit.push.push_input import PushInput
from passage_kit.writeback.passage_ids import read_passage_ids


@pytest.fixture
def begun(tmp_path):
    workspace = workspace_of(tmp_path / "m", people(4))
    with open_journal(workspace, made=True) as journal:
        source = PushInput(workspace)
        take_up(journal, source, Credentials("app", "key", "http://127.0.0.1:1/v1", "the call"))
        journal.commit(done=[Done(1, "created", "p1"), Done(3, "failed", code="x"), Done(4, "existing", "p4")])
        yield workspace, journal, source


def test_everybody_with_an_outcome_is_in_it(begun):
    path = write_id_file(*begun)
    assert path.read_bytes().splitlines() == [
        b"source_row,source_key,email,phone,passage_id,outcome",
        b"1,k0,ann.0@example.org,,p1,created",
        b"3,k2,,+12025550002,,failed",
        b"4,k3,ann.3@example.org,,p4,existing",
    ]
    assert len(ids_in(begun[0])) == 3
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_whole_or_as_it_was(begun, monkeypatch):
    path = write_id_file(*begun)
    before = path.read_bytes()

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("passage_kit.push.id_file.write_rows", no_space)
    with pytest.raises(OutputError, match="No space left"):
        write_id_file(*begun)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_formulas_are_harmless_and_phones_exact(begun, tmp_path):
    users = [{"email": "=1+1@example.org", "source_key": "@k"}, {"phone": "+12025550123", "source_key": "-2"}]
    workspace = workspace_of(tmp_path / "other", users)
    with open_journal(workspace, made=True) as journal:
        source = PushInput(workspace)
        take_up(journal, source, Credentials("app", "key", "http://127.0.0.1:1/v1", "the call"))
        journal.commit(done=[Done(1, "created", "p1"), Done(2, "existing", "p2")])
        path = write_id_file(workspace, journal, source)
    assert path.read_bytes().splitlines()[1:] == [
        b"1,'@k,'=1+1@example.org,,p1,created",
        b"2,'-2,,+12025550123,p2,existing",
    ]
    read = read_passage_ids(workspace)
    assert read["email"].tolist() == ["=1+1@example.org", pd.NA]
    assert read["source_key"].tolist() == ["@k", "-2"]
