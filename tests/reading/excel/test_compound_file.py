"""Compound files: their streams, and sectors that run in a circle."""

import random

import pytest

from passage_kit.reading.excel.compound_file import open_compound
from tests.old_workbooks import in_circle, number, workbook

CELLS = b"".join(number(row, 0, row) for row in range(3))


@pytest.mark.parametrize("pad", [True, False], ids=["large sectors", "small sectors"])
def test_the_stream_of_a_workbook(pad):
    file = open_compound(workbook(("Users", 0, CELLS), pad=pad))
    stream = file.stream("workbook")
    assert stream[:2] == b"\x09\x08"
    assert CELLS in stream
    assert file.stream("nothing") is None
    assert not file.in_circle


@pytest.mark.parametrize("pad", [True, False], ids=["large sectors", "small sectors"])
def test_sectors_in_a_circle(pad):
    data = workbook(("Users", 0, CELLS), pad=pad)
    at = 512 if pad else len(data) - 512
    damaged = data[:at] + in_circle(data[at : at + 512]) + data[at + 512 :]
    assert open_compound(damaged).in_circle


def test_tables_of_tables_in_a_circle():
    data = bytearray(workbook(("Users", 0, CELLS)))
    data[68:72] = (0).to_bytes(4, "little")
    data[512 + 508 : 1024] = (0).to_bytes(4, "little")
    assert open_compound(bytes(data)).in_circle


def test_another_file_is_none():
    assert open_compound(b"nothing") is None
    assert open_compound(b"PK" + bytes(600)) is None


def test_damaged_files_end():
    data, chance = workbook(("Users", 0, CELLS)), random.Random(7)  # noqa: S311 - data, not a secret
    for _ in range(200):
        broken = bytearray(data)
        for _ in range(5):
            broken[chance.randrange(30, len(broken))] = chance.randrange(256)
        file = open_compound(bytes(broken[: chance.randrange(512, len(broken))]))
        assert file is None or len(file.stream("workbook") or b"") <= len(broken)
