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
        ("ann@example.org / bo@.example", EmailVerdict(None, "email_multiple", "2 addresses")),
        (
            "SMTP:Ann@example.org;smtp:a@example.org;X500:/o=Acme (FY)/cn=4ab;SIP:a@example.org",
            EmailVerdict("ann@example.org"),
        ),
        ("smtp:a@example.org SMTP:ann@example.org", EmailVerdict("ann@example.org")),
        ("smtp:ann@example.org; X500:/o=Acme", EmailVerdict("ann@example.org")),
        ("smtp:a@example.org;smtp:ann@example.org", EmailVerdict(None, "email_multiple", "2 addresses")),
        ("{smtp:a@example.org, SMTP:ann@example.org}", EmailVerdict("ann@example.org")),
        ('["SMTP:ann@example.org","smtp:a@example.org"]', EmailVerdict("ann@example.org")),
        ("SMTP: ann@example.org", EmailVerdict("ann@example.org")),
        ("ann@example.org; smtp:a@example.org", EmailVerdict(None, "email_multiple", "2 addresses")),
        ("SMTP:ann@example.org;bo@example.org", EmailVerdict(None, "email_multiple", "2 addresses")),
        ("SMTP:a@example.org;SMTP:ann@example.org", EmailVerdict(None, "email_multiple", "2 addresses")),
        ("keine E-Mail", EmailVerdict(None, "email_placeholder")),
        ("ann", EmailVerdict(None, "email_invalid", "no @-sign")),
        ("\u200b ", EmailVerdict(None)),
    ],
)
def test_verdict(cell, verdict):
    assert judge_cell(cell, Library(allow_special_use=False)) == verdict


def test_no_space_and_nothing_invisible_at_the_ends_is_part_of_an_address():
    spaces = [character for character in map(chr, range(0x110000)) if character.isspace()]
    invisible = ["\u180e", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"]
    library = Library(allow_special_use=False)
    cells = {character: f"{character}ann@example.org{character}" for character in [*spaces, *invisible]}
    assert len(cells) > 25
    assert [hex(ord(of)) for of, cell in cells.items() if judge_cell(cell, library).form != "ann@example.org"] == []


@pytest.mark.parametrize("domain", ["shop.test", "a.long-name.of.a.shop.test", "mail.local", "x.invalid"])
def test_a_special_name_is_taken_as_it_is_only_to_rehearse(domain):
    assert judge_cell(f"Ann@{domain}", Library(allow_special_use=False)).code == "email_invalid"
    assert judge_cell(f"Ann@{domain}", Library(allow_special_use=True)) == EmailVerdict(f"ann@{domain}")


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
