"""The kit against exports whose right answer is known by construction: no false rejection, no false merge, no miss."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from known_answers import DEFAULT_REGION, Export, differences, make_export
from renderings import BAD_EMAILS, BAD_PHONES, COUNTRIES, EMAIL_RENDERINGS, INTERNATIONAL, NATIONAL

from passage_kit.columns.parallel import PIECE
from passage_kit.preparation.run import prepare

RULES = ["first", "complete", "last"]
export_of = cache(make_export)


def assert_right(export: Export, source: object, rule: str) -> None:
    prepared = prepare(source, default_region=DEFAULT_REGION, survivor=rule)
    wrong = differences(export, rule, prepared.users, prepared.ledger)
    assert not wrong, wrong


@pytest.mark.few(3)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(6))
def test_two_thousand_rows_come_out_right(seed: int, rule: str) -> None:
    export = export_of(2_000, seed=seed)
    assert_right(export, export.raw, rule)


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_twenty_thousand_rows_come_out_right(rule: str) -> None:
    export = export_of(20_000, seed=100)
    assert_right(export, export.raw, rule)


@pytest.mark.slow
def test_a_column_of_several_pieces_comes_out_right() -> None:
    export = make_export(PIECE + 5_000, seed=200)
    assert_right(export, export.raw, "complete")


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
def test_a_file_comes_out_as_the_frame_does(tmp_path: Path, encoding: str, delimiter: str) -> None:
    export = export_of(2_000, seed=300)
    path = export.write_csv(tmp_path / "users.csv", encoding=encoding, delimiter=delimiter)
    assert_right(export, path, "complete")


def test_the_answer_accounts_for_every_row() -> None:
    export = export_of(2_000, seed=0)
    for rule in RULES:
        answer = export.answer(rule)
        kept = answer[answer["disposition"] == "kept"]
        assert list(answer.index) == list(range(1, 2_001))
        assert set(answer["disposition"]) == {"kept", "absorbed", "rejected"}
        assert set(answer["survivor_row"].dropna()) <= set(kept.index)
        assert kept["email"].dropna().is_unique
        assert kept["phone"].dropna().is_unique
        assert kept[["email", "phone"]].notna().any(axis=1).all()


def test_the_same_seed_makes_the_same_export() -> None:
    assert make_export(500, seed=7).cells == make_export(500, seed=7).cells
    assert make_export(500, seed=7).cells != make_export(500, seed=8).cells


@pytest.mark.slow
def test_exports_are_varied() -> None:
    export = make_export(20_000, seed=1)
    assert len(EMAIL_RENDERINGS) >= 30
    assert len(NATIONAL) + len(INTERNATIONAL) >= 30
    assert len(COUNTRIES) >= 18
    assert len({row.kind for row in export.rows}) >= 15
    cells = [row.cells for row in export.rows]
    assert {email for email, _, _ in cells} >= set(BAD_EMAILS)
    assert {phone for _, phone, _ in cells} >= set(BAD_PHONES)


@pytest.mark.parametrize("email", BAD_EMAILS)
def test_a_bad_email_is_one_to_the_library_or_stands_for_none(email: str) -> None:
    if email.lower().startswith(("noreply@", "no-reply@", "test@test.")):
        return
    with pytest.raises(EmailNotValidError):
        validate_email(email, check_deliverability=False)


def test_a_wrong_disposition_email_or_phone_is_told_apart() -> None:
    export = make_export(2_000, seed=9)
    right = export.answer("first")
    users = right.loc[right["disposition"] == "kept", ["email", "phone"]]
    ledger = right[["disposition", "survivor_row"]].assign(codes="")
    assert differences(export, "first", users, ledger) == ""
    with_phone = users.index[users["phone"].notna()][0]
    absorbed = right.index[right["disposition"] == "absorbed"][0]
    lost_phone = users.assign(phone=users["phone"].mask(users.index == with_phone))
    kept = ledger.assign(disposition=ledger["disposition"].mask(ledger.index == absorbed, "kept"))
    assert f"row {with_phone} " in differences(export, "first", lost_phone, ledger)
    assert f"row {absorbed} " in differences(export, "first", users, kept)
    assert "1 of 2000 rows differ" in differences(export, "first", users.drop(index=with_phone), ledger)
