"""Measure what is suggested as one person: `python benchmarks/lookalikes.py [ROWS]` prints precision and recall.

The lists are generated, so that the answer is known: a share of the people stands there twice, with another email. The
lists differ in how common names are, and in what else they hold.
"""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np
import pandas as pd

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.lookalikes import find_likenesses

TWICE = 0.005  # of the people, in every list
SEED = 20240301
CITIES = 300


def names_of(random: np.random.Generator, count: int, distinct: int, kind: str) -> np.ndarray:
    """Draw names as people have them: the second most frequent half as often as the first, and so on."""
    weights = 1 / np.arange(1, distinct + 1)
    return np.char.add(kind, random.choice(distinct, count, p=weights / weights.sum()).astype(str))


def make_list(
    rows: int, *, names: int, columns: tuple[str, ...], damage: str = "", days: int = 15_000
) -> tuple[pd.DataFrame, np.ndarray]:
    """Make a list, and the number of the person of each row."""
    random = np.random.default_rng(SEED)
    people = int(rows / (1 + TWICE))
    person = np.concatenate([np.arange(people), random.choice(people, rows - people, replace=False)])
    city = random.integers(0, CITIES, people)
    values = {
        "first_name": names_of(random, people, max(names // 4, 5), "First "),
        "last_name": names_of(random, people, names, "Last "),
        "city": np.char.add("City ", city.astype(str)),
        "country": np.char.add("Country ", (city % 20).astype(str)),
        "birth_date": random.integers(10_000, 10_000 + days, people).astype(str),
        "plan": random.choice(["free plan", "team plan", "pro plan"], people),
    }
    again = person[people:]
    twins = {name: column[again] for name, column in values.items()}
    emails = np.char.add(_letters(random, people), "@example.org")
    phones = np.char.add("+1415", random.integers(2_000_000, 9_999_999, people).astype(str))
    twin_emails, twin_phones = np.char.add(_letters(random, len(again)), "@example.org"), None
    if damage == "accents and case":
        twins["last_name"] = np.char.upper(np.char.replace(twins["last_name"], "a", "á"))
    if damage == "names swapped":
        twins["first_name"], twins["last_name"] = twins["last_name"], twins["first_name"]
    if damage in ("slip in the email", "digits of the phone swapped", "moved"):
        twins["city"] = np.char.add("City ", random.integers(0, CITIES, len(again)).astype(str))
    if damage == "slip in the email":
        twin_emails = np.array(
            [_swapped(text, at) for text, at in zip(emails[again], random.integers(1, 7, len(again)), strict=True)]
        )
    if damage == "digits of the phone swapped":
        twin_phones = [
            _swapped(text, at) for text, at in zip(phones[again], random.integers(5, 10, len(again)), strict=True)
        ]
    users = {
        "email": [*emails.tolist(), *twin_emails.tolist()],
        "phone": [*phones.tolist(), *(twin_phones or [None] * len(again))],
    }
    table = {name: np.concatenate([values[name], twins[name]]).tolist() for name in columns}
    return users_frame(users | table), person


def _letters(random: np.random.Generator, count: int) -> np.ndarray:
    """Draw words of nine letters."""
    return random.integers(97, 123, (count, 9), dtype=np.uint32).view("U9").ravel()


def _swapped(text: str, at: int) -> str:
    """Swap a character with the next other one, as in typing."""
    other = next((place for place in range(at + 1, len(text)) if text[place] != text[at]), at)
    return f"{text[: other - 1]}{text[other]}{text[other - 1]}{text[other + 1 :]}"


def measure(users: pd.DataFrame, person: np.ndarray) -> tuple[float, float, float, float]:
    """Share of the rows that are suggested, precision and recall of pairs, and seconds of the processor."""
    started = time.process_time()
    kinds = find_likenesses(users)[1:]
    seconds = time.process_time() - started
    pairs: set[tuple[int, int]] = set()
    for alike in kinds:
        for rows in pd.Series(alike.rows).groupby(alike.group).agg(list):
            pairs.update(itertools.combinations(sorted(rows), 2))
    right = sum(person[one] == person[other] for one, other in pairs)
    known = (np.bincount(person) > 1).sum()
    rows = {row for pair in pairs for row in pair}
    return len(rows) / len(users), right / len(pairs) if pairs else 1.0, right / known, seconds


LISTS = {
    "few names, plan": (20, ("first_name", "last_name", "plan")),
    "usual names": (20_000, ("first_name", "last_name", "plan")),
    "usual names, city, country": (20_000, ("first_name", "last_name", "city", "country")),
    "few names, birthday": (20, ("first_name", "last_name", "birth_date")),
    "usual names, city, birthday": (20_000, ("first_name", "last_name", "city", "country", "birth_date")),
}


DAMAGES = ("accents and case", "names swapped", "slip in the email", "digits of the phone swapped", "moved")


def main(rows: int) -> None:
    """Print a line of a table for each list, for each way in which the second row differs, and for shared birthdays."""
    print("| list | suggested rows | precision | recall | seconds |\n| --- | --: | --: | --: | --: |")
    for name, (names, columns) in LISTS.items():
        _print(name, *measure(*make_list(rows, names=names, columns=columns)))
    whole = LISTS["usual names, city, birthday"][1]
    for damage in DAMAGES:
        columns = whole if damage == "moved" else whole[:3]
        _print(damage, *measure(*make_list(rows, names=20_000, columns=columns, damage=damage)))
    for days in (15_000, 100, 1):
        _print(
            f"moved, {days} birthdays",
            *measure(*make_list(rows, names=20_000, columns=whole, damage="moved", days=days)),
        )


def _print(name: str, share: float, precision: float, recall: float, seconds: float) -> None:
    print(f"| {name} | {share:.2%} | {precision:.0%} | {recall:.0%} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
