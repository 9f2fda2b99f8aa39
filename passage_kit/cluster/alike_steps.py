"""Look-alikes on workers: rows of one key are brought together as numbers, and the values of the few that stay counted.

A worker holds the rows of a partition, or the numbers of those that have the keys of a bucket, never the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.cluster.engine import Engine
from passage_kit.cluster.job import Job, Part, of
from passage_kit.cluster.judging_steps import divided
from passage_kit.cluster.storage import split_rows
from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.duplicates.likeness import Ints
from passage_kit.duplicates.likeness_in_parts import (
    EXACT,
    FOUND,
    KEYS,
    KINDS,
    NAMESAKES,
    OTHERWISE_SPELLED,
    SLIPS,
    TELLING,
    PartView,
    alone_in,
    asked_of,
    compare_namesakes,
    counts_of,
    find_in_bucket,
    joined,
    keys_of,
    namesakes_of,
    suggest_of_found,
    weigh,
    worth_a_look,
)
from passage_kit.duplicates.rarity import sample_places, weights_of

ALIKE = "alike"
_METADATA = (EXACT, OTHERWISE_SPELLED)
_COUNTED = pa.schema([("print", pa.uint64()), ("rows", pa.int64())])


def suggest_alike(engine: Engine, job: Job, apart: Sequence[tuple[int, ...]] = ()) -> None:
    """Look for rows that may be one person, and write the findings by partitions.

    ``apart`` are rows decided to be different people, which are not suggested again.
    """

    def for_each(name: str, call: Callable[..., Any], *more: Any) -> list[Any]:
        return engine.run(f"look-alikes: {name}", call, [(job, part, *more) for part in job.parts])

    def for_buckets(name: str, call: Callable[..., Any], *more: Any) -> list[Any]:
        return engine.run(f"look-alikes: {name}", call, [(job, bucket, *more) for bucket in range(job.buckets)])

    count = sum(for_each("keys", divide_keys))
    for_buckets("rows", find_rows, count)
    alone = for_each("values", ask_of_part)
    for_buckets("counts", count_values)
    weights = {}
    for kind in _METADATA:
        places = _by_part(sample_places(sum(each[kind] for each in alone)), [each[kind] for each in alone])
        items = [(job, part, kind, some) for part, some in zip(job.parts, places, strict=True) if len(some)]
        weights[kind] = weigh_columns(engine.run(f"look-alikes: sample {kind}", sample_part, items))
    for_each("chances", weigh_part, weights, count)
    for_buckets("slips", find_slips_of_bucket)
    engine.run("look-alikes", write_suggestions, [(job, count, apart)])


def divide_keys(job: Job, part: Part) -> int:
    """Divide the keys and the counted values of a partition among the buckets, and count its rows."""
    view = PartView.of(job.storage.read_frame(of("gathered", part.number)))
    for kind, keys in keys_of(view).items():
        _divide(job, part, f"alike-keys-{kind}", keys, "key")
    _divide(job, part, "alike-counts", counts_of(view), "print")
    return len(view.users)


def _divide(job: Job, part: Part, step: str, table: pa.Table, name: str) -> None:
    """Divide the rows of a partition among the buckets by a number."""
    job.storage.write_table(of(step, part.number), *divided(table, table[name].to_numpy(), job.buckets))


def find_rows(job: Job, bucket: int, count: int) -> int:
    """Find the rows of a bucket that may look alike, and write them by partitions."""
    found = []
    for kind in KINDS:
        there = _read_all(job, f"alike-keys-{kind}", bucket)
        found.append(find_in_bucket(kind, joined(there, KEYS), count))
    every = joined(found, FOUND)
    job.storage.write_table(of("alike-found", bucket), *_split(every, job.starts))
    return len(every)


def _read_all(job: Job, step: str, piece: int) -> list[pa.Table]:
    """Read what the partitions wrote for a bucket; of keys that the list has not, they wrote nothing."""
    there = set(job.storage.names(of(step, 0).rpartition("/")[0]))
    names = [of(step, part.number) for part in job.parts]
    return [job.storage.read_table(name, piece) for name in names if name.rpartition("/")[2] in there]


def _split(table: pa.Table, starts: Sequence[int]) -> list[pa.Table]:
    """Split rows by partitions, of which each begins after a row."""
    ordered = table.sort_by("row")
    at = np.searchsorted(ordered["row"].to_numpy(), starts, side="right").tolist()
    ends = [*at[1:], len(ordered)]
    return [ordered.slice(begin, end - begin) for begin, end in zip(at, ends, strict=True)]


def ask_of_part(job: Job, part: Part) -> dict[int, int]:
    """Ask for the counts of the values of the rows that were found, and count the rows that repeat no other."""
    view = PartView.of(job.storage.read_frame(of("gathered", part.number)))
    pieces = [job.storage.read_table(of("alike-found", bucket), part.number) for bucket in range(job.buckets)]
    found = worth_a_look(view, joined(pieces, FOUND))
    asked, namesakes = asked_of(view, found), namesakes_of(view, found)
    job.storage.write_table(of("alike-of", part.number), found)
    _divide(job, part, "alike-asked", pa.table({"print": asked}), "print")
    _divide(job, part, "alike-names", namesakes, "key")
    return {kind: len(alone_in(view, found, kind)) for kind in _METADATA}


def count_values(job: Job, bucket: int) -> None:
    """Add up the counts of the values of a bucket, and answer each partition."""
    counted = joined([job.storage.read_table(of("alike-counts", part.number), bucket) for part in job.parts], _COUNTED)
    prints, value = np.unique(counted["print"].to_numpy(), return_inverse=True)
    rows = np.zeros(len(prints), dtype=np.int64)
    np.add.at(rows, value, counted["rows"].to_numpy())
    answers = []
    for part in job.parts:
        asked = job.storage.read_table(of("alike-asked", part.number), bucket)["print"].to_numpy()
        answers.append(pa.table([asked, rows[np.searchsorted(prints, asked)]], schema=_COUNTED))
    job.storage.write_table(of("alike-answers", bucket), *answers)


def _by_part(places: Ints, sizes: Sequence[int]) -> list[Ints]:
    """Divide places in the whole list among partitions of some sizes.

    Examples
    --------
    >>> [some.tolist() for some in _by_part(np.array([0, 2, 3]), [2, 0, 2])]
    [[0], [], [0, 1]]
    """
    ends = np.cumsum(sizes)
    at = np.searchsorted(places, ends)
    begins = [0, *at[:-1].tolist()]
    return [
        places[begin:end] - (last - size)
        for begin, end, last, size in zip(begins, at.tolist(), ends.tolist(), sizes, strict=True)
    ]


def sample_part(job: Job, part: Part, kind: int, places: Ints) -> dict[str, Any]:
    """Give numbers for the values of some rows that repeat no other."""
    view = PartView.of(job.storage.read_frame(of("gathered", part.number)))
    alone = alone_in(view, job.storage.read_table(of("alike-of", part.number)), kind)[places]
    return {column: view.prints(kind, column, alone) for column in view.columns(kind)}


def weigh_columns(samples: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Tell how much each column counts, by the samples of all partitions."""
    if not samples:
        return {}
    return weights_of({name: pd.factorize(np.concatenate([some[name] for some in samples]))[0] for name in samples[0]})


