"""Metadata fields and changes of values in a real JupyterLab: by clicks, by keys alone, in the dark and narrow."""

import shutil
from dataclasses import replace

import pytest
from browsing import Page
from playwright.sync_api import expect

import passage_kit as pk
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

MAPPING, VALUES = "Where each column goes", "Change values"
SAVED = "Saved in migration/plan.toml."
LIST = """E-Mail;Telefon;Name;Land;Aktiv;Umsatz;Geburtstag
ann@example.org;030 901820;Ann Lee;BRD;actif;1.250;03.04.1980
bo@example.org;;Bo van Dyk;France;actif;90;31.12.1975
cy@example.org;030 901821;Cy;BRD;inactif;2.000.000;
"""


@pytest.fixture
def workspace(lab, request) -> Workspace:
    """A workspace of its own for each test, with a German list and without any field."""
    folder = lab[0] / request.node.name.removeprefix("test_")
    folder.mkdir()
    for name in ("01_read_and_map", "02_clean_and_dedupe", "03_validate_and_export"):
        shutil.copyfile(lab[0] / f"{name}.ipynb", folder / f"{name}.ipynb")
    (folder / "users.csv").write_text(LIST, encoding="cp1252")
    workspace = Workspace(folder / "migration")
    workspace.save_plan(Plan(str(folder / "users.csv")))
    return workspace


def opened(page: Page, workspace: Workspace, notebook: str) -> None:
    page.run_all(f"{workspace.folder.parent.name}/{notebook}")


def look(page: Page, title: str, name: str) -> None:
    """Take a picture of a panel, and find no barrier in it, in a wide window and in the dark."""
    page.photograph(title, name)
    assert page.barriers(title) == []
    page.legible_in_the_dark({title: f"{name}_dark"})


def test_fields_are_made_from_columns(page, workspace):
    opened(page, workspace, "01_read_and_map")
    panel = page.panel(MAPPING)
    target = panel.get_by_label("Target for Geburtstag", exact=True)
    panel.get_by_role("button", name="New field from Geburtstag").click()
    name = panel.get_by_label("Name of the new field for Geburtstag")
    expect(name).to_be_focused()
    expect(panel).to_contain_text("All values are dates.")
    expect(panel.get_by_label("Type of the new field for Geburtstag")).to_have_value("date")
    page.photograph(MAPPING, "01_new_field")
    assert page.barriers(MAPPING) == []
    name.fill("Birthday")
    panel.get_by_label("Key of the new field for Geburtstag").fill("birth day")
    panel.get_by_role("button", name="Add field for Geburtstag").click()
    expect(panel.get_by_role("alert")).to_contain_text("letters, digits and underscores only")
    panel.get_by_label("Key of the new field for Geburtstag").fill("birthday")
    panel.get_by_label("Key of the new field for Geburtstag").press("Enter")
    expect(target).to_have_value("birthday")
    expect(panel).to_contain_text(SAVED)

    panel.get_by_label("Target for Land", exact=True).select_option("")
    panel.get_by_role("button", name="New field from Land").click()
    panel.get_by_role("button", name="Add field for Land").click()
    expect(panel.get_by_label("Target for Land", exact=True)).to_have_value("land")
    panel.get_by_role("button", name="Move up Land").click()
    rules = panel.get_by_text("Rules of this kit", exact=True)
    rules.click()
    panel.get_by_label("Pattern of Land", exact=True).fill("[A-Z].*")
    panel.get_by_label("Pattern of Land", exact=True).press("Enter")
    panel.get_by_label("Message of the pattern of Land").fill("A country begins with a capital letter")
    panel.get_by_label("Message of the pattern of Land").press("Enter")
    required = panel.get_by_role("listitem", name="Birthday", exact=True).get_by_label("required here")
    required.check()
    page.until(lambda: workspace.load_plan().schema["birthday"].required)
    expect(required).to_be_checked()
    look(page, MAPPING, "01_fields")
    land, birthday = workspace.load_plan().schema
    assert (land.field_name, land.pattern) == ("land", "[A-Z].*")
    assert land.pattern_message == "A country begins with a capital letter"
    assert (birthday.friendly_name, birthday.type) == ("Birthday", "date")

    opened(page, workspace, "01_read_and_map")
    expect(page.panel(MAPPING).get_by_label("Name of land")).to_have_value("Land")
    page.panel(MAPPING).get_by_role("button", name="Remove Land").click()
    expect(page.panel(MAPPING).get_by_label("Target for Land", exact=True)).to_have_value("")
    page.until(lambda: workspace.load_plan().schema.columns == ("birthday",))
    users = pk.prepare(plan=workspace.plan_path, default_region="DE").users
    assert users["birthday"].astype(str).tolist()[:2] == ["1980-04-03", "1975-12-31"]


def field(column: str, kind: str) -> pk.MetadataField:
    return pk.MetadataField(column.lower(), column, type=kind)


