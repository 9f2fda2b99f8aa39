"""Corrections and decisions after the source has changed: everybody's own come back, and nobody gets another's."""

from dataclasses import dataclass, replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.decisions import decide, decisions_of, no_decisions
from passage_kit.workspace.corrections import correct, no_corrections
from passage_kit.workspace.fixed_rows import Note, SourceState
from passage_kit.workspace.fixes import match_fixes, place_fixes
from passage_kit.workspace.loaded_fixes import file_hash, made_for

CITY = pk.MetadataSchema([pk.MetadataField("city")])


@dataclass(frozen=True)
class Person:
    """Somebody in a source; ``number`` is who they are, and stands nowhere in the source."""

    number: int
    key: str
    email: str
    phone: str
    city: str


KEYS = st.sampled_from(["own", "shared", "none"])
CITIES = st.sampled_from(["Lyon", "Oslo", ""])
FIELDS = ("email", "phone", "city")


@st.composite
def people(draw, first=0, most=10):
    """Draw some people; keys, phones and cities may be shared, and emails stand for nothing or are broken."""
    drawn = []
    for number in range(first, first + draw(st.integers(1, most))):
        kind = draw(KEYS)
        own = {"own": f"c{number}", "shared": f"c, since {first}"}.get(kind, "")  # nobody new takes over a key
        email = draw(st.sampled_from([f"p{number}@example.org", f"p{number}@", "n/a", ""]))
        phone = draw(st.sampled_from([f"+1 415 555 {2600 + number}", "+1 415 555 2671", "0000000000", ""]))
        drawn.append(Person(number, own, email, phone, draw(CITIES)))
    return drawn


@st.composite
def refreshed(draw, former):
    """Draw a later state: rows reversed or shuffled, some gone, some new, and two people with a value swapped."""
    stays = [person for person in former if draw(st.integers(0, 3))]
    later = draw(st.permutations([*stays, *draw(people(first=100, most=3))]))
    if len(later) > 1 and draw(st.booleans()):
        field = draw(st.sampled_from(FIELDS))
        one, other = later[0], later[1]
        later[0] = replace(one, **{field: getattr(other, field)})
        later[1] = replace(other, **{field: getattr(one, field)})
    return later


def frame(persons, keyed):
    columns = {name: [getattr(person, name) for person in persons] for name in FIELDS}
    return users_frame({"source_key": [person.key for person in persons]} | columns if keyed else columns)


def as_told(person, keyed):
    return (person.key if keyed else "", person.email, person.phone, person.city)


def twins(persons, keyed):
    """Who cannot be told from another person of the source."""
    told = [as_told(person, keyed) for person in persons]
    return {person.number for person in persons if told.count(as_told(person, keyed)) > 1}


def is_theirs(row, person, later, keyed):
    """Whether a row is a person's; who has become another to the letter is that other one, as nobody can tell."""
    there = later[row - 1]
    return there.number == person.number or as_told(there, keyed) == as_told(person, keyed)


@given(data=st.data(), keyed=st.booleans(), by_hand=st.booleans())
def test_nobody_gets_anothers_correction_or_decision(data, keyed, by_hand):
    former = data.draw(people())
    later = data.draw(refreshed(former))
    before, today = frame(former, keyed), frame(later, keyed)
    corrections, decisions = no_corrections(), no_decisions()
    for row in data.draw(st.sets(st.integers(1, len(former)))):
        field = data.draw(st.sampled_from(FIELDS))
        corrections = correct(corrections, [row], field, f"{row}.fix", users=None if by_hand else before)
    if len(former) > 1:
        decisions = decide(decisions, [1, 2], data.draw(st.sampled_from(["apart", "merge", "rule"])))
    fixes = carried(before, corrections, decisions, SourceState("former"), to=today)
    corrected, findings = pk.apply_corrections(today, fixes.corrections)
    assert findings["code"].str.startswith("correct").sum() == len(corrections)
    for row, value in findings.loc[findings["code"].eq("corrected"), ["source_row", "argument"]].to_numpy():
        assert is_theirs(row, former[int(value.partition(".")[0]) - 1], later, keyed)
    for made in decisions_of(fixes.decisions):
        for person in former[:2] if made.placed else ():
            assert any(is_theirs(row, person, later, keyed) for row in made.rows)
    assert corrected.index.equals(today.index)


@pytest.mark.slow
@given(data=st.data(), keyed=st.booleans())
def test_everybody_who_can_be_told_from_the_others_gets_theirs_in_another_order(data, keyed):
    former = data.draw(people())
    later = data.draw(st.permutations(former))
    values = [f"{person.number}.fix" for person in former]
    corrections = correct(no_corrections(), range(1, len(former) + 1), "email", values)
    before, today = frame(former, keyed), frame(later, keyed)
    fixes = carried(before, corrections, no_decisions(), SourceState("former"), to=today)
    findings = pk.apply_corrections(today, fixes.corrections)[1]
    told = [person for person in former if any(as_told(person, keyed)) and person.number not in twins(former, keyed)]
    fixed = set(findings.loc[findings["code"].eq("corrected"), "argument"])
    assert fixed == {f"{person.number}.fix" for person in told}


