"""The list of partitions goes to a worker by its name: what a call carries does not grow with the partitions."""

import random

import cloudpickle
import pandas as pd
import pytest
from long_runs import LONG
from messy_lists import MAPPING, SCHEMA, check_same, messy_row, write_rows

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.job import Job, Part
from passage_kit.cluster.part_lists import keep_parts, read_parts
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.storage import Storage
from passage_kit.workspace.plan import Plan

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}


class Weighed(InThisProcess):
    """Sends each call as bytes, as to another machine, and notes the most that a call of a step takes."""

    def __init__(self):
        self.most = {}

    def run(self, name, call, items):
        results = []
        for item in items:
            sent = cloudpickle.dumps((call, item))
            self.most[name] = max(self.most.get(name, 0), len(sent))
            theirs, arguments = cloudpickle.loads(sent)
            results.append(theirs(*arguments))
        return results


def parts_of(count):
    return [Part(number, 250_000 * number, 250_000, number, 0, 250_000 * number) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 4_000])
def test_a_list_comes_back_as_it_was(tmp_path, count):
    kept = keep_parts(Storage(str(tmp_path)), parts_of(count))
    read_parts.cache_clear()
    there = cloudpickle.loads(cloudpickle.dumps(kept))
    assert (len(there), list(there), list(there[1:3])) == (count, parts_of(count), parts_of(count)[1:3])


def test_a_call_of_four_thousand_partitions_is_as_short_as_one_of_four(tmp_path):
    storage = Storage(str(tmp_path), run="0123456789abcdef")
    few, many = (
        len(
            cloudpickle.dumps(
                (Job(storage, Plan("users"), 9, parts=keep_parts(storage, parts_of(count))), Part(*[0] * 6))
            )
        )
        for count in (4, 4_000)
    )
    assert few == many


def test_a_worker_reads_a_list_once(tmp_path):
    storage = Storage(str(tmp_path))
    sent = cloudpickle.dumps(keep_parts(storage, parts_of(9)))
    first = cloudpickle.loads(sent)
    storage.remove("stages/work")
    assert cloudpickle.loads(sent) is first


@pytest.mark.slow
@pytest.mark.parametrize("since", [False, True] if LONG else [True])
def test_no_step_sends_the_list(tmp_path, since):
    """A run that compares with an earlier export has every step of one that does not, and some more."""
    chance = random.Random(since)  # noqa: S311 - no secret
    source = write_rows(tmp_path / "users", [messy_row(number, 45, chance) for number in range(60)], files=1)
    given = dict(GIVEN)
    if since:
        pk.prepare(source, out=tmp_path / "june", **GIVEN)
        write_rows(source, [messy_row(number, 45, chance) for number in range(20, 80)], files=1)
        given["since"] = str(tmp_path / "june")
    pk.prepare(source, out=tmp_path / "one", **given)
    most = []
    for rows in (20, 3):  # 3 partitions, and 20
        engine = Weighed()
        prepare_on_cluster(source, client=engine, out=tmp_path / str(rows), rows=rows, **given)
        check_same(tmp_path / "one", tmp_path / str(rows))
        most.append(engine.most)
    few, many = map(pd.Series, most)
    grown = many.sub(few).dropna()  # numbers of pieces, and of files, for one call; the list would be 650 bytes
    assert {"map", "meetings", "merge", "look-alikes: rows", "account"} <= set(grown.index)
    assert grown.max() < 250, grown.sort_values()