@pytest.fixture
def with_fields(workspace) -> Workspace:
    """The workspace with fields that the list's own words do not fit."""
    schema = pk.MetadataSchema([field("Aktiv", "boolean"), field("Umsatz", "integer"), field("Nachname", "string")])
    mapping = {"email": "E-Mail", "phone": "Telefon", "region": "Land", "aktiv": "Aktiv", "umsatz": "Umsatz"}
    plan = workspace.load_plan()
    workspace.save_plan(Plan(plan.source, schema=schema, mapping=pk.FieldMapping(mapping)))
    return workspace


def test_values_are_changed_by_clicks(page, with_fields):
    workspace = with_fields
    opened(page, workspace, "01_read_and_map")
    mapping, panel = page.panel(MAPPING), page.panel(VALUES)
    panel.get_by_label("Column", exact=True).select_option("Land")
    expect(panel).to_contain_text("goes to Country of the phone (region)")
    expect(panel.get_by_role("row", name="BRD")).to_contain_text("Left out: The country of the row is not one")
    page.photograph(VALUES, "01_values_left_out")
    becomes = panel.get_by_label("What BRD becomes")
    becomes.fill("Germany")
    becomes.press("Enter")
    first = panel.get_by_role("listitem", name="step 1", exact=True)
    expect(first).to_contain_text("Land: BRD becomes Germany")
    expect(first).to_contain_text("2 rows")
    expect(panel.get_by_role("row", name="BRD")).not_to_contain_text("Left out")
    expect(mapping.get_by_role("row", name="Telefon")).to_contain_text("+4930901820")

    panel.get_by_label("Column", exact=True).select_option("Aktiv")
    for value, answer in (("actif", "yes"), ("inactif", "no")):
        becomes = panel.get_by_label(f"What {value} becomes")
        becomes.fill(answer)
        becomes.press("Enter")
        expect(panel.get_by_role("row", name=value, exact=False).first).not_to_contain_text("Left out")
    panel.get_by_label("Column", exact=True).select_option("Umsatz")
    panel.get_by_label("Another change of the column").select_option("Remove thousands separators")
    panel.get_by_role("button", name="Add step").click()
    expect(panel.get_by_role("listitem", name="step 3", exact=True)).to_contain_text("1.250 → becomes1250")
    panel.get_by_label("Column", exact=True).select_option("Name")
    panel.get_by_label("Another change of the column").select_option("Split into two columns")
    panel.get_by_label("First new column").fill("Vorname")
    panel.get_by_label("Second new column").fill("Nachname")
    panel.get_by_role("button", name="Add step").click()
    expect(panel.get_by_role("listitem", name="step 4", exact=True)).to_contain_text("Bo van | Dyk")
    mapping.get_by_label("Target for Nachname", exact=True).select_option("nachname")
    expect(mapping).to_contain_text("'nachname': 'Nachname'")
    panel.get_by_role("button", name="Move up step 4").click()
    expect(panel.get_by_role("listitem", name="step 3", exact=True)).to_contain_text("Name: split at the last space")
    panel.get_by_role("checkbox", name="Apply step 1").uncheck()
    expect(first).to_contain_text("off")
    expect(mapping.get_by_role("row", name="Telefon")).not_to_contain_text("+4930901820")
    panel.get_by_role("checkbox", name="Apply step 1").check()
    first.get_by_text("In the plan, and in Python").click()
    expect(first).to_contain_text('{ column = "Land", do = "map", values = { BRD = "Germany" } }')
    expect(first).to_contain_text("pk.ValueStep('Land', 'map', {'values': {'BRD': 'Germany'}})")
    look(page, VALUES, "01_values")

    page.until(lambda: [step.off for step in workspace.load_plan().steps] == [False] * 4)
    prepared = pk.prepare(plan=workspace.plan_path)
    users = prepared.users.sort_index()
    assert users["phone"].tolist()[::2] == ["+4930901820", "+4930901821"]
    assert users["aktiv"].tolist() == [True, True, False]
    assert users["umsatz"].tolist() == [1250, 90, 2_000_000]
    assert users["nachname"].fillna("").tolist() == ["Lee", "Dyk", ""]
    assert not set(prepared.findings["code"]) & {"region_unknown", "boolean_invalid", "integer_invalid"}
    opened(page, workspace, "02_clean_and_dedupe")
    expect(page.panel("How to decide")).to_contain_text("Every word is understood.")


