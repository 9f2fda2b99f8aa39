"""The panels of duplicates, findings and export in a real JupyterLab: by clicks, by keys alone, in the dark."""

import csv
import json

import nbformat
import pytest
from browsing import WIDTH, Page
from playwright.sync_api import expect

import passage_kit as pk
from passage_kit.findings.catalogue import CODES
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

DUPLICATES, FINDINGS, EXPORT = "Who is one person", "What was found", "Write the files"
PUSH, WRITE_BACK = "Push the users", "Write back the Passage ids"
CUT_OVER = "How far the cut-over is"
LIST = """email,phone,city
ann@example.org,+14155552671,Lyon
ANN@example.org,,Oslo
bo@,,Ulm
cy@gmial.com,,Rome
d.ee@gmail.com,,Bonn
dee+news@gmail.com,+14155552673,Bern
n/a,+14155552674,Graz
n/a,+14155552675,Linz
"""
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELLS = {
    "ready": "import passage_kit as pk\nfrom passage_kit.widgets import ExportUsers, FixFindings, ReviewDuplicates",
    "users": "workspace = pk.Workspace('migration')\nplan = workspace.load_plan()\nraw = pk.read_users(plan.source)\n"
    "mapped = pk.apply_mapping(raw, plan.mapping)\nusers, _ = pk.normalize_identifiers(mapped)",
    "review": "review = ReviewDuplicates(users, workspace, mapped=mapped)\nreview",
    "fix": "fix = FixFindings(mapped, workspace)\nfix",
    "export": "export = ExportUsers(workspace)\nexport",
}


@pytest.fixture
def workspace(lab, request) -> Workspace:
    """A workspace of its own for each test, with a notebook that has the three panels."""
    name = request.node.name.removeprefix("test_")
    folder = lab[0] / name
    folder.mkdir()
    (folder / "users.csv").write_text(LIST)
    mapping = pk.FieldMapping({"email": "email", "phone": "phone", "city": "city"})
    schema = pk.MetadataSchema([pk.MetadataField("city")])
    workspace = Workspace(folder / "migration")
    workspace.save_plan(Plan(str(folder / "users.csv"), mapping=mapping, schema=schema, options=Options()))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=ident) for ident, source in CELLS.items()],
        metadata=KERNEL,
    )
    nbformat.write(notebook, folder / "panels.ipynb")
    return workspace


def opened(page: Page, workspace: Workspace) -> None:
    page.run_all(f"{workspace.folder.parent.name}/panels")


