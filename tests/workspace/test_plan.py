from dataclasses import replace

import pytest

from passage_kit.errors import OptionError, PlanError
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.console_template import Template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import SOURCE_URL, Plan
from passage_kit.workspace.workspace import Workspace

WHOLE = Plan(
    source="users.csv",
    reading={"encoding": "cp1252", "header_row": 3},
    sha256="ab12",
    mapping=FieldMapping({"email": "Mail", "name": {"join": ["A", "B"], "separator": ", "}, "t": {"constant": "x"}}),
    schema=MetadataSchema([MetadataField("name", max_length=40), MetadataField("t", choices=("x", "y"))]),
    template=Template(("email", "Name"), ";", True, "\n"),
    options=Options(default_region="DE", boolean_words={"ja": True}, survivor="newest", strict=True),
)


def test_a_plan_is_read_as_it_was_saved(tmp_path):
    path = tmp_path / "plan.toml"
    (tmp_path / "users.csv").touch()
    plan = Plan(**{**{name: getattr(WHOLE, name) for name in WHOLE.__slots__}, "source": str(tmp_path / "users.csv")})
    plan.save(path)
    assert Plan.load(path) == plan
    assert 'path = "users.csv"' in path.read_text()


def test_an_empty_plan_survives_too(tmp_path):
    Plan().save(tmp_path / "plan.toml")
    assert Plan.load(tmp_path / "plan.toml") == Plan()


def test_a_source_elsewhere_is_stored_whole(tmp_path):
    source = tmp_path / "users.csv"
    Plan(str(source)).save(tmp_path / "migration" / "plan.toml")
    assert Plan.load(tmp_path / "migration" / "plan.toml").source == str(source)


def test_a_plan_holds_no_password(tmp_path, monkeypatch):
    path = tmp_path / "plan.toml"
    Plan("postgresql://app:s3cret@localhost/app", {"table": "users"}).save(path)
    assert "s3cret" not in path.read_text()
    with pytest.raises(PlanError, match=SOURCE_URL):
        Plan.load(path)
    monkeypatch.setenv(SOURCE_URL, "postgresql://app:s3cret@localhost/app")
    assert Plan.load(path).source == "postgresql://app:s3cret@localhost/app"


@pytest.mark.parametrize(
    "text",
    ["[surce]\n", "[options]\nsurvivr = 'first'\n", "[mapping", "[template]\nheadr = []\n", "[mapping]\nemail = 3\n"],
)
def test_a_broken_plan_is_refused_by_name(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises((PlanError, OptionError)):
        Plan.load(path)


def test_a_missing_plan_is_named(tmp_path):
    with pytest.raises(PlanError, match=r"plan\.toml cannot be read"):
        Plan.load(tmp_path / "plan.toml")


def test_no_field_goes_to_passage_on_the_path_of_identifiers_alone():
    schema = MetadataSchema([MetadataField("name")])
    assert Plan(schema=schema).applied_schema == schema
    assert len(Plan(schema=schema, options=Options(identifiers_only=True)).applied_schema) == 0


def test_a_password_in_the_query_of_a_url_is_not_stored(tmp_path, monkeypatch):
    url = "postgresql://ann:s3cret@db.example.org/app?sslmode=require&sslpassword=s3cret"
    Plan(url).save(tmp_path / "plan.toml")
    text = (tmp_path / "plan.toml").read_text(encoding="utf-8")
    assert "s3cret" not in text
    assert "sslmode=require" in text
    monkeypatch.setenv("PASSAGE_KIT_SOURCE_URL", url)
    assert Plan.load(tmp_path / "plan.toml").source == url


def test_a_plan_can_be_read_without_opening_its_source(tmp_path, monkeypatch):
    monkeypatch.delenv("PASSAGE_KIT_SOURCE_URL", raising=False)
    Plan("postgresql://ann:s3cret@db.example.org/app").save(tmp_path / "plan.toml")
    assert Plan.load(tmp_path / "plan.toml", opened=False).source.endswith("ann:***@db.example.org/app")


@pytest.mark.parametrize(
    "plan",
    [
        Plan(source="a\0b.csv"),
        Plan(source="\ud800.csv"),
        Plan(source="sqlite:///\ud800.db"),
        Plan(options=Options(boolean_words={"\ud800": True})),
        Plan(mapping=FieldMapping({"email": "\udfff"})),
    ],
)
def test_text_that_no_file_can_hold_is_not_saved(tmp_path, plan):
    workspace = Workspace(tmp_path)
    workspace.save_plan(Plan(source="users.csv"))
    before = workspace.plan_path.read_bytes()
    with pytest.raises(PlanError, match="no file can"):
        workspace.save_plan(plan)
    assert workspace.plan_path.read_bytes() == before


@pytest.mark.parametrize("words", ["auto", (), ("NULL", "-")])
def test_the_words_for_nothing_are_kept_in_the_plan(tmp_path, words):
    plan = Plan(options=Options(null_words=words))
    plan.save(tmp_path / "plan.toml")
    assert Plan.load(tmp_path / "plan.toml") == plan


NO_PLUS = Plan(columns=("id", "raw_user_meta_data", "phone", "mobile"), mapping=FieldMapping({"phone": "phone"}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "likely"),
        ({"options": Options(lost_plus=True)}, True),
        ({"options": Options(lost_plus=False)}, False),
        ({"options": Options(layout="none")}, None),
        ({"options": Options(layout="auth0")}, None),
        ({"columns": ("id", "phone")}, None),
        ({"columns": ("id", "phone"), "options": Options(layout="supabase")}, "likely"),
        ({"mapping": FieldMapping({"phone": "mobile"})}, None),
        ({"mapping": FieldMapping({"phone": {"first": ["phone", "mobile"]}})}, None),
        ({"mapping": FieldMapping({"phone": {"constant": "1"}})}, None),
        ({"mapping": FieldMapping({"email": "id"})}, None),
        ({"mapping": None}, None),
    ],
)
def test_a_plan_tells_of_lost_pluses_what_was_chosen_or_else_what_the_layout_says(changes, told):
    plan = replace(NO_PLUS, **changes)
    assert plan.lost_plus is told or plan.lost_plus == told
    assert Plan.from_dict(plan.to_dict()).lost_plus == plan.lost_plus
