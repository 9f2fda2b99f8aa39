import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.metadata.fields import MetadataField, MetadataSchema

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
