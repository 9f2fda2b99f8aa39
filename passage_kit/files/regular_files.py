"""Reading of a file as a whole: never a folder, a pipe or a device, and never a file that changes meanwhile."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from passage_kit.translations import worded

_PIECE = 1 << 24
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # a pipe that replaces it never blocks


def read_regular(path: str | Path) -> bytes:
    """Read a file whole.

    Parameters
    ----------
    path : str or pathlib.Path
        The file, or a link to it.

    Returns
    -------
    bytes

    Raises
    ------
    OSError
        If it cannot be read, is no regular file, changed while it was read, or its path is none; ``strerror`` says
        which.

    Examples
    --------
    >>> read_regular("/dev/null")
    Traceback (most recent call last):
    ...
    OSError: [Errno 22] it is a pipe or a device, expected a file: '/dev/null'
    """
    pieces = list(read_pieces(path))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def read_pieces(path: str | Path, *, largest: int | None = None) -> Iterator[bytes]:
    """Read a file as :func:`read_regular` does, in pieces of some bytes; if none are given, whole if it can be.

    Only after the last piece it is known not to have changed.

    Examples
    --------
    >>> next(read_pieces("/dev/null"))
    Traceback (most recent call last):
    ...
    OSError: [Errno 22] it is a pipe or a device, expected a file: '/dev/null'
    """
    try:
        before = os.stat(path)
    except ValueError as error:  # a zero byte, or characters that no file name can have
        raise OSError(errno.EINVAL, worded("its path is not one that a file can have")) from error
    _check_regular(before, path)
    descriptor = os.open(path, _OPEN)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        before = os.fstat(descriptor)
        _check_regular(before, path)
        size = 0
        while piece := file.read(largest or max(_PIECE, before.st_size + 1)):
            size += len(piece)
            yield piece
        after = os.fstat(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        raise OSError(errno.EAGAIN, worded("it changed while it was read; wait until it is complete"), str(path))


def shown_path(path: str | Path) -> str:
    """Write a path for a message, with escapes for bytes that are not UTF-8.

    Examples
    --------
    >>> print(shown_path(Path("caf\\udce9.csv")))
    caf\\xe9.csv
    """
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # characters that are no bytes of a file name either
        return str(path).encode("utf-8", "backslashreplace").decode()


def is_present_file(path: str | Path) -> bool:
    """Check that a path leads to a regular file; a path that no file can have does not.

    Examples
    --------
    >>> is_present_file("a\\0b"), is_present_file("/dev/null"), is_present_file(__file__)
    (False, False, True)
    """
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _check_regular(found: os.stat_result, path: str | Path) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, worded("it is a folder, expected a file"), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, worded("it is a pipe or a device, expected a file"), str(path))
