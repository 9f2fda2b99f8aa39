"""Measure what is suggested as one person: `python benchmarks/lookalikes.py [ROWS]` prints precision and recall.

The lists are generated, so that the answer is known: a share of the people stands there twice, with another email. The
lists differ in how common names are, and in what else they hold.
"""

from __future__ import annotations

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


def make_list(rows: int, *, names: int, columns: tuple[str, ...]) -> tuple[pd.DataFrame, np.ndarray]:
    """Make a list, and the number of the person of each row."""
    random = np.random.default_rng(SEED)
    people = int(rows / (1 + TWICE))
    person = np.concatenate([np.arange(people), random.choice(people, rows - people, replace=False)])
    city = random.integers(0, CITIES, people)
    values = {
        "first": names_of(random, people, max(names // 4, 5), "First "),
        "last": names_of(random, people, names, "Last "),
        "city": np.char.add("City ", city.astype(str)),
        "country": np.char.add("Country ", (city % 20).astype(str)),
        "born": random.integers(10_000, 25_000, people).astype(str),
        "plan": random.choice(["free plan", "team plan", "pro plan"], people),
    }
    users = {"email": [f"user{at}@example.org" for at in range(rows)], "phone": [None] * rows}
    return users_frame(users | {name: values[name][person].tolist() for name in columns}), person


def measure(users: pd.DataFrame, person: np.ndarray) -> tuple[float, float, float, float]:
    """Share of the rows that are suggested, precision and recall of pairs, and seconds."""
    started = time.perf_counter()
    alike = find_likenesses(users)[1]
    seconds = time.perf_counter() - started
    found = pd.DataFrame({"group": alike.group, "person": person[alike.rows]})
    sizes = found.groupby("group").size()
    right = found.groupby(["group", "person"]).size()
    pairs, right_pairs = (sizes * (sizes - 1) / 2).sum(), (right * (right - 1) / 2).sum()
    known = (np.bincount(person) > 1).sum()
    return len(alike.rows) / len(users), right_pairs / pairs if pairs else 1.0, right_pairs / known, seconds


LISTS = {
    "few names, plan": (20, ("first", "last", "plan")),
    "usual names": (20_000, ("first", "last", "plan")),
    "usual names, city, country": (20_000, ("first", "last", "city", "country")),
    "few names, birthday": (20, ("first", "last", "born")),
    "usual names, city, birthday": (20_000, ("first", "last", "city", "country", "born")),
}


def main(rows: int) -> None:
    """Print one line of a table for each list."""
    print("| list | suggested rows | precision | recall | seconds |\n| --- | --: | --: | --: | --: |")
    for name, (names, columns) in LISTS.items():
        share, precision, recall, seconds = measure(*make_list(rows, names=names, columns=columns))
        print(f"| {name} | {share:.2%} | {precision:.0%} | {recall:.0%} | {seconds:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
