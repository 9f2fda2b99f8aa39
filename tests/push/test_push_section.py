import pytest

import passage_kit as pk
from passage_kit.push.push_section import put_section


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "users.csv").write_text("email\nanna@example.org\n")
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    return pk.Workspace(tmp_path / "m")


def put(workspace, ident="push", count=3):
    put_section(workspace, ident, "<Push>", "Done & seen.", ("Outcome", "Users"), [("created", "<new>", count)])
    return (workspace.out / "report.html").read_text(encoding="utf-8")


def test_a_section_takes_the_place_of_the_former_one_and_no_other(workspace):
    before = (workspace.out / "report.html").read_text(encoding="utf-8")
    put(workspace, "verification", 1)
    once = put(workspace)
    assert put(workspace, count=4).replace(">4<", ">3<") == once
    assert once.count("<section") == before.count("<section") + 2
    assert "Done &amp; seen." in once
    assert "&lt;new&gt;" in once
    assert "<new>" not in once


def test_without_a_report_nothing_is_written(tmp_path):
    workspace = pk.Workspace(tmp_path)
    put_section(workspace, "push", "Push", "", ("a", "b"), [])
    assert list(tmp_path.iterdir()) == []
