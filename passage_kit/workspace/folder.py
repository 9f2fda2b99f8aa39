"""The folder of a workspace: checked before it is used, made private and ignored by git, written under its lock."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from passage_kit.columns.characters import is_unicode
from passage_kit.errors import OutputError
from passage_kit.files.file_set import FileSet, check_opened, make_folder
from passage_kit.files.regular_files import shown_path
from passage_kit.translations import in_panel
from passage_kit.workspace.lock import cannot_make, saving

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/{1,2}(?=[^/])")  # a drive of Windows is one letter
_IGNORE = "# personal data: nothing in here belongs in git\n*\n"


def check_folder(folder: str | Path) -> None:
    """Refuse a folder that cannot be a workspace, or whose parts cannot be opened; it need not exist yet.

    Raises
    ------
    OutputError
    """
    _refuse_address(folder)
    if not is_unicode(str(folder)):
        raise OutputError(
            f"The workspace {shown_path(folder)} cannot be opened: its path has bytes that are not UTF-8. "
            "Choose another folder."
        )
    check_opened(Path(folder), "out", "stages")
    try:
        Path(folder).stat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # it is made when something is saved
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path is not one that a folder can have"
        raise OutputError(
            f"The workspace {shown_path(folder)} cannot be opened: {reason}. Choose another folder."
        ) from error


def _refuse_address(folder: str | Path) -> None:
    """Refuse the address of an output on object storage; a path made of it has one slash of two.

    The message has its beginning alone, since the rest may hold a secret.
    """
    scheme = _ADDRESS.match(str(folder))
    if scheme is not None and not os.path.exists(folder):
        raise OutputError(
            in_panel(
                f"{scheme[1]}://... is an address, and this needs a folder of this machine. Copy what is there with "
                "the tool of its storage, such as `aws s3 cp --recursive s3://... migration`, and name the copy. Only "
                "a preparation on a cluster writes to an address.",
                "{scheme}://... is an address, and this needs a folder of this machine. Copy what is there to a "
                "folder, and choose that one.",
                scheme=scheme[1],
            )
        )


def make_ignored(folder: Path, files: FileSet | None = None) -> None:
    """Make the folder if it is missing, with mode 0700 and ignored by git.

    Parameters
    ----------
    folder : pathlib.Path
    files : FileSet, optional
        Files with which its ``.gitignore`` appears. Default: it appears at once.

    Raises
    ------
    OutputError
        If the folder cannot be made, or is a file.
    """
    ignore = folder / ".gitignore"
    try:
        make_folder(folder)
    except OSError as error:
        raise cannot_make(folder, error) from error
    if not ignore.exists():
        with _with(files) as together:
            together.new(ignore).write_text(_IGNORE, encoding="utf-8")


def refuse_links(*folders: Path) -> None:
    """Refuse folders of outputs that are links, since the files would appear somewhere else.

    Raises
    ------
    OutputError
    """
    for folder in folders:
        if folder.is_symlink():
            raise OutputError(
                f"{folder} is a link to another folder, and the kit writes personal data only into the workspace "
                "itself. Replace the link by a folder, or choose another workspace."
            )


@contextmanager
def saving_files(folder: Path, files: FileSet | None = None) -> Iterator[FileSet]:
    """Give the set of files to write to. A new one is written under the lock; who gave one holds the lock."""
    with nullcontext() if files is not None else saving(folder), _with(files) as together:
        yield together


def _with(files: FileSet | None) -> AbstractContextManager[FileSet]:
    """Give the set of files to write to: the one given, or a new one."""
    return nullcontext(files) if files is not None else FileSet()
