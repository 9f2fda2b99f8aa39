"""Suggestions for metadata fields: by the field's own names, and by those that other systems have for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from passage_kit.columns import column_names as aliases
from passage_kit.columns.column_names import keys_of, name_key, name_words
from passage_kit.columns.profile import Look
from passage_kit.mapping.layout_evidence import Evidence
from passage_kit.mapping.mapping import Suggestion
from passage_kit.mapping.name_fit import EXACT, NO_FIT, Fit, is_fact, last_two, lowers, name_fit, path_parts
from passage_kit.mapping.suggest_helpers import HOLDERS, MOMENT, moment_of, named
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.translations import gettext

EQUAL = 0.02  # two columns whose confidences differ by less fit equally well
_BLANK = 0.25  # taken from a column without a value
_LISTED = 0.5  # a suggestion below it is not even listed
_LOGINS = frozenset(
    """
    username loginname preferredloginname userprincipalname nickname screenname filename hostname domainname
    """.split()  # noqa: SIM905
)
# Shapes of values that a field of a type may have, besides those of its own: epochs, and moments that mean yes.
_LOOKS = {
    "date": ("date", "string", "integer", "phone"),
    "boolean": ("boolean", "string", "date"),
    "integer": ("integer", "string", "boolean", "phone"),
    "email": ("email", "string"),
    "phone": ("phone", "string", "integer"),
}
_WHOLE = "fullname"  # of a field with this name, a column with other words is not meant: a middle name, a plan's name
_NOT_THEIR_NAME = frozenset("account accounts first last given family middle nick maiden".split())  # noqa: SIM905
_PLAIN = frozenset("name text string value yn flag".split())  # after a field's name, they change nothing # noqa: SIM905
_PATH = r"^(https?:/)?(/?[\w.()%~:-]+){2,}/?$"


def for_field(name: str, look: Look, field: MetadataField, said: Evidence) -> Suggestion | None:
    """Judge how well a column fits a field, by its name and by the look of its values; None if it does not."""
    own, others = _known_as(field.field_name, field.friendly_name)
    last = path_parts(name)[-1]
    if name_key(name) in own or name_key(last) in own:
        depth = EQUAL * (name_key(name) not in own)  # the person's own goes before that of an object within
        fit = name_fit(name, (own,))
        if fit.because:
            against = gettext("{reason}; {word} speaks against it", reason=named(name), word=repr(fit.because))
            return Suggestion(field.column, name, 0.5, against)
        if _WHOLE in others and _names_another_thing(name, look):
            return Suggestion(field.column, name, _LISTED, _of_another_thing(name))
        own_name = gettext("the name {column} is the field's own", column=repr(name))
        return Suggestion(field.column, name, 0.98 - depth, own_name)
    if look.looks_like not in _LOOKS.get(field.type, (look.looks_like,)):
        return None
    if (sure := said.get((field.column, name))) is not None:
        return Suggestion(field.column, name, sure.confidence, sure.reason(name))
    moment = field.type == "date" and moment_of(last) in {*map(moment_of, (field.field_name, field.friendly_name))}
    fits = name_fit(name, (others,)) if others else NO_FIT, name_fit(name, (own,))
    together = {last_two(name)} & {*own, *others}
    whole = _WHOLE in others and _has_both_names(last)
    sure_by_parts = moment or together or whole
    known = max(fits[0].confidence - 0.05, fits[1].confidence - 0.1, EXACT - 0.05 if sure_by_parts else 0.0)
    if known <= _LISTED or name_key(last) in _LOGINS or (_WHOLE not in others and _has_both_names(last)):
        return None
    known -= _BLANK * (not look.filled)
    if not sure_by_parts and (_is_another_thing(name, fits, others) or _is_about(last, look, field, others)):
        return Suggestion(field.column, name, _LISTED, _of_another_thing(name))
    return Suggestion(field.column, name, round(known, 2), named(name))


def _has_both_names(name: str) -> bool:
    """Tell whether a column has the first and the last name together, so that it is neither of them."""
    return any(key in name_key(name) for key in keys_of(aliases.BOTH_NAMES))


def _of_another_thing(name: str) -> str:
    return gettext("the name {column}, but it may be that of another thing", column=repr(name))


def _is_another_thing(name: str, fits: tuple[Fit, Fit], others: tuple[str, ...]) -> bool:
    """Tell whether the words beside a field's name make it the name of another thing."""
    last = path_parts(name)[-1]
    if is_fact(name) and name_key(last) not in others:
        return True
    best = max(fits)
    return _WHOLE in others and (bool(best.because) or not _NOT_THEIR_NAME.isdisjoint(name_words(last)))


def _names_another_thing(name: str, look: Look) -> bool:
    """Tell whether a name is that of an object that is no person, or the path of a resource."""
    around = [word for part in path_parts(name)[:-1] for word in name_words(part)]
    paths = [re.match(_PATH, sample) and "/" in sample for sample in look.samples]
    return not (HOLDERS - _NOT_THEIR_NAME).issuperset(around) or (bool(paths) and all(paths))


def _is_about(last: str, look: Look, field: MetadataField, others: tuple[str, ...]) -> bool:
    """Tell whether words after a field's name make it a fact about the thing: a company's size, who created an account.

    A remark in brackets does not. Values that have the shape of the field's own speak for it.
    """
    if field.type == look.looks_like and field.type != "string":
        return False
    known = {name_key(field.field_name), name_key(field.friendly_name), *others}
    words = name_words(re.sub(r"[(\[{].*", "", last))
    ends = [end for end in range(1, len(words) + 1) if _ends_with(words[:end], known)]
    after = words[ends[-1] :] if ends else []
    plain = _PLAIN | MOMENT if field.type == "boolean" else _PLAIN  # a moment means yes
    return any(lowers(word) for word in after if word not in plain)


def _ends_with(words: Sequence[str], known: set[str]) -> bool:
    return any("".join(words[start:]) in known for start in range(len(words)))


@cache
def _known_as(field_name: str, friendly_name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the keys of a field's own names, and of the names that other systems have for it."""
    own = (name_key(field_name), name_key(friendly_name))
    lists = (keys_of(names) for names in aliases.PEOPLE.values())
    return own, next((keys for keys in lists if not {*own}.isdisjoint(keys)), ())
