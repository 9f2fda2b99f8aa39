"""Unpacking of packed files within bounds: a file of a few kilobytes can hold gigabytes of nothing."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator

from passage_kit.errors import SourceError
from passage_kit.translations import worded

ALWAYS = 1 << 28  # bytes that are unpacked whatever the file's own size
RATIO = 200  # times its own size; text is packed to a tenth, and only repetition to less than a hundredth
LARGEST = 1 << 32
_PIECE = 1 << 20
_ENCRYPTED = 1  # bit of the flags of a file in a zip archive
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)
_MOST_MEMORY = 1 << 28  # bytes that unpacking itself may take; the best level of xz takes a quarter of it


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
        worded(
            "{name} has {packed} bytes and holds more than {most} bytes when it is unpacked, the "
            "most that the kit unpacks of a file of this size. Export the users again as CSV, or "
            "in several files.",
            name=name,
            packed=f"{packed:,}",
            most=f"{allowed_size(packed):,}",
        )
    )


def packing_of(data: bytes) -> str | None:
    """Recognize a packed file by its first bytes, whatever its name is.

    Examples
    --------
    >>> import gzip
    >>> packing_of(gzip.compress(b"email")), packing_of(b"email")
    ('gzip', None)
    """
    return next((packing for packing, marks in _MARKS.items() if data.startswith(marks)), None)


def unpack(data: bytes, packing: str, name: str) -> bytes:
    """Unpack a file that holds one packed file.

    Parameters
    ----------
    data : bytes
        The whole packed file; it may have several parts, one after another.
    packing : {"gzip", "bzip2", "xz", "zstandard"}
    name : str
        Name of the file, for messages.

    Raises
    ------
    SourceError
        If it is damaged, or holds more than a file of its size may.

    Examples
    --------
    >>> unpack(bz2.compress(b"email"), "bzip2", "users.csv.bz2")
    b'email'
    """
    pieces = _READERS[packing](data)
    try:
        return _joined(pieces, allowed_size(len(data)), name, len(data))
    except (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
        raise _not_unpacked(name, error) from error


def unpack_gzip(data: bytes, name: str) -> bytes:
    """Unpack a gzip file: see :func:`unpack`.

    Examples
    --------
    >>> import gzip
    >>> unpack_gzip(gzip.compress(b"email"), "users.csv.gz")
    b'email'
    """
    return unpack(data, "gzip", name)


def _joined(pieces: Iterable[bytes], left: int, name: str, packed: int) -> bytes:
    """Join the pieces of a file, as many as may be."""
    taken = []
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise too_large(name, packed)
        taken.append(piece)
    return b"".join(taken)


def _of_gzip(data: bytes) -> Iterator[bytes]:
    rest = data
    while rest:  # a gzip file may have several members
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while rest and not member.eof:
            yield member.decompress(rest, _PIECE)
            rest = member.unconsumed_tail
        if not member.eof:
            raise EOFError("it ends too early")
        rest = member.unused_data.lstrip(b"\0")


def _of_parts(data: bytes, make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> Iterator[bytes]:
    rest = data
    while rest:
        part = make()
        yield part.decompress(rest, _PIECE)
        while not part.eof:
            if part.needs_input:
                raise EOFError("it ends too early")
            yield part.decompress(b"", _PIECE)
        rest = part.unused_data.lstrip(b"\0")


def _of_zstandard(data: bytes) -> Iterator[bytes]:
    import pyarrow as pa  # only where there is such a file to read

    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as file:
        while piece := file.read(_PIECE):
            yield piece


_MARKS: dict[str, bytes | tuple[bytes, ...]] = {
    "gzip": b"\x1f\x8b\x08",
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "bzip2": tuple(b"BZh%d%b" % (level, mark) for level in range(1, 10) for mark in (b"1AY&SY", b"\x17rE8P\x90")),
    "xz": b"\xfd7zXZ\0",
    "zstandard": b"\x28\xb5\x2f\xfd",
}
_READERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _of_gzip,
    "bzip2": lambda data: _of_parts(data, bz2.BZ2Decompressor),
    "xz": lambda data: _of_parts(data, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)),
    "zstandard": _of_zstandard,
}


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
    left, parts = allowed_size(len(data)), dict[str, bytes]()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                parts[entry.filename] = _joined(_pieces(archive, entry), left, name, len(data))
                left -= len(parts[entry.filename])
    except _DAMAGED as error:
        raise unreadable_workbook(name, error) from error
    return parts


def list_zip(data: bytes, name: str) -> list[str]:
    """List the files of a zip archive, in order.

    Raises
    ------
    SourceError
        If it is damaged.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> with zipfile.ZipFile(file, "w") as archive:
    ...     archive.writestr("users.csv", "email")
    >>> list_zip(file.getvalue(), "users.zip")
    ['users.csv']
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except _DAMAGED as error:
        raise _not_unpacked(name, error) from error


def unpack_member(data: bytes, name: str, member: str) -> bytes:
    """Unpack one file of a zip archive.

    Raises
    ------
    SourceError
        If it is protected by a password or damaged, or holds more than an archive of this size may.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = archive.getinfo(member)
            if entry.flag_bits & _ENCRYPTED:
                raise SourceError(
                    worded(
                        "{name} is protected by a password. Unpack it with the password, and read the file inside.",
                        name=name,
                    )
                )
            return _joined(_pieces(archive, entry), allowed_size(len(data)), name, len(data))
    except _DAMAGED as error:
        raise _not_unpacked(name, error) from error


def begin_of_member(data: bytes, name: str, member: str) -> bytes:
    """Unpack the beginning of one file of a zip archive; nothing of one that is protected by a password.

    Raises
    ------
    SourceError
        If it is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = archive.getinfo(member)
            return b"" if entry.flag_bits & _ENCRYPTED else next(_pieces(archive, entry), b"")
    except _DAMAGED as error:
        raise _not_unpacked(name, error) from error


def unreadable_workbook(name: str, why: object) -> SourceError:
    """Make the error of a workbook that cannot be read."""
    return SourceError(
        worded(
            "{name} cannot be read as a workbook: {why}. Open it in Excel and save it again as .xlsx, or export it as "
            "CSV.",
            name=name,
            why=why,
        )
    )


def _not_unpacked(name: str, error: Exception) -> SourceError:
    return SourceError(f"{name} cannot be unpacked: {error}. Export the users again.")


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            yield piece
