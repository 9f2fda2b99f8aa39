import pytest

import passage_kit as pk
from passage_kit.errors import OptionError
from passage_kit.files.bundled import bundled
from passage_kit.reading.first_lines import LINES, first_lines
from passage_kit.reading.readers import read_source


def test_a_number_is_that_of_header_row(tmp_path):
    path = tmp_path / "users.csv"
    path.write_bytes("Titel\r\n\r\n;;\r\nMail;Straße\r\na@example.org;B\r\n".encode("cp1252"))
    lines = first_lines(path)
    assert lines == {1: "Titel", 3: ";;", 4: "Mail;Straße", 5: "a@example.org;B"}
    assert list(pk.read_users(path, header_row=4).columns) == ["Mail", "Straße"]


def test_rows_of_a_sheet():
    path = bundled("sample_data/legacy_users.xlsx")
    source = read_source(path)
    assert "Member No | Email" in first_lines(path, sheet=source.sheet)[source.header_line]
    with pytest.raises(OptionError, match="no such sheet"):
        first_lines(path, sheet="Nowhere")


def test_few_and_short(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text(("x" * 500 + "\n") * 100)
    lines = first_lines(path)
    assert len(lines) == LINES
    assert {len(line) for line in lines.values()} == {121}


def test_an_encoding_can_be_given(tmp_path):
    path = tmp_path / "users.csv"
    path.write_bytes("Почта\n".encode("cp1251"))
    assert first_lines(path, encoding="cp1251") == {1: "Почта"}
