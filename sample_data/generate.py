"""Write the sample data of passage_kit: ``python sample_data/generate.py`` makes the same files every time.

``legacy_users.csv`` is what an old shop system might export: mostly ordinary rows, and among them every trap that
the kit's rules name. The people are made up; their emails are at domains reserved for examples, except where a rule is
about a real one, and their phones come from ranges kept for fiction where the country has one that counts as valid.
"""

from __future__ import annotations

import csv
import io
import random
import sqlite3
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from people import COUNTRIES, FAMILY_NAMES, GIVEN_NAMES, Country

SEED = 20240301
ORDINARY = 1_860  # people before the duplicates are added
KEY, EMAIL, MOBILE, COUNTRY = "Cust No", "E-Mail Address", "Mobile", "Country"
FIRST, LAST, BORN, NEWSLETTER, PLAN = "First Name", "Last Name", "Date of Birth", "Newsletter?", "Plan"
POINTS, SINCE, LOGIN, NOTES = "Loyalty Points", "Member Since", "Last Login", "Notes"
HEADER = [KEY, EMAIL, MOBILE, COUNTRY, FIRST, LAST, BORN, NEWSLETTER, PLAN, POINTS, SINCE, LOGIN, NOTES]
DOMAINS = ["example.com", "example.org", "example.net", "mail.example.com", "post.example.org", "team.example.net"]
REMARKS = ["called about an invoice", "prefers email", "moved in May", 'likes the "blue" one', "VIP, do not archive"]

Row = dict[str, str]
Rewrite = Callable[[Row], str]

# Usable spellings of an email: {email} is the plain address, {name} the person.
EMAIL_RENDERINGS = [
    "{upper}", "{email} ", "  {email}", "\u00a0{email}", "{email}\u200b", "\ufeff{email}", "\u2003{email}\u202f",
    "\u2060{email}", "mailto:{email}", "MAILTO:{upper}", "{name} <{email}>", '"{name}" <{email}>', "<{email}>",
    "'{email}'", '"{email}"', "“{email}”", "{email},", "{email};", "{email}.", " <{upper}>; ",
]  # fmt: skip

# Cells of an email column that are no address to sign in with.
BAD_EMAILS = [
    "n/a", "N/A", "none", "-", "unknown", "test@test.com", "noreply@example.com", "no-reply@example.org",
    "anna.lee@", "@example.org", "anna.lee.example.org", "anna@@example.org", "anna@example", "anna lee@example.org",
    "anna..lee@example.org", ".anna@example.org", "anna@exa mple.org", "anna(at)example.org", "anna@-example.org",
    "anna@localhost", "ask at the counter", "anna@example.org; lee@example.org", "anna@example.org, lee@example.net",
    "anna@example.org / lee@example.org", "anna@example.org lee@example.org",
]  # fmt: skip

# Fictional people at real domains: one slip away from a popular one (a warning), and one that is right.
SLIPPED_EMAILS = [
    "marisol.ficticia@gmial.com", "fictional.frida@gmal.com", "imaginary.ike@hotmial.com", "invented.ines@yahooo.com",
    "no.such.person.at.all@outlok.com", "fictional.person.fred@gmail.com",
]  # fmt: skip
OTHER_EMAILS = ["post@bücher.example.org", "jürgen.fiktiv@example.org", "o'brien@example.net", "x@example.org"]

# Cells of a phone column that cannot be dialled.
BAD_PHONES = [
    "n/a", "-", "none", "unknown", "0000000000", "1234567890", "9999999999", "12345", "call the office", "+1 415 555",
    "4.15555E+09", "1.41556E+10", "4,47401E+11", "+1 999 555 0123", "+1 (415) 555-0123 ext. 12", "+1 415 555 0124 x99",
    "+44 20 7946 0018 ext 4", "+1 415 555 0125 / +1 415 555 0126", "+1 415 555 0127; +1 415 555 0128",
    "030 23125001, 030 23125002", "+49 30 23125003 oder +49 171 3920001",
]  # fmt: skip

# Phones that no text message reaches (a warning), with the country of their rows.
FIXED_PHONES = [
    ("020 7946 0011", "GB"), ("+44 20 7946 0012", "United Kingdom"), ("030 23125110", "Deutschland"),
    ("+49 69 90009123", ""), ("01 99 00 12 34", "France"), ("+1 800 555 0123", "US"), ("1-800-555-0199", "US"),
]  # fmt: skip

