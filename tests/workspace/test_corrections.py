import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import OptionError, PlanError
from passage_kit.findings.findings import describe_findings
from passage_kit.workspace.corrections import apply_corrections, correct, no_corrections, read_corrections, take_back

USERS = users_frame({"email": ["a@gmial.com", "b@example.org"], "phone": [None, "1"]})


@pytest.fixture
def corrections(tmp_path):
    def written(text: str):
        path = tmp_path / "corrections.csv"
        path.write_text(text, encoding="utf-8-sig")
        return read_corrections(path)

    return written


def test_a_correction_replaces_and_says_so(corrections):
    fixed, findings = apply_corrections(
        USERS, corrections("source_row,field,value,note\n1,email,a@gmail.com,asked her\n")
    )
    assert fixed.loc[1, "email"] == "a@gmail.com"
    assert findings[["source_row", "field", "value", "code"]].iloc[0].tolist() == [
        1,
        "email",
        "a@gmial.com",
        "corrected",
    ]
    assert USERS.loc[1, "email"] == "a@gmial.com"


def test_a_blank_value_blanks_the_cell(corrections):
    fixed, findings = apply_corrections(USERS, corrections("source_row,field,value\n2,phone,\n"))
    assert fixed["phone"].isna().all()
    assert describe_findings(findings)["detail"].item() == "became blank"


def test_the_later_of_two_corrections_holds_and_the_other_is_said(corrections):
    fixed, findings = apply_corrections(
        USERS, corrections("source_row,field,value\n1,email,x@y.org\n1,email,z@y.org\n")
    )
    assert fixed.loc[1, "email"] == "z@y.org"
    assert sorted(findings["code"]) == ["corrected", "correction_unused"]


@pytest.mark.parametrize("line", ["9,email,x@example.org", "1,shoe,43"])
def test_a_correction_of_nothing_is_said(corrections, line):
    fixed, findings = apply_corrections(USERS, corrections(f"source_row,field,value\n{line}\n"))
    assert fixed.equals(USERS)
    assert findings["code"].tolist() == ["correction_unused"]


def test_an_empty_file_corrects_nothing(corrections):
    fixed, findings = apply_corrections(USERS, corrections("source_row,field,value,note\n"))
    assert fixed.equals(USERS)
    assert findings.empty


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source_row,field,value\none,email,x", "line 2.*number of a source row"),
        ("row;field;value\n1;a;b", "line 2.*columns"),
    ],
)
def test_a_broken_line_is_named(corrections, text, message):
    with pytest.raises(PlanError, match=message):
        corrections(text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PlanError, match=r"corrections\.csv"):
        read_corrections(tmp_path / "corrections.csv")


NONE = no_corrections()


def test_a_new_correction_stands_in_for_an_earlier_one_of_the_same_cell():
    first = correct(correct(NONE, [1, 2], "email", "x@example.org"), [1], "phone", "2", note="new")
    second = correct(first, [2], "email", None)
    assert second[["source_row", "field"]].to_numpy().tolist() == [[1, "email"], [1, "phone"], [2, "email"]]
    assert second["value"].isna().tolist() == [False, False, True]
    assert second["note"].fillna("").tolist() == ["", "new", ""]
    assert len(first) == 3


def test_a_correction_is_taken_back():
    first = correct(correct(NONE, [1, 2], "email", "x@example.org"), [1], "phone", "2")
    assert take_back(first, [1, 2], "email")[["source_row", "field"]].to_numpy().tolist() == [[1, "phone"]]
    assert take_back(first, [9], "email").equals(first)


def test_what_the_users_frame_does_not_tell_keeps_the_types_of_its_columns():
    fixes = correct(correct(NONE, [1], "email", "x@example.org", users=USERS), [1], "shoe", "43", users=USERS)
    assert fixes.dtypes.equals(NONE.dtypes)
    assert fixes["was"].fillna("").tolist() == ["a@gmial.com", ""]


@pytest.mark.parametrize("given", [{"value": "\ud800"}, {"value": "a", "note": "\udfff"}, {"value": ["a", "b\ud83d"]}])
def test_half_a_character_is_refused(given):
    with pytest.raises(OptionError, match="half a character"):
        correct(no_corrections(), [1, 2], "email", **given)
