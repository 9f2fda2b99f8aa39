"""Notes on cells: failed formulas, formulas without a value, and number formats, wherever the writer puts them."""

import io
import zipfile

import pytest

from passage_kit.reading.excel.cell_notes import NO_VALUE, CellNotes, notes_of
from passage_kit.reading.excel.number_formats import Padding
from tests.old_workbooks import error, workbook

BOOK = '<workbook xmlns:r="x"><sheets><sheet name="A &amp; B" sheetId="1" r:id="rId1"/></sheets></workbook>'
LINKS = '<Relationships><Relationship Id="rId1" Target="/xl/worksheets/first.xml"/></Relationships>'
STYLES = (
    '<styleSheet xmlns="urn:x"><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="164"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    "</styleSheet>"
)


def notes(cells: str, styles: str = STYLES) -> CellNotes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/styles.xml", styles)
        archive.writestr("xl/worksheets/first.xml", f"<worksheet><cols/><sheetData>{cells}</sheetData></worksheet>")
    return notes_of(file.getvalue(), "A & B")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="e" s="1" r="B2"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("<x:c r='B2' t='e'><x:v>#REF!</x:v></x:c>", "#REF!"),
        ('<c r="B2"><f>A2</f></c>', NO_VALUE),
        ('<c r="B2" s="1"><f>A2</f><v></v></c>', NO_VALUE),
        ('<c r="B2"><f t="shared" si="0"/><v/></c>', NO_VALUE),
        ('<x:c r="B2"><x:f>A2</x:f><x:v /></x:c>', NO_VALUE),
    ],
)
def test_formulas_without_a_value(cell, found):
    cells = f'<row r="2"><c r="A2"><v>1</v></c>{cell}<c r="C2"/></row>'
    assert notes(cells).failed == [(1, 1, found)]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2"><f>A2</f><v>7</v></c>',
        '<c r="B2" t="str"><f>A2</f><v></v></c>',
        '<c r="B2" t="e"/><c r="C2"><v>7</v></c>',
        '<c r="B2" t="s"><v>7</v></c>',
    ],
)
def test_cells_that_are_as_they_should_be(cell):
    assert notes(cell).failed == []


def test_number_formats():
    cells = '<c r="A1"><v>1</v></c><c r="AB2" s="1"><v>7</v></c><c s="1" r="A3" t="n"><v>8</v></c>'
    assert notes(cells).padded == [(1, 27, Padding(5, False)), (2, 0, Padding(5, False))]
    assert notes(cells, styles="<styleSheet").padded == []


def test_an_old_workbook():
    assert notes_of(workbook(("Users", 0, error(1, 2, 0x2A))), "Users").failed == [(1, 2, "#N/A")]


def test_a_sheet_that_is_not_there():
    assert notes("").failed == []
    assert notes_of(b"nothing", "Users") == CellNotes()
