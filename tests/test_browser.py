"""The notebooks in a real JupyterLab, in a real Chromium: run, clicked, typed into and looked at."""

import json
import shutil
import zipfile
from dataclasses import replace

import pytest
from browsing import Page
from playwright.sync_api import expect

import passage_kit as pk
from passage_kit.metadata.console_template import read_template
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

PATH, READING, MAPPING = "Your path and your files", "Which list is read", "Where each column goes"
OPTIONS = "How to decide"
DUPLICATES, FINDINGS, EXPORT = "Who is one person", "What was found", "Write the files"
SAVED = "Saved in migration/plan.toml."


@pytest.fixture
def mapped(lab) -> Workspace:
    """The workspace as Run All on 00 and 01 leaves it."""
    sample = lab[0] / "sample_data"
    schema = pk.MetadataSchema.from_toml(sample / "metadata_fields.toml")
    source = sample / "legacy_users.csv"
    mapping = pk.suggest_mapping(pk.read_users(source), schema)
    template = read_template(sample / "console_template.csv")
    workspace = Workspace(lab[0] / "migration")
    workspace.save_plan(Plan(str(source), schema=schema, template=template, mapping=mapping))
    return workspace


def look(page: Page, title: str, name: str) -> None:
    """Take a picture of a panel, and find no barrier in it."""
    page.photograph(title, name)
    assert page.barriers(title) == []


def test_a_mapping_is_changed_by_clicks(page, mapped):
    workspace = mapped
    page.run_all("01_read_and_map")
    panel = page.panel(MAPPING)
    notes = panel.get_by_label("Target for Notes", exact=True)

    notes.select_option("email")
    expect(panel).to_contain_text("'E-Mail Address' and 'Notes' go to Email. Take in each row the first")
    assert workspace.load_plan().mapping["email"].names == ("E-Mail Address",)  # nothing is saved meanwhile
    panel.get_by_role("button", name="Leave as it was").click()
    expect(notes).to_have_value("")
    notes.select_option("last_name")
    expect(panel).to_contain_text(
        "'Last Name' and 'Notes' go to Last name. Join them, take the first that has a value, or take one alone"
    )
    look(page, MAPPING, "01_question")
    panel.get_by_role("button", name="Join them").click()
    expect(panel).to_contain_text("'last_name': ['Last Name', 'Notes']")
    notes.select_option("")

    panel.get_by_label("Target for Last Name", exact=True).select_option("")
    expect(panel).to_contain_text("Required, but without a column: Last name.")
    panel.get_by_label("Target with the same value for every row").select_option("last_name")
    panel.get_by_label("Value for every row", exact=True).fill("Nobody")
    panel.get_by_role("button", name="Set for every row").click()
    expect(panel).to_contain_text("'last_name': {'constant': 'Nobody'}")
    expect(panel).not_to_contain_text("Required, but")
    look(page, MAPPING, "01_constant")

    panel.get_by_role("button", name="Accept all suggestions").click()
    expect(panel.get_by_label("Target for Last Name", exact=True)).to_have_value("last_name")
    expect(panel).to_contain_text(SAVED)
    page.until(lambda: workspace.load_plan().mapping["last_name"].names == ("Last Name",))


