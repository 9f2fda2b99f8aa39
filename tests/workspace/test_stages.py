"""Stages that were cut short, changed or exchanged are refused, with the advice to prepare again."""

import os
from contextlib import suppress

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import PlanError
from passage_kit.push.push_input import PushInput
from passage_kit.workspace.stages import opened_stage, read_stage

AGAIN = "is damaged or was changed: .*Run the preparation again.*passage-kit prepare"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    workspace = pk.Workspace(tmp_path_factory.mktemp("m"))
    users = {"email": [f"u{at}@example.org" for at in range(50)], "name": ["Ann"] * 50}
    schema = pk.MetadataSchema([pk.MetadataField("name")])
    pk.prepare(users_frame(users), plan=pk.Plan(source="users.csv"), schema=schema, out=workspace)
    return workspace


@pytest.fixture
def stage(prepared, request):
    path = prepared.stage_path(request.param)
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


@pytest.mark.parametrize("stage", ["users", "findings", "ledger"], indirect=True)
@pytest.mark.parametrize("change", ["", "-9", "other", "hollow"])
def test_a_file_cut_short_is_refused(stage, change):
    data = stage.read_bytes()
    stage.write_bytes({"": b"", "-9": data[:-9], "other": b"email\n", "hollow": data[:4] + data[-8:]}[change])
    with pytest.raises(PlanError, match=AGAIN):
        read_stage(stage)


@pytest.mark.parametrize("stage", ["users", "ledger"], indirect=True)
def test_a_table_of_others_is_refused(stage):
    for table in ({"x": [1]}, {"source_row": ["a"], "email": ["b"]}, {"source_row": [1], "email": [3]}):
        pq.write_table(pa.table(table), stage)
        with pytest.raises(PlanError, match=r"it has no column|its column '\w+' has the type"):
            read_stage(stage)


@pytest.mark.parametrize("stage", ["users"], indirect=True)
@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_byte_is_the_same_frame_or_an_error(prepared, stage, data):
    before, frame = stage.read_bytes(), prepared.load_stage("users")
    changed = bytearray(before)
    changed[data.draw(st.integers(0, len(before) - 1))] ^= data.draw(st.integers(1, 255))
    stage.write_bytes(changed)
    try:
        with suppress(PlanError):
            read = read_stage(stage)
            pushed = [user for batch in PushInput(prepared).batches() for user in batch]
            assert len(read) == len(pushed) == len(frame)
            assert read["email"].tolist() == [user.email for user in pushed] == frame["email"].tolist()
    finally:
        stage.write_bytes(before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_the_place_of_a_stage_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "users.parquet")
    with pytest.raises(PlanError, match="it is no file"):
        read_stage(tmp_path / "users.parquet")


def test_errors_of_the_kit_pass_as_they_are(prepared):
    with pytest.raises(pk.OptionError, match="mine"), opened_stage(prepared.stage_path("users")):
        raise pk.OptionError("mine")


def test_a_frame_comes_back_as_it_was(prepared):
    frame = read_stage(prepared.stage_path("users"))
    assert isinstance(frame.index.dtype, type(pd.Index([1]).dtype))
    assert frame.index.name == "source_row"
