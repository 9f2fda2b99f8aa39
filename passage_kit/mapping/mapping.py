"""Mapping of source columns to targets: its parts, and its plain form for a plan.

Targets are ``email``, ``phone``, the metadata fields, and four helpers that the kit never sends to Passage:
``source_key`` (the row's id in the user's own system), ``region`` (country of the row's phone), ``order`` (a date or
number that the survivorship rules newest and oldest read) and ``account_state`` (the columns that say deleted, banned
or disabled; each of them is read by itself). Module ``suggest`` proposes a mapping, and ``mapped_users`` applies it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from passage_kit.columns.users_frame import EMAIL, HELPERS, IDENTIFIERS
from passage_kit.errors import MappingError


@dataclass(frozen=True, slots=True)
class Constant:
    """One value for every row.

    Examples
    --------
    >>> FieldMapping({"email": "Mail", "tenant": Constant("acme")})["tenant"]
    Constant(value='acme')
    """

    value: str


@dataclass(frozen=True, slots=True)
class Columns:
    """One source column, or several columns to join without their blank parts.

    If ``first`` is True, they are not joined: each row has the value of the first column that is not blank.

    Examples
    --------
    >>> FieldMapping({"name": ["First", "Last"]})["name"]
    Columns(names=('First', 'Last'), separator=' ', first=False)
    """

    names: tuple[str, ...]
    separator: str = " "
    first: bool = False


Origin = Columns | Constant


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A column that may belong to a target, with the kit's confidence (0 to 1) and reason."""

    target: str
    column: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True, init=False)
