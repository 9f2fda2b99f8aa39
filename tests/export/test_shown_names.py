import pytest

from passage_kit.export.shown_names import ShownNames, shown_name


@pytest.mark.parametrize("name", ["E-Mail", "@type", "Phone 2", "plan_2024", "Straße", "202-555"])
def test_a_plain_name_is_shown_as_it_is(name):
    assert shown_name(name) == name
    assert ShownNames([name]).show(name) == name


@pytest.mark.parametrize("name", ["ann@example.org", "of ann@example.org", "tel. 202 555 0143", "2 0 2 5 5 5 0 1 4 3"])
def test_a_name_that_holds_an_identifier_is_masked(name):
    assert "ann@" not in shown_name(name)
    assert "0143" not in shown_name(name) or "*" in shown_name(name)
    assert shown_name(name) != name


def test_a_date_or_a_long_number_within_words_does_not_make_the_header_a_user():
    names = ShownNames(["2024-01-31", "backup 20240131", "Plan"])
    assert names.show("Plan") == "Plan"


def test_a_target_of_the_kit_keeps_its_name_even_if_the_header_is_a_user():
    names = ShownNames(["ann@example.org", "email", "Ann"])
    assert [names.show(name) for name in ("email", "Ann", "ann")] == ["email", "column 3", "column 3"]


def test_a_count_is_not_taken_for_a_name():
    names = ShownNames(["ann@example.org", "7", "Ann"])
    assert [names.show_word(text) for text in ("7", "Ann", "line 1000000")] == ["7", "column 3", "line 1000000"]
