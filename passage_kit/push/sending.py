"""The workers of a push: each sends one user at a time, after the journal has recorded the user."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from passage_kit.api.answers import PassageUser
from passage_kit.api.loop_thread import THREAD
from passage_kit.api.operations import Api
from passage_kit.api.pacing import back_off
from passage_kit.errors import ApiError, KeyRefusedError, NoAnswerError, NotFoundError, PassageKitError
from passage_kit.push.contradiction import contradiction
from passage_kit.push.journal import CONFLICT, Done, Journal
from passage_kit.push.journal_queries import LACKING, SENT, UNCHANGED, Outcome, ToDo
from passage_kit.push.journal_tables import CONTRADICTED
from passage_kit.push.judging import Span, of_answer, of_lookup, same, shares, was_before
from passage_kit.push.metadata_update import differs, update_metadata
from passage_kit.push.push_input import PreparedUser
from passage_kit.push.values import contradicts, lacks

ROUNDS = 8  # of creating a user whose answers get lost
LATEST = 0.25  # seconds until an outcome is on the disk
AHEAD = 8  # users per worker whose record is on the disk before it is their turn
CREATED = 201  # status of an answer that says so; another success says less
NOT_KEPT = "metadata_not_kept"  # code of an existing user whose update was answered without the values sent
CHANGED = "identifiers_changed"  # code of an existing user who has other identifiers than when seen


@dataclass(frozen=True, slots=True)
class _Found:
    """The one or two Passage users who have the identifiers."""

    user: PassageUser
    conflict: bool = False


class Sending:
    """One pass over the users with work left.

    Parameters
    ----------
    api : Api
    journal : Journal
        A journal with all users, and with those seen in Passage.
    update : bool
        Update the metadata of existing users.
    since : float or None
        Second when this push began, by the service's clock. Users created before are not of this push.
    """

    def __init__(self, api: Api, journal: Journal, *, update: bool, since: float | None) -> None:
        self._api, self._journal = api, journal
        self._update, self._since = update, since
        self._stopping = False
        self._failure: PassageKitError | None = None
        self._silent = 0  # users in a row for whom there was no answer
        self._creating: list[int] = []
        self._updating: list[tuple[int, str]] = []
        self._done: list[Done] = []
        self._new_ids: dict[str, int] = {}  # rows by the ids that are not in the journal yet
        self._contradicted: set[int] = set()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix=THREAD)
        self._turn = asyncio.Lock()
        self.counts = journal.settled(update=update)

    def stop(self) -> None:
        """Start no more users, and let those under way finish."""
        self._stopping = True

    async def run(self, batches: Iterator[Sequence[PreparedUser]]) -> None:
        """Send all users.

        Raises
        ------
        KeyRefusedError, NotFoundError, NoAnswerError, JournalError
            If nothing more can be sent. The journal is correct, and the push can be resumed.
        ContradictionError
            If the service's answers confuse users with each other. None of them has an id in the journal.
        """
        ready: asyncio.Queue[tuple[PreparedUser, ToDo] | None] = asyncio.Queue(AHEAD * self._api.concurrency)
        workers = [asyncio.create_task(self._work(ready)) for _ in range(self._api.concurrency)]
        feeder = asyncio.create_task(self._feed(batches, ready))
        saver = asyncio.create_task(self._save_now_and_then())
        try:
            await asyncio.gather(feeder, *workers)
        finally:
            for task in (feeder, *workers, saver):
                task.cancel()
            ended = await asyncio.gather(feeder, *workers, saver, return_exceptions=True)
            try:
                await self._save()
            except PassageKitError as error:
                self._failure = self._failure or error
            self._disk.shutdown()
            unforeseen = (error for error in ended if isinstance(error, Exception))
            if failure := self._failure or next(unforeseen, None):
                raise failure  # raise it even after an interrupt, or if nobody waits for the task

    async def _feed(self, batches: Iterator[Sequence[PreparedUser]], ready: asyncio.Queue[Any]) -> None:
        """Put users in line, each with its record on the disk, and then an end for each worker."""
        ahead = AHEAD * self._api.concurrency
        while not self._stopping and (waiting := await self._on_disk(self._next_batch, batches)) is not None:
            for at in range(0, len(waiting), ahead):
                some = waiting[at : at + ahead]
                await self._record([user.source_row for user, it in some if not it.found and not it.taken])
                for entry in some:
                    await ready.put(entry)
                if self._stopping:
                    break
        for _ in range(self._api.concurrency):
            await ready.put(None)

    def _next_batch(self, batches: Iterator[Sequence[PreparedUser]]) -> list[tuple[PreparedUser, ToDo]] | None:
        """Give the users of the next batch that have work left; None after the last."""
        batch = next(batches, None)
        if batch is None:
            return None
        rows = [user.source_row for user in batch]
        to_do = self._journal.to_do(min(rows), max(rows), update=self._update)
        return [(user, to_do[user.source_row]) for user in batch if user.source_row in to_do]

    async def _work(self, ready: asyncio.Queue[tuple[PreparedUser, ToDo] | None]) -> None:
        while (entry := await ready.get()) is not None:
            if self._stopping:
                continue
            user, to_do = entry
            try:
                done = await self._one(user, to_do)
            except NoAnswerError as error:
                done = Done(user.source_row, "unknown", code=error.code or "no_answer", attempts=1)
                self._silent += 1
                if self._silent >= max(3, self._api.concurrency):
                    self._fail(error)
            except PassageKitError as error:
                self._fail(error)
                continue
            else:
                self._silent = 0
            self.counts[done.outcome] += 1
            if done.code == CONTRADICTED or self._is_taken(done):
                self._fail(contradiction())
            self._done.append(done)

    def _is_taken(self, done: Done) -> bool:
        """Tell, before the journal does, whether another row has just got the same id."""
        ident = done.passage_id
        return ident is not None and self._new_ids.setdefault(ident, done.source_row) != done.source_row

    def _fail(self, error: PassageKitError) -> None:
        self._failure = self._failure or error
        self._stopping = True

    async def _one(self, user: PreparedUser, to_do: ToDo) -> Done:
        """Do the work that is left for one user."""
        if to_do.unsettled:
            return await self._create(user, unsettled=True)
        if to_do.taken:
            return Done(user.source_row, "failed", code=CONFLICT)
        if to_do.found and self._update:
            return await self._updated(user, to_do.found, "adopted" if to_do.adopted else "existing", 0)
        if to_do.found:
            return Done(user.source_row, "adopted" if to_do.adopted else "existing", to_do.found)
        return await self._create(user, unsettled=False)

    async def _create(self, user: PreparedUser, *, unsettled: bool) -> Done:
        """Create a user, and look the user up before sending a request again."""
        row = user.source_row
        for attempt in range(1, ROUNDS + 1):
            if unsettled and (found := await self._find(user)):
                return await self._settled(user, found, attempt - 1)
            try:
                made = await self._api.create_user(user.body)
            except NoAnswerError:
                if attempt == ROUNDS:
                    raise
                unsettled = True
                await asyncio.sleep(back_off(attempt))
            except (KeyRefusedError, NotFoundError):
                raise  # it is the key or the app, not the user
            except ApiError as error:
                if error.status is None or error.status < 400 or error.status == 429:
                    raise
                if found := await self._find(user):  # refused because another user has the identifier
                    doubt = unsettled or self._may_be_ours(user, found.user)
                    return await (self._settled if doubt else self._theirs)(user, found, attempt)
                return Done(row, "failed", code=error.code or f"http_{error.status}", attempts=attempt)
            else:
                span = self._api.span if self._api.status == CREATED else None
                return await self._answered(user, made, span, attempt, unsettled=unsettled)
        raise AssertionError("unreachable")

    async def _answered(
        self, user: PreparedUser, made: PassageUser, span: Span | None, attempts: int, *, unsettled: bool
    ) -> Done:
        """Decide the outcome of a user for whom the service answered that the request was carried out."""
        if not same(user, made):  # a repeated identifier may be answered with the user who has it
            found = await self._find(user) if shares(user, made) else None
            if found is None or not (found.conflict or found.user.id == made.id):
                return Done(user.source_row, "unknown", code=CONTRADICTED, attempts=attempts)
            return await (self._settled if unsettled else self._theirs)(user, found, attempts)
        outcome = of_answer(user, made, span, self._since)
        if outcome == "created":
            return Done(user.source_row, "created", made.id, attempts=attempts)
        if unsettled:
            return await self._settled(user, _Found(made), attempts)
        return await self._kept(user, made, outcome, attempts)

    def _may_be_ours(self, user: PreparedUser, found: PassageUser) -> bool:
        """Tell whether a user may be of a request that was carried out, and then refused.

        The user was made since the push began, and has the metadata that was sent.
        """
        if self._since is None or found.created_at is None or was_before(found, self._since):
            return False
        return not contradicts(found.user_metadata, user.metadata)

    async def _settled(self, user: PreparedUser, found: _Found, attempts: int) -> Done:
        """Decide the outcome of a user whom a request may have created although its answer was lost."""
        if found.conflict or not same(user, found.user):
            return await self._theirs(user, found, attempts)
        return await self._kept(user, found.user, of_lookup(found.user, self._since), attempts)

    async def _theirs(self, user: PreparedUser, found: _Found, attempts: int) -> Done:
        """Decide the outcome of a user if another Passage user, not of this push, has the identifiers."""
        if found.conflict:
            return Done(user.source_row, "failed", code=CONFLICT, attempts=attempts)
        return await self._kept(user, found.user, "existing", attempts)

    async def _kept(self, user: PreparedUser, found: PassageUser, outcome: Outcome, attempts: int) -> Done:
        """Leave a user in Passage as it is and compare the metadata of an adopted one, or update it."""
        if self._update:
            return await self._updated(user, found.id, outcome, attempts)
        code = None
        if outcome == "adopted":
            code = LACKING if lacks(found.user_metadata, user.metadata) else UNCHANGED
        return Done(user.source_row, outcome, found.id, code, attempts)

    async def _updated(self, user: PreparedUser, passage_id: str, outcome: Outcome, attempts: int) -> Done:
        """Send all metadata of a user in Passage; our values replace those in Passage."""
        row = user.source_row
        try:
            there = await self._api.get_user(passage_id)
            if not shares(user, there):
                return await self._moved(user, passage_id, attempts)
            if not differs(there.user_metadata, user.metadata):
                return Done(row, outcome, passage_id, UNCHANGED, attempts)
            if not await self._may_update(row, passage_id, outcome):
                return Done(row, "unknown", passage_id, CONTRADICTED, attempts)
            after = await update_metadata(self._api, passage_id, user.metadata, is_ours=partial(shares, user))
        except KeyRefusedError:
            raise
        except NotFoundError as error:
            if error.code != "user_not_found":
                raise
            return Done(row, "failed", code=error.code, attempts=attempts + 1)
        except ApiError as error:
            if error.status != 400:
                raise
            return Done(row, "failed", passage_id, error.code or "http_400", attempts + 1)
        if not shares(user, after):
            return Done(row, "unknown", passage_id, CONTRADICTED, attempts + 1)
        if contradicts(after.user_metadata, user.metadata):
            return Done(row, "failed", passage_id, NOT_KEPT, attempts + 1)
        if outcome == "adopted":
            return Done(row, "adopted", passage_id, SENT, attempts + 1)
        return Done(row, "updated", passage_id, attempts=attempts + 1)

    async def _moved(self, user: PreparedUser, passage_id: str, attempts: int) -> Done:
        """Decide the outcome of a user whose id now gives somebody else: the next run looks for the user anew."""
        found = await self._find(user)
        if found is not None and found.user.id == passage_id:
            return Done(user.source_row, "unknown", passage_id, CONTRADICTED, attempts)
        return Done(user.source_row, "failed", code=CHANGED, attempts=attempts)

    async def _may_update(self, row: int, passage_id: str, outcome: Outcome) -> bool:
        """Record that a user in Passage is about to be updated; False if the id is another row's, too."""
        if outcome == "adopted":  # it stays known as adopted, even after a crash
            self._done.append(Done(row, "adopted", passage_id, LACKING))
        self._updating.append((row, passage_id))
        await self._save()
        return row not in self._contradicted

    async def _find(self, user: PreparedUser) -> _Found | None:
        """Look both identifiers up."""
        by_email = await self._api.find_user(user.email) if user.email else None
        if by_email and (not user.phone or by_email.phone == user.phone):
            return _Found(by_email)
        by_phone = await self._api.find_user(user.phone) if user.phone else None
        if by_email:
            return _Found(by_email, conflict=by_phone is not None and by_phone.id != by_email.id)
        if by_phone and same(user, by_phone):  # made between the two requests, by one whose answer was lost
            return _Found(by_phone)
        if by_phone:
            taken = bool(by_phone.email) and (bool(user.email) or await self._is_ours(by_phone.email))
            return _Found(by_phone, conflict=taken)
        return None

    async def _is_ours(self, email: str) -> bool:
        """Tell whether an email is that of another row."""
        digest = self._journal.digest(email)
        return digest is not None and bool(await self._on_disk(self._journal.rows_of, [digest]))

    async def _record(self, rows: list[int]) -> None:
        """Record on the disk that these users are about to be sent."""
        self._creating += rows
        await self._save()

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(LATEST)
            try:
                await self._save()
            except PassageKitError as error:
                self._fail(error)

    async def _save(self) -> None:
        """Write all outcomes since the last time, as one transaction."""
        async with self._turn:
            creating, updating, done = self._creating, self._updating, self._done
            if not creating and not updating and not done:
                return
            self._creating, self._updating, self._done, self._new_ids = [], [], [], {}
            try:
                wrong = await asyncio.shield(self._on_disk(self._journal.commit, creating, done, updating))
            except PassageKitError:  # nobody takes them as written
                self._creating = creating + self._creating
                self._updating = updating + self._updating
                self._done = done + self._done
                raise
            if wrong:
                self._contradicted |= wrong
                self._fail(contradiction())

    async def _on_disk(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work, *arguments)
