"""What options touch: the counts are those of the preparation that would run with them."""

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.preparation import options_preview
from passage_kit.preparation.options_preview import OptionsPreview, preview_options
from passage_kit.workspace.options import Options

SCHEMA = MetadataSchema(
    [
        MetadataField("born", type="date", friendly_name="Born"),
        MetadataField("vip", type="boolean"),
        MetadataField("city"),
    ]
)


@pytest.fixture(scope="module")
def sample():
    schema = MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml"))
    raw = pk.read_users(bundled("sample_data/legacy_users.csv"))
    return pk.apply_mapping(raw, pk.suggest_mapping(raw, schema)), schema


def users(**columns):
    count = len(next(iter(columns.values())))
    emails = [f"user{number}@example.org" for number in range(count)]
    return users_frame({"email": emails, "phone": [None] * count, **columns})


def said(frame, name, options=None):
    return OptionsPreview(frame, SCHEMA).touched(name, options or Options())


def test_the_country_column():
    touched = said(users(region=["Germany", "Atlantis", None, "US"]), "region_column")
    assert touched == (
        2,
        "2 rows name a country, 1 name none that is known. "
        "Say which country their words mean under Change values in 01.",
    )
    assert said(users(city=["a"]), "region_column") == (0, "No column names the country of a row.")


def test_the_default_country_decides_about_phones_without_one():
    frame = users(phone=["0171 2345678", "0171 2345679", "12", "+14155552671"])
    assert said(frame, "default_region") == (3, "3 rows have a phone without a country: withheld.")
    touched = said(frame, "default_region", Options(default_region="DE"))
    assert touched == (3, "3 rows have a phone without a country: 2 are valid with this one, 1 is withheld.")
    assert said(users(phone=["+14155552671"]), "default_region").rows == 0


def test_digits_without_a_plus_are_counted_by_the_way_they_are_read():
    frame = users_frame({"phone": ["447400123456", "2015550123", "4155552671"]})
    preview = OptionsPreview(frame, SCHEMA, lost_plus="likely")
    assert preview.touched("lost_plus", Options()) == (2, "2 numbers are read with a + before them.")
    assert preview.touched("lost_plus", Options(lost_plus=False)) == (
        0,
        "No phone would be another one with a + before it.",
    )
    at_home = preview.touched("lost_plus", Options(lost_plus=False, default_region="US"))
    assert at_home == (1, "1 number is read without a +, though it would be another one with it.")
    unclear = preview.touched("lost_plus", Options(default_region="US"))
    assert unclear == (1, "1 row has a number that may be read either way: withheld.")
    assert preview.touched("default_region", Options(default_region="US")).rows == 1


def test_a_phone_in_common_with_an_unreadable_email_is_counted_as_shared():
    frame = users_frame({"email": ["ann@example.org", "ben@"], "phone": ["+14155552671"] * 2})
    assert said(frame, "survivor").rows == 0
    assert said(frame, "shared_phone").rows == 2


def test_bare_numbers_of_dates_are_shown_as_days_of_excel_and_asked_about():
    frame = users(born=["45123", "1981-03-02", " 45124 "])
    asked = said(frame, "numeric_dates")
    assert (asked.rows, asked.says) == (
        2,
        "2 rows have a bare number for a date, such as 45123. As Excel counts days, that is 16 July 2023. "
        "2 are withheld.",
    )
    assert said(frame, "numeric_dates", Options(numeric_dates="excel")).says.endswith("that is 16 July 2023.")
    assert said(users(born=["soon"]), "numeric_dates") == (0, "No date is a bare number.")
    assert said(users(city=["7"]), "numeric_dates").rows == 0


def test_the_date_order_shows_the_evidence_of_each_column():
    frame = users(born=["31/01/1980", "02/03/1981", "2000-01-01"], order=["1/2/2024", "1/2/2024", None])
    assert said(frame, "date_order") == (
        0,
        "Born: 1 can only be day first, 1 may be either. Order: 2 may be either. 0 rows have a date withheld.",
    )
    assert said(frame, "date_order", Options(date_order="MDY")).rows == 1
    assert said(users(born=["2/3/1981", "soon"]), "date_order").rows == 2
    assert said(users(city=["a"]), "date_order").says == "There is no column of dates."


def test_the_words_that_are_not_understood_are_listed():
    frame = users(vip=["oui", "Oui ", "non", "yes"])
    assert said(frame, "boolean_words") == (3, "Neither yes nor no: oui (2), non (1). Withheld in 3 rows.")
    words = Options(boolean_words={"oui": True, "non": False})
    assert said(frame, "boolean_words", words) == (0, "Every word is understood.")
    assert said(users(city=["a"]), "boolean_words").rows == 0


