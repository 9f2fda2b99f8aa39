"""A real JupyterLab on a folder of its own, and its notebooks in a page of a real Chromium.

The tests of some modules share the page: JupyterLab is loaded once, and each test opens its notebooks anew there.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Route, WebSocket, expect, sync_playwright
from waiting import LONG, until

from passage_kit.cli.notebook_server import lab_command

expect.set_options(timeout=LONG * 1_000)

SCREENSHOTS = Path(__file__).parent.parent / "build" / "screenshots"
TOKEN = "for-this-test-only"  # noqa: S105 - of a server on loopback that lives for a minute
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WIDTH, _HEIGHT, _NARROW = 1400, 1500, 853  # of a window
DRAWN = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
_LEAVE = """async () => {
    const app = window.jupyterapp;
    [...app.shell.widgets("main")].forEach(tab => tab.dispose());
    await app.serviceManager.sessions.shutdownAll();
}"""
_OPEN = """async path => {
    const app = window.jupyterapp;
    const opened = await app.commands.execute("docmanager:open", { path });
    await opened.context.ready;
    await opened.sessionContext.ready;
}"""
# JupyterLab gives the focus back to its active cell when the last cell has run, and that is a moment after the output.
_NOTE_RUN = """() => {
    const { commands } = window.jupyterapp;
    const note = (_, { id, result }) => {
        if (id !== "notebook:run-all-cells") return;
        commands.commandExecuted.disconnect(note);
        result.then(() => { window.ranAllCells = true; });
    };
    window.ranAllCells = false;
    commands.commandExecuted.connect(note);
}"""
_HAS_FOCUS = """control => new Promise(told => {
    const focused = () => control === document.activeElement;
    if (!focused()) told(false);
    else requestAnimationFrame(() => requestAnimationFrame(() => told(focused())));
})"""
_SIDEWAYS = """panel => [panel, ...panel.querySelectorAll("*")]
    .filter(one => one === panel || ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
    .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map(one => `${one.tagName} ${one.className} ${one.scrollWidth} > ${one.clientWidth}`)"""
_OWN_FOLDERS = {
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


@contextlib.contextmanager
def started_chromium() -> Iterator[Browser]:
    """A Chromium, until the end of the block."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], address: str, folder: Path, own: Path, kernels: Mapping[str, str]) -> Iterator[None]:
    """A Jupyter server with settings of its own, from its first answer until the end of the block.

    ``kernels`` are variables that say where it takes its kernels from.
    """
    environment = os.environ | {name: str(own / place) for name, place in _OWN_FOLDERS.items()} | kernels
    log = own / "log.txt"
    with log.open("w") as lines:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=lines, stderr=subprocess.STDOUT)
        try:
            _wait_for(address, server, log)
            yield
        finally:
            server.send_signal(signal.SIGTERM)  # ends its kernels, too
            server.wait(timeout=LONG)


@contextlib.contextmanager
def jupyterlab(folder: Path, own: Path, kernels: Mapping[str, str]) -> Iterator[str]:
    """The address of a JupyterLab that runs on a folder, as ``passage-kit lab`` starts it."""
    port = free_port()
    command = lab_command(
        folder,
        *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"),
    )
    address = f"http://127.0.0.1:{port}"
    with running(command, f"{address}/api/status?token={TOKEN}", folder, own, kernels):
        yield address


