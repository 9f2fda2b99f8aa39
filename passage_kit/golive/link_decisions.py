"""What a person decides about links afterwards: undo one, settle a hold."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from passage_kit.errors import DatabaseError
from passage_kit.golive.stores import LinkNote, UserStore

_log = logging.getLogger("passage_kit.golive")


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
    last: dict[str, LinkNote] = {}
    for note in users.notes():
        last.pop(note.passage_id, None)
        last[note.passage_id] = note
    return [note for note in last.values() if note.event in ("held", "undone")]


def undo_link(users: UserStore[Any], passage_id: str) -> bool:
    """Take a Passage id off the row that was linked with it; the user is held from then on.

    Parameters
    ----------
    users : UserStore
    passage_id : str

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
    undone = users.unlink(key, LinkNote(passage_id, "undone", str(key)))
    if undone:
        _log.info("Undone: the link of the user %s of Passage to the row %s.", passage_id, key)
    return undone


def settle_hold(users: UserStore[Any], passage_id: str, *, key: Any = None) -> bool:
    """Say which row is that of a held user, or that the user gets a row of their own.

    Parameters
    ----------
    users : UserStore
    passage_id : str
    key : object, optional
        Primary key of the user's row, which must have no Passage id yet. Default: at the next request, a row is created
        without identifiers.

    Returns
    -------
    bool
        False if the row has a Passage id, does not exist, or another row has this one.
    """
    if key is None:
        users.note(LinkNote(passage_id, "released", reason="decided"))
        return True
    return users.link(key, LinkNote(passage_id, "linked", str(key), "decided"))
