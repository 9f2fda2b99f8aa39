"""The lock of a workspace: one writer at a time, held from its first look to its last write.

The operating system holds the lock, so it ends with the process that has it. A file beside it says who that is, for the
message to others; nobody decides by that file.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from passage_kit.errors import BusyError, OutputError
from passage_kit.files.file_set import FILE_MODE, check_opened, check_writable, make_folder
from passage_kit.files.interrupts import interrupts_held
from passage_kit.files.reasons import reason_of
from passage_kit.translations import worded
from passage_kit.workspace.session import refuse_another_session

LOCK, HOLDER = ".lock", ".lock.json"
_FOLDERS = (".", "out", "stages", "sample", "uploads", "history", "former")
# What a set of files is written as until it appears, and what is kept of the former files meanwhile.
_PART = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{8}\.(?P<kind>part|former)")


class _Held:
    """A lock that this process holds: what for, its thread, and how many of its calls are within."""

    def __init__(self, lock: FileLock, doing: str) -> None:
        self.lock, self.doing, self.thread, self.calls = lock, doing, threading.get_ident(), 1

    @property
    def is_of_another(self) -> bool:
        return self.thread != threading.get_ident()


_SAVING = "a panel or a notebook"
_PATIENCE = 30.0  # seconds to wait for a panel of this process that saves something, which takes milliseconds
_held: dict[str, _Held] = {}
_turn = threading.Condition()


@contextmanager
def locked(folder: str | Path, doing: str, *, trace: bool = True, make: bool = False) -> Iterator[None]:
    """Hold the lock of a workspace; a call within another one of the same thread goes on under the same lock.

    It waits for a panel of this process that saves a choice, and for nobody else. What a process that was killed left
    behind is cleared.

    Parameters
    ----------
    folder : str or pathlib.Path
        The workspace.
    doing : str
        What the holder does, such as ``"push"``, for the message to others.
    trace : bool, default True
        Leave files. If False, nothing is made; the call only checks that nobody is writing.
    make : bool, default False
        Make the folder if it is missing. If False, there is nothing to lock then.

    Raises
    ------
    BusyError
        If another process or thread is writing the workspace, or another person works in it through the app. The
        message names it.
    OutputError
        If the lock cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> with locked(tempfile.mkdtemp(), "prepare"):
    ...     pass
    """
    folder = Path(folder)
    check_opened(folder, *_FOLDERS)
    if (not trace and not (folder / LOCK).exists()) or (not make and not folder.exists()):
        yield
        return
    if trace:
        check_writable(folder / "out", folder / "stages")
    name, own, made = str(folder.resolve()), None, False
    try:
        with interrupts_held(), _turn:  # what is taken is known when Ctrl-C comes
            _turn.wait_for(lambda: not _saves_elsewhere(name), _PATIENCE)
            own, made = _take(folder, name, doing)
        if trace and own.calls == 1:
            refuse_another_session(folder)
            _begin(folder, doing)
        yield
    finally:
        with interrupts_held(), _turn:
            if own is not None:
                _give_back(folder, name, own, made=made, trace=trace)


@contextmanager
def saving(folder: str | Path) -> Iterator[None]:
    """Hold the lock while something is saved, unless this thread holds it already.

    Raises
    ------
    BusyError, OutputError
        As :func:`locked`.
    """
    with locked(folder, _SAVING, make=True):
        yield


def _take(folder: Path, name: str, doing: str) -> tuple[_Held, bool]:
    """Take the lock, or go on under that of this thread; tell whether the folder was made."""
    own = _held.get(name)
    if own is not None and own.is_of_another:
        raise _busy(folder)
    if own is not None:
        own.calls += 1
        return own, False
    made = _make(folder)
    own = _held[name] = _Held(_acquired(folder), doing)
    return own, made


def _give_back(folder: Path, name: str, own: _Held, *, made: bool, trace: bool) -> None:
    """End one call; the last one lets go of the lock."""
    own.calls -= 1
    if not own.calls:
        del _held[name]
        if trace:
            _clear(folder, made=made)
        own.lock.release()
        _turn.notify_all()


def _saves_elsewhere(name: str) -> bool:
    """Tell whether another thread of this process is saving something in a workspace."""
    held = _held.get(name)
    return held is not None and held.is_of_another and held.doing == _SAVING


def _make(folder: Path) -> bool:
    """Make the folder, and tell whether it was missing."""
    missing = not folder.exists()
    try:
        make_folder(folder)
    except OSError as error:
        raise cannot_make(folder, error) from error
    return missing


def _acquired(folder: Path) -> FileLock:
    lock = FileLock(folder / LOCK, timeout=0, mode=FILE_MODE, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise _busy(folder) from None
    except OSError as error:
        raise cannot_make(folder, error) from error
    return lock


def _begin(folder: Path, doing: str) -> None:
    """Clear what killed processes left, and write who holds the lock."""
    clear_parts(folder)
    holder = {
        "doing": doing,
        "process": os.getpid(),
        "since": datetime.now().astimezone().isoformat(timespec="minutes"),
    }
    with suppress(OSError):  # it is for a message only
        descriptor = os.open(folder / HOLDER, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | _NO_LINK, FILE_MODE)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(holder, file)


_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def _clear(folder: Path, *, made: bool) -> None:
    """Remove the files of the lock; a folder that was made for nothing is removed, too."""
    for name in (HOLDER, LOCK):  # who waits for a lock file that is gone sees it, and makes a new one
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    for place in (folder / name for name in reversed(_FOLDERS)) if made else ():
        with suppress(OSError):  # it holds something
            place.rmdir()


def clear_parts(folder: Path) -> None:
    """Remove the temporary files of killed processes; a former file whose new one never came is put back.

    Only the one who holds the lock may call this.
    """
    for place in (folder / name for name in _FOLDERS):
        if place.is_symlink() or not place.is_dir():
            continue
        for path in sorted(place.iterdir()):
            found = _PART.fullmatch(path.name)
            if found is None or path.is_dir():
                continue
            final = place / found["name"]
            with suppress(OSError):  # a file that cannot be removed is private
                if found["kind"] == "former" and not final.exists():
                    path.replace(final)
                else:
                    path.unlink()


def _busy(folder: Path) -> BusyError:
    who = worded("Another command")
    with suppress(OSError, ValueError, KeyError, TypeError):  # it may be written just now
        holder = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(holder["since"]).strftime("%H:%M")
        here = holder["process"] == os.getpid()
        other = worded("Another cell or panel of this session") if here else who
        who = worded(
            "{other} ({doing}, process {process}, since {since})",
            other=other,
            doing=holder["doing"],
            process=int(holder["process"]),
            since=since,
        )
    return BusyError(
        worded(
            "{who} is writing the workspace {folder}, and only one may do so at a time. Wait until it has ended, and "
            "run this one again.",
            who=who,
            folder=folder,
        )
    )


def cannot_make(folder: Path, error: OSError) -> OutputError:
    """Make the error of a workspace whose folder, or lock, cannot be made."""
    return OutputError(
        worded(
            "The workspace {folder} cannot be made: {why}. Choose a folder that you may write to.",
            folder=folder,
            why=reason_of(error),
        )
    )
