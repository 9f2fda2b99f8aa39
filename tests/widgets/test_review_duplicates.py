"""The panel of duplicates, driven from Python: clicked == shown code == direct call; 20,000 clusters; bad states."""

import json
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from duplicate_rows import ANNA, BEN, CARA, ONE, THREE, TWO, listed, people
from panel_parts import parts

import passage_kit as pk
from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.duplicates.decisions import decide, no_decisions
from passage_kit.errors import OptionError
from passage_kit.widgets import ReviewDuplicates
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

USERS = people(
    (ANNA, ONE), (ANNA, None), (None, ONE), (BEN, TWO), (CARA, TWO), ("d.an@gmail.com", None), ("dan@gmail.com", THREE),
    name=["Anna Berg", "Anna B.", None, "Ben", "Cara", "Dan", "Dan"],
    city=["Lyon", "Oslo", "Lyon", None, None, None, None],
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Workspace("migration")


def opened(workspace, users=USERS) -> ReviewDuplicates:
    panel = ReviewDuplicates(users, workspace)
    panel.wait()
    return panel


def evaluated(panel, users=USERS, **more):
    """The merged users of the code that the panel shows, and the decisions that it leaves in the workspace."""
    names = {"pk": pk, "workspace": panel.workspace, "users": users, **more}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    return names["merged"], panel.workspace.load_decisions()


def shown(panel):
    return [tuple(group["rows"]) for group in panel.page["groups"]]


def click(panel, do, **given):
    """What the page sends when a button is clicked."""
    panel.table.hear({"do": do, "with": given})


def test_it_begins_with_what_the_rule_would_do_and_writes_nothing(workspace):
    panel = opened(workspace)
    [group] = panel.page["groups"]
    assert shown(panel) == [(1, 2, 3)]
    assert group["rule"] == "Row 1 stays and absorbs rows 2, 3."
    assert group["why"] == "the same email · no email, and the phone of one person"
    assert group["apart"] == (
        "Row 1 keeps only its phone; row 2 keeps its email; row 3 loses its email and phone, and will be rejected."
    )
    assert group["decided"] is None
    assert panel.messages == ["Nothing is decided yet. The rules apply."]
    assert not workspace.folder.exists()


def test_differing_cells_are_marked_and_helpers_and_blank_fields_are_not(workspace):
    users = USERS.assign(source_key=USERS["name"], empty=pd.array([None] * 7, dtype=TEXT))
    fields = {field["name"]: field for field in opened(workspace, users).page["groups"][0]["fields"]}
    assert fields["name"]["marks"] == ["", "differs", ""]
    assert fields["city"]["marks"] == ["", "differs", ""]
    assert not fields["email"]["differs"]
    assert fields["email"]["values"] == [ANNA, ANNA, None]
    assert not fields["source_key"]["differs"]
    assert "empty" not in fields


def test_suggestions_and_shared_phones_have_tabs_of_their_own(workspace):
    panel = opened(workspace)
    assert {tab["name"]: tab["count"] for tab in panel.page["tabs"]} == {"people": 1, "phones": 1, "suggestions": 1}
    click(panel, "view", tab="phones")
    assert shown(panel) == [(4, 5)]
    click(panel, "view", tab="suggestions")
    [group] = panel.page["groups"]
    assert (group["rows"], group["why"], group["choices"]) == ([6, 7], "one mailbox", ["apart", "merge"])
    assert group["decided"] is None


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("rows", "choice", "stays"),
    [([1, 2, 3], "rule", None), ([1, 2, 3], "survivor", 2), ([1, 2, 3], "apart", None), ([4, 5], "merge", 5),
     ([6, 7], "merge", None), ([6, 7], "apart", None)],
)  # fmt: skip
def test_a_decision_is_saved_shown_and_applied(workspace, rows, choice, stays):
    panel = opened(workspace)
    click(panel, "decide", rows=rows, choice=choice, survivor_row=stays)
    assert listed(panel.value) == [(tuple(rows), choice, stays)] == listed(workspace.load_decisions())
    direct, _ = pk.merge_duplicates(USERS, decisions=decide(no_decisions(), rows, choice, survivor_row=stays))
    clicked, _ = pk.merge_duplicates(USERS, decisions=panel.value)
    merged, left = evaluated(panel)
    pd.testing.assert_frame_equal(merged, direct)
    pd.testing.assert_frame_equal(clicked, direct)
    assert listed(left) == listed(panel.value)
    workspace.decisions_path.unlink()
    assert listed(evaluated(panel)[1]) == listed(panel.value)


