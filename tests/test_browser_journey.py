"""The whole way of somebody who does not program, with an own messy list: by mouse, and once by keys alone.

From a fresh folder as ``passage-kit lab`` makes it, a German list with five metadata fields becomes a CSV for the
Console, a rehearsed push and a filled users table; no file is written by hand, and no code is edited.
"""

import csv
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pytest
from browsing import WIDTH, Page
from playwright.sync_api import Locator, expect

import passage_kit as pk
from passage_kit.cli.notebook_server import copy_notebooks
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.push.rehearsal import of_a_rehearsal
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

PATH, READING, MAPPING = "Your path and your files", "Which list is read", "Where each column goes"
VALUES, OPTIONS, FINDINGS, DUPLICATES = "Change values", "How to decide", "What was found", "Who is one person"
EXPORT, PUSH, IDS = "Write the files", "Push the users", "Write back the Passage ids"
NAMES = [path.stem for path in sorted(bundled("notebooks").glob("0[0-5]*.ipynb"))]

TITLE = "Kundenliste Müller & Söhne, Stand 31.12.2024"
HEAD = "Kd.-Nr. Name E-Mail-Adresse Telefon Land Newsletter Kunde_seit Punkte Bemerkung".split()  # noqa: SIM905
ROWS_OF_LIST = [
    [
        "K-001",
        "Jörg Müller",
        "joerg.mueller@example.org",
        "030 901820",
        "BRD",
        "ja",
        "31.12.2024",
        "1.250",
        "zahlt bar",
    ],
    [
        "K-002",
        "Änne Groß",
        "Aenne.Gross@Example.org ",
        "0151 234 567 89",
        "Deutschland",
        "nein",
        "01.02.2023",
        "90",
        "",
    ],
    [],
    ["K-003", "Zoë Weiß", "mailto:zoe@example.org", "+43 664 1234567", "Österreich", "ja", "15.06.2022", "2.000", ""],
    ["K-004", "Jörg Müller", "JOERG.MUELLER@example.org", "030 901820", "BRD", "ja", "31.12.2024", "", "doppelt"],
    ["K-005", "Hans Käse", "hans@gmial.com", "0171/9876543", "BRD", "nein", "28.02.2021", "15", ""],
    [],
    ["K-006", "Bernd Kröger", "bernd@", "0170 5551234", "BRD", "ja", "11.11.2019", "120", ""],
    ["K-007", "Niemand", "k.A.", "", "BRD", "nein", "13.01.2018", "0", "ohne Kontakt"],
]
EXPORTED = [
    ["email", "phone", "name", "land", "newsletter", "kunde_seit", "punkte"],
    ["joerg.mueller@example.org", "+4930901820", "Jörg Müller", "Germany", "true", "12/31/2024", "1250"],
    ["aenne.gross@example.org", "+4915123456789", "Änne Groß", "Germany", "false", "02/01/2023", "90"],
    ["zoe@example.org", "+436641234567", "Zoë Weiß", "Austria", "true", "06/15/2022", "2000"],
    ["hans@gmail.com", "+491719876543", "Hans Käse", "Germany", "false", "02/28/2021", "15"],
    ["bernd@example.org", "+491705551234", "Bernd Kröger", "Germany", "true", "11/11/2019", "120"],
]
_LINES = """cell => {
    const text = document.createRange();
    text.selectNodeContents(cell);
    return text.getClientRects().length;
}"""
_END_KERNELS = """async folder => {
    const { sessions } = window.jupyterapp.serviceManager;
    const own = [...sessions.running()].filter(({ path }) => path.startsWith(`${folder}/`));
    await Promise.all(own.map(({ id }) => sessions.shutdown(id)));
}"""
HOW_LONG = Path(__file__).parents[1] / "docs" / "how-to" / "own-list.md"
COUNTRIES = {"BRD": "Germany", "Deutschland": "Germany", "Österreich": "Austria"}


@pytest.fixture
def acts(monkeypatch) -> Counter[str]:
    """How often a person clicks, chooses, ticks and types."""
    counted: Counter[str] = Counter()

    def counting(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **options: Any) -> Any:
            counted[name] += 1
            return act(*args, **options)

        return count

    for name in ("click", "select_option", "check", "fill"):
        monkeypatch.setattr(Locator, name, counting(name, getattr(Locator, name)))
    return counted


@pytest.fixture
def page(browser, lab, request) -> Iterator[Page]:
    """A page of its own for each way, as a newcomer opens it; the kernels of its folder end with it."""
    shown = Page(browser, lab[1])
    yield shown
    shown.check()
    shown.page.evaluate(_END_KERNELS, request.node.name.removeprefix("test_"))
    shown.page.close()


