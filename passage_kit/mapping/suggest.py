"""Suggestions which column belongs to which target, from the names first and then from the values.

A name that is an alias has a confidence of 0.95, less the further down its list it stands. A name that contains an
alias, or is nearly one, has 0.75. Values that have the target's shape add to the confidence. Values of another shape
remove the suggestion: a column called "Email" that holds yes and no is not the email. Values alone give 0.65 for emails
and 0.6 for phones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

import pandas as pd
from rapidfuzz import fuzz

from passage_kit.columns import column_names as aliases
from passage_kit.columns.column_names import keys_of, name_key, name_words
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.profile import Look, first_filled, first_values, look_at
from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.errors import MappingError
from passage_kit.identifiers.regions import are_regions
from passage_kit.mapping.mapping import Columns, FieldMapping, Suggestion
from passage_kit.metadata.fields import MetadataField, MetadataSchema

ENOUGH = 0.6
_ALIAS, _PART, _VALUES_FIT = 0.95, 0.75, 0.04
_NEARLY = 90  # rapidfuzz ratio of two names that differ by a slip
_KEYS = 100_000  # values of a key that are compared


def suggest_mapping(raw: pd.DataFrame, schema: MetadataSchema | None = None) -> FieldMapping:
    """Suggest a mapping from the names and the values of the columns.

    The kit compares each name with aliases in several languages, and by likeness if no alias fits. It also looks at
    the shape of the values. It lists a suggestion with a confidence below 0.6, but does not take it. Each column serves
    one target.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns, as :func:`passage_kit.read_users` gives them.
    schema : MetadataSchema, optional
        The app's metadata fields. Default: no fields, so the kit suggests identifiers and helpers only.

    Returns
    -------
    FieldMapping
        The suggestions that were taken; ``suggestions`` holds all of them, each with a confidence from 0 to 1.

    See Also
    --------
    apply_mapping : Make the users frame with a mapping.
    unmapped_columns : List the columns that a mapping leaves out.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Kunden-Nr": ["17", "18"], "E-Mail": ["a@example.org", None], "Ort": ["Bonn", "Ulm"]})
    >>> suggest_mapping(raw).to_dict()
    {'email': 'E-Mail', 'source_key': 'Kunden-Nr'}
    """
    schema = schema or MetadataSchema()
    found = list_suggestions(given_frame(raw, numbered=False, error=MappingError), schema)
    return FieldMapping(_taken(found, schema), found)


def list_suggestions(raw: pd.DataFrame, schema: MetadataSchema) -> list[Suggestion]:
    """List every suggestion for every target, the surest first and ties in the order of the columns."""
    found: list[Suggestion] = []
    for position, name in enumerate(map(str, raw.columns)):
        column = raw.iloc[:, position]
        look = look_at(column)
        found += _for_identifiers(name, look)
        found += [one for field in schema if (one := _for_field(name, look, field))]
        found += _for_helpers(name, look, column)
    return sorted(found, key=lambda entry: -entry.confidence)


def _taken(found: list[Suggestion], schema: MetadataSchema) -> dict[str, Columns]:
    """Choose among suggestions: the surest first, each target and each column once."""
    chosen: dict[str, str] = {}
    for entry in found:
        if entry.confidence >= ENOUGH and entry.target not in chosen and entry.column not in chosen.values():
            chosen[entry.target] = entry.column
    order = [*IDENTIFIERS, *schema.columns, *HELPERS]
    return {target: Columns((chosen[target],)) for target in order if target in chosen}


def _name_confidence(name: str, keys: tuple[str, ...]) -> float:
    """Compute the confidence that a name gives, before a look at the values."""
    key = name_key(name)
    if key in keys:
        return _ALIAS - 0.1 * keys.index(key) / len(keys)
    if key and any(fuzz.ratio(key, known) >= _NEARLY for known in keys if len(known) > 4):
        return _PART
    parts = _parts(name)
    return _PART - 0.05 if any(known in parts for known in keys if len(known) > 2) else 0.0


@lru_cache(maxsize=1_024)
def _parts(name: str) -> frozenset[str]:
    """List the words of a name, and each two words that follow one another."""
    words = name_words(name)
    return frozenset("".join(words[start : start + length]) for length in (1, 2) for start in range(len(words)))


def _for_identifiers(name: str, look: Look) -> Iterator[Suggestion]:
    about = set(name_words(name)) & aliases.ABOUT_IDENTIFIERS
    for target in IDENTIFIERS:
        fits = look.looks_like == target
        by_name = 0.0 if about else _name_confidence(name, keys_of(aliases.IDENTIFIERS[target]))
        misfit = look.looks_like in {"email", "boolean", "date"} - {target}
        if by_name and not misfit:
            reason = f"the name {name!r}" + (f", and the values look like {target}s" if fits else "")
            yield Suggestion(target, name, round(by_name + _VALUES_FIT * fits, 2), reason)
        elif fits and not about and (target == "email" or _written_like_phones(look.samples)):
            confidence = 0.65 if target == "email" else 0.6
            yield Suggestion(target, name, confidence, f"{look.likeness:.0%} of the values look like {target}s")


def _written_like_phones(samples: tuple[str, ...]) -> bool:
    """Check for the signs of a phone that other long numbers lack: a +, brackets, or groups of digits."""
    return all(sample.startswith(("+", "(", "00")) or " " in sample.strip() for sample in samples)


def _for_field(name: str, look: Look, field: MetadataField) -> Suggestion | None:
    own, others = _known_as(field.field_name, field.friendly_name)
    if name_key(name) in own:
        return Suggestion(field.column, name, 0.98, f"the name {name!r} is the field's own")
    fits = field.type == "string" or look.looks_like in (field.type, "string")
    if not fits:
        return None
    known = max(_name_confidence(name, others) - 0.05 if others else 0.0, _name_confidence(name, own) - 0.1)
    return Suggestion(field.column, name, round(known, 2), f"the name {name!r}") if known > 0.5 else None


@cache
def _known_as(field_name: str, friendly_name: str) -> tuple[tuple[str, str], tuple[str, ...]]:
    """List the keys of a field's own names, and of the names that other systems have for it."""
    own = (name_key(field_name), name_key(friendly_name))
    lists = (keys_of(names) for names in aliases.PEOPLE.values())
    return own, next((keys for keys in lists if not {*own}.isdisjoint(keys)), ())


def _for_helpers(name: str, look: Look, column: pd.Series) -> Iterator[Suggestion]:
    for target in HELPERS:
        by_name = _name_confidence(name, keys_of(aliases.HELPERS[target]))
        if by_name and look.filled and (why := _helper_fits(target, look, column)):
            yield Suggestion(target, name, round(by_name - 0.05, 2), f"the name {name!r}, and {why}")


def _helper_fits(target: str, look: Look, column: pd.Series) -> str | None:
    """Say why the values fit the helper; give None if they do not."""
    if target == "source_key":
        first = first_filled(column, _KEYS)
        once = len(first.unique()) >= 0.9 * len(first)
        return "nearly every value is there once" if once else None
    if target == "order":
        sortable = look.looks_like in ("date", "integer") or all(sample.isdecimal() for sample in look.samples)
        return "the values can be put in order" if sortable else None
    return "the values are countries" if are_regions(first_values(column).to_pylist()) else None
