"""Choice of the one list of users among the lists of a JSON file, or the question which one it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from passage_kit.columns.column_names import name_words
from passage_kit.columns.plain_text import flatten
from passage_kit.errors import SourceError
from passage_kit.reading.json.empty_lists import beside
from passage_kit.reading.json.everybody import with_everybody
from passage_kit.reading.json.people_lists import PeopleList
from passage_kit.reading.json.person_likeness import LIKELY, SURE, UNLIKELY
from passage_kit.reading.known_layouts import recognise
from passage_kit.reading.layout import Layout
from passage_kit.translations import in_panel, joined, nworded, worded

_OF_ONE_KIND = re.compile(r"\[[^\]]+\]$")  # as in ``[accounts.member]``: the entries of a list that say they are one
_LOOKED_AT = 50  # entries of a list that could be the people
_MOST_SHOWN = 12
_MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class FileLists:
    """The lists of one file.

    Parameters
    ----------
    found : sequence of PeopleList
    name : str
        Name of the file for messages.
    within : str, default ""
        What stands before the path of a list, if the file is one of an archive: ``export.json:``.
    layout : Layout, optional
        The system whose envelope the file has, which says where the people are. Default: none.
    """

    found: Sequence[PeopleList]
    name: str
    within: str = ""
    layout: Layout | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths to choose among, the likeliest first; none for a single list."""
        paths = self.paths_of(it for it in self.found if not it.single and any(map(_is_filled, it.entries)))
        return paths if len(paths) > 1 else ()

    def paths_of(self, lists: Iterable[PeopleList]) -> tuple[str, ...]:
        """Write the paths as the option ``table`` takes them."""
        return tuple(dict.fromkeys(f"{self.within}{it.path}" for it in _ordered(lists)))[:_MOST_OFFERED]

    def named(self, path: str) -> PeopleList:
        """Give the list at a path.

        Raises
        ------
        SourceError
            If there is none.
        """
        wanted = [it for it in self.found if it.path == path]
        if not wanted:
            there = f"It holds {listed(self.found)}" if self.found else "It holds no list of objects"
            raise SourceError(
                in_panel(
                    f"{self.name} has no list of objects at the path {path!r}. {there}. Give one of them.",
                    "{name} has no list at {path}. Choose one of those that it has.",
                    name=self.name,
                    path=repr(path),
                ),
                choices=self.paths_of(self.found),
            )
        return wanted[0]

    def likeliest(self, empty: Sequence[str]) -> PeopleList:
        """Choose the one list of people.

        Parameters
        ----------
        empty : sequence of str
            Paths of the lists of users that are empty.

        Raises
        ------
        SourceError
            If there is none, if several could be it, or if the list of the users is empty and others are not.
        """
        chosen = self._of_the_envelope(self.layout, empty) or self._of_the_likeliest_level()
        missed = beside(chosen.path, empty) if chosen else empty
        others = [it for it in self.found if it.level == SURE]
        if missed:
            raise self._empty_list(missed[0], others)
        if chosen is None:
            raise self._no_users()
        return chosen

    def _of_the_envelope(self, layout: Layout | None, empty: Sequence[str]) -> PeopleList | None:
        """Give the list that stands where the system of the envelope has its people, if the file has one."""
        if layout is None or not set(empty).isdisjoint(layout.records):
            return None  # which is told below
        found = [it for it in self.found if it.path.partition("#")[0] in layout.records and not it.single]
        if len(found) > 1:
            self._ask(found)
        if not found:
            others = f" It holds {listed(self.found)}." if self.found else ""
            raise SourceError(
                f"{self.name} has no users: it is a {layout.title} export without them.{others} Export it again with "
                "the users.",
                choices=self.paths_of(self.found),
            )
        return found[0]

    def _empty_list(self, path: str, others: Sequence[PeopleList]) -> SourceError:
        """Make the error of a list of the users that is empty, while others may hold them."""
        if not others:
            return SourceError(
                worded(
                    "{name} has no users in this list: {list_} is empty. Check the app and the filter of "
                    "the export, and export the users again.",
                    name=self.name,
                    list_=path,
                )
            )
        first = self.paths_of(others)[0]
        return SourceError(
            in_panel(
                f"{self.name} has no users in this list: {path} is empty. It also holds {listed(others)}. If the "
                f"users are there, give the path (`--records {first}`, or table={first!r} in Python); otherwise export "
                "the users again.",
                "{name} has no users in this list: it is empty. If they are in another list of the "
                "file, choose that one; otherwise export the users again.",
                name=self.name,
            ),
            choices=self.paths_of(others),
        )

    def _no_users(self) -> SourceError:
        """Make the error of a file in which no list is one of people."""
        if not any(map(_is_filled, (entry for it in self.found for entry in it.entries))):
            return SourceError(
                worded(
                    "{name} has no users: no list in it has an object with values. Check the app and the "
                    "filter of the export, and export the users again.",
                    name=self.name,
                )
            )
        return SourceError(
            worded(
                "{name} has no users: found no object with a user in it, expected a list of them. "
                "Check that it is the export of the users, and export them again.",
                name=self.name,
            )
        )

    def _of_the_likeliest_level(self) -> PeopleList | None:
        for level in (SURE, LIKELY, UNLIKELY):
            candidates = [it for it in self.found if it.level == level and not it.single]
            candidates = candidates or [it for it in self.found if it.level == level]
            candidates = [it for it in candidates if any(map(_is_filled, it.entries))]
            if len(candidates) > 1:
                candidates = [it for it in candidates if _stands_as_declared(it)] or candidates
            if len(candidates) == 1:
                return candidates[0]
            if (everybody := with_everybody(candidates)) is not None:
                return everybody
            if candidates:
                self._ask(candidates)
        return None

    def _ask(self, candidates: Sequence[PeopleList]) -> NoReturn:
        first, lists = self.paths_of(candidates)[0], listed(candidates)
        raise SourceError(
            in_panel(
                f"{self.name} holds several lists that could be the users: {lists}. Give the path of the users "
                f"(`--records {first}`, or table={first!r} in Python).",
                "{name} holds several lists that could be the users: {lists}. Choose the list of the users.",
                name=self.name,
                lists=lists,
            ),
            choices=self.paths_of(candidates),
        )


