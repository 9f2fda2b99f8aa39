"""What is found about a value is said in one language: phrases of the library that judges addresses, too."""

import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import make_findings
from passage_kit.identifiers.identifiers import normalize_identifiers
from passage_kit.translations import speaking
from passage_kit.widgets.verdicts import verdicts_of

WRONG = ["a", "a@", "@b.org", "a@b", "a@@b.org", "a@b..org", ".a@b.org", "a.@b.org", "a@b.c_d.org", "a b@c.org"]


def said_of(email: str) -> str:
    _, findings = normalize_identifiers(users_frame({"email": [email], "phone": [None]}))
    return verdicts_of(findings)[0]["text"]


@pytest.mark.parametrize("email", WRONG)
def test_the_usual_sentences_of_the_library_are_said_in_another_language(email):
    english = said_of(email)
    assert english.startswith("This is not an email address. ")
    with speaking("de"):
        german = said_of(email)
    assert german.startswith("Das ist keine E-Mail-Adresse. ")
    assert english.removeprefix("This is not an email address. ").removesuffix(".") not in german


def test_an_unusual_one_is_left_out_in_another_language():
    assert "IP address" in said_of("a@[192.0.2.1]")
    with speaking("de"):
        assert said_of("a@[192.0.2.1]") == "Das ist keine E-Mail-Adresse."


def test_a_message_of_a_persons_own_is_kept():
    found = make_findings([1], field="code", value=["x"], code="value_pattern", argument=["A code is C and six digits"])
    with speaking("de"):
        assert verdicts_of(found)[0]["text"].endswith(" A code is C and six digits.")


def test_two_readings_are_joined_in_the_language_of_the_reader():
    readings = {"argument": "2024-04-03 or 2024-03-04", "value": "03/04/2024"}
    found = make_findings([1], field="born", code="date_ambiguous", **readings)
    assert verdicts_of(found)[0]["text"].endswith(" 2024-04-03 or 2024-03-04.")
    for language, word in {"de": "oder", "fr": "ou", "es": "o", "pt_BR": "ou"}.items():
        with speaking(language):
            assert verdicts_of(found)[0]["text"].endswith(f" 2024-04-03 {word} 2024-03-04.")
