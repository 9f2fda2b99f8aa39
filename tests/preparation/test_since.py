"""A newer export compared with an earlier one: who is new, changed or gone, and nobody twice."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.preparation.since import compare_since

MAPPING = {"email": "email", "phone": "phone", "source_key": "id", "plan": "plan"}
SCHEMA = pk.MetadataSchema([pk.MetadataField("plan")])
JUNE = [
    ("1", "ann@example.org", "+14155550101", "pro"),
    ("2", "bo@example.org", "", "free"),
    ("3", "", "+14155550103", "free"),
    ("4", "dora@example.org", "", "pro"),
]


def write(path, rows, header="id,email,phone,plan"):
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n")
    return path


@pytest.fixture
def june(tmp_path):
    """The workspace of the first export."""
    pk.prepare(write(tmp_path / "june.csv", JUNE), mapping=MAPPING, schema=SCHEMA, out=tmp_path / "june")
    return tmp_path / "june"


def july(tmp_path, rows, since, **options):
    source = write(tmp_path / "july.csv", rows)
    return pk.prepare(source, out=tmp_path / "july", since=str(since), **options)


def codes(prepared):
    found = prepared.findings
    some = found[found["code"].str.contains("since|before|another")]
    return {(int(row), code) for row, code in zip(some["source_row"], some["code"], strict=True)}


def test_only_new_and_changed_people_are_exported(june, tmp_path):
    rows = [JUNE[0], ("2", "bo@example.org", "", "pro"), JUNE[2], ("5", "eve@example.org", "", "free")]
    prepared = july(tmp_path, rows, june)
    assert prepared.users["email"].tolist() == ["bo@example.org", "eve@example.org"]
    assert codes(prepared) == {(1, "exported_before"), (2, "changed_since"), (3, "exported_before")}
    assert prepared.since.summary() == {"new": 1, "changed": 1, "unchanged": 2, "held": 0, "gone": 1}
    assert prepared.since.gone["email"].tolist() == ["dora@example.org"]
    assert prepared.plan.mapping == pk.FieldMapping(MAPPING)  # the plan of the earlier workspace


def test_every_row_is_accounted_for_and_counted(june, tmp_path):
    prepared = july(tmp_path, [*JUNE, ("5", "eve@", "", ""), ("6", "ANN@example.org", "", "")], june)
    funnel = prepared.funnel
    assert funnel.adds_up
    assert (funnel.read, funnel.exported, funnel.absorbed, funnel.rejected) == (6, 0, 0, 6)
    assert funnel.rejected_by == {"exported_before": 5, "no_identifier": 1}  # a person's second row goes with them
    assert prepared.rejected_rows["rejected_source_row"].tolist() == [5]  # the others are nobody's to mend
    assert prepared.summary()["since"]["unchanged"] == 4
    report = (tmp_path / "july" / "out" / "report.html").read_text()
    assert "The person was exported before" in report


def test_a_changed_identifier_is_held_and_listed_with_both_values(june, tmp_path):
    rows = [("1", "ann@new.example.org", "+14155550101", "pro"), *JUNE[1:]]
    prepared = july(tmp_path, rows, june)
    assert prepared.users.empty
    [held] = prepared.since.identifiers.to_dict("records")
    assert (held["source_row"], held["source_key"], held["field"]) == (1, "1", "email")
    assert (held["before"], held["now"]) == ("ann@example.org", "ann@new.example.org")
    assert codes(prepared) >= {(1, "identifier_changed_since")}
    listed = pk.read_users(tmp_path / "july" / "out" / "changed_since.csv")
    assert listed["now"].tolist() == ["ann@new.example.org"]


def test_a_person_without_a_key_is_known_by_email(tmp_path):
    mapping = {"email": "email", "phone": "phone"}
    pk.prepare(write(tmp_path / "june.csv", JUNE), mapping=mapping, out=tmp_path / "june")
    rows = [("9", "ann@example.org", "", ""), ("9", "", "+14155550103", ""), ("9", "new@example.org", "", "")]
    prepared = july(tmp_path, rows, tmp_path / "june")
    assert prepared.users["email"].tolist() == ["new@example.org"]
    assert prepared.since.gone["email"].tolist() == ["bo@example.org", "dora@example.org"]


def test_an_identifier_that_moved_to_somebody_else_is_not_sent(june, tmp_path):
    rows = [*JUNE[1:], ("1", "ann@new.example.org", "", "pro"), ("7", "ann@example.org", "", "")]
    prepared = july(tmp_path, rows, june)
    assert codes(prepared) == {
        *((row, "exported_before") for row in (1, 2, 3)),
        (4, "identifier_changed_since"),
        (5, "identifier_of_another"),
    }
    assert prepared.users.empty
    assert prepared.since.held == 2


@pytest.mark.slow
def test_a_person_who_was_known_by_phone_alone_and_has_an_email_now_is_held(june, tmp_path):
    prepared = july(tmp_path, [("8", "hal@example.org", "+14155550103", "")], june)
    assert codes(prepared) == {(1, "identifier_changed_since")}


def test_a_phone_of_somebody_who_left_is_withheld(june, tmp_path):
    prepared = july(tmp_path, [("8", "hal@example.org", "+14155550101", "")], june)
    assert codes(prepared) == {(1, "phone_of_another")}
    assert prepared.users[["email", "phone"]].to_numpy().tolist() == [["hal@example.org", pd.NA]]


@pytest.mark.slow
def test_an_unchanged_list_sends_nobody_and_a_third_export_knows_all_before(june, tmp_path):
    prepared = july(tmp_path, [*JUNE[:3], ("5", "eve@example.org", "", "free")], june)
    assert prepared.users["email"].tolist() == ["eve@example.org"]
    august = pk.prepare(
        write(tmp_path / "august.csv", [*JUNE, ("5", "eve@example.org", "", "free"), ("6", "fay@example.org", "", "")]),
        out=tmp_path / "august",
        since=str(tmp_path / "july"),
    )
    assert august.users["email"].tolist() == ["fay@example.org"]
    assert august.since.summary() == {"new": 1, "changed": 0, "unchanged": 5, "held": 0, "gone": 0}
    assert august.plan.options.since == str(tmp_path / "july")


@pytest.mark.slow
def test_a_changed_person_is_compared_with_the_last_export(june, tmp_path):
    rows = [("1", "ann@example.org", "+14155550101", "team"), *JUNE[1:]]
    july(tmp_path, rows, june)
    again = pk.prepare(tmp_path / "july.csv", out=tmp_path / "august", since=str(tmp_path / "july"))
    assert again.since.summary()["unchanged"] == 4


@pytest.mark.slow
def test_corrections_and_decisions_of_the_earlier_workspace_apply(june, tmp_path):
    workspace = pk.Workspace(june)
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [2], "email", "bob@example.org"))
    pk.prepare(plan=june / "plan.toml", out=june)
    prepared = july(tmp_path, [("0", "zoe@example.org", "", ""), *JUNE], june)
    assert prepared.users["email"].tolist() == ["zoe@example.org"]
    assert (prepared.findings["code"] == "corrected").sum() == 1


@pytest.mark.slow
def test_an_export_after_the_next_knows_the_fixes_of_the_first(june, tmp_path):
    workspace = pk.Workspace(june)
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [2], "email", "bob@example.org"))
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [1, 4], "merge", survivor_row=1))
    pk.prepare(plan=june / "plan.toml", out=june)
    moved = [("0", "zoe@example.org", "", ""), *JUNE[::-1]]
    july(tmp_path, moved, june)
    august = pk.prepare(write(tmp_path / "august.csv", moved), out=tmp_path / "august", since=str(tmp_path / "july"))
    assert august.since.summary() == {"new": 0, "changed": 0, "unchanged": 4, "held": 0, "gone": 0}
    assert pk.Workspace(tmp_path / "august").load_decisions()["rows"].tolist() == ["2 5"]


@pytest.mark.slow
def test_own_decisions_and_earlier_corrections_both_apply_and_go_on(june, tmp_path):
    workspace = pk.Workspace(june)
    workspace.save_corrections(
        pk.correct(workspace.load_corrections(), [2, 4], "email", ["b@example.org", "d@example.org"])
    )
    pk.prepare(plan=june / "plan.toml", out=june)
    own = pk.Workspace(tmp_path / "july")
    own.save_decisions(pk.decide(own.load_decisions(), [1, 2], "apart"))
    own.save_corrections(pk.correct(own.load_corrections(), [5], "email", "dora@example.org"))
    moved = [("0", "zoe@example.org", "", ""), *JUNE]
    prepared = july(tmp_path, moved, june)
    found = prepared.findings
    assert found.loc[found["code"] == "corrected", "argument"].tolist() == ["b@example.org", "dora@example.org"]
    assert found.loc[found["code"] == "fix_not_taken", "argument"].tolist() == ["the correction of row 5"]
    assert own.load_decisions()["rows"].tolist() == ["1 2"]
    august = pk.prepare(write(tmp_path / "august.csv", moved[::-1]), out=tmp_path / "august", since=str(own.folder))
    assert (august.findings["code"] == "corrected").sum() == 2
    assert pk.Workspace(tmp_path / "august").load_decisions()["rows"].tolist() == ["4 5"]


@pytest.mark.slow
def test_fixes_that_were_made_for_the_newer_list_are_not_read_as_those_of_the_earlier_one(june, tmp_path):
    workspace = pk.Workspace(tmp_path / "july")
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [1], "email", "zoe@example.org"))
    prepared = july(tmp_path, [("9", "zoe@", "", ""), *JUNE[::-1]], june)
    assert prepared.users["email"].tolist() == ["zoe@example.org"]
    assert workspace.load_corrections()["source_row"].tolist() == [1]


def test_whom_a_push_could_not_create_is_exported_again(june, sandbox, tmp_path):
    with pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as client:
        pk.push_users(june, client=client)
        prepared = july(tmp_path, [*JUNE, ("5", "eve@example.org", "", "free")], june)
        assert prepared.since.unchanged == 4
        pushed = pk.push_users(tmp_path / "july", client=client)
        assert (pushed.created, pushed.users) == (1, 1)
    ids = june / "out" / "passage_ids.csv"
    lines = ids.read_text().splitlines()
    ids.write_text(
        "\n".join([line.replace(",created", ",failed") if ",bo@" in line else line for line in lines]) + "\n"
    )
    again = july(tmp_path, JUNE, june)
    assert again.users["email"].tolist() == ["bo@example.org"]


def test_the_held_are_listed_with_their_passage_id(june, sandbox, tmp_path):
    with pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as client:
        pk.push_users(june, client=client)
        ann = client.find_user("ann@example.org")
    prepared = july(tmp_path, [("1", "ann@new.example.org", "+14155550101", "pro"), *JUNE[1:]], june)
    assert prepared.since.identifiers["passage_id"].tolist() == [ann.id]


TWICE = [*JUNE, ("2", "eve@example.org", "", "free")]


def test_of_two_rows_with_a_known_key_the_one_that_nobody_had_is_asked_about(june, tmp_path):
    """The key of Bo stands on two rows: one is Bo by the email, the other may be Bo with a new one."""
    prepared = july(tmp_path, TWICE, june)
    assert prepared.users.empty
    assert codes(prepared) == {*((row, "exported_before") for row in (1, 2, 3, 4))}
    found = prepared.findings
    assert found.loc[found["code"] == "key_of_several", ["source_row", "field", "value"]].to_numpy().tolist() == [
        [5, "source_key", "2"]
    ]
    assert prepared.since.summary() == {"new": 0, "changed": 0, "unchanged": 4, "held": 1, "gone": 0}
    assert prepared.rejected_rows["rejected_source_row"].tolist() == [5]


@pytest.mark.slow
def test_a_key_that_several_had_before_makes_nobody_new(june, tmp_path):
    pk.prepare(write(tmp_path / "june.csv", TWICE), plan=june / "plan.toml", out=june)
    prepared = july(tmp_path, [("2", "fay@example.org", "", "")], june)
    assert prepared.users.empty
    assert prepared.since.held == 1


@pytest.mark.slow
def test_a_key_of_its_own_or_a_merge_settles_a_row_with_a_known_key(june, tmp_path):
    workspace = pk.Workspace(tmp_path / "july")
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [5], "source_key", "5"))
    assert july(tmp_path, TWICE, june).users["email"].tolist() == ["eve@example.org"]
    workspace.save_corrections(workspace.load_corrections().iloc[:0])
    for survivor, code in ((2, "exported_before"), (5, "identifier_changed_since")):
        workspace.save_decisions(pk.decide(workspace.load_decisions(), [2, 5], "merge", survivor_row=survivor))
        merged = july(tmp_path, TWICE, june)
        assert merged.users.empty
        assert (survivor, code) in codes(merged)


def test_keys_that_nobody_had_before_may_stand_on_several_rows(june, tmp_path):
    prepared = july(tmp_path, [*JUNE, ("5", "eve@example.org", "", ""), ("5", "fay@example.org", "", "")], june)
    assert prepared.users["email"].tolist() == ["eve@example.org", "fay@example.org"]


@pytest.mark.slow
def test_white_space_around_a_key_makes_nobody_new(june, tmp_path):
    prepared = july(tmp_path, [(" 1 ", "ann@new.example.org", "", "pro"), *JUNE[1:]], june)
    assert prepared.since.summary() == {"new": 0, "changed": 0, "unchanged": 3, "held": 1, "gone": 0}


def test_who_is_in_a_row_that_is_left_out_is_not_gone():
    """The row is under another key, and written in another way."""
    before = users_frame({"source_key": ["4"], "email": ["dora@example.org"], "phone": [None]})
    mapped = users_frame(
        {"source_key": ["9", "5"], "email": [" Dora@Example.org", "eve@example.org"], "phone": [None] * 2}
    )
    _, _, since = compare_since(mapped[["email", "phone"]].iloc[1:], before, mapped=mapped, plan=pk.Plan())
    assert since.gone.empty


@pytest.mark.slow
def test_a_run_without_since_removes_what_a_former_one_said(june, tmp_path):
    july(tmp_path, JUNE[:1], june)
    out = tmp_path / "july" / "out"
    assert {path.name for path in pk.output_files(pk.Workspace(tmp_path / "july"))} >= {"gone_since.csv"}
    pk.prepare(tmp_path / "july.csv", out=tmp_path / "july")
    assert not (out / "gone_since.csv").exists()
    assert not (tmp_path / "july" / "stages" / "exported_before.parquet").exists()


@pytest.mark.slow
def test_the_saved_plan_finds_the_earlier_workspace_again(june, tmp_path):
    first = july(tmp_path, [*JUNE, ("5", "eve@example.org", "", "")], june)
    again = pk.prepare(plan=tmp_path / "july" / "plan.toml", out=tmp_path / "july")
    assert again.users.equals(first.users)


def test_the_same_folder_and_an_empty_one_are_refused(june, tmp_path):
    with pytest.raises(pk.OptionError, match="cannot be written there"):
        pk.prepare(tmp_path / "june.csv", out=june, since=str(june))
    (tmp_path / "empty").mkdir()
    with pytest.raises(pk.PlanError, match="Nobody was prepared"):
        pk.prepare(tmp_path / "june.csv", plan=pk.Plan(), out=tmp_path / "july", since=str(tmp_path / "empty"))


KEYS = st.sampled_from([None, "1", "2", "3"])
EMAILS = st.sampled_from([None, "a@x.org", "b@x.org", "c@x.org"])
PHONES = st.sampled_from([None, "+14155550101", "+14155550102"])
PLANS = st.sampled_from([None, "pro"])


@st.composite
def people(draw):
    """Users as a run leaves them: each has an identifier, and no email and no phone stands on two rows."""
    rows, seen = [], set()
    for key, email, phone, plan in draw(st.lists(st.tuples(KEYS, EMAILS, PHONES, PLANS), max_size=5)):
        mine = {value for value in (email, phone) if value and value not in seen}
        if mine:
            rows.append((key, email if email in mine else None, phone if phone in mine else None, plan))
            seen |= mine
    return users_frame(
        {name: [row[at] for row in rows] for at, name in enumerate(("source_key", "email", "phone", "plan"))}
    )


@given(before=people(), today=people())
def test_nobody_is_sent_twice_and_no_row_is_lost(before, today):
    plan = pk.Plan(schema=SCHEMA)
    sent, findings, since = compare_since(today[["email", "phone", "plan"]], before, mapped=today, plan=plan)
    out = findings.loc[findings["effect"] == "rejected", "source_row"]
    assert sorted([*sent.index, *out.unique()]) == today.index.tolist()
    assert since.new + since.changed == len(sent)
    assert since.new + since.changed + since.unchanged + since.held == len(today)
    again = set(findings.loc[findings["code"] == "changed_since", "source_row"])
    for name in ("email", "phone"):
        known = set(before[name].dropna())
        new = sent[~sent.index.isin(again)]
        assert not known & set(new[name].dropna())  # a new user has nothing that Passage knows already
    for (
        row
    ) in again:  # who is exported again is one user there: whoever has one identifier has the other, or it is blank
        mine = sent.loc[row, ["email", "phone"]].dropna()
        there = before[
            before["email"].eq(mine.get("email", "")).fillna(False)
            | before["phone"].eq(mine.get("phone", "")).fillna(False)
        ]
        assert len(there) == 1
    assert len(since.others) == len(before) - since.changed
    gone = set(since.gone["email"].dropna()) | set(since.gone["phone"].dropna())
    assert not gone & (set(today["email"].dropna()) | set(today["phone"].dropna()))
