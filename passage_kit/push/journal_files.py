"""The files of a push's journal: open in one command at a time, for one list of users and one target."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from passage_kit.api.credentials import Credentials
from passage_kit.errors import JournalError, PushError
from passage_kit.files.file_set import FILE_MODE
from passage_kit.push.journal import Journal
from passage_kit.push.push_input import PushInput
from passage_kit.workspace.workspace import Workspace

JOURNAL, SECRET, LOCK = "push.sqlite", "push.key", "push.lock"
HERE = "this machine"
UNDONE = "undone_at"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a push: its users, its plan, its target."""

    app_id: str
    target: str  # host, or "this machine": a sandbox may have another port the next time
    input_sha256: str
    plan_sha256: str

    @classmethod
    def of(cls, source: PushInput, credentials: Credentials) -> Identity:
        """Make the identity from the users and the credentials."""
        target = HERE if credentials.local else credentials.host
        return cls(credentials.app_id, target, source.sha256, source.plan_sha256)


def journal_path(workspace: Workspace) -> Path:
    """Give the path of ``push.sqlite``, the journal."""
    return workspace.folder / JOURNAL


@contextmanager
def open_journal(workspace: Workspace, *, made: bool = False) -> Iterator[Journal]:
    """Open the journal of a workspace, for this command alone.

    Parameters
    ----------
    workspace : Workspace
    made : bool, default False
        Make the journal if there is none.

    Raises
    ------
    PushError
        If another command has the journal open, or there is none.
    JournalError
        If it cannot be read or written.
    """
    _check_there(workspace, made)
    with _locked(workspace.folder), _opened(workspace.folder) as journal:
        yield journal


@contextmanager
def copied_journal(workspace: Workspace, *, made: bool = True) -> Iterator[Journal]:
    """Open a temporary copy of the journal, and leave the workspace as it is. See :func:`open_journal`."""
    _check_there(workspace, made)
    with tempfile.TemporaryDirectory(prefix="passage-kit-") as name:
        folder = Path(name)
        with _locked(workspace.folder, only_if_there=True):
            for file in (JOURNAL, f"{JOURNAL}-wal", SECRET):
                if (workspace.folder / file).exists():
                    shutil.copyfile(workspace.folder / file, folder / file)
        with _opened(folder) as journal:
            yield journal


def take_up(journal: Journal, source: PushInput, credentials: Credentials) -> None:
    """Start the push in the journal, or resume it.

    If the journal's push was undone, or was a rehearsal and this push is none, the journal is kept under another name
    and a new one starts.

    Raises
    ------
    PushError
        If the journal belongs to other users or another target.
    """
    identity = Identity.of(source, credentials)
    facts = journal.facts
    if differing := _differing(facts, identity):
        rehearsal = facts["target"] == HERE != identity.target
        if not rehearsal and UNDONE not in facts:
            raise _other_push(journal, facts, identity, differing)
        journal.start_anew(journal.path.with_name(f"push.{'rehearsal' if rehearsal else 'undone'}.sqlite"))
    if UNDONE in facts:
        journal.forget(UNDONE)
    journal.note(**asdict(identity), base_url=credentials.base_url, key_from=credentials.key_from)
    journal.load([(user.source_row, user.email, user.phone) for user in batch] for batch in source.batches())


def check_same(journal: Journal, source: PushInput, credentials: Credentials) -> None:
    """Refuse other users or another target than the journal's.

    Raises
    ------
    PushError
    """
    identity = Identity.of(source, credentials)
    facts = journal.facts
    if differing := _differing(facts, identity):
        raise _other_push(journal, facts, identity, differing)


def _differing(facts: dict[str, str], identity: Identity) -> list[str]:
    return [name for name, value in asdict(identity).items() if facts.get(name, value) != value]


def check_target(journal: Journal, credentials: Credentials) -> None:
    """Refuse another target than the journal's.

    Raises
    ------
    PushError
    """
    facts = journal.facts
    target = HERE if credentials.local else credentials.host
    if (facts.get("app_id"), facts.get("target")) != (credentials.app_id, target):
        raise PushError(
            f"The journal {journal.path} is of the app {facts.get('app_id')} at {facts.get('target')}, and this is the "
            f"app {credentials.app_id} at {target}. Give the credentials of the push."
        )


def _check_there(workspace: Workspace, made: bool) -> None:
    if not made and not journal_path(workspace).exists():
        folder = workspace.folder
        raise PushError(f"Nothing was pushed from {folder} yet. Run `passage-kit push {folder}` first.")


def _other_push(journal: Journal, facts: dict[str, str], identity: Identity, differing: list[str]) -> PushError:
    if "app_id" in differing or "target" in differing:
        former, now = f"{facts['app_id']} at {facts['target']}", f"{identity.app_id} at {identity.target}"
        what = f"to another app, {former}, than {now}"
    else:
        what = f"of another {'user list' if 'input_sha256' in differing else 'plan'} than the one prepared now"
    folder = journal.path.parent
    return PushError(
        f"The journal {journal.path} is of a push {what}. Undo that push first (`passage-kit undo {folder}`), or "
        "prepare into a new folder: the push finds users who are in Passage already."
    )


@contextmanager
def _locked(folder: Path, *, only_if_there: bool = False) -> Iterator[None]:
    path = folder / LOCK
    if only_if_there and not path.exists():
        yield
        return
    try:
        lock = FileLock(path, timeout=0, mode=FILE_MODE)
        lock.acquire()
    except Timeout:
        raise PushError(
            f"Another push, verification or undoing of {folder} is running. Wait until it has ended."
        ) from None
    except OSError as error:
        raise JournalError(
            f"The journal of {folder} cannot be used: {error.strerror}. Make the folder writable or free some space, "
            "and run the same command again."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _opened(folder: Path) -> Iterator[Journal]:
    journal = Journal(folder / JOURNAL, _secret(folder / SECRET))
    try:
        yield journal
    finally:
        journal.close()


def _secret(path: Path) -> bytes:
    """Read the key of the digests, or make it. After a loss, the same users get new digests."""
    try:
        if not path.exists() or path.stat().st_size < 32:
            descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, FILE_MODE)
            with open(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
        return path.read_bytes()
    except OSError as error:
        raise JournalError(
            f"The journal's secret {path} cannot be used: {error.strerror}. Make it readable or free some space, and "
            "run the same command again."
        ) from error
