"""Every kind of step has a sentence."""

import pytest

from passage_kit.mapping.described_steps import described_step
from passage_kit.mapping.planned_step import STEP_KINDS, ValueStep

HOW = {
    "map": {"values": {"a": "b", "c": "", "d": "e"}},
    "replace": {"find": "-"},
    "split": {"into": ["First", "Last"]},
    "join": {"others": ["Last"], "into": "Name"},
    "case": {"to": "upper"},
    "number": {"thousands": "."},
    "date": {"order": "DMY"},
    "country": {},
}


@pytest.mark.parametrize("kind", STEP_KINDS)
def test_it_names_the_column_and_what_is_done(kind):
    column, _, does = described_step(ValueStep("First", kind, HOW[kind])).partition(": ")
    assert column == "First"
    assert does
    assert "{" not in does


def test_of_many_values_the_first_are_named():
    assert described_step(ValueStep("A", "map", HOW["map"])) == "A: a becomes b, c becomes blank, and 1 more"
