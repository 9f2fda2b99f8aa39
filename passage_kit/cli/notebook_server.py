"""JupyterLab with the guided notebooks in a folder of the user, or the notebooks as an app without code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from passage_kit.errors import MissingExtraError, OutputError
from passage_kit.files.bundled import bundled
from passage_kit.files.file_set import FileSet, check_opened, make_folder

FIRST = "00_start_here.ipynb"

# No question about news on the first start, and no look-up of new versions: nothing is fetched from outside.
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    }
}

# Bytes of the largest message from the page. Tornado's own limit of 10 MB ends the connection when a list is uploaded.
_LARGEST_UPLOAD = 150 * 2**20


def copy_notebooks(folder: str | Path) -> list[Path]:
    """Copy the notebooks and the sample data into a folder; what is there already stays as it is.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made if missing.

    Returns
    -------
    list of pathlib.Path
        The files that were new.

    Raises
    ------
    OutputError
        If the folder cannot be made or written.
    """
    folder = Path(folder)
    check_opened(folder, "sample_data")
    sources = [(path, folder / path.name) for path in sorted(bundled("notebooks").glob("*.ipynb"))]
    samples = (path for path in sorted(bundled("sample_data").iterdir()) if path.is_file())
    sources += [(path, folder / "sample_data" / path.name) for path in samples]
    fresh = [(source, target) for source, target in sources if not target.exists()]
    try:
        for source, target in fresh:
            make_folder(target.parent)
            with FileSet() as files:
                shutil.copyfile(source, files.new(target))
    except OSError as error:
        raise OutputError(
            f"The notebooks cannot be copied into {folder}: {error.strerror}. Choose a folder that you may write to."
        ) from error
    return [target for _, target in fresh]


def lab_command(folder: str | Path, *extra: str) -> list[str]:
    """Build the command line that opens JupyterLab on the first notebook of a folder.

    Parameters
    ----------
    folder : str or pathlib.Path
    *extra : str
        Further arguments for JupyterLab, such as ``--no-browser``.
    """
    folder = Path(folder).resolve()
    settings = folder / ".lab"
    with FileSet() as files:
        files.new(settings / "overrides.json").write_text(json.dumps(_SETTINGS), encoding="utf-8")
    return [
        *(sys.executable, "-m", "jupyterlab", f"--LabApp.default_url=/lab/tree/{FIRST}"),
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.app_settings_dir={settings}",
        f"--ServerApp.tornado_settings={{'websocket_max_message_size': {_LARGEST_UPLOAD}}}",
        *extra,
    ]


def open_app(folder: str | Path, *extra: str, behind: str | None = None, password: bool = False) -> int:
    """Copy the notebooks into a folder and serve them as an app without code until the user ends it.

    Parameters
    ----------
    folder : str or pathlib.Path
    *extra : str
        Further arguments for Voila, such as ``--no-browser``.
    behind : str, optional
        The address at which a reverse proxy serves the app.
    password : bool, default False
        Sign in with a password, from ``PASSAGE_KIT_APP_PASSWORD`` or asked for, in place of a token.

    Returns
    -------
    int
        Exit code.

    Raises
    ------
    MissingExtraError
        If Voila is not installed.
    OptionError
        If the address is none, or the password is missing or too short.
    """
    if find_spec("voila") is None:
        raise MissingExtraError('The app without code needs Voila. Install it with: pip install "passage-kit[voila]"')
    from passage_kit.app.password import hashed_password
    from passage_kit.app.server import serve_app

    hashed = hashed_password(_ask_password) if password else None
    copy_notebooks(folder)
    return serve_app(folder, *extra, behind=behind, hashed=hashed)


def _ask_password() -> str:
    return str(click.prompt("Password of the app", hide_input=True, confirmation_prompt=True, err=True))


def open_lab(folder: str | Path, *extra: str) -> int:
    """Copy the notebooks into a folder and run JupyterLab there until the user ends it.

    Returns
    -------
    int
        Exit code of JupyterLab.
    """
    copy_notebooks(folder)
    return subprocess.run(lab_command(folder, *extra), check=False).returncode  # noqa: S603 - our own arguments
