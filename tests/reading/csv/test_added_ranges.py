"""Evidence of ranges that settles a file, or leaves it to the reader of the whole."""

import pytest

from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.reading.csv.added_ranges import add_up, findings_beside, findings_on_all
from passage_kit.reading.csv.csv_dialect import find_dialect
from passage_kit.reading.csv.csv_piece import Misfits
from passage_kit.reading.csv.csv_ranges import Outline, RangeEvidence

HEAD = b"Our users\n\nemail,name\n"
OUTLINE = Outline("users.csv", 99, find_dialect(HEAD + b"a@x.org,A\n", "users.csv"), len(HEAD), 99, (1, 2), b",")


def shown(misfits=None, json=(), empty=(), begins=False):
    return RangeEvidence([], misfits or Misfits(), frozenset(json), frozenset(empty), begins)


@pytest.mark.parametrize(
    ("ranges", "settled"),
    [
        ([shown(), shown()], True),
        ([], False),
        ([shown(), shown(begins=True)], False),
        ([shown(json=["name"]), shown()], True),  # text in the second
        ([shown(json=["name"], empty=["name"]), shown(json=["name"])], False),
        ([shown(json=["name"], empty=["name"])] * 2, True),  # no value at all
        ([shown(json=["password"])] * 2, True),  # never opened
        ([shown(Misfits(frozenset({3}), 9, 27, 27))] * 2, False),  # every row is too long
        ([shown(Misfits(frozenset({3}), 9, 27, 27)), shown(Misfits(frozenset(), 0, 27, 0))], True),
    ],
)
def test_ranges_settle_what_they_show_together(ranges, settled):
    assert add_up(OUTLINE, ranges) == settled


def test_findings_are_in_the_order_of_one_machine():
    secrets = [make_findings([None], field="pw", code="secret_left_out", argument=count) for count in ("7", "12")]
    absent = make_findings([None], field=None, code="header_absent", argument="x")
    renamed = make_findings([None], field="column 2", code="header_renamed", argument="2")
    said = [collect_findings([absent, secrets[0], renamed]), secrets[1], no_findings()]
    found = findings_on_all(said, findings_beside(OUTLINE, breaks=40, blank=[17]))
    assert found[["code", "argument"]].to_numpy().tolist() == [
        ["header_absent", "x"],
        ["preamble_skipped", "line 1"],
        ["footer_skipped", "line 42"],
        ["footer_skipped", "line 43"],
        ["lines_blank", "2 lines: 2, 17"],
        ["secret_left_out", "19"],
        ["header_renamed", "2"],
    ]
