"""How much an object of a JSON file looks like a person, and an object of objects like a map of people.

An object looks like a person if a key of its own, or of the objects within it, is one of an email or a phone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from passage_kit.columns import column_names as names
from passage_kit.columns.column_names import keys_of, name_key, name_words
from passage_kit.columns.nested import (
    address_kind,
    is_login_list,
    is_object,
    is_plain,
    login_address,
    named_values,
    runs_of,
)
from passage_kit.columns.shapes import SHAPES

SURE, LIKELY, UNLIKELY = 2, 1, 0  # how much the entries of a list look like people
_SHARE = 0.2  # of the entries that have to have a key of an identifier
_DEEP = 5  # objects within one another that are searched for an identifier
_PEOPLE = frozenset(
    "users user members member people persons person accounts customers clients contacts employees students".split()  # noqa: SIM905
)
# Words before "contacts" or "accounts" that make a list one of somebody's relations or logins, and none of users.
_RELATIONS = frozenset(
    """
    emergency trusted recovery related favorite favourite guardian parent family billing
    external linked connected social oauth federated bank
    """.split()  # noqa: SIM905
)
# Keys of an object that belongs to a person, or that wraps one: never names of the people in a map.
_PARTS = frozenset(
    """
    user users profile data account attributes traits human person contact customer member billing shipping invoice home
    work address addresses primary secondary manager owner sender recipient partner spouse guardian emergency parent
    metadata user_metadata app_metadata node item record result fields properties default settings auth identity
    """.split()  # noqa: SIM905
)
# Keys of an app of OpenID Connect or OAuth, in the spellings of several servers: none of a person.
_OF_APPS = frozenset(
    """
    redirectUris redirect_uris RedirectUris allowedRedirectUris allowed_redirect_uris redirectUriAllowlist
    grantTypes grant_types allowedGrantTypes AllowedGrantTypes clientAuthenticatorType publicClient
    callbackUrls callback_urls authorizedRedirectUris token_endpoint_auth_method
    """.split()  # noqa: SIM905
)
_LOOKED_AT = 50
_LOGIN = keys_of(
    "username, user name, login, login id, first name, given name, last name, family name, display name, full name"
)


def level_of(entries: Sequence[Any]) -> int:
    """Judge how much the entries of a list look like people; apps do not, whose owners have emails."""
    return UNLIKELY if _are_apps(entries) else level_by(looks_of(entries))


def looks_of(entries: Sequence[Any]) -> Counter[int]:
    """Count how the objects among some entries look; such counts add up.

    Examples
    --------
    >>> looks_of([{"email": "ann@example.org"}, {"email": None}, {"id": "7"}, "Ann"])
    Counter({2: 2, 0: 1})
    """
    plain, looks = Counter[tuple[str, ...]](), Counter[int]()
    for _, run, all_plain in runs_of(entries):
        nested = [] if all_plain else [entry for entry in run if not is_plain(entry)]
        plain.update(map(tuple, run if all_plain else filter(is_plain, run)))
        looks.update(own_level(entry, deep=_DEEP) for entry in nested if is_object(entry))
    for keys, number in plain.items():  # most have the same
        looks[_plain_level(keys)] += number
    return looks


def level_by(looks: Mapping[int, int]) -> int:
    """Judge entries by how many of them look how.

    Examples
    --------
    >>> level_by({SURE: 1, UNLIKELY: 4}), level_by({SURE: 1, UNLIKELY: 5}), level_by({LIKELY: 1})
    (2, 0, 1)
    """
    looks = Counter(looks)
    total = sum(looks.values())
    if looks[SURE] and looks[SURE] >= _SHARE * total:
        return SURE
    return LIKELY if 2 * (looks[SURE] + looks[LIKELY]) >= max(total, 1) else UNLIKELY


def _are_apps(entries: Sequence[Any]) -> bool:
    """Tell whether most entries are apps that people sign in to."""
    first = [entry for entry in entries[:_LOOKED_AT] if is_object(entry)]
    return sum(map(may_be_app, first)) * 2 > len(first)


def may_be_app(keys: Iterable[str]) -> bool:
    """Tell whether one of some keys is that of an app, and of no person.

    Examples
    --------
    >>> may_be_app({"redirect_uris": [], "name": "shop"}), may_be_app(["email", "name"])
    (True, False)
    """
    return not _OF_APPS.isdisjoint(keys)


def look_of(entry: Mapping[str, Any]) -> int:
    """Judge how much one object looks like a person, the objects within it included."""
    return _plain_level(tuple(entry)) if is_plain(entry) else own_level(entry, deep=_DEEP)


@lru_cache(maxsize=1_024)
def _plain_level(keys: tuple[str, ...]) -> int:
    return max(map(key_level, keys), default=UNLIKELY)


def own_level(entry: Mapping[str, Any], *, deep: int = 0) -> int:
    """Judge how much one object looks like a person, by its own keys and those of the objects within it."""
    level = UNLIKELY
    for key, value in entry.items():
        if type(value) is str:
            level = max(level, key_level(key))
        elif is_object(value):
            # An object within counts as the person's own; a map of people does not.
            if deep and (inner := own_level(value, deep=deep - 1)) and not (inner == SURE and map_of_people(value)):
                level = max(level, inner)
            if key_level(str(key)) == SURE and deep:
                level = SURE
        elif isinstance(value, list | tuple):
            level = max(level, _list_level(str(key), value))
        else:
            level = max(level, key_level(str(key)))
        if level == SURE:
            return SURE
    return level


def _list_level(key: str, items: Sequence[Any]) -> int:
    """Judge a list of a person: addresses, or names and values."""
    if address_kind(key):
        return SURE
    objects = [item for item in items if is_object(item)]
    if is_login_list(key) and any(login_address(kind, item) for item in objects for kind in ("email", "phone")):
        return SURE
    if not objects or len(objects) < len(items) or (values := named_values(objects)) is None:
        return UNLIKELY
    return max((key_level(name) for name in values), default=UNLIKELY)


@lru_cache(maxsize=8_192)
def key_level(key: str) -> int:
    """Judge a key: ``SURE`` for one of an email or a phone, ``LIKELY`` for one of a name or a login.

    Examples
    --------
    >>> [key_level(key) for key in ("email", "custom:phone_number", "userName", "created_at")]
    [2, 2, 1, 0]
    """
    last = name_key(key.rpartition(":")[2])
    identifiers = (*keys_of(names.IDENTIFIERS["email"]), *keys_of(names.IDENTIFIERS["phone"]))
    return SURE if last in identifiers else LIKELY if last in _LOGIN else UNLIKELY


def map_of_people(value: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of an object that are people, by their names; none if it is no map of people."""
    members = {key: item for key, item in value.items() if is_object(item)}
    if members and are_by_email(value):
        return members
    if not members or 2 * len(members) < len(value) or own_level(value, deep=0) == SURE:
        return {}
    looks = [look_of(item) == SURE and not is_page(item) and not _is_by_id(item) for item in members.values()]
    if 2 * sum(looks) < len(looks):
        return {}
    return members if _are_member_names(members) else {}


