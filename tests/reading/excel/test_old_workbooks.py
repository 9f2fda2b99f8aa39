"""Workbooks of Excel 97 to 2003: errors and formats are found, and a small file never takes all memory or time."""

import io
import random

import pytest
import python_calamine

from passage_kit.errors import SourceError
from passage_kit.reading.excel import old_workbooks
from passage_kit.reading.excel.compound_file import open_compound
from passage_kit.reading.excel.number_formats import Padding
from passage_kit.reading.excel.old_workbooks import check_size, old_notes
from tests.old_workbooks import dimensions, error, failed_formula, in_circle, number, record, rk, words, workbook

TEXTS = ["email", "zip", "note", "ann@example.org", "bob@example.org"]
CELLS = (
    dimensions(3, 3) + words(0, 0, 0) + words(0, 1, 1) + words(0, 2, 2)
    + words(1, 0, 3) + number(1, 1, 123, 1) + error(1, 2, 0x2A)
    + words(2, 0, 4) + rk(2, 1, [7, 8], 1) + failed_formula(2, 2, 0x17)
)  # fmt: skip


@pytest.mark.parametrize("pad", [True, False])
def test_errors_and_formats(pad):
    data = workbook(("Old", 1, b""), ("Users", 0, CELLS), texts=TEXTS, formats=["00000"], pad=pad)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))  # the file is one that others read, too
    assert book.get_sheet_by_name("Users").to_python()[1] == ["ann@example.org", 123.0, ""]
    failed, padded = old_notes(data, "Users")
    assert failed == [(1, 2, "#N/A"), (2, 2, "#REF!")]
    assert padded == [(1, 1, Padding(5, False)), (2, 1, Padding(5, False)), (2, 2, Padding(5, False))]
    assert old_notes(data, "Old") == old_notes(data, "Nowhere") == ([], [])
    check_size(data, "users.xls")


@pytest.mark.parametrize(
    "cells",
    [
        words(0, 0, 0) + number(65_535, 255, 1.0),
        words(0, 0, 0) + rk(65_535, 255, [1], 0),
        words(0, 0, 0) + dimensions(0xFFFFFFFF, 0xFFFF),
    ],
)
def test_a_sheet_that_spans_too_much_is_refused(cells):
    data = workbook(("Users", 0, cells), texts=TEXTS)
    with pytest.raises(SourceError, match=r"users.xls has sheets that span [\d,]+ cells.*export the sheet as CSV"):
        check_size(data, "users.xls")


def test_a_value_beyond_the_last_column_is_damage():
    data = workbook(("Users", 0, words(0, 0, 0) + number(1, 256, 1.0)), texts=TEXTS)
    with pytest.raises(SourceError, match=r"damaged, and has a value in column 257 of 256\. Open it in Excel"):
        check_size(data, "users.xls")


def test_many_sheets_count_together():
    cells = words(0, 0, 0) + number(9_999, 100, 1.0)
    check_size(workbook(*[(f"s{at}", 0, cells) for at in range(3)], texts=TEXTS), "users.xls")
    with pytest.raises(SourceError, match="span 4,040,000 cells"):
        check_size(workbook(*[(f"s{at}", 0, cells) for at in range(9)], texts=TEXTS), "users.xls")


def test_texts_that_many_cells_share(monkeypatch):
    monkeypatch.setattr(old_workbooks, "LARGEST_TEXT", 100_000)
    cells = b"".join(words(row, 0, 1) for row in range(300))
    check_size(workbook(("Users", 0, cells), texts=["x", "y" * 100]), "users.xls")
    with pytest.raises(SourceError, match="come to 120,000 bytes"):
        check_size(workbook(("Users", 0, cells), texts=["x", "y" * 200]), "users.xls")


def test_sheets_that_overlap_are_refused_soon():
    data = bytearray(workbook(*[(f"s{at:03}", 0, b"") for at in range(300)], ("end", 0, record(0) * 100_000)))
    end = int.from_bytes(data[(place := data.index(b"end") - 8) : place + 4], "little")
    for at in range(300):  # each begins a little further within the last one
        place = data.index(f"s{at:03}".encode()) - 8
        data[place : place + 4] = (end + 20 + 4 * at).to_bytes(4, "little")
    with pytest.raises(SourceError, match="its sheets overlap"):
        check_size(bytes(data), "users.xls")


def test_damage_is_left_to_the_reader():
    data = workbook(("Users", 0, CELLS), texts=TEXTS, formats=["00000"])
    chance = random.Random(7)  # noqa: S311
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            broken[chance.randrange(512, len(broken))] = chance.randrange(256)
        old_notes(bytes(broken)[: chance.randrange(600, len(broken))], "Users")
        old_notes(bytes(broken), "Users")


def test_a_workbook_whose_sectors_run_in_a_circle_is_refused():
    data = bytearray(workbook(("Users", 0, CELLS), texts=TEXTS))
    data[512:1024] = in_circle(data[512:1024])
    with pytest.raises(SourceError, match=r"run in a circle\. Open"):
        check_size(bytes(data), "users.xls")


def test_the_tables_of_sectors_are_read_once(monkeypatch):
    opened = []
    monkeypatch.setattr(old_workbooks, "open_compound", lambda data: opened.append(data) or open_compound(data))
    check_size(workbook(("Users", 0, CELLS), texts=TEXTS), "users.xls")
    assert len(opened) == 1
