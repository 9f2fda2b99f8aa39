"""Decisions about duplicates: their file, what is no decision, and which decisions hold beside each other."""

import pytest
from duplicate_rows import listed, made

from passage_kit.duplicates.decisions import decide, decisions_of, no_decisions, read_decisions, withdraw
from passage_kit.errors import OptionError, PlanError


@pytest.fixture
def decisions(tmp_path):
    def written(text: str):
        path = tmp_path / "decisions.csv"
        path.write_text(text, encoding="utf-8-sig")
        return read_decisions(path)

    return written


def test_a_file_of_decisions(decisions):
    frame = decisions(
        "rows,decision,survivor_row,note\n17 3,survivor,17,the newer address\n"
        '5;9,merge,,\n"1, 2",apart,,\n4 6 8,rule,,\n'
    )
    assert listed(frame) == [
        ((3, 17), "survivor", 17), ((5, 9), "merge", None), ((1, 2), "apart", None), ((4, 6, 8), "rule", None)
    ]  # fmt: skip
    assert decisions_of(frame)[0].note == "the newer address"
    assert frame.columns.tolist() == ["rows", "decision", "survivor_row", "note"]


def test_an_empty_file_decides_nothing(decisions):
    assert decisions("rows,decision,survivor_row,note\n").equals(no_decisions())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("3,apart,,", "two source rows or more"),
        ("3 3,apart,,", "two source rows or more"),
        ("3 four,apart,,", "two source rows or more"),
        ("3 4,marry,,", "'marry', expected one of rule, survivor, apart, merge"),
        ("3 4,survivor,,", "the row that stays"),
        ("3 4,survivor,5,", "one of the rows"),
        ("3 4,apart,3,", "blank unless one is to stay"),
        ("3 4,merge,x,", "one of the rows"),
    ],
)
def test_a_broken_line_is_named(decisions, line, expected):
    with pytest.raises(PlanError, match=rf"decisions\.csv, line 2: .*{expected}.*Correct the line"):
        decisions(f"rows,decision,survivor_row,note\n{line}\n")


def test_a_file_without_the_columns_is_named(decisions):
    with pytest.raises(PlanError, match=r"line 2: expected the columns rows, decision, survivor_row, note"):
        decisions("rows;decision\n1 2;apart\n")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PlanError, match=r"decisions\.csv"):
        read_decisions(tmp_path / "decisions.csv")


def test_a_frame_that_is_no_decision_is_named():
    with pytest.raises(PlanError, match="about the rows 1 2: found the decision 'both'"):
        decisions_of(made(([1, 2], "apart")).assign(decision="both"))


@pytest.mark.parametrize("choice", ["rule", "survivor", "apart", "merge"])
def test_a_new_decision_about_the_same_rows_stands_in_for_the_former(choice):
    frame = made(([1, 2], "apart"), ([7, 8], "rule"), ([2, 1], choice, *([2] if choice == "survivor" else [])))
    assert [rows for rows, *_ in listed(frame)] == [(7, 8), (1, 2)]
    assert listed(frame)[-1][1] == choice


@pytest.mark.parametrize(
    ("former", "new", "stays"),
    [
        (([1, 2, 3], "apart"), ([1, 2], "merge"), False),
        (([1, 2], "apart"), ([2, 3], "merge"), True),
        (([1, 2], "merge"), ([1, 2, 3], "apart"), False),
        (([1, 2], "apart"), ([1, 2, 3], "apart"), True),
        (([1, 2, 3], "merge"), ([1, 2, 3, 4], "apart"), False),
        (([1, 2, 3, 4], "apart"), ([1, 2, 3], "merge"), False),
        (([1, 2], "merge"), ([1, 2, 3], "survivor", 3), True),
        (([1, 2], "survivor", 1), ([1, 2, 3], "survivor", 3), False),
        (([1, 2], "survivor", 1), ([3, 4], "survivor", 3), True),
        (([1, 2], "rule"), ([2, 3], "merge"), True),
    ],
)
def test_what_cannot_hold_beside_a_new_decision_goes(former, new, stays):
    assert (len(made(former, new)) == 2) is stays


def test_a_decision_is_taken_back():
    frame = made(([1, 2], "apart"), ([1, 2, 3], "apart"))
    assert listed(withdraw(frame, [2, 1])) == [((1, 2, 3), "apart", None)]
    assert withdraw(frame, [8, 9]).equals(frame)


def test_the_former_frame_is_not_changed():
    frame = made(([1, 2], "apart"))
    decide(frame, [1, 2], "merge")
    assert listed(frame) == [((1, 2), "apart", None)]


def test_half_a_character_in_a_note_is_refused():
    with pytest.raises(OptionError, match="half a character"):
        decide(no_decisions(), [1, 2], "apart", note="\ud800")
