"""Look-alikes found in parts are those of one machine, whatever the parts."""

import random

import numpy as np
import pandas as pd
import pytest
from long_runs import LONG

from passage_kit.cluster.alike_steps import ALIKE, suggest_alike, weigh_columns
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.storage import Storage
from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.lookalikes import REASONS, suggest_duplicates
from passage_kit.duplicates.slips import REASONS as SLIPS
from passage_kit.workspace.plan import Plan

FIRST = ["Ann", "Bo", "Cy", "Dee", "Eve", "Zoë", "Zoe", "Łukasz"]
LAST = [name + end for name in ("Berg", "Lee", "Quill", "Stone", "Wood") for end in ("", "son", "er", "mann")]
SIZES = [60, 1_100, 300, 800]
LONG_TEXT = "x" * 90  # longer than what the fingerprints of texts look at


def people(rows, seed):
    """Make people with names, birthdays and cities in common, some twice with another email or none."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    made = []
    for number in range(rows):
        first = chance.choice(FIRST)
        last = chance.choice(LAST) + chance.choice(["", "", f" {chance.randrange(rows)}"])
        given = (last, first) if chance.random() < 0.1 else (first, last)
        base = f"{first}.{last}".lower().replace(" ", "").replace("ë", "e").replace("ł", "l")
        emails = [
            *(None, f"{base}{number}@example.org", f"{base}+t{number}@example.org"),
            f"{base}{chance.choice(['', 'x', '.'])}{chance.randrange(30)}@gmail.com",
            f"{base}{chance.choice('abcdefgh')}@example.org",
        ]
        born = f"19{chance.randrange(60, 99)}-0{chance.randrange(1, 9)}-{chance.randrange(10, 28)}"
        person = [
            *(chance.choice(emails), chance.choice([None, f"+1415555{chance.randrange(10_000):04d}"]), *given),
            chance.choice(["Oslo", "Bonn", "BONN", None, f"{LONG_TEXT}{chance.randrange(3)}"]),
            *(chance.choice(["NO", "DE", None]), chance.choice([None, born])),
        ]
        made.append(person)
        if chance.random() < 0.1:
            phone = person[1] and person[1][:-1] + str((int(person[1][-1]) + 1) % 10)
            name = [part.upper() if chance.random() < 0.3 else part for part in given]
            made.append([f"other{number}@example.org", phone, *name, *person[4:6], chance.choice([None, person[6]])])
    names = ["email", "phone", "first_name", "last_name", "city", "country", "birth_date"]
    users = users_frame({name: [person[at] for person in made] for at, name in enumerate(names)})
    ages = [chance.choice([1, 2, None, 30]) for _ in made]
    users["age"] = pd.array(ages, dtype="int64[pyarrow]")
    known = users["email"].fillna(users["phone"])
    return users[~(known.notna() & known.duplicated()).to_numpy(dtype=bool)]  # merged: no two have one identifier


def suggested_in_parts(users, folder, parts):
    storage, rows = Storage(str(folder)), int(users.index.max())
    size = -(-rows // parts)
    given = [Part(at, at * size, min(size, rows - at * size), 0, at, 0) for at in range(parts)]
    for part in given:
        storage.write_frame(of("gathered", part.number), users[users.index.isin(part.index)])
    suggest_alike(InThisProcess(), Job(storage, Plan(), size, parts=given))
    return pd.concat([storage.read_findings(of(ALIKE, 0), part.number) for part in given], ignore_index=True)


def in_row_order(findings):
    rows = pd.Index(findings["source_row"].to_numpy(dtype=np.int64), name="row")
    return findings.set_index(rows).sort_index(kind="stable").reset_index(drop=True)


def plain(frame):
    return frame.astype(object).where(frame.notna(), None)


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(40) if LONG else range(4))
def test_suggestions_in_parts_are_those_of_the_whole_list(tmp_path, seed):
    users = people(SIZES[seed % 4], seed)
    expected = in_row_order(suggest_duplicates(users))
    assert len(expected)
    found = suggested_in_parts(users, tmp_path, 1 + (seed + 2) % 5)
    pd.testing.assert_frame_equal(plain(found), plain(expected))


def test_the_lists_have_every_kind_of_likeness():
    said = pd.concat([suggest_duplicates(people(rows, seed)) for seed, rows in enumerate(SIZES)])["argument"]
    reasons = said.str.replace(r"^.*: ", "", regex=True).unique().tolist()
    assert set(reasons) == {*REASONS, *SLIPS.values()}


@pytest.mark.few(1)
@pytest.mark.parametrize("columns", [[], ["city"], ["city", "country"], ["first_name", "birth_date", "city"]])
def test_lists_with_few_columns_have_the_same_suggestions(tmp_path, columns):
    users = people(200, 5)[["email", "phone", *columns]]
    found = suggested_in_parts(users, tmp_path, 3)
    pd.testing.assert_frame_equal(plain(found), plain(in_row_order(suggest_duplicates(users))))


def test_a_sample_of_nobody_weighs_nothing():
    assert weigh_columns([]) == {}