def test_the_code_has_the_options_of_the_plan(workspace):
    workspace.save_plan(Plan(options=Options(survivor="last", shared_phone="merge")))
    panel = opened(workspace)
    assert "survivor='last',\n    shared_phone='merge'," in panel.code
    click(panel, "decide", rows=[4, 5], choice="apart")
    expected, _ = pk.merge_duplicates(USERS, survivor="last", shared_phone="merge", decisions=panel.value)
    pd.testing.assert_frame_equal(evaluated(panel)[0], expected)
    assert expected["email"].isin([BEN, CARA]).sum() == 2


def test_the_panel_the_code_it_shows_and_the_call_take_an_unreadable_email_for_one(workspace):
    users = users_frame({"email": [ANNA, "ben@example,org"], "phone": ["+14155550134"] * 2})
    users, of_identifiers = pk.normalize_identifiers(users)
    panel = ReviewDuplicates(users, workspace, findings=of_identifiers)
    panel.wait()
    panel.view(tab="phones")
    assert [group["rows"] for group in panel.page["groups"]] != []
    merged, _ = evaluated(panel, users=users, of_identifiers=of_identifiers)
    pd.testing.assert_frame_equal(merged, pk.merge_duplicates(users, findings=of_identifiers)[0])
    assert len(merged) == 2


def test_running_the_cell_again_finds_the_decisions(workspace):
    click(opened(workspace), "decide", rows=[1, 2, 3], choice="survivor", survivor_row=2)
    again = opened(workspace)
    [group] = again.page["groups"]
    assert group["decided"] == {"choice": "survivor", "survivor_row": 2, "text": "Decided: one person, row 2 stays."}
    assert again.messages == ["1 decision in migration/decisions.csv."]
    click(again, "withdraw", rows=[1, 2, 3])
    assert again.page["groups"][0]["decided"] is None
    assert workspace.load_decisions().empty
    assert evaluated(again)[1].empty


def test_another_choice_stands_in_for_the_former(workspace):
    panel = opened(workspace)
    for choice in ("rule", "apart", "rule"):
        click(panel, "decide", rows=[1, 2, 3], choice=choice)
        assert listed(workspace.load_decisions()) == [((1, 2, 3), choice, None)]


def test_decisions_of_others_stay(workspace):
    panel = opened(workspace)
    workspace.save_decisions(decide(no_decisions(), [6, 7], "apart", note="asked them"))
    click(panel, "decide", rows=[4, 5], choice="merge")
    assert listed(workspace.load_decisions()) == [((6, 7), "apart", None), ((4, 5), "merge", None)]


def test_filters(workspace):
    panel = opened(workspace, neighbours(40))
    everything = panel.page["found"]
    assert (everything, panel.page["pages"], len(panel.page["groups"])) == (40, 4, 10)
    click(panel, "view", page=3)
    assert panel.page["filter"]["page"] == 3
    click(panel, "view", text="PERSON7@")
    assert (shown(panel), panel.page["filter"]["page"]) == ([(15, 16)], 0)
    click(panel, "view", text="16")
    assert (15, 16) in shown(panel)
    click(panel, "view", text="nobody")
    assert (shown(panel), panel.page["pages"]) == ([], 1)
    click(panel, "view", text="", conflicts=True)
    assert panel.page["found"] == 20
    click(panel, "view", conflicts=False, reason="duplicate_phone")
    assert panel.page["found"] == 0
    click(panel, "view", reason="", state="open")
    click(panel, "decide", rows=[1, 2], choice="rule")
    assert panel.page["found"] == 39
    assert (1, 2) not in shown(panel)
    click(panel, "view", state="decided")
    assert shown(panel) == [(1, 2)]
    assert panel.page["tabs"][0]["decided"] == 1


@pytest.mark.parametrize("given", [{"tab": "nowhere"}, {"state": "half"}, {"colour": "red"}])
def test_a_view_that_is_none_is_refused(workspace, given):
    with pytest.raises(OptionError, match="no such view"):
        opened(workspace).view(**given)


def test_a_decision_that_is_none_is_said_in_the_panel(workspace):
    panel = opened(workspace)
    click(panel, "decide", rows=[1], choice="apart")
    assert "two source rows or more" in panel.messages[0]
    click(panel, "decide", rows=[1, 2], choice="marry")
    assert not workspace.decisions_path.exists()


def test_a_damaged_file_of_decisions_is_said(workspace):
    panel = opened(workspace)
    workspace.make().decisions_path.write_text("rows,decision\n1,apart\n")
    click(panel, "decide", rows=[1, 2, 3], choice="apart")
    assert "decisions.csv, line 2" in panel.messages[0]
    with pytest.raises(pk.PlanError, match="line 2"):
        opened(workspace)


