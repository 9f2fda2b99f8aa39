"""Deletions of which the journal has the beginning and not the end, since undo was killed between the two."""

from __future__ import annotations

import asyncio

from passage_kit.api.answers import PassageUser
from passage_kit.api.operations import Api
from passage_kit.errors import NotFoundError
from passage_kit.push.journal import Journal


async def settle_deletions(api: Api, journal: Journal) -> None:
    """Look up the users whom undo was about to delete, and note who is gone and who is still in Passage."""
    begun = journal.half_deleted()
    for at in range(0, len(begun), api.concurrency):
        some = begun[at : at + api.concurrency]
        found = await asyncio.gather(*(user_of(api, ident) for _, ident in some))
        journal.undo([entry for entry, user in zip(some, found, strict=True) if user is None])
        journal.keep([row for (row, _), user in zip(some, found, strict=True) if user is not None])


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
