"""What parts of a list show of look-alikes: numbers that are the same in all parts."""

import numpy as np
import pandas as pd

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.likeness_in_parts import (
    EXACT,
    ONE_BIRTHDAY,
    ONE_MAILBOX,
    ONE_NAME,
    OTHERWISE_SPELLED,
    REPEATED,
    SLIPS,
    TELLING,
    PartView,
    asked_of,
    counts_of,
    find_in_bucket,
    keys_of,
    suggest_of_found,
)


def people(**columns):
    count = len(columns["name"])
    given = {"email": [f"user{at}@example.org" for at in range(count)], "phone": [None] * count, **columns}
    return PartView.of(users_frame(given))


def test_equal_values_have_one_number_in_all_parts_and_other_columns_have_others():
    one = people(name=["Ann", None], city=["Oslo", "Ann"])
    other = people(name=["ANN", "Ann"], city=["x", "y"])
    assert one.prints(EXACT, "name")[0] == other.prints(EXACT, "name")[1] != other.prints(EXACT, "name")[0]
    assert one.prints(EXACT, "name")[1] == 0
    assert one.prints(EXACT, "city")[1] != one.prints(EXACT, "name")[0]
    assert len(set(other.prints(OTHERWISE_SPELLED, "name").tolist())) == 1


def test_long_texts_that_begin_alike_are_told_apart():
    [one, other] = people(name=["x" * 80 + "a", "x" * 80 + "b"], city=["", ""]).prints(EXACT, "name")
    assert one != other


def test_rows_of_one_key_are_found_without_those_that_have_no_identifier():
    view = people(name=["Ann Lee"] * 4, city=["Oslo"] * 4, email=["a@x.org", None, "b@x.org", None])
    found = find_in_bucket(EXACT, keys_of(view)[EXACT], 4).to_pandas()
    assert found.loc[found["kind"] == EXACT, ["row", "group", "size"]].to_numpy().tolist() == [[1, 1, 2], [3, 1, 2]]
    assert found.loc[found["kind"] == EXACT + REPEATED, "row"].tolist() == [2, 3, 4]


def test_six_that_agree_are_a_pattern():
    view = people(name=["Ann Lee"] * 6, city=["Oslo"] * 6)
    found = find_in_bucket(EXACT, keys_of(view)[EXACT], 6).to_pandas()
    assert set(found["kind"]) == {EXACT + REPEATED}


def test_a_mailbox_needs_an_alias():
    view = people(name=["a", "b", "c"], email=["a+x@example.org", "a@example.org", "b@example.org"])
    found = find_in_bucket(ONE_MAILBOX, keys_of(view)[ONE_MAILBOX], 3).to_pandas()
    assert found["row"].tolist() == [1, 2]


def test_names_without_birthdays_are_compared_by_name_alone():
    view = people(name=["Ann Lee", "Lee Ann", None])
    assert ONE_BIRTHDAY not in keys_of(view)
    assert find_in_bucket(ONE_NAME, keys_of(view)[ONE_NAME], 3)["row"].to_pylist() == [1, 2]


def test_values_are_counted_and_blanks_are_not():
    view = people(name=["Ann", "Ann", None], birth_date=["1980-01-01", None, None])
    counts = counts_of(view).to_pandas().set_index("print")["rows"]
    assert counts[view.prints(EXACT, "name")[0]] == 2
    assert sorted(counts.tolist()) == [1, 1, 1, 2, 2, 2]  # as they are, spelled alike, and for birthdays
    assert np.uint64(0) not in counts.index


def test_only_the_values_of_rows_that_were_found_are_asked_for():
    view = people(name=["Ann Lee", "Ann Lee", "Bo Wood"], city=["Oslo", "Oslo", "Bonn"])
    found = find_in_bucket(EXACT, keys_of(view)[EXACT], 3)
    expected = {view.prints(EXACT, name)[0] for name in ("name", "city")}
    assert set(asked_of(view, found).tolist()) == {int(each) for each in expected}


def test_nothing_found_suggests_nothing():
    assert suggest_of_found(TELLING.empty_table(), SLIPS.empty_table(), 10).empty


def test_a_part_of_no_rows_shows_nothing():
    view = PartView.of(users_frame({"email": ["a@x.org"], "phone": [None], "name": ["Ann"], "city": ["x"]}).iloc[:0])
    assert all(len(keys) == 0 for keys in keys_of(view).values())
    assert len(counts_of(view)) == 0
    assert isinstance(view.users, pd.DataFrame)