def dropped(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the place for it, as a file manager does."""
    make = "([n, d]) => { const t = new DataTransfer(); t.items.add(new File([new Uint8Array(d)], n)); return t; }"
    files = page.page.evaluate_handle(make, [name, list(content)])
    page.panel(PATH).locator(".passage-drop").dispatch_event("drop", {"dataTransfer": files})


def test_a_list_is_dropped_or_uploaded_and_shown_and_a_wrong_one_is_said(page, lab):
    page.run_all("00_start_here")
    panel, workspace = page.panel(PATH), Workspace(lab[0] / "migration")
    source = panel.get_by_label("User list", exact=True)
    source.fill("nowhere.csv")
    source.press("Enter")
    expect(panel).to_contain_text("There is no file 'nowhere.csv'.")
    page.photograph(PATH, "00_wrong_file")
    dropped(page, "photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(300))
    expect(panel).to_contain_text("photo.jpg is an image")
    expect(panel.get_by_role("table", name="First rows")).to_have_count(0)

    dropped(page, "kunden.csv", "Mail;Name;Ort\nzoe@example.org;Zoë Müller;Köln\n".encode("cp1252"))
    accented = panel.get_by_role("list", name="Values with accents")
    expect(accented).to_contain_text("Zoë Müller")
    expect(panel.get_by_role("list", name="What kunden.csv is")).to_contain_text("cp1252")
    expect(panel).to_contain_text(SAVED)
    encoding = panel.get_by_label("Encoding", exact=True)

    def choose_by_keys() -> None:
        encoding.focus()
        page.page.keyboard.type("Western European (old")  # a browser that is busy takes a late letter for a first one

    page.again_until(choose_by_keys, lambda: "Zoë" not in accented.inner_text())
    page.until(lambda: workspace.load_plan().reading == {"encoding": "mac_roman"})
    expect(encoding).to_be_focused()
    look(page, PATH, "00_another_encoding")
    page.legible_in_the_dark({PATH: "00_another_encoding_dark"})

    rows = "Mail,Name\n" + "".join(f"user{number}@example.org,{'x' * 200}\n" for number in range(60_000))  # about 13 MB
    content = {"name": "own.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    button = panel.get_by_role("button", name="Upload user list")
    with page.page.expect_file_chooser() as chooser:
        button.press("Enter")
    chooser.value.set_files(content)
    expect(source).to_have_value("migration/uploads/own.csv")
    expect(panel.get_by_role("list", name="What own.csv is")).to_contain_text("60,000")
    expect(panel).to_contain_text(SAVED)
    assert (workspace.folder / "uploads" / "own.csv").read_bytes() == rows.encode()
    page.until(lambda: not workspace.load_plan().schema)
    page.until(lambda: workspace.load_plan().reading == {})

    workspace.save_plan(replace(workspace.load_plan(), mapping=pk.FieldMapping({"email": "Mail", "name": "Name"})))
    dropped(page, "june.csv", b"Mail,Surname\nann@example.org,Lee\n")
    expect(panel).to_contain_text("Is june.csv a newer export of the list before, or another list?")
    look(page, PATH, "00_newer_or_another")
    panel.get_by_role("button", name="Another list: begin anew").click()
    expect(panel).to_contain_text("Of the former list were set back: the mapping.")
    page.until(lambda: workspace.load_plan().mapping is None)
    back = panel.get_by_role("button", name="Bring back the list before: own.csv")
    back.press("Enter")
    expect(source).to_have_value("migration/uploads/own.csv")
    expect(panel.get_by_role("button", name="Bring back the list before: june.csv")).to_be_visible()
    page.until(lambda: "name" in (workspace.load_plan().mapping or ()))

    source.fill("sample_data/legacy_users.csv")
    source.press("Enter")
    expect(panel.get_by_label("Metadata fields", exact=True)).to_have_value("sample_data/metadata_fields.toml")
    expect(panel).to_contain_text(SAVED)


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize(
    ("notebook", "title", "label", "other", "key"),
    [
        ("01_read_and_map", MAPPING, "Target for Notes", "Target for Last Login", "n"),  # Newsletter
        ("02_clean_and_dedupe", OPTIONS, "Which row of a person stays", "A phone of several people", "ArrowDown"),
    ],
    ids=["table", "plain"],
)
def test_keys_in_a_drop_down_stay_there(page, notebook, title, label, other, key):
    page.run_all(notebook)
    before = [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]]
    panel = page.panel(title)
    drop_down = panel.get_by_label(label, exact=True)
    drop_down.focus()
    for pressed in ("ArrowDown", "m", "x", "d", "d", "ArrowUp", "a", "b", "z", "Escape"):
        page.page.keyboard.press(pressed)
    expect(drop_down).to_be_focused()
    assert [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]] == before

    page.page.keyboard.press("Home")
    drop_down = panel.get_by_label(other, exact=True)  # the first one waits for more letters of a name
    drop_down.focus()
    page.page.keyboard.press("Home")
    first = drop_down.input_value()
    page.page.keyboard.press(key)
    expect(drop_down).not_to_have_value(first)
    page.page.keyboard.press("Home")
    expect(drop_down).to_have_value(first)
    expect(panel).to_contain_text(SAVED)
    assert page.errors() == []


def test_three_hundred_columns_are_searched_and_mapped(page, lab):
    folder = lab[0] / "wide"
    folder.mkdir()
    shutil.copyfile(lab[0] / "01_read_and_map.ipynb", folder / "01_read_and_map.ipynb")
    names = ["Mail", *(f"Field {number}" for number in range(1, 300))]
    lines = [",".join(names), *(",".join([f"user{row}@example.org", *(["x"] * 299)]) for row in range(50))]
    (folder / "wide.csv").write_text("\n".join(lines) + "\n")
    fields = pk.MetadataSchema.from_dicts([{"field_name": f"field_{number}"} for number in range(1, 300)])
    Workspace(folder / "migration").save_plan(Plan(str(folder / "wide.csv"), schema=fields))

    page.run_all("wide/01_read_and_map")
    panel = page.panel(MAPPING)
    expect(panel).to_contain_text("300 columns")
    expect(panel.get_by_role("row")).to_have_count(301)
    panel.get_by_placeholder("part of a name").fill("field 29")
    expect(panel).to_contain_text("11 of 300 columns")
    expect(panel.get_by_role("row")).to_have_count(12)
    target = panel.locator('[aria-label="Target for Field 299"]')  # Playwright would compare all labels for seconds
    target.select_option("")
    expect(target).to_have_value("")
    expect(panel).to_contain_text(SAVED)
    page.photograph(MAPPING, "01_three_hundred_columns")
    page.until(lambda: "field_299" not in Workspace(folder / "migration").load_plan().mapping)
    assert page.errors() == []


def test_one_of_several_lists_is_chosen(page, lab):
    folder = lab[0] / "several"
    folder.mkdir()
    shutil.copyfile(lab[0] / "01_read_and_map.ipynb", folder / "01_read_and_map.ipynb")
    lists = {"staff": [{"email": "ann@example.org", "name": "Ann"}], "guests": [{"email": "bob@example.org"}]}
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        archive.writestr("people.json", json.dumps(lists))
        archive.writestr("old.csv", "Mail\ncid@example.org\n")
    Workspace(folder / "migration").save_plan(Plan(str(folder / "export.zip")))
    page.open("several/01_read_and_map")
    page.start_all()
    panel = page.panel(READING)
    expect(panel).to_contain_text("holds several files that could be the users: people.json, old.csv.")
    panel.get_by_label("List of users", exact=True).select_option("people.json")
    expect(panel).to_contain_text("holds several lists that could be the users: guests (1 entry), staff (1 entry).")
    look(page, READING, "01_several_lists")
    panel.get_by_label("List of users", exact=True).select_option("people.json:staff")
    expect(panel).to_contain_text("1 row and 2 columns were read.")
    expect(panel).to_contain_text("table='people.json:staff'")
    page.until(lambda: Workspace(folder / "migration").load_plan().reading == {"table": "people.json:staff"})

    page.run_all()
    expect(page.panel(READING).get_by_label("List of users", exact=True)).to_have_value("people.json:staff")
    expect(page.panel(MAPPING).get_by_label("Target for name", exact=True)).to_be_visible()


def test_pickers_where_the_reader_was_not_sure(page, lab):
    folder = lab[0] / "unsure"
    folder.mkdir()
    shutil.copyfile(lab[0] / "01_read_and_map.ipynb", folder / "01_read_and_map.ipynb")
    (folder / "odd.csv").write_text("A;B|C\nann@example.org;Ann|1\nbob@example.org;Bob|2\n")
    Workspace(folder / "migration").save_plan(Plan(str(folder / "odd.csv")))
    page.run_all("unsure/01_read_and_map")
    panel = page.panel(MAPPING)
    expect(panel).to_contain_text("ann@example.org;Ann|1")
    panel.get_by_label("Delimiter", exact=True).select_option("vertical bar  |")
    expect(panel.get_by_label("Target for A;B", exact=True)).to_be_visible()
    panel.get_by_label("Delimiter", exact=True).select_option("semicolon  ;")
    expect(panel.get_by_label("Target for A", exact=True)).to_be_visible()
    expect(panel).to_contain_text("delimiter=';'")
    look(page, MAPPING, "01_pickers")
    page.until(lambda: Workspace(folder / "migration").load_plan().reading == {"delimiter": ";"})


def test_a_column_of_a_field_may_say_that_an_account_is_closed(page, lab):
    folder = lab[0] / "closed"
    folder.mkdir()
    shutil.copyfile(lab[0] / "01_read_and_map.ipynb", folder / "01_read_and_map.ipynb")
    (folder / "users.csv").write_text(
        "email,blocked,deleted_at\nann@example.org,no,\nbob@example.org,yes,\ncyd@example.org,no,2024-01-31\n"
    )
    workspace = Workspace(folder / "migration")
    schema = pk.MetadataSchema([pk.MetadataField("blocked", type="boolean")])
    workspace.save_plan(Plan(str(folder / "users.csv"), schema=schema))
    page.run_all("closed/01_read_and_map")
    panel = page.panel(MAPPING)
    expect(panel.get_by_label("Target for deleted_at", exact=True)).to_have_value("account_state")
    expect(panel.get_by_label("Target for blocked", exact=True)).to_have_value("blocked")
    box = panel.get_by_role("checkbox", name="also says if the account is closed")
    expect(box).to_have_count(1)  # the others are hidden
    expect(box).to_be_checked()
    look(page, MAPPING, "01_closed_accounts")
    box.press("Space")
    expect(box).not_to_be_checked()
    expect(panel).to_contain_text("'deleted_at' says whether an account is closed")
    page.until(lambda: workspace.load_plan().mapping["account_state"].names == ("deleted_at",))
    box.press("Space")
    page.until(lambda: workspace.load_plan().mapping["account_state"].names == ("blocked", "deleted_at"))
    assert page.errors() == []
