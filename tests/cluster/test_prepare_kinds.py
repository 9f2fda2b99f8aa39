"""Lists of many kinds: a run on a cluster gives all outputs of one machine, or the same refusal.

The long runs take 50 lists of 1,000 to 200,000 rows, with one to three workers.
"""

import random
from typing import Any

import pytest
from forked_workers import forked_workers
from list_kinds import KINDS, make
from long_runs import LONG
from messy_lists import check_same

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.errors import PassageKitError


def check_kind(kind: str, folder, rows: int, seed: int, client: Any) -> str:
    """Check one list, with partitions of an odd size; give the sum of the rows, or the refusal of both."""
    source, given = make(kind, folder / "source", rows, seed)
    listed = () if "plan" in given else (source,)
    size = random.Random(seed).randrange(max(rows // 9, 1), rows + 5)  # noqa: S311 - no secret
    refused, made = [], []
    for verb, name, more in (
        (pk.prepare, "one", {}), (prepare_on_cluster, "other", {"client": client, "rows": size}),
    ):  # fmt: skip
        try:
            made.append(verb(*listed, out=folder / name, **given, **more))
        except PassageKitError as error:
            refused.append(f"{type(error).__name__}: {error}")
    if refused:
        assert refused[1:] == refused[:1]
        return refused[0]
    check_same(folder / "one", folder / "other")
    assert made[1].summary() == made[0].summary()
    return made[1].funnel.sum


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(50, 60 if LONG else 51))
@pytest.mark.parametrize("kind", KINDS)
def test_a_list_of_each_kind_gives_the_outputs_of_one_machine(tmp_path, kind, seed):
    assert " exported + " in check_kind(kind, tmp_path, 90, seed, InThisProcess())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50) if LONG else [])
def test_long_lists_on_one_to_three_workers_give_the_outputs_of_one_machine(tmp_path, seed):
    rows, kind = round(1_000 * 200 ** (seed / 49)), [*KINDS][seed % len(KINDS)]  # to 200,000 rows
    with forked_workers(1 + seed % 3) as client:
        assert " exported + " in check_kind(kind, tmp_path, rows, 100 + seed, client)
