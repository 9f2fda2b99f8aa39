"""The survivor keeps its own values, takes what it lacks, and says what is lost."""

import numpy as np

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
