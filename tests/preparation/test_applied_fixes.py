"""Where the corrections and decisions of a run come from."""

import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.preparation.applied_fixes import HomesOfFixes, applied_fixes, workspace_of_plan
from passage_kit.workspace.fixes import match_fixes

CORRECTIONS = "source_row,field,value\n1,email,{0}@example.org\n"


@pytest.fixture
def folders(tmp_path):
    own, of_plan = (pk.Workspace(tmp_path / name).make() for name in ("own", "of_plan"))
    for home in (own, of_plan):
        home.corrections_path.write_text(CORRECTIONS.format(home.folder.name))
    of_plan.decisions_path.write_text("rows,decision,survivor_row,note\n1 2,apart,,\n")
    return own, of_plan


def test_each_comes_from_the_workspace_or_else_from_the_plans_folder(folders):
    own, of_plan = folders
    users = pk.apply_mapping(users_frame({"email": ["a@", "b@"]}), pk.FieldMapping({"email": "email"}))
    fixes = applied_fixes(own, of_plan, lambda home: match_fixes(home, users), is_newer=False)
    assert fixes.corrections["value"].tolist() == ["own@example.org"]
    assert fixes.decisions["rows"].tolist() == ["1 2"]
    assert fixes.to_save.decisions.empty
    alone = applied_fixes(None, of_plan, lambda home: match_fixes(home, users), is_newer=False)
    assert (alone.corrections["value"].tolist(), alone.to_save) == (["of_plan@example.org"], None)


def test_a_newer_export_has_both_and_says_what_contradicts_its_own(folders):
    own, of_plan = folders
    users = pk.apply_mapping(users_frame({"email": ["a@", "b@"]}), pk.FieldMapping({"email": "email"}))
    fixes = applied_fixes(own, of_plan, lambda home: match_fixes(home, users), is_newer=True)
    assert fixes.corrections["value"].tolist() == ["own@example.org"]
    assert fixes.decisions["rows"].tolist() == ["1 2"]
    assert fixes.said["argument"].tolist() == ["the correction of row 1"]
    fixes.save(own)
    assert own.load_decisions()["rows"].tolist() == ["1 2"]


def test_each_folder_is_looked_at_once(folders):
    own, of_plan = folders
    assert HomesOfFixes.of(own, own).folders == {own.folder: own}
    assert list(HomesOfFixes.of(None, of_plan).folders) == [of_plan.folder]
    assert workspace_of_plan(own.plan_path).folder == own.folder
