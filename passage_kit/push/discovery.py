"""The lookup of users who are in Passage already, once before anything is sent, with the fewest requests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from passage_kit.api.answers import PassageUser
from passage_kit.api.operations import PAGE, Api
from passage_kit.push.contradiction import contradiction
from passage_kit.push.journal import Done, Journal
from passage_kit.push.journal_queries import Claim, Seen
from passage_kit.push.journal_tables import CONTRADICTED
from passage_kit.push.judging import SLACK, is_within, of_lookup
from passage_kit.push.push_input import PushInput

SINCE = "since"


async def discover(api: Api, journal: Journal, source: PushInput, *, update: bool) -> None:
    """Note in the journal which of our users are in Passage.

    All users of the app are listed, or ours looked up one by one if that takes fewer requests.

    Raises
    ------
    ContradictionError
        If several of our users were found with one id. The journal has them as unknown.
    """
    new = journal.left(update=update)["new"]
    if not new:
        return
    journal.forget_seen()
    first = await api.page(1, limit=1)
    now = api.server_time() or first.created_before
    if now is not None and SINCE not in journal.facts:
        journal.note(**{SINCE: str(now - SLACK)})
    if 0 <= first.total <= new * PAGE:
        async for page in api.each_page():
            journal.see(seen(journal, page.users))
    else:
        await _look_up(api, journal, source, update=update)
    if journal.contradict_seen():
        raise contradiction()


async def _look_up(api: Api, journal: Journal, source: PushInput, *, update: bool) -> None:
    """Look up the identifiers of all users with work left, except those who may have been sent."""
    for batch in source.batches():
        rows = [user.source_row for user in batch]
        to_do = journal.to_do(min(rows), max(rows), update=update)
        identifiers = [
            identifier
            for user in batch
            if user.source_row in to_do and not to_do[user.source_row].unsettled
            for identifier in (user.email, user.phone)
            if identifier
        ]
        for at in range(0, len(identifiers), api.concurrency):
            found = await asyncio.gather(*map(api.find_user, identifiers[at : at + api.concurrency]))
            journal.see(seen(journal, [user for user in found if user]))


async def settle_by_list(api: Api, journal: Journal) -> bool:
    """Record the users who may have been sent and whom List Users has with exactly our identifiers.

    Returns
    -------
    bool
        False if answers of the service contradict each other.
    """
    since = began(journal)
    wrong: set[int] = set()
    async for page in api.each_page():
        rows = rows_of((text for user in page.users for text in (user.email, user.phone)), journal)
        found = {rows[text]: user for user in page.users for text in (user.phone, user.email) if text in rows}
        if not found:
            continue
        first, last = min(found), max(found)
        to_do, claims = journal.to_do(first, last, update=False), journal.claims(first, last)
        ours = [(row, it) for row, it in zip(found, seen(journal, found.values()), strict=True) if row in to_do]
        wrong |= journal.commit(
            done=[
                _listed(row, found[row], claims.get(row), since)
                for row, it in ours
                if to_do[row].unsettled and journal.is_user(row, it)
            ]
        )
    return not wrong


def _listed(row: int, user: PassageUser, claim: Claim | None, since: float | None) -> Done:
    """Decide the outcome of a user who may have been sent, and is in the list with exactly our identifiers."""
    outcome = of_lookup(user, since)
    if claim is not None:
        if claim.passage_id not in (None, user.id):
            return Done(row, "unknown", code=CONTRADICTED, attempts=1)
        if claim.kind == "existing":
            outcome = "existing"
        elif is_within(user, claim.span):
            outcome = "created"
    return Done(row, outcome, user.id, attempts=1)


def rows_of(identifiers: Iterable[str], journal: Journal) -> Mapping[str, int]:
    """Find the source rows of the texts that are our identifiers."""
    digests = {text: digest for text in identifiers if (digest := journal.digest(text))}
    rows = journal.rows_of(list(digests.values()))
    return {text: rows[digest] for text, digest in digests.items() if digest in rows}


def began(journal: Journal) -> float | None:
    """Give the second when the push began, by the service's clock. Users created before are not of this push."""
    since = journal.facts.get(SINCE)
    return None if since is None else float(since)


def seen(journal: Journal, users: Iterable[PassageUser]) -> list[Seen]:
    """Turn users into the digests by which the journal knows them."""
    return [Seen(user.id, journal.digest(user.email), journal.digest(user.phone)) for user in users]