def exported(workspace: Workspace) -> list[list[str]]:
    with (workspace.out / "console_import.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_decide_fix_and_export_by_clicks(page, workspace):
    opened(page, workspace)
    review, fix, export = page.panel(DUPLICATES), page.panel(FINDINGS), page.panel(EXPORT)

    group = review.get_by_role("region", name="Rows 1, 2", exact=True).first
    expect(group).to_contain_text("stays by the rule")
    expect(group.get_by_role("row", name="city")).to_contain_text("differs: Oslo")
    page.photograph(DUPLICATES, "02_duplicates")
    review.get_by_role("button", name="Row 2 stays", exact=True).click()
    expect(review).to_contain_text("Decided: one person, row 2 stays.")
    expect(review).to_contain_text("decide(workspace.load_decisions(), [1, 2], 'survivor', survivor_row=2)")
    review.get_by_role("tab", name="Suggestions (1)").click()
    expect(review).to_contain_text("Rows 5, 6: one mailbox")
    review.get_by_role("button", name="Merge these people, row 6 stays").click()
    expect(review).to_contain_text("Suggestions (1, 1 decided)")
    assert workspace.load_decisions()["rows"].tolist() == ["1 2", "5 6"]

    expect(fix).to_contain_text("email_domain_typo")
    fix.get_by_role("button", name=CODES["email_invalid"].meaning, exact=True).click()
    fix.get_by_label("email of row 3", exact=True).fill("bo@example.org")
    page.photograph(FINDINGS, "02_findings")
    fix.get_by_role("button", name="Save email of row 3", exact=True).click()
    expect(fix).to_contain_text("Corrected; it was bo@")
    expect(fix).to_contain_text("No finding: the value is exported unchanged.")
    fix.get_by_role("button", name=CODES["email_domain_typo"].meaning, exact=True).click()
    fix.get_by_role("button", name="Use cy@gmail.com", exact=True).click()
    expect(fix).to_contain_text("Corrected; it was cy@gmial.com")
    fix.get_by_role("button", name=CODES["email_placeholder"].meaning, exact=True).click()
    fix.get_by_label("email of row 7", exact=True).fill("graz@example.org")
    fix.get_by_role("button", name="Save for all 2 with this value").first.click()
    expect(fix).to_contain_text("Corrected: 2 rows.")
    fix.get_by_role("button", name="Your corrections", exact=True).click()
    fix.get_by_role("button", name="Take back email of row 8", exact=True).click()
    expect(fix).to_contain_text("Taken back: row 8.")

    export.get_by_role("button", name="Prepare and write").click()
    expect(export).to_contain_text("6 users written to migration/out.")
    preview = export.get_by_role("region", name="The first users, as the Console will read them")
    expect(preview.get_by_role("columnheader")).to_have_text(["email", "phone", "city"])
    expect(preview.get_by_role("row")).to_have_count(6)
    expect(export.get_by_role("button", name="Open: Report", exact=True)).to_be_visible()
    page.photograph(EXPORT, "03_export")
    assert [barrier for title in (DUPLICATES, FINDINGS, EXPORT) for barrier in page.barriers(title)] == []
    assert exported(workspace) == [
        ["email", "phone", "city"],
        ["ann@example.org", "+14155552671", "Oslo"],
        ["bo@example.org", "", "Ulm"],
        ["cy@gmail.com", "", "Rome"],
        ["dee+news@gmail.com", "+14155552673", "Bern"],
        ["graz@example.org", "+14155552674", "Graz"],
        ["", "+14155552675", "Linz"],
    ]

    opened(page, workspace)
    expect(page.panel(DUPLICATES)).to_contain_text("2 decisions in migration/decisions.csv.")
    expect(page.panel(FINDINGS)).to_contain_text("3 corrections in migration/corrections.csv.")
    expect(page.panel(EXPORT)).to_contain_text("These files are of")


def test_everything_by_keys_alone(page, workspace):
    opened(page, workspace)
    keys = page.page.keyboard
    before = [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]]
    review, fix, export = page.panel(DUPLICATES), page.panel(FINDINGS), page.panel(EXPORT)

    first = review.get_by_role("tab", name="One person (1)")
    expect(first).to_be_visible()
    first.focus()
    keys.press("ArrowRight")
    expect(review.get_by_role("tab", name="Shared phones (0)")).to_be_focused()
    keys.press("ArrowLeft")
    expect(review.get_by_role("tab", name="One person (1)")).to_be_focused()
    keys.press("Tab")
    expect(review.get_by_role("searchbox", name="Search")).to_be_focused()
    keys.type("mxdd")
    expect(review).to_contain_text("There is nothing to review here.")
    expect(review.get_by_role("searchbox", name="Search")).to_be_focused()
    for _ in "mxdd":
        keys.press("Backspace")
    expect(review).to_contain_text("Rows 1, 2: the same email")
    page.tab_to(review.get_by_role("button", name="Keep apart"))
    keys.press("Space")
    expect(review).to_contain_text("Decided: different people.")
    expect(review.get_by_role("button", name="Keep apart")).to_be_focused()
    assert workspace.load_decisions()["decision"].tolist() == ["apart"]

    kind = fix.get_by_role("button", name=CODES["email_invalid"].meaning, exact=True)
    kind.focus()
    for pressed in ("x", "m", "d", "d"):
        keys.press(pressed)
    keys.press("Enter")
    expect(fix.get_by_label("email of row 3", exact=True)).to_be_visible()
    expect(kind).to_have_attribute("aria-pressed", "true")
    expect(kind).to_be_focused()
    page.tab_to(fix.get_by_label("email of row 3", exact=True))
    keys.press("ControlOrMeta+a")
    keys.type("max@example.org")
    keys.press("Enter")
    expect(fix).to_contain_text("Corrected; it was bo@")
    expect(fix.get_by_label("email of row 3", exact=True)).to_be_focused()
    assert workspace.load_corrections()["value"].tolist() == ["max@example.org"]

    export.get_by_role("button", name="Prepare and write").focus()
    keys.press("Enter")
    expect(export).to_contain_text("users written to migration/out.")
    assert ["max@example.org", "", "Ulm"] in exported(workspace)
    assert [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]] == before
    assert page.errors() == []


