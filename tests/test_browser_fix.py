"""The fix step in a real JupyterLab: whole rows and the history, by clicks, by keys alone, after a restart, dark."""

import nbformat
import pytest
from browsing import WIDTH, Page
from playwright.sync_api import Locator, expect

import passage_kit as pk
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

FINDINGS, ROWS, HISTORY, DUPLICATES = "What was found", "All rows", "What you changed", "Who is one person"
LIST = """name,email,phone,city
Ann Lee,ann@example.org,+14155552671,Lyon
Bo van Dyk,bo@,,Ulm
Cy Young-Hernandez,cy@gmial.com,,Rome
Dee,d.ee@gmail.com,+14155552673,Bonn
Eve,n/a,+14155552674,Graz
Fay,n/a,+14155552675,Linz
"""
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELLS = {
    "ready": "import passage_kit as pk\n"
    "from passage_kit.widgets import ChangeHistory, EditRows, FixFindings, ReviewDuplicates",
    "users": "workspace = pk.Workspace('migration')\nplan = workspace.load_plan()\n"
    "mapped = pk.apply_mapping(pk.read_users(plan.source), plan.mapping)",
    "fix": "fix = FixFindings(mapped, workspace)\nfix",
    "rows": "rows = EditRows(fix, workspace)\nrows",
    "history": "history = ChangeHistory(workspace)\nhistory",
    "review": "review = ReviewDuplicates(pk.normalize_identifiers(mapped)[0], workspace, mapped=mapped)\nreview",
}


@pytest.fixture
def workspace(lab, request) -> Workspace:
    """A workspace of its own for each test, with a notebook that has the panels."""
    folder = lab[0] / request.node.name.removeprefix("test_")
    folder.mkdir()
    (folder / "users.csv").write_text(LIST)
    mapping = pk.FieldMapping({"email": "email", "phone": "phone", "name": "name", "city": "city"})
    schema = pk.MetadataSchema([pk.MetadataField("name"), pk.MetadataField("city", choices=("Lyon", "Rome", "Ulm"))])
    workspace = Workspace(folder / "migration")
    workspace.save_plan(Plan(str(folder / "users.csv"), mapping=mapping, schema=schema, options=Options()))
    cells = [nbformat.v4.new_code_cell(source, id=ident) for ident, source in CELLS.items()]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), folder / "panels.ipynb")
    return workspace


def opened(page: Page, workspace: Workspace) -> None:
    page.run_all(f"{workspace.folder.parent.name}/panels")


def look(page: Page, title: str, name: str) -> None:
    """Take a picture of a panel, and find no barrier in it, in a wide window and in the dark."""
    page.photograph(title, name)
    assert page.barriers(title) == []
    page.legible_in_the_dark({title: f"{name}_dark"})


def emails(workspace: Workspace) -> dict[int, str]:
    table = workspace.load_corrections()
    return dict(zip(table["source_row"].tolist(), table["value"].tolist(), strict=True))


def press_at(page: Page, control: Locator, key: str) -> None:
    control.focus()
    page.page.keyboard.press(key)


