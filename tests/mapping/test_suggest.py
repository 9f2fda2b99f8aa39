import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import MappingError
from passage_kit.mapping.mapped_users import check_decided
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField

EMAILS = ["anna@example.org", "bo@example.com", "cy@example.net"]
PHONES = ["+1 415 555 2671", "(415) 555-2672", "+49 30 901820"]
WORDS = ["red", "green", "blue"]


def suggested(columns, schema=None):
    return suggest_mapping(users_frame(columns), schema).to_dict()


@pytest.mark.parametrize(
    "name",
    [
        "email",
        "E-Mail",
        "EMAIL_ADDRESS",
        "userEmail",
        "Correo electrónico",
        "adresse e-mail",
        "メールアドレス",
        "E-Post",
        "Emial",
    ],
)
def test_an_email_column_is_known_by_its_name(name):
    assert suggested({name: EMAILS, "colour": WORDS})["email"] == name


@pytest.mark.parametrize(
    "name", ["phone", "Mobile No.", "Handy", "Téléphone", "cell_phone", "numero di telefono", "电话"]
)
def test_a_phone_column_is_known_by_its_name(name):
    assert suggested({"email": EMAILS, name: PHONES})["phone"] == name


def test_identifiers_are_known_by_their_values():
    mapping = suggest_mapping(users_frame({"contact a": EMAILS, "contact b": PHONES}))
    assert mapping.to_dict() == {"email": "contact a", "phone": "contact b"}
    assert "100% of the values look like emails" in mapping.suggestions[0].reason


def test_long_numbers_are_not_taken_for_phones():
    assert "phone" not in suggested({"email": EMAILS, "invoice": ["20240001", "20240002", "20240003"]})


def test_a_column_about_emails_is_not_the_email():
    columns = {"email_verified": ["yes", "no", "yes"], "mail": EMAILS, "email_status": WORDS}
    assert suggested(columns)["email"] == "mail"


def test_the_mobile_is_preferred_among_several_phones():
    assert suggested({"email": EMAILS, "Home Phone": PHONES, "Fax": PHONES, "Mobile": PHONES})["phone"] == "Mobile"


def test_metadata_fields_are_known_by_their_own_names_and_in_other_languages():
    schema = MetadataSchema(
        [
            MetadataField("first_name", "First name"),
            MetadataField("born", "Date of birth", type="date"),
            MetadataField("x9"),
        ]
    )
    columns = {
        "email": EMAILS,
        "Vorname": ["A", "B", "C"],
        "DOB": ["1980-01-01", "1981-02-02", "1999-12-31"],
        "X9": WORDS,
    }
    assert suggested(columns, schema) == {"email": "email", "first_name": "Vorname", "born": "DOB", "x9": "X9"}


def test_values_of_another_type_speak_against_a_likely_name():
    schema = MetadataSchema([MetadataField("birth_date", type="date")])
    assert "birth_date" not in suggested({"email": EMAILS, "Geburtstag": ["yes", "no", "yes"]}, schema)


def test_without_a_schema_no_metadata_is_suggested():
    assert suggested({"email": EMAILS, "first_name": WORDS}) == {"email": "email"}


def test_helpers_need_a_name_and_values_that_serve():
    columns = {
        "id": ["1", "2", "3"],
        "email": EMAILS,
        "country": ["DE", "France", "日本"],
        "last_login": ["2024-01-01 10:00:00", "2024-02-01 10:00:00", "2023-01-01 10:00:00"],
    }
    assert suggested(columns) == {"email": "email", "source_key": "id", "region": "country", "order": "last_login"}


@pytest.mark.parametrize(
    ("name", "values"),
    [("id", ["1", "1", "2"]), ("country", ["blue", "green", "red"]), ("last_login", ["often", "never", "once"])],
)
def test_a_helper_whose_values_do_not_serve_is_not_suggested(name, values):
    assert suggested({"email": EMAILS, name: values}) == {"email": "email"}


def test_each_column_serves_one_target():
    schema = MetadataSchema([MetadataField("name"), MetadataField("display_name", "Display name")])
    mapping = suggested({"email": EMAILS, "name": WORDS}, schema)
    assert mapping == {"email": "email", "name": "name"}


