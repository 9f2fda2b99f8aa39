"""Rarity: what few rows say is telling, and what follows from another column adds nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.compared_columns import ComparedColumns
from passage_kit.duplicates.lookalikes import suggest_duplicates
from passage_kit.duplicates.rarity import expected_others

NOBODY = np.array([], dtype=np.int64)
PAIR = np.array([0, 1])


def expected(**columns: object) -> float:
    frame = pd.DataFrame(columns)
    return float(expected_others(ComparedColumns.of(frame), PAIR, np.array([0, 0]), PAIR[1:])[0])


def many(count: int, distinct: int, seed: int) -> np.ndarray:
    """Values of a list, the first two the same."""
    values = np.random.default_rng(seed).integers(0, distinct, count)
    values[1] = values[0]
    return np.array([f"v{value}" for value in values])


@pytest.mark.parametrize(
    ("first", "last", "low", "high"), [(20, 20, 15, 35), (100, 100, 0.5, 2), (1_000, 1_000, 0, 0.05)]
)
def test_the_number_is_what_chance_brings(first: int, last: int, low: float, high: float) -> None:
    assert low <= expected(first=many(10_000, first, 1), last=many(10_000, last, 2)) <= high


def test_a_column_that_follows_from_another_adds_nothing() -> None:
    city = many(10_000, 50, 3)
    alone = expected(city=city)
    assert expected(city=city, country=[f"c{len(value) * 7 + int(value[1:]) % 5}" for value in city]) == pytest.approx(
        alone, rel=0.2
    )
    assert expected(city=city, other=many(10_000, 50, 4)) < alone / 20


def test_blanks_in_common_say_nothing() -> None:
    city = many(10_000, 50, 3)
    assert expected(city=city, note=[None, None, *["x"] * 9_998]) == pytest.approx(expected(city=city), rel=0.05)


def listed(count: int, names: int) -> pd.DataFrame:
    """A list of different people, whose first two rows are one person with a rare name."""
    random = np.random.default_rng(5)
    first, last = (
        [f"{kind}{chr(97 + at % 26)}{at}" for at in random.integers(0, names, count)] for kind in ("Ann", "Lee")
    )
    first[:2], last[:2] = ["Zelda", "Zelda"], ["Quince", "Quince"]
    return users_frame(
        {"email": [f"u{at}@example.org" for at in range(count)], "phone": [None] * count, "first": first, "last": last}
    )


def test_only_what_is_telling_is_suggested() -> None:
    assert suggest_duplicates(listed(20_000, 20))["source_row"].tolist() == [1, 2]


@pytest.mark.few(1)
@pytest.mark.parametrize("names", [20, 200, 2_000, 10**6])
def test_few_rows_of_different_people_are_suggested(names: int) -> None:
    users = listed(20_000, names)
    assert 2 <= suggest_duplicates(users)["source_row"].nunique() <= 0.03 * len(users)


def test_the_most_telling_come_first_up_to_a_share_of_the_list() -> None:
    users = listed(20_000, 10**6)
    copies = users.assign(email=[f"w{at}@example.org" for at in range(len(users))])
    copies.index = copies.index + len(users)
    both = pd.concat([users, copies])
    found = suggest_duplicates(both)["source_row"]
    assert 0.02 * len(both) < found.nunique() <= 0.03 * len(both)


def test_the_order_of_the_rows_decides_nothing() -> None:
    users = listed(3_000, 60)
    expected_rows = set(suggest_duplicates(users)["source_row"])
    assert set(suggest_duplicates(users.sample(frac=1, random_state=1))["source_row"]) == expected_rows
