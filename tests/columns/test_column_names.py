import pytest

from passage_kit.columns.column_names import (
    HELPERS,
    IDENTIFIERS,
    PEOPLE,
    is_own_file,
    keys_of,
    name_key,
    name_words,
    tidy_name,
)


@pytest.mark.parametrize(
    ("name", "key"),
    [("E-Mail", "email"), ("Téléphone n°", "telephonen"), ("メールアドレス", "メールアトレス"), ("__", "")],
)
def test_names_are_compared_without_case_accents_and_punctuation(name, key):
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("name", "words"),
    [("emailVerified", ("email", "verified")), ("user_email.2", ("user", "email", "2")), ("Cust No", ("cust", "no"))],
)
def test_names_are_split_at_punctuation_and_humps(name, words):
    assert name_words(name) == words


@pytest.mark.parametrize(
    "name", ["\ufeffE-Mail", " E-Mail\u00a0", "\u200bE-Mail\n", "E\u00adMail".replace("\u00ad", "-")]
)
def test_tidy_name(name):
    assert tidy_name(name) == "E-Mail"


def test_no_name_stands_for_two_targets():
    keys = [key for names in {**IDENTIFIERS, **HELPERS}.values() for key in keys_of(names)]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_no_name_stands_for_two_fields():
    keys = [key for names in PEOPLE.values() for key in keys_of(names)]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_only_files_of_the_kit_are_its_own():
    assert is_own_file(["source_row", "source_key", "disposition", "survivor_row", "codes"])
    assert not is_own_file(["source_row", "email", "phone"])
