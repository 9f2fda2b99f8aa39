"""Countries: from what people write into a country column to ISO 3166 codes.

The names are those of CLDR (Babel) and ISO 3166 (pycountry), in English and in every language that is official
somewhere. A name that several countries have ("Congo", "Korea", "Virgin Islands") is nobody's. The names in other
languages are loaded when the English ones do not suffice.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import phonenumbers
import pyarrow as pa
import pycountry
from babel import localedata
from babel.core import get_global
from babel.languages import get_official_languages

from passage_kit.frames import per_distinct, series
from passage_kit.placeholders import says_nothing

# None: several countries have the name.
_Names = Mapping[str, str | None]
_Lookups = Sequence[Callable[[], _Names]]

_FILLER_WORDS = re.compile(r"\b(?:the|and)\b|&")
_QUALIFIED = re.compile(r"\s*([^,(]+?)\s*[,(]\s*([^,()]+?)\s*\)?\s*")
_SEPARATORS = re.compile(r"[()\[\]/|,;:\n]|\s[-–—]\s")


def region_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """Find the country of every cell: its ISO 3166 alpha-2 code.

    Case, accents, punctuation and the words "the" and "and" do not count. A code wins over a placeholder word, so "NA"
    is Namibia, while "n/a" is blank. Nothing is guessed: a name with a slip in it, or one that several countries have,
    gives null.

    Parameters
    ----------
    column : pandas.Series
        Text: alpha-2, alpha-3 or numeric codes, names in English or in a language that is official somewhere, or
        several of them for one country ("United States (US)").

    Returns
    -------
    pandas.Series
        Text, null where the cell is blank or not understood; same index and name.

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> users = users_frame({"region": ["U.S.A.", "Korea, Republic of", "Atlantis"]})
    >>> region_of(users["region"]).to_list()
    ['US', 'KR', <NA>]
    """

    def judge(cells: Sequence[str]) -> pa.Table:
        return pa.table({"region": pa.array([_region(cell, _EVERYWHERE) for cell in cells], pa.string())})

    verdicts = per_distinct(column, judge)
    return series(verdicts["region"], column)


def is_unknown_region(cells: pd.Series[Any], regions: pd.Series[Any]) -> pd.Series[Any]:
    """True where a cell names something, but no country that :func:`region_of` found.

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> cells = users_frame({"region": ["Peru", "Atlantis", "n/a", None]})["region"]
    >>> is_unknown_region(cells, region_of(cells)).to_list()
    [False, True, False, False]
    """
    verdicts = per_distinct(cells, lambda values: pa.table({"blank": pa.array(map(says_nothing, values), pa.bool_())}))
    return ~series(verdicts["blank"].fill_null(True), cells).astype(bool) & regions.isna()


def are_regions(cells: Sequence[str]) -> bool:
    """Whether at least half of some cells are countries; languages are loaded only if English does not tell.

    Examples
    --------
    >>> are_regions(["Peru", "Deutschland", "Atlantis"]), are_regions(["CA", "blue", "red"])
    (True, False)
    """
    return any(
        2 * sum(_region(cell, lookups) is not None for cell in cells) >= len(cells) > 0
        for lookups in (_IN_ENGLISH, _EVERYWHERE)
    )


def _region(cell: str, lookups: _Lookups) -> str | None:
    if region := _codes().get(cell.strip().casefold()):
        return region
    if says_nothing(cell):
        return None
    plain = _plain(cell)
    turned = _plain(_turned(cell))
    for names in lookups:
        for name in (plain, turned):
            if name in names():
                return names()[name]
    parts = [part for part in _SEPARATORS.split(cell) if part.strip()]
    regions = {_region(part, lookups) for part in parts} if len(parts) > 1 else {None}
    return regions.pop() if len(regions) == 1 else None


def _plain(name: str) -> str:
    """Letters and digits of a name without case and accents; vowel signs of Indic scripts are letters."""
    letters = unicodedata.normalize("NFKD", _FILLER_WORDS.sub("", name.casefold()))
    return "".join(
        letter
        for letter in letters
        if letter.isalnum() or (unicodedata.category(letter)[0] == "M" and not unicodedata.combining(letter))
    )


def _turned(name: str) -> str:
    """Put what qualifies a name before it: "Korea, Republic of" and "Korea (South)" as they are spoken."""
    qualified = _QUALIFIED.fullmatch(name)
    return f"{qualified[2]} {qualified[1]}" if qualified else name


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> _Names:
    """Names by their plain form; None for one that several countries have."""
    names: dict[str, str | None] = {}
    for name, region in pairs:
        plain = _plain(name)
        if plain and names.setdefault(plain, region) != region:
            names[plain] = None
    return names


@cache
def _codes() -> dict[str, str]:
    """Codes in lower case; those outside ISO 3166 that have telephones, such as XK, and UK, which ISO reserves."""
    codes = {region.lower(): region for region in phonenumbers.SUPPORTED_REGIONS}
    for country in pycountry.countries:
        codes |= dict.fromkeys(
            (country.alpha_2.lower(), country.alpha_3.lower(), country.numeric), str(country.alpha_2)
        )
    return codes | {"uk": get_global("territory_aliases")["UK"][0]}


@cache
def _english_names() -> _Names:
    return _unambiguous([*_codes().items(), *_territories("en"), *_iso_names()])


def _territories(language: str) -> Iterator[tuple[str, str]]:
    """Names of all countries in a language, as CLDR has them."""
    regions = set(_codes().values())
    # without what a language inherits: merging whole languages takes longer than all the rest
    names = localedata.load(language, merge_inherited=False).get("territories", {})
    for region, name in names.items():
        if region in regions:
            yield name, region


def _iso_names() -> Iterator[tuple[str, str]]:
    """English names of ISO 3166: as listed ("Korea, Republic of"), as spoken, and without what qualifies them."""
    for country in pycountry.countries:
        for name in _names_of(country):
            yield name, country.alpha_2
            yield _turned(name), country.alpha_2
            yield re.split("[,(]", name)[0], country.alpha_2


def _names_of(country: Any) -> Iterator[str]:
    for kind in ("name", "official_name", "common_name"):
        if name := getattr(country, kind, None):
            yield name


@cache
def _derived_names() -> _Names:
    """Parts of names ("Great Britain", "Bosnia"), countries within countries ("England"), and initials ("UAE")."""

    def pairs() -> Iterator[tuple[str, str]]:
        for country in pycountry.countries:
            for name in _names_of(country):
                for part in name.rpartition(" of ")[2].split(" and "):
                    yield part, country.alpha_2
        for subdivision in pycountry.subdivisions:
            if subdivision.type == "Country":
                yield subdivision.name.partition(" [")[0], subdivision.country_code
        for name, region in _territories("en"):
            if len(words := re.findall(r"\w+", _FILLER_WORDS.sub("", name.lower()))) > 2:
                yield "".join(word[0] for word in words), region

    return _unambiguous(pairs())


@cache
def _foreign_names() -> _Names:
    """Names in every language that is official somewhere; the ISO names (often formal) in a country's own only."""
    regions = sorted(set(_codes().values()))
    languages = {region: get_official_languages(region, de_facto=True) for region in regions}

    def pairs() -> Iterator[tuple[str, str]]:
        spoken = {language for official in languages.values() for language in official}
        for language in sorted(spoken | {language.partition("_")[0] for language in spoken}):
            if localedata.exists(language):
                yield from _territories(language)
        for country in pycountry.countries:
            for language in languages[country.alpha_2]:
                translation = _translation(language)
                for name in _names_of(country):
                    yield translation.gettext(name), country.alpha_2

    return _unambiguous(pairs())


@cache
def _translation(language: str) -> gettext.NullTranslations:
    """Translations of the ISO names; the names themselves where pycountry has none."""
    spellings: Sequence[str] = [language, language.partition("_")[0]]
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=spellings, fallback=True)


_IN_ENGLISH: _Lookups = (_english_names, _derived_names)
_EVERYWHERE: _Lookups = (*_IN_ENGLISH, _foreign_names)
