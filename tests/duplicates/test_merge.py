"""Duplicates: who is one person, which row survives, what becomes of phones that several people have."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from duplicate_rows import ANNA, BEN, CARA, ONE, ORDERS, THREE, TWO, found, people, user_frames, values
from hypothesis import given, settings
from hypothesis import strategies as st

from passage_kit.columns.users_frame import EMAIL, HELPERS, PHONE, TEXT, users_frame
from passage_kit.duplicates.clustered_users import SHARED_PHONE_CHOICES, find_clusters
from passage_kit.duplicates.clusters import SURVIVOR_RULES
from passage_kit.duplicates.decisions import no_decisions
from passage_kit.duplicates.merge import merge_duplicates
from passage_kit.errors import OptionError
from passage_kit.findings.findings import describe_findings
from passage_kit.findings.ledger import build_ledger

# The same email, and rows without one


def test_same_email_is_one_person() -> None:
    users, findings = merge_duplicates(people((ANNA, None), (BEN, None), (ANNA, None)))
    assert list(users.index) == [1, 2]
    assert found(findings, "duplicate_email") == [(3, "email", ANNA, "into row 1")]


def test_other_emails_are_other_people() -> None:
    users, findings = merge_duplicates(people((ANNA, ONE), (BEN, TWO), (None, THREE)))
    assert list(users.index) == [1, 2, 3]
    assert findings.empty


def test_row_without_email_joins_the_one_who_has_its_phone() -> None:
    users, findings = merge_duplicates(people((None, ONE), (ANNA, ONE)))
    assert list(users.index) == [2]
    assert found(findings, "duplicate_phone") == [(1, "phone", ONE, "into row 2")]


def test_phones_of_a_person_are_those_of_all_its_rows() -> None:
    users, findings = merge_duplicates(people((ANNA, ONE), (ANNA, TWO), (None, TWO)))
    assert values(users) == {1: {"email": ANNA, "phone": ONE}}
    assert found(findings, "duplicate_phone") == [(3, "phone", TWO, "into row 1")]
    assert found(findings, "conflicting_value") == [
        (2, "phone", TWO, f"row 1 keeps {ONE}"),
        (3, "phone", TWO, f"row 1 keeps {ONE}"),
    ]


def test_rows_without_email_and_the_same_phone_are_one_person() -> None:
    users, findings = merge_duplicates(people((None, ONE), (None, TWO), (None, ONE)))
    assert list(users.index) == [1, 2]
    assert found(findings, "duplicate_phone") == [(3, "phone", ONE, "into row 1")]


def test_row_without_email_never_survives_one_with_email() -> None:
    rows = people((None, ONE), (ANNA, ONE), name=["Anna", None], city=["Lyon", None], order=["9", "1"])
    for rule in SURVIVOR_RULES:
        users, _ = merge_duplicates(rows, survivor=rule)
        assert list(users.index) == [2], rule


def test_rows_without_identifier_stay_alone() -> None:
    users, findings = merge_duplicates(people((None, None), (None, None), name=["Anna", "Anna"]))
    assert list(users.index) == [1, 2]
    assert findings.empty


def test_no_rows_at_all() -> None:
    for choice in SHARED_PHONE_CHOICES:
        users, findings = merge_duplicates(people(order=[]), survivor="newest", shared_phone=choice)
        assert users.empty
        assert findings.empty
        assert find_clusters(users, shared_phone=choice).empty


# The survivor


@pytest.mark.parametrize(
    ("rule", "survivor"), [("complete", 2), ("first", 1), ("last", 4), ("newest", 3), ("oldest", 2)]
)
def test_survivor_of_each_rule(rule: str, survivor: int) -> None:
    rows = people(*[(ANNA, None)] * 4, name=["Anna", "Anna", None, None], order=[None, "9", "10", "soon"])
    rows["city"] = pd.array([None, "Lyon", "Lyon", "Lyon"], dtype=TEXT)
    users, _ = merge_duplicates(rows, survivor=rule)
    assert list(users.index) == [survivor]


@pytest.mark.parametrize(("rule", "survivor"), [("complete", 1), ("newest", 1), ("oldest", 1), ("last", 2)])
def test_ties_go_to_the_first_row(rule: str, survivor: int) -> None:
    users, _ = merge_duplicates(people((ANNA, ONE), (ANNA, ONE), order=["5", "5"]), survivor=rule)
    assert list(users.index) == [survivor]


def test_helpers_do_not_count_as_complete() -> None:
    rows = people(
        (ANNA, None), (ANNA, None), source_key=["7", None], region=["FR", None], order=["1", None], name=[None, "Anna"]
    )
    users, _ = merge_duplicates(rows)
    assert list(users.index) == [2]


def test_helpers_stay_those_of_the_survivor() -> None:
    rows = people((ANNA, None), (ANNA, None), source_key=[None, "8"], region=["FR", "NO"], order=[None, "1"])
    users, findings = merge_duplicates(rows, survivor="first")
    assert values(users) == {1: {"email": ANNA, "phone": None, "source_key": None, "region": "FR", "order": None}}
    assert set(findings["code"]) == {"duplicate_email"}


def test_blanks_are_filled_in_order_of_preference_and_the_rest_is_a_conflict() -> None:
    rows = people(
        *[(ANNA, phone) for phone in (None, ONE, TWO)],
        name=["Anna", "anna", "Anna"],
        city=[None, None, "Lyon"],
        team=[None, None, None],
        order=["1", "2", "3"],
    )
    users, findings = merge_duplicates(rows, survivor="oldest")
    assert values(users)[1] == {
        "email": ANNA, "phone": ONE, "name": "Anna", "city": "Lyon", "team": None, "order": "1"
    }  # fmt: skip
    assert found(findings, "value_filled") == [(1, "phone", None, "from row 2"), (1, "city", None, "from row 3")]
    assert found(findings, "conflicting_value") == [
        (3, "phone", TWO, f"row 1 keeps {ONE}"),
        (2, "name", "anna", "row 1 keeps Anna"),
    ]


def test_ambiguous_orders_are_read_as_told() -> None:
    rows = people((ANNA, None), (ANNA, None), order=["02/03/2024", "03/02/2024"])
    for date_order, newest in {"DMY": 1, "MDY": 2}.items():
        users, findings = merge_duplicates(rows, survivor="newest", date_order=date_order)
        assert list(users.index) == [newest]
        assert found(findings, "order_unreadable") == []
    _, findings = merge_duplicates(rows, survivor="newest")
    assert [row[0] for row in found(findings, "order_unreadable")] == [1, 2]


def test_unreadable_order_is_said_where_it_matters() -> None:
    rows = people((ANNA, None), (ANNA, None), (ANNA, None), (BEN, None), order=["soon", "3", None, "later"])
    users, findings = merge_duplicates(rows, survivor="oldest")
    assert list(users.index) == [2, 4]
    assert found(findings, "order_unreadable") == [(1, "order", "soon", None)]
    _, findings = merge_duplicates(rows, survivor="first")
    assert found(findings, "order_unreadable") == []


# Phones that people with different emails have


def test_shared_phone_is_withheld_from_all() -> None:
    users, findings = merge_duplicates(people((ANNA, ONE), (BEN, ONE), (CARA, TWO)))
    assert list(users["phone"].isna()) == [True, True, False]
    detail = "2 people with different emails have it"
    assert found(findings, "shared_phone") == [(1, "phone", ONE, detail), (2, "phone", ONE, detail)]
    assert set(findings["effect"]) == {"withheld"}


def test_withheld_phone_makes_room_for_another_of_the_person() -> None:
    users, findings = merge_duplicates(people((ANNA, ONE), (ANNA, TWO), (BEN, ONE)))
    assert values(users) == {1: {"email": ANNA, "phone": TWO}, 3: {"email": BEN, "phone": None}}
    assert found(findings, "value_filled") == [(1, "phone", None, "from row 2")]
    assert found(findings, "conflicting_value") == []


def test_shared_phone_is_left_to_the_preferred_person() -> None:
    rows = people((ANNA, ONE), (BEN, ONE), (BEN, None), name=[None, "Ben", None], order=["5", "1", "9"])
    for rule, keeper in {"complete": BEN, "first": ANNA, "last": BEN, "newest": BEN, "oldest": BEN}.items():
        users, findings = merge_duplicates(rows, survivor=rule, shared_phone="survivor")
        kept = users[users["phone"].notna()]
        assert list(kept["email"]) == [keeper], rule
        assert [row[3] for row in found(findings, "shared_phone")] == [f"left to row {kept.index[0]}"]


def test_people_with_a_shared_phone_are_merged_when_asked() -> None:
    rows = people((ANNA, ONE), (BEN, ONE), (BEN, TWO), (CARA, TWO), (None, TWO), ("dan@example.org", THREE))
    users, findings = merge_duplicates(rows, shared_phone="merge")
    assert list(users.index) == [1, 6]
    assert [row[0] for row in found(findings, "merged_by_phone")] == [2, 3, 4, 5]
    assert (4, "email", CARA, f"row 1 keeps {ANNA}") in found(findings, "conflicting_value")


def test_reasons_within_merged_people() -> None:
    rows = people((ANNA, ONE), (ANNA, None), (BEN, ONE), (BEN, TWO), (None, TWO), (None, ONE))
    clusters = find_clusters(rows, shared_phone="merge").set_index("source_row")["reason"]
    assert clusters.dropna().to_dict() == {
        2: "duplicate_email",
        3: "merged_by_phone",
        4: "merged_by_phone",
        5: "duplicate_phone",
        6: "merged_by_phone",
    }


def test_rows_of_people_with_a_shared_phone_are_rejected_when_asked() -> None:
    rows = people((ANNA, ONE), (ANNA, TWO), (None, TWO), (BEN, ONE), (CARA, THREE))
    users, findings = merge_duplicates(rows, shared_phone="reject")
    assert list(users.index) == [5]
    assert [row[:3] for row in found(findings, "shared_phone")] == [
        (1, "phone", ONE),
        (2, "phone", None),
        (3, "phone", None),
        (4, "phone", ONE),
    ]
    assert set(findings["effect"]) == {"rejected"}


@pytest.mark.parametrize("choice", ["withhold", "survivor", "reject"])
def test_rows_with_nothing_but_a_shared_phone_keep_it(choice: str) -> None:
    users, findings = merge_duplicates(people((ANNA, ONE), (BEN, ONE), (None, ONE), (None, ONE)), shared_phone=choice)
    assert values(users)[3] == {"email": None, "phone": ONE}
    assert users["phone"].notna().sum() == 1
    assert found(findings, "duplicate_phone") == [(4, "phone", ONE, "into row 3")]
    if choice != "reject":
        assert {row[3] for row in found(findings, "shared_phone")} == {"left to row 3"}


# Clusters, options, input


@pytest.mark.parametrize("option", ["survivor", "shared_phone"])
def test_unknown_choice_names_the_choices(option: str) -> None:
    choices = {"survivor": SURVIVOR_RULES, "shared_phone": SHARED_PHONE_CHOICES}[option]
    with pytest.raises(OptionError, match=", ".join(choices)):
        merge_duplicates(people((ANNA, None)), **{option: "best"})


@pytest.mark.parametrize("rule", ["newest", "oldest"])
def test_rule_by_order_needs_the_column(rule: str) -> None:
    with pytest.raises(OptionError, match="Map a date or a number to 'order'"):
        merge_duplicates(people((ANNA, None)), survivor=rule)


def test_input_is_not_changed() -> None:
    rows = people((ANNA, ONE), (ANNA, TWO), (BEN, ONE), name=[None, "Anna", None]).iloc[::-1]
    before = rows.copy(deep=True)
    merge_duplicates(rows)
    pd.testing.assert_frame_equal(rows, before)


def test_suggestions_are_among_the_findings_and_merge_nothing() -> None:
    users, findings = merge_duplicates(people(("anna.b@gmail.com", None), ("annab+shop@gmail.com", None)))
    assert list(users.index) == [1, 2]
    assert [row[0] for row in found(findings, "possible_duplicate")] == [1, 2]
    assert set(findings["effect"]) == {"warning"}


# Properties, and the same answer as a reference that goes row by row


def reference(users: pd.DataFrame, rule: str, choice: str) -> tuple[dict[int, dict[str, str | None]], set[object]]:
    """Merge row by row. Returns the surviving rows and the findings as tuples."""
    rows = dict(sorted(values(users).items()))
    findings: set[object] = set()

    holders = defaultdict(set)  # emails of each phone
    for record in rows.values():
        if record[EMAIL] and record[PHONE]:
            holders[record[PHONE]].add(record[EMAIL])
    shared = {phone for phone, emails in holders.items() if len(emails) > 1}

    persons: dict[object, set[int]] = defaultdict(set)
    for number, record in rows.items():
        owners = holders.get(record[PHONE], set())
        if record[EMAIL]:
            persons[record[EMAIL]].add(number)
        elif len(owners) == 1:
            persons[next(iter(owners))].add(number)
        else:
            persons[record[PHONE] or number].add(number)

    def phones(person: object) -> set[str]:
        return {rows[number][PHONE] for number in persons[person]} - {None}

    def has_email(person: object) -> bool:
        return any(rows[number][EMAIL] for number in persons[person])

    if choice == "merge":
        for phone in sorted(shared):
            one, *others = (person for person in list(persons) if phone in phones(person))
            for other in others:
                persons[one] |= persons.pop(other)
    if choice == "reject":
        for person in [person for person in persons if has_email(person) and phones(person) & shared]:
            for number in persons.pop(person):
                sharing = rows[number][EMAIL] and rows[number][PHONE] in shared
                findings.add((number, "phone", rows[number][PHONE] if sharing else None, "shared_phone", "rejected"))

    def preference(number: int) -> tuple[object, ...]:
        record = rows[number]
        filled = sum(value is not None for name, value in record.items() if name not in HELPERS)
        order = ORDERS.get(record["order"])
        key = {
            "complete": (-filled,),
            "first": (),
            "last": (-number,),
            "newest": (order is None, -(order or 0)),
            "oldest": (order is None, order or 0),
        }[rule]
        return (record[EMAIL] is None, *key, number)

    ranked = {person: sorted(numbers, key=preference) for person, numbers in persons.items()}
    outgoing = {number: dict(record) for number, record in rows.items()}
    contested = {number for numbers in persons.values() if len(numbers) > 1 for number in numbers}
    for phone in shared if choice in ("withhold", "survivor") else ():
        havers = [person for person in ranked if has_email(person) and phone in phones(person)]
        lone = [person for person in ranked if not has_email(person) and phone in phones(person)]
        best = min(havers, key=lambda person: preference(ranked[person][0]))
        keeper = lone[0] if lone else best if choice == "survivor" else None
        for number in {number for person in havers if person != keeper for number in persons[person]}:
            if outgoing[number][PHONE] == phone:
                outgoing[number][PHONE] = None
                findings.add((number, "phone", phone, "shared_phone", "withheld"))
        if choice == "survivor":
            contested |= {number for number, record in rows.items() if record[PHONE] == phone}

    if rule in ("newest", "oldest"):
        for number in contested & {number for numbers in persons.values() for number in numbers}:
            if rows[number]["order"] == "soon":
                findings.add((number, "order", "soon", "order_unreadable", None))

    merged = {}
    for survivor, *absorbed in ranked.values():
        merged[survivor] = outgoing[survivor]
        for number in absorbed:
            record = rows[number]
            if record[EMAIL] and record[EMAIL] == rows[survivor][EMAIL]:
                findings.add((number, "email", record[EMAIL], "duplicate_email", f"into row {survivor}"))
            else:
                by_shared = choice == "merge" and (record[EMAIL] or record[PHONE] in shared)
                code = "merged_by_phone" if by_shared else "duplicate_phone"
                findings.add((number, "phone", outgoing[number][PHONE], code, f"into row {survivor}"))
        for name in (name for name in users.columns if name not in HELPERS):
            for number in absorbed:
                stays, value = merged[survivor][name], outgoing[number][name]
                if stays is None and value is not None:
                    merged[survivor][name] = value
                    findings.add((survivor, name, None, "value_filled", f"from row {number}"))
                elif value not in (None, stays):
                    findings.add((number, name, value, "conflicting_value", f"row {survivor} keeps {stays}"))
    return merged, findings


def as_tuples(findings: pd.DataFrame) -> list[object]:
    """Findings as the reference writes them."""
    told = describe_findings(findings[findings["code"] != "possible_duplicate"])
    told = told[["source_row", "field", "value", "code", "effect", "detail"]].astype(object)
    told = told.where(told.notna(), None)
    return [
        (row, field, value, code, effect if code == "shared_phone" else detail)
        for row, field, value, code, effect, detail in told.itertuples(index=False)
    ]


def check_against_reference(users: pd.DataFrame, rule: str, choice: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    merged, findings = merge_duplicates(users, survivor=rule, shared_phone=choice)
    expected, expected_findings = reference(users, rule, choice)
    assert values(merged) == expected
    assert list(merged.index) == sorted(expected)
    told = as_tuples(findings)
    assert len(told) == len(set(told))
    assert set(told) == expected_findings
    return merged, findings


@settings(derandomize=True)
@given(user_frames(), st.sampled_from(SURVIVOR_RULES), st.sampled_from(SHARED_PHONE_CHOICES))
def test_same_answer_as_the_reference_and_as_with_no_decisions(users: pd.DataFrame, rule: str, choice: str) -> None:
    undecided = check_against_reference(users, rule, choice)
    without = merge_duplicates(users, survivor=rule, shared_phone=choice, decisions=no_decisions())
    for one, other in zip(undecided, without, strict=True):
        pd.testing.assert_frame_equal(one, other)


def neighbourhoods(seed: list[int]) -> pd.DataFrame:
    """Many small groups of rows that have identifiers in common within the group only, shuffled together."""
    random = np.random.default_rng(seed)

    def one_of(*values: str | None) -> str | None:
        return values[random.integers(len(values))]

    columns = {
        "email": lambda place: one_of(None, None, *(f"{name}@{place}.example.org" for name in "abcd")),
        "phone": lambda place: one_of(None, *(f"+1415{place:03}010{digit}" for digit in "123")),
        "name": lambda _: one_of(None, "Anna Berg", "Ben Dahl"),
        "city": lambda _: one_of(None, "Lyon", "Oslo"),
        "source_key": lambda _: one_of(None, "7", "8"),
        "order": lambda _: one_of(None, "soon", *ORDERS),
    }
    places = random.integers(0, 60, 360)
    return users_frame({name: map(make, places) for name, make in columns.items()})


@pytest.mark.parametrize("choice", SHARED_PHONE_CHOICES)
@pytest.mark.parametrize("rule", SURVIVOR_RULES)
class TestManyNeighbourhoods:
    """What holds of every frame, rule and choice."""

    @pytest.fixture
    def users(self, rule: str, choice: str) -> pd.DataFrame:
        return neighbourhoods([SURVIVOR_RULES.index(rule), SHARED_PHONE_CHOICES.index(choice)])

    @pytest.mark.few(4)
    def test_same_answer_as_the_reference(self, users: pd.DataFrame, rule: str, choice: str) -> None:
        check_against_reference(users, rule, choice)

    @pytest.mark.few(4)
    def test_every_row_and_identifier_is_accounted_for(self, users: pd.DataFrame, rule: str, choice: str) -> None:
        merged, findings = merge_duplicates(users, survivor=rule, shared_phone=choice)
        ledger = build_ledger(users.index, merged, findings)  # raises if the rows do not add up
        absorbed = findings[findings["effect"] == "absorbed"]
        assert sorted(absorbed["source_row"]) == sorted(ledger.index[ledger["disposition"] == "absorbed"])
        assert set(absorbed["code"]) <= {"duplicate_email", "duplicate_phone", "merged_by_phone"}
        rejected = set(findings.loc[findings["effect"] == "rejected", "source_row"])
        for name in (EMAIL, PHONE):
            assert merged[name].dropna().is_unique
            told = set(findings.loc[findings["field"] == name, "value"].dropna())
            lost = set(users.loc[~users.index.isin(rejected), name].dropna()) - set(merged[name].dropna())
            assert lost <= told

    @pytest.mark.few(4)
    def test_running_twice_changes_nothing(self, users: pd.DataFrame, rule: str, choice: str) -> None:
        merged, _ = merge_duplicates(users, survivor=rule, shared_phone=choice)
        again, findings = merge_duplicates(merged, survivor=rule, shared_phone=choice)
        pd.testing.assert_frame_equal(again, merged)
        assert set(findings["code"]) <= {"possible_duplicate"}

    @pytest.mark.few(4)
    def test_order_of_the_rows_decides_nothing(self, users: pd.DataFrame, rule: str, choice: str) -> None:
        expected = merge_duplicates(users, survivor=rule, shared_phone=choice)
        shuffled = merge_duplicates(users.sample(frac=1, random_state=1), survivor=rule, shared_phone=choice)
        for one, other in zip(shuffled, expected, strict=True):
            pd.testing.assert_frame_equal(one, other)

    @pytest.mark.few(5)
    def test_nobody_is_merged_across_emails_unasked(self, users: pd.DataFrame, rule: str, choice: str) -> None:
        clusters = find_clusters(users, survivor=rule, shared_phone=choice)
        emails = users[EMAIL].reindex(clusters["source_row"].astype("int64")).groupby(clusters["cluster"].to_numpy())
        most = emails.nunique().max()
        assert most > 1 if choice == "merge" else most == 1
        assert clusters["cluster"].value_counts().min() > 1
        assert clusters["reason"].isna().sum() == clusters["cluster"].max()
