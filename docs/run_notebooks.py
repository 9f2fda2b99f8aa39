"""Run the notebooks on the sample, one after the other in one folder, for the tutorial."""

import re
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

_WIDGET = "application/vnd.jupyter.widget-view+json"
_PANEL = re.compile(r"\b(ChoosePath|ReadList|MapFields|ChooseOptions|ReviewDuplicates|FixFindings|ExportUsers)\(")
_HOME = "/home/you"  # what the pages call the folder that the notebooks were run in
_SECONDS = 300  # that a cell may take


def copy_notebooks(root: Path, source: Path) -> None:
    """Copy the notebooks into the tutorial without running them.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    source : pathlib.Path
        What Sphinx reads.
    """
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        shutil.copyfile(path, source / "tutorial" / path.name)


def run_notebooks(root: Path, source: Path) -> None:
    """Run the notebooks in a folder of their own and put them into the tutorial, panels as pictures.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    source : pathlib.Path
        What Sphinx reads. The report of the sample becomes a file of the site, since the notebooks link to it.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(root / "sample_data", folder / "sample_data")
        for path in sorted((root / "notebooks").glob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            NotebookClient(notebook, timeout=_SECONDS, resources={"metadata": {"path": name}}).execute()
            with_pictures(notebook, source / "images")
            text = nbformat.writes(notebook).replace(name, _HOME)
            (source / "tutorial" / path.name).write_text(text, encoding="utf-8")
        linked = source / "_extra" / "tutorial" / "migration" / "out" / "report.html"
        linked.parent.mkdir(parents=True)
        shutil.copyfile(folder / "migration" / "out" / "report.html", linked)


def with_pictures(notebook: nbformat.NotebookNode, images: Path) -> None:
    """Put a picture in the place of each panel, and take out what only a running kernel can show.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place.
    images : pathlib.Path
        Folder of the pictures, each named for its panel.
    """
    for at, cell in reversed(list(enumerate(notebook.cells))):
        if cell.cell_type != "code":
            continue
        shown = any(_WIDGET in output.get("data", {}) for output in cell.outputs)
        cell.outputs = [output for output in cell.outputs if _WIDGET not in output.get("data", {})]
        panel = _PANEL.search(cell.source)
        if shown and panel:
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", panel[1]).lower()
            if not (images / f"{name}.png").exists():
                raise FileNotFoundError(f"The panel {panel[1]} has no picture {name}.png in docs/images.")
            picture = nbformat.v4.new_markdown_cell(f"![The panel {panel[1]}](../images/{name}.png)")
            notebook.cells.insert(at + 1, picture)
