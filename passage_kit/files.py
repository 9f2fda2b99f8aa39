"""Files that are written whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from passage_kit.errors import OutputError

FILE_MODE, FOLDER_MODE = 0o600, 0o700


class FileSet:
    """Files that appear together: written under temporary names, renamed when all of them are complete.

    On any error, Ctrl-C included, the temporary files are removed and what stood there before is untouched.

    Raises
    ------
    OutputError
        If a file or its folder cannot be written (permissions, a full disk).

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
        self._pending: dict[Path, Path] = {}

    def new(self, path: str | Path) -> Path:
        """Give the temporary path under which ``path`` is to be written."""
        path = Path(path)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        with _explained(path):
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            temporary.touch(mode=FILE_MODE)
        self._pending[path] = temporary
        return temporary

    def __enter__(self) -> FileSet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            stack.callback(self._discard)
            if kind is None:
                self._publish()
            elif isinstance(error, OSError):
                target = next(reversed(self._pending), Path())
                raise _explanation(target, error) from error

    def _publish(self) -> None:
        for path, temporary in self._pending.items():
            with _explained(path), temporary.open("rb+") as file:
                os.fsync(file.fileno())
        for path, temporary in self._pending.items():
            with _explained(path):
                temporary.replace(path)

    def _discard(self) -> None:
        for temporary in self._pending.values():
            with suppress(OSError):  # what cannot be removed is a private file with a name that says so
                temporary.unlink(missing_ok=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn an OSError into an OutputError that names the file."""
    try:
        yield
    except OSError as error:
        raise _explanation(path, error) from error


def _explanation(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(
        f"{path} could not be written: {reason}. Nothing was changed; free some space or choose another output folder."
    )
