"""Accounts that are companies, beside accounts that are a person's own."""

import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.mapping.company_columns import company_columns
from passage_kit.mapping.suggest import suggest_mapping

EMAILS = ["anna@example.org", "bo@example.com", "cy@example.net"]
PHONES = ["+1 212 555 0101", "(212) 555-0102", "+49 30 901820"]
WORDS = ["Ann", "Bo", "Cy"]


@pytest.mark.parametrize(
    "names",
    [
        ["FirstName", "Account.Name", "Account.Phone"],
        ["First Name", "Account Name", "Account Phone"],
        ["contact.last_name", "account.name", "account.phone"],
        ["Name", "Account: Name", "Account: Phone"],
    ],
)
def test_the_account_of_a_contact_is_a_company(names):
    assert company_columns(names) == set(names[1:])
    mapping = suggest_mapping(users_frame({names[0]: WORDS, names[1]: WORDS, names[2]: PHONES, "Email": EMAILS}))
    assert mapping.to_dict() == {"email": "Email"}


def test_key_and_state_of_a_company_are_nobodys():
    columns = {
        "Account ID": ["A1", "A2", "A3"],
        "Account Name": ["Acme", "Bolt", "Core"],
        "Account Status": ["Active", "Closed", "Active"],
        "Contact ID": ["C1", "C2", "C3"],
        "First Name": WORDS,
        "Email": EMAILS,
    }
    assert suggest_mapping(users_frame(columns)).to_dict() == {"email": "Email", "source_key": "Contact ID"}
    del columns["Account Name"]
    assert suggest_mapping(users_frame(columns)).to_dict()["account_state"] == "Account Status"


@pytest.mark.parametrize(
    "names",
    [
        ["account.first_name", "account.name", "account.phone"],
        ["first_name", "account_phone"],
        ["account_name", "account_phone"],
        ["accountant name", "First name", "phone"],
    ],
)
def test_an_account_is_a_persons_own_without_signs_of_a_company(names):
    assert company_columns(names) == set()


@pytest.mark.parametrize(
    "name",
    [
        "Company Phone",
        "Store Phone",
        "Salon phone",
        "Technical Contact Phone",
        "billing.contact.phone",
        "Téléphone agence",
    ],
)
def test_a_phone_of_another_thing_is_not_taken_for_the_persons(name):
    assert suggest_mapping(users_frame({"Email": EMAILS, name: PHONES})).to_dict() == {"email": "Email"}
