"""The one list of several that has everybody: what the others hold is about the same people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from passage_kit.columns.column_names import IDENTIFIERS, keys_of, name_key
from passage_kit.reading.json.people_lists import PeopleList

_DEEP = 4  # objects within one another that are searched for emails
_EMAIL = frozenset(keys_of(IDENTIFIERS["email"]))


def with_everybody(lists: Sequence[PeopleList]) -> PeopleList | None:
    """Give the list that has the emails of all other lists, and more than each; None if there is none.

    The table of the users has everybody who has asked for a new password, and others.

    Examples
    --------
    >>> users = PeopleList("users", [{"email": "ann@example.org"}, {"email": "bob@example.org"}], None, 2)
    >>> resets = PeopleList("resets", [{"email": "Bob@example.org", "day": 1}, {"email": "bob@example.org"}], None, 2)
    >>> with_everybody([resets, users]).path
    'users'
    """
    found = [{email.strip().lower() for entry in one.entries for email in _emails(entry, _DEEP)} for one in lists]
    for at, emails in enumerate(found):
        others = found[:at] + found[at + 1 :]
        if all(other and other < emails for other in others):
            return lists[at]
    return None


def _emails(entry: Any, deep: int) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        return
    for key, value in entry.items():
        if isinstance(value, str):
            if "@" in value and name_key(str(key)) in _EMAIL:
                yield value
        elif deep:
            yield from _emails(value, deep - 1)
