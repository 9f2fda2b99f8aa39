"""What the kit is measured against, each a process of its own: `python baselines.py NAME INPUT OUTPUT`.

- ``rows``: the plain way, row by row: csv, email-validator, phonenumbers, a dict for the duplicates.
- ``distinct``: the same libraries, called once per distinct value, on pandas columns.
- ``arrow``, ``polars``: no work at all: read the file and write it again, the floor.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable

import phonenumbers
from email_validator import EmailNotValidError, validate_email

REGIONS = {
    "US": "US", "Germany": "DE", "France": "FR", "GB": "GB", "Italia": "IT", "ES": "ES", "Nederland": "NL",
    "Poland": "PL", "SE": "SE", "Österreich": "AT", "CH": "CH", "Brazil": "BR", "México": "MX", "India": "IN",
    "Japan": "JP", "AU": "AU", "South Africa": "ZA", "Türkiye": "TR",
}  # fmt: skip


def email_of(text: str) -> str | None:
    """Normal form of an email, or None."""
    text = text.strip().removeprefix("mailto:").removeprefix("MAILTO:")
    if text.endswith(">") and "<" in text:
        text = text[text.index("<") + 1 : -1]
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def phone_of(text: str, country: str) -> str | None:
    """E.164 of a phone, or None."""
    try:
        number = phonenumbers.parse(text, REGIONS.get(country))
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def rows(source: str, target: str) -> None:
    """Row by row, as a script for one migration would do it."""
    people: dict[str, dict[str, str]] = {}
    with open(source, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            email, phone = email_of(row["email"]), phone_of(row["phone"], row["country"])
            if email or phone:
                row |= {"email": email or "", "phone": phone or "", "newsletter": row["newsletter"].lower()[:1]}
                people.setdefault(email or phone or "", row)
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["email", "phone", "first_name", "last_name"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(people.values())


def distinct(source: str, target: str) -> None:
    """The libraries once per distinct value."""
    import pandas as pd

    frame = pd.read_csv(source, dtype=str, keep_default_na=False)
    frame["email"] = frame["email"].map({text: email_of(text) for text in frame["email"].unique()})
    pairs = list(zip(frame["phone"], frame["country"], strict=True))
    phones = {pair: phone_of(*pair) for pair in set(pairs)}
    frame["phone"] = [phones[pair] for pair in pairs]
    frame = frame[frame["email"].notna() | frame["phone"].notna()]
    frame = frame[~frame["email"].duplicated() | frame["email"].isna()]
    frame[["email", "phone", "first_name", "last_name"]].to_csv(target, index=False)


def arrow(source: str, target: str) -> None:
    """Read and write with pyarrow."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = ["id", "email", "phone", "country", "first_name", "last_name", "signed_up", "newsletter"]
    text = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    arrow_csv.write_csv(arrow_csv.read_csv(source, convert_options=text), target)


def polars(source: str, target: str) -> None:
    """Read and write with polars."""
    import polars as pl

    pl.read_csv(source, infer_schema=False).write_csv(target)


BASELINES: dict[str, Callable[[str, str], None]] = {
    "rows": rows,
    "distinct": distinct,
    "arrow": arrow,
    "polars": polars,
}

if __name__ == "__main__":
    BASELINES[sys.argv[1]](*sys.argv[2:])
