"""The result of a drift check as text, as JSON and as columns."""

import datetime as dt
import json
from pathlib import Path

from passage_kit.drift.comparison import Difference
from passage_kit.drift.result import COLUMNS, Drift, described

DIFFERENCE = Difference("1", "IdA", "differs", "email", "ann@old.org", "ann@new.org", "table", 1, "[1]")
MOMENT = dt.datetime(2026, 11, 30, 5, 0, tzinfo=dt.UTC)


def drift(**counts):
    given = {"rows": 5, "users": 4, "in_step": 2, "drifting": 2, "known": {"absorbed": 1, "rejected": 0, "withheld": 0}}
    kinds = {("differs", "table"): 1, ("status", "decide"): 1}
    return Drift(
        **{**given, "kinds": kinds, **counts}, table="users in app.db", path=Path("m/out/drift.csv"), checked=MOMENT
    )


def test_the_text_has_each_kind_with_its_side_and_the_file():
    said = drift().to_text()
    assert "1  differs (mend the table)" in said
    assert "1  status (to decide)" in said
    assert "1  absorbed" in said
    assert "rejected" not in said
    assert said.endswith("Each of them: m/out/drift.csv")


def test_the_summary_counts_by_side():
    found = json.loads(drift().to_json())
    assert found["sides"] == {"table": 1, "passage": 0, "decide": 1}
    assert found["checked"] == "2026-11-30T05:00:00+00:00"
    assert found["drift"]
    assert drift(kinds={}).none


def test_the_columns_come_some_rows_at_a_time():
    parts = list(described(iter([DIFFERENCE] * 5), 2))
    assert [len(part["key"]) for part in parts] == [2, 2, 1]
    assert tuple(parts[0]) == COLUMNS
    assert parts[0]["next_step"][0].startswith("Update the side")


def test_without_a_difference_there_is_a_header():
    [part] = described(iter(()), 2)
    assert {name: values for name, values in part.items() if values} == {}
