"""Shapes tell values of different kinds apart."""

import re

import pytest

from passage_kit.columns.shapes import SHAPES


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("ann@example.org", "email"),
        ("Yes", "boolean"),
        ("1", "boolean"),
        ("31/01/2024", "date"),
        ("2024-01-31T09:30:00Z", "date"),
        ("42.0", "integer"),
        ("+1 415 555 2671 ext. 3", "phone"),
        ("4155552671", "phone"),
        ("Ann", None),
        ("4.2", None),
    ],
)
def test_the_first_shape_that_fits_is_the_kind(value, shape):
    assert next((name for name, pattern in SHAPES.items() if re.search(pattern, value)), None) == shape