# Phones whose country is unknown without a default.
HOMELESS_PHONES = [("415 555 0131", "Atlantis"), ("415 555 0132", "??"), ("0171 3920098", ""), ("0171 3920099", "")]

BOOLEAN_WORDS = ["YES", "No", "true", "FALSE", "1", "0", "Y", "n", "on", "OFF", "y", "N", "True", " yes "]
BAD_BOOLEANS = ["maybe", "ja", "subscribed", "2"]
INTEGER_RENDERINGS = ["42.0", "120.00", " 75 ", "0", "-15", "007", "+30"]
BAD_INTEGERS = ["4.2", "1,250", "1.250,00", "many", "12 points", "1e3"]
BAD_PLANS = ["gold", "Pro", "pro plus", "trial"]
BAD_DATES = ["31/02/1984", "unknown", "1984-13-01", "00/00/0000", "29.02.1981"]


def plain(text: str) -> str:
    """Give the ASCII letters of a name, as they stand in an address."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    return "".join(letter for letter in folded.lower() if "a" <= letter <= "z")


class OldShop:
    """A stand-in for the old system: makes people one by one and never gives an email or a phone twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - data, not a secret
        self.used: set[str] = set()
        self.number = 0

    def person(self) -> Row:
        """Make an ordinary customer: every value good, some blank."""
        country = self.random.choices(list(COUNTRIES.values()), [entry.weight for entry in COUNTRIES.values()])[0]
        first, last = self.random.choice(GIVEN_NAMES[country.names]), self.random.choice(FAMILY_NAMES[country.names])
        login = datetime(2021, 1, 1) + timedelta(minutes=self.random.randrange(1_600_000))
        return {
            KEY: self.next_key(),
            EMAIL: self.email(first, last),
            MOBILE: self.mobile(country) if self.random.random() < 0.7 else "",
            COUNTRY: self.random.choice(country.spellings),
            FIRST: first,
            LAST: last,
            BORN: self.birth_date() if self.random.random() < 0.85 else "",
            NEWSLETTER: self.random.choice(["yes", "no", "no", ""]),
            PLAN: self.random.choice(["free", "free", "free", "basic", "pro", "team", ""]),
            POINTS: str(self.random.randrange(0, 900, 5)) if self.random.random() < 0.8 else "",
            SINCE: (date(2012, 1, 1) + timedelta(days=self.random.randrange(3_200))).isoformat(),
            LOGIN: login.isoformat(sep=" "),
            NOTES: self.random.choice(REMARKS) if self.random.random() < 0.08 else "",
        }

    def next_key(self) -> str:
        """Number the customers as the old system did, with leading zeros."""
        self.number += 1
        return f"{self.number * 7:06d}"

    def email(self, first: str, last: str) -> str:
        """Make an address of a name that nobody has yet."""
        local = ".".join(filter(None, [plain(first), plain(last)])) or "member"
        forms = [local, local.replace(".", ""), local.replace(".", "_")]
        while True:
            ending = self.random.choice(["", str(self.random.randrange(1, 99)), str(self.random.randrange(1960, 2004))])
            address = f"{self.random.choice(forms)}{ending}@{self.random.choice(DOMAINS)}"
            if self.take(address):
                return address

    def mobile(self, country: Country) -> str:
        """Make a mobile number that nobody has yet, written as people of the country do."""
        while True:
            pattern = self.random.choice(country.patterns)
            groups = "".join(str(self.random.randrange(10)) if sign == "#" else sign for sign in pattern)
            if self.take(f"+{country.code}{groups.replace(' ', '')}"):
                break
        national = country.trunk + groups
        if country.code == "1":
            area, exchange, line = groups.split(" ")
            return self.random.choice([f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"+1 {groups}"])
        return self.random.choice([national, f"+{country.code} {groups}", f"+{country.code}{groups.replace(' ', '')}"])

    def take(self, identifier: str) -> bool:
        """Mark an identifier as taken, and return whether it was free."""
        taken = identifier in self.used
        self.used.add(identifier)
        return not taken

    def birth_date(self) -> str:
        """Make a birth date: ISO or, from the days of the old till, day first."""
        born = date(1945, 1, 1) + timedelta(days=self.random.randrange(21_500))
        return born.isoformat() if self.random.random() < 0.8 else born.strftime("%d/%m/%Y")

    def copy_of(self, row: Row, **changes: str) -> Row:
        """Enter a customer again, as shops do: a new number, a later login, and some changes."""
        changed = {HEADER_BY_WORD[word]: value for word, value in changes.items()}
        login = datetime(2024, 2, 1) + timedelta(minutes=self.random.randrange(40_000))
        return {**row, KEY: self.next_key(), LOGIN: login.isoformat(sep=" "), NOTES: "", **changed}


