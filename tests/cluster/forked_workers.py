"""Workers of Dask that begin at once: a process with the kit loaded forks one for each that a test starts or loses.

A worker that starts from nothing takes two or three seconds of a processor to load Dask, pandas and the kit, and is the
same afterwards. Windows has no fork.
"""

import contextlib
import multiprocessing
import os
from collections.abc import Iterator

import dask
from distributed import Client, LocalCluster
from distributed.utils import get_mp_context

_LOADED = ["pandas", "pyarrow.parquet", "pandera.pandas", "passage_kit.cluster.anywhere", "passage_kit.cluster.prepare"]


@contextlib.contextmanager
def forked_workers(count: int) -> Iterator[Client]:
    """A client of so many workers, in processes of their own."""
    method = "spawn" if os.name == "nt" else "forkserver"
    workers = {"n_workers": count, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with dask.config.set({"distributed.worker.multiprocessing-method": method}):
        if method == "forkserver":
            get_mp_context()  # Dask names what it wants to be loaded, once
            multiprocessing.get_context(method).set_forkserver_preload(["distributed", *_LOADED])
        with LocalCluster(**workers) as cluster, Client(cluster) as client:
            yield client
