"""The notebooks in Notebook 7, in a real Chromium: one journey from the list to the file for the Console."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import TOKEN, Page, notebook7
from playwright.sync_api import expect

from passage_kit.cli.notebook_server import copy_notebooks
from passage_kit.workspace.workspace import Workspace

pytestmark = pytest.mark.browser

PATH, MAPPING, EXPORT = "Your path and your files", "Where each column goes", "Write the files"
STATUS = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"


@pytest.fixture(scope="module")
def server(tmp_path_factory, kernels) -> Iterator[tuple[Path, str]]:
    """A folder with the notebooks, and the address of a Notebook that runs on it."""
    folder = tmp_path_factory.mktemp("notebook7")
    copy_notebooks(folder)
    with notebook7(folder, tmp_path_factory.mktemp("jupyter"), kernels) as address:
        yield folder, address


def run_all(shown: Page) -> None:
    """Run every cell of the notebook that is open, and find that none ended in an error."""
    shown.until(lambda: shown.page.evaluate(STATUS) == "idle")
    shown.start_all()
    shown.until(
        lambda: all(cell["execution_count"] for cell in shown.content()["cells"] if cell["cell_type"] == "code")
    )
    assert shown.errors() == []


def test_a_journey_from_the_list_to_the_file_for_the_console(browser, server):
    folder, address = server
    workspace = Workspace(folder / "migration")
    shown = Page(browser, address)
    shown.page.goto(f"{address}/notebooks/00_start_here.ipynb?token={TOKEN}")
    run_all(shown)
    expect(shown.panel(PATH)).to_contain_text("Saved in migration/plan.toml.")

    with shown.page.expect_popup() as opened:
        shown.panel(PATH).get_by_role("link", name="Map your columns").click()
    opened.value.wait_for_url("**/01_read_and_map.ipynb*")
    opened.value.close()
    shown.page.goto(f"{address}/notebooks/01_read_and_map.ipynb")
    run_all(shown)
    panel = shown.panel(MAPPING)
    panel.get_by_label("Target for Notes", exact=True).select_option("first_name")
    panel.get_by_role("button", name="Only Notes").click()
    shown.until(lambda: workspace.load_plan().mapping["first_name"].names == ("Notes",))
    cells = len(shown.content()["cells"])
    panel.get_by_label("Target for Plan", exact=True).press("x")  # outside a panel it cuts the cell
    assert len(shown.content()["cells"]) == cells
    shown.photograph(MAPPING, "notebook7_mapping")
    assert shown.barriers(MAPPING) == []

    shown.page.goto(f"{address}/notebooks/03_validate_and_export.ipynb")
    run_all(shown)
    export = shown.panel(EXPORT)
    expect(export).to_contain_text("users written to migration/out.")
    with shown.page.expect_download() as waiting:
        export.get_by_role("button", name="Download: CSV for the Console").click()
    assert Path(waiting.value.path()).read_bytes() == (workspace.out / "console_import.csv").read_bytes()
    shown.photograph(EXPORT, "notebook7_export")

    shown.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(shown.page.get_by_text("This panel is asleep, and saves nothing.")).to_be_visible()
    assert shown.outside == []
    shown.page.close()
