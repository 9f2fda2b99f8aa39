"""One cell of phones: what is wrapped around a number, several of them, and what the library says of it.

Here stands each rule on what a cell holds. The judge of whole columns (module ``phone_columns``) makes its patterns of
the same parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import islice, repeat
from typing import NamedTuple

import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from passage_kit.columns.placeholders import says_nothing
from passage_kit.identifiers.phones.phone_remarks import speaks_against

# Digits that stand for no number: the start of a run, or one digit repeated.
SHORTEST = 7  # digits that a number of its own has
SHORTEST_REPEATED = 5
RUNS = ("1234567890", "0123456789", "9876543210")

# A plain number: nothing but digits, what usually stands between them, and a plus first.
BETWEEN_DIGITS = "- ()."
NUMBER = rf"\+?[ (]*[0-9][{BETWEEN_DIGITS}0-9]*"
# A whole number that a spreadsheet has written as a decimal.
WHOLE, DECIMALS = r"\+?[0-9]{5,}", r"[.,]00?"

# What a spreadsheet or a link puts around a number; the apostrophe tells Excel that text follows, ="..." does as well.
WRAPPING = " \n\"'`´‘’‚‛“”„="
DASHES = "‐‑‒–—―−－"  # to the library, they are hyphens
LINK = "tel:"
EXTENSION = r"(?i:x|ext\.?|extension|#)[ :]?(?P<extension>[1-9][0-9]{0,5}) *$"
ABROAD = "00"  # dialled in most countries to reach others; a stray one is read as a plus
BEFORE_EXTENSION = ", extension "  # between a number and its extension, where both are said
LOOKS_LIKE_A_DIGIT = "[OoIlSBZ]"  # by itself and next to a digit, such a letter is a slip and no remark

_DAMAGED = re.compile(r"\+?\d{1,3}([.,]\d+)?E[+-]?\d{1,3}", re.IGNORECASE)
_DECIMAL = re.compile(rf"({WHOLE}){DECIMALS}")
_PLAIN = re.compile(rf" *{NUMBER}")
_LINK = re.compile(rf"{LINK}\s*", re.IGNORECASE)

# The slash stands apart: it also divides an area code from its number.
_SIGN = r"[;,|&\n]|:::|(?=\+)"
_WORD = r"(?<![^\W\d])(?:or|and|und|oder|et|ou|y|o|e|u|en|of|og|och|eller|i|oraz|lub|и|или)(?![^\W\d])"
_BETWEEN, _SIGN_BETWEEN = re.compile(f"{_SIGN}|{_WORD}", re.IGNORECASE), re.compile(_SIGN)
_SLASH = re.compile(r"[/\\／]")
_LONGEST = len("+") + 15  # E.164; the library knows longer numbers in a few countries
_LETTER = re.compile(r"[^\W\d_]")
_SLIP = re.compile(rf"(?<![^\W\d_]){LOOKS_LIKE_A_DIGIT}(?=\d)|(?<=\d){LOOKS_LIKE_A_DIGIT}(?![^\W\d_])")
_DIGITS_AND_REST = re.compile(r"(?P<before>\D*)(?P<digits>\d(?:.*\d)?)(?P<behind>\D*)", re.DOTALL)
_SPELLED = re.compile(r"[-.]?[^\W\d_]")  # a letter behind digits that goes on with the number, as in 1-800-FLOWERS
_EXTENSION = re.compile(EXTENSION)
_PARAMETERS = re.compile(";(?:phone-context|isub)=")  # of a link; the library reads them
_NOT_DIGIT = re.compile(r"\D+")

CODE_ALONE = "a calling code alone"
_MOST_OF_CODE = len(ABROAD) + 3  # digits
_CODE = re.compile(rf"[- ()./]*(?:\+[- ()./]*|{ABROAD}[- ()./]*)?((?<=00)|[1-9][0-9]{{0,2}})[- ()./]*")
_LEADING_ZEROS = re.compile(r"[^+\d]*" + r"[^+\w]*".join(ABROAD))
_OWN_PLUS = re.compile(r"[^+\d]*\+")

_KINDS = {
    PhoneNumberType.FIXED_LINE: ("phone_fixed_line", None),
    PhoneNumberType.TOLL_FREE: ("phone_service_number", "toll-free"),
    PhoneNumberType.PREMIUM_RATE: ("phone_service_number", "premium rate"),
    PhoneNumberType.SHARED_COST: ("phone_service_number", "shared cost"),
    PhoneNumberType.UAN: ("phone_service_number", "company number"),
    PhoneNumberType.PAGER: ("phone_service_number", "pager"),
    PhoneNumberType.VOICEMAIL: ("phone_service_number", "voicemail"),
}
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "no such calling code",
    NumberParseException.NOT_A_NUMBER: "not a number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too short",
    NumberParseException.TOO_SHORT_NSN: "too short",
    NumberParseException.TOO_LONG: "too long",
}
_IMPOSSIBLE = {
    ValidationResult.INVALID_COUNTRY_CODE: "no such calling code",
    ValidationResult.TOO_SHORT: "too short for {}",
    ValidationResult.TOO_LONG: "too long for {}",
    ValidationResult.INVALID_LENGTH: "no number in {} has this length",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "the area code is missing",
    ValidationResult.IS_POSSIBLE: "no such number in {}",
}


class PhoneVerdict(NamedTuple):
    """Verdict on one cell: its number or None, a finding on it, and a warning on the kind of line."""

    number: str | None
    code: str | None = None
    argument: str | None = None
    warning: str | None = None
    warning_argument: str | None = None


JudgeParts = Callable[[Sequence[tuple[str, str | None]]], Sequence[PhoneVerdict]]
VERDICTS = pa.schema([(name, pa.string()) for name in PhoneVerdict._fields])


class _Several(NamedTuple):
    """Text that holds several numbers: its parts with digits, how many are numbers, and whether slashes divide them."""

    text: str
    parts: list[str]
    numbers: int
    divided: bool


class _Reading(NamedTuple):
    """Reading of a text by the library: the number if readable, its kind of line, and why it is not valid."""

    number: PhoneNumber | None
    kind: int = PhoneNumberType.UNKNOWN
    problem: str | None = None
    needs_region: bool = False

    @property
    def is_valid(self) -> bool:
        return self.number is not None and self.problem is None


def stands_for_none(digits: str) -> bool:
    """Recognize one digit repeated, and digits in ascending or descending order.

    Examples
    --------
    >>> [stands_for_none(digits) for digits in ("0000000", "1234567", "1234576")]
    [True, True, False]
    """
    if len(digits) >= SHORTEST and any(run.startswith(digits) for run in RUNS):
        return True
    return len(digits) >= SHORTEST_REPEATED and len(set(digits)) == 1


def judge_cells(
    values: Sequence[str], regions: Sequence[str | None], *, judge_parts: JudgeParts | None = None
) -> pa.Table:
    """Judge cells one by one.

    Parameters
    ----------
    values, regions : sequence of str
        Each cell, and the country of its row or None.
    judge_parts : callable, optional
        Judges the numbers of all cells that hold several, with the country of each. Default: one by one, too.

    Returns
    -------
    pyarrow.Table
        Verdicts in the same order, with the fields of ``PhoneVerdict``.

    Examples
    --------
    >>> judge_cells(["(201) 555-0123", "n/a"], ["US", None]).select(["number", "code"]).to_pylist()
    [{'number': '+12015550123', 'code': 'phone_normalized'}, {'number': None, 'code': 'phone_placeholder'}]
    """
    together = map(_several_in, values) if judge_parts else repeat(None)
    cells = list(zip(values, regions, together, strict=False))  # the last may have no end
    parts = [(part, region) for _, region, several in cells if several for part in several.parts]
    of_parts = iter(judge_parts(parts) if judge_parts and parts else ())
    verdicts = []
    for value, region, several in cells:
        verdict = several and _judge_parts_of(several, list(islice(of_parts, len(several.parts))), region)
        verdicts.append(verdict or judge_cell(value, region))
    columns = zip(*verdicts, strict=True) if verdicts else [()] * len(VERDICTS)
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=VERDICTS)


def judge_cell(value: str, region: str | None) -> PhoneVerdict:
    """Judge one cell.

    Parameters
    ----------
    value : str
    region : str or None
        Country of its row.

    Returns
    -------
    PhoneVerdict
        Nothing of all on a blank.

    Examples
    --------
    >>> judge_cell("tel:+1 201 555 0123", None).number
    '+12015550123'
    >>> judge_cell("201 555 0123 or 201 555 0199", "US").code
    'phone_multiple'
    """
    if _PLAIN.fullmatch(value):  # the other rules have no say in it; this is the usual case
        verdict = judge_one(value, region)
    else:
        text = _trimmed(value)
        verdict = _judge_words(text) or _judge_several(text, region) or judge_one(text, region)
    return PhoneVerdict(value, None, None, *verdict[3:]) if verdict.number == value else verdict


def _judge_words(text: str) -> PhoneVerdict | None:
    """Verdict on a cell that is blank, says "none", or is what a spreadsheet left of a number; None on any other."""
    if not text:
        return PhoneVerdict(None)
    if says_nothing(text):
        return PhoneVerdict(None, "phone_placeholder")
    if _DAMAGED.fullmatch(text.replace(" ", "")):
        return PhoneVerdict(None, "phone_excel_damaged")
    return None


def _trimmed(value: str) -> str:
    """Write digits, spaces and plus in ASCII, and leave out invisible characters and what is wrapped around."""
    if not value.isascii() or not value.isprintable():
        value = "".join(map(in_ascii, value))
    return _LINK.sub("", value.strip(WRAPPING), count=1).strip(WRAPPING)


def in_ascii(character: str) -> str:
    """Write a digit, a space or a plus in ASCII, and leave out an invisible character.

    Examples
    --------
    >>> [in_ascii(character) for character in ("٣", "\u00a0", "\u200e", "ü")]
    ['3', ' ', '', 'ü']
    """
    if character == "＋":
        return "+"
    if character in "\r\n\v\f\x85\u2028\u2029":
        return "\n"
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "" if category == "Cf" else character


def _judge_several(text: str, region: str | None) -> PhoneVerdict | None:
    """Verdict on a cell that holds several numbers; None if it does not."""
    several = _split(text)
    return several and _judge_parts_of(several, [judge_cell(part, region) for part in several.parts], region)


def _several_in(value: str) -> _Several | None:
    """Find several numbers in a cell: so many digits are no word that says "none", and nothing of a spreadsheet's."""
    return _split(_trimmed(value)) if len(_NOT_DIGIT.sub("", value)) >= 2 * SHORTEST else None


