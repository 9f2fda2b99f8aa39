import pytest

from passage_kit.push.values import as_text, contradicts, lacks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("02/29/1980", "1980-02-29"),
        ("02/29/1980", "1980-02-29T00:00:00Z"),
        (42, 42.0),
        (42, "42"),
        (True, "true"),
        (None, ""),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
    ],
)
def test_forms_that_a_service_may_give_a_value_are_one(one, other):
    assert as_text(one) == as_text(other)


@pytest.mark.parametrize(
    ("one", "other"), [("02/30/1980", "1980-03-01"), (True, 1), ("A", "a"), (0, None), (False, None), (4.2, 4)]
)
def test_different_values_stay_different(one, other):
    assert as_text(one) != as_text(other)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({"name": "Ann", "points": 3}, False),
        ({"name": "Ann", "points": "3", "plan": "pro"}, False),
        ({"name": "Ann"}, True),
        ({"name": "Bo", "points": 3}, True),
        ({}, True),
    ],
)
def test_metadata_that_is_not_all_there_is_lacking(there, expected):
    assert lacks(there, {"name": "Ann", "points": 3}) == expected
    assert not lacks(there, {})


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({"name": "Ann", "points": 3}, False),
        ({"name": " ANN ", "points": "3"}, False),  # a service may tidy values up
        ({"name": "Ann"}, False),  # and drop a field that the app lacks
        ({"name": "Bo", "points": 3}, True),
        ({"plan": "pro"}, True),
        ({}, True),
    ],
)
def test_metadata_that_cannot_be_what_was_sent_contradicts(there, expected):
    assert contradicts(there, {"name": "Ann", "points": 3}) == expected
    assert not contradicts(there, {})


@pytest.mark.parametrize("text", ["13/45/2020", "ab/cd/efgh", "2020-13-45T00:00:00Z", "not-a-dateT00:00:00Z"])
def test_a_text_that_only_has_the_length_of_a_date_is_compared_as_it_is(text):
    assert as_text(text) == text
