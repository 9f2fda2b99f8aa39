"""Number formats: which of them show a zero or a plus that a number lacks."""

import pytest

from passage_kit.reading.excel.number_formats import Padding, padded, padding_of, paddings_of


@pytest.mark.parametrize(
    ("code", "digits", "plus"),
    [
        ("00000", 5, False),
        ("00000;@", 5, False),
        ("[$-409]00000", 5, False),
        ("00000_ ", 5, False),
        ("000\\-00\\-0000", 9, False),
        ("00000-0000", 9, False),
        ("0000 000 000", 10, False),
        ('"+"0', 1, True),
        ("\\+#", 1, True),
        ("+00 000", 5, True),
        ('"D-"00000', 5, False),
    ],
)
def test_what_pads(code, digits, plus):
    assert padding_of(code) == Padding(digits, plus)


@pytest.mark.parametrize(
    "code",
    ["General", "0", "#", "0.00", "#,##0", "0%", "0.00E+00", "yyyy-mm-dd", "hh:mm", "@", "", "0;-0", '0" pieces"',
     "[<=9999999]###-####;(###) ###-####", "?/?", "00.0"],
)  # fmt: skip
def test_what_does_not(code):
    assert padding_of(code) is None


def test_styles_by_their_numbers():
    assert paddings_of({164: "000", 165: "0.0", 9: "00"}, [0, 165, 164, 9]) == {2: Padding(3, False)}


@pytest.mark.parametrize("value", [12.5, -3, True, "7", None, float("nan"), float("inf"), 12345, 123456])
def test_values_that_stay(value):
    assert padded(value, Padding(5, False)) is None


def test_values_that_are_padded():
    assert [padded(value, Padding(5, False)) for value in (0, 7, 1067.0)] == ["00000", "00007", "01067"]
    assert padded(4915112345678.0, Padding(1, True)) == "+4915112345678"
