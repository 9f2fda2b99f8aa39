"""Identities of rows as a driver gives them: the same from memory and from a file."""

import datetime as dt
import uuid
from decimal import Decimal

import numpy as np
import pytest

from passage_kit.writeback import row_identities
from passage_kit.writeback.row_identities import RowIdentities

VALUES = [1, "a", None, b"\xfe", Decimal("1.0"), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), uuid.UUID(int=7), 2**70]


@pytest.mark.parametrize("few", [0, 3, 1_000])
def test_values_come_back_as_they_were(monkeypatch, few):
    monkeypatch.setattr(row_identities, "FEW", few)
    rows = RowIdentities()
    for value in VALUES:
        rows.add([[value, value], ["x", value]])
    assert len(rows) == 2 * len(VALUES)
    assert rows.at(np.array([15, 0, 1, 4])) == [[2**70, 1, 1, None], [2**70, "x", 1, "x"]]
    every = rows.at(np.arange(len(rows)))
    assert list(map(type, every[0])) == [type(value) for value in VALUES for _ in range(2)]


def test_a_value_that_cannot_be_written_stays_in_memory(monkeypatch):
    monkeypatch.setattr(row_identities, "FEW", 0)
    rows, held = RowIdentities(), memoryview(b"key")
    rows.add([[held]])
    rows.add([["b"]])
    assert rows.at(np.array([0, 1])) == [[held, "b"]]


def test_the_file_is_gone_with_the_rows(monkeypatch, tmp_path):
    monkeypatch.setattr(row_identities, "FEW", 0)
    rows = RowIdentities(tmp_path)
    rows.add([[1]])
    assert rows.at(np.array([0])) == [[1]]
    assert list(tmp_path.iterdir()) == []
