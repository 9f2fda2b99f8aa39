"""Rows that links connect are one group, whatever the partitions and the way between them."""

import random
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.group_steps import find_groups
from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.storage import Storage


class Counts(InThisProcess):
    """Counts the rounds."""

    def __init__(self):
        self.rounds = 0

    def run(self, name, call, items):
        self.rounds += name.startswith("shorter links")
        return super().run(name, call, items)


def made(folder, keys, ends):
    """Write the keys of rows as the partitions that end at some rows do."""
    starts = [0, *ends[:-1]]
    parts = [Part(at, start, end - start, 0, at, 0) for at, (start, end) in enumerate(zip(starts, ends, strict=True))]
    job = replace(Job(Storage(str(folder)), pk.Plan(), 10), parts=parts)
    for part in parts:
        some = [(row, key) for row, key in keys if part.start < row <= part.start + part.rows]
        pieces = [[(row, key) for row, key in some if key % job.buckets == bucket] for bucket in range(job.buckets)]
        tables = [
            pa.table(
                {"key": pa.array([key for _, key in piece], pa.uint64()), "row": [row for row, _ in piece]},
                schema=pa.schema([("key", pa.uint64()), ("row", pa.int64())]),
            )
            for piece in pieces
        ]
        job.storage.write_table(of("people", part.number), *tables)
    return job


def buckets_of(job):
    tables = [job.storage.read_table(of("groups", part.number)) for part in job.parts]
    whole = pa.concat_tables(tables)
    return dict(zip(whole["row"].to_pylist(), whole["bucket"].to_pylist(), strict=True))


def groups_of(keys):
    """Group rows one key after the other."""
    group = {row: {row} for row, _ in keys}
    rows_of = {}
    for row, key in keys:
        rows_of.setdefault(key, []).append(row)
    for first, *others in rows_of.values():
        for other in others:
            if group[other] is not group[first]:
                joined = group[first] | group[other]
                group |= dict.fromkeys(joined, joined)
    return {frozenset(rows) for rows in group.values()}


@pytest.mark.parametrize("seed", range(30))
def test_connected_rows_go_to_one_bucket_and_others_stay(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    rows = chance.randrange(2, 60)
    keys = [
        (row, key)
        for row in range(1, rows + 1)
        for key in {chance.randrange(rows * chance.choice([1, 1, 3])) for _ in range(chance.randrange(3))}
    ]
    ends = sorted({rows, *(chance.randrange(1, rows) for _ in range(chance.randrange(5)))})
    job = made(tmp_path, keys, ends)
    find_groups(InThisProcess(), job)
    bucket = buckets_of(job)
    for group in groups_of(keys):
        if len(group) > 1:
            assert len({bucket[row] for row in group}) == 1
        else:
            assert not group & bucket.keys()


@pytest.mark.parametrize("rows", [64, 4_096])
def test_a_long_chain_takes_few_rounds(tmp_path, rows):
    """Row after row shares a key with the next one, in no order: the way from end to end is as long as the list."""
    places = list(range(1, rows + 1))
    random.Random(7).shuffle(places)  # noqa: S311 - no secret
    keys = [(row, at + step) for at, row in enumerate(places) for step in (0, 1)]
    job = made(tmp_path, keys, [rows // 3, rows // 2, rows])
    engine = Counts()
    find_groups(engine, job)
    bucket = buckets_of(job)
    assert len(bucket) == rows
    assert len(set(bucket.values())) == 1
    assert engine.rounds <= np.log2(rows)


def test_decisions_connect_rows_too_even_those_that_no_list_has(tmp_path):
    job = made(tmp_path, [(2, 5), (7, 5), (4, 9)], [3, 6, 9])
    decided = [(7, 4), (9, 1_000_000), (5,)]
    found = find_groups(InThisProcess(), job, decided)
    bucket = buckets_of(job)
    assert {row: bucket[row] for row in (2, 4, 7)} == dict.fromkeys((2, 4, 7), found[0])
    assert (bucket[9], bucket[5]) == (found[1], found[2])
    assert bucket.keys() == {2, 4, 5, 7, 9, 1_000_000}