def test_every_suggestion_has_a_confidence_and_a_reason():
    for entry in suggest_mapping(users_frame({"mail": EMAILS, "tel": PHONES, "colour": WORDS})).suggestions:
        assert 0 < entry.confidence <= 1
        assert entry.reason


OTHERS = ["x@example.com", "y@example.com", "z@example.com"]


def test_columns_that_fit_equally_well_and_differ_are_undecided():
    mapping = suggest_mapping(users_frame({"login_email": EMAILS, "member_email": OTHERS, "phone": PHONES}))
    assert mapping.to_dict() == {"phone": "phone"}
    assert mapping.undecided == {"email": ("login_email", "member_email")}
    with pytest.raises(MappingError, match="'login_email' and 'member_email' fit email equally well"):
        check_decided(mapping)
    check_decided(mapping.replace(email="member_email"))


@pytest.mark.parametrize("target", ["email", "phone"])
def test_columns_of_one_name_are_a_question_if_they_differ(target):
    cells = {"email": (EMAILS, OTHERS), "phone": (PHONES, PHONES[::-1])}[target]
    again = f"{target} (2)"
    assert suggest_mapping(users_frame({target: cells[0], again: cells[1]})).undecided == {target: (target, again)}
    assert suggested({target: cells[0], again: [None, *cells[0][1:]]}) == {target: target}


def test_a_column_that_has_all_values_of_the_other_is_no_question():
    part = [EMAILS[0].upper(), None, EMAILS[2]]
    assert suggested({"login_email": part, "member_email": EMAILS}) == {"email": "member_email"}


def test_columns_that_complete_each_other_are_a_question():
    columns = {"login_email": [EMAILS[0], None, None], "member_email": [None, *EMAILS[1:]]}
    assert suggest_mapping(users_frame(columns)).undecided == {"email": ("login_email", "member_email")}


def test_a_value_that_every_row_has_is_nobodys():
    assert suggested({"email": ["info@example.org"] * 3, "login": EMAILS}) == {"email": "login"}
    assert (
        suggested({"desk_email": ["a@example.org", "a@example.org", "b@example.org"], "mail": EMAILS})["email"]
        == "mail"
    )


def test_the_exact_phone_stays_the_phone_whatever_some_cells_hold():
    mixed = ["ann@example.org", "bo@example.org", "cy@example.org", "di@example.org", "+1 415 555 2671"]
    assert suggested({"email": [f"{at}@example.org" for at in range(5)], "phone": mixed})["phone"] == "phone"
    assert "phone" not in suggested({"email": EMAILS, "phone": EMAILS})


def test_a_cell_of_json_is_no_address():
    cells = [f'{{"email":"{email}"}}' for email in EMAILS]
    assert suggested({"id": ["1", "2", "3"], "data": cells}) == {"source_key": "id"}


@pytest.mark.parametrize("name", ["Kd.-Nr.", "KdNr", "Kunden-Nr."])
def test_the_number_of_a_customer_is_the_key_under_short_names(name):
    assert suggested({name: ["K-1", "K-2", "K-3"]}) == {"source_key": name}


def test_a_helper_and_a_field_may_share_a_column():
    schema = MetadataSchema([MetadataField("created_at", type="date"), MetadataField("country")])
    columns = {"email": EMAILS, "createdTimestamp": ["2024-01-01", "2024-01-02", "2024-01-03"], "country": ["DE"] * 3}
    assert suggested(columns, schema) == {
        "email": "email", "created_at": "createdTimestamp", "country": "country", "region": "country",
        "order": "createdTimestamp",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["created", "createdAt", "created_time", "createdTimestamp", "insertInstant", "Created On"]
)
def test_moments_are_known_whatever_their_ending(name):
    schema = MetadataSchema([MetadataField("created_at", "Created at", type="date")])
    found = suggested({"email": EMAILS, name: ["2024-01-01", "2024-01-02", "2024-01-03"]}, schema)
    assert found["created_at"] == name


