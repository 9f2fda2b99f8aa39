"""Answers about whole columns, and those of parts that add up to them."""

import random

import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.mapping.whole_columns import ColumnsOfFrame, of_all_parts

VALUES = ["ann@example.org", "ANN@example.org", " ", None, "bo", "cy_x#EXT#@example.org"]


@pytest.mark.parametrize("seed", range(20))
def test_answers_of_parts_add_up_to_that_of_the_whole(seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    rows, names = chance.randrange(1, 9), ["a", "b", "c"]
    values = VALUES[: chance.randrange(2, 7)]
    raw = users_frame({name: [chance.choice(values) for _ in range(rows)] for name in names})
    size = chance.randrange(1, rows + 1)
    parts = [ColumnsOfFrame(raw.iloc[at : at + size]) for at in range(0, rows, size)]
    whole = ColumnsOfFrame(raw)
    assert of_all_parts((part.covering(names) for part in parts), covering=True) == whole.covering(names)
    others = (part.with_addresses("a", ["b", "c"]) for part in parts)
    assert of_all_parts(others, covering=False) == whole.with_addresses("a", ["b", "c"])


def test_a_column_covers_another_whatever_its_capitals_and_blanks():
    raw = users_frame({"a": ["Ann@x.org ", "bo@x.org"], "b": ["ann@x.org", None], "c": ["ann@x.org", "cy@x.org"]})
    assert ColumnsOfFrame(raw).covering(["a", "b"]) == {"a"}
    assert ColumnsOfFrame(raw).covering(["a", "c"]) == frozenset()