def test_closed_accounts_are_counted_by_their_state():
    frame = users(account_state=["deleted", "active", "SUSPENDED", "deleted", "A", None])
    closed = "3 rows have a closed account (2 deleted, 1 suspended)"
    going_on = f"{closed}: go on. 1 row has a word that is not known: 'A' in 1 row."
    assert said(frame, "inactive") == (3, going_on)
    assert ": are rejected. " in said(frame, "inactive", Options(inactive="reject")).says
    assert said(users(account_state=["active"]), "inactive") == (0, "0 rows have a closed account.")
    assert said(users(city=["a"]), "inactive") == (0, "No column says whether an account is closed.")


def test_who_is_left_out_as_closed_is_no_duplicate():
    frame = users(email=["a@example.org"] * 2, account_state=["active", "banned"])
    assert said(frame, "survivor").rows == 1
    assert said(frame, "survivor", Options(inactive="reject")).rows == 0


def test_strictness_rejects_rows_with_a_bad_value():
    frame = users(born=["soon", None], vip=["maybe", "yes"])
    assert (
        said(frame, "strict").says == "1 row has a bad value; strict rejects the row instead of withholding the value."
    )
    assert said(frame, "strict", Options(strict=True)) == (1, "1 row with a bad value is rejected.")


def test_the_rule_for_survivors():
    frame = users(email=["a@example.org"] * 2 + ["b@example.org"], city=["Oslo", None, None])
    assert said(frame, "survivor") == (1, "1 row is absorbed into another of the same person.")
    last = said(frame, "survivor", Options(survivor="last"))
    assert last == (
        1,
        "1 row is absorbed into another of the same person. 1 times another row stays than by the usual rule.",
    )


@pytest.mark.parametrize(
    ("choice", "rows", "says"),
    [
        ("withhold", 2, "2 rows have a phone that people with different emails share: it is withheld."),
        ("survivor", 1, "1 row has a phone that is left to another person who has it, too."),
        ("merge", 1, "1 row is absorbed into a person with another email, because of a shared phone."),
        ("reject", 2, "2 rows are rejected, because people with different emails share the phone."),
    ],
)
def test_what_becomes_of_shared_phones(choice, rows, says):
    frame = users(phone=["+14155552671", "+14155552671", None])
    assert said(frame, "shared_phone", Options(shared_phone=choice)) == (rows, says)
    assert said(users(phone=["+14155552671"]), "shared_phone", Options(shared_phone=choice)).rows == 0


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(default_region="US", survivor="newest", shared_phone="merge"),
        Options(strict=True, shared_phone="reject", date_order="DMY"),
        Options(shared_phone="survivor", boolean_words={"ja": True}),
    ],
)
def test_the_counts_are_those_of_the_preparation(sample, options):
    frame, schema = sample
    table = preview_options(frame, schema, options)
    prepared = pk.prepare(bundled("sample_data/legacy_users.csv"), schema=schema, **options.to_dict())
    codes = prepared.findings.groupby("code")["source_row"].nunique()
    assert table.loc["boolean_words", "rows"] == codes.get("boolean_invalid", 0)
    shared = "merged_by_phone" if options.shared_phone == "merge" else "shared_phone"
    assert table.loc["shared_phone", "rows"] == codes.get(shared, 0)
    merged = prepared.findings["code"].isin(["duplicate_email", "duplicate_phone", "merged_by_phone"])
    assert table.loc["survivor", "rows"] == prepared.findings.loc[merged, "source_row"].nunique()
    if options.strict:
        bad = prepared.findings["code"].map(lambda code: CODES[code].effect).eq("withheld")
        rejected = prepared.findings["effect"].eq("rejected") & prepared.findings["code"].ne("shared_phone")
        assert table.loc["strict", "rows"] == prepared.findings.loc[bad & rejected, "source_row"].nunique() > 0


def test_a_step_is_kept_until_what_it_depends_on_changes(monkeypatch):
    calls = []
    normalize = options_preview.normalize_identifiers
    monkeypatch.setattr(
        options_preview, "normalize_identifiers", lambda *given, **more: calls.append(more) or normalize(*given, **more)
    )
    preview = OptionsPreview(users(city=["a", "b"]), SCHEMA)
    for options in (Options(), Options(survivor="last"), Options(strict=True), Options(shared_phone="reject")):
        for name in preview.names:
            preview.touched(name, options)
    assert len(calls) == 1
    preview.touched("strict", Options(default_region="US"))
    assert len(calls) == 2


def test_decisions_are_taken_into_account():
    decisions = pd.DataFrame({"rows": ["1 2"], "decision": ["apart"], "survivor_row": [None], "note": [None]})
    frame = users(email=["a@example.org", "a@example.org"], phone=["+14155552671", "+14155552672"])
    assert OptionsPreview(frame, SCHEMA, decisions).touched("survivor", Options()).rows == 0
