"""A file that seems to hold one user, and has the emails of several in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from passage_kit.columns.nested import address_kind
from passage_kit.errors import SourceError
from passage_kit.reading.json.person_likeness import LIKELY, SURE, is_email, key_level

_EMAIL = re.compile(r"[^\s@,;:\"'<>\[\]{}()]+@[^\s@,;:\"'<>\[\]{}()]+\.\w+")

_OF_ONE = ("id", "sub", "uuid", "name")  # last parts of keys that only one person has


def check_one_user(entries: Sequence[Any], name: str) -> None:
    """Refuse a single object that has the emails of several users, in a list or as the names of its values.

    The addresses of one person may be several, if the object has an id or a name of that person, too. Lists of objects
    are not looked at here, since the reader says what they hold.

    Raises
    ------
    SourceError
        If it has them.

    Examples
    --------
    >>> check_one_user([{"id": "7", "emails": ["ann@example.org", "ann@example.com"]}], "user.json")
    >>> check_one_user([{"total": "2", "emails": ["ann@example.org", "bob@example.org"]}], "users.json")
    Traceback (most recent call last):
    ...
    passage_kit.errors.SourceError: users.json has 2 emails at emails, and no object for each user. Export the users as
    a list of objects, one for each user.
    """
    if len(entries) != 1 or not isinstance(entries[0], Mapping):
        return
    is_person = any(level >= LIKELY for level in _levels(entries[0]))
    for path, found, may_be_of_one in _crowds(entries[0], ""):
        if not (is_person and may_be_of_one):
            raise SourceError(
                f"{name} has {found} emails at {path or 'its first level'}, and no object for each user. Export the "
                "users as a list of objects, one for each user."
            )


def _levels(entry: Mapping[str, Any]) -> Iterator[int]:
    """Judge the members that are plain, in the objects within one another."""
    for key, value in entry.items():
        if isinstance(value, Mapping):
            yield from _levels(value)
        elif isinstance(value, str) and "@" not in value:
            yield LIKELY if str(key).lower().rpartition("_")[2] in _OF_ONE else key_level(str(key))


def _crowds(entry: Mapping[str, Any], path: str) -> Iterator[tuple[str, int, bool]]:
    """Find the places with several emails, their number, and whether one person may have them."""
    if (names := sum(is_email(key) for key in entry)) > 1:
        yield path, names, False
    plain = {str(key): value for key, value in entry.items() if isinstance(value, str)}
    if not any(key_level(key) == SURE for key in plain):  # such as {"u1": "ann@example.org", "u2": "bob@example.org"}
        found = {email for value in plain.values() for email in _EMAIL.findall(value) if email == value.strip()}
        if len(found) > 1:
            yield path, len(found), not any(key[-1:].isdigit() for key in plain)
    for key, value in entry.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from _crowds(value, place)
        elif isinstance(value, list) and not any(isinstance(item, Mapping) for item in value):
            found = {email for item in value if isinstance(item, str) for email in _EMAIL.findall(item)}
            if len(found) > 1:
                yield place, len(found), bool(address_kind(str(key)))
        elif isinstance(value, str) and value.lstrip()[:1] in ("[", "{") and len(set(_EMAIL.findall(value))) > 1:
            yield place, len(set(_EMAIL.findall(value))), False  # JSON in a text
