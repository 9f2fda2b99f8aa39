"""The one promise: no row vanishes. Generated exports, every option, and what has to hold of every result."""

import pandas as pd
import phonenumbers
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField

SCHEMA = MetadataSchema(
    [
        MetadataField("name", max_length=12),
        MetadataField("vip", type="boolean"),
        MetadataField("born", type="date"),
        MetadataField("plan", choices=("free", "pro"), registration=True),
    ]
)
MAPPING = {
    "email": "mail", "phone": "tel", "name": "name", "vip": "vip", "born": "born", "plan": "plan",
    "source_key": "id", "region": "land", "order": "seen",
}  # fmt: skip

emails = st.sampled_from(
    ["ann@example.org", " ANN@Example.org", "Ann <ann@example.org>", "bo@example.com", "bo@example.com;cy@example.net",
     "cy@example.net", "cy+news@example.net", "n/a", "bo@", "", None]
)  # fmt: skip
phones = st.sampled_from(
    ["(415) 555-2671", "+1 415 555 2671", "0171 2345678", "+49 171 2345678", "1.41555E+10", "415 555 2671 x5",
     "0000000000", "12", "", None]
)  # fmt: skip
rows = st.fixed_dictionaries(
    {
        "id": st.integers(1, 99).map(str),
        "mail": emails,
        "tel": phones,
        "land": st.sampled_from(["US", "Deutschland", "Atlantis", None]),
        "name": st.sampled_from(["Ann", "Bo", " Cy ", "A name that is too long", None]),
        "vip": st.sampled_from(["yes", "0", "perhaps", None]),
        "born": st.sampled_from(["1980-02-29", "31/12/1999", "01/02/2003", "1999-02-30", None]),
        "plan": st.sampled_from(["free", "free", "PRO", "gold", None]),
        "seen": st.sampled_from(["2024-01-01", "2024-02-01T10:00:00", "often", None]),
    }
)
exports = st.lists(rows, min_size=1, max_size=12).map(
    lambda entries: users_frame({name: [entry[name] for entry in entries] for name in entries[0]})
)
options = st.fixed_dictionaries(
    {
        "survivor": st.sampled_from(["complete", "first", "last", "newest", "oldest"]),
        "shared_phone": st.sampled_from(["withhold", "survivor", "merge", "reject"]),
        "strict": st.booleans(),
        "identifiers_only": st.booleans(),
    }
)


def prepared_of(raw: pd.DataFrame, **chosen) -> pk.Prepared:
    return pk.prepare(raw, schema=SCHEMA, mapping=MAPPING, default_region="US", **chosen)


@given(exports, options, st.randoms(use_true_random=False))
def test_what_holds_of_every_run(raw, chosen, random):
    prepared = prepared_of(raw, **chosen)
    every_row_ends_once_and_every_survivor_is_kept(raw, prepared)
    what_goes_out_can_sign_in_and_is_unique(prepared, MetadataSchema() if chosen["identifiers_only"] else SCHEMA)
    every_value_that_is_gone_has_a_finding(raw, prepared)
    nobody_is_merged_across_emails_unasked(raw, prepared, asked=chosen["shared_phone"] == "merge")
    preparing_the_result_again_changes_nothing(prepared, chosen)
    the_order_of_the_rows_decides_nothing(raw, prepared, chosen, random)


def every_row_ends_once_and_every_survivor_is_kept(raw: pd.DataFrame, prepared: pk.Prepared) -> None:
    assert prepared.ledger.index.equals(raw.index)
    assert set(prepared.ledger["disposition"]) <= {"kept", "absorbed", "rejected"}
    kept = prepared.ledger.index[prepared.ledger["disposition"] == "kept"]
    assert list(prepared.users.index) == list(kept)
    absorbed = prepared.ledger[prepared.ledger["disposition"] == "absorbed"]
    assert absorbed["survivor_row"].isin(kept).all()
    assert (prepared.ledger.loc[prepared.ledger["disposition"] == "rejected", "codes"] != "").all()


