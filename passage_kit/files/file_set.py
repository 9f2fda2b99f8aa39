"""Sets of files that are written completely or not at all, readable by their owner only."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from passage_kit.errors import OutputError
from passage_kit.files.interrupts import interrupts_held
from passage_kit.files.reasons import reason_of
from passage_kit.translations import worded

FILE_MODE, FOLDER_MODE = 0o600, 0o700


class FileSet:
    """Files that appear together: written under temporary names, and renamed when all of them are complete.

    After any error, including Ctrl-C, the temporary files are removed and the former files are unchanged.

    Raises
    ------
    OutputError
        If a file or its folder cannot be written (permissions, a full disk, a folder of that name).

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with FileSet() as files:
    ...     _ = files.new(folder / "users.csv").write_text("email")
    >>> (folder / "users.csv").read_text()
    'email'
    """

    def __init__(self) -> None:
        self._token = secrets.token_hex(4)
        self._lock = threading.Lock()  # several threads can write files of one set
        self._pending: dict[Path, Path] = {}
        self._stale: list[Path] = []

    def new(self, path: str | Path) -> Path:
        """Create an empty temporary file for ``path``, readable by its owner only, and return its path."""
        path = Path(path)
        with self._lock:
            if path not in self._pending:
                temporary = self._beside(path, "part")
                with interrupts_held(), _explained(path):
                    _refuse_folder(path)
                    make_folder(path.parent)
                    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
                    self._pending[path] = temporary
            return self._pending[path]

    @property
    def pending(self) -> dict[Path, Path]:
        """Temporary files by the paths that they will have."""
        return dict(self._pending)

    def remove(self, path: str | Path) -> None:
        """Remove the file of an earlier run when the new files are complete, unless it is one of them."""
        self._stale.append(Path(path))

    def sync(self) -> None:
        """Put what is written so far on the disk, so that a full disk is found before a file appears."""
        for path, temporary in self._pending.items():
            with _explained(path), temporary.open("rb+") as file:
                os.fsync(file.fileno())

    def __enter__(self) -> FileSet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            stack.callback(_discard, self._pending.values())
            if kind is None:
                self.sync()
            # from here on all files appear, or none
            stack.enter_context(interrupts_held())
            if kind is None:
                self._publish()
            elif isinstance(error, OSError) and self._pending:
                raise _explanation(next(reversed(self._pending)), error) from error

    def _publish(self) -> None:
        replaced: list[Path] = []
        with ExitStack() as undo:
            for path in dict.fromkeys([*self._pending, *self._stale]):
                with _explained(path):
                    _refuse_folder(path)
                    former = self._beside(path, "former")
                    if path.exists():
                        _link(path, former)
                        replaced.append(former)
                        undo.callback(_put_back, former, path)
                    else:
                        undo.callback(path.unlink, missing_ok=True)
                    if path in self._pending:
                        self._pending[path].replace(path)
                    else:
                        path.unlink(missing_ok=True)
            undo.pop_all()
        _discard(replaced)

    def _beside(self, path: Path, ending: str) -> Path:
        return path.with_name(f".{path.name}.{self._token}.{ending}")


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, readable by their owner only.

    Raises
    ------
    OSError
        If a folder cannot be made, or is a file.
    """
    # parents=True would set the mode of the last folder only
    for missing in reversed([folder, *folder.parents]):
        if not missing.is_dir():
            missing.mkdir(mode=FOLDER_MODE, exist_ok=True)


def check_opened(folder: Path, *parts: str) -> None:
    """Refuse a folder, or one of the folders in it, that this user may not open.

    Raises
    ------
    OutputError
        If the user may not read a folder or look at its files. A missing folder is none of these.
    """
    if "\0" in str(folder):  # no system has such a folder; making it says so
        return
    for place in (folder, *(folder / part for part in parts)):
        if os.access(place, os.F_OK) and place.is_dir() and not os.access(place, os.R_OK | os.X_OK):
            raise OutputError(
                worded(
                    "The folder {place} cannot be opened: Permission denied. Have its owner make it "
                    "yours, or choose another folder.",
                    place=place,
                )
            )


def check_writable(*folders: Path) -> None:
    """Refuse folders that this user may not write into, before anything is done whose result belongs there.

    Raises
    ------
    OutputError
        If there is such a folder. A missing one is made later.
    """
    for folder in folders:
        if folder.is_dir() and not os.access(folder, os.W_OK):
            raise OutputError(
                worded(
                    "Nothing can be written into the folder {folder}: Permission denied. Have its owner "
                    "make it yours, or choose another folder.",
                    folder=folder,
                )
            )


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError("there is a folder of that name")


def _link(path: Path, former: Path) -> None:
    """Keep the file at ``path`` under a second name, so that it can be put back."""
    try:
        os.link(path, former)
    except OSError:  # a file system without hard links
        path.replace(former)


def _put_back(former: Path, path: Path) -> None:
    if not (path.exists() and path.samefile(former)):
        former.replace(path)
    former.unlink(missing_ok=True)


def _discard(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):  # a file that cannot be removed is private, and its name shows that it is temporary
            path.unlink(missing_ok=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn an OSError into an OutputError that names the file."""
    try:
        yield
    except OSError as error:
        raise _explanation(path, error) from error


def _explanation(path: Path, error: OSError) -> OutputError:
    reason = reason_of(error)
    return OutputError(
        worded(
            "{path} could not be written: {reason}. Nothing was changed. Free some space or choose another output "
            "folder.",
            path=path,
            reason=reason,
        )
    )