def test_legible_in_the_dark_and_no_value_is_saved_in_the_notebook(page, workspace):
    opened(page, workspace)
    page.panel(FINDINGS).get_by_role("button", name=CODES["email_invalid"].meaning, exact=True).click()
    page.panel(FINDINGS).get_by_label("email of row 3", exact=True).fill("bo@example.org")
    page.panel(FINDINGS).get_by_role("button", name="Save email of row 3", exact=True).click()
    page.panel(EXPORT).get_by_role("button", name="Prepare and write").click()
    expect(page.panel(EXPORT)).to_contain_text("users written to")
    expect(page.panel(DUPLICATES)).to_contain_text("Rows 1, 2")
    page.legible_in_the_dark({DUPLICATES: "02_duplicates_dark", FINDINGS: "02_findings_dark", EXPORT: "03_export_dark"})
    page.resize(853, dark=False)  # 1280 at 150 %
    rows = page.panel(DUPLICATES).get_by_role("region", name="Rows 1, 2 side by side")
    page.until(lambda: rows.evaluate("region => region.scrollWidth <= region.clientWidth + 1"))
    page.resize(WIDTH, dark=False)

    page.page.keyboard.press("Escape")
    page.page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.page.get_by_role("menuitem", name="Save Widget State Automatically").click()
    page.panel(EXPORT).scroll_into_view_if_needed()
    saved = workspace.folder.parent / "panels.ipynb"

    def has_state() -> bool:
        page.page.keyboard.press("Control+s")  # again, should the setting have come later than the first one
        return "application/vnd.jupyter.widget-state+json" in saved.read_text(encoding="utf-8")

    page.until(has_state)
    text = saved.read_text(encoding="utf-8")
    state = json.loads(text)["metadata"]["widgets"]
    assert "passage" in json.dumps(state)
    for value in ("example.org", "gmial", "Oslo", "4155552671"):
        assert value not in text


def test_what_was_made_for_a_former_list_is_applied_or_dropped(page, workspace):
    former = pk.apply_mapping(pk.read_users(workspace.load_plan().source), workspace.load_plan().mapping)
    bo = pk.correct(workspace.load_corrections(), [3], "email", "bo@example.org", users=former)
    workspace.save_corrections(pk.correct(bo, [4], "email", "<b>cy</b>@example.org", users=former))
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [1, 3], "apart"))
    pk.prepare(plan=workspace.plan_path, out=workspace)
    rows = LIST.splitlines()[1:]
    source = workspace.folder.parent / "users.csv"
    source.write_text("\n".join(["email,phone,city", *rows[:2], "ed@,,Ulm", "fay@example.org,,Ulm", *rows[4:], ""]))
    opened(page, workspace)
    review, fix = page.panel(DUPLICATES), page.panel(FINDINGS)

    card = review.get_by_role("region", name="Rows 1, 3 of a former list: different people.")
    expect(card).to_contain_text("It has no effect now")
    card.get_by_label("Rows of today, such as 3 17").fill("1, 2")
    card.get_by_role("button", name="Apply to these rows").click()
    expect(card).to_have_count(0)
    expect(review).to_contain_text("Decided: different people.")

    fix.get_by_role("button", name="Your corrections", exact=True).click()
    asked = fix.get_by_role("region", name="Corrections of a former list")
    expect(asked).to_contain_text("cy@gmial.com → <b>cy</b>@example.org")
    asked.get_by_role("button", name="Drop correction 2 of email").click()
    expect(fix).to_contain_text("Dropped: one correction.")
    expect(asked.get_by_role("button", name="Drop correction 2 of email")).to_have_count(0)
    row = asked.get_by_label("Row for correction 1 of email")
    row.fill("3")
    row.press("Enter")
    expect(fix).to_contain_text("Applied: row 3.")
    expect(asked).to_have_count(0)
    corrections = workspace.load_corrections()
    assert corrections[["source_row", "value"]].to_numpy().tolist() == [[3, "bo@example.org"]]
    assert workspace.load_decisions()["rows"].tolist() == ["1 2"]


