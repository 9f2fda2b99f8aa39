"""The one list of several that has everybody: what the others hold is about the same people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from passage_kit.columns.column_names import IDENTIFIERS, keys_of, name_key
from passage_kit.reading.json.people_lists import PeopleList

_DEEP = 4  # objects within one another that are searched for emails
_OWNER = frozenset(keys_of("user, user id, owner, owner id, person, person id, member id, customer id, account id"))
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
            return None if _has_several_of_one_owner(lists[at].entries) else lists[at]
    return None


def _has_several_of_one_owner(entries: Sequence[Any]) -> bool:
    """Tell whether entries belong to people, some of whom have several: addresses, say, beside the list of users."""
    owned = [{**entry, **fields} for entry in entries if isinstance(entry, Mapping) for fields in _fields_of(entry)]
    keys = {key for entry in owned for key in entry if name_key(str(key)) in _OWNER}
    owners = ([str(entry[key]) for entry in owned if entry.get(key) not in (None, "")] for key in keys)
    return any(len(set(some)) < len(some) for some in owners)


def _fields_of(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the object in which a dump has the fields of an entry, or an empty one."""
    return [fields if isinstance(fields := entry.get("fields"), Mapping) else {}]


def _emails(entry: Any, deep: int) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        return
    for key, value in entry.items():
        if isinstance(value, str):
            if "@" in value and name_key(str(key)) in _EMAIL:
                yield value
        elif deep:
            yield from _emails(value, deep - 1)
