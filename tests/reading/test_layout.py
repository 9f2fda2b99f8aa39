"""What a layout says of columns."""

import pytest

from passage_kit.reading.layout import Layout, column_key

LAYOUT = Layout(
    name="acme",
    title="Acme",
    link="https://example.org",
    signs=(("uid", "Login Name"), ("uid", "login name", "mail")),
    email=("mail", "login name"),
    fields={"first name": ("vorname",)},
    secrets=("PIN Code",),
)


def test_the_longest_set_of_signs_that_is_there_counts():
    assert LAYOUT.matched({"uid", "loginname"}) == 2
    assert LAYOUT.matched({"uid", "loginname", "mail", "else"}) == 3
    assert LAYOUT.matched({"uid", "mail"}) == 0


def test_all_columns_are_known():
    assert LAYOUT.columns == {"uid", "loginname", "mail", "vorname", "pincode"}


def test_secrets_are_known_in_any_case():
    assert LAYOUT.holds_secrets(" pin  CODE")
    assert not LAYOUT.holds_secrets("mail")


@pytest.mark.parametrize(("target", "columns"), [("email", ("mail", "login name")), ("phone", ()), ("plan", ())])
def test_columns_of_a_target_come_in_their_order(target, columns):
    assert LAYOUT.columns_of(target) == columns


def test_names_are_compared_without_white_space_around():
    assert column_key("\ufeffE-Mail ") == column_key("e-mail")


@pytest.mark.parametrize("name", ["email_verified", "emailVerified", "email-verified", "Email Verified"])
def test_names_are_compared_without_their_convention(name):
    assert column_key(name) == "emailverified"


def test_dots_of_a_path_stay():
    assert column_key("user.created_at") == "user.createdat"
