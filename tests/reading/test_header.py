"""The header: found below titles, never a user taken for one."""

import pytest

from passage_kit.reading.header import find_header, is_identifier

USER = ["Ann", "ann@example.org", "pro"]
NAMES = ["Name", "E-Mail", "Plan"]


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ([], NAMES),
        ([["Our users", "", ""]], NAMES),
        ([["Our users", "January", ""], ["# made by", "x", "y"]], NAMES),
        ([["Users of the shop, by name"], []], NAMES),
        ([], ["Foo", "Bar", "Baz"]),
        ([["Report", "", ""]], ["Foo", "Bar", "Baz"]),
        ([], ["#", "E-Mail", "Plan"]),
        ([], ["", "E-Mail", "Plan"]),
        ([], ["E-Mail", "2023", "2024"]),
        ([], ["#Name", "E-Mail", "Plan"]),
    ],
)
def test_finds_the_header(above, names):
    found = find_header([*above, names, USER, USER])
    assert found is not None
    assert found.position == len(above)


@pytest.mark.parametrize(
    "rows",
    [
        [USER, USER],
        [["17", "Ann", ""], ["18", "bob@example.org", "x"]],
        [["Our users", "", ""], USER, NAMES, USER],
        [USER, NAMES, USER],
        [["Ann", "Smith", ""], USER, USER],
        [["+1 415 555 2671", "Ann"], ["+1 415 555 2672", "Bob"]],
        [["ann@example.org"], ["bob@example.org"]],
        [["ann:$6$saltsalt$kkkkkkkk:19000:0:::"], ["bob:$6$saltsalt$kkkkkkkk:19000:0:::"]],
        [["ann", "$2b$10$kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", "x"], ["bob", "", "y"]],
        [["{email: 'ann@example.org'", " name: 'Ann'}", ""], ["{email: 'bob@example.org'", " name: 'Bob'}", ""]],
        [["module.exports = ["], *[["{email: 'ann@example.org'", " name: 'Ann'}", ""]] * 2, ["];"]],
        [],
    ],
)
def test_a_user_is_never_the_header(rows):
    assert find_header(rows) is None


def test_the_first_of_two_headers_counts():
    assert find_header([NAMES, NAMES, USER]).position == 0


def test_rows_that_begin_with_a_hash_below_the_header_do_not_matter():
    assert find_header([NAMES, ["#1", "x", "y"], USER]).position == 0


def test_single_column():
    assert find_header([["Our users"], ["E-Mail"], ["ann@example.org"]]).position in (0, 1)
    assert find_header([["E-Mail"], ["ann@example.org"]]).position == 0


@pytest.mark.parametrize(
    "cell", ["ann@example.org", "mailto:ann@example.org", "Ann <ann@example.org>", "(415) 555-2671", '"+14155552671"']
)
def test_identifiers(cell):
    assert is_identifier(cell)


@pytest.mark.parametrize("cell", ["E-Mail", "2024-01-31", "12345", "@home", "yes", "", "a@b", "42.0"])
def test_not_identifiers(cell):
    assert not is_identifier(cell)


def test_a_form_has_its_questions_for_names():
    question = "How did you hear about us, and what would you like to tell us about your first order? " * 3
    rows = [
        ["Timestamp", "Email Address", question],
        ["2024-01-02", "ann@example.org", "x"],
        ["", "bo@example.org", ""],
    ]
    assert find_header(rows).position == 0
    assert find_header([[question, "", ""], *rows]).position == 1
