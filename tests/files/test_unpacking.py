"""A packed file is unpacked as far as its size allows, and refused with the limit beyond."""

import bz2
import gzip
import io
import lzma
import zipfile
from functools import partial

import pyarrow as pa
import pytest

from passage_kit.errors import SourceError
from passage_kit.files import unpacking
from passage_kit.files.unpacking import list_zip, packing_of, unpack, unpack_gzip, unpack_member, unpack_zip


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def zstandard(data: bytes) -> bytes:
    file = pa.BufferOutputStream()
    with pa.CompressedOutputStream(file, "zstd") as packed:
        packed.write(data)
    return file.getvalue().to_pybytes()


PACK = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstandard": zstandard}


@pytest.mark.few(2)
@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("data", [b"", b"email\nann@example.org\n", bytes(range(256)) * 20_000])
def test_every_packing_is_known_and_undone(packing, data):
    packed = PACK[packing](data)
    assert packing_of(packed) == packing
    assert unpack(packed, packing, "x") == data
    assert unpack(packed + PACK[packing](b"more"), packing, "x") == data + b"more"
    for cut in (1, 5, len(packed) // 2):
        with pytest.raises(SourceError, match="users cannot be unpacked"):
            unpack(packed[:-cut], packing, "users")


def test_a_member_of_an_archive():
    data = zipped(a=b"x" * 3_000_000, b=b"y")
    assert list_zip(data, "x") == ["a", "b"]
    assert unpack_member(data, "x", "b") == b"y"
    with pytest.raises(SourceError, match="x cannot be unpacked"):
        list_zip(data[:-30], "x")


def test_an_archive_with_a_password_is_refused():
    data = bytearray(zipped(a=b"email"))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match="users is protected by a password"):
        unpack_member(bytes(data), "users", "a")


def test_what_was_packed_comes_out():
    assert unpack_gzip(gzip.compress(b"a" * 3_000_000) + gzip.compress(b"b") + b"\0\0", "x") == b"a" * 3_000_000 + b"b"
    assert unpack_zip(zipped(a=b"x" * 3_000_000, b=b""), "x") == {"a": b"x" * 3_000_000, "b": b""}


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(unpacking, "ALWAYS", 1 << 20)
    monkeypatch.setattr(unpacking, "RATIO", 2)


@pytest.mark.parametrize(
    ("unpack", "data"),
    [
        (unpack_gzip, gzip.compress(bytes(5 << 20))),
        (unpack_gzip, b"".join(gzip.compress(bytes(1 << 19)) for _ in range(9))),
        *((partial(unpack, packing=packing), pack(bytes(5 << 20))) for packing, pack in PACK.items()),
        (partial(unpack_member, member="a"), zipped(a=bytes(5 << 20))),
        (unpack_zip, zipped(a=bytes(5 << 20))),
        (unpack_zip, zipped(**{f"part{number}": bytes(1 << 19) for number in range(9)})),
    ],
)
def test_a_bomb_is_refused_with_the_sizes(small, unpack, data):
    with pytest.raises(SourceError, match=r"users has [\d,]+ bytes and holds more than 1,048,576 bytes"):
        unpack(data, name="users")


def test_a_header_that_lies_about_the_size_does_not_help(small):
    data = bytearray(zipped(a=bytes(5 << 20)))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(SourceError, match=r"holds more than|cannot be read as a workbook"):
        unpack_zip(bytes(data), "users")


@pytest.mark.parametrize("cut", [1, 5, 12, 30])
def test_a_damaged_file_is_refused(cut):
    data = gzip.compress(b"email\nann@example.org\n")
    with pytest.raises(SourceError, match="cannot be unpacked"):
        unpack_gzip(data[:cut], "users")
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        unpack_zip(zipped(a=b"x" * 100)[:-cut], "users")
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        unpack_zip(zipped(a=bytes(range(256)) * 9).replace(b"PK\x01", b"XX\x01"), "users")


def test_a_flipped_byte_is_noticed():
    data = bytearray(zipped(a=bytes(range(256)) * 9))
    data[60] ^= 0xFF
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        unpack_zip(bytes(data), "users")