def test_a_persons_own_column_goes_before_one_within_an_object():
    columns = {
        "phone": ["+14155550101", None],
        "meta.phone": [None, "+14155550102"],
        "meta.email": ["a@x.org", "b@x.org"],
    }
    mapping = suggest_mapping(users_frame(columns))
    assert (mapping.to_dict(), mapping.undecided) == ({"email": "meta.email", "phone": "phone"}, {})


@pytest.mark.parametrize("others", ["Vet Email", "Garage Email"])
def test_an_owner_is_asked_about_where_a_word_speaks_against_the_other_column_too(others):
    columns = {others: EMAILS, "Owner Email": EMAILS[::-1]}
    assert suggest_mapping(users_frame(columns)).undecided == {"email": (others, "Owner Email")}
    assert suggested({"Contact Email": EMAILS, "Owner Email": EMAILS[::-1]})["email"] == "Contact Email"


@pytest.mark.parametrize("person", ["customer", "user"])
def test_the_address_of_a_person_within_is_as_good_as_that_of_the_order(person):
    columns = {"id": ["1", "2", "3"], "email": EMAILS, f"{person}.email": EMAILS[::-1], f"{person}.city": WORDS}
    assert suggest_mapping(users_frame(columns)).undecided == {"email": ("email", f"{person}.email")}
    columns[f"{person}.email"] = EMAILS
    assert suggested(columns)["email"] == "email"


def test_an_undecided_field_stays_blank_and_is_no_obstacle():
    schema = MetadataSchema([MetadataField("city")])
    mapping = suggest_mapping(users_frame({"email": EMAILS, "a.city": WORDS, "b.city": WORDS[::-1]}), schema)
    assert (mapping.to_dict(), mapping.undecided) == ({"email": "email"}, {"city": ("a.city", "b.city")})
    check_decided(mapping)


@pytest.mark.parametrize(
    ("better", "other"),
    [
        ("Mobile Phone Number", "Phone Number"),
        ("Mobiltelefonnummer", "Telefonnummer"),
        ("Numéro de téléphone portable", "Numéro de téléphone"),
        ("Tél. mobile", "Téléphone (bureau)"),
        ("Numer telefonu komórkowego", "Numer telefonu"),
    ],
)
def test_a_number_of_a_mobile_goes_before_a_number(better, other):
    assert suggested({other: PHONES[::-1], better: PHONES, "email": EMAILS})["phone"] == better


@pytest.mark.parametrize("name", ["Adresse de messagerie", "Dirección de correo electrónico", "電子メール アドレス"])
def test_a_numbered_address_in_another_language_goes_behind_the_plain_one(name):
    assert suggested({f"{name} 2": EMAILS[::-1], name: EMAILS})["email"] == name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("name", "usernameStatus"),
        ("name", "Middle Name"),
        ("name", "Account Name"),
        ("name", "machine.name"),
        ("name", "default_address.first_name"),
        ("name", "E-mail Display Name"),
        ("company", "organization_id"),
        ("city", "Card Address City"),
        ("username", "login_count"),
        ("plan", "subscription_url"),
    ],
)
def test_the_name_of_another_thing_is_no_field(field, name):
    schema = MetadataSchema([MetadataField(field)])
    assert suggested({"email": EMAILS, name: WORDS}, schema) == {"email": "email"}


@pytest.mark.parametrize("name", ["consentExpiration", "Marketing contact status"])
def test_a_fact_about_a_consent_is_no_consent(name):
    schema = MetadataSchema([MetadataField("newsletter", type="boolean")])
    assert "newsletter" not in suggested({"email": EMAILS, name: ["yes", "no", "no"]}, schema)


@pytest.mark.parametrize(
    ("field", "name", "values"),
    [
        ("first_name", "traits.name.first", WORDS),
        ("last_name", "name.family", WORDS),
        ("email_verified", "human.email.isVerified", ["true", "false", "true"]),
        ("phone_verified", "human.phone.is_verified", ["true", "false", "true"]),
    ],
)
def test_the_last_two_parts_of_a_path_may_be_the_name(field, name, values):
    kind = "boolean" if "verified" in field else "string"
    schema = MetadataSchema([MetadataField(field, type=kind)])
    assert suggested({"email": EMAILS, name: values}, schema)[field] == name


