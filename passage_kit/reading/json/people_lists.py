"""The people in a JSON file: which of its lists and maps hold them, wherever they stand.

A row is a person. An object looks like a person if a key of its own, or of the objects within it, is one of an email or
a phone. Lists that belong to a person (orders, devices) are not searched, since their entries are not the users.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from passage_kit.columns.column_names import keys_of, name_key, name_words
from passage_kit.columns.nested import is_object, nested_of
from passage_kit.reading.json.person_likeness import (
    LIKELY,
    SURE,
    UNLIKELY,
    are_by_email,
    called_people,
    is_email,
    is_page,
    level_by,
    level_of,
    look_of,
    looks_of,
    map_of_people,
    may_be_app,
    own_level,
)
from passage_kit.reading.json.tables import table_rows

_SAME = 0.4  # share of common keys of entries that are of one kind
_PARTS_SAME = 3  # one in so many keys is common to people of two pages, where what is blank may be left out
_OF_DJANGO = "model"  # says of what table an entry is
MOST_KINDS = 50  # of the entries of a list
_KINDS = (
    _OF_DJANGO,
    "_type",
    "type",
    "object",
    "kind",
    "resourceType",
    "entity",
    "__typename",
    "table",
    "$type",
    "@type",
)
_SURELY_USERS = frozenset("users user members member employees customers students".split())  # noqa: SIM905
_TABLES = frozenset({"table", "view"})  # types of the objects in a dump of a database that hold rows
_ACTIONS = frozenset({"index", "create", "update", "delete"})  # keys of the lines between entries for Elasticsearch
_PARENT = "__parentId"  # of an entry that belongs to the person above it, in the bulk exports of Shopify
_OWN_ID = frozenset(keys_of("id, user id, uid, uuid, sub"))


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
    return not first or not second or _PARTS_SAME * len(first & second) >= min(len(first), len(second))


def _all_keys(entries: Sequence[Any]) -> set[str]:
    return {key for entry in entries if isinstance(entry, Mapping) for key in entry}


def _walk(value: Any, path: str) -> Iterator[PeopleList]:
    if isinstance(value, Mapping):
        yield from _walk_object(value, path)
    elif isinstance(value, list | tuple):
        yield from _walk_list(value, path)


def _walk_list(items: Sequence[Any], path: str) -> Iterator[PeopleList]:
    if (rows := table_rows(items)) is not None:
        yield PeopleList(path, rows, None, level_of(rows))
        return
    objects = [item for item in items if is_object(item)]
    if not objects:
        for item in items:  # pages that are lists
            yield from _walk(item, f"{path}[]")
        return
    keys = set().union(*objects)  # what no object has tells nothing of one, so that most lists are looked at once
    if tables := _named_tables(objects) if "data" in keys else []:
        for name, rows in tables:
            yield from _walk(rows, f"{path}.{name}" if path else name)
        if others := [item for item in objects if not isinstance(item.get("data"), list)]:
            yield PeopleList(path, others, None, UNLIKELY)
        return
    for name, (signs, is_one) in _NO_PERSON.items():
        if signs.isdisjoint(keys) and not (name == _NULL and len(objects) < len(items)):
            continue
        if apart := [item for item in items if is_one(item)]:
            yield PeopleList(f"{path}[{name}]", apart, None, UNLIKELY)
            items = [item for item in items if not is_one(item)]
    for kind, entries in _by_kind(items, keys):
        place = path if kind is None else f"{path}[{kind}]"
        level = level_of(entries)
        if level == SURE and not all(is_page(entry) for entry in entries):
            yield PeopleList(place, entries, None, level)
            yield from _within(entries, place)
            continue
        inner = [(entry, list(_walk_entry(entry, f"{place}[]"))) for entry in entries]
        yield from (found for _, some in inner for found in some)
        holds = any(found.level == SURE for _, some in inner for found in some)
        rest = [entry for entry, some in inner if not (holds and some)]  # such as a header of the export
        if rest:
            yield PeopleList(place, rest, None, UNLIKELY if holds else level)


def _is_action(item: Any) -> bool:
    """Tell whether an entry says what is done with the next one, as in the bulk files of Elasticsearch."""
    if not isinstance(item, Mapping) or len(item) != 1 or not _ACTIONS.issuperset(item):
        return False
    [inner] = item.values()
    return isinstance(inner, Mapping) and bool(inner) and all(str(key).startswith("_") for key in inner)


# Entries that are set apart from the people among whom they stand: the keys of which they have one, and how they are
# told.
_NULL = "null"  # where a database has no entry at the place of a list
_NO_PERSON: dict[str, tuple[AbstractSet[str], Callable[[Any], bool]]] = {
    _PARENT: ({_PARENT}, lambda item: is_object(item) and _PARENT in item),
    "action": (_ACTIONS, _is_action),
    _NULL: (frozenset(), lambda item: item is None),
}


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
        yield PeopleList(path, rows, None, level_of(rows))
        return
    if people := map_of_people(value):
        yield PeopleList(path, list(people.values()), list(people), SURE)
        yield from _within(list(people.values()), path)
        yield from _beside({key: item for key, item in value.items() if key not in people}, path)
        return
    if own_level(value) == SURE and not is_page(value):
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
        yield PeopleList(path, [value], None, look_of(value), single=True)  # objects within are parts of one person
    else:
        yield from found


def _beside(others: Mapping[str, Any], path: str) -> Iterator[PeopleList]:
    """Find what stands beside the people in a map of them: lists, and emails alone, which are nobody's record."""
    yield from _walk_members(others, path)
    for key, item in others.items():
        if isinstance(item, str) and is_email(item):
            yield PeopleList(f"{path}.{key}" if path else key, [item], None, UNLIKELY)


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
    is_list = isinstance(entry, list) or (isinstance(entry, Mapping) and are_by_email(entry))
    yield from _walk(entry, path) if is_list else _walk_members(entry, path)


