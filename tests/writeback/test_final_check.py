"""The check at the end: what is raised, and which rows it names."""

import pytest
from servers import an_id, execute, ids_of, make_users, written

from passage_kit.errors import WriteBackError
from passage_kit.writeback.final_check import check_write_back
from passage_kit.writeback.passage_ids import read_passage_ids
from passage_kit.writeback.planned_changes import Choices, plan_write_back
from passage_kit.writeback.table_rows import Preparation
from passage_kit.writeback.users_database import UsersDatabase
from passage_kit.writeback.users_table import UsersTable

THEIRS = f"UPDATE users SET passage_id = '{an_id(9)}' WHERE id = 1"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("statements", "left", "reasons", "counted"),
    [
        ([f"UPDATE users SET passage_id = '{an_id(1)}' WHERE id = 1"], set(), {}, (0, 0)),
        ([], set(), {"not_written": 1}, (1, 0)),
        ([], {0}, {"not_written": 1}, (1, 0)),
        ([THEIRS], {0}, {"changed_meanwhile": 1}, (0, 0)),
        ([THEIRS], set(), {"changed_meanwhile": 1}, (0, 1)),
        (["DELETE FROM users WHERE id = 1"], {0}, {"changed_meanwhile": 1}, (0, 0)),
        ([f"INSERT INTO users (id, passage_id) VALUES (9, '{an_id(1)}')"], {0}, {"changed_meanwhile": 1}, (0, 0)),
    ],
)
def test_why_a_row_has_not_its_id(application, statements, left, reasons, counted):
    make_users(application, [(1, None, None)])
    execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)")
    ids, choices = read_passage_ids(ids_of(1)), Choices(overwrite=False, share=False)
    with UsersDatabase(written(application)) as database:
        planned = plan_write_back(database, UsersTable("users"), ids, Preparation(), choices)
        execute(application, *statements)
        checked = check_write_back(database, planned, ids, left)
    assert checked.result.reasons == reasons
    assert (checked.not_written, checked.lacking) == counted


def test_an_id_that_was_to_be_overwritten_and_was_not(application):
    make_users(application, [(1, None, None)])
    execute(application, "ALTER TABLE users ADD COLUMN passage_id VARCHAR(24)", THEIRS)
    ids = read_passage_ids(ids_of(1))
    with UsersDatabase(written(application)) as database:
        planned = plan_write_back(
            database, UsersTable("users"), ids, Preparation(), Choices(overwrite=True, share=False)
        )
        checked = check_write_back(database, planned, ids, set())
    with pytest.raises(
        WriteBackError, match=r"1 rows of users \(.*\) are left as they were.*Look at not_written in rows\.csv"
    ):
        checked.raise_if_incomplete("rows.csv")
