"""Unpacking of packed files within bounds: a file of a few kilobytes can hold gigabytes of nothing."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from passage_kit.errors import SourceError

ALWAYS = 1 << 28  # bytes that are unpacked whatever the file's own size
RATIO = 200  # times its own size; text is packed to a tenth, and only repetition to less than a hundredth
LARGEST = 1 << 32
_PIECE = 1 << 20


def allowed_size(packed: int) -> int:
    """Give the most bytes that a packed file may come to.

    Examples
    --------
    >>> [allowed_size(size) >> 20 for size in (5_000, 10_000_000, 1_000_000_000)]
    [256, 1907, 4096]
    """
    return min(LARGEST, max(ALWAYS, RATIO * packed))


def too_large(name: str, packed: int) -> SourceError:
    """Make the error for a packed file that holds more than it may."""
    return SourceError(
        f"{name} has {packed:,} bytes and holds more than {allowed_size(packed):,} bytes when it is unpacked, the most "
        "that the kit unpacks of a file of this size. Export the users again as CSV, or in several files."
    )


def unpack_gzip(data: bytes, name: str) -> bytes:
    """Unpack a gzip file.

    Raises
    ------
    SourceError
        If it is damaged, or holds more than a file of its size may.

    Examples
    --------
    >>> import gzip
    >>> unpack_gzip(gzip.compress(b"email"), "users.csv.gz")
    b'email'
    """
    left, unpacked, rest = allowed_size(len(data)), [], data
    try:
        while rest:  # a gzip file may have several members
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            while rest and not member.eof:
                unpacked.append(member.decompress(rest, _PIECE))
                left -= len(unpacked[-1])
                if left < 0:
                    raise too_large(name, len(data))
                rest = member.unconsumed_tail
            if not member.eof:
                raise EOFError("it ends too early")
            rest = member.unused_data.lstrip(b"\0")
    except (zlib.error, EOFError) as error:
        raise SourceError(f"{name} cannot be unpacked: {error}. Export the users again.") from error
    return b"".join(unpacked)


def unpack_zip(data: bytes, name: str) -> dict[str, bytes]:
    """Unpack the parts of a workbook; of parts with one name, the last one counts.

    Raises
    ------
    SourceError
        If it is damaged, or holds more than a file of its size may.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> with zipfile.ZipFile(file, "w") as archive:
    ...     archive.writestr("a.txt", "email")
    >>> unpack_zip(file.getvalue(), "a.zip")
    {'a.txt': b'email'}
    """
    left, parts = allowed_size(len(data)), {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                pieces = []
                for piece in _pieces(archive, entry):
                    left -= len(piece)
                    if left < 0:
                        raise too_large(name, len(data))
                    pieces.append(piece)
                parts[entry.filename] = b"".join(pieces)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise SourceError(
            f"{name} cannot be read as a workbook: {error}. Open it in Excel and save it again as .xlsx, "
            "or export it as CSV."
        ) from error
    return parts


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            yield piece
