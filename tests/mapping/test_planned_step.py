"""A step says what it reads and makes, is the same again from its plan, and refuses what it cannot do."""

import pytest

from passage_kit.errors import MappingError
from passage_kit.mapping.planned_step import STEP_KINDS, ValueStep

STEPS = [
    (ValueStep("Land", "map", {"values": {"BRD": "Germany"}}), ("Land",), ()),
    (ValueStep("Land", "replace", {"find": "a", "put": "b"}), ("Land",), ()),
    (ValueStep("Name", "split", {"into": ["First", "Last"]}), ("Name",), ("First", "Last")),
    (ValueStep("First", "join", {"others": ["Last"], "into": "Name"}), ("First", "Last"), ("Name",)),
    (ValueStep("Land", "case", {"to": "upper"}), ("Land",), ()),
    (ValueStep("Umsatz", "number", {"thousands": "."}, off=True), ("Umsatz",), ()),
    (ValueStep("Geboren", "date", {"order": "DMY"}), ("Geboren",), ()),
    (ValueStep("Land", "country"), ("Land",), ()),
]


def test_each_kind_of_step_is_among_those_tried():
    assert tuple(step.do for step, _, _ in STEPS) == STEP_KINDS


@pytest.mark.parametrize(("step", "read", "made"), STEPS)
def test_a_step_names_its_columns_and_is_the_same_again_from_a_plan(step, read, made):
    assert (step.read, step.made) == (read, made)
    assert ValueStep.from_dict(step.to_dict()) == step


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"column": "Land", "do": "mop"}, "no step 'mop'. Did you mean 'map'"),
        ({"column": "Land", "do": "map"}, "values"),
        ({"column": "Land", "do": "map", "values": {}}, "values"),
        ({"column": "Land", "do": "map", "values": {"BRD": 1}}, "expected a text in quotes"),
        ({"column": "Land", "do": "split", "into": ["A"]}, "into"),
        ({"column": "Land", "do": "split", "into": ["A", "B"], "separator": ""}, "separator"),
        ({"column": "Land", "do": "case", "to": "Upper"}, "to: found 'Upper'"),
        ({"column": "Land", "do": "number", "thousands": "_"}, "thousands"),
        ({"column": "Land", "do": "country", "colour": "red"}, "no key 'colour'"),
        ({"column": "Land", "do": "replace", "find": "(?=a)", "pattern": True}, "look-ahead"),
        ({"column": "Land", "do": "replace", "find": "(a)", "put": r"\2", "pattern": True}, "names a group"),
        ({"do": "country"}, "expected a column and what to do"),
        ({"column": "Land", "do": "country", "off": "yes"}, "expected a column and what to do"),
    ],
)
def test_a_step_that_cannot_be_is_refused_with_its_key(step, said):
    with pytest.raises(MappingError, match=said.replace("(", r"\(")):
        ValueStep.from_dict(step)
