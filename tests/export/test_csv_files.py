import csv

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.column_names import tidy_name
from passage_kit.columns.users_frame import BOOLEAN, INTEGER, users_frame
from passage_kit.export.csv_files import ROWS_AT_A_TIME, write_csv, write_for_people
from passage_kit.metadata.console_template import Template

cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(st.lists(st.tuples(cells, cells), max_size=6), st.sampled_from([",", ";", "\t", "|"]))
def test_python_reads_back_what_was_written(tmp_path_factory, rows, delimiter):
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    table = pa.table(
        {"a": pa.array([a for a, _ in rows], pa.string()), 'b"': pa.array([b for _, b in rows], pa.string())}
    )
    write_csv(table, path, layout=Template(("a", 'b"'), delimiter))
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file, delimiter=delimiter)) == [["a", 'b"'], *map(list, rows)]


def test_types_have_their_plain_form_and_a_null_is_empty(tmp_path):
    frame = users_frame({"t": ["x", None]}).assign(
        b=pd.array([True, None], dtype=BOOLEAN), i=pd.array([None, 42], dtype=INTEGER)
    )
    write_csv(frame, tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_bytes() == b"t,b,i\r\nx,true,\r\n,,42\r\n"


@pytest.mark.parametrize(("bom", "start"), [(True, b"\xef\xbb\xbfa\n"), (False, b"a\n")])
def test_byte_order_mark_and_line_ending_are_the_callers(tmp_path, bom, start):
    write_csv(pa.table({"a": ["x"]}), tmp_path / "rows.csv", layout=Template(("a",), bom=bom, line_ending="\n"))
    assert (tmp_path / "rows.csv").read_bytes() == start + b"x\n"


def test_a_long_table_is_written_in_pieces_without_a_seam(tmp_path):
    count = ROWS_AT_A_TIME + 3
    write_csv(pa.table({"a": [*map(str, range(count)), "x,y"]}), tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text().split() == ["a", *map(str, range(count)), '"x,y"']


SIGNS = st.text(st.sampled_from("=+-@'\"\t\r\n ,;a1é＝＠\u200b\u00a0"), min_size=1, max_size=6)


@given(st.lists(st.one_of(st.none(), SIGNS), min_size=1, max_size=5), SIGNS)
def test_what_people_open_reads_back_as_it_was(tmp_path_factory, texts, name):
    path = tmp_path_factory.mktemp("people") / "rejected_rows.csv"
    ends = {"rejected_source_row": "1", "rejected_reasons": "no_identifier", "rejected_line": "-"}
    table = {"email": "x", f"{name}x": texts, **ends}
    columns = [pa.array(column if isinstance(column, list) else [column] * len(texts)) for column in table.values()]
    columns[1] = columns[1].cast(pa.string())
    write_for_people(pa.Table.from_arrays(columns, list(table)), path)
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell.lstrip(' \u00a0\u200b"').startswith(tuple("=+-@＝＠\t\r\n"))]
    read = pk.read_users(path, header_row=1, delimiter=",")
    assert [None if pd.isna(text) else text for text in read.iloc[:, 1]] == texts
    assert read.columns[1] == tidy_name(f"{name}x")
    assert read["rejected_line"].tolist() == ["-"] * len(texts)