def carried(before, corrections, decisions, state, *, to):
    """Carry fixes from one state of a source to another, as the files of a workspace do."""
    former = place_fixes(before, corrections, decisions, Note(), state)
    return place_fixes(to, former.corrections, former.decisions, Note(former.noted, state), SourceState("later"))


LIST = """id,email,phone,city
c1,ann@,+1 415 555 2671,Lyon
c2,bo@example.org,,Oslo
c3,cy@example.org,+1 415 555 2673,Oslo
c3,dee@example.org,,Ulm
"""
KEYED = {"source_key": "id", "email": "email", "phone": "phone", "city": "city"}


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "users.csv"
    path.write_text(LIST)
    return path


def lines(*rows):
    header, *people = LIST.splitlines()
    return "\n".join([header, *(people[row - 1] for row in rows), ""])


def prepared(source, mapping=KEYED, **options):
    return pk.prepare(source, schema=CITY, mapping=mapping, out="m", **options)


def codes(prepared):
    return prepared.findings.loc[prepared.findings["code"].str.startswith(("correct", "decision")), "code"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("mapping", [KEYED, {name: origin for name, origin in KEYED.items() if name != "source_key"}])
def test_a_run_takes_a_correction_by_hand_along_with_its_person(source, mapping):
    pk.Workspace("m").make().corrections_path.write_text("source_row,field,value\n1,email,ann@example.org\n")
    assert codes(prepared(source, mapping)) == ["corrected"]
    for rows in ((4, 3, 2, 1), (2, 1), (4, 1, 3, 2)):
        source.write_text(lines(*rows))
        users = prepared(source, mapping).users
        assert users.loc[rows.index(1) + 1, "email"] == "ann@example.org"
        again = prepared(source, mapping)
        assert codes(again) == ["corrected"]
    kept = pk.Workspace("m").load_corrections()
    assert kept[["source_row", "was", "value"]].to_numpy().tolist() == [[2, "ann@", "ann@example.org"]]
    assert pk.Workspace("m").folder.joinpath("corrections.previous.csv").exists()


@pytest.mark.slow
def test_who_is_gone_keeps_a_correction_that_is_asked_about_and_comes_back_with_them(source):
    pk.Workspace("m").make().corrections_path.write_text("source_row,field,value\n1,email,ann@example.org\n")
    prepared(source)
    source.write_text(lines(3, 2))
    for _ in range(2):
        assert codes(prepared(source)) == ["correction_unplaced"]
    assert pk.Workspace("m").load_corrections()["source_row"].isna().all()
    source.write_text(lines(2, 1))
    assert prepared(source).users.loc[2, "email"] == "ann@example.org"


@pytest.mark.slow
@pytest.mark.parametrize("change", [("ann@,", "ann@example.net,"), ("ann@,", ","), ("c1,", "c9,"), ("c2,bo", "c1,bo")])
def test_a_value_that_has_changed_or_a_key_that_is_gone_or_twice_is_asked_about(source, change):
    pk.Workspace("m").make().corrections_path.write_text("source_row,field,value\n1,email,ann@example.org\n")
    prepared(source)
    source.write_text(LIST.replace(*change))
    run = prepared(source)
    assert codes(run) == ["correction_unplaced"]
    assert "ann@example.org" not in set(run.users["email"])


@pytest.mark.slow
def test_a_value_that_the_source_has_itself_now_is_not_asked_about(source):
    pk.Workspace("m").make().corrections_path.write_text("source_row,field,value\n1,email,ann@example.org\n")
    prepared(source)
    source.write_text(LIST.replace("ann@,", "ann@example.org,"))
    assert codes(prepared(source)) == ["correction_unused"]


@pytest.mark.slow
def test_a_double_key_is_nobodys(source):
    workspace = pk.Workspace("m").make()
    workspace.corrections_path.write_text("source_row,source_key,field,was,value\n4,c3,city,Ulm,Bonn\n")
    prepared(source)
    source.write_text(lines(1, 2, 3).replace("Oslo", "Ulm"))  # the key is now its only, and the value fits
    run = prepared(source)
    assert codes(run) == ["correction_unplaced"]
    assert "Bonn" not in set(run.users["city"])


def test_a_file_with_keys_needs_no_note(source):
    workspace = pk.Workspace("m")
    users = pk.apply_mapping(pk.read_users(source), pk.FieldMapping(KEYED))
    workspace.save_plan(pk.Plan(sha256="0f" * 32))
    workspace.save_corrections(correct(no_corrections(), [2, 4], "city", "Bonn", users=users))
    assert workspace.load_corrections()["source_key"].fillna("").tolist() == ["c2", ""]
    source.write_text(lines(4, 3, 2, 1))
    run = prepared(source)
    assert run.users["city"].tolist() == ["Ulm", "Oslo", "Bonn", "Lyon"][: len(run.users)]
    assert sorted(codes(run)) == ["corrected", "correction_unplaced"]


@pytest.mark.slow
@pytest.mark.parametrize("sha256", ["0f" * 32, None])
def test_a_file_of_the_release_before_is_asked_about_if_its_source_is_not_this_one(source, sha256):
    workspace = pk.Workspace("m")
    workspace.save_plan(pk.Plan(sha256=sha256))
    workspace.corrections_path.write_text("source_row,field,value,note\n2,city,Bonn,\n")
    workspace.decisions_path.write_text("rows,decision,survivor_row,note\n2 3,merge,,\n")
    assert codes(prepared(source)) == (
        ["corrected", "decision_applied"] if sha256 is None else ["correction_unplaced", "decision_unplaced"]
    )


@pytest.mark.slow
def test_decisions_follow_their_people(source):
    workspace = pk.Workspace("m")
    workspace.save_decisions(
        decide(decide(no_decisions(), [1, 2], "merge", survivor_row=2, note="kin"), [2, 4], "apart")
    )
    prepared(source)
    source.write_text(lines(4, 2, 1))
    assert prepared(source).ledger["survivor_row"].fillna(0).tolist() == [0, 0, 2]
    moved = [
        (made.rows, made.choice, made.survivor_row, made.note) for made in decisions_of(workspace.load_decisions())
    ]
    assert moved == [((2, 3), "merge", 2, "kin"), ((1, 2), "apart", None, None)]
    source.write_text(lines(4, 1))
    for _ in range(2):
        assert codes(prepared(source)) == ["decision_unplaced"] * 2
    assert workspace.load_decisions()["rows"].tolist() == ["2? 3?", "1? 2?"]


@pytest.mark.slow
def test_a_line_by_hand_for_the_rows_of_today_is_not_mistaken_for_one_of_before(source):
    workspace = pk.Workspace("m").make()
    workspace.corrections_path.write_text("source_row,field,value\n1,city,Bonn\n")
    prepared(source)
    source.write_text(lines(4, 3, 2, 1))
    with workspace.corrections_path.open("a") as file:
        file.write("1,email,dee@example.net\n")
    run = prepared(source)
    assert sorted(codes(run)) == ["corrected", "correction_unplaced"]
    assert run.users.loc[4, "city"] == "Bonn"
    with workspace.corrections_path.open("a") as file:
        file.write("1,,email,,dee@example.net,\n")  # the files speak of today since that run
    assert prepared(source).users.loc[1, "email"] == "dee@example.net"


@pytest.mark.slow
def test_a_corrected_key_still_finds_its_person(source):
    workspace = pk.Workspace("m")
    users = pk.apply_mapping(pk.read_users(source), pk.FieldMapping(KEYED))
    workspace.save_corrections(correct(no_corrections(), [2], "source_key", "c22", users=users))
    assert prepared(source).ledger.loc[2, "source_key"] == "c22"
    source.write_text(lines(3, 2))
    assert prepared(source).ledger["source_key"].tolist() == ["c3", "c22"]


def test_a_database_has_no_hash_and_is_known_by_what_it_holds(tmp_path):
    users = frame([Person(1, "c1", "ann@", "", "Lyon"), Person(2, "", "ann@", "", "Lyon")], keyed=True)
    workspace = pk.Workspace(tmp_path)
    workspace.save_corrections(correct(no_corrections(), [2], "city", "Bonn"))
    unknown = match_fixes(workspace, users, made_for="a database", by_frame=True)
    assert unknown.corrections["why"].tolist() == ["nothing says whose it is"]
    match_fixes(workspace, users, by_frame=True).save(workspace)
    assert match_fixes(workspace, users.copy(), by_frame=True).corrections["source_row"].tolist() == [2]
    other = users.assign(city=["Oslo", "Lyon"])
    assert match_fixes(workspace, other, by_frame=True).moved


@pytest.mark.slow
def test_a_hundred_thousand_corrections_are_matched_at_once(tmp_path):
    count = 100_000
    users = users_frame({"source_key": [f"c{at}" for at in range(count)], "email": [f"p{at}@" for at in range(count)]})
    workspace = pk.Workspace(tmp_path)
    values = [f"p{at}@example.org" for at in range(count)]
    workspace.save_corrections(correct(no_corrections(), range(1, count + 1), "email", values, users=users))
    match_fixes(workspace, users, sha256="former").save(workspace)
    later = users.iloc[::-1].set_axis(users.index)
    corrected, _ = pk.apply_corrections(later, match_fixes(workspace, later, sha256="later").corrections)
    assert corrected["email"].tolist() == values[::-1]


def test_the_hash_of_the_release_before_comes_from_the_plan_or_the_last_run(source):
    workspace = pk.Workspace("m")
    assert made_for(workspace, pk.Plan(sha256="given")) == "given"
    run = prepared(source)
    workspace.save_plan(replace(workspace.load_plan(), sha256=None))
    assert made_for(workspace) == run.source.sha256 == file_hash(workspace.load_plan())
    assert pd.isna(file_hash(pk.Plan("sqlite:///users.db")))
