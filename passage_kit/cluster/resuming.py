"""Resuming a run whose client was stopped: what each call returned is kept, and no call that is complete is repeated.

Each run has a folder of its own in the storage, whose name tells the source, the plan, the partitions and the versions.
So another run never takes up what this one left, nor does a worker that still works for a client that is gone write
into the files of the next.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from passage_kit.cluster.engine import Engine, versions
from passage_kit.cluster.job import Job
from passage_kit.cluster.reading_steps import is_web, list_files
from passage_kit.cluster.records import dump, load
from passage_kit.cluster.storage import WORK, Storage, opened
from passage_kit.workspace.manifest import MANIFEST, Entry

T = TypeVar("T")
CLEAR = "clear"  # the step from which on outputs appear
_RECORDS = f"{WORK}/records"


def own_folder(job: Job, *choices: object) -> Job:
    """Give a run its folder among the files that pass between the steps, and remove those of other runs.

    Choices are those that are not in the plan.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.workspace.plan import Plan
    >>> source = Path(tempfile.mkdtemp(), "users.csv")
    >>> _ = source.write_text("email")
    >>> storage = Storage(tempfile.mkdtemp())
    >>> own_folder(Job(storage, Plan(str(source)), 2)) == own_folder(Job(storage, Plan(str(source)), 2))
    True
    """
    run = fingerprint(job, *choices)
    for name in job.storage.names(WORK):
        if name != run:
            job.storage.remove(f"{WORK}/{name}")
    return replace(job, storage=replace(job.storage, run=run))


def fingerprint(job: Job, *choices: object) -> str:
    """Tell a run by all that its results depend on: the same one twice, or another.

    A database has no sign of its content, so each run of it is another.
    """
    source = job.plan.source or ""
    try:
        files = [(address, state_of(address)) for address in list_files(source) or [source]]
    except ValueError:  # an address of no files
        files = [(source, secrets.token_hex())]
    known = {
        "versions": versions(),
        "plan": job.plan.to_dict(),
        "choices": list(map(repr, choices)),
        "rows": job.rows,
        "files": files,
    }
    return hashlib.sha256(json.dumps(known, default=str, sort_keys=True).encode()).hexdigest()[:16]


def state_of(address: str) -> str:
    """Tell the content of a file without reading it: by its size and the moment of its last change, or its ETag."""
    if "://" not in address:
        path = Path(address)
        if not path.exists():
            return "none"  # whoever reads it says so
        found = path.stat()
        return f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
    system, there = opened(address)
    system.invalidate_cache()
    if is_web(address):  # whose sign fsspec makes of the address alone
        return secrets.token_hex()
    return str(system.ukey(there)) if system.exists(there) else "none"


class Resuming:
    """An engine that makes only the calls that a former try of this run did not complete.

    Parameters
    ----------
    engine : Engine
        Makes the calls.
    storage : Storage
        Where the records are, in the folder of the run.
    """

    def __init__(self, engine: Engine, storage: Storage) -> None:
        self._engine, self._storage = engine, storage
        self._there, self._step = _records(storage), 0

    def run(self, name: str, call: Callable[..., T], items: Iterable[Sequence[Any]]) -> list[T]:
        """Make the calls that are not complete, and give the results of all."""
        step, self._step = f"{self._step:06d}-{name.replace(' ', '-')}", self._step + 1
        if not name.isascii() or "/" in name:  # the name of a column is in it
            step = step.partition("-")[0]
        given = list(items)
        records = [f"{step}/{at:06d}" for at in range(len(given))]
        done = {record: result for record in records if record in self._there for result in self._complete(record)}
        left = [(self._storage, record, call, *item) for record, item in zip(records, given, strict=True)]
        left = [item for item in left if item[1] not in done]
        made = self._engine.run(name, recorded, left) if left else []
        done |= {item[1]: result for item, result in zip(left, made, strict=True)}
        return [done[record] for record in records]

    def _complete(self, record: str) -> Iterable[Any]:
        """Give what a call returned, if the outputs that it says to have written are there."""
        try:
            result = load(self._storage.read(f"{_RECORDS}/{record}"))
        except (ValueError, OSError):  # damaged: the call is made again
            return
        files = getattr(result, "files", result if isinstance(result, dict) else {})
        written = {path: entry.size for path, entry in files.items() if isinstance(entry, Entry)}
        if all(self._storage.size(path) == size for path, size in written.items()):
            yield result


def recorded(storage: Storage, record: str, call: Callable[..., T], *given: Any) -> T:
    """Make a call, and keep what it returned: it is complete once that is there."""
    result = call(*given)
    storage.write(f"{_RECORDS}/{record}", dump(result))
    return result


def _records(storage: Storage) -> set[str]:
    """List the records of a former try; those of outputs do not count if another run finished since."""
    there = {f"{step}/{record}" for step in storage.names(_RECORDS) for record in storage.names(f"{_RECORDS}/{step}")}
    if storage.size(f"stages/{MANIFEST}") is None:
        return there
    begin = min((record for record in there if record.partition("/")[0].endswith(f"-{CLEAR}")), default="a")
    return {record for record in there if record < begin}
