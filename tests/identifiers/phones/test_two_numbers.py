"""Two numbers in a cell, by columns: the verdicts are those on each cell."""

import random

import pyarrow as pa
import pytest
from hostile_phones import NUMBERS
from long_runs import LONG, SEEDS

from passage_kit.columns.users_frame import users_frame
from passage_kit.identifiers.phones import phones
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.identifiers.phones.two_numbers import find_pairs

BETWEEN = [
    " / ", "/", ", ", ";", " ; ", "|", " & ", " or ", " OR ", " und ", " e ", " i ", "  or  ", "or", " and", "+", " +",
    "\\", "\n", ":::", " // ", ", or ", " - ", " x", ".0 / ", " /+", ";phone-context=", "／", " или ", "\u00a0/ ", ",",
    " (", "",
]  # fmt: skip
COUNTRIES = ["US", "DE", "GB", "IT", "", "Atlantis"]


def cells(count, seed):
    dice = random.Random(seed)  # noqa: S311
    for _ in range(count):
        one, other = (
            "".join(dice.choice("0123456789") if sign.isdigit() and dice.random() < 0.1 else sign for sign in number)
            for number in dice.choices(NUMBERS[:16], k=2)
        )
        other = one if dice.random() < 0.2 else other
        spaces = "".join(dice.choices(["", "", " ", "(", ")", "."], k=2))
        before, behind = dice.choice(["", " ", "+"]), dice.choice(["", " ", ".", ")"])
        yield f"{before}{one}{spaces}{dice.choice(BETWEEN)}{other}{behind}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("country", ["US", None])
def test_verdicts_are_those_on_each_cell(seed, country):
    values = list(dict.fromkeys(cells(60_000 if LONG else 10_000, seed)))
    dice = random.Random(seed)  # noqa: S311
    users = users_frame({"phone": values, "country": dice.choices(COUNTRIES, k=len(values))})
    fast, plain = (
        normalize_phones(users["phone"], region=users["country"], default_region=country, fast_paths=fast_paths)
        for fast_paths in (True, False)
    )
    assert fast[0].equals(plain[0])
    assert fast[1].equals(plain[1])
    assert {"phone_multiple", "phone_normalized", "phone_placeholder"} <= set(plain[1]["code"])


def test_pairs_are_found_only_where_nothing_else_stands():
    texts = ["+49 30 123456 / +49 30 123457", "0301234567/0301234568", "2015550123 home, 2015550199", "0301234, 12"]
    texts += ["2015550123 or 2015550199, 2015550188", "tel:2015550123;2015550199", "2015550123, 2015550199 x1", None]
    assert find_pairs(pa.chunked_array([texts])).rows.tolist() == [0, 1]


def test_a_number_that_stands_there_twice_is_one():
    cells = ["+49 30 1234567/+49 30 1234567", "030 1234567 / 030-1234567", "0000000/0000000", "030 1234567/0000000"]
    numbers, findings = normalize_phones(users_frame({"phone": cells})["phone"], default_region="DE")
    assert numbers.to_list()[:2] == ["+49301234567"] * 2
    assert numbers.isna().to_list() == [False, False, True, True]
    said = findings[findings["code"] != "phone_fixed_line"]
    assert said["code"].to_list() == ["phone_normalized"] * 2 + ["phone_placeholder", "phone_multiple"]


def test_no_pair_is_judged_by_itself(monkeypatch):
    seen = []

    def judge(values, regions, **options):
        seen.extend(values)
        return judge_cells(values, regions, **options)

    judge_cells = phones.judge_cells
    monkeypatch.setattr(phones, "judge_cells", judge)
    texts = [f"201 555 {number} / +1 201 555 {number + 1}" for number in range(1_000, 1_200)]
    texts += [
        f"201555{number} {between} (201) 555-{number}" for number in range(2_000, 2_200) for between in ("or", "&")
    ]
    numbers, findings = normalize_phones(users_frame({"phone": texts})["phone"], default_region="US")
    assert seen == []
    assert findings["code"].value_counts().to_dict() == {"phone_normalized": 400, "phone_multiple": 200}
    assert numbers.notna().sum() == 400
