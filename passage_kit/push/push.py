"""The push of the prepared users into Passage: each user once, even after an interruption."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Literal

from passage_kit.api.client import PassageClient
from passage_kit.errors import ContradictionError, KeyRefusedError, OptionError, PushError
from passage_kit.progress import Tally
from passage_kit.push.deletions import settle_deletions
from passage_kit.push.discovery import began, discover
from passage_kit.push.id_file import write_id_file
from passage_kit.push.import_route import import_all, settle_uploaded
from passage_kit.push.journal import CONFLICT, Journal
from passage_kit.push.journal_files import copied_journal, open_journal, take_up
from passage_kit.push.push_input import PushInput
from passage_kit.push.push_result import PushInterrupted, PushResult, failures_frame
from passage_kit.push.push_section import report_push
from passage_kit.push.readiness import Shortfall, check_readiness
from passage_kit.push.sending import Sending
from passage_kit.translations import in_panel
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace

OnExisting = Literal["skip", "update"]
_FASTEST = 500.0  # requests a second that one thread of Python makes
PASSES = 3  # over users whose outcome is unknown


def push_users(
    workspace: Workspace | str | Path,
    *,
    client: PassageClient | None = None,
    dry_run: bool = False,
    on_existing: OnExisting = "skip",
    import_api: bool = False,
    confirm: Callable[[PushResult], bool] | None = None,
) -> PushResult:
    """Push the users that a preparation left in a workspace into Passage.

    The journal of the workspace records each user before the request leaves. If an answer is lost, the push looks the
    user up before it sends anything again. To resume an interrupted push, make the same call: every user is in Passage
    exactly once. Repeating a complete push changes nothing.

    A user is ``created`` only if the answer to the push's own request shows it. If an answer is lost and a lookup finds
    the user, or if the answer does not say when the user was made, the user is ``adopted``: nothing shows whether the
    push or somebody else made it, so undo spares it unless told. A user is ``failed`` if the service refuses the user,
    or if the email belongs to one Passage user and the phone to another (``identifier_conflict``). The push leaves such
    users untouched, and the same call tries them again. Fix the cause first.

    Parameters
    ----------
    workspace : Workspace or path
        The workspace that :func:`passage_kit.prepare` wrote to.
    client : PassageClient, optional
        Default: a client with the settings of the environment, ``.env`` or a prompt.
    dry_run : bool, default False
        Only look up which users are in Passage already. Nothing is sent or written.
    on_existing : {"skip", "update"}, default "skip"
        ``"skip"`` leaves a user who is in Passage already as it is. ``"update"`` sends the metadata again; prepared
        values replace those in Passage. It sends adopted users the metadata they lack, too. Identifiers never change.
    import_api : bool, default False
        Upload files of at most 30,000 users to the Import API if the app answers there. Otherwise, the push creates the
        users one by one.
    confirm : callable, optional
        Takes the :class:`PushResult` of what would be done and returns whether to do it. Default: push without asking.

    Returns
    -------
    PushResult
        Counts by outcome, with the same fields for a dry run. ``passage_ids`` is the path of ``out/passage_ids.csv``.

    Raises
    ------
    PlanError
        If the workspace has no prepared users.
    PushError
        If another push is running, if the journal belongs to other users or another app, or if ``confirm`` returns
        False.
    JournalError
        If the journal cannot be written.
    ApiError
        If the service refuses the key or stops answering. The same call resumes the push later.
    ContradictionError
        If the service's answers confuse users with each other. Those users are ``unknown`` and get no id.

    See Also
    --------
    passage_kit.prepare : Prepare the users that this function pushes.
    passage_kit.verify_push : Compare the users in Passage with the prepared ones.
    passage_kit.undo_push : Delete the users that a push created.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.preparation.run import prepare
    >>> from passage_kit.sandbox import Sandbox
    >>> folder = tempfile.mkdtemp()
    >>> source = Path(folder, "users.csv")
    >>> _ = source.write_text("email\\nanna@example.org\\nbo@example.org\\n")
    >>> _ = prepare(source, out=folder)
    >>> with Sandbox() as it, PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as client:
    ...     there = it.add_users([{"email": "bo@example.org"}])
    ...     result = push_users(folder, client=client)
    >>> result.created, result.existing, result.failed
    (1, 1, 0)
    """
    if on_existing not in ("skip", "update"):
        raise OptionError(f"on_existing is {on_existing!r}, expected 'skip' or 'update'.")
    workspace = as_workspace(workspace)
    with locked(workspace.folder, "push", trace=not dry_run):
        return _push(workspace, client, dry_run, on_existing, import_api, confirm)


def _push(
    workspace: Workspace,
    client: PassageClient | None,
    dry_run: bool,
    on_existing: OnExisting,
    import_api: bool,
    confirm: Callable[[PushResult], bool] | None,
) -> PushResult:
    """Push under the lock of the workspace."""
    source = PushInput(workspace)
    opened = copied_journal(workspace) if dry_run else open_journal(workspace, made=True)
    with nullcontext(client) if client is not None else PassageClient() as client, opened as journal:
        take_up(journal, source, client.api.credentials)
        journal.open_failed()
        run = _Push(client, journal, source, on_existing)
        try:
            expected = run.expected(import_api)
            if dry_run:
                return expected
            if expected.to_send:
                if confirm is not None and not confirm(expected):
                    raise PushError("Nothing was sent, since you did not agree.")
                source.check_pinned()
                run.send(import_api)
        except ContradictionError:
            if not dry_run:
                write_id_file(workspace, journal, source)  # without the ids that nobody can rely on
            raise
        return run.result(workspace, expected)


class _Push:
    """One run of a push."""

    def __init__(self, client: PassageClient, journal: Journal, source: PushInput, on_existing: OnExisting) -> None:
        self._client, self._journal, self._source = client, journal, source
        self._update = on_existing == "update"
        self._seconds = 0.0

    def expected(self, import_api: bool) -> PushResult:
        """Look up which users are in Passage already, and count what is left to do."""
        journal, client = self._journal, self._client
        notes: list[str] = []
        shortfalls: tuple[Shortfall, ...] = ()
        client.run(settle_deletions(client.api, journal))
        if any(journal.left(update=self._update).values()):
            client.run(discover(client.api, journal, self._source, update=self._update))
            notes = self._notes(import_api)
            shortfalls = check_readiness(client, self._source)
        left = journal.left(update=self._update)
        counts = dict(journal.settled(update=self._update))
        counts["created"] += left["new"] + left["unsettled"]
        counts["adopted"] += left["adopted"]
        counts["updated" if self._update else "existing"] += left["found"]
        counts["failed"] += left["taken"]
        codes = journal.codes()
        if left["taken"]:
            codes[CONFLICT] = codes.get(CONFLICT, 0) + left["taken"]
        to_send = sum(left.values())
        requests = left["new"] + 2 * (left["unsettled"] + left["adopted"]) + (3 * left["found"] if self._update else 0)
        return PushResult(
            host=client.api.credentials.host,
            rehearsal=client.api.credentials.local,
            app_id=client.app_id,
            key_from=client.key_from,
            dry_run=True,
            users=self._source.count,
            outcomes=counts,
            to_send=to_send,
            seconds=0.0 if import_api else requests / self._rate(),
            codes=codes,
            adopted_lacking=journal.adopted()["lacking"],
            adopted_not_compared=journal.adopted()["not_compared"],
            notes=tuple(notes),
            shortfalls=shortfalls,
            failures=failures_frame([]),
            passage_ids=None,
        )

    def send(self, import_api: bool) -> None:
        """Send all remaining users, and try those without an answer again."""
        begun = time.monotonic()
        try:
            if import_api:
                self._upload()
            elif self._journal.has_claims:  # a push that was stopped had uploaded them
                self._client.run(settle_uploaded(self._client.api, self._journal))
            for _ in range(PASSES):
                self._send_once()
                if not self._journal.counts()["unknown"]:
                    break
        except KeyboardInterrupt:
            done = self._source.count - sum(self._journal.left(update=self._update).values())
            raise PushInterrupted(
                in_panel(
                    f"{done:,} of {self._source.count:,} users are done and recorded in the journal. "
                    "Run the same command to go on.",
                    "{done} of {count} users are done and recorded in the journal. Press the same button to go on.",
                    done=f"{done:,}",
                    count=f"{self._source.count:,}",
                )
            ) from None
        self._seconds = time.monotonic() - begun

    def _send_once(self) -> None:
        sending = Sending(self._client.api, self._journal, update=self._update, since=began(self._journal))
        done = sum(sending.counts.values())
        with Tally(self._source.count, lambda: sending.counts, done=done) as tally:
            self._client.run(sending.run(self._source.batches()), watch=tally.show, stop=sending.stop)
            tally.show()

    def _upload(self) -> None:
        """Upload to the Import API, if it answers; otherwise the users are created one by one."""
        api = self._client.api
        if self._client.run(api.import_api()):
            return
        try:
            self._client.run(import_all(api, self._journal, self._source))
        except KeyRefusedError as error:
            if error.status != 403:
                raise

    def result(self, workspace: Workspace, expected: PushResult) -> PushResult:
        """Write the ids and the report, and return the counts of the push."""
        adopted = self._journal.adopted()
        result = replace(
            expected,
            dry_run=False,
            outcomes=self._journal.counts(),
            seconds=self._seconds,
            codes=self._journal.codes(),
            adopted_lacking=adopted["lacking"],
            adopted_not_compared=adopted["not_compared"],
            failures=failures_frame(self._journal.failures()),
            passage_ids=write_id_file(workspace, self._journal, self._source),
        )
        return report_push(workspace, result)

    def _rate(self) -> float:
        """Estimate the requests a second from the answers so far."""
        api = self._client.api
        rate = min(_FASTEST, api.concurrency / api.latency)
        return min(rate, api.pace.rate) if api.pace.rate is not None else rate

    def _notes(self, import_api: bool) -> list[str]:
        """List the notes that a person should read before anything is sent."""
        notes = []
        why_not = self._client.run(self._client.api.import_api())
        if why_not:
            notes.append(f"The Import API is not offered: {why_not}. Users are created one by one.")
        elif import_api:
            notes.append("New users are uploaded to the Import API.")
        else:
            notes.append(
                "The app answers the Import API: import_api=True (--import-api) uploads 30,000 users at a time."
            )
        return notes
