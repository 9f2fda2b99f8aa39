"""One cell of emails; the rules are tested as users see them, in test_emails."""

import pytest
from email_validator import EmailNotValidError

from passage_kit.identifiers import email_cells
from passage_kit.identifiers.email_cells import EmailVerdict, Library, judge_cell


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        (" 'Ann' <Ann@Example.org>, ", EmailVerdict("ann@example.org")),
        ("ann@example.org / ann@example.org", EmailVerdict("ann@example.org")),
        ("ann@example.org / bo@example.org", EmailVerdict(None, "email_multiple", "2 addresses")),
        ("keine E-Mail", EmailVerdict(None, "email_placeholder")),
        ("ann", EmailVerdict(None, "email_invalid", "no @-sign")),
        ("\u200b ", EmailVerdict(None)),
    ],
)
def test_verdict(cell, verdict):
    assert judge_cell(cell, Library(allow_special_use=False)) == verdict


def test_a_domain_is_shown_to_the_library_once(monkeypatch):
    library = Library(allow_special_use=False)
    assert library.domain("bücher.example") == ("xn--bcher-kva.example", len("xn--bcher-kva.example"))
    monkeypatch.setattr(email_cells, "validate_email", None)
    assert library.normal_form("ann@bücher.example") == "ann@xn--bcher-kva.example"


def test_a_refusal_is_remembered():
    library = Library(allow_special_use=False)
    for _ in range(2):
        with pytest.raises(EmailNotValidError, match="special-use"):
            library.domain("shop.test")