def are_by_email(value: Mapping[str, Any]) -> bool:
    """Tell whether an object has one object for each email."""
    return bool(value) and all(is_email(key) and is_object(item) for key, item in value.items())


def is_email(key: Any) -> bool:
    """Tell whether the name of a value is an email.

    Examples
    --------
    >>> is_email("ann@example.org"), is_email("@type")
    (True, False)
    """
    return re.match(SHAPES["email"], str(key)) is not None


def _are_member_names(members: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether the keys of an object name people, and not the parts of one."""
    if any(name_key(key) in {name_key(part) for part in _PARTS} or key_level(str(key)) == SURE for key in members):
        return False
    if len(members) > 1:
        first, *others = ({*item} for item in list(members.values())[:50])
        return sum(bool(first & other) for other in others) * 2 >= len(others)
    [(key, item)] = members.items()
    return _is_id(key) or key in item.values()


def _is_id(key: str) -> bool:
    """Tell whether the name of an object is rather an id than a word."""
    return any(letter.isdigit() for letter in key) or "@" in key or len(key) >= 16


def _is_by_id(item: Mapping[str, Any]) -> bool:
    """Tell whether an object is a map of people by their ids itself, such as a table among others of an export."""
    return own_level(item) != SURE and all(_is_id(str(key)) for key in item) and bool(map_of_people(item))


def is_page(entry: Any) -> bool:
    """Tell whether an object is a page of people: it has a list of them, and no identifier of its own."""
    return (
        isinstance(entry, Mapping)
        and not is_plain(entry)
        and own_level(entry) != SURE
        and any(called_people(key) and _is_no_person(value) for key, value in entry.items())
    )


def _is_no_person(value: Any) -> bool:
    """Tell whether a value is a list or a map, and not one person, as in ``{"user": {"email": ...}}``."""
    if not is_object(value):
        return isinstance(value, list)
    return look_of(value) != SURE or bool(map_of_people(value))


@lru_cache(maxsize=8_192)
def called_people(key: str) -> bool:
    """Tell whether a key names a list of people by its last word, and not those that one person knows.

    Examples
    --------
    >>> [called_people(key) for key in ("users", "team_members", "password_resets", "emergency_contacts")]
    [True, True, False, False]
    """
    words = name_words(str(key))
    return bool(words) and words[-1] in _PEOPLE and _RELATIONS.isdisjoint(words[:-1]) and not address_kind(str(key))
