"""Sentences about the rows that an option touches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from passage_kit.metadata.dates import DateEvidence, parse_dates
from passage_kit.translations import gettext, long_date, ngettext, number


def say_evidence(name: str, found: DateEvidence) -> str:
    """Describe the evidence of a column for the order of day and month; give "" if no date needs it."""
    counts = (
        (found.day_first, gettext("{count} can only be day first", count=number(found.day_first))),
        (found.month_first, gettext("{count} can only be month first", count=number(found.month_first))),
        (found.undecidable, gettext("{count} may be either", count=number(found.undecidable))),
    )
    said = [text for count, text in counts if count]
    return f"{gettext('{heading}:', heading=name)} {', '.join(said)}." if said else ""


def say_numbers(example: str, rows: int, withheld: int) -> str:
    """Say how many dates are bare numbers, which day the first of them is for Excel, and how many are withheld.

    Examples
    --------
    >>> say_numbers("45123", 3, 0)
    '3 rows have a bare number for a date, such as 45123. As Excel counts days, that is 16 July 2023.'
    """
    said = [
        ngettext(
            "{count} row has a bare number for a date, such as {example}.",
            "{count} rows have a bare number for a date, such as {example}.",
            rows,
            example=example,
        )
    ]
    [day] = parse_dates(pa.array([example]), numeric_dates="excel").days
    if not np.isnat(day):
        said.append(gettext("As Excel counts days, that is {day}.", day=long_date(day.item())))
    if withheld:
        said.append(ngettext("{count} is withheld.", "{count} are withheld.", withheld))
    return " ".join(said)


def say_closed(rows: int, kinds: str, *, rejected: bool) -> str:
    """Say how many people have closed accounts, of which kinds, and what becomes of them."""
    if not rows:
        return ngettext("{count} row has a closed account.", "{count} rows have a closed account.", rows)
    if rejected:
        return ngettext(
            "{count} row has a closed account ({kinds}): is rejected.",
            "{count} rows have a closed account ({kinds}): are rejected.",
            rows,
            kinds=kinds,
        )
    return ngettext(
        "{count} row has a closed account ({kinds}): goes on.",
        "{count} rows have a closed account ({kinds}): go on.",
        rows,
        kinds=kinds,
    )


def say_shared(rows: int, chosen: str) -> str:
    """Say what becomes of the rows with a phone that others share."""
    match chosen:
        case "withhold":
            return ngettext(
                "{count} row has a phone that people with different emails share: it is withheld.",
                "{count} rows have a phone that people with different emails share: it is withheld.",
                rows,
            )
        case "survivor":
            return ngettext(
                "{count} row has a phone that is left to another person who has it, too.",
                "{count} rows have a phone that is left to another person who has it, too.",
                rows,
            )
        case "merge":
            return ngettext(
                "{count} row is absorbed into a person with another email, because of a shared phone.",
                "{count} rows are absorbed into a person with another email, because of a shared phone.",
                rows,
            )
    return ngettext(
        "{count} row is rejected, because people with different emails share the phone.",
        "{count} rows are rejected, because people with different emails share the phone.",
        rows,
    )
