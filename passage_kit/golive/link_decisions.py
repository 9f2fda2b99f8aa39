"""What a person decides about links afterwards: undo one, settle a hold."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from passage_kit.errors import DatabaseError
from passage_kit.golive.stores import LinkNote, UserStore

_log = logging.getLogger("passage_kit.golive")
_OPEN = ("held", "undone")  # a person has to decide


def list_links(users: UserStore[Any]) -> Sequence[LinkNote]:
    """List what became of each user of Passage at the sign-in: linked, created, held, refused, undone, or released.

    Parameters
    ----------
    users : UserStore

    Returns
    -------
    sequence of LinkNote
        The last note of each user, the oldest first. A refusal stands for whom nothing else was noted.

    See Also
    --------
    open_holds : Those on whom a person has to decide.
    """
    last: dict[str, LinkNote] = {}
    for note in users.notes():
        if note.event == "refused" and note.passage_id in last:
            continue
        last.pop(note.passage_id, None)
        last[note.passage_id] = note
    return list(last.values())


def open_holds(users: UserStore[Any]) -> Sequence[LinkNote]:
    """List the users of Passage whom a person has to decide on.

    Parameters
    ----------
    users : UserStore

    Returns
    -------
    sequence of LinkNote
        The last note of each, the oldest first.
    """
    return [note for note in list_links(users) if note.event in _OPEN]


def undo_link(users: UserStore[Any], passage_id: str, *, dry_run: bool = False) -> bool:
    """Take a Passage id off the row that was linked with it; the user is held from then on.

    Parameters
    ----------
    users : UserStore
    passage_id : str
    dry_run : bool, default False
        Change nothing, and tell whether the link would be undone.

    Returns
    -------
    bool
        False if no row has the id any more.

    Raises
    ------
    DatabaseError
        If the row was created for the user, or got its id elsewhere, such as by a write-back. Nothing was changed.

    See Also
    --------
    settle_hold : Say which row is the user's.
    """
    user = users.find(passage_id)
    if user is None:
        return False
    key = users.key_of(user)
    linked = [note for note in users.notes(passage_id) if note.event == "linked" and note.user_key == str(key)]
    if not linked:
        raise DatabaseError(
            f"The row {key} was not linked to the user {passage_id} at a sign-in. Undo the write-back that set the "
            "id, or delete the row in the application if it was created for the user."
        )
    if dry_run:
        return True
    undone = users.unlink(key, LinkNote(passage_id, "undone", str(key)))
    if undone:
        _log.info("Undone: the link of the user %s of Passage to the row %s.", passage_id, key)
    return undone


def settle_hold(users: UserStore[Any], passage_id: str, *, key: Any = None, dry_run: bool = False) -> bool:
    """Say which row is that of a held user, or that the user gets a row of their own.

    Parameters
    ----------
    users : UserStore
    passage_id : str
    key : object, optional
        Primary key of the user's row, which must have no Passage id yet. Default: at the next request, a row is created
        without identifiers.
    dry_run : bool, default False
        Change nothing, and tell whether the hold would be settled.

    Returns
    -------
    bool
        False if the row has a Passage id, does not exist, or another row has this one.

    Raises
    ------
    DatabaseError
        If nobody with the Passage id was held: it may be misspelt, and the row would be lost to its user.
    """
    if not any(note.event in (*_OPEN, "released") for note in users.notes(passage_id)):
        raise DatabaseError(
            f"Nobody with the Passage id {passage_id} was held at a sign-in. Copy the id from the list of links."
        )
    if dry_run:
        return key is None or (users.find(passage_id) is None and users.is_free(key))
    if key is None:
        users.note(LinkNote(passage_id, "released", reason="decided"))
        return True
    return users.link(key, LinkNote(passage_id, "linked", str(key), "decided"))
