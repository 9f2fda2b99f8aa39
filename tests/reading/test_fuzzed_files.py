"""Every reader, on files with every irregularity and on damaged ones: no crash, no hang, nobody lost in silence.

With ``PASSAGE_KIT_LONG=1`` each reader is searched for ten minutes for files that reach new lines of it.
"""

import random

import pytest
from fuzzed_readers import READERS
from fuzzing import damaged, lost, read, search
from hypothesis import given, settings
from hypothesis import strategies as st
from long_runs import LONG

EXAMPLES = settings().max_examples // (1 if LONG else 4)  # for each of nine readers: hundreds in all
WHOLE = 25  # of so many files one goes through the whole preparation
SECONDS = 600
CHANCES = st.integers(0, 2**32)
REFUSED = {"foreign"}  # what is named and refused
NEVER_REFUSED = {"csv", "excel", "long form"}


def check(kind, file, folder, *, whole, honest):
    """Read a file; nobody of an honest one is lost."""
    source = read(file, folder, whole=whole)
    if not honest:
        return
    assert source is None or kind not in REFUSED, "read, and it is no list"
    if source is not None:
        assert not lost(file, source), f"{len(lost(file, source))} of {len(file.people)} users are lost"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzzed")


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=EXAMPLES)
@given(seed=CHANCES)
def test_nobody_in_an_odd_file_is_lost(kind, folder, seed):
    file = READERS[kind](random.Random(seed))  # noqa: S311 - nothing secret
    check(kind, file, folder, whole=seed % WHOLE == 0, honest=True)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=EXAMPLES)
@given(seed=CHANCES)
def test_a_damaged_file_is_read_or_refused_in_time(kind, folder, seed):
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    file = damaged(READERS[kind](chance), chance, more=READERS[kind](chance).data)
    check(kind, file, folder, whole=seed % WHOLE == 0, honest=False)


@pytest.mark.parametrize("kind", sorted(NEVER_REFUSED))
def test_most_odd_files_are_read(kind, folder):
    files = [READERS[kind](random.Random(seed)) for seed in range(10)]  # noqa: S311 - nothing secret
    assert sum(read(file, folder) is not None for file in files) > 8


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="takes ten minutes for each reader")
@pytest.mark.parametrize("kind", READERS)
def test_no_file_that_reaches_new_lines_breaks_a_reader(kind, folder):
    tried, lines = search(
        READERS[kind],
        lambda file, honest: check(kind, file, folder, whole=False, honest=honest),
        seconds=SECONDS,
    )
    assert tried > 100
    assert lines > 100
