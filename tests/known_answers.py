"""Exports whose right answer is known by construction, written from the rules of the data alone.

Nothing here asks the kit. People are made first, with the email and the phone that have to come out; then each of
their rows is written in one of many renderings, and the rows of all people are shuffled. What becomes of a row follows
from whose row it is, so the answer needs no merging of its own. Of the phonenumbers library only two things are used:
whether a number is valid, and that a rendering which leans on the library's reading is read as meant. Where the rules
leave the right answer open, the construct is not made.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import phonenumbers
from renderings import (
    BAD_EMAILS,
    BAD_PHONES,
    COUNTRIES,
    EMAIL_DOMAINS,
    EMAIL_LOCALS,
    EMAIL_RENDERINGS,
    INTERNATIONAL,
    NATIONAL,
    NO_EMAILS,
    NO_PHONES,
    NOBODYS_EMAILS,
    Number,
)

HEADER = ["Customer ID", "E-Mail", "Phone", "Country", "First Name", "City"]
FIRST_NAMES = ["Ada", "Björn", "Céline", "Dörte", "Null", "Łukasz", "Zoë", "O'Neil", "Mei", "Jo"]
CITIES = ["Springfield", "Neustadt", "Villanueva", "Nowhere, Ohio", "São Nenhures"]
DEFAULT_REGION = "US"


@dataclass
class Row:
    """One row of the export: what its cells hold, and which identifiers a reader has to find in them."""

    email: str | None
    phone: str | None
    cells: tuple[str, str, str]  # email, phone, country
    kind: str
    at: int = 0  # source_row, once the rows are shuffled


@dataclass
class Person:
    """The rows of one person. A person whose phone is ``shared`` goes without; one with no identifier is rejected."""

    rows: list[Row]
    shared: bool = False

    def survivor(self, rule: str) -> Row:
        """Choose the row that stays: one with the email, if the person has one."""
        rows = sorted([row for row in self.rows if row.email] or self.rows, key=lambda row: row.at)
        if rule == "last":
            return rows[-1]
        if rule == "complete":  # the rows of a person differ in nothing but phones
            return next((row for row in rows if row.phone), rows[0])
        return rows[0]

    def answer(self, rule: str) -> Iterator[tuple[int, str, int | None, str | None, str | None]]:
        """Say for each row: source_row, disposition, survivor_row, email, phone."""
        stays = self.survivor(rule)
        if not stays.email and not any(row.phone for row in self.rows):
            yield from ((row.at, "rejected", None, None, None) for row in self.rows)
            return
        phone = stays.phone or next((row.phone for row in self.rows if row.phone), None)
        yield stays.at, "kept", None, stays.email, None if self.shared else phone
        yield from ((row.at, "absorbed", stays.at, None, None) for row in self.rows if row is not stays)


@dataclass
class Export:
    """An export and its right answer."""

    people: list[Person]
    rows: list[Row]
    cells: list[list[str]]

    @property
    def raw(self) -> pd.DataFrame:
        """The export as a frame of text."""
        columns = {name: [cells[at] or None for cells in self.cells] for at, name in enumerate(HEADER)}
        index = pd.RangeIndex(1, len(self.cells) + 1, name="source_row")
        return pd.DataFrame(columns, index=index, dtype="string[pyarrow]")

    def write_csv(self, path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
        """Write the export as a file."""
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter, lineterminator="\r\n").writerows([HEADER, *self.cells])
        return path

    def answer(self, rule: str) -> pd.DataFrame:
        """Give the right ``disposition, survivor_row, email, phone`` of every source row."""
        answers = sorted(answer for person in self.people for answer in person.answer(rule))
        names = ["source_row", "disposition", "survivor_row", "email", "phone"]
        return pd.DataFrame(answers, columns=names).astype({"survivor_row": "Int64"}).set_index("source_row")


def reads_abroad(digits: str) -> bool:
    """Tell whether digits are a number with a plus before them."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


