"""The undoing of a push: deletes the users that the push created, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from passage_kit.api.client import PassageClient
from passage_kit.api.operations import Api
from passage_kit.errors import NotFoundError, PassageKitError, PushError
from passage_kit.export.report_page import ReportSection
from passage_kit.files.file_set import FileSet
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.progress import Tally
from passage_kit.push.discovery import rows_of, seen, settle_by_list
from passage_kit.push.id_file import write_id_file
from passage_kit.push.journal import Journal
from passage_kit.push.journal_files import UNDONE, check_same, check_target, copied_journal, open_journal
from passage_kit.push.push_input import PushInput
from passage_kit.push.push_result import PushInterrupted
from passage_kit.push.push_section import put_section
from passage_kit.push.rehearsal import same_client
from passage_kit.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """The result of an undoing; after a dry run, the expected result.

    Parameters
    ----------
    host, app_id : str
        Address and app that the users were deleted from.
    dry_run : bool
        True if nothing was deleted.
    created : int
        Users whom the push created, without those who were undone before.
    deleted : int
        Users deleted from Passage.
    signed_in : int
        Users who have signed in since the push.
    spared : int
        Users left in Passage because they have signed in or have other identifiers now.
    gone : int
        Users who were no longer in Passage.
    """

    host: str
    app_id: str
    dry_run: bool
    created: int
    deleted: int
    signed_in: int
    spared: int
    gone: int

    def summary(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def to_text(self) -> str:
        """Write it for a person."""
        would = "would be " if self.dry_run else ""
        parts = [f"{self.deleted:,} {would}deleted"]
        if self.spared:
            parts.append(f"{self.spared:,} {would}spared")
        if self.gone:
            parts.append(f"{self.gone:,} were gone already")
        where = f"in the app {self.app_id} at {self.host}"
        text = f"{self.created:,} users that the push created {where}: {', '.join(parts)}."
        return f"{text}\n{self.signed_in:,} of them have signed in since." if self.signed_in else text

    def __repr__(self) -> str:
        return self.to_text()


def undo_push(
    workspace: Workspace | str | Path,
    *,
    client: PassageClient | None = None,
    dry_run: bool = False,
    include_signed_in: bool = False,
    confirm: Callable[[UndoResult], bool] | None = None,
) -> UndoResult:
    """Delete the users whom the push of a workspace created, in its app only.

    The call never touches users who were in Passage before the push. It spares users who have signed in since or have
    other identifiers now, and reads each user again right before deleting it. After an interruption, the same call
    resumes.

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
        If nothing was pushed, if the client belongs to another app, or if ``confirm`` returns False.
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
    workspace = workspace if isinstance(workspace, Workspace) else Workspace(workspace)
    opened = copied_journal(workspace, made=False) if dry_run else open_journal(workspace)
    with same_client(client, workspace, keep=not dry_run) as client, opened as journal:
        check_target(journal, client.api.credentials)
        expected = client.run(_expected(client, journal, include_signed_in))
        if dry_run:
            return expected
        if confirm is not None and expected.created and not confirm(expected):
            raise PushError("Nothing was deleted, since you did not agree.")
        undoing = _Undoing(client.api, journal, include_signed_in)
        with Tally(expected.created, lambda: undoing.counts) as tally:
            try:
                client.run(undoing.run(), watch=tally.show)
            except KeyboardInterrupt:
                raise PushInterrupted(
                    f"{undoing.counts['deleted']:,} of {expected.deleted:,} users are deleted and recorded in the "
                    "journal. Run the same command to go on."
                ) from None
            tally.show()
        journal.note(**{UNDONE: "yes"})
        result = undoing.result(expected)
        _tidy(workspace, journal, client)
    rows = [(name, "", getattr(result, name)) for name in ("deleted", "spared", "gone")]
    sentence, columns = "Users whom the push had created.", ("What became of them", "Users")
    put_section(workspace, ReportSection("undo", "Undo", sentence, columns, rows))
    return result


async def _expected(client: PassageClient, journal: Journal, include_signed_in: bool) -> UndoResult:
    """Count the users to delete, and those who have signed in since."""
    api = client.api
    if journal.left(update=False)["unsettled"]:
        await settle_by_list(api, journal)
    created, signed_in = journal.counts()["created"], 0
    if created:
        async for page in api.each_page(login_count="<gt:0>"):
            rows = rows_of((text for user in page.users for text in (user.email, user.phone)), journal)
            ids = journal.ids_of(set(rows.values()))
            signed_in += sum(user.id in ids for user in page.users if user.has_signed_in)
    spared = 0 if include_signed_in else signed_in
    return UndoResult(
        host=api.credentials.host,
        app_id=client.app_id,
        dry_run=True,
        created=created,
        deleted=created - spared,
        signed_in=signed_in,
        spared=spared,
        gone=0,
    )


class _Undoing:
    """The deleting, a few users at a time."""

    def __init__(self, api: Api, journal: Journal, include_signed_in: bool) -> None:
        self._api, self._journal, self._signed_in_too = api, journal, include_signed_in
        self.counts = {"deleted": 0, "spared": 0, "gone": 0}

    async def run(self) -> None:
        """Delete everybody whom the push created."""
        last = 0
        while batch := self._journal.created(last, limit=self._api.concurrency * 4):
            last = batch[-1][0]
            for at in range(0, len(batch), self._api.concurrency):
                some = batch[at : at + self._api.concurrency]
                answers = await asyncio.gather(*(self._one(*user) for user in some), return_exceptions=True)
                ended = [entry for entry, answer in zip(some, answers, strict=True) if answer in ("deleted", "gone")]
                self._journal.undo([(row, passage_id) for row, passage_id, _, _ in ended])
                for answer in answers:
                    if isinstance(answer, BaseException):
                        raise answer
                    self.counts[answer] += 1

    def result(self, expected: UndoResult) -> UndoResult:
        """Give the counts of the finished run, with the same fields as the expected ones."""
        deleted, spared, gone = (self.counts[name] for name in ("deleted", "spared", "gone"))
        return replace(expected, dry_run=False, deleted=deleted, spared=spared, gone=gone)

    async def _one(self, row: int, passage_id: str, email: bytes | None, phone: bytes | None) -> str:
        try:
            user = await self._api.get_user(passage_id)
        except NotFoundError as error:
            if error.code == "app_not_found":
                raise
            return "gone"
        [found] = seen(self._journal, [user])
        if (found.email, found.phone) != (email, phone) or (user.has_signed_in and not self._signed_in_too):
            return "spared"
        return "deleted" if await self._api.delete_user(passage_id) else "gone"


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