WORDS = "key email mobile country first last born newsletter plan points since login notes"
HEADER_BY_WORD = dict(zip(WORDS.split(), HEADER, strict=True))


def significant(row: Row) -> tuple[Country, str]:
    """Take the row's mobile apart: its country, and the groups of digits without country code and trunk prefix."""
    country = next(entry for entry in COUNTRIES.values() if row[COUNTRY] in entry.spellings)
    abroad = "+" + country.code
    prefix = abroad if row[MOBILE].startswith(abroad) else country.trunk
    groups = row[MOBILE].removeprefix(prefix).translate(str.maketrans("-", " ", "()"))
    return country, groups.strip()


def international(row: Row, *, join: str = " ", prefix: str = "+", trunk: str = "") -> str:
    """Write the row's mobile with its country code."""
    country, groups = significant(row)
    return f"{prefix}{country.code}{join}{trunk and country.trunk and '(0)'}{groups.replace(' ', join)}"


def dress(fresh: Iterator[Row]) -> None:
    """Rewrite values of ordinary rows in every form that the rules know, good and bad."""

    def put(column: str, values: Iterable[str | Rewrite], times: int = 1, **wanted: str) -> None:
        """Rewrite one cell of one more row for each value; ``mobile="filled"`` passes over rows without one."""
        for value in [value for value in values for _ in range(times)]:
            row = next(row for row in fresh if all(row[HEADER_BY_WORD[word]] for word in wanted))
            row[column] = value(row) if callable(value) else value

    put(EMAIL, [render_email(form) for form in EMAIL_RENDERINGS], times=2)
    put(EMAIL, BAD_EMAILS, mobile="filled")
    put(EMAIL, [""], times=40, mobile="filled")  # people with a phone only
    put(EMAIL, SLIPPED_EMAILS + OTHER_EMAILS)
    put(EMAIL, ["customer@example.com"], times=25, mobile="filled")  # typed in at the counter, for everybody
    phones: list[Rewrite] = [
        lambda row: international(row, prefix="00"),
        lambda row: international(row, prefix="00 "),
        lambda row: international(row, join=""),
        lambda row: international(row, join="."),
        lambda row: international(row, join="-"),
        lambda row: international(row, trunk="0"),
        lambda row: international(row, join="\u00a0"),
        lambda row: international(row, join="", prefix="") + ".0",
        lambda row: international(row, join="", prefix=""),
        lambda row: "tel:" + international(row, join=""),
        lambda row: "'" + international(row),
        lambda row: " " + row[MOBILE] + " ",
        lambda row: "\u202a" + international(row) + "\u202c",
    ]
    put(MOBILE, phones, times=2, mobile="filled")
    put(MOBILE, BAD_PHONES)
    put(BORN, BAD_DATES)
    put(SINCE, ["03/04/2019", "05/06/2018", "11/12/2016", "01/02/2020"], times=5)  # ambiguous: day or month first
    put(NEWSLETTER, BOOLEAN_WORDS, times=3)
    put(NEWSLETTER, BAD_BOOLEANS)
    put(POINTS, INTEGER_RENDERINGS, times=2)
    put(POINTS, BAD_INTEGERS)
    put(PLAN, BAD_PLANS)
    put(LAST, [""], times=6)  # a required field
    put(LAST, ["Null", "None", "True", "O'Neil, Jr.", " Nan"])
    put(FIRST, ["anna@example.org", "4711"])  # in the wrong column
    put(FIRST, ["Null", "Maximiliane Friederike Alexandra Konstanze Wilhelmine Theodora", "Ann\tMarie"])
    for number, country in FIXED_PHONES + HOMELESS_PHONES:
        row = next(fresh)
        row[MOBILE], row[COUNTRY] = number, country
    for email, number in [("", ""), ("n/a", "-"), ("none", "0000000000"), ("anna.lee@", "12345"), ("-", "4.15555E+09")]:
        row = next(fresh)  # nobody could sign in with these
        row[EMAIL], row[MOBILE] = email, number


