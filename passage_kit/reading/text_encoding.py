"""Conversion of a text file to UTF-8: its encoding, and the bytes that are not valid in it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from passage_kit.columns.characters import whole_characters
from passage_kit.columns.spool import pieces_of
from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.likely_encodings import WESTERN, LikelyEncoding, likely_encodings
from passage_kit.translations import in_panel, worded

BOM = codecs.BOM_UTF8
# The marks of UTF-32 first: the one of UTF-16 is their beginning.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_FALLBACK = WESTERN
_SAMPLE = 1 << 20
# A letter of two bytes or more, as UTF-8 writes it.
_LIKE_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LINE_END = re.compile(rb"[\r\n]|\Z")
# Control signs but those of text: white space, the end of a file, an escape, and two that stand between columns.
_NOT_TEXT = np.isin(np.arange(256), [code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1b\x01\x1f"] + [127])


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text file as UTF-8 without byte order mark.

    ``broken`` holds the positions of bytes that are not UTF-8; there are some only in a file that is UTF-8 otherwise.
    ``fallback`` says, of a file that is read in another encoding for want of a better one, in which and why. ``mixed``
    holds the numbers of its lines that are UTF-8 nevertheless, and were read so.
    """

    data: bytes
    encoding: str
    broken: tuple[int, ...] = ()
    fallback: str | None = None
    mixed: tuple[int, ...] = ()


def decode(data: bytes, name: str, *, encoding: str | None = None) -> Text:
    """Turn the bytes of a file into UTF-8.

    Without ``encoding``, a byte order mark decides, then the zero bytes of UTF-16, then a check for UTF-8. A file is
    read as Windows-1252, with a reason in the result, if few of its letters outside ASCII are UTF-8, and refused if its
    words may as well be those of another encoding: a person has to choose. A file with a few bytes that are not UTF-8
    stays UTF-8, and the reader rejects the lines of those bytes: another encoding would silently damage all other
    lines.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file, for messages.
    encoding : str, optional
        Any of Python's text encodings. Default: detected.

    Returns
    -------
    Text

    Raises
    ------
    SourceError
        If the bytes are not text, or not text in that encoding.
    OptionError
        If Python does not know the encoding.

    Examples
    --------
    >>> decode("Zoë".encode("cp1252"), "users.csv").encoding
    'cp1252'
    >>> decode("Zoë, Ann".encode("utf-16"), "users.csv").data.decode()
    'Zoë, Ann'
    >>> decode("Zoë Zoë ".encode() + b"Zo\\xeb", "users.csv").broken
    (12,)
    """
    found = _canonical(encoding) if encoding else _detected(data)
    if found not in (None, "utf-8"):
        return _transcoded(data, found, name)
    _check_text(data, name)
    data = data.removeprefix(BOM)
    first = () if is_utf8(data) else _broken(data, first_only=True)
    if not first:
        return Text(data, "utf-8")
    if encoding or not _is_fallback(data):
        return Text(data, "utf-8", _broken(data, first[0]))
    line = line_number(data, first[0])
    reason = f"read as Windows-1252 ({_FALLBACK}); the first line that is not UTF-8 is line {line}"
    likely = likely_encodings(data)
    if likely and [each.encoding for each in likely] != [_FALLBACK]:
        raise _not_sure(likely, name, line)
    lines = _lines_in_utf8(data)
    if lines:
        return _mixed(data, lines, name, reason)
    return _transcoded(data, _FALLBACK, name, reason)


def begins_in_utf8(data: bytes, name: str, *, encoding: str | None = None) -> bool:
    """Tell by its first megabyte, or by what a person says, that a file is read as UTF-8 if all of it is.

    Raises
    ------
    SourceError
        If the bytes are no text.
    OptionError
        If Python does not know the encoding.

    Examples
    --------
    >>> begins_in_utf8(b"email", "users.csv"), begins_in_utf8("email".encode("utf-16"), "users.csv")
    (True, False)
    """
    if (_canonical(encoding) if encoding else _detected(data)) not in (None, "utf-8"):
        return False
    _check_text(data, name)
    return True


def line_number(data: bytes, position: int) -> int:
    """Count the number of the line that holds a position, from 1; all three line endings count.

    Examples
    --------
    >>> line_number(b"a\\r\\nb\\nc", 5)
    3
    """
    before = data[:position]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def _canonical(encoding: str) -> str:
    """Look up Python's name of an encoding that turns bytes into text."""
    try:
        b" ".decode(encoding, "replace")
        found = codecs.lookup(encoding).name
    except (LookupError, UnicodeError) as error:
        raise OptionError(
            f"encoding={encoding!r} is not an encoding that Python knows. "
            "Give one such as 'utf-8', 'cp1252' or 'utf-16'."
        ) from error
    return "utf-8" if found == "utf-8-sig" else found


