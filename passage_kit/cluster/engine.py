"""The seam to an engine: it calls a function for each of many items, somewhere, and gives the results in order.

That is all that the preparation asks of an engine. A function takes plain values and names of files in the shared
storage, and returns counts and evidence, so an engine never holds a list of users.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from passage_kit.errors import MissingExtraError, OptionError
from passage_kit.progress import Calls

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
_RETRIES = 2  # of a call that failed, as on a worker that lost its connection to the storage


class Engine(Protocol):
    """Runs calls, on as many machines as it has."""

    def run(self, name: str, call: Callable[..., T], items: Iterable[Sequence[Any]]) -> list[T]:
        """Call a function with the arguments of each item, and give the results in the order of the items."""


class InThisProcess:
    """Runs the calls one after the other: the whole run without an engine, for tests and for small lists.

    Examples
    --------
    >>> InThisProcess().run("doubling", lambda one: 2 * one, [(1,), (2,)])
    [2, 4]
    """

    def run(self, name: str, call: Callable[..., T], items: Iterable[Sequence[Any]]) -> list[T]:
        """Call a function with the arguments of each item."""
        return [call(*item) for item in items]


class OnDask:
    """Runs the calls on the workers of a Dask cluster, which calls again what a lost worker was at.

    Parameters
    ----------
    client : distributed.Client
        A client of the cluster.

    Raises
    ------
    OptionError
        If a worker has another version of Python, of the kit, or of a library on which the bytes depend.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        _check_versions(client)

    def run(self, name: str, call: Callable[..., T], items: Iterable[Sequence[Any]]) -> list[T]:
        """Call a function with the arguments of each item on some worker."""
        from distributed import as_completed

        futures = self.submit(name, call, items)
        with Calls(name, len(futures), self._client.dashboard_link) as calls:
            for future in as_completed(futures):
                if future.status == "error":
                    break
                calls.next()
        results: list[T] = self._client.gather(futures)
        return results

    def submit(self, name: str, call: Callable[..., T], items: Iterable[Sequence[Any]]) -> list[Any]:
        """Begin the calls, under names by which the dashboard of the cluster counts them."""
        return [
            self._client.submit(call, *item, key=f"{name}-{secrets.token_hex(8)}", pure=False, retries=_RETRIES)
            for item in items
        ]


def engine_of(client: Any) -> Engine:
    """Choose the engine of a client: a Dask client, or an engine itself.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    OptionError
        If it is neither.
    """
    if hasattr(client, "run") and not hasattr(client, "scheduler_info"):
        return client  # type: ignore[no-any-return]
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtraError(
            "A run on a cluster needs Dask. Install it with: pip install 'passage-kit[cluster]'."
        ) from error
    if not isinstance(client, Client):
        raise OptionError(
            f"A cluster is reached by a client of Dask, and this is a {type(client).__name__}. Give a "
            "distributed.Client."
        )
    return OnDask(client)


def versions() -> dict[str, str]:
    """Give the versions on which the bytes of a run depend."""
    import platform

    import email_validator
    import pandas as pd
    import phonenumbers
    import pyarrow as pa

    from passage_kit import __version__

    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "passage_kit": __version__,
        "pandas": pd.__version__,
        "pyarrow": pa.__version__,
        "phonenumbers": phonenumbers.__version__,
        "email-validator": email_validator.__version__,
    }


def _check_versions(client: Client) -> None:
    """Refuse workers that could write other bytes."""
    own = versions()
    for worker, theirs in client.run(versions).items():
        differing = [name for name, version in own.items() if theirs.get(name) != version]
        if differing:
            has, needs = (", ".join(f"{name} {some.get(name)}" for name in differing) for some in (theirs, own))
            raise OptionError(
                f"The worker {worker} has {has}, and this process has {needs}, so their results could differ. Install "
                "the same versions on both."
            )
