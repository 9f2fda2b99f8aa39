import difflib
import json
import os

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.export.report_page import ReportSection
from passage_kit.push.push_section import NOT_REPORTED, put_section
from passage_kit.sandbox import Sandbox


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "users.csv").write_text("email\nanna@example.org\n")
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    return pk.Workspace(tmp_path / "m")


def report(workspace):
    return (workspace.out / "report.html").read_text(encoding="utf-8")


def put(workspace, ident="push", count=3):
    rows = [("created", "<new>", count)]
    assert put_section(workspace, ReportSection(ident, "<Push>", "Done & seen.", ("Outcome", "Users"), rows))
    return report(workspace)


def test_a_section_takes_the_place_of_the_former_one_and_no_other(workspace):
    before = report(workspace)
    put(workspace, "verification", 1)
    once = put(workspace)
    assert put(workspace, count=4).replace(">4<", ">3<") == once
    assert once.count("<section") == before.count("<section") + 2
    assert once.index('id="verification"') < once.index('id="push"')
    assert "Done &amp; seen." in once
    assert "&lt;new&gt;" in once
    assert "<new>" not in once
    assert "<Push>" not in once


def test_all_else_stays_as_it_was(workspace):
    before, after = report(workspace).splitlines(), put(workspace).splitlines()
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    replaced = [
        line for kind, first, last, *_ in changes if kind in ("replace", "delete") for line in before[first:last]
    ]
    assert replaced == ["<li>Bring the users into Passage: upload the Console CSV, or push them.</li>"]


def test_a_section_goes_when_the_users_are_prepared_anew(workspace, tmp_path):
    before = report(workspace)
    put(workspace)
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    assert report(workspace) == before


def test_what_is_kept_of_the_report_is_private_and_masked(workspace):
    put(workspace)
    kept = workspace.report_page_path.read_text(encoding="utf-8")
    assert "anna" not in kept
    assert "a***@e***.org" in kept
    assert os.name == "nt" or workspace.report_page_path.stat().st_mode & 0o777 == 0o600


def test_without_a_report_nothing_is_written(tmp_path):
    workspace = pk.Workspace(tmp_path)
    assert not put_section(workspace, ReportSection("push", "Push", "", ("a", "b"), []))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_there", [True, False])
def test_the_report_of_another_version_stays_and_the_push_says_so(workspace, is_there):
    kept = workspace.report_page_path
    if is_there:
        kept.write_text(json.dumps({**json.loads(kept.read_text(encoding="utf-8")), "passage_kit": "0.0.1"}))
    else:
        kept.unlink()
    before = report(workspace)
    with Sandbox() as it, pk.PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as client:
        result = pk.push_users(workspace, client=client)
    assert NOT_REPORTED in result.notes
    assert NOT_REPORTED in result.to_text()
    assert report(workspace) == before


def test_a_field_called_after_a_user_is_shown_as_in_the_other_sections(tmp_path):
    header = ["email", "ann.miller@example.org", "Ann Miller"]  # as of a file whose first line was a user
    source = pd.DataFrame([["anna@example.org", "pro", "Bonn"], ["ben@example.org", "free", "Ulm"]], columns=header)
    schema = pk.MetadataSchema.infer(source)
    names = [field.column for field in schema]
    assert [name.replace("_", "") for name in names] == ["annmillerexampleorg", "annmiller"]
    mapping = pk.FieldMapping(dict(zip(["email", *names], header, strict=True)))
    workspace = pk.Workspace(tmp_path / "m")
    pk.prepare(source, out=workspace.folder, mapping=mapping, schema=schema)
    with Sandbox() as it, pk.PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as client:
        pk.push_users(workspace, client=client)
        for ident in it.users()["id"]:
            client.update_user(ident, user_metadata=dict.fromkeys([field.field_name for field in schema], "other"))
        verification = pk.verify_push(workspace, client=client)
    assert set(verification.differences["field"]) == set(names)
    section = report(workspace).partition('id="verification"')[2]
    assert "miller" not in report(workspace).lower()
    assert "miller" not in workspace.report_page_path.read_text(encoding="utf-8").lower()
    shown = [entry["target"] for entry in json.loads(workspace.report_page_path.read_text())["values"]["mapping"]]
    assert [f"field {name}" in section for name in shown[1:]] == [True, True]
