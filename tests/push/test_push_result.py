import json
from pathlib import Path

from passage_kit.push.journal_queries import OUTCOMES
from passage_kit.push.push_result import PushResult, failures_frame


def result(**given) -> PushResult:
    outcomes = {"created": 8, "existing": 1, "updated": 0, "adopted": 0, "failed": 1, "unknown": 0}
    usual = {
        "host": "api.passage.id",
        "app_id": "app",
        "key_from": ".env (PASSAGE_API_KEY)",
        "dry_run": False,
        "users": 10,
        "outcomes": outcomes,
        "to_send": 9,
        "seconds": 12.0,
        "codes": {"identifier_conflict": 1},
        "notes": ("Look.",),
        "failures": failures_frame([(3, "failed", "identifier_conflict")]),
        "passage_ids": Path("out/passage_ids.csv"),
    }
    return PushResult(**{**usual, **given})


def test_a_person_reads_target_key_counts_time_and_reasons():
    text = result().to_text()
    assert "api.passage.id, app app, with the key from .env (PASSAGE_API_KEY)" in text
    assert "10: 8 created, 1 exist already, 1 failed" in text
    assert "12 s for 9 of them" in text
    assert "identifier_conflict 1. The email belongs to one Passage user" in text
    assert text == repr(result())


def test_a_dry_run_speaks_of_what_would_be():
    text = result(dry_run=True).to_text()
    assert "8 would be created, 1 exist already, 1 fail" in text
    assert "about 12 s" in text


def test_a_machine_reads_plain_values():
    summary = json.loads(json.dumps(result().summary()))
    assert (summary["created"], summary["codes"], summary["passage_ids"]) == (
        8,
        {"identifier_conflict": 1},
        str(Path("out/passage_ids.csv")),
    )


def test_complete_is_when_everybody_has_an_id():
    assert not result().complete
    assert result(outcomes={**dict.fromkeys(OUTCOMES, 0), "created": 8, "existing": 1, "adopted": 1}).complete


def test_failures_have_their_types_even_when_there_are_none():
    assert (
        failures_frame([]).dtypes.astype(str).tolist()
        == failures_frame([(1, "failed", None)]).dtypes.astype(str).tolist()
    )


def test_why_users_are_adopted_and_what_they_lack_is_said():
    outcomes = {**dict.fromkeys(OUTCOMES, 0), "created": 7, "adopted": 3}
    text = result(outcomes=outcomes, adopted_lacking=2, adopted_not_compared=1).to_text()
    assert "7 created, 3 adopted" in text
    assert "3 adopted: they have the prepared identifiers, but an answer was lost" in text
    assert "2 adopted users lack the prepared metadata: --on-existing update sends it." in text
    assert "1 adopted users were not compared" in text
    assert "adopted" not in result().to_text()
