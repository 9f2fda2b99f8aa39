from passage_kit.push.undo_result import UndoResult

COUNTS = dict.fromkeys(("adopted", "deleted", "signed_in", "spared", "changed", "failed", "gone"), 0)


def result(*, dry_run=False, created=3, **counts):
    return UndoResult(host="127.0.0.1", app_id="app", dry_run=dry_run, created=created, **(COUNTS | counts))


def test_it_says_how_many_would_be_and_were_deleted():
    assert result(dry_run=True, deleted=3).to_text().endswith("at 127.0.0.1: 3 would be deleted.")
    assert result(deleted=2, gone=1).to_text().endswith("2 deleted, 1 were gone already.")


def test_it_is_complete_when_only_those_are_left_whom_its_rules_spare():
    assert result(deleted=2, spared=1, signed_in=1).complete
    assert not result(deleted=2, failed=1).complete
    assert not result(deleted=2, spared=1, changed=1).complete
    assert "then run the same command again" in result(failed=1).to_text()


def test_adopted_users_are_said_with_the_way_to_delete_them():
    assert "--include-adopted" in result(deleted=2, adopted=1, spared=1).to_text()
    known = {"host": "127.0.0.1", "app_id": "app", "dry_run": False, "created": 3, "complete": True}
    assert result(adopted=1).summary() == COUNTS | known | {"adopted": 1}