def weigh_part(job: Job, part: Part, weights: Mapping[int, Mapping[str, float]], count: int) -> int:
    """Keep the rows of a partition that hardly look alike by chance."""
    view = PartView.of(job.storage.read_frame(of("gathered", part.number)))
    found = job.storage.read_table(of("alike-of", part.number))
    answers = [job.storage.read_table(of("alike-answers", bucket), part.number) for bucket in range(job.buckets)]
    telling = weigh(view, found, joined(answers, _COUNTED), weights, count)
    job.storage.write_table(of("alike-telling", part.number), telling)
    return len(telling)


def find_slips_of_bucket(job: Job, bucket: int) -> int:
    """Compare the identifiers of the rows of one name."""
    pieces = [job.storage.read_table(of("alike-names", part.number), bucket) for part in job.parts]
    pairs = compare_namesakes(joined(pieces, NAMESAKES))
    job.storage.write_table(of("alike-slips", bucket), pairs)
    return len(pairs)


def write_suggestions(job: Job, count: int, apart: Sequence[tuple[int, ...]]) -> int:
    """Choose what is suggested, a few rows in a hundred, and write the findings by partitions."""
    telling = [job.storage.read_table(of("alike-telling", part.number)) for part in job.parts]
    slips = [job.storage.read_table(of("alike-slips", bucket)) for bucket in range(job.buckets)]
    found = suggest_of_found(joined(telling, TELLING), joined(slips, SLIPS), count, apart)
    by_row = found.set_index(pd.Index(found[SOURCE_ROW].to_numpy(dtype=np.int64), name="row"))
    by_row = by_row.sort_index(kind="stable")
    said = [frame.reset_index(drop=True) for frame in split_rows(by_row, job.starts)]
    job.storage.write_findings(of(ALIKE, 0), *said)
    return len(found)