def listed(lists: Iterable[PeopleList]) -> str:
    """Name some lists and count their entries, the likeliest first.

    Examples
    --------
    >>> listed([PeopleList("users", [{}, {}], None, SURE), PeopleList("staff", [{}], None, SURE)])
    'users (2 entries), staff (1 entry)'
    """
    ordered = _ordered(lists)
    shown = [
        worded("{list} ({entries})", list=it.path, entries=counted(len(it.entries))) for it in ordered[:_MOST_SHOWN]
    ]
    return joined([*shown, *(["..."] if len(ordered) > _MOST_SHOWN else [])])


def counted(number: int) -> str:
    """Write a number of entries.

    Examples
    --------
    >>> counted(1), counted(2_000)
    ('1 entry', '2,000 entries')
    """
    return nworded("{count} entry", "{count} entries", number)


def _ordered(lists: Iterable[PeopleList]) -> list[PeopleList]:
    return sorted(lists, key=lambda it: (-it.level, not _are_called_users(it.path), it.path))


def _are_called_users(path: str) -> bool:
    return name_words(path.rpartition(".")[2])[-1:] == ("users",)


def _is_filled(entry: object) -> bool:
    return isinstance(entry, Mapping) and bool(entry)


def _stands_as_declared(people: PeopleList) -> bool:
    """Tell whether a list has the layout of a known system, and stands where that system has the people."""
    first = [entry for entry in people.entries[:_LOOKED_AT] if isinstance(entry, Mapping)]
    layout = recognise(path for path, _ in flatten(first))
    place = people.path.partition("#")[0]
    return layout is not None and not {place, _OF_ONE_KIND.sub("", place) or "."}.isdisjoint(layout.records)
