"""The undoing of a push: deletes the users that the push created, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from passage_kit.api.client import PassageClient
from passage_kit.api.operations import Api
from passage_kit.errors import ApiError, KeyRefusedError, NotFoundError, PassageKitError, PushError
from passage_kit.export.report_page import ReportSection
from passage_kit.files.file_set import FileSet
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.progress import Tally
from passage_kit.push.deletions import confirm_deletions, settle_deletions, user_of
from passage_kit.push.discovery import rows_of, seen, settle_by_list
from passage_kit.push.id_file import write_id_file
from passage_kit.push.journal import Journal
from passage_kit.push.journal_files import UNDONE, check_same, check_target, copied_journal, open_journal
from passage_kit.push.push_input import PushInput
from passage_kit.push.push_result import PushInterrupted
from passage_kit.push.push_section import put_section, rehearsed
from passage_kit.push.rehearsal import same_client
from passage_kit.push.undo_result import UndoResult
from passage_kit.translations import gettext, in_panel
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace

UNCONFIRMED = 50_000  # users who are deleted before a look at the list shows that they are gone


def undo_push(
    workspace: Workspace | str | Path,
    *,
    client: PassageClient | None = None,
    dry_run: bool = False,
    include_signed_in: bool = False,
    include_adopted: bool = False,
    confirm: Callable[[UndoResult], bool] | None = None,
) -> UndoResult:
    """Delete the users whom the push of a workspace created, in its app only.

    The call never touches users who were in Passage before the push. It spares adopted users, and users who have signed
    in since or have other identifiers now. It reads each user again right before deleting it, and the journal records
    the deletion before the request leaves. After an interruption, the same call resumes.

    Parameters
    ----------
    workspace : Workspace or path
        The workspace whose users :func:`passage_kit.push_users` pushed.
    client : PassageClient, optional
        Default: the sandbox of a rehearsal, or else a client of the app with the settings of the environment or
        ``.env``. If they name no address, a person has to agree to the journal's.
    dry_run : bool, default False
        Only count the users to delete.
    include_signed_in : bool, default False
        Also delete users who have signed in since the push.
    include_adopted : bool, default False
        Also delete adopted users: nothing shows whether the push or somebody else made them.
    confirm : callable, optional
        Takes the :class:`UndoResult` of what would be done and returns whether to do it. Default: delete without
        asking.

    Returns
    -------
    UndoResult
        Counts of users, with the same fields for a dry run.

    Raises
    ------
    PushError
        If nothing was pushed, if the client belongs to another app, if ``push.key`` was lost and the users were
        prepared again since, or if ``confirm`` returns False.
    CredentialsError
        If there is no key, or nobody agrees to the address; nothing was sent.
    ApiError
        If the service refuses the key or does not answer.

    See Also
    --------
    passage_kit.push_users : Push the prepared users.
    passage_kit.verify_push : Compare the users in Passage with the prepared ones.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from passage_kit import SandboxClient, prepare, push_users
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = Path(folder, "users.csv")
    ...     _ = source.write_text("email\\nanna@example.org\\nbo@example.org\\n")
    ...     _ = prepare(source, out=folder)
    ...     with SandboxClient(folder) as client:
    ...         pushed = push_users(folder, client=client)
    ...         undone = undo_push(folder, client=client)
    >>> pushed.created, undone.deleted, undone.spared
    (2, 2, 0)
    """
    workspace = as_workspace(workspace)
    chosen = _Chosen(include_signed_in, include_adopted)
    with locked(workspace.folder, "undo", trace=not dry_run):
        return _undo_push(workspace, client, chosen, dry_run=dry_run, confirm=confirm)


def _undo_push(
    workspace: Workspace,
    client: PassageClient | None,
    chosen: _Chosen,
    *,
    dry_run: bool,
    confirm: Callable[[UndoResult], bool] | None,
) -> UndoResult:
    """Undo under the lock of the workspace."""
    opened = copied_journal(workspace, made=False) if dry_run else open_journal(workspace)
    with same_client(client, workspace, keep=not dry_run) as client, opened as journal:
        check_target(journal, client.api.credentials)
        _digest_anew(journal, workspace, client)
        expected = client.run(_expected(client, journal, chosen))
        if dry_run:
            return expected
        to_delete = expected.created + (expected.adopted if chosen.adopted else 0)
        if confirm is not None and to_delete and not confirm(expected):
            raise PushError("Nothing was deleted, since you did not agree.")
        result = _undo(client, journal, chosen, expected)
        if result.complete:
            journal.note(**{UNDONE: "yes"})
        else:
            journal.forget(UNDONE)
        _tidy(workspace, journal, client)
    rows = [(name, "", getattr(result, name)) for name in ("deleted", "spared", "failed", "gone")]
    sentence = gettext("Users whom the push had created or adopted.")
    columns = (gettext("What became of them"), gettext("Users"))
    rehearsal = client.api.credentials.local
    title = rehearsed(gettext("Undo")) if rehearsal else gettext("Undo")
    put_section(workspace, ReportSection("undo", title, sentence, columns, rows, rehearsal))
    return result


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The users whom an undoing deletes although it would spare them."""

    signed_in: bool
    adopted: bool


