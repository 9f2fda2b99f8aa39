"""JupyterLab with the guided notebooks in a folder of the user, or the notebooks as an app without code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

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

# Voila's pages name style sheets of a CDN. Nothing is fetched from outside, and the icons in them are not needed.
_OWN_ALONE = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss: data: blob:; frame-ancestors 'self'"
)

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


def app_command(folder: str | Path, *extra: str) -> list[str]:
    """Build the command line that serves the notebooks of a folder as an app without code.

    Parameters
    ----------
    folder : str or pathlib.Path
    *extra : str
        Further arguments for Voila, such as ``--no-browser``.

    Raises
    ------
    MissingExtraError
        If Voila is not installed.
    """
    if find_spec("voila") is None:
        raise MissingExtraError('The app without code needs Voila. Install it with: pip install "passage-kit[voila]"')
    # Only names of this machine in Host, against sites that let their own name point here; and no page of another
    # origin may read an answer: without a header of our own, the origin of whoever asks is echoed.
    headers = {"Content-Security-Policy": _OWN_ALONE, "Access-Control-Allow-Origin": "http://127.0.0.1"}
    settings = {"headers": headers, "allow_remote_access": False}
    return [
        *(sys.executable, "-m", "voila", str(Path(folder).resolve())),
        "--Voila.ip=127.0.0.1",
        "--Voila.auto_token=True",
        "--VoilaConfiguration.classic_tree=True",
        f"--Voila.tornado_settings={settings}",
        *extra,
    ]


def open_lab(folder: str | Path, *extra: str, app: bool = False) -> int:
    """Copy the notebooks into a folder and run JupyterLab there until the user ends it; with ``app``, Voila.

    Returns
    -------
    int
        Exit code of JupyterLab or Voila.
    """
    copy_notebooks(folder)
    command = app_command(folder, *extra) if app else lab_command(folder, *extra)
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own arguments
