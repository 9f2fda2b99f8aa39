"""Run the notebooks on the sample, one after the other in one folder, for the tutorial.

``python docs/run_notebooks.py FOLDER`` runs those of a folder, such as one that ``passage-kit lab`` has made.
``--keep OTHER`` keeps a copy of the folder as each notebook left it.
"""

import argparse
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

from passage_kit import widgets

_WIDGET = "application/vnd.jupyter.widget-view+json"
_PANEL = re.compile(rf"\b({'|'.join(name for name in widgets.__all__ if name[0].isupper())})\(")
_ASLEEP = "passage-asleep"  # what a panel says that has no kernel
_HOME = "/home/you"  # what the pages call the folder that the notebooks were run in
_SECONDS = 300  # that a cell may take


def copy_notebooks(root: Path, folder: Path) -> None:
    """Copy the notebooks into a folder without running them.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    folder : pathlib.Path
    """
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        shutil.copyfile(path, folder / path.name)


def run_notebooks(folder: Path, *, keep: Path | None = None) -> None:
    """Run the notebooks of a folder one after the other, each in a new kernel, and save each as it ran.

    Parameters
    ----------
    folder : pathlib.Path
        Has the sample, too.
    keep : pathlib.Path, optional
        Gets a copy of the folder after each notebook, named for the notebook. Default: None, nothing is copied.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory(prefix="kernel-") as own:
            # Another program may take a free TCP port before the kernel does.
            sockets = {} if os.name == "nt" else {"transport": "ipc", "ip": f"{own}/kernel"}
            config, resources = Config({"KernelManager": sockets}), {"metadata": {"path": str(folder)}}
            NotebookClient(notebook, timeout=_SECONDS, config=config, resources=resources).execute()
        nbformat.write(notebook, path)
        if keep:
            shutil.copytree(folder, keep / path.stem)


def show_notebooks(folder: Path, source: Path) -> None:
    """Put the notebooks of a folder into the tutorial as they ran, panels as pictures.

    Parameters
    ----------
    folder : pathlib.Path
        What ``run_notebooks`` leaves.
    source : pathlib.Path
        What Sphinx reads. The report of the sample becomes a file of the site, since the notebooks link to it.
    """
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        with_pictures(notebook, source / "images")
        text = nbformat.writes(notebook).replace(str(folder), _HOME)
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
        cell.outputs = [output for output in cell.outputs if not _needs_kernel(output.get("data", {}))]
        panel = _PANEL.search(cell.source)
        if shown and panel:
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", panel[1]).lower()
            if not (images / f"{name}.png").exists():
                raise FileNotFoundError(f"The panel {panel[1]} has no picture {name}.png in docs/images.")
            picture = nbformat.v4.new_markdown_cell(f"![The panel {panel[1]}](../images/{name}.png)")
            notebook.cells.insert(at + 1, picture)


def _needs_kernel(data: Mapping[str, str]) -> bool:
    return _WIDGET in data or _ASLEEP in data.get("text/html", "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run the notebooks of a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, help="gets a copy of the folder as each notebook left it")
    given = parser.parse_args()
    run_notebooks(given.folder, keep=given.keep)