@pytest.mark.parametrize("name", ["Country/Region", "Land/Region", "Pays/Région", "Mailing Country", "MAILINGCOUNTRY"])
def test_the_country_of_an_address_is_the_region(name):
    assert suggested({"email": EMAILS, name: ["DE", "France", "Japan"]})["region"] == name


def test_a_moment_of_a_connection_is_not_the_persons():
    schema = MetadataSchema([MetadataField("created_at", type="date")])
    days = ["2024-01-01", "2024-01-02", "2024-01-03"]
    found = suggested({"email": EMAILS, "user.created_at": days,
                       "user.social_connections.google.created_at": days[::-1]}, schema)  # fmt: skip
    assert found["created_at"] == "user.created_at"


def test_the_persons_own_field_goes_before_one_of_an_object_within():
    schema = MetadataSchema([MetadataField("updated_at", type="date")])
    days = ["2024-01-01", "2024-01-02", "2024-01-03"]
    found = suggested({"email": EMAILS, "credentials.key.updated_at": days[::-1], "updated_at": days}, schema)
    assert found["updated_at"] == "updated_at"


def test_every_column_that_says_the_state_of_the_account_is_taken():
    columns = {
        "email": EMAILS,
        "Status": ["ACTIVE", "SUSPENDED", "ACTIVE"],
        "profile.deleted_at": [None, None, "2024-01-31"],
        "banned_until": [None, None, None],
        "mfa.enabled": ["true", "false", "true"],
        "emails.status": ["ACTIVE", "INACTIVE", "ACTIVE"],
        "state": ["CA", "NY", "TX"],
    }
    assert suggested(columns)["account_state"] == ["Status", "profile.deleted_at", "banned_until"]


def test_a_column_of_a_field_may_say_the_state_of_the_account_too():
    schema = MetadataSchema([MetadataField("blocked", type="boolean")])
    mapping = suggested({"email": EMAILS, "blocked": ["yes", "no", "no"]}, schema)
    assert mapping == {"email": "email", "blocked": "blocked", "account_state": "blocked"}


FIELDS = MetadataSchema(
    [
        MetadataField("company", "Company", "string"), MetadataField("city", "City", "string"),
        MetadataField("name", "Full name", "string"), MetadataField("first_name", "First name", "string"),
        MetadataField("birth_date", "Date of birth", "date"), MetadataField("created_at", "Created at", "date"),
        MetadataField("newsletter", "Newsletter", "boolean"), MetadataField("blocked", "Blocked", "boolean"),
    ]
)  # fmt: skip
WORDS = ["one", "two", "three"]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("company_size", ["1-10", "50-100", "5"]), ("city_of_birth", WORDS), ("company_vat_number", ["1", "2", "3"]),
        ("created_by", WORDS), ("blocked_reason", WORDS), ("newsletter_frequency", ["daily", "weekly", "daily"]),
        ("subscribed_plan", WORDS), ("consentProvidedForMinor", ["yes", "no", "yes"]), ("first_name_kana", WORDS),
        ("context.library.name", WORDS), ("plan.name", WORDS), ("Account.Name", WORDS),
        ("name", ["projects/p/users/1", "projects/p/users/2"] * 2),
    ],
)  # fmt: skip
def test_a_fact_about_a_thing_is_not_the_thing(column, values):
    raw = users_frame({"email": [f"u{number}@example.org" for number in range(len(values))], column: values})
    assert suggest_mapping(raw, FIELDS).to_dict() == {"email": "email"}


@pytest.mark.parametrize(
    ("column", "values", "field"),
    [
        ("company_name", WORDS, "company"), ("City / Town", WORDS, "city"), ("location.city", WORDS, "city"),
        ("user.name", WORDS, "name"), ("newsletter_subscribed", ["yes", "no", "yes"], "newsletter"),
        ("consent_date", ["2024-01-01", "2024-01-02", "2024-01-03"], "newsletter"),
        ("Firma (optional)", WORDS, "company"),
        ("Geburtsdatum (TT.MM.JJJJ)", ["03.02.1980", "25.12.1981", "01.01.1990"], "birth_date"),
    ],
)  # fmt: skip
def test_other_words_leave_the_field_what_it_is(column, values, field):
    raw = users_frame({"email": [f"u{number}@example.org" for number in range(len(values))], column: values})
    assert suggest_mapping(raw, FIELDS).to_dict()[field] == column


