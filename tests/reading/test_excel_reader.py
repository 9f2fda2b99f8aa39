"""Workbooks: typed cells as text, titles above the header, and every sheet said."""

import datetime as dt
import io
from contextlib import suppress

import openpyxl
import pandas as pd
import pytest

from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.excel_reader import read_excel
from tests import old_workbooks, other_workbooks

NAMES = ["E-Mail", "Name"]
ANN = ["ann@example.org", "Ann"]


def workbook(*sheets: tuple[str, list[list]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(*rows: list, **options):
    return read_excel(workbook(("Users", list(rows))), "users.xlsx", **options)


def listed(frame):
    return [[None if pd.isna(value) else value for value in row] for row in frame.itertuples(index=False)]


def test_cells_are_text_without_damage():
    values = [14155552671, 14155552671.0, 42.5, "00123", "1.41555E+10", True, dt.date(2024, 1, 31),
              dt.datetime(2024, 1, 31, 9, 30), dt.time(9, 5), 12345678901234567890, "NA", " x ", None]  # fmt: skip
    source = read(["email", *(f"c{number}" for number in range(len(values)))], ["ann@example.org", *values])
    assert listed(source.users)[0][1:] == [
        "14155552671", "14155552671", "42.5", "00123", "1.41555E+10", "true", "2024-01-31", "2024-01-31T09:30:00",
        "09:05:00", "12345678901234570000", "NA", " x ", None,
    ]  # fmt: skip


def test_titles_above_the_header_and_blank_rows():
    source = read(
        ["Our users"], [], NAMES, ANN, [None, None], [None, " "], ["bob@example.org", "Bob"], [None, None], [" ", None]
    )
    assert source.header_line == 3
    assert listed(source.users) == [ANN, [None, None], [None, None], ["bob@example.org", "Bob"]]
    assert listed(source.findings[["source_row", "code", "argument"]]) == [
        [None, "preamble_skipped", "row 1"], [2, "row_blank", "row 5"], [3, "row_blank", "row 6"],
    ]  # fmt: skip


def test_a_failed_formula_is_a_blank_with_a_finding():
    source = read(["Title", "#N/A"], NAMES, ANN, ["#REF!", "Bob"])
    assert listed(source.users)[1] == [None, "Bob"]
    [finding] = source.findings[source.findings["code"] == "cell_error"].to_dict("records")
    assert (finding["source_row"], finding["field"], finding["value"], finding["argument"]) == (
        2,
        "E-Mail",
        "#REF!",
        "row 4",
    )


def test_a_formula_that_was_never_computed_is_said():
    source = read(NAMES, ANN, ["=A2", "Bob"])
    found = source.findings[["source_row", "field", "value", "code", "argument"]]
    assert listed(found) == [[2, "E-Mail", None, "cell_error", "row 3: a formula without a stored value"]]


def test_zeros_and_plus_of_number_formats_are_put_back():
    book = openpyxl.Workbook()
    for row in (["email", "zip", "phone"], ["ann@example.org", 1067, 4915112345678], ["bob@example.org", 80331, "x"]):
        book.active.append(row)
    for cell in ("B2", "B3"):
        book.active[cell].number_format = "00000"
    book.active["C2"].number_format = '"+"0'
    out = io.BytesIO()
    book.save(out)
    source = read_excel(out.getvalue(), "users.xlsx")
    assert listed(source.users[["zip", "phone"]]) == [["01067", "+4915112345678"], ["80331", "x"]]
    assert listed(source.findings[["field", "code", "argument"]]) == [
        ["zip", "number_format", "1 as 00000"], ["phone", "number_format", "1 as +0"],
    ]  # fmt: skip


def test_the_first_visible_sheet_is_read_and_the_others_are_said():
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(("Old", [NAMES, ["old@example.org", "Old"]]), ("Blank", []), ("Users", [NAMES, ANN])))
    )
    book["Old"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    source = read_excel(out.getvalue(), "users.xlsx")
    assert (source.sheet, listed(source.users), source.unsure) == ("Users", [ANN], ())
    assert listed(source.findings[["code", "argument"]]) == [["sheet_not_read", "sheet 'Old' (2 rows, hidden)"]]
    assert read_excel(out.getvalue(), "users.xlsx", sheet="Old").users["Name"].tolist() == ["Old"]


def test_hidden_sheets_alone_are_a_question():
    book = openpyxl.load_workbook(io.BytesIO(workbook(("Blank", []), ("Users", [NAMES, ANN]))))
    book["Users"].sheet_state = "veryHidden"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(SourceError, match=r"data in hidden sheets alone: Users\. Show the sheet.*--sheet 'Users'"):
        read_excel(out.getvalue(), "users.xlsx")


def test_sheets():
    data = workbook(("Empty", []), ("Users & more", [NAMES, ANN]), ("Other", [NAMES, ["bob@example.org", "#N/A"]]))
    source = read_excel(data, "users.xlsx")
    assert (source.sheet, source.sheets, source.kind) == ("Users & more", ("Users & more", "Other"), "excel")
    assert "Several sheets" in source.unsure[0]
    assert read_excel(data, "users.xlsx", sheet="Other").users["E-Mail"].tolist() == ["bob@example.org"]
    assert "cell_error" in read_excel(data, "users.xlsx", sheet=2).findings["code"].tolist()
    assert read_excel(data, "users.xlsx", sheet=1).unsure == ()
    with pytest.raises(SourceError, match=r"sheet 'Empty' is empty.*Users & more, Other"):
        read_excel(data, "users.xlsx", sheet="Empty")
    for sheet in ("users", 3, -1):
        with pytest.raises(OptionError, match="no such sheet"):
            read_excel(data, "users.xlsx", sheet=sheet)


def test_columns_without_a_name():
    source = read(["E-Mail", None, "Name", None], ["ann@example.org", "x", "Ann", None])
    assert list(source.users) == ["E-Mail", "column 2", "Name"]


def test_a_repeated_header():
    assert read(NAMES, ANN, NAMES).findings["code"].tolist() == ["row_repeats_header"]


def test_header_row_as_given():
    assert list(read(["x", "y"], ["p", "q"], ANN, header_row=2).users) == ["p", "q"]
    for row in (-1, 9):
        with pytest.raises(OptionError, match=f"header_row={row}"):
            read(NAMES, ANN, header_row=row)


def test_without_a_header_or_rows():
    with pytest.raises(SourceError, match="sheet 'Users' has no header: row 1"):
        read(ANN, ["bob@example.org", "Bob"])
    with pytest.raises(SourceError, match="no rows below the header"):
        read(NAMES)
    with pytest.raises(SourceError, match="no sheet holds data"):
        read([])


def test_without_a_header_the_first_row_is_a_user():
    source = read_excel(
        workbook(("Users", [["ann@example.org", "Ann"], ["bob@example.org", None]])), "u.xlsx", header_row=0
    )
    assert {name: source.users[name].to_numpy(na_value=None).tolist() for name in source.users} == {
        "column 1": ["ann@example.org", "bob@example.org"],
        "column 2": ["Ann", None],
    }
    assert source.findings["code"].tolist() == ["header_absent"]
    assert source.header_line == 0


@pytest.mark.slow
def test_an_old_workbook_that_is_cut_is_refused():
    cells = old_workbooks.dimensions(2, 1) + old_workbooks.words(0, 0, 0) + old_workbooks.words(1, 0, 1)
    whole = old_workbooks.workbook(("Users", 0, cells), texts=["email", "ann@example.org"])
    assert len(read_excel(whole, "users.xls").users) == 1
    for length in range(8, len(whole), 97):
        with suppress(SourceError):  # by the whole length, and not by what breaks in the library
            assert len(read_excel(whole[:length], "users.xls").users) == 1


@pytest.mark.parametrize(
    ("make", "kind"), [(other_workbooks.open_document, ".ods"), (other_workbooks.binary_workbook, ".xlsb")]
)
def test_workbooks_of_other_kinds_are_read_and_say_what_they_do_not_show(make, kind):
    source = read_excel(make([["E-Mail", "Number"], ["ann@example.org", 17.0]]), f"users{kind}")
    assert listed(source.users) == [["ann@example.org", "17"]]
    assert any(f"is {kind}" in said and "save the workbook as .xlsx" in said for said in source.unsure)


def test_an_open_document_of_words_alone_and_a_new_workbook_raise_no_doubt():
    assert read_excel(other_workbooks.open_document([NAMES, ANN]), "users.ods").unsure == ()
    assert read(["E-Mail", "Number"], ["ann@example.org", 17.0]).unsure == ()
