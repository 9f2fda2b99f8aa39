"""Arrays of numbers: what stands there more than once, and the type that is wide enough."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.arrays import has_others, narrowest


@given(st.lists(st.integers(0, 30)), st.sampled_from([np.int32, np.int64]))
def test_who_has_the_number_of_another(numbers, kind):
    assert has_others(np.array(numbers, dtype=kind)).tolist() == [numbers.count(number) > 1 for number in numbers]


@pytest.mark.parametrize("most", [0, 2**31 - 1, 2**31, 2**40])
def test_the_type_is_as_narrow_as_the_number_allows(most):
    kind = narrowest(most)
    assert int(np.array([most], dtype=kind)[0]) == most
    assert np.dtype(kind).itemsize == (4 if most < 2**31 else 8)
