"""The hash of a frame tells what it holds, and nothing else."""

import pandas as pd
import pytest

from passage_kit.columns.users_frame import arrow, users_frame
from passage_kit.workspace import frame_hash
from passage_kit.workspace.frame_hash import hash_columns, hash_frame

CELLS = {"email": ["ann@example.org", None, "Zoë", "", "e"], "city": ["a", "b", None, None, "c"]}


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_columns_in_parts_have_the_hash_of_the_frame(monkeypatch, at_once, size):
    monkeypatch.setattr(frame_hash, "_AT_ONCE", at_once)
    users = users_frame(CELLS)

    def parts_of(name):
        return [arrow(users[name])[at : at + size] for at in range(0, len(users), size)]

    assert hash_columns([*CELLS], pd.RangeIndex(1, 6), parts_of) == hash_frame(users)


@pytest.mark.parametrize(
    "change",
    [{"email": ["ann@example.org", "Z", "oë", "", "e"]}, {"city": ["ab", "", None, None, "c"]}, {"more": ["x"] * 5}],
)
def test_what_differs_has_another_hash(change):
    assert hash_frame(users_frame(CELLS | change)) != hash_frame(users_frame(CELLS))
    assert hash_frame(users_frame(CELLS).iloc[1:]) != hash_frame(users_frame(CELLS).iloc[:-1])
