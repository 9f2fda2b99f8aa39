"""Notebooks run top to bottom without a browser: in a test, or as a program in an environment without pytest."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config


def execute(notebook: nbformat.NotebookNode, folder: Path, *, timeout: int, **options: Any) -> None:
    """Run a notebook in a folder; an error in a cell is raised.

    The kernel listens on sockets in a folder of its own. A free TCP port may be taken by another program between the
    moment when it is chosen and the start of the kernel.
    """
    with tempfile.TemporaryDirectory(prefix="kernel-") as own:
        sockets = {} if os.name == "nt" else {"transport": "ipc", "ip": f"{own}/kernel"}
        NotebookClient(
            notebook,
            timeout=timeout,
            config=Config({"KernelManager": sockets}),
            resources={"metadata": {"path": str(folder)}},
            **options,
        ).execute()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        execute(nbformat.read(f"{name}.ipynb", as_version=4), Path.cwd(), timeout=600)
