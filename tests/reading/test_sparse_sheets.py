"""Workbooks with cells far from the users are read without them, or refused with the limit; none fills the memory."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from passage_kit.errors import SourceError
from passage_kit.reading.excel_reader import read_excel
from passage_kit.reading.sparse_sheets import Extent, extent_of, without_blanks

ODS = (
    '<document-content xmlns="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0">{}</document-content>'
)


def workbook(**cells) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["email", "name"])
    sheet.append(["ann@example.org", "Ann"])
    for reference, value in cells.items():
        sheet[reference] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("far", "blank"),
    [("XFD20000", " "), ("XFD1048576", "\n\u00a0"), ("XFD1048576", ""), ("A1048576", " "), ("XFD1", "\n\u00a0")],
)
def test_a_blank_far_away_is_not_laid_out(far, blank):
    source = read_excel(workbook(**{far: blank}), "users.xlsx")
    assert source.users.iloc[:, :2].to_numpy().tolist() == [["ann@example.org", "Ann"]]


def test_a_format_far_away_is_not_laid_out():
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    file = io.BytesIO()
    book.save(file)
    assert read_excel(file.getvalue(), "users.xlsx").users.shape == (1, 2)


def test_all_kinds_of_values_stay(tmp_path):
    values = {
        "C1": "score",
        "C2": 1.5,
        "D1": "vip",
        "D2": True,
        "E1": "note",
        "E2": "=1/0",
        "F1": "rich",
        "F2": "a & <b>",
    }
    plain = read_excel(workbook(**values), "users.xlsx").users
    sparse = read_excel(workbook(**values, XFD20000=" "), "users.xlsx").users
    assert sparse.equals(plain)
    assert plain.columns.tolist() == ["email", "name", "score", "vip", "note", "rich"]


@pytest.mark.parametrize("far", ["XFD20000", "XFD1048576"])
def test_a_value_far_away_is_refused_with_the_limit(far):
    with pytest.raises(SourceError, match=r"16,384 columns with \d values.*at most 4,000,000 cells.*Ctrl\+End"):
        read_excel(workbook(**{far: "x"}), "users.xlsx")


def test_repeated_cells_of_an_open_document_are_counted():
    cell = '<t:table-cell o:value-type="string" t:number-columns-repeated="16384"/>'
    row = f'<t:table-row t:number-rows-repeated="1048576">{cell}</t:table-row>'
    with pytest.raises(SourceError, match="1,048,576 rows and 16,384 columns"):
        without_blanks({"content.xml": ODS.format(row).encode()}, b"", "users.ods")
    blank = row.replace(' o:value-type="string"', "")
    assert without_blanks({"content.xml": ODS.format(blank).encode()}, b"same", "users.ods") == b"same"
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        without_blanks({"content.xml": b"<a"}, b"", "users.ods")


def test_records_of_a_binary_sheet_are_counted():
    row = bytes([0, 4]) + (1_048_575).to_bytes(4, "little")
    cell = bytes([2, 8]) + (16_383).to_bytes(4, "little") + bytes(4)
    other = bytes([0x81, 0x01, 0])
    with pytest.raises(SourceError, match="1,048,576 rows and 16,384 columns with 1 values"):
        without_blanks({"xl/worksheets/sheet1.bin": other + row + cell}, b"", "users.xlsb")
    assert without_blanks({"xl/worksheets/sheet1.bin": other + row + b"\x80"}, b"same", "users.xlsb") == b"same"


@given(st.lists(st.tuples(st.integers(1, 16_384), st.integers(1, 1_048_576)), max_size=20), st.sampled_from("\"'"))
def test_the_extent_is_that_of_the_references(cells, quote):
    references = "".join(f"<c r={quote}{get_column_letter(column)}{row}{quote}/>" for column, row in cells)
    wanted = Extent(
        max((row for _, row in cells), default=0), max((column for column, _ in cells), default=0), len(cells)
    )
    assert extent_of(f"<row r={quote}9{quote}>{references}</row>".encode()) == wanted


def test_references_over_the_seam_of_two_pieces_count(monkeypatch):
    xml = b"".join(b'<c r="%b%d"/>' % (get_column_letter(number).encode(), number) for number in range(1, 900))
    for piece in (1 << 22, 17, 64, 1_000):
        monkeypatch.setattr("passage_kit.reading.sparse_sheets._PIECE", piece)
        assert extent_of(xml) == Extent(899, 899, 899)


def test_a_sheet_under_another_path_is_found_too():
    data = workbook(XFD20000="x")
    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name.replace("worksheets/sheet1", "other"): archive.read(name) for name in archive.namelist()}
    with pytest.raises(SourceError, match="16,384 columns"):
        without_blanks(parts, data, "users.xlsx")


@pytest.mark.parametrize("form", ['r ="', 'r= "', 'r\n=\t"', "UTF-16"])
def test_references_in_an_odd_form_are_found_too(form):
    parts = {}
    with zipfile.ZipFile(io.BytesIO(workbook(XFD20000="x"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    written = sheet.encode("utf-16") if form == "UTF-16" else sheet.replace('r="', form).encode()
    with pytest.raises(SourceError, match="16,384 columns"):
        without_blanks({**parts, "xl/worksheets/sheet1.xml": written}, b"", "users.xlsx")


def test_one_long_text_in_many_cells_is_refused(monkeypatch):
    cells = "".join(f'<c r="A{row}" t="s"><v>0</v></c><c r="B{row}" t="s"><v>1</v></c>' for row in range(1, 1_001))
    texts = b"<sst><si><t>%b</t></si><si><t>x</t></si></sst>" % (b"a" * 10_000)
    parts = {"xl/sharedStrings.xml": texts, "xl/worksheets/sheet1.xml": f"<sheetData>{cells}</sheetData>".encode()}
    assert without_blanks(parts, b"same", "users.xlsx") == b"same"
    monkeypatch.setattr("passage_kit.reading.sparse_sheets.LARGEST_TEXT", 9_000_000)
    with pytest.raises(SourceError, match=r"2,000 values come to 10,0[\d,]+ bytes of text.*at most 9,000,000"):
        without_blanks(parts, b"", "users.xlsx")
    monkeypatch.setattr("passage_kit.reading.sparse_sheets.LARGEST_TEXT", 12_000_000)
    assert without_blanks(parts, b"same", "users.xlsx") == b"same"  # the longest in every cell would be too much