@contextlib.contextmanager
def notebook7(folder: Path, own: Path, kernels: Mapping[str, str]) -> Iterator[str]:
    """The address of a Notebook 7 that runs on a folder."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "notebook", f"--ServerApp.root_dir={folder}", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"),
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]
    address = f"http://127.0.0.1:{port}"
    with running(command, f"{address}/api/status?token={TOKEN}", folder, own, kernels):
        yield address


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    def answers() -> bool:
        if server.poll() is not None:
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=LONG):  # noqa: S310
            return True
        return False

    until(answers)


class Page:
    """A page that reaches this machine alone, and notes what wants out and what the console complains of."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.page = browser.new_page(viewport={"width": WIDTH, "height": _HEIGHT})
        self.page.set_default_timeout(LONG * 1_000)
        self.dark = False
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.page.route(lambda url: not _is_here(url), self._refuse)
        self.page.on("websocket", self._note_socket)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def _note_socket(self, socket: WebSocket) -> None:
        if not _is_here(socket.url):
            self.outside.append(socket.url)

    def _note_console(self, message) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, name: str) -> None:
        """Open a notebook in JupyterLab, which is loaded if the page is empty, and wait for its kernel."""
        if self.page.url == "about:blank":
            self.page.goto(f"{self.address}/lab/tree/{name}.ipynb?reset&token={TOKEN}")
        else:
            self.leave()
            self.page.evaluate(_OPEN, f"{name}.ipynb")
        self.ready()

    def leave(self) -> None:
        """Close all tabs of JupyterLab and end their kernels, so that nobody writes the workspace any more."""
        if self.page.url != "about:blank":
            self.page.evaluate(_LEAVE)
        # A tab that goes while its kernel is at work waits no longer.
        self.complaints[:] = [complaint for complaint in self.complaints if "Canceled future" not in complaint]

    def ready(self) -> None:
        """Wait until JupyterLab and the kernel of its notebook are there."""
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
        self._use_theme()

    def resize(self, width: int, *, dark: bool) -> None:
        """Make the window wide or narrow, and JupyterLab light or dark."""
        self.page.set_viewport_size({"width": width, "height": _HEIGHT})
        self.dark = dark
        self._use_theme()

    def _use_theme(self) -> None:
        """Light or dark, whatever a page before has left in the settings."""
        theme, is_light = ("JupyterLab Dark", "false") if self.dark else ("JupyterLab Light", "true")
        change = f"void window.jupyterapp.commands.execute('apputils:change-theme', {{theme: '{theme}'}})"
        if self.page.locator("body").get_attribute("data-jp-theme-light") != is_light:
            self.page.evaluate(change)
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)

    def run_all(self, name: str | None = None, *, start: Callable[[], None] | None = None) -> None:
        """Run every cell (of a notebook that is opened first), and find that none ended in an error."""
        if name:
            self.open(name)
        prompts = self.notebook().locator(".jp-CodeCell .jp-InputPrompt")
        ran = prompts.filter(has_text=re.compile(r"^\[\d+\]:$"))
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        expect(ran).to_have_count(0)  # of a run before, which JupyterLab may have saved
        (start or self.start_all)()
        count = len([cell for cell in self.content()["cells"] if cell["cell_type"] == "code"])
        expect(ran).to_have_count(count)
        assert self.errors() == []

    def notebook(self) -> Locator:
        """The notebook in front; others may be open behind it."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def start_all(self) -> None:
        """Start to run every cell; JupyterLab stops at the first one that ends in an error."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    def start_all_by_keys(self) -> None:
        """Run every cell by the palette of commands; when the last one has run, the keys are at its cell."""
        keys = self.page.keyboard
        self.page.evaluate(_NOTE_RUN)
        keys.press("Control+Shift+C")
        expect(self.page.locator(".lm-CommandPalette-input")).to_be_focused()
        keys.type("run all cells")
        expect(self.page.locator(".lm-CommandPalette-item.lm-mod-active")).to_have_text(re.compile("^Run All Cells"))
        keys.press("Enter")
        self.until(lambda: self.page.evaluate("window.ranAllCells ?? null"))
        expect(self.notebook().locator(".jp-Cell").last).to_be_focused()

    def step_to(self, title: str) -> None:
        """Press the arrow up until the cell of a panel is the active one."""
        cell = self.notebook().locator(".jp-Cell").filter(has=self.panel(title))
        for _ in self.content()["cells"]:
            if "jp-mod-active" in cell.get_attribute("class"):
                return
            self.page.keyboard.press("ArrowUp")
        pytest.fail("the cell of the panel is not reached by the arrow up")

    def tab_to(self, wanted: Locator, *, key: str = "Tab") -> None:
        """Press Tab until a control has the focus."""
        expect(wanted).to_be_visible()
        for _ in range(200):
            if wanted.evaluate(_HAS_FOCUS):
                return
            self.page.keyboard.press(key)
        pytest.fail(f"the control is not reached by {key}")

    def again_until(self, act: Callable[[], None], has_come: Callable[[], bool]) -> None:
        """Act, and again if nothing comes of it: a page that is busy, or draws anew, loses keys."""
        for _ in range(6):
            act()
            for _ in range(75):
                if has_come():
                    return
                self.page.wait_for_timeout(200)
        pytest.fail("nothing comes of it")

    def until(self, reached: Callable[[], object]) -> None:
        """Wait until something holds that the page brings about; its requests are answered meanwhile.

        What is looked for in a plan may not be there yet, or be of another kind, such as a constant without columns.
        """
        too_early = (AttributeError, LookupError, TypeError)
        until(reached, rest=lambda seconds: self.page.wait_for_timeout(max(50, seconds * 1_000)), too_early=too_early)

    def content(self) -> dict:
        return self.page.evaluate("window.jupyterapp.shell.currentWidget.content.model.toJSON()")

    def errors(self) -> list[str]:
        outputs = [output for cell in self.content()["cells"] for output in cell.get("outputs", [])]
        return [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]

    def panel(self, title: str) -> Locator:
        return self.page.locator(f'.passage-panel[role="group"][aria-label="{title}"]')

    def photograph(self, title: str, name: str) -> None:
        """Take a picture of a panel, of as much of it as fits into the window."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        panel = self.panel(title)
        expect(panel.get_by_role("progressbar")).to_have_count(0)

        def is_in_view() -> bool:
            panel.evaluate("panel => panel.scrollIntoView({ block: 'start' })")
            self.page.evaluate(DRAWN)
            return panel.bounding_box()["y"] < self.page.viewport_size["height"] - 100

        until(is_in_view)  # cells above it may still grow
        box, window = panel.bounding_box(), self.page.viewport_size
        clip = {**box, "height": min(box["height"], window["height"] - box["y"] - 40)}
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", clip=clip)

    def barriers(self, title: str) -> list[str]:
        """Moderate, serious and critical violations of accessibility within a panel, as axe-core finds them."""
        found = Axe().run(self.page, context=f'.passage-panel[aria-label="{title}"]').response
        assert found["passes"]  # it looked at something
        return [
            f"{one['id']} ({one['impact']}): {node['html'][:200]} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("moderate", "serious", "critical")
            for node in one["nodes"]
        ]

    def legible_in_the_dark(self, titles: Mapping[str, str]) -> None:
        """Find no barrier in panels in the dark and in a narrow window; each has the name of its picture.

        The window is as wide as one of 1280 pixels at 150%. Neither a panel nor a part of it scrolls sideways there.
        """
        self.resize(_NARROW, dark=True)
        for title, name in titles.items():
            self.photograph(title, name)
            assert self.panel(title).evaluate(_SIDEWAYS) == [], title
            assert self.barriers(title) == []
        self.resize(WIDTH, dark=False)

    def check(self) -> None:
        """Find that nothing wanted out, and that the console had no complaint since the last check."""
        outside, complaints = self.outside[:], self.complaints[:]
        self.outside.clear()
        self.complaints.clear()
        assert (outside, complaints) == ([], [])


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")
