"""What is to become of every row: each row one state, each state counted once."""

import pytest
from servers import an_id, execute, ids_of, make_users, written

from passage_kit.writeback.passage_ids import read_passage_ids
from passage_kit.writeback.planned_changes import Choices, plan_write_back
from passage_kit.writeback.table_rows import Preparation
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import UsersTable


@pytest.mark.parametrize(
    ("choices", "states"),
    [
        (Choices(overwrite=False, share=False), ["right", "different", "set", "without", "different"]),
        (Choices(overwrite=True, share=False), ["right", "set", "set", "without", "different"]),
        (Choices(overwrite=False, share=True), ["right", "different", "set", "without", "set"]),
    ],
)
def test_every_row_has_one_state(application, choices, states):
    make_users(application, [(number, None, None) for number in range(1, 6)])
    execute(
        application,
        "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)",
        f"UPDATE users SET passage_id = '{an_id(1)}' WHERE id = 1",
        f"UPDATE users SET passage_id = '{an_id(9)}' WHERE id = 2",
    )
    ids = ids_of(1, 2, 3, 5)
    ids.loc[3, "passage_id"] = an_id(9)  # which is on row 2
    with UsersDatabase(written(application)) as database:
        planned = plan_write_back(database, UsersTable("users"), read_passage_ids(ids), Preparation(), choices)
    result = planned.result
    assert result.rows.sort_values("id")["state"].tolist() == states
    assert sum(result.counts[state] for state in ("set", "right", "different", "without")) == len(result.rows) == 5
    assert result.without_id["reason"].tolist() == ["no_passage_id"]
