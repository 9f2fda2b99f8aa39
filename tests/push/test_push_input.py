import datetime as dt
import os
from dataclasses import replace

import pandas as pd
import pytest
from pushing import people, save_users, workspace_of

import passage_kit as pk
from passage_kit.push import push_input
from passage_kit.push.push_input import PushInput

SCHEMA = pk.MetadataSchema.from_dicts(
    [
        {"field_name": "born", "type": "date"},
        {"field_name": "news", "type": "boolean"},
        {"field_name": "points", "type": "integer"},
        {"field_name": "region", "type": "string"},
        {"field_name": "absent", "type": "string"},
    ]
)


def test_metadata_is_typed_by_field_name_and_without_blanks(tmp_path):
    workspace = workspace_of(tmp_path, [], schema=SCHEMA)
    frame = pd.DataFrame(
        {
            "email": pd.array(["anna@example.org", None], dtype="string[pyarrow]"),
            "phone": pd.array([None, "+12025550101"], dtype="string[pyarrow]"),
            "born": pd.array([dt.date(1980, 2, 29), None], dtype=pd.ArrowDtype(__import__("pyarrow").date32())),
            "news": pd.array([False, None], dtype="bool[pyarrow]"),
            "points": pd.array([0, None], dtype="int64[pyarrow]"),
            "user_metadata.region": pd.array(["EU", None], dtype="string[pyarrow]"),
            "region": pd.array(["US", "US"], dtype="string[pyarrow]"),
        },
        index=pd.Index([3, 7], name="source_row"),
    )
    save_users(workspace, frame)
    [[anna, bo]] = PushInput(workspace).batches()
    assert anna.metadata == {"born": "02/29/1980", "news": False, "points": 0, "region": "EU"}
    assert anna.body == {"email": "anna@example.org", "user_metadata": anna.metadata}
    assert (bo.source_row, bo.source_key, bo.body) == (7, None, {"phone": "+12025550101"})
    assert "anna" not in repr(anna)


def test_it_comes_in_batches_and_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(push_input, "ROWS_AT_A_TIME", 7)
    monkeypatch.setattr(push_input, "USERS_PER_UPLOAD", 9)
    source = PushInput(workspace_of(tmp_path, people(30)))
    assert source.count == 30
    assert [len(batch) for batch in source.batches()] == [7, 7, 7, 7, 2]
    assert [user.source_row for batch in source.batches() for user in batch] == list(range(1, 31))
    assert [table.num_rows for table in source.frames()] == [9, 9, 9, 3]
    assert [row for table in source.tables() for row in table["source_row"].to_pylist()] == list(range(1, 31))


def test_the_path_of_identifiers_alone_sends_no_metadata(tmp_path):
    workspace = workspace_of(tmp_path, people(2))
    plan = workspace.load_plan()
    options = type(plan.options)(identifiers_only=True)
    workspace.save_plan(pk.Plan(source="users.csv", mapping=plan.mapping, schema=plan.schema, options=options))
    assert [user.metadata for batch in PushInput(workspace).batches() for user in batch] == [{}, {}]


def test_the_hashes_tell_other_users_and_another_plan(tmp_path):
    one, same = (PushInput(workspace_of(tmp_path / name, people(3))) for name in ("one", "same"))
    other = PushInput(workspace_of(tmp_path / "other", people(4)))
    assert (one.sha256, one.plan_sha256) == (same.sha256, same.plan_sha256)
    assert one.sha256 != other.sha256


def test_without_a_preparation_it_says_what_to_do(tmp_path):
    with pytest.raises(pk.PlanError, match="no prepared users yet"):
        PushInput(pk.Workspace(tmp_path))


def test_a_plan_that_has_changed_since_asks_for_a_new_preparation(tmp_path):
    (tmp_path / "users.csv").write_text("email\nanna@example.org\n")
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    workspace = pk.Workspace(tmp_path / "m")
    plan = workspace.load_plan()
    workspace.save_plan(plan)
    assert PushInput(workspace).count == 1
    workspace.save_plan(replace(plan, options=replace(plan.options, strict=True)))
    with pytest.raises(pk.PlanError, match="has changed since its users were prepared"):
        PushInput(workspace)


def _in_place(path, data):
    with path.open("r+b") as file:
        file.write(data)


def test_what_is_hashed_before_the_first_request_is_the_open_file(tmp_path):
    workspace = workspace_of(tmp_path, people(3))
    source, path = PushInput(workspace), workspace.stage_path("users")
    source.check_pinned()
    whole = path.read_bytes()
    path.rename(tmp_path / "open")
    path.write_bytes(whole)  # the same again under the name, and another content in the file that is read
    source.check_pinned()
    _in_place(tmp_path / "open", whole[:4] + bytes(len(whole) - 4))
    with pytest.raises(pk.PushError, match="have changed since they were shown, so nothing was sent"):
        source.check_pinned()


@pytest.mark.parametrize("read", ["batches", "frames"])
def test_a_file_that_is_written_into_while_it_is_pushed_is_read_no_further(tmp_path, monkeypatch, read):
    monkeypatch.setattr(push_input, "ROWS_AT_A_TIME", 2)
    monkeypatch.setattr(push_input, "USERS_PER_UPLOAD", 2)
    workspace = workspace_of(tmp_path, people(6))
    source, path = PushInput(workspace), workspace.stage_path("users")
    source.check_pinned()
    batches = getattr(source, read)()
    next(batches)
    _in_place(path, path.read_bytes())
    os.utime(path, ns=(1, 1))
    with pytest.raises(pk.PushError, match="Somebody has written into"):
        next(batches)