def _split(text: str) -> _Several | None:
    """Split a text that holds several numbers; None if it does not."""
    if ";phone-context=" in text:
        return None
    has_words = text.lower() != text.upper()  # the words between numbers have letters with a case
    parts, numbers = _counted((_BETWEEN if has_words else _SIGN_BETWEEN).split(text))
    divided = numbers < 2
    if divided:
        parts, numbers = _counted(_SLASH.split(text))
    return _Several(text, parts, numbers, divided) if numbers >= 2 else None


def _counted(parts: Sequence[str]) -> tuple[list[str], int]:
    """Take the parts with digits, and count those that are long enough to be a number of their own."""
    digits = [len(_NOT_DIGIT.sub("", part)) for part in parts]
    with_digits = [part for part, count in zip(parts, digits, strict=True) if count]
    return with_digits, sum(count >= SHORTEST for count in digits)


def _judge_parts_of(several: _Several, verdicts: Sequence[PhoneVerdict], region: str | None) -> PhoneVerdict | None:
    """Verdict on several numbers by the verdict on each; None if they are one after all."""
    numbers = {verdict.number for verdict in verdicts}
    if several.divided and None in numbers and judge_one(several.text, region).number:
        return None  # a slash between the area code, in international form, and the rest
    if len(numbers) == 1 and None not in numbers:
        return verdicts[0]._replace(code="phone_normalized", argument=verdicts[0].number)
    if all(verdict.code == "phone_placeholder" for verdict in verdicts):
        return verdicts[0]
    return PhoneVerdict(None, "phone_multiple", str(several.numbers))


