"""Mapping of source columns to targets: its parts, its plain form for a plan, and its application.

Targets are ``email``, ``phone``, the metadata fields, and three helpers that the kit never sends to Passage:
``source_key`` (the row's id in the user's own system), ``region`` (country of the row's phone) and ``order`` (a date or
number that the survivorship rules newest and oldest read). Module ``suggest`` proposes a mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.null_words import null_words_of, without_words
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS, arrow, blanked, is_blank, series
from passage_kit.errors import MappingError
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.metadata.fields import MetadataSchema


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

    Examples
    --------
    >>> FieldMapping({"name": ["First", "Last"]})["name"]
    Columns(names=('First', 'Last'), separator=' ')
    """

    names: tuple[str, ...]
    separator: str = " "


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
    """

    @classmethod
    def of(cls, written: Iterable[str]) -> MappingChoices:
        """Read choices that are written as ``TARGET=COLUMN``.

        Raises
        ------
        MappingError
            If one has no equals sign.
        """
        pairs = [text.partition("=") for text in written]
        for target, sign, column in pairs:
            if not (target.strip() and sign and column.strip()):
                raise MappingError(
                    f"The choice {target + sign + column!r} cannot be read, expected TARGET=COLUMN, such as "
                    '"email=Login Email".'
                )
        return cls((target.strip(), column.strip()) for target, _, column in pairs)


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
        case {"join": [*names], **other} if _are_names(names) and not other:
            return Columns(tuple(names))
        case [*names] if names:
            return Columns(tuple(str(name) for name in names))
    raise MappingError(
        f"The mapping of {target!r} cannot be read: found {origin!r}, expected a column, a list of columns to join, "
        '{join = [...], separator = "..."} or {constant = "..."}.'
    )


def _are_names(names: list[Any]) -> bool:
    return bool(names) and all(isinstance(name, str) for name in names)


def _plain(origin: Origin) -> Any:
    if isinstance(origin, Constant):
        return {"constant": origin.value}
    if origin.separator != " ":
        return {"join": list(origin.names), "separator": origin.separator}
    return origin.names[0] if len(origin.names) == 1 else list(origin.names)


def _shown(origin: Origin) -> str:
    return f"always {origin.value!r}" if isinstance(origin, Constant) else " + ".join(origin.names)


def apply_mapping(raw: pd.DataFrame, mapping: FieldMapping, *, null_words: Iterable[str] | None = None) -> pd.DataFrame:
    """Make the users frame from the columns of the source.

    No row is lost: a row without an identifier stays, with blanks. Words that the client of a database writes for
    nothing become blank.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns with the unique index ``source_row``, as :func:`passage_kit.read_users` gives them.
    mapping : FieldMapping
        Origin of each target.
    null_words : iterable of str, optional
        Words that mean nothing in every column. Default: ``\\N``, ``(null)`` and the like, and ``NULL`` where several
        columns have it or the column's other values are no words, since a person may be called Null.

    Returns
    -------
    pandas.DataFrame
        Arrow text columns ``email`` and ``phone`` (blank if not mapped), then the mapped metadata fields and helpers;
        same index. Values are as in the source, but white space alone becomes null.

    Raises
    ------
    MappingError
        If the mapping names an absent column, maps neither identifier, or the index is not unique.

    See Also
    --------
    suggest_mapping : Suggest a mapping from the columns.
    normalize_identifiers : Normalize the emails and phones of the users frame.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": ["a@example.org", " "], "First": ["Ann", "Bo"], "Last": ["Lee", None]})
    >>> apply_mapping(raw, FieldMapping({"email": "Mail", "name": ["First", "Last"]}))
                        email phone     name
    source_row
    1           a@example.org  <NA>  Ann Lee
    2                    <NA>  <NA>       Bo
    """
    raw = given_frame(raw, error=MappingError)
    check_columns(mapping, raw)
    metadata = [target for target in mapping if target not in IDENTIFIERS + HELPERS]
    helpers = [target for target in HELPERS if target in mapping]
    plain = raw.assign(**{name: without_words(raw[name], words)[0] for name, words in _words(raw, null_words).items()})
    columns = {
        target: mapped_column(plain, mapping.origins.get(target)) for target in [*IDENTIFIERS, *metadata, *helpers]
    }
    return pd.DataFrame(columns, index=raw.index)


def _words(raw: pd.DataFrame, null_words: Iterable[str] | None) -> dict[str, tuple[str, ...]]:
    """List the words for nothing by column."""
    if null_words is None:
        return null_words_of(raw)
    words = tuple(null_words)
    return dict.fromkeys(map(str, raw.columns), words) if words else {}


def mapped_column(raw: pd.DataFrame, origin: Origin | None) -> pd.Series[Any]:
    """Make the column of one target; it is blank without an origin.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"First": ["Ann", "Bo"], "Last": ["Lee", None]})
    >>> mapped_column(raw, Columns(("First", "Last"))).to_list()
    ['Ann Lee', 'Bo']
    """
    if origin is None or isinstance(origin, Constant):
        value = origin.value if origin else None
        return series(pa.repeat(pa.scalar(value or None, pa.string()), len(raw)), like=raw)
    parts = [_without_blanks(raw[name]) for name in origin.names]
    if len(parts) == 1:
        return parts[0]
    joined, *others = (pc.utf8_trim_whitespace(arrow(part)) for part in parts)
    for other in others:
        # Not one call for all parts: with null_handling="skip" arrow drops the rows in which every part is null.
        joined = pc.coalesce(pc.binary_join_element_wise(joined, other, origin.separator), joined, other)
    return series(joined, like=raw)


def _without_blanks(column: pd.Series[Any]) -> pd.Series[Any]:
    blank = is_blank(column)
    return blanked(column, blank.to_numpy()) if blank.sum() > arrow(column).null_count else column


def check_columns(mapping: FieldMapping, raw: pd.DataFrame) -> None:
    """Check that every column of the mapping is in the source and that an identifier is mapped.

    Raises
    ------
    MappingError
        If a column is absent, or neither identifier is mapped. The message names the column that was probably meant.
    """
    names = [str(name) for name in raw.columns]
    for target in mapping:
        origin = mapping[target]
        for name in origin.names if isinstance(origin, Columns) else ():
            if name not in names:
                near = process.extractOne(name, names, score_cutoff=60)
                meant = f"Did you mean {near[0]!r}?" if near else f"Its columns are: {', '.join(names)}."
                raise MappingError(
                    f"The mapping takes {target!r} from column {name!r}, which is not in the source. {meant}"
                )
    if not any(identifier in mapping for identifier in IDENTIFIERS):
        raise MappingError(
            "No column looks like an email or a phone, and a user of Passage needs one of them. "
            f"Name it in the mapping; the columns are: {', '.join(names)}."
        )


def check_decided(mapping: FieldMapping) -> None:
    """Check that no identifier has several columns that fit it equally well.

    Raises
    ------
    MappingError
        If there is a question; the message names the columns.
    """
    for target in IDENTIFIERS:
        if columns := mapping.undecided.get(target):
            listed = " and ".join(map(repr, columns))
            raise MappingError(
                f"The columns {listed} fit {target} equally well, and their values differ. Choose one in the mapping "
                f'panel or by `--map "{target}={columns[0]}"`.'
            )


def check_targets(mapping: FieldMapping, schema: MetadataSchema) -> None:
    """Check that every target is an identifier, a helper or a metadata field of the schema.

    Raises
    ------
    MappingError
        If Passage does not have a target. The message names it.
    """
    known = [*IDENTIFIERS, *schema.columns, *HELPERS]
    unknown = [target for target in mapping if target not in known]
    if unknown:
        raise MappingError(
            f"The mapping has the target {unknown[0]!r}, which is no metadata field of the app. Targets are: "
            f"{', '.join(known)}. Add the field to the schema, or take it out of the mapping."
        )


def unmapped_columns(
    raw: pd.DataFrame, mapping: FieldMapping, *, null_words: Iterable[str] | None = None
) -> pd.DataFrame:
    """List the columns that Passage will not store, and those with words for nothing, as findings about the source.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns, as :func:`passage_kit.read_users` gives them.
    mapping : FieldMapping
        Origin of each target.
    null_words : iterable of str, optional
        As for :func:`apply_mapping`.

    Returns
    -------
    pandas.DataFrame
        Findings frame with one finding ``column_not_stored`` for each unused column; ``source_row`` is null, and the
        argument is the number of values in the column. One ``column_undecided`` for each target that several columns
        fit equally well, and one ``null_word`` for each mapped column in which words for nothing became blank.

    See Also
    --------
    apply_mapping : Make the users frame from the columns that are mapped.
    describe_findings : Add a sentence to each finding.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": ["a@example.org"], "Shoe size": ["43"]})
    >>> unmapped_columns(raw, FieldMapping({"email": "Mail"}))[["field", "argument"]].to_numpy().tolist()
    [['Shoe size', '1']]
    """
    raw = given_frame(raw, numbered=False, error=MappingError)
    names = [name for name in raw.columns if name not in mapping.columns]
    filled = [str(int((~is_blank(raw[name])).sum())) for name in names]
    unused = make_findings([None] * len(names), field=pa.array(names, pa.string()), code="column_not_stored",
                           argument=pa.array(filled, pa.string()))  # fmt: skip
    targets = [target for target in mapping.undecided if target not in mapping]
    could = [" or ".join(mapping.undecided[target]) for target in targets]
    undecided = make_findings([None] * len(targets), field=targets, code="column_undecided", argument=could)
    used = {name: words for name, words in _words(raw, null_words).items() if name in mapping.columns}
    blanked_values = {name: (words, without_words(raw[name], words)[1]) for name, words in used.items()}
    said = {name: f"{', '.join(words)} in {count:,} rows" for name, (words, count) in blanked_values.items() if count}
    nothing = make_findings([None] * len(said), field=list(said), code="null_word", argument=list(said.values()))
    return collect_findings([unused, undecided, nothing])
