"""Judges of metadata texts: a column in parts is judged as in one, by the evidence of all parts."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns import spool, text_parts
from passage_kit.columns.users_frame import users_frame
from passage_kit.metadata.field_values import normalize_values
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.value_judges import boolean_words, judge_of

TYPES = ("boolean", "date", "email", "integer", "phone", "string")
TEXTS = {
    "boolean": ["yes", "NO ", "maybe", "2024-01-05 10:00:00", "1704067200"],
    "date": ["31/01/1980", "03/04/2024", "01/31/1980", "2024-01-31", "1704067200", "1704067200000", "3.4.", "soon"],
    "email": ["Ann@example.org", "ann@", "bo@gmail.com "],
    "integer": ["007", "1.0", "12", "many"],
    "phone": ["(415) 555-2671", "14155552671", "1"],
    "string": ["Oslo", " Oslo", "K&ouml;ln", "JosÃ©", "x" * 30],
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
def test_parts_of_any_size_give_the_same(kind: str, data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.none() | st.sampled_from(TEXTS[kind]), max_size=9))
    users = users_frame({"x": texts})
    schema = MetadataSchema([MetadataField("x", type=kind, **({"max_length": 20} if kind == "string" else {}))])
    whole, expected = normalize_values(users, schema, default_region="US")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "PARTITION", data.draw(st.integers(1, 4)))
        patch.setattr(text_parts, "LARGEST_PART", data.draw(st.sampled_from([1, 1 << 29])))
        parts, found = normalize_values(users, schema, default_region="US")
    pd.testing.assert_frame_equal(parts, whole)
    order = ["source_row", "field", "code"]
    pd.testing.assert_frame_equal(
        found.sort_values(order, ignore_index=True), expected.sort_values(order, ignore_index=True)
    )


def judge(kind: str, *parts: list[str | None], **rules: object):
    columns = [pa.array(part, pa.string()) for part in parts]
    return judge_of(
        MetadataField("x", type=kind, **rules),
        lambda: [column.drop_null() for column in columns],
        fast_paths=True,
        date_order=None,
        words=boolean_words({}),
        thousands=None,
        numeric_dates=None,
    )


def test_one_part_proves_the_order_of_day_and_month_for_the_others() -> None:
    proven = judge("date", ["03/04/2024"], ["31/01/1980"])
    assert proven.judge(pa.chunked_array([["03/04/2024"]])).forms.to_pylist() == ["2024-04-03"]
    open_order = judge("date", ["03/04/2024"], ["2024-01-31"])
    judged = open_order.judge(pa.chunked_array([["03/04/2024"]]))
    assert (judged.forms.to_pylist(), judged.code.to_pylist()) == ([None], ["date_ambiguous"])


def test_a_word_in_one_part_makes_times_in_another_no_booleans() -> None:
    moments = judge("boolean", ["2024-01-05 10:00:00"], ["2024-02-05"])
    assert moments.of_all == ("boolean_from_moment", "{blanks}")
    assert moments.judge(pa.chunked_array([["2024-02-05", None]])).forms.to_pylist() == ["true", "false"]
    words = judge("boolean", ["2024-01-05 10:00:00"], ["yes"])
    assert words.of_all is None
    assert words.judge(pa.chunked_array([["2024-01-05 10:00:00", "yes"]])).forms.to_pylist() == [None, "true"]


def test_a_choice_in_another_case_and_a_blank() -> None:
    chosen = judge("string", choices=("free", "pro"))
    judged = chosen.judge(pa.chunked_array([["FREE", None, "gold", "pro"]]))
    assert judged.forms.to_pylist() == ["free", None, None, "pro"]
    assert judged.said.tolist() == [True, False, True, False]
    assert judged.code.to_pylist() == ["value_normalized", "value_not_allowed"]
