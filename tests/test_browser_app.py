"""The app without code in a real Chromium: behind a real reverse proxy with a base path, with a password."""

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import SCREENSHOTS, Page, free_port, running
from playwright.sync_api import expect
from proxies import nginx
from test_browser_journey import (
    FINDINGS,
    IDS,
    PUSH,
    change_values_by_mouse,
    check_what_came_of_it,
    fix_by_mouse,
    look_at_table,
    map_by_mouse,
    shop_of,
    taken,
    workbook,
)
from waiting import LONG

from passage_kit.app.password import VARIABLE
from passage_kit.workspace.session import end_session
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

PATH, MAPPING, OPTIONS, EXPORT = (
    "Your path and your files",
    "Where each column goes",
    "How to decide",
    "Write the files",
)
PASSWORD = "a long sentence of the test"  # noqa: S105 - of a server that lives for a minute
# What only JupyterLab has, and what only somebody who programs would understand.
OF_THE_LAB = re.compile(r"JupyterLab|Shift|Restart|Run All|▸▸|next cell|Traceback|kernel", re.IGNORECASE)


class Served(NamedTuple):
    """An app behind nginx: its workspace, its address there, and its own port."""

    workspace: Workspace
    address: str
    port: int
    log: Path


@pytest.fixture(scope="module")
def app(tmp_path_factory, kernels) -> Iterator[Served]:
    folder, own = tmp_path_factory.mktemp("app"), tmp_path_factory.mktemp("jupyter")
    port, outside = free_port(), free_port()
    address = f"http://127.0.0.1:{outside}/migration/"
    command = [sys.executable, "-m", "passage_kit", "lab", str(folder), "--app", "--password"]
    command += ["--behind", address, "--no-browser", f"--Voila.port={port}", "--Voila.port_retries=0"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PASSWORD)
        with (
            running(command, f"http://127.0.0.1:{port}/migration/login", folder, own, kernels),
            nginx(tmp_path_factory.mktemp("nginx"), outside, port) as log,
        ):
            yield Served(Workspace(folder / "migration"), address, port, log)


def signed_in(browser, app: Served, name: str) -> Page:
    shown = Page(browser, app.address)
    shown.page.goto(app.address)
    shown.page.get_by_label("Your name").fill(name)
    shown.page.get_by_label("Password").fill(PASSWORD)
    shown.page.get_by_role("button", name="Sign in").click()
    expect(shown.page.get_by_role("heading", name="Move your users into Passage")).to_be_visible()
    return shown


@pytest.fixture
def anna(browser, app) -> Iterator[Page]:
    shown = signed_in(browser, app, "Anna")
    yield shown
    shown.page.close()
    end_session(app.workspace.folder)


def speaks_for_itself(shown: Page) -> None:
    """Find nothing on a page that speaks of JupyterLab or of programs."""
    assert OF_THE_LAB.findall(shown.page.locator("body").inner_text()) == []


