"""Metadata fields and changes of values in a real JupyterLab: by clicks, by keys alone, in the dark and narrow."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Page, jupyterlab
from playwright.sync_api import expect

import passage_kit as pk
from passage_kit.cli.notebook_server import copy_notebooks
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

MAPPING = "Where each column goes"
SAVED = "Saved in migration/plan.toml."
LIST = """E-Mail;Telefon;Name;Land;Aktiv;Umsatz;Geburtstag
ann@example.org;030 901820;Ann Lee;BRD;actif;1.250;03.04.1980
bo@example.org;;Bo van Dyk;France;actif;90;31.12.1975
cy@example.org;030 901821;Cy;BRD;inactif;2.000.000;
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """A folder with the notebooks, and the address of a JupyterLab that runs on it."""
    folder = tmp_path_factory.mktemp("lab")
    copy_notebooks(folder)
    with jupyterlab(folder, tmp_path_factory.mktemp("jupyter")) as address:
        yield folder, address


@pytest.fixture(scope="module")
def window(browser, lab) -> Iterator[Page]:
    shown = Page(browser, lab[1])
    yield shown
    shown.page.close()


@pytest.fixture
def page(window) -> Iterator[Page]:
    yield window
    window.check()


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
    target.select_option("New field from this column …")
    name = panel.get_by_label("Name of the new field for Geburtstag")
    expect(name).to_be_focused()
    expect(panel).to_contain_text("All different values are dates.")
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

    panel.get_by_label("Target for Land", exact=True).select_option("New field from this column …")
    panel.get_by_role("button", name="Add field for Land").click()
    expect(panel.get_by_label("Target for Land", exact=True)).to_have_value("land")
    panel.get_by_role("button", name="Move up Land").click()
    rules = panel.get_by_text("Rules of this kit", exact=True)
    rules.click()
    panel.get_by_label("Pattern of Land", exact=True).fill("[A-Z].*")
    panel.get_by_label("Pattern of Land", exact=True).press("Enter")
    panel.get_by_label("Message of the pattern of Land").fill("A country begins with a capital letter")
    panel.get_by_label("Message of the pattern of Land").press("Enter")
    required = panel.get_by_role("row", name="key birthday").get_by_label("required here")
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


def test_a_field_is_made_by_keys_alone(page, workspace):
    opened(page, workspace, "01_read_and_map")
    panel, keys = page.panel(MAPPING), page.page.keyboard
    before = [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]]
    target = panel.get_by_label("Target for Land", exact=True)
    target.focus()
    keys.press("N")  # of "New field ..."; "not stored" is the choice now
    expect(panel.get_by_label("Name of the new field for Land")).to_be_focused()
    keys.press("ControlOrMeta+a")
    keys.type("mxdd")
    keys.press("Enter")
    page.until(lambda: workspace.load_plan().schema.columns == ("land",))
    assert workspace.load_plan().schema["land"].friendly_name == "mxdd"
    expect(target).to_have_value("land")
    expect(target).to_be_focused()
    assert [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]] == before
    assert page.errors() == []
