"""Countries: the ISO 3166 codes of the texts in a country column.

The names are those of CLDR and ISO 3166, in English and in every language that is official somewhere, written out in
``country_names.tsv``: a country a line, with its codes and its names in plain letters. A name that several
countries have ("Congo", "Korea", "Virgin Islands") stands for none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import phonenumbers
import pyarrow as pa

from passage_kit.columns.placeholders import says_nothing
from passage_kit.columns.users_frame import per_distinct, series

NAMES_PATH = Path(__file__).with_name("country_names.tsv")
FILLER_WORDS = re.compile(r"\b(?:the|and)\b|&")

_QUALIFIED = re.compile(r"\s*([^,(]+?)\s*[,(]\s*([^,()]+?)\s*\)?\s*")
_SEPARATORS = re.compile(r"[()\[\]/|,;:\n]|\s[-–—]\s")
_DIALED = re.compile(r"(?:\+|00)([1-9]\d{0,2})")  # of a country: its main one, since the number says which it is
_SHARED = "-"  # stands for the country of a name that several have


def region_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """Find the country of every cell: its ISO 3166 alpha-2 code.

    Case, accents, punctuation and the words "the" and "and" do not count. A code wins over a placeholder word, so "NA"
    is Namibia, while "n/a" is blank. Nothing is guessed: a name with a slip in it, or one that several countries have,
    gives null.

    Parameters
    ----------
    column : pandas.Series
        Text: alpha-2, alpha-3 or numeric codes, calling codes with their plus (``+49``), names in English or in a
        language that is official somewhere, or several of them for one country ("United States (US)").

    Returns
    -------
    pandas.Series
        Text, null where the cell is blank or not understood; same index and name.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"region": ["U.S.A.", "Korea, Republic of", "Atlantis"]})
    >>> region_of(users["region"]).to_list()
    ['US', 'KR', <NA>]
    """

    def judge(cells: Sequence[str]) -> pa.Table:
        return pa.table({"region": pa.array([_region(cell) for cell in cells], pa.string())})

    verdicts = per_distinct(column, judge)
    return series(verdicts["region"], column)


def is_unknown_region(cells: pd.Series[Any], regions: pd.Series[Any]) -> pd.Series[Any]:
    """Mark the cells that name something in which :func:`region_of` found no country.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> cells = users_frame({"region": ["Peru", "Atlantis", "n/a", None]})["region"]
    >>> is_unknown_region(cells, region_of(cells)).to_list()
    [False, True, False, False]
    """
    verdicts = per_distinct(cells, lambda values: pa.table({"blank": pa.array(map(says_nothing, values), pa.bool_())}))
    return ~series(verdicts["blank"].fill_null(True), cells).astype(bool) & regions.isna()


def are_regions(cells: Sequence[str]) -> bool:
    """Tell whether at least half of some cells are countries.

    Examples
    --------
    >>> are_regions(["Peru", "Deutschland", "Atlantis"]), are_regions(["CA", "blue", "red"])
    (True, False)
    """
    return 2 * sum(_region(cell) is not None for cell in cells) >= len(cells) > 0


def may_be_calling_codes(cells: Sequence[str]) -> bool:
    """Tell whether all cells are calling codes without their plus, which may be numbers of countries as well.

    Examples
    --------
    >>> may_be_calling_codes(["44", "1", "49"]), may_be_calling_codes(["44", "2"])
    (True, False)
    """
    return bool(cells) and all(
        cell.strip().isdecimal() and int(cell) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for cell in cells
    )


def _region(cell: str) -> str | None:
    codes, names = _known()
    if region := codes.get(cell.strip().casefold()):
        return region
    if dialed := _DIALED.fullmatch(cell.strip()):
        region = phonenumbers.region_code_for_country_code(int(dialed[1]))
        return region if region in phonenumbers.SUPPORTED_REGIONS else None
    if says_nothing(cell):
        return None
    for name in (plain_name(cell), plain_name(turned_name(cell))):
        if name in names:
            return names[name]
    parts = [part for part in _SEPARATORS.split(cell) if part.strip()]
    regions = {_region(part) for part in parts} if len(parts) > 1 else {None}
    return regions.pop() if len(regions) == 1 else None


def plain_name(name: str) -> str:
    """Reduce a name to letters and digits without case and accents; vowel signs of Indic scripts are letters.

    Examples
    --------
    >>> plain_name("Côte d'Ivoire")
    'cotedivoire'
    """
    letters = unicodedata.normalize("NFKD", FILLER_WORDS.sub("", name.casefold()))
    return "".join(
        letter
        for letter in letters
        if letter.isalnum() or (unicodedata.category(letter)[0] == "M" and not unicodedata.combining(letter))
    )


def turned_name(name: str) -> str:
    """Put the qualifier of a name before it: "Korea, Republic of" and "Korea (South)" as they are spoken.

    Examples
    --------
    >>> turned_name("Korea, Republic of")
    'Republic of Korea'
    """
    qualified = _QUALIFIED.fullmatch(name)
    return f"{qualified[2]} {qualified[1]}" if qualified else name


@cache
def _known() -> tuple[Mapping[str, str], Mapping[str, str | None]]:
    """List the countries by code in lower case and by name; None for a name that several have."""
    codes = {region.lower(): region for region in phonenumbers.SUPPORTED_REGIONS}
    names: dict[str, str | None] = {}
    for line in NAMES_PATH.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        region, of_region, known = line.split("\t")
        codes |= dict.fromkeys(of_region.split(), region)
        names |= dict.fromkeys(known.split(), None if region == _SHARED else region)
    return codes, names