def test_rows_of_another_file_are_refused(workspace, tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("email\na@example.org\n")
    workspace.save_plan(Plan(str(source)))
    panel = opened(workspace)
    click(panel, "decide", rows=[1, 2, 3], choice="apart")
    assert workspace.load_plan().sha256 == pk.prepare(source).source.sha256
    source.write_text("email\nb@example.org\n")
    click(panel, "decide", rows=[4, 5], choice="merge")
    assert "users.csv has changed since" in panel.messages[0]
    assert len(workspace.load_decisions()) == 1
    workspace.decisions_path.unlink()
    click(panel, "decide", rows=[4, 5], choice="merge")
    assert len(workspace.load_decisions()) == 1


def test_an_option_that_cannot_be_is_said_in_the_panel(workspace):
    workspace.save_plan(Plan(options=Options(survivor="newest")))
    panel = opened(workspace)
    assert "no column is mapped to it" in panel.messages[0]
    assert not panel.busy


def test_nothing_to_review(workspace):
    panel = opened(workspace, USERS.iloc[[3]])
    assert (shown(panel), panel.page["found"]) == ([], 0)


def test_no_value_is_in_the_state_of_a_widget(workspace):
    panel = opened(workspace)
    click(panel, "decide", rows=[1, 2, 3], choice="survivor", survivor_row=2)
    state = json.dumps([{name: str(value) for name, value in part.get_state().items()} for part in parts(panel)])
    assert "example.org" not in state
    assert "Berg" not in state
    assert "example.org" in json.dumps(panel.page)


def neighbours(count: int) -> pd.DataFrame:
    """Pairs of rows with the same email; every other pair disagrees about the city."""
    number = np.repeat(np.arange(count), 2)
    return users_frame(
        {
            "email": [f"person{at}@example.org" for at in number],
            "phone": [None] * len(number),
            "city": ["Lyon" if at % 4 else "Oslo" for at in range(len(number))],
        }
    )


@pytest.mark.slow
def test_twenty_thousand_clusters_stay_usable(workspace):
    users = neighbours(20_000)
    decisions = pd.DataFrame({"rows": [f"{at} {at + 1}" for at in range(1, 10_000, 2)], "decision": "rule"})
    workspace.save_decisions(decisions.reindex(columns=no_decisions().columns))
    panel = opened(workspace, users)
    assert panel.page["tabs"][0] | {"label": ""} == {"name": "people", "label": "", "count": 20_000, "decided": 5_000}
    seconds = {}
    for view in ({"page": 1_999}, {"text": "person19999@"}, {"state": "open"}, {"conflicts": True}):
        begun = time.process_time()
        panel.view(**view)
        seconds[str(view)] = time.process_time() - begun
        assert len(json.dumps(panel.page)) < 30_000
        assert len(panel.page["groups"]) <= 10
    begun = time.process_time()
    click(panel, "decide", rows=[39_999, 40_000], choice="apart")
    seconds["decide"] = time.process_time() - begun
    assert max(seconds.values()) < 2, seconds  # of work, whatever else the machine does


@pytest.mark.slow
def test_a_crowd_and_long_values_stay_small(workspace):
    crowd = users_frame({"email": [ANNA] * 3_000, "phone": [None] * 3_000, "notes": ["x" * 50_000] + ["y"] * 2_999})
    panel = opened(workspace, crowd)
    assert panel.page["groups"][0]["more"] == 2_988
    assert len(json.dumps(panel.page)) < 50_000


def test_options_may_change_between_two_runs_of_the_cell(workspace):
    workspace.save_plan(Plan(options=Options(survivor="first")))
    opened(workspace)
    workspace.save_plan(replace(workspace.load_plan(), options=Options(survivor="last")))
    assert opened(workspace).page["groups"][0]["columns"][0] == {"row": 2, "stays": True}


def test_rows_that_are_older_than_their_corrections_are_marked_and_looked_at_again(workspace):
    users = users_frame({"email": ["ann@example.org", "ann@"], "phone": [None] * 2})
    panel = ReviewDuplicates(users, workspace, mapped=users)
    panel.wait()
    assert panel.outdated == ""
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [2], "email", "Ann@example.org", users=users))
    panel.look_again()
    assert panel.outdated.endswith(": 1 correction since.")
    assert panel.page["found"] == 0
    panel._head.hear({"do": "renew"})  # as the button does
    panel.wait()
    assert panel.outdated == ""
    assert [group["rows"] for group in panel.page["groups"]] == [[1, 2]]
    workspace.save_plan(replace(panel.plan, steps=(pk.ValueStep("Mail", "case", {"to": "lower"}),)))
    panel.look_again()
    assert panel.outdated.endswith(": other choices in the plan since. Run this notebook again.")
