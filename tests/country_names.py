"""Write the names of countries that the package carries: `python tests/country_names.py`.

They are those of CLDR (by way of Babel) and of ISO 3166 (by way of pycountry), in English and in every language that is
official somewhere. Deriving them takes longer than preparing 100,000 users, so the package has them written out, and
the tests compare.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

import phonenumbers
import pycountry
from babel import localedata
from babel.core import get_global
from babel.languages import get_official_languages

from passage_kit.identifiers.regions import FILLER_WORDS, NAMES_PATH, plain_name, turned_name

_SHARED = "-"  # instead of a country: several countries have the name
_SOURCES = """# Names of countries from Unicode CLDR (Unicode License v3) and iso-codes (LGPL 2.1 or later), as in
# {}; written by tests/country_names.py.
"""


def sources() -> str:
    """First lines of the file: where the names come from."""
    return _SOURCES.format(", ".join(f"{name} {version(name)}" for name in ("babel", "pycountry", "phonenumbers")))


def country_names() -> str:
    """Content of the file: a country a line, its codes, its names, with tabs between."""
    codes = _codes()
    names = _unambiguous(_foreign_names(codes)) | _unambiguous(_derived_names(codes)) | _unambiguous(_english(codes))
    lines = []
    for region in [*sorted(set(codes.values())), _SHARED]:
        of_region = sorted(code for code, other in codes.items() if other == region)
        known = sorted(name for name, other in names.items() if (other or _SHARED) == region)
        lines.append("\t".join([region, " ".join(of_region), " ".join(known)]))
    return sources() + "\n".join(lines) + "\n"


def _codes() -> dict[str, str]:
    """Codes in lower case; those outside ISO 3166 that have telephones, such as XK, and UK, which ISO reserves."""
    codes = {region.lower(): region for region in phonenumbers.SUPPORTED_REGIONS}
    for country in pycountry.countries:
        codes |= dict.fromkeys(
            (country.alpha_2.lower(), country.alpha_3.lower(), country.numeric), str(country.alpha_2)
        )
    return codes | {"uk": get_global("territory_aliases")["UK"][0]}


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Names by their plain form; None for one that several countries have."""
    names: dict[str, str | None] = {}
    for name, region in pairs:
        plain = plain_name(name)
        if plain and names.setdefault(plain, region) != region:
            names[plain] = None
    return names


def _english(codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """English names of ISO 3166: as listed ("Korea, Republic of"), as spoken, and without what qualifies them."""
    yield from codes.items()
    yield from _territories("en", codes)
    for country in pycountry.countries:
        for name in _names_of(country):
            yield name, country.alpha_2
            yield turned_name(name), country.alpha_2
            yield re.split("[,(]", name)[0], country.alpha_2


def _derived_names(codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Parts of names ("Great Britain", "Bosnia"), countries within countries ("England"), and initials ("UAE")."""
    for country in pycountry.countries:
        for name in _names_of(country):
            for part in name.rpartition(" of ")[2].split(" and "):
                yield part, country.alpha_2
    for subdivision in pycountry.subdivisions:
        if subdivision.type == "Country":
            yield subdivision.name.partition(" [")[0], subdivision.country_code
    for name, region in _territories("en", codes):
        if len(words := re.findall(r"\w+", FILLER_WORDS.sub("", name.lower()))) > 2:
            yield "".join(word[0] for word in words), region


def _foreign_names(codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Names in every language that is official somewhere; the ISO names (often formal) in a country's own only."""
    languages = {region: get_official_languages(region, de_facto=True) for region in sorted(set(codes.values()))}
    spoken = {language for official in languages.values() for language in official}
    for language in sorted(spoken | {language.partition("_")[0] for language in spoken}):
        if localedata.exists(language):
            yield from _territories(language, codes)
    for country in pycountry.countries:
        for language in languages[country.alpha_2]:
            translation = _translation(language)
            for name in _names_of(country):
                yield translation.gettext(name), country.alpha_2


def _territories(language: str, codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Names of all countries in a language, as CLDR has them."""
    regions = set(codes.values())
    names = localedata.load(language, merge_inherited=False).get("territories", {})
    for region, name in names.items():
        if region in regions:
            yield name, region


def _names_of(country: Any) -> Iterator[str]:
    for kind in ("name", "official_name", "common_name"):
        if name := getattr(country, kind, None):
            yield name


def _translation(language: str) -> gettext.NullTranslations:
    """Translations of the ISO names; the names themselves where pycountry has none."""
    spellings: Sequence[str] = [language, language.partition("_")[0]]
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=spellings, fallback=True)


if __name__ == "__main__":
    NAMES_PATH.write_text(country_names(), encoding="utf-8", newline="\n")
