"""The workers of a push: each sends one user at a time, after the journal has recorded the user."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from passage_kit.api.answers import PassageUser
from passage_kit.api.loop_thread import THREAD
from passage_kit.api.operations import Api
from passage_kit.api.pacing import back_off
from passage_kit.errors import ApiError, KeyRefusedError, NoAnswerError, NotFoundError, PassageKitError
from passage_kit.push.discovery import SLACK, was_before
from passage_kit.push.journal import CONFLICT, UNCHANGED, Done, Journal, ToDo
from passage_kit.push.metadata_update import update_metadata
from passage_kit.push.push_input import PreparedUser

ROUNDS = 8  # of creating a user whose answers get lost
LATEST = 0.25  # seconds until an outcome is on the disk
AHEAD = 8  # users per worker whose record is on the disk before it is their turn


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
            self._done.append(done)

    def _fail(self, error: PassageKitError) -> None:
        self._failure = self._failure or error
        self._stopping = True

    async def _one(self, user: PreparedUser, to_do: ToDo) -> Done:
        """Do the work that is left for one user."""
        if to_do.unsettled:
            return await self._create(user, unsettled=True)
        if to_do.taken:
            return Done(user.source_row, "failed", code=CONFLICT)
        if to_do.found:
            return await self._exists(user, to_do.found)
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
                    return await (self._settled if unsettled else self._theirs)(user, found, attempt)
                return Done(row, "failed", code=error.code or f"http_{error.status}", attempts=attempt)
            else:
                if _same(user, made) and not made.has_signed_in and self._is_new(made):
                    return Done(row, "created", made.id, attempts=attempt)
                return await self._theirs(user, await self._find(user) or _Found(made), attempt)
        raise AssertionError("unreachable")

    async def _settled(self, user: PreparedUser, found: _Found, attempts: int) -> Done:
        """Decide the outcome of a user whom a request may have created although its answer was lost."""
        if not found.conflict and _same(user, found.user) and not was_before(found.user, self._since):
            return Done(user.source_row, "created", found.user.id, attempts=attempts)
        return await self._theirs(user, found, attempts)

    async def _theirs(self, user: PreparedUser, found: _Found, attempts: int) -> Done:
        """Decide the outcome of a user if another Passage user, not of this push, has the identifiers."""
        if found.conflict:
            return Done(user.source_row, "failed", code=CONFLICT, attempts=attempts)
        return await self._exists(user, found.user.id, attempts)

    async def _exists(self, user: PreparedUser, passage_id: str, attempts: int = 0) -> Done:
        """Leave an existing user as it is, or send all metadata; our values replace those in Passage."""
        row = user.source_row
        if not self._update:
            return Done(row, "existing", passage_id, attempts=attempts)
        try:
            if not await update_metadata(
                self._api, passage_id, user.metadata, lambda: self._record_update(row, passage_id)
            ):
                return Done(row, "existing", passage_id, UNCHANGED, attempts)
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
        return Done(row, "updated", passage_id, attempts=attempts + 1)

    async def _find(self, user: PreparedUser) -> _Found | None:
        """Look both identifiers up."""
        by_email = await self._api.find_user(user.email) if user.email else None
        if by_email and (not user.phone or by_email.phone == user.phone):
            return _Found(by_email)
        by_phone = await self._api.find_user(user.phone) if user.phone else None
        if by_email:
            return _Found(by_email, conflict=by_phone is not None and by_phone.id != by_email.id)
        if by_phone:
            return _Found(by_phone, conflict=bool(user.email and by_phone.email))
        return None

    def _is_new(self, user: PassageUser) -> bool:
        """Tell whether this push created a user, even if the service's clock was put back."""
        if not was_before(user, self._since):
            return True
        now, created = self._api.server_time(), user.created_at
        return now is not None and created is not None and abs(created.timestamp() - now) < SLACK

    async def _record(self, rows: list[int]) -> None:
        """Record on the disk that these users are about to be sent."""
        self._creating += rows
        await self._save()

    async def _record_update(self, row: int, passage_id: str) -> None:
        """Record on the disk that this existing user is about to be updated."""
        self._updating.append((row, passage_id))
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
            self._creating, self._updating, self._done = [], [], []
            try:
                await asyncio.shield(self._on_disk(self._journal.commit, creating, done, updating))
            except PassageKitError:  # nobody takes them as written
                self._creating = creating + self._creating
                self._updating = updating + self._updating
                self._done = done + self._done
                raise

    async def _on_disk(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work, *arguments)


def _same(user: PreparedUser, found: PassageUser) -> bool:
    """Tell whether a Passage user has exactly the identifiers of ours."""
    return found.email.lower() == (user.email or "").lower() and found.phone == (user.phone or "")
