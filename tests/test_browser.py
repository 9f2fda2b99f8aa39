"""The notebooks in a real JupyterLab, in a real Chromium: run, clicked, typed into and looked at."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from passage_kit.lab import copy_notebooks, lab_command
from passage_kit.workspace import Workspace

pytestmark = pytest.mark.browser

NAMES = ["00_start_here", "01_read_and_map", "02_clean_and_dedupe", "03_validate_and_export"]
SCREENSHOTS = Path(__file__).parent.parent / "build" / "screenshots"
TOKEN = "for-this-test-only"  # noqa: S105 - of a server on loopback that lives for a minute
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
OWN_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "IPYTHONDIR": "ipython",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
}


def chromium() -> str:
    """Path of a Chromium; without one the tests are skipped, but not in CI."""
    given = os.environ.get("PASSAGE_KIT_CHROMIUM")
    found = given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("no Chromium: install one, or set PASSAGE_KIT_CHROMIUM to its path")
    return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """A folder with the notebooks, and the address of a JupyterLab that runs on it."""
    folder, own = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("jupyter")
    copy_notebooks(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = lab_command(
        folder,
        *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"),
    )
    environment = os.environ | {name: str(own / place) for name, place in OWN_FOLDERS.items()}
    address = f"http://127.0.0.1:{port}"
    with (own / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"{address}/api/status?token={TOKEN}", server, own / "log.txt")
            yield folder, address
        finally:
            server.send_signal(signal.SIGTERM)  # ends its kernels, too
            server.wait(timeout=20)


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


class Page:
    """A notebook in a page of its own, which notes what leaves the machine and what the console complains of."""

    def __init__(self, browser, folder: Path, address: str, width: int = 1400) -> None:
        self.folder, self.address = folder, address
        self.page = browser.new_page(viewport={"width": width, "height": 1500})
        self.page.set_default_timeout(30_000)
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note_request(self, request) -> None:
        if not request.url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(request.url)

    def _note_console(self, message) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, name: str) -> None:
        self.page.goto(f"{self.address}/lab/tree/{name}.ipynb?reset&token={TOKEN}")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)

    def run_all(self) -> None:
        """Run every cell, and find that none ended in an error."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        count = len([cell for cell in self.content()["cells"] if cell["cell_type"] == "code"])
        ran = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").filter(has_text=re.compile(r"^\[\d+\]:$"))
        expect(ran).to_have_count(count, timeout=60_000)
        assert self.errors() == []

    def content(self) -> dict:
        return self.page.evaluate("window.jupyterapp.shell.currentWidget.content.model.toJSON()")

    def errors(self) -> list[str]:
        outputs = [output for cell in self.content()["cells"] for output in cell.get("outputs", [])]
        return [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]

    def panel(self, title: str):
        return self.page.get_by_role("group", name=title, exact=True)

    def photograph(self, title: str, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.panel(title).screenshot(path=SCREENSHOTS / f"{name}.png")

    def close(self) -> None:
        self.page.close()
        assert self.outside == []
        assert self.complaints == []


@pytest.fixture
def page(browser, lab) -> Iterator[Page]:
    shown = Page(browser, *lab)
    yield shown
    shown.close()


PATH, MAPPING, OPTIONS = "Your path and your files", "Where each column goes", "How to decide"


def test_run_all_through_the_notebooks(page, lab):
    folder, _ = lab
    for name in NAMES:
        page.open(name)
        page.run_all()
        for title in {"00": [PATH], "01": [MAPPING], "02": [OPTIONS]}.get(name[:2], []):
            expect(page.panel(title)).to_contain_text("Saved in migration/plan.toml.")
            page.photograph(title, name)
        if not name.startswith("03"):
            page.panel(title).scroll_into_view_if_needed()
    page.page.screenshot(path=SCREENSHOTS / "03_whole_page.png")
    assert (folder / "migration" / "out" / "console_import.csv").exists()
    assert (folder / "migration" / "out" / "report.html").exists()
    [link] = page.page.get_by_role("link", name="migration/out/report.html").all()
    assert link.is_visible()


def test_a_mapping_is_changed_by_clicks(page, lab):
    workspace = Workspace(lab[0] / "migration")
    page.open("01_read_and_map")
    page.run_all()
    panel = page.panel(MAPPING)
    notes = panel.get_by_label("Target for Notes", exact=True)

    notes.select_option("last_name")
    expect(panel).to_contain_text("Last name joins 'Last Name' and 'Notes' in this order")
    expect(panel).to_contain_text("'last_name': ['Last Name', 'Notes']")
    assert workspace.load_plan().mapping["last_name"].names == ("Last Name", "Notes")
    page.photograph(MAPPING, "01_join")

    notes.select_option("email")
    expect(panel).to_contain_text("Email takes one column, and 'E-Mail Address' and 'Notes' go there now.")
    assert workspace.load_plan().mapping["email"].names == ("E-Mail Address",)

    panel.get_by_label("Target for Last Name", exact=True).select_option("")
    notes.select_option("")
    expect(panel).to_contain_text("Required, but without a column: Last name.")
    page.photograph(MAPPING, "01_missing")

    panel.get_by_role("button", name="Accept all suggestions").click()
    expect(panel).not_to_contain_text("Required, but")
    expect(panel.get_by_label("Target for Last Name", exact=True)).to_have_value("last_name")
    assert workspace.load_plan().mapping["last_name"].names == ("Last Name",)


def test_a_file_is_uploaded_and_a_wrong_one_is_said(page, lab):
    page.open("00_start_here")
    page.run_all()
    panel = page.panel(PATH)
    source = panel.get_by_label("User list", exact=True)
    source.fill("nowhere.csv")
    source.press("Enter")
    expect(panel).to_contain_text("There is no file 'nowhere.csv'.")
    page.photograph(PATH, "00_wrong_file")

    rows = "Mail,Name\n" + "".join(f"user{number}@example.org,{'x' * 200}\n" for number in range(60_000))  # about 13 MB
    content = {"name": "own.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    with page.page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Upload user list").click()
    chooser.value.set_files(content)
    expect(source).to_have_value("migration/uploads/own.csv", timeout=30_000)
    expect(panel).to_contain_text("Saved in migration/plan.toml.")
    assert (lab[0] / "migration" / "uploads" / "own.csv").read_bytes() == rows.encode()
    assert not Workspace(lab[0] / "migration").load_plan().schema

    source.fill("sample_data/legacy_users.csv")
    source.press("Enter")
    expect(panel.get_by_label("Metadata fields", exact=True)).to_have_value("sample_data/metadata_fields.toml")
    expect(panel).to_contain_text("Saved in migration/plan.toml.")


@pytest.mark.parametrize(
    ("notebook", "title", "label", "key"),
    [
        ("01_read_and_map", MAPPING, "Target for Notes", "l"),  # Last name: a join
        ("02_clean_and_dedupe", OPTIONS, "Which row of a person stays", "ArrowDown"),
    ],
    ids=["table", "plain"],
)
def test_keys_in_a_drop_down_stay_there(page, notebook, title, label, key):
    page.open(notebook)
    page.run_all()
    before = [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]]
    panel = page.panel(title)
    drop_down = panel.get_by_label(label, exact=True)
    drop_down.focus()
    for pressed in ("ArrowDown", "m", "x", "d", "d", "ArrowUp", "a", "b", "z", "Escape"):
        page.page.keyboard.press(pressed)
    expect(drop_down).to_be_focused()
    assert [(cell["id"], cell["cell_type"]) for cell in page.content()["cells"]] == before

    page.page.keyboard.press("Home")
    page.page.wait_for_timeout(1_200)  # what was typed is forgotten after a second
    first = drop_down.input_value()
    page.page.keyboard.press(key)
    expect(drop_down).not_to_have_value(first)
    expect(panel).to_contain_text("Saved in migration/plan.toml.")
    page.page.keyboard.press("Home")
    expect(drop_down).to_have_value(first)
    assert page.errors() == []


def test_panels_are_legible_in_the_dark_and_in_a_narrow_window(browser, lab):
    shown = Page(browser, *lab, width=900)
    for name, title in (("00_start_here", PATH), ("01_read_and_map", MAPPING), ("02_clean_and_dedupe", OPTIONS)):
        shown.open(name)
        if name.startswith("00"):
            shown.page.evaluate(
                "void window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
            )
            expect(shown.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        shown.run_all()
        panel = shown.panel(title)
        assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth + 1")
        shown.photograph(title, f"{name[:2]}_dark")
    shown.page.evaluate("void window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    expect(shown.page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
    shown.close()
