import csv

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import BOOLEAN, INTEGER, users_frame
from passage_kit.export.csv_files import ROWS_AT_A_TIME, write_csv
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