def render_email(form: str) -> Rewrite:
    """Make the function that writes a row's email in one form."""
    return lambda row: form.format(email=row[EMAIL], upper=row[EMAIL].upper(), name=f"{row[FIRST]} {row[LAST]}")


def duplicates(shop: OldShop, fresh: Iterator[Row]) -> list[Row]:
    """Enter people again, and let some share a phone."""
    people = (row for row in fresh if row[MOBILE])
    more: list[Row] = []

    def again(times: int, *changes: Callable[[Row], dict[str, str]]) -> None:
        for _ in range(times):
            person = next(people)
            more.extend(shop.copy_of(person, **change(person)) for change in changes)

    again(30, lambda row: {"email": row[EMAIL].upper()})  # the same email in another case
    again(10, lambda row: {"email": f"mailto:{row[EMAIL]}", "mobile": "", "newsletter": "", "points": ""})
    again(8, lambda row: {"email": row[EMAIL].title(), "plan": "team", "points": "900"})  # says something else
    again(10, lambda row: {"email": f" {row[EMAIL]}", "born": "1970-01-31", "first": row[FIRST].upper()})
    again(5, lambda row: {"email": row[EMAIL]}, lambda row: {"email": row[EMAIL].upper(), "mobile": "n/a"})
    again(12, lambda row: {"email": ""})  # one person without an email the second time
    again(6, lambda row: {"email": "n/a", "mobile": international(row, join="")})
    again(4, lambda row: {"email": shop.email(row[FIRST], row[LAST]), "mobile": ""})  # looks like the same person
    again(3, lambda row: {"email": row[EMAIL], "login": "never"})
    for _ in range(8):  # each entry has what the other lacks
        person = next(people)
        more.append(shop.copy_of(person, points="", newsletter="", born="", since=""))
        person[MOBILE] = ""
    person = next(people)
    person[LAST] = ""
    more.append(shop.copy_of(person))  # a duplicate of a row that lacks a required field
    for _ in range(6):  # two entries of a person with a phone only
        person = shop.copy_of(next(people), email="", mobile=shop.mobile(COUNTRIES["US"]), country="US")
        more += [person, shop.copy_of(person, points="")]
    for size in (2, 2, 2, 3, 3, 4, 2, 2):  # households
        parent = next(people)
        names = shop.random.sample(GIVEN_NAMES["english"], size - 1)
        more += [shop.copy_of(parent, first=name, email=shop.email(name, parent[LAST])) for name in names]
    more.append(shop.copy_of(parent, first="Kit", email=""))  # a child of the last household, with no email
    switchboard = [shop.person() for _ in range(18)]
    more += [{**row, MOBILE: "+1 212 555 0100", COUNTRY: "US", NOTES: "company account"} for row in switchboard]
    aliases = ["fic.tional@gmail.com", "fictional+shop@gmail.com", "Fict.Ional@googlemail.com"]
    more += [shop.copy_of(next(people), email=alias, mobile="") for alias in aliases]
    return more


def with_reading_traps(rows: list[Row]) -> list[str]:
    """Write the rows as lines of CSV, some of them malformed."""
    rows[10][NOTES] = "two lines:\nsecond line, with a comma"
    rows[700][NOTES] = 'she said "never again",\n\nand left'
    lines = [as_line(row[name] for name in HEADER) for row in rows]
    lines[300], lines[301] = (as_line(list(rows[at].values())[:6]) for at in (300, 301))  # end early
    lines[900] = lines[900] + ",moved,twice"  # commas that nobody quoted
    lines[1100] = as_line([*list(rows[1100].values())[:-1], ""]) + '"VIP" customer'  # and quotes that nobody escaped
    for at, line in [(1900, ""), (1500, ""), (1200, "," * (len(HEADER) - 1)), (1000, as_line(HEADER)), (400, "")]:
        lines.insert(at, line)
    lines[-1] = as_line([*list(rows[-1].values())[:-1], ""]) + '"moved to a new ho'  # the export breaks off here
    return ["Customer export - Old Shop 4.2 - 2024-03-01 06:00", as_line(HEADER), *lines]


