"""Lists that are named after people and hold nobody, so that the rows of another list are never taken for the users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from passage_kit.columns.column_names import name_words
from passage_kit.columns.nested import is_plain, runs_of
from passage_kit.reading.json.person_likeness import SURE, UNLIKELY, called_people, key_level

_USERS = frozenset({"users", "user"})  # the words that name the users themselves, and not other people
_DEEP = 8  # lists and objects within one another that are searched


def empty_lists(content: Any) -> list[str]:
    """List the paths of empty lists, maps and tables that are named after people.

    Lists that belong to a person are not among them, and neither is a page that is empty where another page at the same
    path has entries.

    Examples
    --------
    >>> empty_lists({"users": [], "password_resets": [{"email": "ann@example.org"}]})
    ['users']
    >>> empty_lists([{"page": 1, "users": [{"id": "1"}]}, {"page": 2, "users": []}])
    []
    >>> empty_lists([{"email": "ann@example.org", "contacts": []}])
    []
    """
    holds: dict[str, bool] = {}
    for path, some in _named_lists(content, "", _DEEP):
        holds[path] = holds.get(path, False) or some
    return [path for path, some in holds.items() if not some]


def beside(chosen: str, empty: Sequence[str]) -> list[str]:
    """List the empty lists whose name says more that they are the users than that of the chosen list.

    Examples
    --------
    >>> beside("password_resets", ["users"]), beside("clients", ["users"]), beside("users", ["groups[].members"])
    (['users'], ['users'], [])
    """
    name = _last(chosen)
    if _names_users(name):
        return []
    return [path for path in empty if _names_users(_last(path)) or not called_people(name)]


def _last(path: str) -> str:
    return path.rstrip("[]").rpartition(".")[2].partition("[")[0].partition("#")[0]


@lru_cache(maxsize=8_192)
def _names_users(name: str) -> bool:
    words = name_words(name)
    return bool(words) and words[-1] in _USERS


def _named_lists(value: Any, path: str, deep: int) -> Iterator[tuple[str, bool]]:
    """Give each list that is named after people outside of the people themselves, and whether it has entries."""
    if not deep:
        return
    if isinstance(value, list):
        for item in _may_have_names(value):
            if isinstance(item, list) or (isinstance(item, Mapping) and not _is_person(item)):
                yield from _named_lists(item, f"{path}[]", deep - 1)
    elif isinstance(value, Mapping) and not _is_certain(value):
        outer, members = _members(value, path)
        for key, item in members:
            inner = f"{outer}.{key}" if outer else key
            if isinstance(item, list | Mapping) and called_people(key):
                yield inner, bool(item)
            elif item is None and _names_users(key) and key.lower().endswith("s"):
                yield inner, False
            if isinstance(item, list | Mapping):
                yield from _named_lists(item, inner, deep - 1)


def _may_have_names(items: Sequence[Any]) -> Iterator[Any]:
    """Give the items but for the plain objects none of whose keys names users: most, in most files."""
    for _, run, plain in runs_of(items):
        if plain and not any(map(_may_be_named, set(map(tuple, run)))):
            continue
        yield from (item for item in run if not (is_plain(item) and not _may_be_named(tuple(item))))


@lru_cache(maxsize=1_024)
def _may_be_named(keys: tuple[str, ...]) -> bool:
    return any(map(_names_users, keys))


def _members(value: Mapping[str, Any], path: str) -> tuple[str, list[tuple[str, Any]]]:
    """Give the members of an object, and where they stand: a table of a dump goes by its own name."""
    if value.get("type") in ("table", "view") and isinstance(value.get("data"), list):
        return path.removesuffix("[]"), [(str(value.get("name", "table")), value["data"])]
    return path, [(str(key), item) for key, item in value.items()]


def _is_certain(value: Mapping[str, Any]) -> bool:
    return any(key_level(str(key)) == SURE for key, item in value.items() if isinstance(item, str))


def _is_person(entry: Mapping[str, Any]) -> bool:
    """Tell whether an entry of a list is a person, and not a page, a realm or a table."""
    if any(_names_users(str(key)) and isinstance(item, list) for key, item in entry.items()):
        return _is_certain(entry)
    return any(key_level(str(key)) > UNLIKELY for key, item in entry.items() if isinstance(item, str))