def what_goes_out_can_sign_in_and_is_unique(prepared: pk.Prepared, schema: MetadataSchema) -> None:
    users = prepared.users
    assert (users["email"].notna() | users["phone"].notna()).all()
    assert users["email"].dropna().is_unique
    assert users["phone"].dropna().is_unique
    for email in users["email"].dropna():
        assert validate_email(email, check_deliverability=False)
    for phone in users["phone"].dropna():
        number = phonenumbers.parse(phone)
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == phone
    pk.build_schema(schema).validate(users)


def every_value_that_is_gone_has_a_finding(raw: pd.DataFrame, prepared: pk.Prepared) -> None:
    for target, column in (("email", "mail"), ("phone", "tel")):
        for row in prepared.users.index:
            before, after = raw.loc[row, column], prepared.users.loc[row, target]
            if isinstance(before, str) and before.strip() and (pd.isna(after) or after != before):
                about = prepared.findings[
                    (prepared.findings["source_row"] == row) & (prepared.findings["field"] == target)
                ]
                assert set(about["effect"]) & {"changed", "withheld"}, (before, after)


def preparing_the_result_again_changes_nothing(prepared: pk.Prepared, chosen: dict) -> None:
    first = prepared.users
    if first.empty:
        return
    text = first.astype(TEXT)
    columns = [name for name in MAPPING if name in text]
    again = pk.prepare(text, schema=SCHEMA, mapping={name: name for name in columns}, default_region="US", **chosen)
    assert (again.ledger["disposition"] == "kept").all()
    pd.testing.assert_frame_equal(again.users, first, check_index_type=False)


def the_order_of_the_rows_decides_nothing(raw: pd.DataFrame, prepared: pk.Prepared, chosen: dict, random) -> None:
    shuffled = prepared_of(raw.loc[random.sample(raw.index.tolist(), len(raw))], **chosen)
    pd.testing.assert_frame_equal(prepared.users, shuffled.users.sort_index(), check_index_type=False)


def nobody_is_merged_across_emails_unasked(raw: pd.DataFrame, prepared: pk.Prepared, *, asked: bool) -> None:
    """Nobody has several emails, unless each of them has a phone in common with another one, and that was asked for."""
    several = rows_of_people_with_several_emails(raw, prepared)
    if not asked:
        assert several.empty
    pairs = several.dropna().drop_duplicates()
    linked = pairs[pairs.duplicated(["person", "phone"], keep=False)]
    assert set(linked["email"]) == set(several["email"].dropna())


def rows_of_people_with_several_emails(raw: pd.DataFrame, prepared: pk.Prepared) -> pd.DataFrame:
    """Give the person, email and phone of every row, absorbed ones included, of people who have several emails."""
    mapped = pk.apply_mapping(raw, pk.FieldMapping(MAPPING))
    own = pk.normalize_identifiers(mapped, default_region="US")[0][["email", "phone"]]
    rows = own.assign(person=prepared.ledger["survivor_row"].fillna(prepared.ledger.index.to_series()))
    return rows[rows.groupby("person")["email"].transform("nunique") > 1]


def test_people_with_one_phone_are_merged_across_emails_only_when_asked():
    row = {"id": "1", "land": "US", "name": None, "vip": None, "born": None, "plan": "free", "seen": None}
    rows = [{**row, "mail": mail, "tel": "+14155552671"} for mail in ("ann@example.org", "bo@example.com", None)]
    raw = users_frame({name: [each[name] for each in rows] for name in rows[0]})
    asked, unasked = (prepared_of(raw, shared_phone=choice) for choice in ("merge", "withhold"))
    merged = rows_of_people_with_several_emails(raw, asked)
    assert merged["email"].dropna().tolist() == ["ann@example.org", "bo@example.com"]
    assert rows_of_people_with_several_emails(raw, unasked).empty
    assert (asked.funnel.absorbed, unasked.funnel.absorbed) == (2, 0)


def test_the_counts_of_the_funnel_are_those_of_the_ledger():
    raw = users_frame({"mail": ["a@example.org", "A@example.org", "b@", "c@example.org"], "tel": [None] * 4})
    funnel = pk.prepare(raw).funnel
    assert funnel.adds_up
    assert (funnel.read, funnel.exported, funnel.absorbed, funnel.rejected) == (4, 2, 1, 1)
