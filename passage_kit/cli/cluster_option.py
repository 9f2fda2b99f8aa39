"""The option ``--cluster`` of ``passage-kit prepare``: the same preparation on the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passage_kit.cli.shared_options import say, show_prepared
from passage_kit.errors import MissingExtraError, OptionError

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"


def prepare_with_cluster(
    address: str, source: str | None, choices: Mapping[str, Any], as_json: bool, *, with_csv: bool
) -> None:
    """Prepare a list on a cluster, by the choices of the command, and show the counts and the files."""
    from passage_kit.cluster.prepare import run_on_cluster

    options: Any = dict(choices)
    names = ("plan", "schema", "mapping", "template", "reading", "out")
    given = {name: options.pop(name) for name in names}
    with client_of(address) as client:
        say(f"The cluster shows its work on {client.dashboard_link}")
        prepared = run_on_cluster(source, client=client, options=options, **given)
        lists = prepared.write_csv(client) if with_csv else []
    show_prepared(prepared, given["out"], as_json, files=list(map(Path, [*prepared.files, *lists])))


@contextmanager
def client_of(address: str) -> Iterator[Client]:
    """Connect to a scheduler; ``local`` starts one worker a processor on this machine, for as long as the run takes.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    OptionError
        If no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise MissingExtraError(
            "A run on a cluster needs Dask. Install it with: pip install 'passage-kit[cluster]'."
        ) from error
    if address == LOCAL:
        with (
            LocalCluster(n_workers=os.cpu_count() or 1, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise OptionError(
            f"No scheduler of Dask answers at {address!r}: {error}. Give its address, such as "
            "tcp://scheduler:8786, or local."
        ) from error
    with client:
        yield client
