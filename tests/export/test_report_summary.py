from dataclasses import dataclass

import pytest

from passage_kit.export.report_summary import list_decisions, list_done, list_left
from passage_kit.findings.catalogue import CODES, to_decide
from passage_kit.findings.funnel import Funnel


@dataclass(frozen=True)
class Found:
    code: str
    effect: str
    findings: int
    rows: int


def test_only_what_happened_is_said_and_one_is_singular():
    assert list_done(Funnel(read=1, exported=1), 0, 1, ["email"], strict=False) == [
        "1 row with 1 column read, 1 of them mapped."
    ]
    counts = Funnel(
        read=4, exported=2, normalized=1, normalized_values=1, withheld=1, withheld_values=1, absorbed=1, rejected=1
    )
    assert list_done(counts, 1, 2, ["email"], strict=False)[1:] == [
        "1 value in 1 row was written in its normal form.",
        "1 value was left out; the users go on without.",
        "1 row was merged into 1 user who had several.",
        "1 row was left out, each with its reason.",
    ]
    assert not any("go on without" in said for said in list_done(counts, 1, 2, ["email"], strict=True))


def test_rows_left_out_come_first_then_the_most_frequent_kinds_and_the_rest_is_counted():
    kinds = [code for code in CODES if to_decide(code) and CODES[code].effect == "withheld"][:9]
    groups = [Found(code, "withheld", at, at) for at, code in enumerate(kinds, 1)]
    groups += [Found("email_normalized", "changed", 500, 500), Found("email_invalid", "rejected", 500, 500)]
    listed = list_decisions(groups, {"no_identifier": 2, "row_blank": 30})
    assert [entry.get("count") for entry in listed] == [2, 9, 8, 7, 6, 5, None]
    assert [entry["more"] for entry in listed] == [0] * 6 + [4]
    assert listed[0]["link"] == "rejected"
    assert listed[1]["link"] == f"withheld-{kinds[8]}"
    assert list_decisions(groups[9:], {"row_blank": 30}) == []


@pytest.mark.parametrize(
    ("second_path", "step"), [(False, "Create the metadata field"), (True, "Write the Passage ids")]
)
def test_the_steps_of_each_path(second_path, step):
    steps = [entry["step"] for entry in list_left(["email", "plan"], identifiers_only=second_path)]
    other = {"Create the metadata field", "Write the Passage ids"} - {step}
    assert any(said.startswith(step) for said in steps)
    assert not any(said.startswith(tuple(other)) for said in steps)


def test_what_needs_nobody_is_no_decision():
    settled = [code for code in CODES.values() if code.next_step.startswith("Nothing to do")]
    assert settled
    assert [code.code for code in settled if to_decide(code.code)] == []
