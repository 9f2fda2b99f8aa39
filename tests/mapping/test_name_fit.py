"""Names of columns against the names of a target: the exact one first, never somebody else's."""

import pytest

from passage_kit.columns.column_names import IDENTIFIER_NAMES, keys_of
from passage_kit.mapping.name_fit import another_ones, name_fit, plain_words

GROUPS = {target: tuple(keys_of(group) for group in groups) for target, groups in IDENTIFIER_NAMES.items()}
ENOUGH = 0.6


def fit(target, name):
    return name_fit(name, GROUPS[target]).confidence


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("email", ["email", "profile.email", "user_email", "work_email", "Email 2", "backup_email"]),
        ("email", ["E-Mail", "E-Mail (privat)", "E-Mail geschäftlich", "E-Mail 2", "zweite E-Mail", "alte E-Mail"]),
        ("email", ["emails.primary email", "emails.other email"]),
        ("email", ["primaryEmail", "userEmail", "recoveryEmail"]),
        ("phone", ["Mobile", "phone", "user_phone", "Work Mobile", "Home Phone", "phone 2", "emergency_phone"]),
        ("phone", ["MOBILEPHONE", "WORKPHONE", "SPOUSEPHONE"]),
        ("phone", ["Handy", "Telefon", "Telefon privat", "Telefon dienstlich", "Notfall-Telefon"]),
        ("phone", ["携帯電話", "電話番号", "勤務先電話番号", "緊急電話番号"]),
        ("phone", ["celular", "teléfono", "teléfono trabajo", "teléfono de emergencia"]),
    ],
)
def test_the_better_name_comes_first(target, names):
    confidences = [fit(target, name) for name in names]
    assert confidences == sorted(confidences, reverse=True)
    assert len(set(confidences)) == len(names)


@pytest.mark.parametrize(
    "name",
    [
        "Manager Email", "manager.email", "emergency_contact.email", "Spouse E-Mail", "invoice_email",
        "Rechnungs-E-Mail", "partner_email", "Attributes.custom:partner_email", "old_email", "former mail",
        "email_new_unverified", "e-mail du responsable", "correo del jefe", "email genitore", "support email",
        "created_by.email",
        "organization.email", "ouders e-mail", "emails.other email", "secondary_email", "recoveryEmail", "REPLYTOEMAIL",
        "Asst. Email", "Branch Email", "HR E-Mail", "Neighbour's email",
    ],
)  # fmt: skip
def test_another_persons_or_a_second_address_is_not_taken(name):
    assert fit("email", name) < ENOUGH


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("email", "mailing list"), ("email", "Mailbox size"), ("email", "female"), ("phone", "telefax"),
        ("phone", "phonetic name"), ("phone", "hotel"), ("phone", "Mobility"), ("phone", "excel"), ("email", ""),
    ],
)  # fmt: skip
def test_other_words_do_not_fit(target, name):
    assert fit(target, name) == 0


def test_a_lower_number_wins():
    assert fit("phone", "phone1") == fit("phone", "phone") > fit("phone", "phone2") > fit("phone", "phone3")


def test_words_with_humps_capitals_and_digits():
    assert plain_words("userEMailAddress2") == ("user", "e", "mail", "address", "2")
    assert plain_words("HTTPServer") == ("http", "server")


@pytest.mark.parametrize(
    "names",
    [
        ("contact.emails.primary", "contact.emails.backup"), ("emails.personal", "emails.work"),
        ("email.main", "email.secondary"), ("emails.work", "emails.manager"), ("emailAddresses.primary", "mail.old"),
    ],
)  # fmt: skip
def test_qualifiers_are_the_names_of_an_objects_values(names):
    first, other = (fit("email", name) for name in names)
    assert first > max(ENOUGH, other)


@pytest.mark.parametrize("name", ["primary", "billing.primary", "email.verified", "email.bounced_at", "plans.primary"])
def test_a_qualifier_of_something_else_is_no_email(name):
    assert fit("email", name) < ENOUGH


def test_a_prefix_of_several_words_says_whose_value_it_is():
    assert fit("email", "Contact: Email") > ENOUGH > fit("email", "Account Owner: Email")
    assert fit("email", "custom:email") == fit("email", "Lead: Email") == fit("email", "email")


def test_words_of_other_people_are_known_without_a_name_of_an_identifier():
    assert [another_ones(name) for name in ("Owner", "created_by", "Emergency", "Chef")] == [
        "owner", "created", "emergency", "chef",
    ]  # fmt: skip
    assert all(
        map(another_ones, ("緊急連絡先", "비상 연락처", "Entered by", "Erstellt von", "Kundenbetreuer", "営業担当"))
    )
    assert all(map(another_ones, ("Télécopie", "Faks", "Факс", "팩스", "传真", "Jabber", "Blocked numbers")))
    assert another_ones("Login") == another_ones("Kontakt") == another_ones("column 2") == ""


@pytest.mark.parametrize(
    "name",
    [
        "Anya mobil", "Veli Cep Telefonu", "Telefon matki", "Huoltajan puhelin", "推荐人手机", "보호자 전화",
        "비상 전화", "家长电话", "הורים טלפון", "Guarantor Cell", "Mobil apoderado", "Κινητό μητέρας",
    ],
)  # fmt: skip
def test_the_phone_of_a_parent_or_guarantor_is_nobody_elses_in_any_language(name):
    assert fit("phone", name) < ENOUGH


@pytest.mark.parametrize("name", ["الجوال", "رقم الجوال", "Telefonszám", "Κινητό", "Số điện thoại", "No HP", "มือถือ"])
def test_a_phone_is_known_by_its_name_in_more_languages(name):
    assert fit("phone", name) > 0.9
