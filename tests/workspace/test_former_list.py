"""Another list in a workspace: what was made for the former one is set back, whole or not at all, and kept."""

import pytest

import passage_kit as pk
from passage_kit.errors import OutputError, PlanError
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.workspace.former_list import (
    bring_back_list,
    change_list,
    is_another_list,
    made_for_list,
    name_of_former,
    plan_for_list,
)
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


def files_of(workspace) -> dict[str, bytes]:
    """What was chosen and fixed, by name, but for the copy of the plan before."""
    paths = [path for form in ("*.toml", "*.csv", "history/*.json") for path in workspace.folder.glob(form)]
    return {path.name: path.read_bytes() for path in paths if path.name != "plan.previous.toml"}


def test_a_former_list_comes_back_with_all_that_was_made_for_it_and_the_other_is_kept(workspace):
    before, changes = files_of(workspace), len(pk.list_changes(workspace))
    assert name_of_former(workspace) is None
    change_list(workspace, "suppliers.csv")
    assert name_of_former(workspace) == "may.csv"
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [5, 6], "merge"))
    mistaken = files_of(workspace)
    plan = bring_back_list(workspace)
    assert plan == workspace.load_plan()
    assert plan.mapping == PLAN.mapping
    assert files_of(workspace) == before
    assert len(pk.list_changes(workspace)) == changes > 0
    assert name_of_former(workspace) == "suppliers.csv"
    bring_back_list(workspace)
    assert files_of(workspace) == mistaken
    assert name_of_former(workspace) == "may.csv"


def test_the_list_that_was_set_back_last_comes_back(workspace):
    change_list(workspace, "suppliers.csv")
    workspace.save_plan(Plan("suppliers.csv", mapping=FieldMapping({"email": "Mail"})))
    change_list(workspace, "staff.csv")
    assert name_of_former(workspace) == "suppliers.csv"
    assert str(bring_back_list(workspace).source).endswith("suppliers.csv")


def test_without_a_former_list_or_with_a_damaged_one_nothing_changes(workspace):
    before = files_of(workspace)
    with pytest.raises(PlanError, match="There is no former list"):
        bring_back_list(workspace)
    assert files_of(workspace) == before
    change_list(workspace, "suppliers.csv")
    now = files_of(workspace)
    (workspace.folder / "former" / "001-plan.toml").write_text("no plan")
    assert name_of_former(workspace) is None
    with pytest.raises(PlanError):
        bring_back_list(workspace)
    assert files_of(workspace) == now


def test_the_address_of_a_former_database_is_named_without_its_password(workspace, monkeypatch):
    monkeypatch.setenv("PASSAGE_KIT_SOURCE_URL", "postgresql://ann:tulip@localhost/shop")
    plan = Plan("postgresql://ann:tulip@localhost/shop", mapping=FieldMapping({"email": "Mail"}))
    workspace.save_plan(plan)
    change_list(workspace, "suppliers.csv")
    assert "tulip" not in (name_of_former(workspace) or "tulip")
