"""Another list in a workspace: what was made for the former one is set back, whole or not at all, and kept."""

import pytest

import passage_kit as pk
from passage_kit.errors import OutputError
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.fields import MetadataField, MetadataSchema
from passage_kit.workspace.former_list import change_list, is_another_list, made_for_list, plan_for_list
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

PLAN = Plan(
    "may.csv",
    reading={"sheet": "Users"},
    sha256="00",
    columns=("Mail", "Ort"),
    mapping=FieldMapping({"email": "Mail", "city": "Ort"}),
    schema=MetadataSchema([MetadataField("plan"), MetadataField("city")]),
    options=Options(default_region="DE", layout="auth0", account_states={"X": "deleted"}),
    steps=(pk.ValueStep("Ort", "case", {"to": "title"}),),
    made_fields=("city",),
)


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "migration")
    workspace.save_plan(PLAN)
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [1], "email", "ann@example.org"))
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [1, 2], "apart"))
    return workspace


def test_the_plan_keeps_what_describes_the_app():
    plan = plan_for_list(PLAN, "suppliers.csv", {"delimiter": ";"})
    assert plan == Plan(
        "suppliers.csv",
        reading={"delimiter": ";"},
        schema=MetadataSchema([MetadataField("plan")]),
        options=Options(default_region="DE"),
    )


def test_what_was_made_is_named():
    assert is_another_list(PLAN, ["Nom", "Ville"])
    assert not is_another_list(PLAN, ["Ort"])
    assert not is_another_list(Plan("may.csv"), ["Nom"])


def test_everything_is_set_back_and_kept(workspace):
    assert made_for_list(workspace) == [
        "the mapping",
        "1 step that changes values",
        "1 field made from a column",
        "1 correction",
        "1 decision",
    ]
    before = {path.name: path.read_bytes() for path in workspace.folder.glob("*.*") if path.suffix in (".toml", ".csv")}
    plan = change_list(workspace, "suppliers.csv")
    assert workspace.load_plan().mapping is None
    assert plan.schema.columns == ("plan",)
    assert made_for_list(workspace) == []
    assert len(workspace.load_corrections()) == len(workspace.load_decisions()) == 0
    assert len(pk.list_changes(workspace)) == 0
    former = workspace.folder / "former"
    for name in ("plan.toml", "corrections.csv", "decisions.csv"):
        assert (former / f"001-{name}").read_bytes() == before[name]
        assert (former / f"001-{name}").stat().st_mode & 0o077 == 0


def test_a_list_that_nothing_was_made_for_leaves_nothing(workspace):
    change_list(workspace, "suppliers.csv")
    change_list(workspace, "partners.csv")
    assert {path.name[:3] for path in (workspace.folder / "former").iterdir()} == {"001"}
    workspace.save_plan(PLAN)
    change_list(workspace, "staff.csv")
    assert (workspace.folder / "former" / "002-plan.toml").exists()


def test_a_folder_elsewhere_is_refused_and_nothing_changes(workspace, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (workspace.folder / "former").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="is a link to another folder"):
        change_list(workspace, "suppliers.csv")
    assert workspace.load_plan().mapping == PLAN.mapping
    assert len(workspace.load_corrections()) == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_workspace_without_a_plan_gets_one(tmp_path):
    assert change_list(Workspace(tmp_path / "new"), tmp_path / "a.csv").source == str(tmp_path / "a.csv")
    assert not (tmp_path / "new" / "former").exists()
