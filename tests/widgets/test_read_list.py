"""The panel that reads the list, driven from Python: the lists it offers, the pick, and what cannot be read."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from panel_parts import SAVED

import passage_kit as pk
from passage_kit.errors import PlanError, SourceError
from passage_kit.widgets import ReadList
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

STAFF = [{"email": "ann@example.org", "name": "Ann"}, {"email": "bob@example.org", "name": "Bob"}]
GUESTS = [{"email": "cid@example.org", "city": "Oslo", "born": "1990"}]
TWO_LISTS = json.dumps({"staff": STAFF, "guests": GUESTS})


def archive(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in members.items():
            packed.writestr(name.replace("__", "."), text)
    return file.getvalue()


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Workspace("migration")


def panel_of(workspace, name, content, **reading):
    (workspace.folder.parent / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    workspace.save_plan(Plan(name, reading=reading))
    return ReadList(workspace)


def offered(panel):
    return [path for _, path in panel.lists.options]


def evaluated(panel):
    """The list and the plan after the code that a panel shows was run."""
    names = {"pk": pk, "workspace": panel.workspace}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    return names["source"], panel.workspace.load_plan()


def test_a_file_with_one_list_is_read_and_nothing_is_asked(workspace):
    panel = panel_of(workspace, "users.csv", "Mail,Name\nann@example.org,Ann\n")
    assert panel.lists.layout.display == "none"
    assert panel.source.users["Mail"].tolist() == ["ann@example.org"]
    assert panel.messages == ["1 row and 2 columns were read.", SAVED]
    assert evaluated(panel)[0].users.equals(panel.source.users)
    assert "save_plan" not in panel.code
    assert panel.value == {}


def test_one_of_several_lists_is_picked_and_saved(workspace):
    panel = panel_of(workspace, "users.json", TWO_LISTS)
    assert panel.lists.layout.display == ""
    assert offered(panel) == ["", "guests", "staff"]
    assert "holds several lists that could be the users" in panel.messages[0]
    with pytest.raises(SourceError, match="several lists"):
        _ = panel.source
    assert panel.code.startswith("source = pk.read_source(")

    panel.lists.value = "staff"
    assert panel.source.users["email"].tolist() == ["ann@example.org", "bob@example.org"]
    assert panel.value == {"table": "staff"} == workspace.load_plan().reading
    assert panel.messages == [
        "2 rows and 2 columns were read. Run the cells below again to go on with this list.",
        SAVED,
    ]
    workspace.save_plan(replace(workspace.load_plan(), reading={}))
    source, plan = evaluated(panel)
    assert source.users.equals(panel.source.users)
    assert plan.reading == {"table": "staff"}


def test_a_pick_is_found_again_and_can_be_changed(workspace):
    panel = panel_of(workspace, "users.json", TWO_LISTS, table="staff")
    assert (panel.lists.value, sorted(offered(panel))) == ("staff", ["guests", "staff"])
    assert panel.saved
    assert "save_plan" not in panel.code
    panel.lists.value = "guests"
    assert list(panel.source.users) == ["email", "city", "born"]
    assert workspace.load_plan().reading == {"table": "guests"}


def test_a_file_of_an_archive_is_picked_and_then_a_list_in_it(workspace):
    content = archive(old__csv="Mail\ndot@example.org\n", new__json=TWO_LISTS)
    panel = panel_of(workspace, "export.zip", content)
    assert offered(panel) == ["", "old.csv", "new.json"]

    panel.lists.value = "new.json"
    assert offered(panel) == ["", "new.json:guests", "new.json:staff", "old.csv"]
    assert workspace.load_plan().reading == {}
    panel.lists.value = "new.json:staff"
    assert len(panel.source.users) == 2
    assert workspace.load_plan().reading == {"table": "new.json:staff"}

    panel.lists.value = "old.csv"
    assert panel.source.users["Mail"].tolist() == ["dot@example.org"]
    assert workspace.load_plan().reading == {"table": "old.csv"}
    again = ReadList(workspace)
    assert again.lists.value == "old.csv"
    assert "new.json" in offered(again)


def test_what_cannot_be_read_is_said_and_the_list_of_before_stays(workspace):
    panel = panel_of(workspace, "export.zip", archive(a__csv="Mail\na@example.org\n", b__csv="Mail\n"), table="a.csv")
    panel.lists.value = "b.csv"
    assert "no rows below the header" in panel.messages[0]
    assert panel.source.users["Mail"].tolist() == ["a@example.org"]
    assert workspace.load_plan().reading == {"table": "a.csv"}
    assert panel.lists.value == "a.csv"
    panel.lists.value = "b.csv"
    assert "no rows below the header" in panel.messages[0]


def test_what_cannot_be_read_leaves_the_others_to_choose(workspace):
    panel = panel_of(workspace, "export.zip", archive(a__csv="Mail\na@example.org\n", b__csv="Mail\n"))
    panel.lists.value = "b.csv"
    assert "no rows below the header" in panel.messages[0]
    panel.lists.value = "a.csv"
    assert len(panel.source.users) == 1


@pytest.mark.parametrize(
    ("name", "content", "offers"),
    [
        ("users.json", TWO_LISTS, ["", "guests", "staff"]),
        ("export.zip", archive(a__csv="Mail\na@example.org\n", b__csv="Mail\nb@example.org\n"), ["", "a.csv", "b.csv"]),
    ],
)
def test_a_pick_that_the_file_has_no_more_is_asked_again(workspace, name, content, offers):
    panel = panel_of(workspace, name, content, table="gone")
    assert offered(panel) == offers
    assert "'gone'" in panel.messages[0]


def test_a_list_beside_an_empty_one_of_users_is_offered(workspace):
    panel = panel_of(workspace, "users.json", json.dumps({"users": [], "staff": STAFF}))
    assert offered(panel) == ["", "staff"]
    panel.lists.value = "staff"
    assert len(panel.source.users) == 2


def test_a_file_without_users_is_said_and_offers_nothing(workspace):
    panel = panel_of(workspace, "users.csv", "Mail\n")
    assert panel.lists.layout.display == "none"
    with pytest.raises(SourceError, match="no rows"):
        _ = panel.source


def test_a_plan_without_a_list_names_the_notebook(workspace):
    workspace.save_plan(Plan())
    with pytest.raises(PlanError, match="00_start_here"):
        ReadList(workspace)