def as_line(values: Iterable[str]) -> str:
    """Write one record of CSV, without the line ending."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def legacy_rows() -> list[Row]:
    """Make all customers, in the order of the export."""
    shop = OldShop(SEED)
    rows = [shop.person() for _ in range(ORDINARY)]
    fresh = iter(shop.random.sample(rows, len(rows)))
    dress(fresh)
    rows += duplicates(shop, fresh)
    shop.random.shuffle(rows)
    return rows


def write_workbook(path: Path) -> None:
    """Write the second sample, a hand-kept Excel file with typed cells, a title and a second sheet."""
    workbook = Workbook()
    sheet, prices = workbook.active, workbook.create_sheet("Prices")
    sheet.title = "Members"
    sheet.append(["Members of the walking club, spring 2024"])
    sheet.append([])
    sheet.append(
        ["Member No", "Email", "Phone", "Country", "First Name", "Last Name", "Date of Birth", "Newsletter", "Plan",
         "Loyalty Points", "Member Since", "Remark", "Remark"]
    )  # fmt: skip
    for cells in workbook_rows():
        sheet.append(cells)
    for row in [("Plan", "Price"), ("free", 0), ("basic", 4.5), ("pro", 9), ("team", 30)]:
        prices.append(row)
    workbook.save(path)


def workbook_rows() -> list[list[object]]:
    """Make about 200 members whose cells have Excel's types: numbers for phones, dates, booleans."""
    shop = OldShop(SEED + 1)
    people = [shop.person() for _ in range(190)]
    people += [shop.copy_of(person, email=person[EMAIL].upper()) for person in people[20:26]]
    people += [shop.copy_of(person, email="") for person in people[40:80] if person[MOBILE]][:4]
    rows = [typed_cells(row) for row in people]
    rows[5][2], rows[6][2], rows[7][2] = 4.1555501e9 + 0.5, "4.15555E+09", "n/a"
    rows[8][6], rows[9][6], rows[10][6] = "31.12.1979", "soon", 28_550  # the last: a date that lost its format
    rows[11][9], rows[12][9], rows[13][9] = 4.2, "1,250", 75.0
    rows[14][7], rows[15][7], rows[16][1] = "yes", 1, "#N/A"
    rows.insert(100, [])
    return rows


def typed_cells(row: Row) -> list[object]:
    """Convert a row to the types that Excel gives typed-in values."""
    phone = significant(row)[1].replace(" ", "") if row[MOBILE] else ""  # Excel drops a leading zero
    day_first = "/" in row[BORN]
    born = row[BORN] and datetime.strptime(row[BORN], "%d/%m/%Y" if day_first else "%Y-%m-%d")
    return [
        int(row[KEY]),
        row[EMAIL],
        int(phone) if phone else None,
        row[COUNTRY],
        row[FIRST],
        row[LAST],
        born.date() if born else None,
        {"yes": True, "no": False}.get(row[NEWSLETTER]),
        row[PLAN] or None,
        int(row[POINTS]) if row[POINTS] else None,
        datetime.fromisoformat(row[SINCE]),
        row[NOTES] or None,
        "paid" if row[POINTS] else None,
    ]


def write_application(path: Path) -> None:
    """Write the old shop's own database: its users table, some days after the export."""
    later = OldShop(SEED + 2)
    later.number = 10_000
    rows = sorted(legacy_rows(), key=lambda row: row[KEY])[5:]  # some were deleted since the export
    rows += [later.person() for _ in range(12)]  # and some came
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE users "
        "(id INTEGER PRIMARY KEY, email TEXT, mobile TEXT, first_name TEXT, last_name TEXT, since TEXT)"
    )
    database.executemany(
        "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)",
        [(int(row[KEY]), *(row[name] or None for name in (EMAIL, MOBILE, FIRST, LAST, SINCE))) for row in rows],
    )
    database.commit()
    database.execute("VACUUM")
    database.close()


def main(folder: Path) -> None:
    """Write the CSV, the Excel sample and the database; the files about the metadata fields are written by hand."""
    lines = with_reading_traps(legacy_rows())
    (folder / "legacy_users.csv").write_text("\n".join(lines), encoding="utf-8-sig", newline="")
    write_workbook(folder / "legacy_users.xlsx")
    write_application(folder / "application.db")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
