"""Suggestions for helpers: the key of a row, its country, its order, and whether its account is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from passage_kit.columns import column_names as aliases
from passage_kit.columns.account_state import fits_account_state
from passage_kit.columns.column_names import keys_of, name_key, name_words
from passage_kit.columns.profile import Look, first_filled, first_values
from passage_kit.columns.users_frame import ACCOUNT_STATE, HELPERS
from passage_kit.identifiers.regions import are_regions, may_be_calling_codes
from passage_kit.mapping.layout_evidence import Evidence
from passage_kit.mapping.mapping import Suggestion
from passage_kit.mapping.name_fit import EXACT, name_fit, path_parts
from passage_kit.reading.layout import Layout, column_key
from passage_kit.translations import gettext

PLACES = frozenset(
    "mailing billing shipping delivery postal home business work geschaftlich privat bureau domicile".split()  # noqa: SIM905
)
# Objects around a flag that do not make it one of something else, such as of a second factor.
PERSON = frozenset(
    """
    user users account accounts profile attributes attribute fields properties data node source traits human member
    members person people customer metadata meta app raw settings
    """.split()  # noqa: SIM905
)
# Objects around a name that may hold a person's; that of another object (plan, library) is another thing's name.
HOLDERS = PERSON | frozenset(
    """
    details detail info information personal private basic general core contact contacts identity claims item record
    row entry object entity doc document payload content value result body subject employee student applicant
    subscriber guest patient registrant attendee parameters params response
    """.split()  # noqa: SIM905
)
MOMENT = frozenset("at on date time timestamp instant ts utc datetime when".split())  # noqa: SIM905
KEYS = 100_000  # values of a key that are compared


def for_helpers(name: str, look: Look, column: pd.Series, said: Evidence, state: str) -> Iterator[Suggestion]:
    """Suggest a column for the helpers that its name and its values fit."""
    if why := _says_account_state(name, state, column):
        known = said.get((ACCOUNT_STATE, name))
        by = known.reason(name) if known else named(name)
        yield Suggestion(ACCOUNT_STATE, name, known.confidence if known else 0.9, _and(by, why))
    for target in HELPERS[:-1]:
        known = said.get((target, name))
        confidence = round(_helper_name(name, target) - 0.05, 2) if known is None else known.confidence
        if confidence > 0 and look.filled and (why := _helper_fits(target, name, look, column)):
            by = known.reason(name) if known else named(name)
            yield Suggestion(target, name, confidence, _and(by, why))


def named(name: str) -> str:
    """Say that a column is suggested because of its name."""
    return gettext("the name {column}", column=repr(name))


def _and(reason: str, why: str) -> str:
    return gettext("{reason}, and {why}", reason=reason, why=why)


def _says_account_state(name: str, state: str, column: pd.Series[Any]) -> str | None:
    """Say why a column tells that an account is closed; one of an object within the person does not."""
    inner = [word for part in path_parts(name)[:-1] for word in name_words(part)]
    return fits_account_state(state, first_values(column)) if PERSON.issuperset(inner) else None


def _helper_name(name: str, target: str) -> float:
    """Compute the confidence that a name gives for a helper: the further down the list, the less."""
    keys = keys_of(aliases.HELPERS[target])
    *around, last = path_parts(name)
    if target == "source_key" and not HOLDERS.issuperset(word for part in around for word in name_words(part)):
        return 0.0  # such as the id of a login by another service
    at = next((keys.index(key) for key in (name_key(name), name_key(last)) if key in keys), None)
    if at is not None:
        return EXACT - 0.1 * at / len(keys) - 0.01 * len(around)
    if target == "order":
        moments = [moment_of(key) for key in aliases.HELPERS[target].split(",")]
        return EXACT - 0.1 - 0.1 * moments.index(moment_of(last)) / len(moments) if moment_of(last) in moments else 0.0
    fit = name_fit(name, (keys,))
    in_address = target == "region" and fit.because in PLACES
    return fit.confidence if in_address or not fit.because else 0.0


def may_be_key(name: str, layout: Layout | None) -> bool:
    """Tell whether a column's name, or the layout, makes it one whose values are compared to see if it is the key.

    Examples
    --------
    >>> may_be_key("user_id", None), may_be_key("city", None)
    (True, False)
    """
    declared = map(column_key, layout.columns_of("source_key")) if layout else ()
    return _helper_name(name, "source_key") > 0 or column_key(name) in declared


def _helper_fits(target: str, name: str, look: Look, column: pd.Series) -> str | None:
    """Say why the values fit the helper; give None if they do not."""
    if target == "source_key":
        first = first_filled(column, KEYS)
        once = len(first.unique()) >= 0.9 * len(first)
        return gettext("nearly every value is there once") if once else None
    if target == "order":
        sortable = look.looks_like in ("date", "integer") or all(sample.isdecimal() for sample in look.samples)
        return gettext("the values can be put in order") if sortable else None
    values = first_values(column).to_pylist()
    if "code" in name_words(name) and may_be_calling_codes(values):  # better withheld than read as those of one country
        return gettext("the values may be calling codes")
    return gettext("the values are countries") if are_regions(values) else None


def moment_of(name: str) -> str:
    """Reduce the name of a moment.

    Examples
    --------
    >>> moment_of("createdTimestamp"), moment_of("created_at")
    ('created', 'created')
    """
    words = [word for word in name_words(name) if word not in MOMENT]
    return "".join(words) or name_key(name)
