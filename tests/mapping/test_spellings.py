"""Groups of spellings: what is likely one value is together, what is another one is not, and nothing is chosen."""

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.mapping import spellings as module
from passage_kit.mapping.spellings import LETTERS, SLIP, WORDS, find_spellings

values = st.lists(st.one_of(st.none(), st.text("abcdeÄß -.12", max_size=12)), max_size=20)


def found(*texts):
    groups = find_spellings(users_frame({"city": list(texts)})["city"])
    return [lines["value"].tolist() for _, lines in groups.groupby("group")]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (("Köln", "KOLN"), WORDS),
        (("Lee, Ann", "Ann Lee"), WORDS),
        (("Saint-Denis", "saint denis"), WORDS),
        (("Deutsch land", "Deutschland"), LETTERS),
        (("Germany", "Germnay"), SLIP),
        (("Hamburg", "Hamburgg"), SLIP),
        (("Deutschland", "Duestchland"), SLIP),
    ],
)
def test_spellings_of_one_value_are_a_group_with_its_reason(texts, reason):
    groups = find_spellings(users_frame({"city": list(texts)})["city"])
    assert set(groups["value"]) == set(texts)
    assert groups["reason"].tolist() == [reason] * 2


@pytest.mark.parametrize(
    "texts",
    [("Plan 1", "Plan 2"), ("2024-01-02", "2024-02-01"), ("12", "21"), ("Ulm", "Ulme"), ("Berlin", "Bern"),
     ("user12", "user13"), ("-", "--"), ("same", "same"), ("same", " same ")],
)  # fmt: skip
def test_other_values_are_no_group(texts):
    assert found(*texts) == []


def test_the_most_frequent_value_is_first_and_so_is_the_group_with_the_most_rows():
    assert found("ulm", "Köln", "ULM", "köln", "köln") == [["köln", "Köln"], ["ULM", "ulm"]]


def test_a_chain_of_slips_does_not_join_its_ends():
    groups = found(*["Marburg"] * 3, *["Marbur"] * 2, "Marbu")
    assert groups == [["Marburg", "Marbur"]]


@given(texts=values)
def test_each_value_is_in_one_group_at_the_most_and_counted_right(texts):
    groups = find_spellings(users_frame({"city": texts})["city"])
    assert not groups["value"].duplicated().any()
    assert (groups.groupby("group").size() > 1).all()
    assert groups["group"].is_monotonic_increasing
    filled = [text.strip() for text in texts if text and text.strip()]
    assert groups["rows"].tolist() == [filled.count(value) for value in groups["value"]]


def test_a_group_becomes_one_value_by_a_step():
    raw = users_frame({"city": ["Köln", "KOLN", "Köln ", "Ulm"]})
    groups = pk.find_spellings(raw["city"])
    step = pk.ValueStep("city", "map", {"values": dict.fromkeys(groups["value"], "Köln")})
    changed, findings = pk.apply_value_steps(raw, [step])
    assert changed["city"].tolist() == ["Köln", "Köln", "Köln", "Ulm"]
    assert findings["code"].tolist() == ["step_applied", "changed_by_step", "changed_by_step"]


def test_a_column_without_groups_gives_an_empty_frame_of_the_same_types():
    none, some = (find_spellings(users_frame({"city": texts})["city"]) for texts in (["Ulm"], ["Ulm", "ULM"]))
    assert none.empty
    assert none.dtypes.equals(some.dtypes)
    assert find_spellings(pd.Series([None, None], dtype="string[pyarrow]")).empty


def test_groups_and_values_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_GROUPS", 1)
    assert len(found("Ulm", "ULM", "Köln", "KÖLN")) == 1
    monkeypatch.setattr(module, "MOST_VALUES", 2)
    assert found("Köln", "KÖLN", "Ulm", "ULM", "ULM", "Ulm") == [["ULM", "Ulm"]]


def test_of_many_values_the_neighbours_in_order_are_compared(monkeypatch):
    monkeypatch.setattr(module, "_COMPARED_ALL", 0)
    others = [f"{first * 3}{second * 3}" for first in "ghijk" for second in "lmnop"]
    assert found(*others, "Hamburg", "Hamburg", "Hambrug", "xamburg") == [["Hamburg", "Hambrug", "xamburg"]]


@pytest.mark.slow
def test_the_cost_grows_with_the_different_values():
    few = pd.Series(["Köln", "KÖLN", "Ulm", None] * 250_000, dtype="string[pyarrow]")
    letters = str.maketrans("0123456789", "ghijklmnop")
    words = [f"{at:x}".translate(letters) for at in range(10**6, 10**6 + 30_000)]
    many = pd.Series(words, dtype="string[pyarrow]")
    begin = time.process_time()
    assert len(find_spellings(few)) == 2
    middle = time.process_time()
    find_spellings(many)
    assert middle - begin < 5
    assert time.process_time() - middle < 20
