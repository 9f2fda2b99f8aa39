"""What a summary says of closed accounts, warnings and secrets."""

import pandas as pd

from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.findings.ledger import build_ledger
from passage_kit.findings.notices import Notices, count_shared, exported_keys, notices, say_shared_keys
from passage_kit.translations import speaking

READ = users_frame({"email": ["a@example.org"] * 2 + ["b@example.org", "c@example.org"]})


def closed(rows, effect=None):
    return make_findings(rows, field="account_state", code="account_inactive", value="deleted", effect=effect)


def absorbed(row, into):
    return make_findings([row], field="email", code="duplicate_email", other_row=into)


def test_a_person_with_an_open_account_is_not_closed():
    found = collect_findings([closed([2, 3]), absorbed(2, 1)])
    counts = notices(build_ledger(READ.index, READ.loc[[1, 3, 4]], found), found)
    assert (counts.inactive, counts.inactive_left_out) == (1, 0)
    found = collect_findings([closed([1, 2, 3]), absorbed(2, 1)])
    assert notices(build_ledger(READ.index, READ.loc[[1, 3, 4]], found), found).inactive == 2


def test_rows_that_are_left_out_are_counted_apart():
    found = closed([1, 2], "rejected")
    counts = notices(build_ledger(READ.index, READ.loc[[3, 4]], found), found)
    assert (counts.inactive, counts.inactive_left_out, counts.warned) == (0, 2, 0)
    assert "2 rows of closed accounts (deleted, banned, disabled) left out" in counts.to_text()


def test_warnings_are_counted_by_rows_and_kinds_and_secrets_named():
    found = collect_findings(
        [
            closed([3]),
            make_findings([3, 3, 4], field=["phone", "work", "phone"], code="phone_fixed_line"),
            make_findings([1], field="email", code="email_normalized"),
            make_findings([None, None], field=["pwd", "salt"], code="secret_left_out", argument="4"),
        ]
    )
    counts = notices(build_ledger(READ.index, READ, found), found)
    assert (counts.warned, counts.warned_by) == (2, {"phone_fixed_line": 2, "account_inactive": 1})
    assert counts.secrets == ("pwd", "salt")
    assert counts.to_dict() == {
        "inactive": 1,
        "inactive_left_out": 0,
        "warned": 2,
        "warned_by": {"phone_fixed_line": 2, "account_inactive": 1},
        "secrets": ["pwd", "salt"],
        "unknown_states": "",
        "may_say_state": [],
    }
    assert counts.to_text().splitlines() == [
        "Inactive    1 exported user has a closed account (deleted, banned, disabled); inactive=reject leaves them out",
        "Warnings    2 rows",
        "            2 This is a fixed line: no text message reaches it (phone_fixed_line)",
        "            1 The source says that the account is closed: deleted, banned, disabled, suspended or archived "
        "(account_inactive)",
        "Secrets     left out, never written anywhere: pwd, salt",
    ]


def test_nothing_to_say():
    assert notices(build_ledger(READ.index, READ, no_findings()), no_findings()) == Notices()
    assert Notices().to_text() == ""


def test_people_who_share_a_key_are_counted_in_the_language_of_the_reader():
    rows = {"source_key": ["7", "7", "8", "", None, "7"], "disposition": ["kept"] * 5 + ["absorbed"]}
    ledger = pd.DataFrame(rows, dtype="string[pyarrow]")
    shared = count_shared(exported_keys(ledger))
    assert say_shared_keys(shared).startswith("2 exported users share their own id (source_key) with another one")
    with speaking("fr"):
        assert say_shared_keys(shared).startswith("2 utilisateurs exportés partagent leur propre identifiant")
    assert say_shared_keys(count_shared(exported_keys(ledger.drop_duplicates("source_key")))) == ""
