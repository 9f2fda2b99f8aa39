"""The people in a JSON file: which of its lists and maps hold them, wherever they stand.

A row is a person. An object looks like a person if a key of its own, or of the objects within it, is one of an email or
a phone. Lists that belong to a person (orders, devices) are not searched, since their entries are not the users.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from passage_kit.columns import column_names as names
from passage_kit.columns.column_names import keys_of, name_key, name_words
from passage_kit.columns.nested import address_kind, is_login_list, is_plain, login_address, named_values
from passage_kit.columns.shapes import SHAPES
from passage_kit.reading.json.tables import table_rows

SURE, LIKELY, UNLIKELY = 2, 1, 0  # how much the entries of a list look like people
_SHARE = 0.2  # of the entries that have to have a key of an identifier
_DEEP = 5  # objects within one another that are searched for an identifier
_SAME = 0.4  # share of common keys of entries that are of one kind
_KINDS = ("model", "_type", "type", "object", "kind", "resourceType", "entity", "__typename", "table", "$type", "@type")
_PEOPLE = frozenset(
    "users user members member people persons person accounts customers clients contacts employees students".split()  # noqa: SIM905
)
_SURELY_USERS = frozenset("users user members member employees customers students".split())  # noqa: SIM905
# Words before "contacts" or "people" that make a list one of somebody's relations, and none of users.
_RELATIONS = frozenset("emergency trusted recovery related favorite favourite guardian parent family billing".split())  # noqa: SIM905
# Keys of an object that belongs to a person, or that wraps one: never names of the people in a map.
_PARTS = frozenset(
    """
    user users profile data account attributes traits human person contact customer member billing shipping invoice home
    work address addresses primary secondary manager owner sender recipient partner spouse guardian emergency parent
    metadata user_metadata app_metadata node item record result fields properties default settings auth identity
    """.split()  # noqa: SIM905
)
_TABLES = frozenset({"table", "view"})  # types of the objects in a dump of a database that hold rows
_OWN_ID = frozenset(keys_of("id, user id, uid, uuid, sub"))
_LOGIN = keys_of(
    "username, user name, login, login id, first name, given name, last name, family name, display name, full name"
)


@dataclass(slots=True)
class PeopleList:
    """A list, or a map, whose entries could be the people.

    Parameters
    ----------
    path : str
        Place in the file: keys joined with dots, ``[]`` for the entries of a list, ``.`` for the file itself.
    entries : list
        The entries in their order; of a map, its members.
    member_names : list of str or None
        Of a map, the name of each entry.
    level : int
        How much the entries look like people: ``SURE``, ``LIKELY`` or ``UNLIKELY``.
    single : bool, default False
        True for an object that stands alone.
    within : bool, default False
        True for a list of people within entries that look like people themselves.
    """

    path: str
    entries: list[Any] = field(repr=False)
    member_names: list[str] | None
    level: int
    single: bool = False
    within: bool = False


def people_lists(content: Any) -> list[PeopleList]:
    """Find all lists, maps and tables of objects in the content of a file.

    Lists at the same place of several pages are one list. Each object of the file is in one list at most, except that a
    list named after people (``members``) within entries that look like people is given, too.

    Examples
    --------
    >>> pages = [{"page": 1, "users": [{"email": "a@example.org"}]}, {"page": 2, "users": [{"email": "b@example.org"}]}]
    >>> [(it.path, len(it.entries)) for it in people_lists(pages) if it.level == SURE]
    [('[].users', 2)]
    >>> [(it.path, it.member_names) for it in people_lists({"users": {"u1": {"email": "a@example.org"}}})]
    [('users', ['u1'])]
    """
    together: dict[str, list[PeopleList]] = {}
    for found in _walk(content, ""):
        same_place = together.setdefault(found.path or ".", [])
        kind = next((it for it in same_place if _of_one_kind(it, found)), None)
        if kind is None:
            same_place.append(found)
        else:
            _join(kind, found)
    return [_named(it, number, len(some)) for some in together.values() for number, it in enumerate(some, 1)]


def _named(found: PeopleList, number: int, count: int) -> PeopleList:
    found.path = found.path or "."
    if count > 1:
        found.path += f"#{number}"
    return found


def _join(into: PeopleList, more: PeopleList) -> None:
    if into.member_names is not None or more.member_names is not None:
        into.member_names = [*_names(into), *_names(more)]
    into.entries += more.entries
    into.level = max(into.level, more.level)
    into.single = into.single and more.single


def _names(found: PeopleList) -> list[str]:
    return found.member_names if found.member_names is not None else [""] * len(found.entries)


def _of_one_kind(one: PeopleList, other: PeopleList) -> bool:
    first, second = _all_keys(one.entries[:50]), _all_keys(other.entries[:50])
    return not first or not second or len(first & second) >= _SAME * min(len(first), len(second))


def _all_keys(entries: Sequence[Any]) -> set[str]:
    return {key for entry in entries if isinstance(entry, Mapping) for key in entry}


def _walk(value: Any, path: str) -> Iterator[PeopleList]:
    if isinstance(value, Mapping):
        yield from _walk_object(value, path)
    elif isinstance(value, list | tuple):
        yield from _walk_list(value, path)


def _walk_list(items: Sequence[Any], path: str) -> Iterator[PeopleList]:
    if (rows := table_rows(items)) is not None:
        yield PeopleList(path, rows, None, _level(rows))
        return
    objects = [item for item in items if isinstance(item, Mapping)]
    if not objects:
        for item in items:  # pages that are lists
            yield from _walk(item, f"{path}[]")
        return
    if tables := _named_tables(objects):
        for name, rows in tables:
            yield from _walk(rows, f"{path}.{name}" if path else name)
        if others := [item for item in objects if not isinstance(item.get("data"), list)]:
            yield PeopleList(path, others, None, UNLIKELY)
        return
    for kind, entries in _by_kind(items):
        place = path if kind is None else f"{path}[{kind}]"
        level = _level(entries)
        if level == SURE and not all(_is_page(entry) for entry in entries):
            yield PeopleList(place, entries, None, level)
            yield from _within(entries, place)
            continue
        inner = [(entry, list(_walk_entry(entry, f"{place}[]"))) for entry in entries]
        yield from (found for _, some in inner for found in some)
        holds = any(found.level == SURE for _, some in inner for found in some)
        rest = [entry for entry, some in inner if not (holds and some)]  # such as a header of the export
        if rest:
            yield PeopleList(place, rest, None, UNLIKELY if holds else level)


def _named_tables(objects: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Any]]]:
    """Give the tables of a dump by their names, if the objects of a list are tables of one."""
    tables = [item for item in objects if isinstance(item.get("data"), list) and str(item.get("type")) in _TABLES]
    if not tables:
        return []
    others = [item for item in objects if item not in tables]
    if any(isinstance(value, Mapping | list) for item in others for value in item.values()):
        return []
    return [(str(item.get("name", "table")), item["data"]) for item in tables]


def _walk_object(value: Mapping[str, Any], path: str) -> Iterator[PeopleList]:
    if (rows := table_rows(value)) is not None:
        yield PeopleList(path, rows, None, _level(rows))
        return
    if people := _map_of_people(value):
        yield PeopleList(path, list(people.values()), list(people), SURE)
        yield from _within(list(people.values()), path)
        return
    if _own_level(value) == SURE and not _is_page(value):
        doubtful = list(_doubtful_lists(value, path))
        yield PeopleList(path, [value], None, SURE, single=not doubtful)  # a question, if there are others
        yield from (it for it in _within([value], path) if it.path not in {other.path for other in doubtful})
        yield from doubtful
        return
    found = list(_walk_members(value, path))
    if (
        all(it.single for it in found)
        and value
        and not any(isinstance(item, list) and not item for item in value.values())
    ) or _is_one_person(value, found):
        yield PeopleList(path, [value], None, _look(value), single=True)  # objects within are parts of one person
    else:
        yield from found


def _is_one_person(value: Mapping[str, Any], found: Sequence[PeopleList]) -> bool:
    """Tell whether an object is a person with an address in an object within, and with lists of other things."""
    has_id = any(name_key(key) in _OWN_ID and isinstance(item, str | int) for key, item in value.items())
    parts = [it for it in found if it.single and it.level == SURE]
    return has_id and bool(parts) and not any(it.level >= LIKELY and not it.single for it in found)


def _walk_members(value: Any, path: str) -> Iterator[PeopleList]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, Mapping | list | tuple):
                for found in _walk(item, f"{path}.{key}" if path else str(key)):
                    if found.level or not found.single:
                        yield found


def _walk_entry(entry: Any, path: str) -> Iterator[PeopleList]:
    """Walk an entry of a list that is no person: an object, or a list beside it, as in ``[{"total": 2}, [...]]``."""
    is_list = isinstance(entry, list) or (isinstance(entry, Mapping) and _are_by_email(entry))
    yield from _walk(entry, path) if is_list else _walk_members(entry, path)


def _within(entries: Sequence[Any], path: str) -> Iterator[PeopleList]:
    """Find lists of people, called so, within entries that look like people: it cannot be known which are the users."""
    for entry in entries:
        if is_plain(entry) or not isinstance(entry, Mapping):
            continue
        for key, items in entry.items():
            if called_people(key) and isinstance(items, list | Mapping):
                for found in _walk(items, f"{path}[].{key}"):
                    if found.level == SURE and not found.single:
                        found.within = True
                        yield found


def _doubtful_lists(person: Mapping[str, Any], path: str, *, own: bool = True) -> Iterator[PeopleList]:
    """Find the lists of people within one that may be the users, or belong to that person: contacts, a team's members.

    Those that stand in the object itself and are called users are the users.
    """
    for key, value in person.items():
        place = f"{path}[].{key}" if own else f"{path}.{key}"
        if called_people(key) and isinstance(value, list | Mapping):
            if own and name_words(str(key))[-1] in _SURELY_USERS:
                continue
            for found in _walk(value, place):
                if found.level == SURE and not found.single:
                    found.within = True
                    yield found
        elif isinstance(value, Mapping):
            yield from _doubtful_lists(value, place, own=False)


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


def _is_page(entry: Any) -> bool:
    """Tell whether an object is a page of people: it has a list of them, and no identifier of its own."""
    return (
        isinstance(entry, Mapping)
        and not is_plain(entry)
        and _own_level(entry) != SURE
        and any(called_people(key) and _is_no_person(value) for key, value in entry.items())
    )


def _is_no_person(value: Any) -> bool:
    """Tell whether a value is a list or a map, and not one person, as in ``{"user": {"email": ...}}``."""
    if not isinstance(value, Mapping):
        return isinstance(value, list)
    return _look(value) != SURE or bool(_map_of_people(value))


def _by_kind(items: Sequence[Any]) -> Sequence[tuple[str | None, list[Any]]]:
    """Split the entries of a list by what they say they are, if the kinds have little in common."""
    objects = [item for item in items if isinstance(item, Mapping)]
    keys = set().union(*objects)
    for name in (name for name in _KINDS if name in keys):
        values = {str(item.get(name)) for item in objects}
        if not 1 < len(values) <= 50:
            continue
        kinds: dict[str, list[Any]] = {}
        for item in objects:
            kinds.setdefault(str(item.get(name)), []).append(item)
        if _differ(list(kinds.values()), name):
            pages = [item for item in items if isinstance(item, list) and item]
            return [*kinds.items(), *([(None, pages)] if pages else [])]
    return [(None, list(items))]


def _differ(kinds: Sequence[Sequence[Mapping[str, Any]]], name: str) -> bool:
    """Tell whether kinds of entries, some of them people and some not, have few keys in common."""
    levels = [_level(entries) for entries in kinds]
    if SURE not in levels or (min(levels) == SURE and name != "model"):
        return False
    sure = next(entries for entries, level in zip(kinds, levels, strict=True) if level == SURE)
    keys = _deep_keys(sure)
    others = [_deep_keys(entries) for entries, level in zip(kinds, levels, strict=True) if level != SURE]
    return all(len(keys & other) < _SAME * len(other | {""}) for other in others)


def _deep_keys(entries: Sequence[Mapping[str, Any]]) -> set[str]:
    """List the keys of entries and of the objects right within them, without those that all kinds have."""
    inner = {key for entry in entries[:50] for value in entry.values() if isinstance(value, Mapping) for key in value}
    return inner or _all_keys(entries[:50]) - {"id", "pk", *_KINDS}


def _map_of_people(value: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of an object that are people, by their names; none if it is no map of people."""
    members = {key: item for key, item in value.items() if isinstance(item, Mapping)}
    if members and _are_by_email(value):
        return members
    if not members or 2 * len(members) < len(value) or _own_level(value, deep=0) == SURE:
        return {}
    looks = [_look(item) == SURE and not _is_page(item) for item in members.values()]
    if 2 * sum(looks) < len(looks):
        return {}
    return members if _are_member_names(members) else {}


