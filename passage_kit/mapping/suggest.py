"""Suggestions which column belongs to which target, from the names first and then from the values.

What the layout of a known system says goes first: see :mod:`passage_kit.mapping.layout_evidence`. Otherwise the exact
name has the highest confidence: see :mod:`passage_kit.mapping.name_fit`. Values that have the target's shape
add to the confidence. Values of another shape remove the suggestion: a column called "Email" that holds yes and no is
not the email. A column with one and the same value in every row is nobody's email. Values alone give 0.65 for emails
and 0.6 for phones. If two columns fit an identifier equally well and differ, the kit takes neither: that is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns import column_names as aliases
from passage_kit.columns.column_names import keys_of, name_key, name_words
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.profile import SAMPLE, Look, first_filled, first_values, look_at
from passage_kit.columns.shapes import SHAPES
from passage_kit.columns.users_frame import ACCOUNT_STATE, EMAIL, HELPERS, IDENTIFIERS
from passage_kit.errors import MappingError
from passage_kit.mapping.company_columns import company_columns
from passage_kit.mapping.layout_evidence import (
    Evidence,
    after_layout,
    layout_evidence,
    ruled_out,
    state_name,
    with_others,
    without_others,
)
from passage_kit.mapping.mapping import Columns, FieldMapping, Suggestion
from passage_kit.mapping.name_fit import (
    EXACT,
    NO_FIT,
    Fit,
    another_ones,
    name_fit,
    path_parts,
)
from passage_kit.mapping.suggest_fields import EQUAL, for_field
from passage_kit.mapping.suggest_helpers import KEYS, for_helpers, may_be_key, named
from passage_kit.mapping.whole_columns import ColumnsOfFrame, WholeColumns
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.known_layouts import layout_named, recognise
from passage_kit.reading.layout import Layout
from passage_kit.translations import gettext

ENOUGH = 0.6
_VALUES_FIT = 0.04
_NOT_THEIRS = 0.4  # confidence of a column whose value is that of everybody
_COMPANY = "account"  # the word that speaks against a column of a company
_MOST, _HALF, _FEW = 0.8, 0.5, 0.1  # shares of a column's values
_ROWS = 3  # with one value from which on it is not taken for a person's
_SEVERAL = r"[^@\s]+@[^@\s]+\.[^@\s]+"  # an address anywhere in a cell
_PERSONS = frozenset("customer user member person subscriber client patient student employee".split())  # noqa: SIM905
_OWNERS = frozenset("owner owners keeper besitzer halter propriétaire propietario dueño proprietario eigenaar".split())  # noqa: SIM905


def suggest_mapping(
    raw: pd.DataFrame, schema: MetadataSchema | None = None, *, layout: str | None = None
) -> FieldMapping:
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
    layout : str, optional
        Name of the layout of the export (see :func:`passage_kit.layouts`); "none" for no layout. Default: as recognised
        by the columns.

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
    raw = given_frame(raw, numbered=False, error=MappingError)
    known = recognise(raw.columns) if layout is None else layout_named(layout)
    return suggest_from(raw, schema, known, ColumnsOfFrame(raw))


def suggest_from(
    first: pd.DataFrame, schema: MetadataSchema, layout: Layout | None, whole: WholeColumns
) -> FieldMapping:
    """Suggest a mapping from the first values of the columns alone, and from what is asked of whole columns.

    Parameters
    ----------
    first : pandas.DataFrame
        Text columns, in which the first values stand; :func:`values_looked_at` says how many of each at least.
    schema : MetadataSchema
        The app's metadata fields.
    layout : Layout or None
        Layout of the export.
    whole : WholeColumns
        Answers about all rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"E-Mail": ["ann@example.org"]})
    >>> suggest_from(raw, MetadataSchema(), None, ColumnsOfFrame(raw)).to_dict()
    {'email': 'E-Mail'}
    """
    found = list_suggestions(first, schema, layout)
    taken, undecided = _taken(first.columns, found, schema, whole)
    if EMAIL in taken:
        taken[EMAIL] = with_others(first.columns, taken[EMAIL], layout, whole)
    return FieldMapping(taken, found, undecided=undecided)


def values_looked_at(names: Iterable[str], layout: Layout | None) -> dict[str, int]:
    """Say how many of the first values of each column a suggestion looks at; of a key, they are compared.

    Examples
    --------
    >>> values_looked_at(["id", "mail"], None)
    {'id': 100000, 'mail': 5000}
    """
    return {name: KEYS if may_be_key(name, layout) else SAMPLE for name in names}


def list_suggestions(raw: pd.DataFrame, schema: MetadataSchema, layout: Layout | None = None) -> list[Suggestion]:
    """List every suggestion for every target, the surest first and ties in the order of the columns."""
    found: list[Suggestion] = []
    said, without = layout_evidence(raw, schema, layout), ruled_out(schema, layout)
    fields = [field for field in schema if field.column not in without]
    companies = company_columns(map(str, raw.columns))
    for position, name in enumerate(map(str, raw.columns)):
        column = raw.iloc[:, position]
        look = look_at(column)
        found += _for_identifiers(name, look, column, said, is_company=name in companies)
        found += [one for field in fields if (one := for_field(name, look, field, said))]
        helpers = for_helpers(name, look, column, said, state_name(name, layout))
        found += [one for one in helpers if name not in companies or (one.target, name) in said]
    return sorted(without_others(after_layout(found, said), layout), key=lambda entry: -entry.confidence)


def _taken(
    columns: Iterable[str], found: list[Suggestion], schema: MetadataSchema, whole: WholeColumns
) -> tuple[dict[str, Columns], dict[str, tuple[str, ...]]]:
    """Choose among suggestions, the surest first; several columns that fit a target equally well stay undecided."""
    chosen: dict[str, str] = {}
    undecided: dict[str, tuple[str, ...]] = {}
    for entry in found:
        if entry.confidence < ENOUGH or entry.target in chosen or entry.target in undecided:
            continue
        if entry.target == ACCOUNT_STATE:  # takes several columns
            continue
        if not _is_free(entry.column, entry.target, chosen):
            continue
        equal = [
            other.column for other in found if _is_equal(other, entry) and _is_free(other.column, other.target, chosen)
        ]
        equal += [other.column for other in found if _may_be_theirs(other, entry)]
        best = equal[0] if entry.target in HELPERS else _covering(whole, equal)
        if best is None:
            undecided[entry.target] = tuple(equal)
        else:
            chosen[entry.target] = best
    order = [*IDENTIFIERS, *schema.columns, *HELPERS]
    taken = {target: Columns((chosen[target],)) for target in order if target in chosen}
    says = {entry.column for entry in found if entry.target == ACCOUNT_STATE and entry.confidence >= ENOUGH}
    states = [name for name in map(str, columns) if name in says and _is_free(name, ACCOUNT_STATE, chosen)]
    if states:
        taken[ACCOUNT_STATE] = Columns(tuple(states))
    return taken, undecided


def _is_equal(other: Suggestion, entry: Suggestion) -> bool:
    """Tell whether a column fits a target as well as the surest one: nearly as surely, or by the name repeated."""
    if other.target != entry.target or _is_within(other.column, entry.column):
        return False  # a person's own value goes first
    repeated = re.escape(entry.column) + r" \(\d+\)"  # by the reader
    if entry.target in IDENTIFIERS and re.fullmatch(repeated, other.column):
        return True
    return other.confidence > max(entry.confidence - EQUAL, ENOUGH - EQUAL)


def _may_be_theirs(other: Suggestion, entry: Suggestion) -> bool:
    """Tell whether a column of owners may be the people's own, since a word speaks against the surest one, too.

    The owner of an account is a colleague; that of an animal or a machine is the customer.
    """
    if other.target != entry.target or entry.target not in IDENTIFIERS or other.confidence >= ENOUGH:
        return False
    groups = _identifier_keys()[entry.target]
    return bool(_OWNERS & {*name_words(other.column)} and name_fit(entry.column, groups).because)


def _is_within(name: str, other: str) -> bool:
    """Tell whether a value stands in an object that stands beside another value, or deeper.

    An object that is called a person is none: of an order, the customer is the person, not the order.
    """
    place, beside = path_parts(name)[:-1], path_parts(other)[:-1]
    between = place[len(beside) :]
    return bool(between) and place[: len(beside)] == beside and not any(name_key(part) in _PERSONS for part in between)


def _is_free(column: str, target: str, chosen: dict[str, str]) -> bool:
    """Check that a column serves no other target; a helper and a metadata field may share one."""
    others = [other for other, taken in chosen.items() if taken == column]
    if target in HELPERS:
        return not any(other in HELPERS + IDENTIFIERS for other in others)
    return not others if target in IDENTIFIERS else all(other in HELPERS for other in others)


def _covering(whole: WholeColumns, names: list[str]) -> str | None:
    """Find the column that has every value which the other columns have; None if the columns differ."""
    if len(names) == 1:
        return names[0]
    covering = whole.covering(names)
    return next((name for name in names if name in covering), None)


def _for_identifiers(
    name: str, look: Look, column: pd.Series[Any], said: Evidence, *, is_company: bool
) -> Iterator[Suggestion]:
    about = set(name_words(name)) & aliases.ABOUT_IDENTIFIERS
    is_json = bool(look.samples) and all(sample.lstrip()[:1] in ("{", "[") for sample in look.samples)
    for target, groups in _identifier_keys().items():
        known = said.get((target, name))
        if is_json or (about and known is None):
            continue
        fit = name_fit(name, groups) if known is None else Fit(known.confidence)
        share = 0.0 if fit is NO_FIT else _share_of(target, column)
        if fit is not NO_FIT and not _is_misfit(target, look, share, exact=fit.confidence >= EXACT - 0.1):
            fits = share >= _MOST
            reason = known.reason(name) if known else named(name)
            reason = _borne_out(reason, target) if fits else reason
            confidence = min(fit.confidence + _VALUES_FIT * fits, 1.0) if known is None else known.confidence
        elif look.looks_like == target and (
            target == "email" or (_written_like_phones(look.samples) and not _is_of_a_day(name))
        ):
            confidence = 0.65 if target == "email" else 0.6
            reason = _by_values(f"{look.likeness:.0%}", target)
            if fit is NO_FIT and (word := another_ones(name)):
                fit, confidence = Fit(_NOT_THEIRS, word), _NOT_THEIRS
        else:
            continue
        if is_company and known is None:
            fit, confidence = Fit(_NOT_THEIRS, _COMPANY), min(confidence, _NOT_THEIRS)
        if fit.because:
            reason = gettext("{reason}; {word} speaks against it", reason=reason, word=repr(fit.because))
        if _is_shared(column, exact=confidence >= EXACT - 0.1):
            reason = gettext("{reason}; but many rows have the same value", reason=reason)
            confidence = min(confidence, _NOT_THEIRS)
        yield Suggestion(target, name, round(confidence, 2), reason)


def _borne_out(reason: str, target: str) -> str:
    if target == "email":
        return gettext("{reason}, and the values look like emails", reason=reason)
    return gettext("{reason}, and the values look like phones", reason=reason)


def _by_values(share: str, target: str) -> str:
    if target == "email":
        return gettext("{share} of the values look like emails", share=share)
    return gettext("{share} of the values look like phones", share=share)


@cache
def _identifier_keys() -> dict[str, tuple[tuple[str, ...], ...]]:
    return {target: tuple(keys_of(group) for group in groups) for target, groups in aliases.IDENTIFIER_NAMES.items()}


def _share_of(target: str, column: pd.Series[Any]) -> float:
    """Compute the share of the first distinct values that hold an identifier, also one among others."""
    values = first_values(column)
    if not len(values):
        return 0.0
    pattern = _SEVERAL if target == "email" else SHAPES["phone"]
    found = pc.match_substring_regex(pc.utf8_trim_whitespace(values), pattern)
    return float(pc.mean(pc.cast(found, pa.float64())).as_py())


def _is_misfit(target: str, look: Look, share: float, *, exact: bool) -> bool:
    """Tell whether the values speak against a name; for the exact name, only if none of them fits."""
    other_kind = look.looks_like in {"email", "boolean", "date"} - {target}
    return other_kind and (not exact or share < _FEW)


def _is_shared(column: pd.Series[Any], *, exact: bool) -> bool:
    """Tell whether all rows have one value, or, if the name is not exact, more than half of them."""
    values = first_filled(column, SAMPLE)
    if len(values) < _ROWS:
        return False
    counts = pc.value_counts(values).field("counts")
    most = pc.max(counts).as_py() / len(values)
    return bool(most == 1.0 if exact else most > _HALF)


def _is_of_a_day(name: str) -> bool:
    """Tell whether a name is that of a day, whose figures may look like those of a phone."""
    days = tuple(keys_of(aliases.PEOPLE["birth date"])), tuple(keys_of(aliases.PEOPLE["created at"]))
    return name_fit(name, days).confidence >= ENOUGH


def _written_like_phones(samples: tuple[str, ...]) -> bool:
    """Check for the signs of a phone that other long numbers lack: a +, brackets, or groups of digits."""
    return all(sample.startswith(("+", "(", "00")) or " " in sample.strip() for sample in samples)
