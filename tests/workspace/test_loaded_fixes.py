"""Fixes as a run applies them: a run and `load_fixes` find the same people."""

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.workspace.loaded_fixes import file_hash

LIST = "Key,Mail\nk1,ann@\nk2,bo@\n"
MAPPING = pk.FieldMapping({"source_key": "Key", "email": "Mail"})


@pytest.fixture
def workspace(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text(LIST)
    workspace = pk.Workspace(tmp_path / "m")
    pk.prepare(source, mapping=MAPPING, out=workspace)
    fixes = pk.correct(workspace.load_corrections(), [1], "email", "ann@example.org", users=mapped(workspace))
    workspace.save_corrections(fixes)
    return workspace


def mapped(workspace):
    plan = workspace.load_plan()
    return pk.apply_mapping(pk.read_users(plan.source), plan.mapping)


def test_rows_hold_while_the_source_is_the_same(workspace):
    fixes = pk.load_fixes(workspace, mapped(workspace))
    assert (fixes.corrections["source_row"].tolist(), fixes.moved) == ([1], False)


@pytest.mark.slow
@pytest.mark.parametrize("prepared", [False, True])
def test_a_run_finds_the_people_whom_it_finds(workspace, prepared):
    if prepared:
        pk.prepare(plan=workspace.plan_path, out=workspace)
    source = workspace.folder.parent / "users.csv"
    source.write_text("Key,Mail\nk3,cy@\nk2,bo@\nk1,ann@\n")
    before = {path: path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()}
    fixes = pk.load_fixes(workspace, mapped(workspace))
    assert (fixes.corrections["source_row"].tolist(), fixes.moved) == ([3], True)
    assert {path: path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()} == before
    run = pk.prepare(plan=workspace.plan_path, out=workspace)
    assert run.users["email"].tolist() == ["ann@example.org"]
    assert workspace.load_corrections()["source_row"].tolist() == [3]


def test_a_source_that_is_no_file_is_known_by_its_rows(workspace):
    plan = workspace.load_plan()
    workspace.save_plan(pk.Plan(mapping=plan.mapping))
    users = mapped_of(["k1", "k2"], ["ann@", "bo@"])
    pk.load_fixes(workspace, users).save(workspace)
    other = mapped_of(["k2", "k1"], ["bo@", "ann@"])
    assert pk.load_fixes(workspace, users).corrections["source_row"].tolist() == [1]
    assert pk.load_fixes(workspace, other).corrections["source_row"].tolist() == [2]


def mapped_of(keys, emails):
    return pk.apply_mapping(pk.read_users(pd.DataFrame({"Key": keys, "Mail": emails})), MAPPING)


def test_a_file_is_hashed_again_only_if_it_has_changed(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text(LIST)
    first = file_hash(pk.Plan(source=str(source)))
    source.write_text(LIST + "k3,cy@\n")
    assert file_hash(pk.Plan(source=str(source))) != first
    assert file_hash(pk.Plan(source=str(tmp_path / "missing.csv"))) is None
