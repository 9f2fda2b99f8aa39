"""What a write-back gives, and how it is written."""

import csv

import pandas as pd
import pytest

from passage_kit.columns.users_frame import TEXT
from passage_kit.writeback.writeback_result import FILES, WriteBack


def text(*values):
    return pd.array(values, dtype=TEXT)


@pytest.fixture
def result():
    rows = pd.DataFrame(
        {
            "id": text("1", "2", "3", "4"),
            "passage_id": text("a", "b", "c", None),
            "current": text(None, "b", "x", None),
            "state": text("set", "right", "different", "without"),
            "matched_by": text("key", "phone", "email", None),
            "reason": text(None, None, None, "absorbed"),
            "codes": text(None, None, None, None),
            "survivor_id": text(None, None, None, "1"),
        }
    )
    unplaced = pd.DataFrame({"passage_id": text("z"), "reason": text("no_row")})
    check = {"users": 3, "right": 2, "different": 1, "without_id": 0, "without_row": 0}
    return WriteBack(rows, unplaced, ("UPDATE",), "users (sqlite://)", dry_run=True, triggers=("t",), check=check)


def test_every_row_is_in_one_frame(result):
    frames = (result.to_set, result.right, result.different, result.without_id)
    assert [frame["id"].tolist() for frame in frames] == [["1"], ["2"], ["3"], ["4"]]
    assert result.by_phone["id"].tolist() == ["2"]
    assert result.to_merge.to_numpy().tolist() == [["4", "1", "absorbed"]]


def test_what_is_said_holds_counts_alone(result):
    assert "1  to be set, 1 of all matches by phone alone" in result.to_text()
    assert "without an id\n           1: The row was absorbed into another row" in result.to_text()
    assert "2 have their id + 1 different + 0 without an id + 0 without a row = 3 users" in result.to_text()
    assert "Triggers that fire for every row: t" in result.to_text()
    assert repr(result).startswith("WriteBack(users (sqlite://), dry_run=True, {'set': 1")
    assert result.summary()["reasons"] == {"absorbed": 1}


def test_the_files(result, tmp_path):
    paths = result.write_files(tmp_path / "out")
    assert tuple(path.name for path in paths) == FILES
    with paths[0].open(encoding="utf-8", newline="") as file:
        assert [row["state"] for row in csv.DictReader(file)] == ["to_set", "right", "different", "without"]
    assert paths[1].read_text(encoding="utf-8").split() == ["id,survivor_id,reason", "4,1,absorbed"]
    assert paths[2].read_text(encoding="utf-8").split() == ["passage_id,reason", "z,no_row"]
