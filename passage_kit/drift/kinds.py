"""Kinds of drift, and the side on which each is mended."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

Side = Literal["table", "passage", "decide"]
Trust = Literal["table", "passage"]
SIDES: tuple[Side, ...] = get_args(Side)

DIFFERS = "differs"


class Kind(NamedTuple):
    """What a kind of drift means, and what to do about it."""

    meaning: str
    next_step: str


KINDS = {
    DIFFERS: Kind(
        "Row and user are linked, and their email or phone differs.",
        "Update the side that is named. To decide, ask the user, or trust one side for all.",
    ),
    "unreadable": Kind(
        "Row and user are linked, and the value in the table is no email or phone.", "Correct the value in the table."
    ),
    "status": Kind(
        "The account is closed on one side and open on the other.", "Close or open it on the side that is wrong."
    ),
    "id_unknown": Kind(
        "Nobody in Passage has the Passage id of the row.",
        "Find out whether the user was deleted. Clear the id, or create the user again.",
    ),
    "id_twice": Kind("Several rows have one Passage id.", "Merge the accounts, or clear the id of the wrong rows."),
    "id_missing": Kind(
        "The row has no Passage id, and a user has its email or phone.",
        "Write the id back with passage-kit write-back, or let the first login link it.",
    ),
    "second_row": Kind(
        "The row has the email or phone of a user who belongs to another row.", "Merge the accounts, or correct one."
    ),
    "two_users": Kind(
        "The row's email and phone belong to different users, or one of them to several.", "Find out who the row is."
    ),
    "not_in_passage": Kind(
        "The row has no Passage id, and nobody in Passage has its email or phone.",
        "Prepare a newer export with --since, and push it.",
    ),
    "no_identifier": Kind(
        "The row has no Passage id, and no email or phone to sign in with.",
        "Ask the user for one, or close the account.",
    ),
    "not_in_table": Kind(
        "The user has no row in the table.",
        "The middleware adds the row at the next login. Delete the user if nobody should have the account.",
    ),
}

# Differences that the preparation made on purpose, which are no drift.
KNOWN = {
    "absorbed": "The row was absorbed into another row of the same person, which has the user.",
    "rejected": "The row was rejected in the preparation, so it is not in Passage.",
    "withheld": "The preparation withheld the value, so Passage has none.",
}


class Values(NamedTuple):
    """One identifier of a linked row: in the table (raw and in normal form), in Passage, and as it was prepared.

    ``verified`` tells whether the user has shown that the value in Passage is their own; ``corrected`` whether the
    preparation changed the value by a correction or withheld it; ``has_prepared`` whether the user was prepared here.
    """

    raw: str | None
    table: str | None
    passage: str | None
    prepared: str | None
    has_prepared: bool
    corrected: bool
    verified: bool


def judge(values: Values, trust: Trust | None) -> tuple[str, Side] | None:
    """Decide the kind and the side of a difference; None if it is no drift, but withheld on purpose.

    The side that still has the value of the preparation is the one to update: the other side has changed since. A value
    that nobody has verified never goes from Passage into the table by itself.

    Examples
    --------
    >>> new, old = "ann@new.org", "ann@old.org"
    >>> judge(Values(old, old, new, old, True, False, True), None)
    ('differs', 'table')
    >>> judge(Values(old, old, new, old, True, False, False), None)
    ('differs', 'decide')
    >>> judge(Values(new, new, old, old, True, False, False), None)
    ('differs', 'passage')
    """
    if values.has_prepared and values.passage == values.prepared is None and (values.corrected or not values.table):
        return None
    if values.raw is not None and values.table is None:
        return "unreadable", "table"
    return DIFFERS, _side(values, trust)


def _side(values: Values, trust: Trust | None) -> Side:
    safe: Side = "table" if values.verified or values.passage is None else "decide"
    if values.has_prepared and values.table == values.prepared:
        return safe
    if values.has_prepared and values.passage == values.prepared and values.table and not values.corrected:
        return "passage"
    if trust == "passage":
        return safe
    return "passage" if trust == "table" else "decide"