def look(shown: Page, name: str) -> None:
    """Take pictures of a page in light and dark, and find no barrier in it."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        shown.page.emulate_media(color_scheme=theme)
        shown.page.screenshot(path=SCREENSHOTS / f"app_{name}_{theme}.png", full_page=True)
        found = Axe().run(shown.page).response
        assert [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")] == []
    shown.page.emulate_media(color_scheme="light")


def test_a_migration_from_the_steps_to_the_files(anna, app, tmp_path):
    page = anna.page
    expect(page.get_by_text("Nobody works here at the moment.")).to_be_visible()
    expect(page.get_by_text("None yet.")).to_be_visible()
    page.get_by_role("link", name="Choose your path and your list").click()
    expect(anna.panel(PATH)).to_contain_text("Saved in")
    speaks_for_itself(anna)
    anna.panel(PATH).get_by_role("link", name="Map your columns").click()
    mapping = anna.panel(MAPPING)
    expect(mapping).to_contain_text("Saved in")
    mapping.get_by_label("Target for Notes", exact=True).select_option("first_name")
    mapping.get_by_role("button", name="Only Notes").click()
    anna.until(lambda: app.workspace.load_plan().mapping["first_name"].names == ("Notes",))
    for python in page.get_by_text("The same in Python").all():
        expect(python).not_to_be_visible()
    speaks_for_itself(anna)
    page.get_by_role("link", name="← All steps and files").first.click()
    page.get_by_role("link", name="Validate and export").click()
    expect(anna.panel(EXPORT)).to_contain_text("users written to")
    speaks_for_itself(anna)

    page.get_by_role("link", name="← All steps and files").first.click()
    step = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Validate and export"))
    expect(step).to_contain_text("done")
    expect(page.get_by_text("You work here.")).to_be_visible()
    look(anna, "home")
    for label, name in (
        ("CSV for the Console", "console_import.csv"),
        ("Rejected rows, with the reasons", "rejected_rows.csv"),
    ):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=f"Download: {label}").click()
        waiting.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes() == (app.workspace.out / name).read_bytes()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open: Report").click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    opened.value.close()
    anna.until(lambda: "/channels" in app.log.read_text())  # the connections of the panels went through the proxy, too
    # What Voila's pages name of elsewhere is refused by the policy that the server sends, and asks nobody.
    assert anna.outside == []


def test_two_people_do_not_overwrite_each_other(anna, browser, app):
    anna.page.get_by_role("link", name="Choose your path and your list").click()
    panel = anna.panel(PATH)
    expect(panel).to_contain_text("Saved in")
    before = app.workspace.plan_path.read_bytes()

    bo = signed_in(browser, app, "Bo")
    expect(bo.page.get_by_role("status")).to_contain_text("Anna works here")
    bo.page.get_by_role("link", name="Choose your path and your list").click()
    expect(bo.page.get_by_role("heading", name="Anna works here")).to_be_visible()
    look(bo, "busy")
    bo.page.get_by_role("button", name="Take over").click()
    expect(bo.page.get_by_text("You work here.")).to_be_visible()

    panel.get_by_role("radio", name=re.compile("Sign-in only")).check()
    expect(panel).to_contain_text("Bo has worked on this migration since")
    assert app.workspace.plan_path.read_bytes() == before
    bo.page.get_by_role("link", name="Choose your path and your list").click()
    bo.panel(PATH).get_by_role("radio", name=re.compile("Sign-in only")).check()
    bo.until(lambda: app.workspace.load_plan().options.identifiers_only)
    bo.panel(PATH).get_by_role("radio", name=re.compile("Sign-in and user management")).check()
    bo.until(lambda: not app.workspace.load_plan().options.identifiers_only)
    bo.page.goto(app.address)
    bo.page.get_by_role("button", name="I am done for now").click()
    expect(bo.page.get_by_text("Nobody works here at the moment.")).to_be_visible()
    bo.page.close()


def test_a_step_out_of_order_says_what_is_missing(anna, app):
    aside = app.workspace.folder.with_name("aside")
    app.workspace.folder.rename(aside)
    try:
        anna.page.goto(f"{app.address}steps/03_validate_and_export.ipynb")
        expect(anna.page.locator("body")).to_contain_text("00_start_here")
        speaks_for_itself(anna)
    finally:
        app.workspace.folder.rename(aside.with_name("begun"))
        aside.rename(app.workspace.folder)


def test_the_sign_in_refuses_another_password_and_leads_to_no_other_site(browser, app):
    shown = Page(browser, app.address)
    shown.page.goto(f"{app.address}login?next=//evil.example/migration/")
    look(shown, "sign_in")
    shown.page.get_by_label("Password").fill("another sentence")
    shown.page.get_by_role("button", name="Sign in").click()
    expect(shown.page.get_by_role("alert")).to_have_text("The password is not right.")
    shown.page.get_by_label("Password").fill(PASSWORD)
    shown.page.get_by_role("button", name="Sign in").click()
    expect(shown.page.get_by_role("heading", name="The steps")).to_be_visible()
    assert shown.page.url == app.address
    shown.page.get_by_role("button", name="Sign out").click()
    expect(shown.page.get_by_label("Password")).to_be_visible()
    shown.page.close()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("", {}, 302),
        ("", {"Host": "evil.example"}, 403),
        ("files/plan.toml", {}, 302),
        ("files/.session.json", {}, 302),
        ("voila/tree", {}, 404),
        ("voila/api/contents/", {}, 404),
        ("voila/files/migration/plan.toml", {}, 404),
        ("voila/render/00_start_here.ipynb", {}, 404),
    ],
)
def test_what_is_for_nobody(app, path, headers, status):
    address = f"http://127.0.0.1:{app.port}/migration/{path}"
    answer = httpx.get(address, headers={"Origin": "http://evil.example", **headers}, timeout=LONG)
    assert answer.status_code == status
    assert "evil" not in answer.headers.get("access-control-allow-origin", "")


def test_the_password_is_in_no_list_of_processes_and_reaches_no_kernel(app):
    """The list of processes of Linux, whose files hold the arguments."""
    commands = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # the process has ended meanwhile
            commands.append(path.read_bytes())
    assert any(b"--app" in command for command in commands)
    assert not any(PASSWORD.encode() in command for command in commands)


def go_to(anna: Page, step: str) -> None:
    """Go to a step by the list of steps."""
    anna.page.get_by_role("link", name="← All steps and files").first.click()
    anna.page.get_by_role("link", name=step).click()


def test_an_own_list_becomes_a_filled_users_table(anna, app, tmp_path):
    page, shop = anna.page, shop_of(tmp_path / "shop.db")
    page.get_by_role("link", name="Choose your path and your list").click()
    path = anna.panel(PATH)
    expect(path).to_contain_text("Saved in")
    with page.expect_file_chooser() as chooser:
        path.get_by_role("button", name="Upload user list").click()
    chooser.value.set_files(workbook(tmp_path / "Kunden 2024.xlsx"))
    expect(path.get_by_role("list", name="What Kunden 2024.xlsx is")).to_contain_text("in row 3")
    taken(anna, app.workspace, "Kunden 2024.xlsx")
    path.get_by_role("link", name="Map your columns").click()
    map_by_mouse(anna)
    change_values_by_mouse(anna)
    anna.until(lambda: len(app.workspace.load_plan().steps) == 3)
    go_to(anna, "Clean and de-duplicate")
    expect(anna.panel(FINDINGS)).to_contain_text("Nothing is corrected yet.")
    fix_by_mouse(anna)
    go_to(anna, "Validate and export")
    export = anna.panel(EXPORT)
    expect(export).to_contain_text("5 users written to")
    with page.expect_download() as waiting:
        export.get_by_role("button", name="Download: CSV for the Console").click()
    waiting.value.save_as(tmp_path / "console_import.csv")
    assert (tmp_path / "console_import.csv").read_bytes() == (app.workspace.out / "console_import.csv").read_bytes()
    go_to(anna, "Bring the users into Passage")
    expect(anna.panel(PUSH)).to_contain_text("Everybody is there as prepared, in the sandbox (a rehearsal).")
    page.get_by_role("link", name=re.compile("^05 · ")).last.click()
    write_ids(anna, shop)
    page.get_by_role("link", name="← All steps and files").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download: Passage ids", exact=True).click()
    waiting.value.save_as(tmp_path / "passage_ids.csv")
    assert (tmp_path / "passage_ids.csv").read_bytes() == (app.workspace.out / "passage_ids.csv").read_bytes()
    check_what_came_of_it(app.workspace.folder.parent, shop)


def write_ids(anna: Page, shop: Path) -> None:
    panel = anna.panel(IDS)
    look_at_table(panel, shop)
    panel.get_by_role("checkbox", name="Yes, set 5 rows of kunden").check()
    panel.get_by_role("button", name=re.compile("Write$")).click()
    expect(panel).to_contain_text("5 rows set and checked.")
    speaks_for_itself(anna)
