"""How people write emails, phones and countries: the words of which known answers are made."""

# ruff: noqa: E501 - tables

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

EMAIL_LOCALS = [
    "anna.{}", "{}", "lee-{}", "o'neil{}", "m_{}", "{}+shop", "x{}.y", "jane.doe.{}", "info{}", "{{{}}}", "testa{}", "n.a.{}",
]  # fmt: skip
EMAIL_DOMAINS = [
    *["example.com", "example.org", "example.net"] * 4,
    "mail.example.com", "a.b.example.org", "my-shop.example.net", "xn--bcher-kva.example.org",
    "gmial.com", "hotmial.com",  # a slip is a warning, not a correction
]  # fmt: skip

EmailRendering = Callable[[str], str]
EMAIL_RENDERINGS: list[EmailRendering] = [
    str.upper,
    str.title,
    str.swapcase,
    lambda email: f" {email}",
    lambda email: f"{email}  ",
    lambda email: f"\t{email}\r\n",
    lambda email: f"\u00a0{email}\u00a0",
    lambda email: f"\u2003{email}\u202f",
    lambda email: f"\u3000{email}",
    lambda email: f"{email}\u200b",
    lambda email: f"\ufeff{email}",
    lambda email: f"\u2060{email}\u200d",
    lambda email: f"\u200e{email}",
    lambda email: f"mailto:{email}",
    lambda email: f"MAILTO:{email.upper()}",
    lambda email: f"mailto: {email}",
    lambda email: f"<{email}>",
    lambda email: f"Anna Lee <{email}>",
    lambda email: f'"Anna Lee" <{email}>',
    lambda email: f'"Lee, Anna" <{email.upper()}>',
    lambda email: f"Lee, Anna <{email}>",
    lambda email: f"Zoë Müller (Shop) <{email}>",
    lambda email: f"Anna <mailto:{email}>",
    lambda email: f"'{email}'",
    lambda email: f'"{email}"',
    lambda email: f"“{email}”",
    lambda email: f"‘{email}’",
    lambda email: f"{email},",
    lambda email: f"{email};",
    lambda email: f"{email}.",
    lambda email: f"{email} ; ",
    lambda email: f' "{email.upper()}"; ',
    lambda email: f"Anna Lee <{email}>;",
    lambda email: f"mailto:{email}.",
    lambda email: email.replace("xn--bcher-kva", "bücher"),
    lambda email: email.replace("xn--bcher-kva", "BÜCHER").upper(),
    lambda email: email.replace("xn--bcher-kva", "bu\u0308cher"),
]

NO_EMAILS = ["", "", "", "", " ", "\u00a0"]
NOBODYS_EMAILS = [
    "n/a", "N/A", "na", "none", "None", "-", "--", "unknown", "no email", "test@test.com", "noreply@example.com",
    "no-reply@example.org", "NoReply@Example.net",
]  # fmt: skip
BAD_EMAILS = [
    *NOBODYS_EMAILS, "anna@", "@example.org", "anna.example.org", "anna@@example.org",
    "anna@lee@example.org", "anna@example", "anna lee@example.org", "anna@exam ple.org", "anna..lee@example.org",
    ".anna@example.org", "anna.@example.org", "anna@example..org", "anna@-example.org", "anna@.example.org",
    "anna(at)example.org", "anna at example.org", "anna@localhost", "anna@shop.test", "www.example.org", "mailto:", "<>",
    "Anna Lee", "+1 415 555 0123", f"anna@{'a' * 64}.example.org", 
    "a1@example.org; a2@example.org", "a1@example.org,a2@example.org", "a1@example.org a2@example.org",
    "a1@example.org / a2@example.net", "a1@example.org|a2@example.org", "Ann <a1@example.org>, Bo <a2@example.org>",
    "a1@example.org\na2@example.org",
]  # fmt: skip


@dataclass(frozen=True)
class Country:
    """A country: its calling code, its trunk prefix, numbers (``#`` any digit, ``N`` 2 to 9), how it is named."""

    region: str
    code: str
    trunk: str
    patterns: tuple[str, ...]
    spellings: tuple[str, ...]