def _digest_anew(journal: Journal, workspace: Workspace, client: PassageClient) -> None:
    """Make the digests anew if the secret is not that of the push, since without them everybody would be spared."""
    if journal.knows_secret:
        return
    try:
        source = PushInput(workspace)
        check_same(journal, source, client.api.credentials)
    except PassageKitError as error:
        raise PushError(
            f"The secret push.key in {workspace.folder} is not that of the push, so nobody can be told to be the user "
            "who was pushed. Nothing was deleted. Put the former push.key back, or prepare the same users with the "
            f"same plan again, and run the same command. ({error})"
        ) from error
    journal.load([(user.source_row, user.email, user.phone) for user in batch] for batch in source.batches())


async def _expected(client: PassageClient, journal: Journal, chosen: _Chosen) -> UndoResult:
    """Count the users to delete, and those who have signed in since."""
    api = client.api
    await settle_deletions(api, journal)
    if journal.left(update=False)["unsettled"]:
        await settle_by_list(api, journal)
    counts = journal.counts()
    created, adopted, signed_in = counts["created"], counts["adopted"], 0
    if created or (adopted and chosen.adopted):
        async for page in api.each_page(login_count="<gt:0>"):
            rows = rows_of((text for user in page.users for text in (user.email, user.phone)), journal)
            ids = journal.ids_of(set(rows.values()), adopted=chosen.adopted)
            signed_in += sum(user.id in ids for user in page.users if user.has_signed_in)
    spared = (0 if chosen.signed_in else signed_in) + (0 if chosen.adopted else adopted)
    return UndoResult(
        host=api.credentials.host,
        app_id=client.app_id,
        dry_run=True,
        created=created,
        adopted=adopted,
        deleted=created + adopted - spared,
        signed_in=signed_in,
        spared=spared,
        changed=0,
        failed=0,
        gone=0,
    )


def _undo(client: PassageClient, journal: Journal, chosen: _Chosen, expected: UndoResult) -> UndoResult:
    """Delete the users, show how far it is, and give the counts with the same fields as the expected ones."""
    undoing = _Undoing(client.api, journal, chosen)
    with Tally(expected.created + expected.adopted, lambda: undoing.counts) as tally:
        try:
            client.run(undoing.run(), watch=tally.show)
        except KeyboardInterrupt:
            raise PushInterrupted(
                in_panel(
                    f"{undoing.counts['deleted']:,} of {expected.deleted:,} users are deleted, and the journal knows "
                    "each of them. Run the same command to go on.",
                    "{done} of {count} users are deleted, and the journal knows each of them. Press the "
                    "same button to go on.",
                    done=f"{undoing.counts['deleted']:,}",
                    count=f"{expected.deleted:,}",
                )
            ) from None
        tally.show()
    deleted, spared, changed, failed, gone = undoing.counts.values()
    spared += changed + (0 if chosen.adopted else expected.adopted)
    return replace(expected, dry_run=False, deleted=deleted, spared=spared, changed=changed, failed=failed, gone=gone)