def test_values_are_changed_by_keys_alone(page, with_fields):
    workspace = with_fields
    opened(page, workspace, "01_read_and_map")
    panel, keys = page.panel(VALUES), page.page.keyboard
    before = [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]]
    panel.get_by_label("Column", exact=True).focus()
    keys.type("Lan")
    becomes = panel.get_by_label("What BRD becomes")
    expect(becomes).to_be_visible()
    page.tab_to(becomes)
    keys.type("mxdd")
    keys.press("Tab")
    expect(panel.get_by_role("listitem", name="step 1", exact=True)).to_contain_text("BRD becomes mxdd")
    page.until(lambda: len(workspace.load_plan().steps) == 1)
    page.tab_to(panel.get_by_role("checkbox", name="Apply step 1"))
    keys.press("Space")
    page.until(lambda: workspace.load_plan().steps[0].off)
    expect(panel.get_by_role("checkbox", name="Apply step 1")).to_be_focused()
    page.tab_to(panel.get_by_role("button", name="Take back step 1"))
    keys.press("Enter")
    page.until(lambda: workspace.load_plan().steps == ())
    assert [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]] == before
    assert page.errors() == []


def test_a_refreshed_list_keeps_what_fits_and_asks_about_the_rest(page, workspace):
    """Columns were renamed, removed, added and moved; then one column serves a field and a helper, by keys alone."""
    mapping = pk.FieldMapping({"email": "Mail", "phone": "Telefon", "country": "Land", "name": "Name"})
    schema = pk.MetadataSchema([pk.MetadataField("country"), pk.MetadataField("name")])
    columns = ("Name", "Mail", "Telefon", "Land", "Notiz")
    refreshed = LIST.replace("Name;", "Kunde;").replace("BRD", "Germany")
    (workspace.folder.parent / "users.csv").write_text(refreshed, encoding="cp1252")
    workspace.save_plan(replace(workspace.load_plan(), mapping=mapping, schema=schema, columns=columns))
    opened(page, workspace, "01_read_and_map")
    panel = page.panel(MAPPING)
    expect(panel).to_contain_text("Email came from 'Mail', which this list does not have.")
    expect(panel).to_contain_text("Gone since the last list: 'Name', 'Mail', 'Notiz'.")
    expect(panel).to_contain_text("New in this list: 'E-Mail', 'Kunde', 'Aktiv', 'Umsatz', 'Geburtstag'.")
    expect(panel.get_by_text("new in this list", exact=True)).to_have_count(5)
    look(page, MAPPING, "01_refreshed")
    assert workspace.load_plan().mapping == mapping  # the cell that saves does not answer

    email = panel.get_by_label("New column for Email", exact=True)
    email.focus()
    page.page.keyboard.press("ArrowDown")
    expect(panel.get_by_label("Target for E-Mail", exact=True)).to_have_value("email")
    assert workspace.load_plan().mapping == mapping  # one question is still open
    panel.get_by_label("New column for Name", exact=True).select_option("leave it out")
    expect(panel).to_contain_text(SAVED)

    panel.get_by_label("Use Land for more").press("Enter")
    panel.get_by_role("checkbox", name="Land is also the country of the phone").press("Space")
    expect(panel).to_contain_text("'region': 'Land'")
    look(page, MAPPING, "01_field_and_helper")
    expected = {"email": "E-Mail", "phone": "Telefon", "country": "Land", "region": "Land"}
    page.until(lambda: workspace.load_plan().mapping.to_dict() == expected)
    opened(page, workspace, "01_read_and_map")
    expect(page.panel(MAPPING).get_by_role("checkbox", name="Land is also the country of the phone")).to_be_checked()
    prepared = pk.prepare(plan=workspace.plan_path)
    assert prepared.users["country"].tolist() == ["Germany", "France", "Germany"]
    assert prepared.users["phone"].notna().sum() == 2


def test_spellings_of_one_value_become_it_at_a_click(page, workspace):
    list_of_cities = LIST + "dee@example.org;;Dee;Frnace;actif;1;\neve@example.org;;Eve;FRANCE;actif;2;\n"
    (workspace.folder.parent / "users.csv").write_text(list_of_cities, encoding="cp1252")
    opened(page, workspace, "01_read_and_map")
    panel = page.panel(VALUES)
    panel.get_by_label("Column", exact=True).select_option("Land")
    find = panel.get_by_role("button", name="Look for spellings of one value in Land")
    find.focus()
    page.page.keyboard.press("Enter")
    group = panel.get_by_role("listitem", name="3 spellings, 3 rows: a slip apart")
    expect(group.get_by_role("checkbox")).to_have_count(3)
    expect(panel.get_by_role("button", name="Close")).to_be_focused()
    assert workspace.load_plan().steps == ()
    look(page, VALUES, "01_spellings")
    group.get_by_label("FRANCE is one of them", exact=True).uncheck()
    pressed = group.get_by_role("button", name="All ticked become France", exact=True)
    pressed.focus()
    page.page.keyboard.press("Enter")
    expect(panel).to_contain_text("Land: Frnace becomes France")
    expect(panel.get_by_role("listitem", name="2 spellings, 3 rows")).to_be_visible()
    page.until(lambda: [step.how for step in workspace.load_plan().steps] == [{"values": {"Frnace": "France"}}])
