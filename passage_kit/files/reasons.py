"""Why a file cannot be read or written: as the system says it, and for panels in the reader's language."""

from __future__ import annotations

import errno
import re

from passage_kit.translations import Worded, in_panel, worded

_LINE = re.compile(r"\bline (\d+)\b")


def reason_of(error: BaseException) -> str:
    """Say why a file cannot be read, parsed or written.

    What the system or a parser says is English; a panel says the same in the language of its reader where it is known.

    Parameters
    ----------
    error : BaseException
        An OSError; or an error of decoding, or of parsing, which may name a line.

    Examples
    --------
    >>> reason = reason_of(FileNotFoundError(2, "No such file or directory"))
    >>> print(reason, "-", reason.text)
    No such file or directory - there is no such file
    """
    said = getattr(error, "strerror", None) or (error.args[0] if error.args else "")
    if isinstance(said, Worded):
        return said
    english = str(getattr(error, "strerror", None) or error)
    known = _of_system(error.errno) if isinstance(error, OSError) else _of_content(error, english)
    return in_panel(english, known.text, **known.parts) if known else english


def _of_content(error: BaseException, english: str) -> Worded:
    if isinstance(error, UnicodeError):
        return worded("it is not UTF-8")
    line = getattr(error, "lineno", None) or next(iter(_LINE.findall(english)), None)
    return worded("it is damaged") if line is None else worded("its line {line} is wrong", line=line)


def _of_system(number: int | None) -> Worded | None:
    if number is None:
        return None
    if number in (errno.ENOENT, errno.ENOTDIR):
        return worded("there is no such file")
    if number in (errno.EACCES, errno.EPERM):
        return worded("you may not use it")
    if number == errno.EISDIR:
        return worded("it is a folder")
    if number in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return worded("the disk is full")
    if number == errno.EROFS:
        return worded("the disk is read-only")
    if number == errno.ENAMETOOLONG:
        return worded("its name is too long")
    return None