def test_changes_are_undone_and_made_again_after_a_restart_too(page, workspace):
    opened(page, workspace)
    fix, history = page.panel(FINDINGS), page.panel(HISTORY)
    expect(history).to_contain_text("Nothing was changed yet.")
    fix.get_by_role("button", name=CODES["email_invalid"].meaning, exact=True).click()
    fix.get_by_label("email of row 2", exact=True).fill("bo@example.org")
    fix.get_by_role("button", name="Save email of row 2", exact=True).click()
    expect(history).to_contain_text("Corrected email of row 2: bo@ became bo@example.org.")
    fix.get_by_role("button", name=CODES["email_domain_typo"].meaning, exact=True).click()
    fix.get_by_role("button", name="Use cy@gmail.com", exact=True).click()
    undo, redo = (history.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    expect(undo).to_contain_text("row 3")
    expect(redo).to_be_disabled()
    press_at(page, undo, "Enter")
    expect(history).to_contain_text("Undone: Corrected email of row 3")
    expect(undo).to_be_focused()
    expect(fix.get_by_role("button", name="Use cy@gmail.com", exact=True)).to_be_visible()
    assert emails(workspace) == {2: "bo@example.org"}
    look(page, HISTORY, "change_history")

    opened(page, workspace)  # a new kernel
    expect(redo).to_contain_text("row 3")
    press_at(page, undo, "Space")
    expect(undo).to_contain_text("nothing to undo")
    expect(redo).to_be_focused()  # it is there still, and the keys stay in the panel
    assert emails(workspace) == {}
    redo.click()
    redo.click()
    expect(redo).to_contain_text("nothing to make again")
    assert emails(workspace) == {2: "bo@example.org", 3: "cy@gmail.com"}


def cell(page: Page, row: int, column: str) -> Locator:
    """The cell of a column in a row, which stands in the line of the row."""
    line = page.panel(ROWS).get_by_role("row").filter(has=page.page.get_by_role("checkbox", name=f"Select row {row}"))
    return line.locator(f'td[data-label="{column}"]')


def test_rows_are_found_edited_and_changed_together_by_clicks(page, workspace):
    opened(page, workspace)
    rows = page.panel(ROWS)
    expect(rows).to_contain_text("6 rows of 6, page 1 of 1")
    look(page, ROWS, "edit_rows")
    rows.get_by_label("Result").select_option("rejected")
    expect(rows).to_contain_text("1 row of 6")
    expect(cell(page, 2, "Email")).to_have_text("bo@, withheld")
    cell(page, 2, "Email").click()
    rows.get_by_label("Email of row 2", exact=True).fill("bo@example.org")
    rows.get_by_label("Email of row 2", exact=True).press("Enter")
    expect(rows).to_contain_text("Changed: email of row 2.")
    expect(rows).to_contain_text("0 rows of 6")
    expect(page.panel(HISTORY)).to_contain_text("Corrected email of row 2: bo@ became bo@example.org.")
    rows.get_by_label("Result").select_option("")
    rows.get_by_label("Findings").select_option(label=f"{CODES['value_not_allowed'].meaning} (3)")
    expect(rows).to_contain_text("3 rows of 6")
    rows.get_by_role("button", name="Select all found (3)").click()
    rows.get_by_label("Column to change").select_option("city")
    rows.get_by_label("New value").fill("Ulm")
    rows.get_by_role("button", name="Change 3 rows").click()
    expect(rows).to_contain_text("Changed: city of 3 rows.")
    expect(rows).to_contain_text("No row is like this.")
    rows.get_by_label("Findings").select_option("")
    rows.get_by_label("Result").select_option("corrected")
    rows.get_by_role("button", name="Sort by Name", exact=True).click()
    expect(rows.get_by_role("rowheader")).to_have_text(["Row 2kept", "Row 4kept", "Row 5kept", "Row 6kept"])
    page.panel(HISTORY).get_by_role("button", name="Undo").click()
    expect(rows).to_contain_text("1 row of 6")
    assert emails(workspace) == {2: "bo@example.org"}
    look(page, ROWS, "edit_rows_corrected")


def test_rows_are_edited_by_keys_alone(page, workspace):
    opened(page, workspace)
    keys = page.page.keyboard
    rows = page.panel(ROWS)
    expect(rows).to_contain_text("6 rows of 6")
    rows.get_by_role("searchbox", name="Search").focus()
    keys.type("lin")
    expect(rows).to_contain_text("1 row of 6")
    keys.press("Control+a")
    keys.press("Delete")
    expect(rows).to_contain_text("6 rows of 6")
    cell(page, 1, "Email").focus()
    keys.press("ArrowDown")
    expect(cell(page, 2, "Email")).to_be_focused()
    keys.type("bo@x.org")
    keys.press("Enter")
    expect(cell(page, 2, "Email")).to_contain_text("bo@x.org")
    expect(cell(page, 3, "Email")).to_be_focused()
    keys.press("F2")
    keys.press("Escape")
    expect(cell(page, 3, "Email")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Delete")
    keys.press("ArrowLeft")
    keys.press("Enter")
    keys.type("cy@example.org")
    keys.press("Tab")
    expect(cell(page, 3, "Email")).to_contain_text("cy@example.org")
    expect(cell(page, 3, "Phone")).to_be_focused()
    keys.press("Shift+Space")
    expect(rows).to_contain_text("1 row selected")
    assert emails(workspace) == {2: "bo@x.org", 3: "cy@example.org"}
    assert page.content()["cells"][3]["cell_type"] == "code"  # no key has reached JupyterLab


def test_what_is_older_than_corrections_is_marked_and_made_anew(page, workspace):
    opened(page, workspace)
    review = page.panel(DUPLICATES)
    expect(review).to_contain_text("There is nothing to review here.")
    expect(page.panel(ROWS)).to_contain_text("6 rows of 6")
    cell(page, 2, "Email").click()
    page.panel(ROWS).get_by_label("Email of row 2", exact=True).fill("Ann@example.org")
    page.panel(ROWS).get_by_label("Email of row 2", exact=True).press("Enter")
    expect(review).to_contain_text(": 1 correction since.")
    look(page, DUPLICATES, "out_of_date")
    press_at(page, review.get_by_role("button", name="Look for duplicates again"), "Enter")
    expect(review).to_contain_text("Rows 1, 2: the same email")
    expect(review.get_by_role("button", name="Look for duplicates again")).to_have_count(0)


def test_findings_are_legible_in_a_narrow_window(page, workspace):
    opened(page, workspace)
    fix = page.panel(FINDINGS)
    fix.get_by_role("button", name=CODES["email_invalid"].meaning, exact=True).click()
    expect(fix).to_contain_text("Bo van Dyk, bo@")
    look(page, FINDINGS, "fix_findings")
    page.resize(900, dark=False)
    values = fix.get_by_role("region", name="Values of this kind")
    for region in (values, fix.get_by_role("region", name="Kinds of findings")):
        page.until(lambda region=region: region.evaluate("it => it.scrollWidth <= it.clientWidth + 1"))
    page.resize(WIDTH, dark=False)


def test_the_kinds_of_findings_have_room_in_german_at_150_percent(page, workspace):
    path = workspace.folder.parent / "panels.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\nimport os\nos.environ['PASSAGE_KIT_LANGUAGE'] = 'de'"
    nbformat.write(notebook, path)
    sample = bundled("sample_data/legacy_users.csv")
    workspace.save_plan(Plan(str(sample), mapping=pk.suggest_mapping(pk.read_users(sample), pk.MetadataSchema())))
    opened(page, workspace)
    page.legible_in_the_dark({"Was gefunden wurde": "findings_german"})
