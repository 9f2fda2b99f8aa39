"""The judgement of who made a user in Passage: this push, somebody else, or perhaps either.

A user is ``created`` only if the answer to our own request shows it. If nothing shows who made a user, the user is
``adopted``. Nobody is ``created`` in doubt, since undo deletes whoever was created.
"""

from __future__ import annotations

from passage_kit.api.answers import PassageUser
from passage_kit.push.journal_queries import Outcome
from passage_kit.push.push_input import PreparedUser
from passage_kit.push.values import contradicts

SLACK = 2.0  # seconds: the clocks of a service's machines differ, and a Date header has whole seconds
PRECISION = 1.0  # seconds: a service may date its users in whole ones
DOUBT = 60.0  # seconds: a user made less long before the request may be of it, if the service's clocks differ much
Span = tuple[float, float]  # the service's clock when a request left at the earliest, and was answered at the latest


def same(user: PreparedUser, found: PassageUser) -> bool:
    """Tell whether a user in Passage has exactly the identifiers of ours."""
    return found.email.lower() == (user.email or "").lower() and found.phone == (user.phone or "")


def shares(user: PreparedUser, found: PassageUser) -> bool:
    """Tell whether a user in Passage has an identifier of ours."""
    return bool(user.email and found.email.lower() == user.email.lower()) or bool(
        user.phone and found.phone == user.phone
    )


def was_before(found: PassageUser, since: float | None) -> bool:
    """Tell whether a user was made before a second of the service's own clock, such as the beginning of the push."""
    return since is not None and found.created_at is not None and found.created_at.timestamp() < since


def of_answer(user: PreparedUser, made: PassageUser, span: Span | None, since: float | None) -> Outcome:
    """Judge the answer to the only request that was ever sent for a user; it has exactly the user's identifiers.

    A user who was made clearly before the request (or, without its time, before the push), or who has signed in, was
    there before.
    """
    if is_within(made, span):
        return "adopted" if contradicts(made.user_metadata, user.metadata) else "created"
    left = since if span is None else span[0] - DOUBT
    return "existing" if made.has_signed_in or was_before(made, left) else "adopted"


def is_within(made: PassageUser, span: Span | None) -> bool:
    """Tell whether a user who has never signed in was made while a request was under way."""
    if span is None or made.created_at is None or made.has_signed_in:
        return False
    return span[0] - PRECISION <= made.created_at.timestamp() <= span[1] + SLACK


def of_lookup(found: PassageUser, since: float | None) -> Outcome:
    """Judge a user with exactly our identifiers, whom a request may have made although its answer was lost."""
    return "existing" if was_before(found, since) else "adopted"