def _are_by_email(value: Mapping[str, Any]) -> bool:
    """Tell whether an object has one object for each email."""
    return bool(value) and all(is_email(key) and isinstance(item, Mapping) for key, item in value.items())


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
    if any(name_key(key) in {name_key(part) for part in _PARTS} for key in members):
        return False
    if len(members) > 1:
        first, *others = ({*item} for item in list(members.values())[:50])
        return sum(bool(first & other) for other in others) * 2 >= len(others)
    [(key, item)] = members.items()
    return any(letter.isdigit() for letter in key) or "@" in key or len(key) >= 16 or key in item.values()


def _level(entries: Sequence[Any]) -> int:
    """Judge how much the entries of a list look like people."""
    looks = Counter(map(_look, filter(_is_object, entries)))
    total = sum(looks.values())
    if looks[SURE] and looks[SURE] >= _SHARE * total:
        return SURE
    return LIKELY if 2 * (looks[SURE] + looks[LIKELY]) >= max(total, 1) else UNLIKELY


def _is_object(entry: Any) -> bool:
    return type(entry) is dict or isinstance(entry, Mapping)


def _look(entry: Mapping[str, Any]) -> int:
    return _plain_level(tuple(entry)) if is_plain(entry) else _own_level(entry, deep=_DEEP)


@lru_cache(maxsize=1_024)
def _plain_level(keys: tuple[str, ...]) -> int:
    return max(map(key_level, keys), default=UNLIKELY)


def _own_level(entry: Mapping[str, Any], *, deep: int = 0) -> int:
    """Judge how much one object looks like a person, by its own keys and those of the objects within it."""
    level = UNLIKELY
    for key, value in entry.items():
        if type(value) is str:
            level = max(level, key_level(key))
        elif isinstance(value, Mapping):
            # An object within counts as the person's own; a map of people does not.
            if deep and (inner := _own_level(value, deep=deep - 1)) and not (inner == SURE and _map_of_people(value)):
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
    objects = [item for item in items if isinstance(item, Mapping)]
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
