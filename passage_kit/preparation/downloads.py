"""Files of a workspace that a person may take away: what each is, for buttons and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from passage_kit.files.regular_files import is_present_file
from passage_kit.preparation.outputs import (
    CONSOLE_FILE,
    FINDINGS_FILE,
    LEDGER_FILE,
    PASSAGE_IDS_FILE,
    REJECTED_FILE,
    REPORT_FILE,
    SINCE_FILES,
)
from passage_kit.translations import gettext
from passage_kit.workspace.workspace import Workspace

_PART = re.compile(CONSOLE_FILE.replace(".", r"-(\d{3})[.]"))
_KINDS = (".csv", ".html", ".md", ".txt")


def _titles() -> dict[str, str]:
    """Name the files in the order of a migration; others stand at the end, under their own names."""
    return {
        f"out/{REPORT_FILE}": gettext("Report"),
        f"out/{CONSOLE_FILE}": gettext("CSV for the Console"),
        f"out/{REJECTED_FILE}": gettext("Rejected rows, with the reasons"),
        f"out/{FINDINGS_FILE}": gettext("Findings"),
        f"out/{LEDGER_FILE}": gettext("Ledger: what became of every row"),
        f"out/{SINCE_FILES[0]}": gettext("Who is gone since the list before"),
        f"out/{SINCE_FILES[1]}": gettext("Whose email or phone has changed since"),
        f"out/{PASSAGE_IDS_FILE}": gettext("Passage ids"),
        "out/write_back.csv": gettext("Write-back, row by row"),
        "out/merge_these_accounts.csv": gettext("Accounts to merge"),
        "out/ids_without_row.csv": gettext("Passage ids without a row"),
        "out/drift.csv": gettext("Drift: users table against Passage"),
        "corrections.csv": gettext("Your corrections"),
        "decisions.csv": gettext("Your decisions about duplicates"),
        "plan.toml": gettext("Plan: all your choices"),
    }


class Download(NamedTuple):
    """A file to take away: its name within the workspace, what it is, where it lies, and its size in bytes."""

    name: str
    title: str
    path: Path
    size: int

    @property
    def is_page(self) -> bool:
        """True for the report, which a browser opens."""
        return self.name == f"out/{REPORT_FILE}"


def list_downloads(workspace: Workspace) -> list[Download]:
    """List the files of a workspace that a person may take away, in the order of a migration.

    Links are left out, since they lead elsewhere, and so is everything that the kit keeps for itself.

    Parameters
    ----------
    workspace : Workspace

    Returns
    -------
    list of Download

    Examples
    --------
    >>> import tempfile
    >>> list_downloads(Workspace(tempfile.mkdtemp()))
    []
    """
    found = [
        Download(name, _title(name), path, path.stat().st_size)
        for path in _candidates(workspace)
        for name in [path.relative_to(workspace.folder).as_posix()]
        if is_present_file(path) and not path.is_symlink()
    ]
    order = {name: place for place, name in enumerate(_titles())}
    return sorted(found, key=lambda it: (order.get(_whole(it.name), len(order)), it.name))


def _candidates(workspace: Workspace) -> Iterator[Path]:
    yield from (workspace.folder / name for name in _titles() if not name.startswith("out/"))
    for folder in (workspace.out, workspace.out / "words"):
        if folder.is_dir() and not any(place.is_symlink() for place in (folder, workspace.out)):
            inside = folder.rglob("*") if folder.name == "words" else folder.glob("*")
            yield from (path for path in inside if path.suffix in _KINDS and not path.name.startswith("."))


def _title(name: str) -> str:
    titles = _titles()
    if part := _PART.fullmatch(name.removeprefix("out/")):
        return gettext("{file}, part {number}", file=titles[_whole(name)], number=int(part[1]))
    words = name.removeprefix("out/words/")
    return gettext("Words: {file}", file=words) if words != name else titles.get(name, name.removeprefix("out/"))


def _whole(name: str) -> str:
    return f"out/{CONSOLE_FILE}" if _PART.fullmatch(name.removeprefix("out/")) else name