def _of(*names: str) -> tuple[str, ...]:
    """Spell names also in other case and with space around."""
    return (*names, *(name.upper() for name in names), f" {names[-1].lower()} ")


COUNTRIES = [
    Country("US", "1", "", tuple(f"{area} N## ####" for area in (206, 212, 303, 312, 415, 503, 512, 617, 702, 713)),
            _of("US", "USA", "United States", "United States of America")),
    Country("CA", "1", "", ("416 N## ####", "604 N## ####", "514 N## ####"), _of("CA", "CAN", "Canada")),
    Country("GB", "44", "0", ("7400 ######", "7911 ######", "20 7946 ####"), _of("GB", "UK", "GBR", "United Kingdom", "Great Britain")),
    Country("IE", "353", "0", ("85 ### ####", "87 ### ####"), _of("IE", "IRL", "Ireland", "Éire")),
    Country("DE", "49", "0", ("151 ########", "171 #######", "170 #######", "30 2312 ####"), _of("DE", "DEU", "Germany", "Deutschland")),
    Country("AT", "43", "0", ("664 #######", "676 #######"), _of("AT", "AUT", "Austria", "Österreich")),
    Country("CH", "41", "0", ("78 ### ## ##", "79 ### ## ##"), _of("CH", "CHE", "Switzerland", "Schweiz", "Suisse")),
    Country("FR", "33", "0", ("6 ## ## ## ##", "7 5# ## ## ##"), _of("FR", "FRA", "France")),
    Country("ES", "34", "", ("6## ## ## ##",), _of("ES", "ESP", "Spain", "España")),
    Country("IT", "39", "", ("347 ### ####", "333 ### ####", "06 4### ####"), _of("IT", "ITA", "Italy", "Italia")),
    Country("NL", "31", "0", ("6 1### ####", "6 2### ####"), _of("NL", "NLD", "Netherlands", "Nederland")),
    Country("SE", "46", "0", ("70 ### ## ##", "73 ### ## ##"), _of("SE", "SWE", "Sweden", "Sverige")),
    Country("NO", "47", "", ("4## ## ###", "9## ## ###"), _of("NO", "NOR", "Norway", "Norge")),
    Country("PL", "48", "", ("512 ### ###", "601 ### ###"), _of("PL", "POL", "Poland", "Polska")),
    Country("IN", "91", "0", ("98### #####", "81### #####"), _of("IN", "IND", "India", "भारत")),
    Country("AU", "61", "0", ("412 ### ###", "491 57# ###"), _of("AU", "AUS", "Australia")),
    Country("NZ", "64", "0", ("21 ### ####", "27 ### ####"), _of("NZ", "NZL", "New Zealand")),
    Country("JP", "81", "0", ("90 #### ####", "80 #### ####"), _of("JP", "JPN", "Japan", "日本")),
    Country("BR", "55", "", ("11 9#### ####", "21 9#### ####"), _of("BR", "BRA", "Brazil", "Brasil")),
    Country("ZA", "27", "0", ("71 ### ####", "82 ### ####"), _of("ZA", "ZAF", "South Africa")),
    Country("KR", "82", "0", ("10 #### ####",), _of("KR", "KOR", "South Korea", "대한민국")),
]  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A phone number, in the groups in which it is written."""

    country: Country
    groups: tuple[str, ...]

    @property
    def significant(self) -> str:
        return "".join(self.groups)

    @property
    def e164(self) -> str:
        return f"+{self.country.code}{self.significant}"


PhoneRendering = Callable[[Number], str]


def _international(prefix: str, join: str, after: str = "") -> PhoneRendering:
    return lambda number: f"{prefix}{number.country.code}{join}{join.join(number.groups)}{after}"


def _national(join: str) -> PhoneRendering:
    return lambda number: number.country.trunk + join.join(number.groups)


def _with_trunk_in_brackets(form: str) -> PhoneRendering:
    """``(0)`` stands only where the 0 is a trunk prefix; elsewhere this rendering is passed over."""
    return lambda number: (
        form.format(number.country.code, " ".join(number.groups)) if number.country.trunk == "0" else ""
    )


def _area_in_brackets(form: str) -> PhoneRendering:
    return lambda number: form.format(
        code=number.country.code, trunk=number.country.trunk, area=number.groups[0], rest="-".join(number.groups[1:])
    )


_FULL_WIDTH = str.maketrans("+0123456789", "＋０１２３４５６７８９")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

# These say which country they are of, whatever stands beside them.
INTERNATIONAL: list[PhoneRendering] = [
    _international("+", ""),
    _international("+", " "),
    _international("+", "-"),
    _international("+", "."),
    _international("+", "\u00a0"),
    _international("+", "\u2009"),
    _international("+", "\u2011"),
    _international("+", "\u2013"),
    _international("+ ", " "),
    _international(" +", " ", "\t"),
    _international("'+", ""),
    _international("tel:+", ""),
    _international("Tel: +", " "),
    _international("\u200e+", " "),
    _international("\u202a+", "", "\u202c"),
    _international("\ufeff+", "", "\u200b"),
    _international('"+', " ", '"'),
    _international("(+", " ", ")"),
    _international("00", ""),
    _international("00", " "),
    _international("00 ", "-"),
    _international("+", "", ".0"),
    _with_trunk_in_brackets("+{} (0) {}"),
    _with_trunk_in_brackets("+{}(0){}"),
    _with_trunk_in_brackets("00{} (0) {}"),
    _area_in_brackets("+{code} ({area}) {rest}"),
    _area_in_brackets("(+{code}) {area} {rest}"),
    lambda number: _international("+", "")(number).translate(_FULL_WIDTH),
    lambda number: _international("+", " ")(number).translate(_ARABIC),
]

# These need the country beside them (or, for +1, the default).
NATIONAL: list[PhoneRendering] = [
    _national(""),
    _national(" "),
    _national("-"),
    _national("."),
    _national("\u00a0"),
    _national("/"),
    lambda number: f" {_national(' ')(number)} ",
    lambda number: f"Tel. {_national(' ')(number)}",
    lambda number: f"'{_national('')(number)}",
    _area_in_brackets("({trunk}{area}) {rest}"),
    _area_in_brackets("{trunk}{area}/{rest}"),
    lambda number: number.significant,  # a spreadsheet took the leading zero
    lambda number: f"{number.significant}.0",
    lambda number: f"{number.country.code}{number.significant}",
    lambda number: f"{number.country.code}{number.significant}.0",
    lambda number: f"{number.country.code} {' '.join(number.groups)}",
    lambda number: f"{_national('')(number)}".translate(_FULL_WIDTH),
    lambda number: f"1-{'-'.join(number.groups)}" if number.country.code == "1" else "",
    lambda number: f"011 {number.country.code} {' '.join(number.groups)}" if number.country.region == "US" else "",
]

NO_PHONES = ["", "", "", "", "", "", " ", "\u00a0"]
BAD_PHONES = [  # beside "US"
    "n/a", "N/A", "none", "-", "--", "unknown", "no phone", "call me", "0", "0000000000", "000-000-0000", "1234567890",
    "123-456-7890", "9999999999", "12345", "555-0100", "415 555", "415555012", "41555501234", "+1 999 555 0123",
    "+1 415 555", "+44 7911", "+999 123456789", "447911123456", "07911 123456", "+", "( )", "anna@example.org",
    "4.15555E+09", "4.1555501E+9", "4,15555E+09", "1.41556E+10", "1.41555E10", "4.47911E+11",
    "+1 415 555 0123 ext. 12", "(415) 555-0123 x99", "415-555-0123 extension 4", "+44 20 7946 0018 ext 4", "4155550123;ext=7",
    "+1 415 555 0125 / +1 415 555 0126", "415-555-0127; 415-555-0128", "415-555-0127, 415-555-0128",
    "+49 30 23125003 / 0171 3920001", "(415) 555-0129 or (415) 555-0130", "415 555 0125\n415 555 0126",
]  # fmt: skip
