"""Notebooks run top to bottom without a browser: in a test, or as a program in an environment without pytest."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

# What a kernel runs between two notebooks. Only the modules that were imported stay.
_AS_NEW = """
def make_as_new(folder, environment):
    import os
    from ipywidgets import Widget
    Widget.close_all()
    get_ipython().run_line_magic("reset", "-f")
    os.chdir(folder)
    for name in set(os.environ) - set(environment):
        if name.startswith("PASSAGE_"):
            del os.environ[name]
    os.environ.update(environment)

make_as_new({folder!r}, {environment!r})
"""


@contextlib.contextmanager
def kernel() -> Iterator[NotebookClient]:
    """A kernel for ``execute``, until the end of the block.

    It listens on sockets in a folder of its own. A free TCP port may be taken by another program between the moment
    when it is chosen and the start of the kernel.
    """
    with tempfile.TemporaryDirectory(prefix="kernel-") as own:
        sockets = {} if os.name == "nt" else {"transport": "ipc", "ip": f"{own}/kernel"}
        config = Config({"KernelManager": sockets})
        client = NotebookClient(nbformat.v4.new_notebook(), kernel_name="python3", config=config)
        with client.setup_kernel():
            yield client


def execute(client: NotebookClient, notebook: nbformat.NotebookNode, folder: Path, *, timeout: int) -> None:
    """Run a notebook in a folder, without anything that the notebooks before it have left in the kernel.

    An error in a cell is raised.
    """
    environment = {name: value for name, value in os.environ.items() if name.startswith("PASSAGE_")}
    begin = nbformat.v4.new_code_cell(_AS_NEW.format(folder=str(folder), environment=environment))
    client.timeout = timeout
    for client.nb in (nbformat.v4.new_notebook(cells=[begin]), notebook):
        client.execute(cleanup_kc=False)


if __name__ == "__main__":
    with kernel() as used:
        for name in sys.argv[1:]:
            execute(used, nbformat.read(f"{name}.ipynb", as_version=4), Path.cwd(), timeout=600)