def _detected(data: bytes) -> str | None:
    """Detect an encoding by its byte order mark, or UTF-16 by its zero bytes."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    zeros = np.frombuffer(data[:_SAMPLE], np.uint8) == 0
    if zeros.any():
        even, odd = zeros[0::2].mean(), zeros[1::2].mean() if len(zeros) > 1 else 0
        # Letters of other scripts than Latin have no zeros, but line ends, delimiters and digits have.
        if odd > 0.1 and even < odd / 5:
            return "utf-16-le"
        if even > 0.1 and odd < even / 5:
            return "utf-16-be"
    return None


def _check_text(data: bytes, name: str) -> None:
    """Refuse bytes with more control characters than any text has."""
    sample = np.frombuffer(data[:_SAMPLE], np.uint8)
    if int(_NOT_TEXT[sample].sum()) > max(4, len(sample) // 20):
        raise SourceError(
            worded(
                "{name} is not a text file: it is full of control characters. Export the users as "
                "CSV, Excel, JSON or Parquet, or give the encoding if it is text.",
                name=name,
            )
        )


def _transcoded(data: bytes, encoding: str, name: str, fallback: str | None = None) -> Text:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = line_number(data, error.start)
        tried = f"UTF-8 nor {encoding}" if fallback else encoding
        likely = likely_encodings(data)
        such = " or ".join(map(str, likely)) or "such as 'cp1250' or 'latin-1'"
        raise SourceError(
            in_panel(
                f"{name} cannot be read as text: line {line} is {'neither' if fallback else 'not'} {tried} "
                f"(byte 0x{data[error.start]:02x}). Give the encoding it was written in (--encoding): {such}.",
                "{name} cannot be read as {encoding}: line {line} is in another encoding. Choose the one in which its "
                "names look right.",
                name=name,
                encoding=encoding,
                line=line,
            ),
            encodings={each.encoding: ", ".join(each.words) for each in likely} or {"cp1250": "", "latin-1": ""},
        ) from error
    except UnicodeError as error:  # UTF-16 without its mark, odd lengths
        raise SourceError(
            in_panel(
                f"{name} cannot be read as {encoding}: {error}. Give another encoding.",
                "{name} cannot be read as {encoding}. Choose another encoding.",
                name=name,
                encoding=encoding,
            )
        ) from error
    return Text(whole_characters(text.removeprefix("\ufeff")).encode(), encoding, (), fallback)


def _not_sure(found: Sequence[LikelyEncoding], name: str, line: int) -> SourceError:
    """Ask for the encoding, with the words of the file as each would have them."""
    return SourceError(
        in_panel(
            f"{name} cannot be read for sure: line {line} is not UTF-8, and its words could be written in "
            f"{' or '.join(map(str, found))}. Give the one in which they look right, such as "
            f"encoding={found[0].encoding!r} (--encoding {found[0].encoding}).",
            "{name} cannot be read for sure: line {line} is not UTF-8. Choose the encoding in "
            "which its names look right: {words}.",
            name=name,
            line=line,
            words="; ".join(f"{each.encoding}: {', '.join(each.words)}" for each in found),
        ),
        encodings={each.encoding: ", ".join(each.words) for each in found},
    )


def _lines_in_utf8(data: bytes) -> list[tuple[int, int]]:
    """Find the beginnings and ends of the lines with letters outside ASCII that are UTF-8."""
    found, stop = [], 0
    while letter := _LIKE_UTF8.search(data, stop):
        start = 1 + max(data.rfind(mark, stop, letter.start()) for mark in b"\r\n")
        start, end = start or stop, _LINE_END.search(data, letter.end())
        stop = end.start() if end else len(data)
        with suppress(UnicodeDecodeError):
            data[start:stop].decode("utf-8")
            found.append((start, stop))
    return found


def _mixed(data: bytes, lines: list[tuple[int, int]], name: str, reason: str) -> Text:
    """Read some lines as UTF-8, and all others in the other encoding."""
    pieces, numbers, at, number, begin = [], [], 0, 1, 0
    for start, stop in lines:
        pieces += [_transcoded(data[at:start], _FALLBACK, name, reason).data, data[start:stop]]
        number += line_number(data[begin:start], start - begin) - 1
        numbers.append(number)
        at, begin = stop, start
    pieces.append(_transcoded(data[at:], _FALLBACK, name, reason).data)
    return Text(b"".join(pieces), _FALLBACK, (), reason, tuple(numbers))


def is_utf8(data: bytes) -> bool:
    """Check that all bytes are UTF-8; arrow does so without blocking other threads."""
    try:
        for piece in pieces_of(data):
            bounds = np.array([0, len(piece)], np.int64)
            pa.LargeStringArray.from_buffers(1, pa.py_buffer(bounds), pa.py_buffer(piece)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _broken(data: bytes, start: int = 0, *, first_only: bool = False) -> tuple[int, ...]:
    """Find the positions of the bytes that are not UTF-8."""
    broken: list[int] = []
    piece = _SAMPLE if first_only else 4096  # an error carries a copy of its piece, and there may be many
    view = memoryview(data)
    while start < len(data):
        try:
            _, used = codecs.utf_8_decode(view[start : start + piece], "strict", start + piece >= len(data))
        except UnicodeDecodeError as error:
            broken.append(start + error.start)
            if first_only:
                break
            used = error.end
        start += used
    return tuple(broken)


def _is_fallback(data: bytes) -> bool:
    """Decide that a file is in another encoding, and not UTF-8 with broken bytes, by its letters outside ASCII."""
    kept = data.decode("utf-8", "ignore")
    letters = len(kept) - int((np.frombuffer(data, np.uint8) < 128).sum())
    invalid = len(data) - len(kept.encode())
    return invalid > 2 * letters
