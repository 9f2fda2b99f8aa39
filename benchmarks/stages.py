"""The time of each stage: `python stages.py INPUT FOLDER` prints the seconds of each stage, as JSON.

Besides the stages of a whole preparation, emails and phones alone: by the kit, and by calling the library for each
distinct value of the first 100,000 rows.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from row_by_row import REGIONS

import passage_kit as pk
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.preparation import run as preparation
from passage_kit.progress import Stages

SAMPLE = 100_000  # rows whose distinct values the libraries see


class Timed(Stages):
    """Stages that remember when each one began."""

    began: list[tuple[str, float]] = []  # noqa: RUF012 - one run a process

    def next(self, *, rows: int | None = None) -> None:
        self.began.append((list(preparation.STAGES)[len(self.began)], time.perf_counter()))
        super().next(rows=rows)


def stages(source: str, folder: str) -> dict[str, float]:
    """Measure the seconds of each stage of a preparation."""
    preparation.Stages = Timed  # type: ignore[misc]
    pk.prepare(source, out=folder)
    names, times = zip(*Timed.began, strict=True)
    return dict(zip(names, (b - a for a, b in zip(times, [*times[1:], time.perf_counter()], strict=True)), strict=True))


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def with_library(emails: pd.Series, phones: pd.Series, regions: pd.Series) -> dict[str, float]:
    """Measure the seconds of the libraries for the distinct values of some rows."""

    def each_email() -> None:
        for value in emails.dropna().unique():
            try:
                validate_email(value.strip(), check_deliverability=False)
            except EmailNotValidError:
                continue

    def each_phone() -> None:
        pairs = pd.DataFrame({"phone": phones, "region": regions.map(REGIONS)}).dropna().drop_duplicates()
        for phone, region in zip(pairs["phone"], pairs["region"], strict=True):
            try:
                number = phonenumbers.parse(phone, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.UNKNOWN:
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    return {"emails, library": seconds(each_email), "phones, library": seconds(each_phone)}


def identifiers(source: str) -> dict[str, float]:
    """Measure the seconds for emails and phones per row of the input, by the kit and by the libraries."""
    users = pk.read_users(source)
    first = users.head(SAMPLE)
    library = with_library(first["email"], first["phone"], first["country"])
    figures = {
        "emails": seconds(lambda: normalize_emails(users["email"])) / len(users),
        "phones": seconds(lambda: normalize_phones(users["phone"], region=users["country"])) / len(users),
    }
    return figures | {name: taken / len(first) for name, taken in library.items()}


if __name__ == "__main__":
    source, folder = sys.argv[1:]
    whole = stages(source, str(Path(folder)))
    print(json.dumps({"stages": whole, "a row": identifiers(source)}))