def judge_one(text: str, region: str | None) -> PhoneVerdict:
    """Judge a text that holds one number at most: the end of :func:`judge_cell`, and all of it where a cell is plain.

    Examples
    --------
    >>> judge_one("2015550123.0", "US").code
    'phone_decimal'
    """
    if decimal := _DECIMAL.fullmatch(text.strip()):
        verdict = judge_one(decimal[1], region)
        return verdict._replace(code="phone_decimal") if verdict.number else verdict
    digits = _NOT_DIGIT.sub("", text)
    if len(digits) >= SHORTEST and "+" not in text and stands_for_none(digits):
        return PhoneVerdict(None, "phone_placeholder")
    if len(digits) <= _MOST_OF_CODE and is_calling_code(text):
        return PhoneVerdict(None, "phone_placeholder", CODE_ALONE)
    text = text.replace("\n", " ")
    if not _LETTER.search(text):
        return _judge_reading(text, region)
    verdict = _judge_letters(text, region) or _judge_reading(text, region)
    is_against = verdict.number is not None and speaks_against(text)
    return PhoneVerdict(None, "phone_remark_against") if is_against else verdict


def is_calling_code(text: str) -> bool:
    """Tell whether a text is a calling code, behind a plus, 00 or nothing, and no number: what a form filled in.

    Examples
    --------
    >>> [is_calling_code(text) for text in ("+49", "0049 ", "(+1) -", "44", "00", "+999", "112")]
    [True, True, True, True, True, False, False]
    """
    found = _CODE.fullmatch(text)
    return found is not None and (not found[1] or int(found[1]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def _judge_letters(text: str, region: str | None) -> PhoneVerdict | None:
    """Verdict on letters amid the digits or behind them; None if all letters are before, or belong to an extension.

    A letter amid the digits may stand for one of them. A word behind is a remark, unless the number needs it.
    """
    reading = None if _PARAMETERS.search(text) else _read(text, region)
    number = reading and _DIGITS_AND_REST.fullmatch(_without_extension(text, reading))
    if not reading or not number:
        return None
    behind = number["behind"]
    is_long = sum(map(str.isalnum, number["digits"] + behind)) >= SHORTEST
    is_amid = _LETTER.search(number["digits"]) or _SLIP.search(number.string)
    if is_long and is_amid:
        return PhoneVerdict(None, "phone_letters")
    if is_amid or not _LETTER.search(behind):
        return None
    verdict = _judge_reading(number["before"] + number["digits"], region, is_remarked=True)
    is_needed = verdict.code == "phone_invalid" and (_SPELLED.match(behind) or reading.is_valid)
    return PhoneVerdict(None, "phone_letters") if is_long and is_needed else verdict


def _without_extension(text: str, reading: _Reading) -> str:
    """Cut a text behind the number that has an extension; the library sees none behind digits that it cannot read."""
    if reading.number is not None and reading.number.extension:
        end = text.rindex(reading.number.extension)
    else:
        found = _EXTENSION.search(text)
        end = found.start() if found else len(text)
    before = _DIGITS_AND_REST.match(text[:end])
    return before[0].removesuffix(before["behind"]) if before and end < len(text) else text


def _judge_reading(text: str, region: str | None, *, is_remarked: bool = False) -> PhoneVerdict:
    """PhoneVerdict on what the library reads, where a remark may have been taken off."""
    reading = _read(text, region)
    if reading.number is not None and reading.is_valid:
        verdict = _accept(reading.number, reading.kind, "phone_normalized")
        is_remarked = is_remarked or _LETTER.search(text) is not None
        if verdict.number and is_remarked:
            return verdict._replace(warning="phone_remark", warning_argument=None)
        return verdict
    if zeros := _LEADING_ZEROS.match(text):
        reading = _read(f"+{text[zeros.end() :]}", None)
        if reading.number is not None and reading.problem is None:
            return _accept(reading.number, reading.kind, "phone_international_prefix")
    national = phonenumbers.national_significant_number(reading.number) if reading.number else ""
    if stands_for_none(national) or stands_for_none(_NOT_DIGIT.sub("", text)):
        return PhoneVerdict(None, "phone_placeholder")
    return PhoneVerdict(None, "phone_no_region" if reading.needs_region else "phone_invalid", reading.problem)


def _accept(number: PhoneNumber, kind: int, code: str) -> PhoneVerdict:
    """PhoneVerdict on a valid number."""
    form = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.extension:
        return PhoneVerdict(None, "phone_extension", f"{form}{BEFORE_EXTENSION}{number.extension}")
    if len(form) > _LONGEST:
        return PhoneVerdict(form, code, form, "phone_too_long_for_e164")
    return PhoneVerdict(form, code, form, *_KINDS.get(kind, ()))


def _read(text: str, region: str | None) -> _Reading:
    """Let the library read a text; a number is valid when the library knows its kind."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        in_need = not _OWN_PLUS.match(text) and region not in phonenumbers.SUPPORTED_REGIONS
        if in_need and error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return _Reading(None, problem=region and f"{region} has no phones of its own", needs_region=True)
        return _Reading(None, problem=_UNREADABLE[error.error_type])
    kind = phonenumbers.number_type(number)
    return _Reading(number, kind, None if kind != PhoneNumberType.UNKNOWN else _problem(number, region))


def _problem(number: PhoneNumber, region: str | None) -> str:
    """Why a number that can be read is not valid."""
    code = number.country_code or 0
    if region is None or phonenumbers.country_code_for_region(region) != code:
        region = phonenumbers.region_code_for_country_code(code)
    place = region if region in phonenumbers.SUPPORTED_REGIONS else f"+{code}"
    return _IMPOSSIBLE[phonenumbers.is_possible_number_with_reason(number)].format(place)
