"""Frames put aside: the same frames, and their parts."""

import pandas as pd
import pyarrow as pa
import pytest
from putting_aside import ODD, putting_everything_aside

from passage_kit.columns.spooled_frames import parts_of, put_frame_aside
from passage_kit.columns.users_frame import arrow, users_frame


@pytest.fixture
def aside(tmp_path, monkeypatch):
    """A run that puts everything aside, in batches of two rows."""
    with putting_everything_aside(tmp_path, monkeypatch) as kept:
        yield kept


def test_a_frame_keeps_its_index_its_types_and_what_is_no_arrow_column(aside):
    frame = pd.DataFrame(
        {name: pd.array(values, dtype=pd.ArrowDtype(pa.array(values).type)) for name, values in ODD.items()}
    )
    frame = frame.assign(plain=[1.5, 2.5, 3.5, 4.5]).set_axis(pd.Index([7, 3, 9, 1], name="source_row"))
    kept = put_frame_aside(frame)
    pd.testing.assert_frame_equal(kept, frame)
    assert not aside.lacks(arrow(kept["name"]))
    again = put_frame_aside(kept.assign(more=frame["name"]))
    assert (
        again["name"].array.__arrow_array__().chunk(0).buffers()[2].address
        == arrow(kept["name"]).chunk(0).buffers()[2].address
    )
    assert again.columns.tolist() == ["name", "n", "yes", "plain", "more"]


@pytest.mark.parametrize(("rows", "parts"), [(0, [0]), (1, [1]), (2, [2]), (5, [2, 2, 1])])
def test_the_parts_of_a_frame_are_all_of_it(rows, parts, aside):
    frame = put_frame_aside(users_frame({"email": [f"ann{at}@example.org" for at in range(rows)]}))
    found = list(parts_of(frame, 2))
    assert list(map(len, found)) == parts
    pd.testing.assert_frame_equal(pd.concat(found), frame)