def test_a_push_to_an_app_by_mouse_shows_its_numbers_first_and_keeps_the_key(page, workspace, sandbox):
    users = pk.prepare(plan=workspace.plan_path, out=workspace).users
    show_alone(workspace, "push", "from passage_kit.widgets import PushUsers\npush = PushUsers(workspace)\npush")
    page.run_all(f"{workspace.folder.parent.name}/push")
    push = page.panel(PUSH)
    push.get_by_role("radio", name="My Passage app").check()
    push.get_by_label("App id").fill(sandbox.app_id)
    push.get_by_label("Address").fill(sandbox.base_url)
    push.get_by_label("API key").fill(sandbox.api_key)
    push.get_by_label("API key").press("Tab")
    expect(push).to_contain_text("Given. It is not shown or saved.")
    expect(push.get_by_label("API key")).to_have_value("")
    expect(push.get_by_role("button", name="Push")).to_be_disabled()
    push.get_by_role("button", name="Look (dry run)").click()
    expect(push).to_contain_text(f"{len(users)} would be created")
    assert sandbox.users().empty
    page.photograph(PUSH, "push_users")
    assert page.barriers(PUSH) == []
    push.get_by_role("checkbox", name=f"Yes, push {len(users)} users to the app {sandbox.app_id}").check()
    push.get_by_role("button", name="Push").click()
    expect(push).to_contain_text(f"{len(users)} created")
    assert len(sandbox.users()) == len(users)

    push.get_by_role("button", name="Undo (dry run)").press("Enter")
    box = push.get_by_role("checkbox", name="Yes, delete")
    box.focus()
    page.page.keyboard.press("Space")
    page.tab_to(push.get_by_role("button", name="Delete them"))
    page.page.keyboard.press("Enter")
    expect(push).to_contain_text(f"{len(users)} users deleted.")
    assert sandbox.users().empty
    page.legible_in_the_dark({PUSH: "push_users_dark"})
    assert sandbox.api_key not in json.dumps(page.content())


def show_alone(workspace: Workspace, name: str, source: str) -> None:
    """Write a notebook with one panel beside a workspace."""
    ready = "import passage_kit as pk\nworkspace = pk.Workspace('migration')"
    cells = [nbformat.v4.new_code_cell(code, id=ident) for ident, code in (("ready", ready), ("panel", source))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), workspace.folder.parent / f"{name}.ipynb")


def test_the_cut_over_is_looked_at_again_by_keys_alone(page, workspace):
    pk.prepare(plan=workspace.plan_path, out=workspace)
    show_alone(workspace, "cut_over", "from passage_kit.widgets import CutOver\nstatus = CutOver(workspace)\nstatus")
    page.run_all(f"{workspace.folder.parent.name}/cut_over")
    panel = page.panel(CUT_OVER)
    told = panel.get_by_role("listitem").filter(has_text="Users told")
    expect(told).to_contain_text("No words were noted as sent")
    pk.note_words_sent(workspace, "announcement")
    page.tab_to(panel.get_by_role("button", name="Look again"))
    page.page.keyboard.press("Enter")
    expect(told).to_contain_text("Announcement to email")
    expect(panel.get_by_role("checkbox")).to_have_count(0)
    page.photograph(CUT_OVER, "cut_over")
    assert page.barriers(CUT_OVER) == []
    page.legible_in_the_dark({CUT_OVER: "cut_over_dark"})


def test_a_panel_without_its_kernel_says_so_and_takes_nothing(page, workspace):
    source = "from passage_kit.widgets import ExportUsers\nexport = ExportUsers(workspace)\nexport"
    show_alone(workspace, "asleep", source)
    name = f"{workspace.folder.parent.name}/asleep"
    page.run_all(name)
    write = page.panel(EXPORT).get_by_role("button", name="Prepare and write")
    expect(write).to_be_enabled()
    asleep = page.page.get_by_text("This panel is asleep, and saves nothing.")
    expect(asleep).to_be_hidden()
    page.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(asleep).to_be_visible()
    expect(page.page.locator(".passage-panel")).to_have_attribute("inert", "")
    page.photograph(EXPORT, "asleep")
    page.page.keyboard.press("Control+s")
    page.ready()

    page.open(name)  # as on the next day
    expect(page.page.get_by_text("This panel is asleep, and saves nothing.")).to_be_visible()
    page.run_all()
    expect(write).to_be_enabled()
    expect(page.page.get_by_text("This panel is asleep, and saves nothing.")).to_be_hidden()
    page.complaints[:] = [it for it in page.complaints if "model" not in it]  # JupyterLab's own, of what is gone
