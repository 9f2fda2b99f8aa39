"""The checklist of a migration: what is done in a workspace, and what is to be done again."""

import os
from dataclasses import replace

import pytest

import passage_kit as pk
from passage_kit.cutover.guide_steps import list_steps
from passage_kit.export.report_page import ReportPage, ReportSection
from passage_kit.files.bundled import bundled
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.workspace.corrections import correct
from passage_kit.workspace.manifest import manifest_path
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.run_record import Run, RunRecord

KIT = ["00_start_here", "01_read_and_map", "02_clean_and_dedupe", "03_validate_and_export"]


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "migration")


@pytest.fixture
def users(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("Mail,City\nann@example.org,Oslo\n")
    return path


def states(workspace, **options) -> dict[str, str]:
    return {step.notebook or step.title: step.state for step in list_steps(workspace, **options)}


def test_a_new_workspace_has_everything_ahead(workspace):
    assert [states(workspace)[name] for name in KIT] == ["open"] * 4
    assert not workspace.folder.exists()


def test_what_is_done_is_told_by_what_is_there(workspace, users):
    schema = MetadataSchema([MetadataField("city")])
    workspace.save_plan(Plan(str(users), schema=schema))
    assert [states(workspace)[name] for name in KIT] == ["done", "open", "open", "open"]
    workspace.save_plan(replace(workspace.load_plan(), mapping=FieldMapping({"email": "Mail", "city": "City"})))
    assert [states(workspace)[name] for name in KIT] == ["done", "done", "open", "open"]
    workspace.save_plan(replace(workspace.load_plan(), options=Options(survivor="last")))
    assert [states(workspace)[name] for name in KIT] == ["done", "done", "done", "open"]
    pk.prepare(plan=workspace.plan_path, out=workspace)
    assert [states(workspace)[name] for name in KIT] == ["done"] * 4
    notes = {step.notebook: step.note for step in list_steps(workspace)}
    assert notes["00_start_here"] == "users.csv"
    assert notes["01_read_and_map"] == "2 targets"
    assert notes["02_clean_and_dedupe"] == "your own choices"
    assert notes["03_validate_and_export"] == "console_import.csv"


def test_the_usual_choices_are_done_with_the_export(workspace, users):
    pk.prepare(users, out=workspace)
    assert [states(workspace)[name] for name in KIT] == ["done"] * 4
    assert list_steps(workspace)[3].note == "the usual choices"


@pytest.mark.parametrize("change", ["plan", "corrections"])
def test_a_later_change_asks_for_the_export_again(workspace, users, change):
    pk.prepare(users, out=workspace)
    workspace.save_plan(workspace.load_plan())
    assert states(workspace)["03_validate_and_export"] == "done"
    if change == "plan":
        workspace.save_plan(replace(workspace.load_plan(), options=Options(strict=True)))
    else:
        workspace.save_corrections(correct(workspace.load_corrections(), [1], "city", "Bergen"))
        os.utime(workspace.corrections_path)
        assert "1 correction" in [step.note for step in list_steps(workspace)]
    assert states(workspace)["03_validate_and_export"] == "again"


def test_the_second_path_has_no_metadata_but_passage_ids(workspace):
    first, second = (states(workspace, identifiers_only=choice) for choice in (False, True))
    assert "Create the metadata fields in the Console" in first.keys() - second.keys()
    assert "Write the Passage ids into your users table" in second.keys() - first.keys()
    workspace.save_plan(Plan(options=Options(identifiers_only=True)))
    assert states(workspace).keys() == second.keys()


def test_later_notebooks_are_named_where_they_are(workspace, tmp_path):
    steps = list_steps(workspace, identifiers_only=True, notebooks=tmp_path)
    assert max(step.notebook for step in steps) == "03_validate_and_export"
    for name in ("04_push_through_the_api", "05_write_back_passage_ids", "06_go_live"):
        (tmp_path / f"{name}.ipynb").write_text("{}")
    later = states(workspace, identifiers_only=True, notebooks=tmp_path)
    assert later["04_push_through_the_api"] == "open"
    assert {"05_write_back_passage_ids", "06_go_live"} <= later.keys()


def test_the_write_back_is_offered_on_both_paths_where_its_notebook_is(workspace, tmp_path):
    name = "05_write_back_passage_ids"
    assert name not in states(workspace, identifiers_only=False, notebooks=tmp_path)
    (tmp_path / f"{name}.ipynb").write_text("{}")
    found = [states(workspace, identifiers_only=only, notebooks=tmp_path)[name] for only in (False, True)]
    assert found == ["optional", "open"]


def test_the_write_back_is_done_until_it_is_undone_or_a_push_comes_after_it(workspace, tmp_path):
    (tmp_path / "05_write_back_passage_ids.ipynb").write_text("{}")

    def written() -> tuple[str, str]:
        [step] = [step for step in list_steps(workspace, notebooks=tmp_path) if step.notebook[:2] == "05"]
        return step.state, step.note

    ids = workspace.make().out / "passage_ids.csv"
    ids.parent.mkdir()
    ids.write_text("")
    with RunRecord(workspace.folder) as record:
        run = record.begin(Run("sqlite app.db", "users", "its_passage_id", ("id",)))
        record.add(run, [("[1]", None, "IdA")])
        assert written() == ("open", "the last write-back was interrupted after 1 row")
        record.end(run)
        assert written() == ("done", "1 row set in the last write-back")
        later = ids.stat().st_mtime + 60
        os.utime(ids, (later, later))
        assert written() == ("again", "1 row set in the last write-back, before the last push")
        record.undone(run)
    assert written() == ("open", "the write-back was undone")


def test_a_write_back_of_a_rehearsal_is_not_done(workspace, users):
    pk.prepare(users, out=workspace)
    with pk.SandboxClient(workspace) as client:
        pk.push_users(workspace, client=client)
    with RunRecord(workspace.folder) as record:
        record.end(record.begin(Run("sqlite app.db", "users", "passage_id", ("id",))))
    notes = {step.title: (step.state, step.note) for step in list_steps(workspace)}
    assert notes["Write the Passage ids into your users table"][0] == "open"


def test_users_are_in_passage_after_a_push_of_these_users_that_was_no_rehearsal(workspace, tmp_path):
    (tmp_path / "04_push_through_the_api.ipynb").write_text("{}")

    def pushed() -> tuple[str, str]:
        [step] = [step for step in list_steps(workspace, notebooks=tmp_path) if step.notebook[:2] == "04"]
        return step.state, step.note

    page = ReportPage({})
    section = ReportSection("push", "Push", "One user was pushed.", ("Outcome", "Users"), [("created", "", 1)])
    workspace.make().out.mkdir()
    (workspace.out / "passage_ids.csv").write_text("")
    assert pushed() == ("open", "there are Passage ids, but not whose they are: push again, which sends nobody twice")
    workspace.report_page_path.parent.mkdir(exist_ok=True)
    for kept, expected in (
        (page, ("again", "the Passage ids are of a list that was prepared before: push again")),
        (
            page.with_section(replace(section, rehearsal=True)),
            ("open", "rehearsed in the sandbox; nobody is in Passage because of it"),
        ),
        (page.with_section(section), ("done", "Passage ids are there")),
    ):
        workspace.report_page_path.write_text(kept.to_json())
        assert pushed() == expected


def test_the_notebooks_of_the_steps_exist():
    for name in KIT:
        assert (bundled("notebooks") / f"{name}.ipynb").exists()


def test_a_change_before_a_push_asks_for_the_export_again(workspace, users):
    pk.prepare(users, out=workspace)
    workspace.save_plan(replace(workspace.load_plan(), options=Options(strict=True)))
    (workspace.out / "passage_ids.csv").write_text("")  # a later file of the same folder
    assert states(workspace)["03_validate_and_export"] == "again"
    assert list_steps(workspace)[4].note == "something was changed since: run it again"


def test_a_run_that_did_not_finish_is_to_be_run_again(workspace, users):
    pk.prepare(users, out=workspace)
    manifest_path(workspace.folder).unlink()
    step = list_steps(workspace)[4]
    assert (step.state, step.note) == ("again", "the last run did not finish: run it again")


@pytest.mark.slow
def test_corrections_that_a_run_has_matched_anew_need_no_other_run(workspace, users):
    pk.prepare(users, out=workspace)
    frame = pk.apply_mapping(pk.read_users(users), workspace.load_plan().mapping)
    workspace.save_corrections(correct(workspace.load_corrections(), [1], "email", "anna@example.org", users=frame))
    pk.prepare(users, out=workspace)
    users.write_text("Mail,City\nbo@example.org,Bergen\nann@example.org,Oslo\n")
    pk.prepare(users, out=workspace)
    assert workspace.load_corrections()["source_row"].tolist() == [2]
    assert states(workspace)["03_validate_and_export"] == "done"


def test_users_are_told_once_a_word_was_noted_as_sent(workspace):
    told = list_steps(workspace)[-1]
    assert (told.state, told.note) == ("yours", "")
    pk.note_words_sent(workspace, "announcement", segment="phone_only")
    told = list_steps(workspace)[-1]
    assert (told.state, told.note) == ("done", "announcement to phone_only")