def _within(entries: Sequence[Any], path: str) -> Iterator[PeopleList]:
    """Find lists of people, called so, within entries that look like people: it cannot be known which are the users."""
    for entry in filter(is_object, nested_of(entries)):
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


def are_people_alone(items: Sequence[Any]) -> bool:
    """Tell whether none of some entries stands apart, is a page, or holds people: so that a longer list is one, too.

    What the entries say of their kind is not looked at: see :func:`looks_by_kind`.

    Examples
    --------
    >>> ann, cat = {"email": "ann@example.org"}, {"id": "7"}
    >>> are_people_alone([ann, cat, "no object"]), are_people_alone([ann, None])
    (True, False)
    >>> are_people_alone([{"page": "1", "users": [ann]}])
    False
    """
    objects = [item for item in items if is_object(item)]
    keys = set().union(*objects)
    signs = [is_one for some, is_one in _NO_PERSON.values() if not some or not some.isdisjoint(keys)]
    return not (
        may_be_app(keys)
        or ("data" in keys and _named_tables(objects))
        or any(is_one(item) for is_one in signs for item in items)
        or any(map(is_page, items))
        or any(True for _ in _within(items, "."))
    )


def looks_by_kind(items: Sequence[Any]) -> dict[str, dict[str, Counter[int]]]:
    """Count how entries look by the kind that they say they are, for each of the keys that may say it.

    Examples
    --------
    >>> looks_by_kind([{"type": "admin", "email": "ann@example.org"}, {"email": "bob@example.org"}])
    {'type': {'admin': Counter({2: 1}), 'None': Counter({2: 1})}}
    """
    objects = [item for item in items if is_object(item)]
    keys = set().union(*objects)
    found = {}
    for name in (name for name in _KINDS if name in keys):
        kinds: dict[str, list[Any]] = {}
        for item in objects:
            kind = str(item.get(name))
            if kind in kinds or len(kinds) <= MOST_KINDS:
                kinds.setdefault(kind, []).append(item)
        found[name] = {kind: looks_of(some) for kind, some in kinds.items()}
    return found


def may_differ(kinds: Mapping[str, Mapping[int, int]], name: str) -> bool:
    """Tell whether entries may be split by what a key says of their kind, by how those of each kind look.

    Examples
    --------
    >>> users, others = Counter({SURE: 9}), Counter({UNLIKELY: 9})
    >>> may_differ({"user": users, "admin": users}, "type"), may_differ({"user": users, "order": others}, "type")
    (False, True)
    """
    return 1 < len(kinds) <= MOST_KINDS and (
        name == _OF_DJANGO or any(level_by(looks) != SURE for looks in kinds.values())
    )


def _by_kind(items: Sequence[Any], keys: AbstractSet[str]) -> Sequence[tuple[str | None, list[Any]]]:
    """Split the entries of a list by what they say they are, if the kinds have little in common."""
    for name in (name for name in _KINDS if name in keys):
        objects = [item for item in items if is_object(item)]
        values = {str(item.get(name)) for item in objects}
        if not 1 < len(values) <= MOST_KINDS:
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
    levels = [level_of(entries) for entries in kinds]
    if SURE not in levels or (min(levels) == SURE and name != _OF_DJANGO):
        return False
    sure = next(entries for entries, level in zip(kinds, levels, strict=True) if level == SURE)
    keys = _deep_keys(sure)
    others = [_deep_keys(entries) for entries, level in zip(kinds, levels, strict=True) if level != SURE]
    return all(len(keys & other) < _SAME * len(other | {""}) for other in others)


def _deep_keys(entries: Sequence[Mapping[str, Any]]) -> set[str]:
    """List the keys of entries and of the objects right within them, without those that all kinds have."""
    inner = {key for entry in entries[:50] for value in entry.values() if isinstance(value, Mapping) for key in value}
    return inner or _all_keys(entries[:50]) - {"id", "pk", *_KINDS}
