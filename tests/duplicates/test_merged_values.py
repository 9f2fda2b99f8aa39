"""The survivor keeps its own values, takes what it lacks, and says what is lost."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.clusters import Clusters
from passage_kit.duplicates.merged_values import merge_values
from passage_kit.findings.findings import describe_findings

USERS = users_frame(
    {
        "email": ["anna@example.org", "ben@example.org", "anna@example.org", "anna@example.org"],
        "phone": [None, None, "+14155550101", "+14155550102"],
        "city": ["Lyon", None, "Oslo", "Lyon"],
        "region": [None, "FR", "NO", None],
    }
)
ANNA = Clusters(rows=np.array([0, 2, 3]), survivor=np.array([0, 0, 0]), number=np.array([0, 0, 0]))


def test_the_first_value_there_is_fills_a_blank():
    merged, _ = merge_values(USERS, ANNA)
    assert merged.index.tolist() == [1, 2]
    assert merged.loc[1, ["email", "phone", "city"]].tolist() == ["anna@example.org", "+14155550101", "Lyon"]


def test_what_was_filled_and_what_is_lost_is_said():
    _, findings = merge_values(USERS, ANNA)
    said = describe_findings(findings)[["source_row", "field", "code", "detail"]].values.tolist()
    assert said == [
        [1, "phone", "value_filled", "from row 3"],
        [4, "phone", "conflicting_value", "row 1 keeps +14155550101"],
        [3, "city", "conflicting_value", "row 1 keeps Lyon"],
    ]


def test_a_helper_is_left_alone():
    merged, _ = merge_values(USERS, ANNA)
    assert merged["region"].isna().tolist() == [True, False]


def test_where_nobody_is_merged_everything_stays():
    nobody = np.array([], dtype=np.int64)
    merged, findings = merge_values(USERS, Clusters(nobody, nobody, nobody))
    assert merged.equals(USERS)
    assert findings.empty


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, "Lyon", "Oslo"])), min_size=1, max_size=9))
@example([("a", None), ("a", None), ("b", "Oslo"), ("b", "Lyon")])
def test_everybody_takes_the_first_value_of_their_own_rows_and_nobody_elses(entries):
    users = users_frame({"city": [city for _, city in entries]})
    cities = dict(zip(users.index, (city for _, city in entries), strict=True))
    rows_of = {}
    for row, (person, _) in zip(users.index, entries, strict=True):
        rows_of.setdefault(person, []).append(row)
    merged, findings = merge_values(users, clusters_of([rows for rows in rows_of.values() if len(rows) > 1]))
    stays = {rows[0]: next(((row, cities[row]) for row in rows if cities[row]), None) for rows in rows_of.values()}
    expected = {row: value[1] if value else None for row, value in stays.items()}
    assert merged["city"].astype(object).where(merged["city"].notna(), None).to_dict() == dict(sorted(expected.items()))
    said = {code: set(found["source_row"]) for code, found in findings.groupby("code")}
    assert said.get("value_filled", set()) == {row for row, value in stays.items() if value and value[0] != row}
    assert said.get("conflicting_value", set()) == {
        row for rows in rows_of.values() for row in rows if cities[row] not in (None, expected[rows[0]])
    }


def clusters_of(several):
    """Make the clusters of lists of rows (from 1), the survivor of each first."""
    rows, survivors, numbers = (
        [row - 1 for rows in several for row in rows],
        [rows[0] - 1 for rows in several for _ in rows],
        [number for number, rows in enumerate(several) for _ in rows],
    )
    return Clusters(*(np.array(column, dtype=np.int64) for column in (rows, survivors, numbers)))
