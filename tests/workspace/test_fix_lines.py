"""Corrections, decisions and steps as lines: they come back as they were, and contradictions are known."""

import pandas as pd
import pytest

from passage_kit.duplicates.decisions import decide, no_decisions
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.workspace.corrections import correct, no_corrections
from passage_kit.workspace.fix_lines import contradict, lines_of, step_lines, steps_of, table_of

CORRECTIONS = correct(correct(no_corrections(), [1, 2], "email", "=1+1", note='said "so"'), [3], "phone", None)
DECISIONS = decide(decide(no_decisions(), [4, 2], "survivor", survivor_row=4), [7, 8], "apart", note="two\nlines")
ONE = correct(no_corrections(), [1], "email", "a")
STEPS = (ValueStep("Land", "map", {"values": {"BRD": "DE", "?": ""}}), ValueStep("Land", "country", off=True))


@pytest.mark.parametrize(("table", "what"), [(CORRECTIONS, "corrections"), (DECISIONS, "decisions")])
def test_tables_come_back(table, what):
    pd.testing.assert_frame_equal(table_of(lines_of(table, what), what), table)
    assert len(table_of([], what)) == 0


def test_steps_come_back():
    assert steps_of(step_lines(STEPS)) == STEPS


@pytest.mark.parametrize(
    ("what", "there", "put", "expected"),
    [
        ("corrections", ONE, correct(no_corrections(), [1], "email", "b"), True),
        ("corrections", ONE, correct(no_corrections(), [1], "phone", "b"), False),
        ("corrections", ONE, no_corrections(), False),
        ("decisions", decide(no_decisions(), [1, 2], "apart"), decide(no_decisions(), [1, 2], "merge"), True),
        ("decisions", decide(no_decisions(), [1, 2], "apart"), decide(no_decisions(), [2, 3], "merge"), False),
    ],
)  # fmt: skip
def test_what_speaks_of_the_same_contradicts(what, there, put, expected):
    assert contradict(what, lines_of(there, what), lines_of(put, what)) is expected
