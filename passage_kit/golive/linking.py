"""Which row of the application belongs to a user of Passage: linked, created, or held for a person to decide."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal, NamedTuple
from unicodedata import normalize

from passage_kit.golive.directory import PassagePerson
from passage_kit.golive.refusals import AccountHeldError, NotAuthenticatedError
from passage_kit.golive.stepping import Steps
from passage_kit.golive.stores import MOST_MATCHES, LinkNote, Match

_log = logging.getLogger("passage_kit.golive")


class LinkChoice(NamedTuple):
    """What becomes of a user whom no row has by the Passage id."""

    kind: Literal["link", "create", "hold"]
    reason: str
    key: Any = None


def decide(person: PassagePerson, matches: Sequence[Match], notes: Sequence[LinkNote] = ()) -> LinkChoice:
    """Decide by what Passage says of a user, what the table has, and what was decided before.

    A row is linked if Passage says that the email is verified, exactly one row has it, and that row has no Passage id
    yet. A phone alone never links: numbers are shared and handed on. Where nobody has the email or the phone, a row is
    created. Everything else is held.

    Parameters
    ----------
    person : PassagePerson
    matches : sequence of Match
        Rows with the email or the phone.
    notes : sequence of LinkNote
        What was noted of the Passage id, the oldest first.

    Examples
    --------
    >>> anna = PassagePerson("abc", email="anna@example.org", email_verified=True)
    >>> decide(anna, [Match(7, email="Anna@example.org")])
    LinkChoice(kind='link', reason='verified_email', key=7)
    >>> decide(anna, [Match(7, email="anna@example.org"), Match(8, email="anna@example.org")]).reason
    'several_rows'
    >>> decide(anna, []).kind
    'create'
    """
    decided = [note.event for note in notes if note.event in ("undone", "released")]
    if decided:
        return LinkChoice("create", "released") if decided[-1] == "released" else LinkChoice("hold", "undone")
    with_email = [match for match in matches if person.email and lowered(match.email) == lowered(person.email)]
    alike = [match for match in matches if person.email and match.email and match not in with_email]
    if any(_folded(match.email) == _folded(person.email) for match in alike if match.email):
        return LinkChoice("hold", "spelling_differs")
    behind = [match for match in alike if match.phone != person.phone]  # the email's own row may be behind these
    if len(with_email) > 1 or (not with_email and len(behind) >= MOST_MATCHES):
        return LinkChoice("hold", "several_rows")
    if with_email:
        [match] = with_email
        if match.passage_id:
            return LinkChoice("hold", "row_has_another_id")
        return LinkChoice("link", "verified_email", match.key) if person.email_verified else LinkChoice(
            "hold", "email_not_verified"
        )  # fmt: skip
    if any(person.phone and match.phone == person.phone for match in matches):
        return LinkChoice("hold", "phone_alone")
    return LinkChoice("create", "nobody_has_the_identifiers")


def lowered(email: str | None) -> str | None:
    """Lower the letters of ASCII alone, since other letters may become alike: the Kelvin sign is no k."""
    return None if email is None else "".join(sign.lower() if sign.isascii() else sign for sign in email)


def spellings(email: str) -> list[str]:
    """Give the ways to write an email in small letters: an accent and its letter may be one sign, or two.

    Examples
    --------
    >>> spellings("Ann@example.org")
    ['ann@example.org']
    >>> [len(spelling) for spelling in spellings("Zoë@example.org")]
    [15, 16]
    """
    return list(dict.fromkeys(normalize(form, email).lower() for form in ("NFC", "NFD")))


def _folded(email: str) -> str:
    """Leave out what two spellings of one email may differ in: case, forms of a letter, and white space at the ends."""
    return normalize("NFKC", email.strip().casefold())


def link_or_create(store: Any, ask: Any, passage_id: str) -> Steps[Any]:
    """Find the row of a user whom no row has by the Passage id.

    Parameters
    ----------
    store : UserStore or AsyncUserStore
    ask : callable
        Gives the PassagePerson of a Passage id, or an awaitable of it.
    passage_id : str

    Raises
    ------
    NotAuthenticatedError
        If Passage has no such user, or says that the user is inactive.
    AccountHeldError
        If a person has to decide.
    """
    person = yield partial(ask, passage_id)
    if person.status == "inactive":
        _log.info("Refused: the user %s of Passage is inactive.", passage_id)
        before = yield partial(store.notes, passage_id)
        if not before or before[-1].event != "refused":
            yield partial(store.note, LinkNote(passage_id, "refused", reason="inactive"))
        raise NotAuthenticatedError("Passage says that the user is inactive")
    notes = yield partial(store.notes, passage_id)
    matches = yield partial(store.matches, person)
    decision = decide(person, matches, notes)
    if decision.kind == "link":
        note = LinkNote(passage_id, "linked", str(decision.key), decision.reason)
        linked = yield partial(store.link, decision.key, note)
        if linked:
            _log.info("Linked: the user %s of Passage to the row %s.", passage_id, decision.key)
        decision = LinkChoice("hold", "row_changed_meanwhile")
    if decision.kind == "create":
        person = _without_unproved(person) if decision.reason != "released" else PassagePerson(passage_id)
        user = yield partial(store.create, person, LinkNote(passage_id, "created", reason=decision.reason))
        if user is not None:
            return user
        decision = LinkChoice("hold", "another_value_taken")
    user = yield partial(store.find, passage_id)  # another request of the user may have been quicker all along
    if user is not None:
        return user
    if not notes or (notes[-1].event, notes[-1].reason) != ("held", decision.reason):
        yield partial(store.note, LinkNote(passage_id, "held", reason=decision.reason))
    _log.warning("Held: the user %s of Passage, since %s. A person has to decide.", passage_id, decision.reason)
    raise AccountHeldError(f"a person has to decide: {decision.reason}")


def _without_unproved(person: PassagePerson) -> PassagePerson:
    """Leave out identifiers that nobody has proved: the application would take them for the user's own."""
    return PassagePerson(
        person.passage_id,
        email=person.email if person.email_verified else "",
        email_verified=person.email_verified,
        phone=person.phone if person.phone_verified else "",
        phone_verified=person.phone_verified,
        status=person.status,
    )