@pytest.fixture
def fresh(lab, request) -> Path:
    """A folder as `passage-kit lab` makes it."""
    folder = lab[0] / request.node.name.removeprefix("test_")
    copy_notebooks(folder)
    return folder


@pytest.fixture
def shop(tmp_path) -> Path:
    return shop_of(tmp_path / "shop.db")


def shop_of(path: Path) -> Path:
    """Make the database of the list's application, without any Passage id."""
    with closing(sqlite3.connect(path)) as app, app:
        app.execute("CREATE TABLE bestellungen (id INTEGER PRIMARY KEY, kunde TEXT)")
        app.execute("CREATE TABLE kunden (nr TEXT PRIMARY KEY, email TEXT, telefon TEXT)")
        people = [(row[0], row[2], row[3]) for row in ROWS_OF_LIST if row]
        app.executemany("INSERT INTO kunden VALUES (?, ?, ?)", people)
    return path


def workbook(path: Path) -> Path:
    """Write the list as Excel has it: a merged title, an empty line, the header, empty lines between people."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = TITLE
    sheet.merge_cells("A1:I1")
    for row in ([], HEAD, *ROWS_OF_LIST):
        sheet.append(row)
    book.save(path)
    return path


def csv_of_excel(path: Path) -> Path:
    """Write the list as a German Excel saves it as CSV: with semicolons, in cp1252."""
    lines = [[TITLE, *[""] * 8], [""] * 9, HEAD, *(row or [""] * 9 for row in ROWS_OF_LIST)]
    path.write_text("".join(";".join(line) + "\r\n" for line in lines), encoding="cp1252", newline="")
    return path


def shown(page: Page) -> str:
    return page.page.evaluate("window.jupyterapp.shell.currentWidget?.context?.path ?? ''")


def arrived(page: Page, folder: Path, name: str) -> None:
    """Wait until a notebook is there that a link has opened, and its kernel is ready."""
    page.until(lambda: shown(page) == f"{folder.name}/{name}.ipynb")
    page.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.ready; }")
    page.ready()


def taken(page: Page, workspace: Workspace, name: str) -> None:
    """Wait until a list that was uploaded is that of the plan: its first rows are shown before that."""
    page.until(lambda: Path(workspace.load_plan().source).name == name)


def look(page: Page, title: str, name: str) -> None:
    """Find no barrier in a panel, in a wide window and in the dark, narrow one."""
    page.photograph(title, name)
    assert page.barriers(title) == []
    page.legible_in_the_dark({title: f"{name}_dark"})


def check_what_came_of_it(folder: Path, shop: Path) -> None:
    """Find the CSV, the ids of everybody in the users table, and the notebooks' code as it was."""
    workspace = Workspace(folder / "migration")
    again = pk.prepare(plan=workspace.plan_path, out=shop.parent / "again")
    assert len(again.users) == len(EXPORTED) - 1
    with (workspace.out / "console_import.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == EXPORTED
    with (workspace.out / "passage_ids.csv").open(encoding="utf-8", newline="") as file:
        ids = {row["source_key"]: row["passage_id"] for row in csv.DictReader(file)}
    with closing(sqlite3.connect(shop)) as app:
        written = dict(app.execute("SELECT nr, passage_id FROM kunden WHERE passage_id IS NOT NULL").fetchall())
    assert written == ids
    assert sorted(written) == ["K-001", "K-002", "K-003", "K-005", "K-006"]
    for name in NAMES:
        cells = [nbformat.read(path / f"{name}.ipynb", as_version=4).cells for path in (folder, bundled("notebooks"))]
        assert [cell.source for cell in cells[0]] == [cell.source for cell in cells[1]]


def test_an_own_list_goes_all_the_way_by_mouse(page, acts, fresh, shop, tmp_path):
    page.open(f"{fresh.name}/{NAMES[0]}")
    page.run_all()
    path = page.panel(PATH)
    with page.page.expect_file_chooser() as chooser:
        path.get_by_role("button", name="Upload user list").click()
    chooser.value.set_files(workbook(tmp_path / "Kunden 2024.xlsx"))
    expect(path.get_by_role("list", name="What Kunden 2024.xlsx is")).to_contain_text("in row 3")
    taken(page, Workspace(fresh / "migration"), "Kunden 2024.xlsx")
    first = path.get_by_role("table", name="First rows").get_by_text("joerg.mueller@example.org", exact=True)
    page.resize(900, dark=False)
    page.until(lambda: first.evaluate(_LINES) == 1)
    page.resize(WIDTH, dark=False)
    look(page, PATH, "00_path")
    path.get_by_role("link", name="Map your columns").click()
    arrived(page, fresh, NAMES[1])
    page.run_all()
    look(page, READING, "01_reading")
    map_by_mouse(page)
    change_values_by_mouse(page)
    go_on(page, fresh, NAMES[2])
    look(page, OPTIONS, "02_options")
    fix_by_mouse(page)
    go_on(page, fresh, NAMES[3])
    take_files_by_mouse(page, fresh)
    go_on(page, fresh, NAMES[4])
    expect(page.panel(PUSH)).to_contain_text("Everybody is there as prepared, in the sandbox (a rehearsal).")
    go_on(page, fresh, NAMES[5])
    write_ids_by_mouse(page, shop)
    check_what_came_of_it(fresh, shop)
    told = {word: int(count) for count, word in re.findall(r"(\d+) (clicks|choices|texts)", HOW_LONG.read_text())}
    done = {"clicks": acts["click"] + acts["check"], "choices": acts["select_option"], "texts": acts["fill"]}
    assert told == done
    steps_are_new_where_one_began(page)


def steps_are_new_where_one_began(page: Page) -> None:
    """Go back to the first notebook, whose steps were done in the others since: it shows that without a run."""
    page.page.get_by_role("tab", name=f"{NAMES[0]}.ipynb").click()
    steps = page.panel(PATH).get_by_role("listitem")
    for title in ("Map your columns", "Validate and export"):
        expect(steps.filter(has_text=title)).to_contain_text("done:")
    expect(steps.filter(has_text="Bring the users into Passage")).to_contain_text("rehearsed in the sandbox")


def go_on(page: Page, folder: Path, name: str) -> None:
    """Go on with the next notebook, by the link at the end of this one, and run it."""
    page.notebook().get_by_role("link", name=re.compile(f"^{name[:2]} · ")).last.click()
    arrived(page, folder, name)
    page.run_all()


def map_by_mouse(page: Page) -> None:
    """Make five fields from columns, and say which column is the customer's number."""
    panel = page.panel(MAPPING)
    types = {"Newsletter": "boolean", "Punkte": "integer"}
    for column in ("Name", "Land", "Newsletter", "Kunde_seit", "Punkte"):
        panel.get_by_role("button", name=f"New field from {column}").click()
        if column in types:
            panel.get_by_label(f"Type of the new field for {column}").select_option(types[column])
        panel.get_by_role("button", name=f"Add field for {column}").click()
        expect(panel.get_by_label(f"Target for {column}", exact=True)).to_have_value(column.lower())
    expect(panel.get_by_role("checkbox", name="Land is also the country of the phone")).to_be_checked()
    land = panel.get_by_role("listitem", name="Land", exact=True)
    land.get_by_text("Rules of this kit").click()
    land.get_by_label("Allowed values of Land").fill("Germany, Austria")
    land.get_by_label("Allowed values of Land").blur()
    panel.get_by_label("Target for Kd.-Nr.", exact=True).select_option("source_key")
    expect(panel).to_contain_text("'source_key': 'Kd.-Nr.'")


def change_values_by_mouse(page: Page) -> None:
    panel = page.panel(VALUES)
    for column, values in (("Land", COUNTRIES), ("Newsletter", {"ja": "yes", "nein": "no"})):
        panel.get_by_label("Column", exact=True).select_option(column)
        for value, becomes in values.items():
            field = panel.get_by_label(f"What {value} becomes", exact=True)
            field.fill(becomes)
            field.blur()
            expect(panel.get_by_role("listitem").filter(has_text=column).first).to_contain_text(f"{value} → becomes")
    panel.get_by_label("Column", exact=True).select_option("Punkte")
    panel.get_by_label("Another change of the column").select_option("Remove thousands separators")
    panel.get_by_role("button", name="Add step").click()
    expect(panel.get_by_role("listitem", name="step 3", exact=True)).to_contain_text("1250")
    expect(page.panel(MAPPING).get_by_role("row", name="Land")).to_contain_text("7 valid")
    expect(page.panel(MAPPING).get_by_role("row", name="Telefon")).to_contain_text("+4930901820")


def fix_by_mouse(page: Page) -> None:
    panel = page.panel(FINDINGS)
    panel.get_by_role("button", name=CODES["email_domain_typo"].meaning, exact=True).click()
    panel.get_by_role("button", name="Use hans@gmail.com").click()
    expect(panel).to_contain_text("Corrected; it was hans@gmial.com")
    panel.get_by_role("button", name=CODES["email_invalid"].meaning, exact=True).click()
    panel.get_by_role("textbox", name="email of row 8", exact=True).fill("bernd@example.org")
    panel.get_by_role("button", name="Save email of row 8", exact=True).click()
    expect(panel).to_contain_text("Corrected; it was bernd@")
    expect(page.panel(DUPLICATES)).to_contain_text("Rows 1, 5: the same email")


def take_files_by_mouse(page: Page, folder: Path) -> None:
    export = page.panel(EXPORT)
    expect(export).to_contain_text("5 users written to migration/out.")
    notices = export.locator(".passage-notice")
    expect(notices.filter(has_text="Withheld").get_by_role("listitem").first).to_have_text(
        re.compile(r"^\d+ values?: ")
    )
    look_at_whole_values(page, export)
    with page.page.expect_download() as waiting:
        export.get_by_role("button", name="Download: CSV for the Console").click()
    written = folder / "migration" / "out" / "console_import.csv"
    assert Path(waiting.value.path()).read_bytes() == written.read_bytes()
    with page.page.expect_popup() as opened:
        export.get_by_role("button", name="Open: Report").click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    opened.value.close()


def look_at_whole_values(page: Page, export: Locator) -> None:
    """Find every email and phone of the first users on one line, and nothing that scrolls sideways, at usual widths."""
    preview = export.get_by_role("region", name="The first users, as the Console will read them")
    for width in (1280, 900):
        page.resize(width, dark=False)
        for row in EXPORTED[1:]:
            for value in row[:2]:
                cell = preview.get_by_text(value, exact=True)
                expect(cell).to_be_visible()
                page.until(lambda cell=cell: cell.evaluate("cell => cell.getClientRects().length") == 1)
        page.until(lambda: preview.evaluate("region => region.scrollWidth <= region.clientWidth"))
    page.resize(WIDTH, dark=False)


def look_at_table(panel: Locator, shop: Path) -> None:
    """Choose the users table of the shop, and see what would be written."""
    panel.get_by_role("radio", name="Another database").check()
    panel.get_by_label("Its address").fill(f"sqlite:///{shop}")
    panel.get_by_role("button", name="List the tables").click()
    panel.get_by_label("Users table").select_option("kunden")
    panel.get_by_role("button", name="Look (dry run)").click()


def write_ids_by_mouse(page: Page, shop: Path) -> None:
    panel = page.panel(IDS)
    look_at_table(panel, shop)
    expect(panel).to_contain_text(of_a_rehearsal())
    planned = panel.get_by_role("table", name="To be set")
    expect(planned.get_by_role("row")).to_have_count(6)
    expect(planned.get_by_role("row").nth(1)).to_contain_text(re.compile("K-001.*Source key"))
    skipped = panel.get_by_role("button", name="Skipped: no id (2)")
    skipped.click()
    expect(panel.get_by_role("table", name="Skipped: no id")).to_contain_text("rejected in the preparation")
    expect(skipped).to_be_focused()
    look(page, IDS, "05_write_back")
    panel.get_by_role("checkbox", name="Yes, set 5 rows of kunden").check()
    panel.get_by_role("button", name=re.compile("Write$")).click()
    expect(panel).to_contain_text("5 rows set and checked.")


def test_an_own_list_goes_all_the_way_by_keys_alone(page, fresh, shop, tmp_path):
    page.open(f"{fresh.name}/{NAMES[0]}")
    page.run_all(start=page.start_all_by_keys)
    path, keys = page.panel(PATH), page.page.keyboard
    page.step_to(PATH)
    choosers = []
    page.page.on("filechooser", lambda chooser: choosers.append(chooser))

    def choose() -> None:
        page.tab_to(path.get_by_role("button", name="Upload user list"))
        keys.press("Enter")

    page.again_until(choose, lambda: bool(choosers))
    choosers[0].set_files(csv_of_excel(tmp_path / "Kunden 2024.csv"))
    expect(path.get_by_role("list", name="What Kunden 2024.csv is")).to_contain_text("cp1252")
    taken(page, Workspace(fresh / "migration"), "Kunden 2024.csv")
    page.tab_to(path.get_by_role("link", name="Map your columns"))
    keys.press("Enter")
    arrived(page, fresh, NAMES[1])
    page.run_all(start=page.start_all_by_keys)
    map_by_keys(page)
    change_values_by_keys(page)
    go_on_by_keys(page, fresh, NAMES[2])
    fix_by_keys(page)
    for name in NAMES[3:]:
        go_on_by_keys(page, fresh, name)
    write_ids_by_keys(page, shop)
    check_what_came_of_it(fresh, shop)


def go_on_by_keys(page: Page, folder: Path, name: str) -> None:
    page.tab_to(page.notebook().get_by_role("link", name=re.compile(f"^{name[:2]} · ")).last)
    page.page.keyboard.press("Enter")
    arrived(page, folder, name)
    page.run_all(start=page.start_all_by_keys)


def map_by_keys(page: Page) -> None:
    panel, keys = page.panel(MAPPING), page.page.keyboard
    page.step_to(MAPPING)
    page.tab_to(panel.get_by_label("Target for Kd.-Nr.", exact=True))
    keys.type("Your own")
    types = {"Newsletter": "Boolean", "Punkte": "Number"}
    for column in ("Name", "Land", "Newsletter", "Kunde_seit", "Punkte"):
        page.tab_to(panel.get_by_role("button", name=f"New field from {column}"))
        keys.press("Enter")
        expect(panel.get_by_label(f"Name of the new field for {column}")).to_be_focused()
        if column in types:
            page.tab_to(panel.get_by_label(f"Type of the new field for {column}"))
            keys.type(types[column])
        page.tab_to(panel.get_by_role("button", name=f"Add field for {column}"))
        keys.press("Enter")
        target = panel.get_by_label(f"Target for {column}", exact=True)
        expect(target).to_have_value(column.lower())
        expect(target).to_be_focused()
    land = panel.get_by_role("listitem", name="Land", exact=True)
    page.tab_to(land.locator("summary"))
    keys.press("Enter")
    page.tab_to(land.get_by_label("Allowed values of Land"))
    keys.type("Germany, Austria")
    keys.press("Tab")
    expect(panel).to_contain_text("'source_key': 'Kd.-Nr.'")


def change_values_by_keys(page: Page) -> None:
    panel, keys = page.panel(VALUES), page.page.keyboard
    for column, values in (("Land", COUNTRIES), ("Newsletter", {"ja": "yes", "nein": "no"})):
        page.tab_to(panel.get_by_label("Column", exact=True), key="Tab" if column == "Land" else "Shift+Tab")
        keys.type(column)
        for value, becomes in values.items():
            page.tab_to(panel.get_by_label(f"What {value} becomes", exact=True))
            keys.type(becomes)
            keys.press("Tab")
            expect(panel.get_by_role("listitem").filter(has_text=column).first).to_contain_text(f"{value} → becomes")
    page.tab_to(panel.get_by_label("Column", exact=True), key="Shift+Tab")
    keys.type("Punkte")
    page.tab_to(panel.get_by_label("Another change of the column"))
    keys.type("Remove")
    page.tab_to(panel.get_by_role("button", name="Add step"))
    keys.press("Enter")
    expect(panel.get_by_role("listitem", name="step 3", exact=True)).to_contain_text("1250")


def fix_by_keys(page: Page) -> None:
    panel, keys = page.panel(FINDINGS), page.page.keyboard
    page.step_to(FINDINGS)
    page.tab_to(panel.get_by_role("button", name=CODES["email_invalid"].meaning, exact=True))
    keys.press("Enter")
    page.tab_to(panel.get_by_role("textbox", name="email of row 8", exact=True))
    keys.press("ControlOrMeta+a")
    keys.type("bernd@example.org")
    keys.press("Enter")
    expect(panel).to_contain_text("Corrected; it was bernd@")
    page.tab_to(panel.get_by_role("button", name=CODES["email_domain_typo"].meaning, exact=True), key="Shift+Tab")
    keys.press("Enter")
    page.tab_to(panel.get_by_role("button", name="Use hans@gmail.com"))
    keys.press("Enter")
    expect(panel).to_contain_text("Corrected; it was hans@gmial.com")


def write_ids_by_keys(page: Page, shop: Path) -> None:
    panel, keys = page.panel(IDS), page.page.keyboard
    page.step_to(IDS)
    page.tab_to(panel.get_by_role("radio", name="The sample's database"))
    keys.press("ArrowDown")
    page.tab_to(panel.get_by_label("Its address"))
    keys.type(f"sqlite:///{shop}")
    keys.press("Tab")
    expect(panel).to_contain_text("The database has 2 tables.")
    page.tab_to(panel.get_by_label("Users table"))
    keys.type("kunden")
    page.tab_to(panel.get_by_role("button", name="Look (dry run)"))
    keys.press("Enter")
    page.tab_to(panel.get_by_role("checkbox", name="Yes, set 5 rows of kunden"))
    keys.press("Space")
    page.tab_to(panel.get_by_role("button", name=re.compile("Write$")))
    keys.press("Enter")
    expect(panel).to_contain_text("5 rows set and checked.")
    expect(panel).to_contain_text(of_a_rehearsal())
    assert str(shop) not in json.dumps(page.content())
