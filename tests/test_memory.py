"""What a process frees, it uses again."""

import platform
import subprocess
import sys

import pytest

from passage_kit import memory

COUNT_FAULTS = """
import resource, sys
from passage_kit.memory import reuse_memory
if "reuse" in sys.argv:
    reuse_memory()
import numpy as np
import pyarrow as pa

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(8 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(faults(), pa.default_memory_pool().backend_name)
"""


def count_faults(*arguments: str) -> tuple[int, str]:
    printed = subprocess.run(
        [sys.executable, "-c", COUNT_FAULTS, *arguments], capture_output=True, check=True, text=True
    )
    faults, pool = printed.stdout.split()
    return int(faults), pool


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="settings of glibc's allocator")
def test_an_array_takes_the_place_of_the_one_before():
    fetched, _ = count_faults()
    reused, pool = count_faults("reuse")
    assert reused < fetched / 10
    assert pool == "system"


def test_it_does_no_harm_elsewhere(monkeypatch):
    def no_such_library(name):
        raise OSError(name)

    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    monkeypatch.setattr(memory.ctypes, "CDLL", no_such_library)
    memory.reuse_memory()
    assert "ARROW_DEFAULT_MEMORY_POOL" not in memory.os.environ
