"""No cell of a file for people begins as a formula, and each is read back as it was."""

import csv
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.spreadsheet_cells import (
    as_they_were,
    harmless_table,
    is_formula,
    make_harmless,
    names_as_they_were,
)

SIGNS = "=+-@＝＋－＠﹢﹣﹦﹫−"
BEFORE = ["", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\x00", "\n", "\t", "\r", "'", '"', "''", "\" '", "\u2028"]
TEXTS = st.text(
    st.one_of(st.sampled_from(SIGNS + "'\"\t\r\n 1a"), st.characters(exclude_categories=["Cs"])), max_size=8
)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_a_sign_behind_what_a_spreadsheet_takes_away_is_a_formula(sign, before):
    cell = f"{before}{sign}1+1"
    assert is_formula(pa.array([cell])).tolist() == [True]
    [harmless] = make_harmless(pa.array([cell])).to_pylist()
    assert harmless == f"'{cell}"
    assert as_they_were(pa.array([harmless])).to_pylist() == [cell]


@pytest.mark.parametrize("cell", ["\tx", "\rx", "\nx", " \tx", "'\tx"])
def test_a_leading_tab_or_break_is_made_harmless(cell):
    assert make_harmless(pa.array([cell])).to_pylist() == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["ann@example.org", "1-2", "O'Neil", "'ann'", '"x"', "", " x", "é=1", "a\t=1"])
def test_other_cells_stay(cell):
    for cells in (pa.array([cell, None]), pa.chunked_array([[cell], [None]])):
        assert make_harmless(cells).to_pylist() == as_they_were(cells).to_pylist() == [cell, None]


def test_a_phone_may_stay_a_number():
    cells = pa.array(["+14155550101", "+1 415", "+1+1", "-5", "=1"])
    assert make_harmless(cells, numbers=False).to_pylist() == ["+14155550101", "'+1 415", "'+1+1", "'-5", "'=1"]


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6), st.integers(0, 3))
def test_every_text_comes_back(texts, cut):
    cells = pa.chunked_array([texts[:cut], texts[cut:]], pa.string())
    for harmless in (make_harmless(cells), make_harmless(cells, numbers=False)):
        assert as_they_were(harmless).to_pylist() == texts
    seen = [(text or "").lstrip("\x00 \u00a0\ufeff")[:1] for text in make_harmless(cells).to_pylist()]
    assert not any(unicodedata.normalize("NFKC", first) in set("=+-@\t\r\n") for first in seen if first)


@given(TEXTS)
def test_no_two_texts_become_one(text):
    once = make_harmless(pa.array([text]))
    assert make_harmless(once) != once or not is_formula(once).any()
    assert as_they_were(make_harmless(once)).to_pylist() == once.to_pylist()


def test_a_slice_and_an_empty_column_are_read_as_well():
    cells = pa.array(["=a", "b", "=c", "d"]).slice(1, 2)
    assert make_harmless(cells).to_pylist() == ["b", "'=c"]
    assert make_harmless(pa.array([], pa.string())).to_pylist() == []
    assert is_formula(pa.chunked_array([], pa.string())).tolist() == []


def test_names_of_columns_and_other_kinds_of_text_are_made_harmless():
    table = pa.table({
        '=HYPERLINK("http://example.org")': pa.array(["=1"]).dictionary_encode(),
        "wide": pa.array(["@x"], pa.large_string()),
        "number": [-1],
    })  # fmt: skip
    harmless = harmless_table(table)
    assert [column.to_pylist() for column in harmless.columns] == [["'=1"], ["'@x"], [-1]]
    assert names_as_they_were(harmless.column_names) == table.column_names
    assert harmless.column_names[0].startswith("'=")


def test_csv_in_between_changes_nothing(tmp_path):
    texts = ["=1+1", "'=1", "\r=1", '"=1"', "+1 415", "plain", " -x", "＝1"]
    with (tmp_path / "x.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([cell] for cell in make_harmless(pa.array(texts)).to_pylist())
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        assert as_they_were(pa.array([line[0] for line in csv.reader(file)])).to_pylist() == texts
