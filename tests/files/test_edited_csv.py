"""Files that a person edits are read whole, or refused with the line to look at."""

import pytest

from passage_kit.errors import PlanError
from passage_kit.files.edited_csv import EditedLine, read_edited

COLUMNS = ("source_row", "field", "value", "note")


def read(path, text: str | bytes):
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8-sig"))
    return read_edited(path, "corrections", COLUMNS, needed=COLUMNS[:3])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "corrections.csv"


def test_lines_have_their_numbers_and_their_cells(path):
    lines = read(path, 'source_row,field,value,note\n\n1,name,"a\nb",\n2, email ,c\n')
    assert lines == [
        EditedLine(3, {"source_row": "1", "field": "name", "value": "a\nb", "note": ""}),
        EditedLine(5, {"source_row": "2", "field": "email", "value": "c", "note": ""}),
    ]


def test_surplus_blank_cells_do_not_move_the_cells_below(path):
    lines = read(path, "source_row,field,value\n1,name,a,,,\n2,name,b\n3,name,c,\n")
    assert [line.cells["value"] for line in lines] == ["a", "b", "c"]


def test_a_header_alone_has_no_lines(path):
    assert read(path, "source_row,field,value\n") == []


def test_what_was_made_harmless_comes_back(path):
    assert read(path, "source_row,field,value\n1,name,'=1+1\n")[0].cells["value"] == "=1+1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("source_row,field\n1,email\n", "line 2: expected the columns"),
        ("source_row,field\n", "line 1: expected the columns"),
        ("source_row,field,value\n1,ema", "line 2: it ends too early"),
        ("source_row,field,value,note\n1,name,Ann, Lee,asked\n", "line 2: it has more values than the header"),
        ('source_row,field,value\n1,name,"Ann', "cannot be read"),
        (b"source_row,field,value\n1,name,\xff\n", "cannot be read"),
        ("source_row,field,value\n1,name," + "x" * 200_000, "cannot be read"),
    ],
)
def test_a_damaged_file_is_refused(path, text, said):
    with pytest.raises(PlanError, match=said):
        read(path, text)


def test_a_folder_is_refused(path):
    path.mkdir()
    with pytest.raises(PlanError, match="it is a folder, expected a file"):
        read_edited(path, "corrections", COLUMNS, needed=COLUMNS[:3])
