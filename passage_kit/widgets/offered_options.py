"""What the panel of options offers: the values of each option by their names in the language of the reader."""

from __future__ import annotations

from functools import cache

import phonenumbers
from babel import localedata

from passage_kit.translations import gettext, language


def pluses_offered() -> list[tuple[str, str]]:
    """List the ways to read phones without a plus."""
    return [
        (gettext("As the column and the system show"), ""),
        (gettext("They lost it: read them with a +"), "lost"),
        (gettext("They never had one: read them in their country"), "never"),
    ]


def date_orders_offered() -> list[tuple[str, str]]:
    """List the orders of day and month."""
    return [
        (gettext("As the dates of each column prove"), ""),
        (gettext("Day first: 03/04 is 3 April"), "DMY"),
        (gettext("Month first: 03/04 is March 4"), "MDY"),
    ]


def numeric_dates_offered() -> list[tuple[str, str]]:
    """List what bare numbers of date columns may be."""
    return [
        (gettext("No date, unless a whole column counts time"), ""),
        (gettext("Days as Excel counts them: 45123 is 16 July 2023"), "excel"),
        (gettext("Seconds since 1970"), "epoch_s"),
        (gettext("Milliseconds since 1970"), "epoch_ms"),
        (gettext("Microseconds since 1970"), "epoch_us"),
        (gettext("Windows time: tenths of a microsecond since 1601"), "filetime"),
    ]


def survivors_offered() -> list[tuple[str, str]]:
    """List the rules for the row of a person that stays."""
    return [
        (gettext("The most complete row, then the first"), "complete"),
        (gettext("The first row"), "first"),
        (gettext("The last row"), "last"),
        (gettext("The newest row, by the column mapped to 'order'"), "newest"),
        (gettext("The oldest row, by the column mapped to 'order'"), "oldest"),
    ]


def shared_phones_offered() -> list[tuple[str, str]]:
    """List what may become of a phone of several people."""
    return [
        (gettext("Withhold it from all of them"), "withhold"),
        (gettext("Leave it to the row that would survive"), "survivor"),
        (gettext("Merge them: they are one person"), "merge"),
        (gettext("Reject all their rows"), "reject"),
    ]


def closed_accounts_offered() -> list[tuple[str, str]]:
    """List what may become of closed accounts."""
    return [
        (gettext("Keep them, with a warning"), "keep"),
        (gettext("Leave them out"), "reject"),
    ]


def null_words_offered() -> list[tuple[str, str]]:
    """List the ways to take words for nothing."""
    return [
        (gettext("Those that the file shows to mean nothing"), "auto"),
        (gettext("None: somebody may be called Null"), "none"),
    ]


def regions_offered() -> list[tuple[str, str]]:
    """List the countries with telephones, and none."""
    return _countries(language())


@cache
def _countries(spoken: str) -> list[tuple[str, str]]:
    """List the countries with telephones by their names in a language."""
    names = localedata.load(spoken)["territories"]
    countries = sorted((f"{names.get(code, code)} ({code})", code) for code in phonenumbers.SUPPORTED_REGIONS)
    return [(gettext("None: withhold such phones"), ""), *countries]
