"""The files of a push's journal: open in one command at a time, for one list of users and one target."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from passage_kit.api.credentials import Credentials
from passage_kit.errors import JournalError, PushError
from passage_kit.files.file_set import FILE_MODE
from passage_kit.files.temporary_copies import temporary_folder
from passage_kit.push.journal import Journal
from passage_kit.push.push_input import PushInput
from passage_kit.translations import in_panel, worded
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace

JOURNAL, SECRET = "push.sqlite", "push.key"
PLACE, IDENT = "place", "ident"
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
    BusyError
        If another command is writing the workspace.
    PushError
        If there is no journal, or the workspace is a copy of another one.
    JournalError
        If it cannot be read or written.
    """
    _check_there(workspace, made)
    with locked(workspace.folder, "push, verify or undo"), _opened(workspace.folder) as journal:
        _check_place(journal, workspace)
        yield journal


@contextmanager
def copied_journal(workspace: Workspace, *, made: bool = True) -> Iterator[Journal]:
    """Open a temporary copy of the journal, and leave the workspace as it is. See :func:`open_journal`."""
    _check_there(workspace, made)
    files = [workspace.folder / name for name in (JOURNAL, f"{JOURNAL}-wal", SECRET)]
    with ExitStack() as stack:
        with locked(workspace.folder, "dry run", trace=False):
            folder = stack.enter_context(temporary_folder(files))
        journal = stack.enter_context(_opened(folder))
        _check_place(journal, workspace)  # it notes the place in the copy
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
            raise _other_push(source.workspace, facts, identity, differing)
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
        raise _other_push(source.workspace, facts, identity, differing)


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
            worded(
                "The journal {path} is of the app {former} at {there}, and this is the app {app} at {target}. Give the "
                "credentials of the push.",
                path=facts.get(PLACE, journal.path),
                former=facts.get("app_id"),
                there=_told_place(str(facts.get("target"))),
                app=credentials.app_id,
                target=_told_place(target),
            )
        )


def _place(app: str, target: str) -> str:
    return worded("{app} at {target}", app=app, target=_told_place(target))


def _told_place(target: str) -> str:
    return worded("this machine") if target == HERE else target


def _check_there(workspace: Workspace, made: bool) -> None:
    if not made and not journal_path(workspace).exists():
        folder = workspace.folder
        how = f"in 04_push_through_the_api, or with `passage-kit push {folder}`"
        first = f"Nothing was pushed from {folder} yet. Push first, {how}."
        raise PushError(in_panel(first, "Nothing was pushed from {folder} yet. Push first.", folder=folder))


def _other_push(workspace: Workspace, facts: dict[str, str], identity: Identity, differing: list[str]) -> PushError:
    if "app_id" in differing or "target" in differing:
        former, now = _place(facts["app_id"], facts["target"]), _place(identity.app_id, identity.target)
        what = worded("to another app, {former}, than {now}", former=former, now=now)
    elif "input_sha256" in differing:
        what = worded("of another user list than the one prepared now")
    else:
        what = worded("of another plan than the one prepared now")
    folder, path = workspace.folder, journal_path(workspace)
    return PushError(
        in_panel(
            f"The journal {path} is of a push {what}. Undo that push first (`passage-kit undo {folder}`), or prepare "
            "into a new folder: the push finds users who are in Passage already.",
            "The journal {path} is of a push {what}. Undo that push first, with the buttons of this panel, or prepare "
            "into a new folder: the push finds users who are in Passage already.",
            path=path,
            what=what,
        )
    )


def _check_place(journal: Journal, workspace: Workspace) -> None:
    """Refuse the journal of a workspace that was copied, since both would undo and resume the same push.

    A journal knows its place. If there is a journal with the same identity at the place that it knows, and that is
    another file, this one is the copy. If there is none, the folder was moved.
    """
    facts, here = journal.facts, str(journal_path(workspace).resolve())
    known = facts.get(PLACE)
    if known not in (None, here) and _ident(Path(known or "")) == facts.get(IDENT):
        raise PushError(
            worded(
                "The workspace {folder} is a copy of {other}, and both have the journal of the same "
                "push. Push, verify and undo from the original; to push from here, prepare into a new "
                "folder.",
                folder=workspace.folder,
                other=Path(known or "").parent,
            )
        )
    if known != here:
        journal.note(**{PLACE: here, IDENT: facts.get(IDENT) or secrets.token_hex(16)})


def _ident(path: Path) -> str | None:
    """Read the identity of another journal; None if there is none."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("SELECT value FROM facts WHERE name = ?", (IDENT,)).fetchone()
    except sqlite3.Error:  # there is no journal any more
        return None
    return str(found[0]) if found else None


@contextmanager
def _opened(folder: Path) -> Iterator[Journal]:
    for path in (folder / JOURNAL, folder / SECRET):
        if path.is_symlink():
            raise JournalError(
                worded(
                    "{path} is a link, and the journal is kept in the workspace itself. Replace the link.", path=path
                )
            )
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