class _Undoing:
    """The deleting, a few users at a time."""

    def __init__(self, api: Api, journal: Journal, chosen: _Chosen) -> None:
        self._api, self._journal, self._chosen = api, journal, chosen
        self.counts = dict.fromkeys(("deleted", "spared", "changed", "failed", "gone"), 0)
        self._said: dict[str, set[str]] = {"deleted": set(), "gone": set()}  # ids of whom that is not confirmed yet

    async def run(self) -> None:
        """Delete everybody whom the push created."""
        last = waiting = 0
        while batch := self._journal.created(last, limit=self._api.concurrency, adopted=self._chosen.adopted):
            last = batch[-1][0]
            looked = await _all(self._look(*user) for user in batch)
            named = [(row, passage_id) for row, passage_id, _, _ in batch]
            gone, wanted = _which(named, looked, "gone"), _which(named, looked, "wanted")
            self._journal.deleting([row for row, _ in (*gone, *wanted)])  # on the disk before a request leaves
            ended = await _all(self._delete(passage_id) for _, passage_id in wanted)
            self._journal.keep([row for row, _ in _which(wanted, ended, "failed")])
            for users, answers in ((named, looked), (wanted, ended)):
                self._count(users, answers)
            for answer in (*looked, *ended):
                if isinstance(answer, BaseException):
                    raise answer
            waiting += len(gone) + len(wanted)
            if waiting >= UNCONFIRMED:
                await self._confirm()
                waiting = 0
        await self._confirm()

    async def _confirm(self) -> None:
        """Look whether all are gone of whom the service said so, and record it."""
        there = await confirm_deletions(self._api, self._journal)
        for name, ids in self._said.items():
            self.counts[name] -= len(ids & there)
            ids.clear()
        self.counts["failed"] += len(there)

    def _count(self, users: Sequence[tuple[int, str]], answers: Sequence[str | BaseException]) -> None:
        for name in self.counts:
            some = _which(users, answers, name)
            self.counts[name] += len(some)
            if name in self._said:
                self._said[name].update(ident for _, ident in some)

    async def _look(self, row: int, passage_id: str, email: bytes | None, phone: bytes | None) -> str:
        """Read a user, and decide what becomes of it."""
        user = await user_of(self._api, passage_id)
        if user is None:
            return "gone"
        [found] = seen(self._journal, [user])
        if user.id != passage_id or (found.email, found.phone) != (email, phone):
            return "changed"
        return "spared" if user.has_signed_in and not self._chosen.signed_in else "wanted"

    async def _delete(self, passage_id: str) -> str:
        try:
            return "deleted" if await self._api.delete_user(passage_id) else "gone"
        except (KeyRefusedError, NotFoundError):
            raise  # it is the key or the app, not the user
        except ApiError as error:
            if error.status is None or not 400 <= error.status < 500 or error.status == 429:
                raise
            return "failed"


async def _all(work: Iterable[Coroutine[Any, Any, str]]) -> list[str | BaseException]:
    """Wait for all, and give what each returns or raises."""
    return await asyncio.gather(*work, return_exceptions=True)


def _which(
    users: Sequence[tuple[int, str]], answers: Sequence[str | BaseException], wanted: str
) -> list[tuple[int, str]]:
    return [user for user, answer in zip(users, answers, strict=True) if answer == wanted]


def _tidy(workspace: Workspace, journal: Journal, client: PassageClient) -> None:
    """Take the ids of deleted users out of the file, so that nobody writes them back."""
    try:
        source = PushInput(workspace)
        check_same(journal, source, client.api.credentials)
    except PassageKitError:  # the users were prepared again since, so the file cannot be made
        with FileSet() as files:
            files.remove(workspace.out / PASSAGE_IDS_FILE)
        return
    write_id_file(workspace, journal, source)