class FieldMapping:
    """Origin of each target in the source.

    Parameters
    ----------
    origins : mapping of str to (str, sequence of str, Columns or Constant)
        Origin by target: one column, several columns to join with a space, :class:`Columns` with a separator of its
        own, or a :class:`Constant`. A target without an origin stays blank.
    suggestions : iterable of Suggestion, default ()
        Everything that :func:`passage_kit.suggest_mapping` found. Comparisons ignore it, and a plan does not save it.
    undecided : mapping of str to tuple of str, optional
        Columns that fit a target equally well, although their values differ, so that a person has to choose. Default:
        none. Comparisons ignore it, too.

    Raises
    ------
    MappingError
        If an origin is none of these.

    See Also
    --------
    suggest_mapping : Suggest a mapping from the columns.
    apply_mapping : Make the users frame with a mapping.

    Examples
    --------
    >>> mapping = FieldMapping({"email": "E-Mail", "phone": ["Prefix", "Number"]})
    >>> mapping.to_dict()
    {'email': 'E-Mail', 'phone': ['Prefix', 'Number']}
    """

    origins: dict[str, Origin]
    suggestions: tuple[Suggestion, ...] = field(default=(), compare=False, repr=False)
    undecided: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __init__(
        self,
        origins: Mapping[str, Any],
        suggestions: Iterable[Suggestion] = (),
        *,
        undecided: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        object.__setattr__(self, "origins", {target: _origin(target, origin) for target, origin in origins.items()})
        object.__setattr__(self, "suggestions", tuple(suggestions))
        object.__setattr__(self, "undecided", dict(undecided or {}))

    def __getitem__(self, target: str) -> Origin:
        return self.origins[target]

    def __contains__(self, target: object) -> bool:
        return target in self.origins

    def __iter__(self) -> Iterator[str]:
        return iter(self.origins)

    @property
    def columns(self) -> tuple[str, ...]:
        """Source columns that the mapping uses, each once."""
        used = (name for origin in self.origins.values() if isinstance(origin, Columns) for name in origin.names)
        return tuple(dict.fromkeys(used))

    def replace(self, origins: Mapping[str, Any] | None = None, **more: Any) -> FieldMapping:
        """Copy the mapping with some origins replaced; None removes a target.

        Examples
        --------
        >>> FieldMapping({"email": "Mail", "phone": "Tel"}).replace(phone=None, plan="Tariff").to_dict()
        {'email': 'Mail', 'plan': 'Tariff'}
        """
        merged = {**self.origins, **(origins or {}), **more}
        left = {target: columns for target, columns in self.undecided.items() if target not in merged}
        kept = {key: origin for key, origin in merged.items() if origin is not None}
        return FieldMapping(kept, self.suggestions, undecided=left)

    def identifiers_only(self) -> FieldMapping:
        """Copy the mapping without metadata, for the guide's second path."""
        wanted = IDENTIFIERS + HELPERS
        kept = {key: self.origins[key] for key in self.origins if key in wanted}
        left = {target: columns for target, columns in self.undecided.items() if target in wanted}
        return FieldMapping(kept, self.suggestions, undecided=left)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> FieldMapping:
        """Make a mapping of the form that a plan stores."""
        return cls(values)

    def to_dict(self) -> dict[str, Any]:
        """Convert the mapping to the form that a plan stores."""
        return {target: _plain(origin) for target, origin in self.origins.items()}

    def to_frame(self) -> pd.DataFrame:
        """Show the mapping as a table: ``target``, ``source``, and ``confidence`` and ``reason`` of suggestions."""
        why = {(entry.target, entry.column): entry for entry in self.suggestions}
        rows = []
        for target, origin in self.origins.items():
            entry = (
                why.get((target, origin.names[0])) if isinstance(origin, Columns) and len(origin.names) == 1 else None
            )
            rows.append((target, _shown(origin), entry and entry.confidence, entry and entry.reason))
        return pd.DataFrame(rows, columns=["target", "source", "confidence", "reason"])


class MappingChoices(dict[str, Any]):
    """Origins that a person chose for some targets; the plan or the suggestions say the others.

    Examples
    --------
    >>> MappingChoices.of(["email=Login Email"])
    {'email': 'Login Email'}
    >>> MappingChoices.of(["city="])
    {'city': None}
    """

    @classmethod
    def of(cls, written: Iterable[str], *, first: Collection[str] = ()) -> MappingChoices:
        """Read choices that are written as ``TARGET=COLUMN``; a target that is there twice has several columns.

        ``TARGET=`` leaves the target out.

        Parameters
        ----------
        written : iterable of str
        first : collection of str, default ()
            Targets that take the first of their columns that has a value. The columns of others are joined.

        Raises
        ------
        MappingError
            If one has no equals sign, if ``email`` has several columns to join, or if a target of ``first`` has fewer
            than two.

        Examples
        --------
        >>> MappingChoices.of(["email=Mail", "email=Work mail"], first=["email"])
        {'email': Columns(names=('Mail', 'Work mail'), separator=' ', first=True)}
        """
        pairs = [text.partition("=") for text in written]
        for target, sign, column in pairs:
            if not (target.strip() and sign):
                raise MappingError(
                    f"The choice {target + sign + column!r} cannot be read, expected TARGET=COLUMN, such as "
                    '"email=Login Email".'
                )
        by_target: dict[str, list[str]] = {}
        for target, _, column in pairs:
            by_target.setdefault(target.strip(), []).append(column.strip())
        given = {target: [name for name in names if name] for target, names in by_target.items()}
        _check_several(given, first)
        return cls((target, _chosen(names, first=target in first)) for target, names in given.items())


def _check_several(given: Mapping[str, Sequence[str]], first: Collection[str]) -> None:
    """Refuse addresses joined to one, and the first of a single column."""
    if lone := [target for target in first if len(given.get(target, ())) < 2]:
        raise MappingError(
            f"There is no first column to take for {lone[0]!r}. Name its columns in their order, such as "
            f'--map "{lone[0]}=Mail" --map "{lone[0]}=Work mail".'
        )
    if EMAIL not in first and len(given.get(EMAIL, ())) > 1:
        raise MappingError(
            "The columns of an email cannot be joined. Say --first email to take the first of them that has a value, "
            "or name one."
        )


def _chosen(names: Sequence[str], *, first: bool) -> Any:
    if first:
        return Columns(tuple(names), first=True)
    return (names[0] if len(names) == 1 else list(names)) or None


def _origin(target: str, origin: Any) -> Origin:
    """Make an origin of any of the forms in which a person may write it."""
    match origin:
        case Columns() | Constant():
            return origin
        case str():
            return Columns((origin,))
        case {"constant": str() | int() | float() as value, **other} if not other:
            return Constant(str(value))
        case {"join": [*names], "separator": str(separator), **other} if _are_names(names) and not other:
            return Columns(tuple(names), separator)
        case {"first": [*names], **other} if _are_names(names) and not other:
            return Columns(tuple(names), first=True)
        case {"join": [*names], **other} if _are_names(names) and not other:
            return Columns(tuple(names))
        case [*names] if names:
            return Columns(tuple(str(name) for name in names))
    raise MappingError(
        f"The mapping of {target!r} cannot be read: found {origin!r}, expected a column, a list of columns to join, "
        '{join = [...], separator = "..."}, {first = [...]} or {constant = "..."}.'
    )


def _are_names(names: list[Any]) -> bool:
    return bool(names) and all(isinstance(name, str) for name in names)


def _plain(origin: Origin) -> Any:
    if isinstance(origin, Constant):
        return {"constant": origin.value}
    if origin.first and len(origin.names) > 1:
        return {"first": list(origin.names)}
    if origin.separator != " ":
        return {"join": list(origin.names), "separator": origin.separator}
    return origin.names[0] if len(origin.names) == 1 else list(origin.names)


def _shown(origin: Origin) -> str:
    if isinstance(origin, Constant):
        return f"always {origin.value!r}"
    return (", else " if origin.first else " + ").join(origin.names)
