"""Evidence that a workspace has: what is newer than what."""

import datetime as dt
import json
import os

import pytest

import passage_kit as pk
from passage_kit.cutover.evidence import exported_users, of_drift, of_verification, of_write_back
from passage_kit.writeback.run_record import Run, RunRecord


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "out").mkdir()
    return pk.Workspace(tmp_path)


def verified(workspace, at, **said):
    text = json.dumps({"verified": at, "ok": True, "users": 2, "same": 2, "rehearsal": False, **said})
    (workspace.out / "verification.json").write_text(text)


def test_a_verification_before_the_last_push_is_to_be_done_again(workspace):
    ids = workspace.out / "passage_ids.csv"
    ids.write_text("")
    os.utime(ids, (1_764_500_000, 1_764_500_000))
    before, after = (dt.datetime.fromtimestamp(1_764_500_000 + more, dt.UTC).isoformat() for more in (-60, 60))
    verified(workspace, after)
    assert of_verification(workspace).state == "done"
    verified(workspace, before)
    assert of_verification(workspace).state == "again"
    verified(workspace, after, rehearsal=True)
    assert of_verification(workspace).state == "rehearsed"
    verified(workspace, after, ok=False, same=1)
    assert of_verification(workspace).state == "open"


def test_an_interrupted_write_back_is_open(workspace):
    with RunRecord(workspace.folder) as record:
        run = record.begin(Run("sqlite app.db", "users", "passage_id", ("id",)))
        record.add(run, [("[1]", None, "IdA")])
        assert of_write_back(workspace, "passage_id").evidence == "the last write-back was interrupted after 1 row"
        record.end(run)
    assert of_write_back(workspace, "passage_id").state == "done"
    assert of_write_back(workspace, "other").state == "open"


def test_a_write_back_before_the_last_push_is_to_be_done_again(workspace):
    """Its ids may be those of another push, such as a rehearsal."""
    with RunRecord(workspace.folder) as record:
        run = record.begin(Run("sqlite app.db", "users", "passage_id", ("id",)))
        record.add(run, [("[1]", None, "IdA")])
        record.end(run)
    ended = of_write_back(workspace, "passage_id").at.timestamp()
    ids = workspace.out / "passage_ids.csv"
    ids.write_text("")
    for pushed, state in ((ended - 60, "done"), (ended + 60, "again")):
        os.utime(ids, (pushed, pushed))
        check = of_write_back(workspace, "passage_id")
        assert (check.state, bool(check.next_step)) == (state, state == "again")


def test_a_drift_check_without_drift_is_done(workspace):
    said = {"checked": "2026-11-30T05:00:00+00:00", "drift": False, "rows": 3, "in_step": 3}
    (workspace.out / "drift.json").write_text(json.dumps(said))
    check = of_drift(workspace)
    assert (check.state, check.evidence) == ("done", "3 of 3 rows in step with Passage")
    assert check.at == dt.datetime(2026, 11, 30, 5, tzinfo=dt.UTC)


def test_nobody_is_exported_at_first(workspace):
    assert exported_users(workspace) is None


def test_a_drift_check_says_what_is_to_be_mended_where_and_what_was_left_out(workspace):
    said = {"drift": True, "rows": 9, "in_step": 1, "known": {"absorbed": 2, "rejected": 1, "withheld": 5}}
    said |= {"checked": "2026-11-30T05:00:00+00:00", "sides": {"table": 3, "passage": 0, "decide": 2}}
    (workspace.out / "drift.json").write_text(json.dumps(said))
    assert of_drift(workspace).evidence == (
        "1 of 9 rows in step with Passage, 3 left out on purpose; to mend: 3 in your table, 2 for you to decide"
    )


def test_a_drift_check_before_the_last_push_is_to_be_done_again(workspace):
    (workspace.out / "passage_ids.csv").write_text("")
    said = {"checked": "2025-11-30T05:00:00+00:00", "drift": False, "rows": 1, "in_step": 1}
    (workspace.out / "drift.json").write_text(json.dumps(said))
    check = of_drift(workspace)
    assert (check.state, check.evidence) == ("again", "1 of 1 row in step with Passage, before the last push")


@pytest.mark.parametrize(
    "said",
    ["[]", "null", '{"known": null}', '{"rows": "3"}', '{"drift": true, "sides": {"nobody": 1}}', '{"in_step": 1.5}'],
)
def test_a_note_of_another_form_is_said_with_its_name(said, workspace):
    (workspace.out / "drift.json").write_text(said)
    with pytest.raises(pk.PlanError, match=r"drift\.json .* Remove it"):
        of_drift(workspace)


def test_a_moment_without_a_zone_is_in_utc(workspace):
    (workspace.out / "passage_ids.csv").write_text("")
    (workspace.out / "drift.json").write_text('{"checked": "2026-01-31T05:00:00", "drift": false, "rows": 1}')
    assert of_drift(workspace).at == dt.datetime(2026, 1, 31, 5, tzinfo=dt.UTC)
