"""Emails and phones of a users frame together."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import MappingError, OptionError
from passage_kit.findings.findings import collect_findings, in_row_order
from passage_kit.identifiers.emails import CROWDED_ROWS, count_addresses, judge_emails
from passage_kit.identifiers.identifiers import IdentifierEvidence, normalize_identifiers, normalize_part
from passage_kit.identifiers.phones.phones import plus_evidence


@pytest.fixture
def users():
    return users_frame(
        {
            "email": ["Anna@Example.org", "bob@example.org", "carl@", "dora@example.org", "eve(at)example"],
            "phone": ["(201) 555-0123", None, "+44 7400 123456", "0171 392000 01 / 030 23125001", "12"],
            "region": ["US", "DE", "", "DE", None],
            "city": ["Hoboken", "Bonn", "Bath", "Bern", "Brno"],
        }
    )


def test_both_identifiers_are_normalized_and_a_bad_one_does_not_lose_a_person(users):
    before = users.copy(deep=True)
    normal, findings = normalize_identifiers(users, default_region="US")
    assert normal["email"].fillna("").to_list() == ["anna@example.org", "bob@example.org", "", "dora@example.org", ""]
    assert normal["phone"].fillna("").to_list() == ["+12015550123", "", "+447400123456", "", ""]
    assert list(zip(findings["source_row"], findings["field"], findings["code"], strict=True)) == [
        (1, "email", "email_normalized"),
        (3, "email", "email_invalid"),
        (5, "email", "email_invalid"),
        (1, "phone", "phone_normalized"),
        (3, "phone", "phone_normalized"),
        (4, "phone", "phone_multiple"),
        (5, "phone", "phone_invalid"),
    ]
    assert users.equals(before)
    assert normal[["region", "city"]].equals(users[["region", "city"]])
    assert normal.columns.equals(users.columns)
    assert normal.index.equals(users.index)


def test_strict_rejects_the_rows_instead(users):
    normal, findings = normalize_identifiers(users, default_region="US", strict=True)
    assert normal.index.to_list() == [1, 2]
    rejected = findings[findings["effect"] == "rejected"]
    assert sorted(rejected["source_row"].unique()) == [3, 4, 5]
    assert "withheld" not in findings["effect"].to_list()
    assert normal["phone"].isna().to_list() == [False, True]


@pytest.mark.parametrize("column", ["email", "phone"])
def test_one_identifier_is_enough(users, column):
    normal, findings = normalize_identifiers(users[[column]], default_region="US")
    assert normal.columns.to_list() == [column]
    assert findings["field"].unique().tolist() == [column]


def test_without_identifier_there_is_nothing_to_do(users):
    with pytest.raises(MappingError, match=r"found the columns \['region', 'city'\], expected email, phone or both"):
        normalize_identifiers(users[["region", "city"]])


def test_options_reach_the_rules(users):
    rows = users_frame({"email": ["anna@shop.test"], "phone": ["(201) 555-0123"]})
    assert normalize_identifiers(rows)[1]["code"].to_list() == ["email_invalid", "phone_no_region"]
    normal, _ = normalize_identifiers(rows, default_region="United States", allow_special_use=True)
    assert normal.to_numpy().tolist() == [["anna@shop.test", "+12015550123"]]
    with pytest.raises(OptionError, match="found 'Atlantis'"):
        normalize_identifiers(rows, default_region="Atlantis")


def test_a_frame_without_rows():
    normal, findings = normalize_identifiers(users_frame({"email": [], "phone": [], "region": []}))
    assert normal.empty
    assert findings.empty


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Anna@Example.org", "bob@example.org", "carl@", "n/a", None]),
            st.sampled_from(["(201) 555-0123", "+447400123456", "0171 39200 01", "12345", "1.4E+10", "-", None]),
            st.sampled_from(["US", "Deutschland", "Oz", None]),
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_normalizing_again_changes_nothing(rows, strict):
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    users = users_frame(dict(zip(("email", "phone", "region"), columns, strict=True)))
    normal, findings = normalize_identifiers(users, default_region="GB", strict=strict)
    again, more = normalize_identifiers(normal, default_region="GB", strict=strict)
    assert again.equals(normal)
    assert set(more["effect"]) <= {"warning"}
    rejected = set(findings.loc[findings["effect"] == "rejected", "source_row"])
    assert set(users.index) - set(normal.index) == (rejected if strict else set())


def test_a_part_is_normalized_by_the_evidence_of_the_whole_list():
    emails = [f"ann{row}@example.org" for row in range(40)]
    emails[::2] = ["info@example.org"] * 20
    phones = [None, "447400123456"] * 20
    phones[3] = "447400123457"
    users = users_frame({"email": emails, "phone": phones})
    whole, findings = normalize_identifiers(users, default_region="US")
    parts = [users.iloc[:3], users.iloc[3:]]
    counted = Counter()
    for part in parts:
        addresses, rows = count_addresses(judge_emails(part["email"]))
        counted.update(dict(zip(addresses.to_pylist(), rows.to_pylist(), strict=True)))
    crowds = {address: rows for address, rows in counted.items() if rows >= CROWDED_ROWS}
    plus = plus_evidence(parts[0]["phone"], default_region="US") + plus_evidence(parts[1]["phone"], default_region="US")
    judged = [
        normalize_part(
            part,
            default_region="US",
            lost_plus=None,
            allow_special_use=False,
            strict=False,
            fast_paths=True,
            evidence=IdentifierEvidence(crowds, plus),
        )
        for part in parts
    ]
    pd.testing.assert_frame_equal(pd.concat([part for part, _ in judged]), whole, check_index_type=False)
    said = in_row_order(collect_findings(found for _, found in judged))
    of_rows = [frame[frame["source_row"].notna()].reset_index(drop=True) for frame in (said, in_row_order(findings))]
    pd.testing.assert_frame_equal(*of_rows)