@dataclass
class Maker:
    """Makes people, no identifier twice."""

    random: random.Random
    used: set[str] = field(default_factory=set)
    count: int = 0

    def email(self) -> str:
        """Make a new email in normal form."""
        self.count += 1
        local = self.random.choice(EMAIL_LOCALS).format(f"{self.count:x}")
        return f"{local}@{self.random.choice(EMAIL_DOMAINS)}"

    def number(self) -> Number:
        """Make a new valid number."""
        while True:
            country = self.random.choice(COUNTRIES)
            groups = "".join(self.digit(sign) for sign in self.random.choice(country.patterns)).split(" ")
            number = Number(country, tuple(groups))
            varied = len(set(number.significant[-7:])) > 3  # unlike 5555555
            valid = phonenumbers.is_valid_number(phonenumbers.parse(number.e164))
            # In the digits alone there must be one reading only: of two, the column would have to decide.
            doubtful = reads_abroad(number.significant)
            if varied and valid and not doubtful and number.e164 not in self.used:
                self.used.add(number.e164)
                return number

    def digit(self, sign: str) -> str:
        """Fill one place of a pattern: ``#`` any digit, ``N`` 2 to 9."""
        return str(self.random.randrange(2 if sign == "N" else 0, 10)) if sign in "#N" else sign

    def row(self, kind: str, email: str | None, number: Number | None, *, named: bool = True) -> Row:
        """Write a row with the identifiers in some rendering; without one, in some way of saying so.

        Every row of somebody who has several is ``named``, has a country, so that none is more complete by that.
        """
        # A row whose email cannot be read is nobody else, so only one with a phone of its own has such an email.
        none = NO_EMAILS + (BAD_EMAILS if number is None or kind == "phone, no email" else NOBODYS_EMAILS)
        email_cell = self.write_email(email) if email else self.random.choice(none)
        if number is None:
            return Row(email, None, (email_cell, self.random.choice(NO_PHONES + BAD_PHONES), "US"), kind)
        return Row(email, number.e164, (email_cell, *self.write_phone(number, named)), kind)

    def write_email(self, email: str) -> str:
        """Write an email as somebody might."""
        return email if self.random.random() < 0.3 else self.random.choice(EMAIL_RENDERINGS)(email)

    def write_phone(self, number: Number, named: bool) -> tuple[str, str]:
        """Write a phone, and the country beside it, as somebody might."""
        while True:
            own = self.random.choice([number.country, number.country, *COUNTRIES])
            rendering = self.random.choice(NATIONAL + INTERNATIONAL)
            if rendering in INTERNATIONAL:
                spelling = self.random.choice([*own.spellings, *([] if named else ["", "", ""])])
                region = own.region if spelling else DEFAULT_REGION
            else:
                at_home = not named and number.country.code == "1" and self.random.random() < 0.5
                spelling = "" if at_home else self.random.choice(number.country.spellings)
                region = number.country.region
            cell = rendering(number)
            if cell and is_read_as(number.e164, cell, region):
                return cell, spelling

    def people(self) -> list[Person]:
        """Make some people who have to do with each other, or one who has not."""
        make = self.random.choices([construct for construct, _ in CONSTRUCTS], [weight for _, weight in CONSTRUCTS])[0]
        return make(self)


def is_read_as(e164: str, cell: str, region: str) -> bool:
    """Say whether the library alone reads a cell as meant, or, of a leading 00, can read it in no way at all."""
    text = cell.strip().removesuffix(".0")
    try:
        found = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text.startswith("00")
    if phonenumbers.is_valid_number(found):
        return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) == e164
    return text.startswith("00")


Construct = Callable[[Maker], list[Person]]


def single(make: Maker) -> list[Person]:
    return [Person([make.row("email and phone", make.email(), make.number(), named=False)])]


def email_only(make: Maker) -> list[Person]:
    return [Person([make.row("email, no phone", make.email(), None)])]


def phone_only(make: Maker) -> list[Person]:
    return [Person([make.row("phone, no email", None, make.number(), named=False)])]


def nobody(make: Maker) -> list[Person]:
    return [Person([make.row("no identifier", None, None)])]


def blank(make: Maker) -> list[Person]:
    return [Person([Row(None, None, ("", "", ""), "blank")])]


def same_email(make: Maker) -> list[Person]:
    """Two to six rows of one person; some have the phone, in renderings of their own, some none or a bad one."""
    email, number = make.email(), make.number()
    phones = [make.random.choice([number, None]) for _ in range(make.random.randint(2, 6))]
    return [Person([make.row("same email", email, phone) for phone in phones])]


def same_email_other_phones(make: Maker) -> list[Person]:
    """Every row of the person has a phone of its own: the survivor's goes out."""
    email = make.email()
    return [
        Person([make.row("same email, other phones", email, make.number()) for _ in range(make.random.randint(2, 3))])
    ]


def phone_of_one_person(make: Maker) -> list[Person]:
    """Rows without email whose phone is that of one person, be it the phone of a row that is absorbed itself."""
    email, numbers = make.email(), [make.number() for _ in range(make.random.randint(1, 2))]
    known = [make.row("phone of one person", email, number) for number in numbers]
    loose = [make.row("row of that phone", None, make.random.choice(numbers)) for _ in range(make.random.randint(1, 3))]
    return [Person(known + loose)]


