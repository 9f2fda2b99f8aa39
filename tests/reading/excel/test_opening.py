"""Workbooks that cannot be opened: each is told for what it is."""

import io
from pathlib import Path

import openpyxl
import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.excel.opening import opened_workbook
from passage_kit.reading.excel_reader import read_excel
from tests import other_workbooks

NAMES = ["E-Mail", "Name"]
ANN = ["ann@example.org", "Ann"]


def test_a_damaged_workbook():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.save(out)
    data = out.getvalue()
    with opened_workbook(data, "users.xlsx") as whole:
        assert whole.sheet_names == ["Sheet"]
    with (
        pytest.raises(SourceError, match=r"users.xlsx cannot be read as a workbook"),
        opened_workbook(data[: len(data) // 2], "users.xlsx"),
    ):
        pass


def test_a_protected_workbook():
    protected = Path(__file__).parents[2].joinpath("data", "locked.xlsx").read_bytes()  # its password is "secret"
    with pytest.raises(SourceError, match="protected by a password"), opened_workbook(protected, "users.xlsx"):
        pass


def test_a_protected_open_document_and_a_damaged_binary_workbook_say_so():
    with pytest.raises(SourceError, match="protected by a password"):
        read_excel(other_workbooks.open_document([NAMES, ANN], locked=True), "users.ods")
    for cut in (10, 30, 60):
        with pytest.raises(SourceError, match=r"cannot be read as a workbook|has no rows|no header|is empty"):
            read_excel(other_workbooks.binary_workbook([NAMES, ANN], cut=cut), "users.xlsb")
