"""The table of planned changes: every row of the users table is in it, with its id or the reason why it gets none."""

import pandas as pd
import pytest

from passage_kit.translations import speaking
from passage_kit.widgets.planned_rows import ROWS_PER_PAGE, PlannedRows
from passage_kit.writeback.matching import REASONS
from passage_kit.writeback.writeback_result import WriteBack

NAMES = ("key", "passage_id", "current", "state", "matched_by", "reason", "codes")
ROWS = [
    ("1", "id-1", None, "set", "key", None, None),
    ("2", "id-2", "id-2", "right", "email", None, None),
    ("3", "id-3", "id-9", "different", "phone", None, None),
    ("4", "id-4", None, "different", "key", "id_on_another_row", None),
    ("5", None, None, "without", None, "rejected", "email_invalid"),
]
LOST = pd.DataFrame(
    {"source_key": ["6"], "email": ["f@example.org"], "passage_id": ["id-6"], "reason": ["no_row"]}, dtype="string"
)


def result_of(rows: list[tuple], *, dry_run: bool = True) -> WriteBack:
    return WriteBack(pd.DataFrame(rows, columns=NAMES, dtype="string"), LOST, ("A", "B"), "users", dry_run)


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def changes(complaints):
    made = PlannedRows(complaints.append)
    made.tell(result_of(ROWS))
    return made


def test_each_kind_has_its_count_and_what_one_asks_of_it(changes):
    counts = {kind["says"]: kind["count"] for kind in changes.shown["kinds"]}
    assert counts == {
        "To be set": 1,
        "Already right": 1,
        "Other id: left alone": 2,
        "Skipped: no id": 1,
        "Ids without a row": 1,
    }
    assert (changes.shown["columns"], changes.shown["rows"]) == (
        ["key", "Passage id", "Found by"],
        [["1", "id-1", "Source key"]],
    )
    assert changes.shown["sql"] == "A;\nB"
    wanted = {
        "right": [["2", "id-2", "Email"]],
        "different": [
            ["3", "id-3", "id-9", "The row has another id, and keeps it."],
            ["4", "id-4", "", REASONS["id_on_another_row"]],
        ],
        "without": [["5", REASONS["rejected"]]],
        "no_row": [["6", "f@example.org", "id-6", REASONS["no_row"]]],
    }
    for kind, rows in wanted.items():
        changes.hear({"do": "view", "with": {"kind": kind}})
        assert changes.shown["rows"] == rows


def test_many_rows_come_page_by_page_and_none_is_missing(changes, complaints):
    many = ROWS_PER_PAGE * 2 + 1
    changes.tell(result_of([(str(at), f"id-{at}", None, "set", "key", None, None) for at in range(many)]))
    seen = []
    for page in range(changes.shown["pages"]):
        changes.hear({"do": "view", "with": {"page": page}})
        assert len(changes.shown["rows"]) <= ROWS_PER_PAGE
        seen += [row[0] for row in changes.shown["rows"]]
    assert seen == [str(at) for at in range(many)]
    changes.hear({"do": "view", "with": {"page": 99}})
    assert changes.shown["page"] == 2
    assert complaints == []
    changes.hear({"do": "view", "with": {"page": "2"}})
    assert len(complaints) == 1


def test_the_first_kind_with_rows_is_shown(changes):
    changes.tell(result_of(ROWS[4:]))
    assert changes.shown["kind"] == "without"
    changes.tell(result_of(ROWS, dry_run=False))
    assert changes.shown["kinds"][0]["says"] == "Set"
    changes.tell(None)
    changes.hear({"do": "view", "with": {"kind": "set"}})
    assert changes.shown["kinds"] == []


def test_nothing_of_a_row_is_in_the_state_that_a_notebook_may_save(changes):
    assert "id-1" not in str(changes.get_state())


def test_reasons_are_said_in_the_language_of_the_reader(complaints):
    with speaking("de"):
        changes = PlannedRows(complaints.append)
        changes.tell(result_of(ROWS[4:]))
    assert changes.shown["rows"][0][1] not in ("", REASONS["rejected"])