def phone_of_filled_person(make: Maker) -> list[Person]:
    """As before, but one of the person's own rows has no phone."""
    email, number = make.email(), make.number()
    rows = [make.row("same email, one phone", email, number), make.row("same email, one phone", email, None)]
    return [Person([*rows, make.row("row of that phone", None, number)])]


def same_phone_only(make: Maker) -> list[Person]:
    number = make.number()
    return [Person([make.row("same phone, no email", None, number) for _ in range(make.random.randint(2, 4))])]


def household(make: Maker) -> list[Person]:
    """People with different emails and one phone; some have a second row, with the phone or without."""
    number, people = make.number(), []
    for _ in range(make.random.randint(2, 4)):
        email = make.email()
        rows = [make.row("household", email, number)]
        if make.random.random() < 0.3:
            rows.append(make.row("household, again", email, make.random.choice([number, None])))
        people.append(Person(rows, shared=True))
    if make.random.random() < 0.3:  # has nothing else to sign in with, so keeps the phone
        loose = [make.row("household, no email", None, number) for _ in range(make.random.randint(1, 2))]
        people.append(Person(loose))
    return people


def switchboard(make: Maker) -> list[Person]:
    number = make.number()
    return [
        Person([make.row("switchboard", make.email(), number)], shared=True) for _ in range(make.random.randint(8, 30))
    ]


def everybodys_email(make: Maker) -> list[Person]:
    """One address on 40 rows stands for none, so that only the phones count."""
    email, people = make.email(), []
    for at in range(40):
        row = make.row("everybody's email", None, make.number() if at % 8 else None)
        people.append(Person([Row(None, row.phone, (make.write_email(email), *row.cells[1:]), row.kind)]))
    return people


def aliases(make: Maker) -> list[Person]:
    """Gmail reads these as one mailbox; the kit only says so."""
    make.count += 1
    name = f"fictional.{make.count:x}"
    forms = [
        f"{name}@gmail.com",
        f"{name.replace('.', '')}@gmail.com",
        f"{name}+shop@gmail.com",
        f"{name}@googlemail.com",
    ]
    return [Person([make.row("gmail alias", form, make.number())]) for form in make.random.sample(forms, 2)]


CONSTRUCTS: list[tuple[Construct, float]] = [
    (single, 60), (email_only, 14), (phone_only, 12), (nobody, 4), (blank, 0.5), (same_email, 6),
    (same_email_other_phones, 3), (phone_of_one_person, 3), (phone_of_filled_person, 1.5), (same_phone_only, 2.5),
    (household, 3), (switchboard, 0.1), (everybodys_email, 0.03), (aliases, 0.7),
]  # fmt: skip


def make_export(rows: int, *, seed: int) -> Export:
    """Make an export of that many rows; the same seed gives the same export."""
    make = Maker(random.Random(seed))  # noqa: S311 - data, not a secret
    people = [person for construct in (switchboard, everybodys_email, household) for person in construct(make)]
    count = sum(len(person.rows) for person in people)
    while count < rows:
        related = make.people()
        size = sum(len(person.rows) for person in related)
        if count + size <= rows:
            people += related
            count += size
    shuffled = [row for person in people for row in person.rows]
    make.random.shuffle(shuffled)
    cells = []
    for at, row in enumerate(shuffled, start=1):
        row.at = at
        filled = row.kind != "blank"
        rest = [make.random.choice(FIRST_NAMES), make.random.choice(CITIES)] if filled else ["", ""]
        cells.append([f"{at:07d}" if filled else "", *row.cells, *rest])
    return Export(people, shuffled, cells)


def differences(export: Export, rule: str, users: pd.DataFrame, ledger: pd.DataFrame, *, most: int = 20) -> str:
    """Say in what a preparation differs from the right answer, the first rows in full; "" if it does not."""
    right = export.answer(rule)
    found = ledger[["disposition", "survivor_row"]].join(users[["email", "phone"]]).reindex(right.index)
    wrong = pd.Series(False, index=right.index)
    for name in right.columns:
        ours, theirs = right[name].astype(object), found[name].astype(object)
        both_blank = ours.isna() & theirs.isna()
        wrong |= ~((ours == theirs).fillna(False).astype(bool) | both_blank)
    lines = [
        f"row {at} ({export.rows[at - 1].kind}): cells {export.rows[at - 1].cells!a}\n"
        f"    right: {_line(right.loc[at])}\n    found: {_line(found.loc[at])}  codes: {ledger.loc[at, 'codes']}"
        for at in right.index[wrong][:most]
    ]
    return "\n".join([f"{int(wrong.sum())} of {len(right)} rows differ", *lines]) if lines else ""


def _line(values: pd.Series) -> str:
    return ", ".join(f"{name} {value!s}" for name, value in values.items() if not pd.isna(value))