def test_the_id_of_a_login_elsewhere_is_not_the_persons():
    raw = users_frame({"objectId": ["o1", "o2"], "authData.facebook.id": ["9", None], "email": ["a@example.org"] * 2})
    assert suggest_mapping(raw)["source_key"].names == ("objectId",)


@pytest.mark.parametrize(
    ("column", "values", "is_region"),
    [
        ("country_code", ["+49", "+1", "+44"], True), ("dial_code", ["+49", "+1", "+44"], True),
        ("country_code", ["49", "1", "44"], True), ("phone_country_code", ["1", "1", "44"], True),
        ("region", ["1", "49", "44"], False), ("country_code", ["2", "3", "49"], False),
    ],
)  # fmt: skip
def test_a_column_of_calling_codes_says_the_country_of_the_phones(column, values, is_region):
    raw = users_frame({"phone": ["7402345678", "4155550132", "15112345678"], column: values})
    assert (suggest_mapping(raw).to_dict().get("region") == column) is is_region


@pytest.mark.parametrize("form", ["emails/{}/value", "emails[{}].value", "emails.{}.value", "emails/{}/address"])
def test_of_the_entries_of_a_list_the_first_counts(form):
    raw = users_frame({form.format(1): ["x@example.org", None], form.format(0): ["a@example.org", "b@example.org"]})
    assert suggest_mapping(raw).to_dict() == {"email": form.format(0)}


def test_what_stands_in_an_object_beside_a_persons_own_value_is_no_equal():
    emails = {"fields.Email": EMAILS, "fields.Owner.email": [*EMAILS[1:], "dee@example.org"]}
    assert suggested(emails)["email"] == "fields.Email"
    apart = {"work.email": EMAILS, "private.email": [*EMAILS[1:], "dee@example.org"]}
    assert suggest_mapping(users_frame(apart)).to_dict() != {"email": "work.email"}


@pytest.mark.parametrize("name", ["Shipping Phone", "delivery.phone", "Lieferadresse Telefon"])
def test_the_phone_of_a_delivery_may_be_the_recipients(name):
    assert "phone" not in suggested({"Email": EMAILS, name: PHONES})


def test_of_two_ends_of_a_message_neither_is_a_users_address():
    assert "email" not in suggested({"From Email Address": EMAILS, "To Email Address": EMAILS[::-1]})


def test_a_user_principal_name_is_no_name_of_a_person():
    schema = MetadataSchema([MetadataField("name", "Full name")])
    assert "name" not in suggested({"mail": EMAILS, "UserPrincipalName": EMAILS[::-1], "colour": WORDS}, schema)


@pytest.mark.parametrize("name", ["Manager", "created_by", "Owner", "Emergency"])
def test_values_under_the_word_for_somebody_else_are_not_the_users_own(name):
    assert suggested({name: EMAILS}) == {}
    assert suggested({"Login": EMAILS, name: PHONES}) == {"email": "Login"}


@pytest.mark.parametrize("name", ["user_birthday", "Joined", "Geburtstag"])
def test_a_day_is_not_taken_for_a_phone_by_its_figures(name):
    days = [" 1- 2-1980", "12-11-1990", " 3- 4-2001"]
    assert suggested({"email": EMAILS, name: days}) == {"email": "email"}


@pytest.mark.parametrize(
    "name", ["Vor- und Nachname", "Nom et prénom", "First and last name", "Ihr Name (Vor- und Nachname)"]
)
def test_a_column_of_both_names_is_neither(name):
    schema = MetadataSchema([MetadataField("first_name"), MetadataField("last_name")])
    assert suggested({"email": EMAILS, name: ["Ann Lee", "Bo Lund", "Cy Dahl"]}, schema) == {"email": "email"}
    whole = suggested(
        {"email": EMAILS, name: ["Ann Lee", "Bo Lund", "Cy Dahl"]}, MetadataSchema([MetadataField("name")])
    )
    assert whole == {"email": "email", "name": name}
