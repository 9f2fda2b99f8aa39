"""Deletions that are not over until a look at Passage shows who is gone: a service may say so of who is still there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from passage_kit.api.answers import PassageUser
from passage_kit.api.operations import PAGE, Api
from passage_kit.api.pacing import back_off
from passage_kit.errors import NotFoundError
from passage_kit.push.journal import Journal

LOOKS = 5  # at users who are still there: a list may be some seconds behind
_FIRST_WAIT = 2  # the back-off between the first two looks; the next ones are longer


async def settle_deletions(api: Api, journal: Journal) -> None:
    """Look up the users whom undo was about to delete, and note who is gone and who is still in Passage."""
    begun = journal.half_deleted()
    for at in range(0, len(begun), api.concurrency):
        some = begun[at : at + api.concurrency]
        there = await _found(api, some)
        journal.undo([entry for entry in some if entry not in there])
        journal.keep([row for row, _ in there])


async def confirm_deletions(api: Api, journal: Journal) -> set[str]:
    """Check that the users whom undo has deleted are gone, and note who is gone and who is still in Passage.

    The service has said of each of them that the user is gone. All users of the app are listed, or these looked up one
    by one if that takes fewer requests.

    Returns
    -------
    set of str
        Passage ids of the users who are still there.
    """
    begun = journal.half_deleted()
    if not begun:
        return set()
    there = await _listed(api, begun)
    for attempt in range(_FIRST_WAIT, _FIRST_WAIT + LOOKS - 1):
        if not there:
            break
        await asyncio.sleep(back_off(attempt))
        there = await _listed(api, there)
    kept = set(there)
    journal.undo([entry for entry in begun if entry not in kept])
    journal.keep([row for row, _ in there])
    return {ident for _, ident in there}


async def _listed(api: Api, users: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Give those users, by row and id, who are in the list of users, or are found one by one."""
    if not 0 <= (await api.page(1, limit=1)).total <= len(users) * PAGE:
        found = []
        for at in range(0, len(users), api.concurrency):
            found += await _found(api, users[at : at + api.concurrency])
        return found
    wanted = {ident for _, ident in users}
    there = {user.id async for page in api.each_page() for user in page.users if user.id in wanted}
    return [entry for entry in users if entry[1] in there]


async def _found(api: Api, users: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Give those users, by row and id, who are found by their ids."""
    found = await asyncio.gather(*(user_of(api, ident) for _, ident in users))
    return [entry for entry, user in zip(users, found, strict=True) if user is not None]


async def user_of(api: Api, ident: str) -> PassageUser | None:
    """Read a user by id; None if there is none.

    Raises
    ------
    NotFoundError
        If there is no such app.
    """
    try:
        return await api.get_user(ident)
    except NotFoundError as error:
        if error.code == "app_not_found":
            raise
        return None
