"""Phones in E.164: what can be read as one valid number is kept, everything else is withheld and said.

The phonenumbers library parses, validates and formats: one number of each kind where a cell has nothing but a number in
it (module ``phone_columns``), else each distinct pair of cell and country. The kit only looks for what the
library is not made for: several numbers in a cell, spreadsheet damage, placeholders, a stray ``00``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from passage_kit.columns.placeholders import says_nothing
from passage_kit.columns.users_frame import REGION, TEXT, arrow, mask_of, per_distinct, series
from passage_kit.errors import OptionError
from passage_kit.findings.findings import make_findings
from passage_kit.identifiers.phones.phone_columns import SHORTEST, VERDICTS, PhoneVerdict, judge_plain, stands_for_none
from passage_kit.identifiers.regions import is_unknown_region, region_of

# What a spreadsheet or a link puts around a number; the apostrophe tells Excel that text follows, ="..." does as well.
_WRAPPING = " \n\"'`´‘’‚‛“”„="
_SCHEME = re.compile(r"tel:\s*", re.IGNORECASE)
_DAMAGED = re.compile(r"\+?\d{1,3}([.,]\d+)?E[+-]?\d{1,3}", re.IGNORECASE)
_DECIMAL = re.compile(r"(\+?\d{5,})[.,]00?")

_PLAIN = re.compile(r" *\+?[(]?[0-9][-0-9 ().]*")
# The slash stands apart: it also divides an area code from its number.
_BETWEEN = re.compile(
    r"[;,|&\n]|(?=\+)|(?<![^\W\d])(?:or|and|und|oder|et|ou|y|o|e|u|en|of|og|och|eller|i|oraz|lub|и|или)(?![^\W\d])",
    re.IGNORECASE,
)
_SLASH = re.compile(r"[/\\／]")
_LONGEST = len("+") + 15  # E.164; the library knows longer numbers in a few countries
_LETTER = re.compile(r"[^\W\d_]")
_NOT_DIGIT = re.compile(r"\D+")

_LEADING_ZEROS = re.compile(r"[^+\d]*0[^+\w]*0")
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


class _Reading(NamedTuple):
    """How the library reads a text: the number unless it is unreadable, its kind of line, and why it is not valid."""

    number: PhoneNumber | None
    kind: int = PhoneNumberType.UNKNOWN
    problem: str | None = None
    needs_region: bool = False


def normalize_phones(
    column: pd.Series[Any],
    *,
    region: pd.Series[Any] | None = None,
    default_region: str | None = None,
    strict: bool = False,
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Normalize a column of phones to E.164; a value that is not exactly one valid number becomes null.

    The country of a number is that of its own ``+`` or ``00``, else of its row, else ``default_region``. A country
    that is written in the row and not understood is never overruled by the default.

    Parameters
    ----------
    column : pandas.Series
        Text, indexed by ``source_row``; its name is the field of the findings.
    region : pandas.Series, optional
        Country of each row, as :func:`passage_kit.identifiers.regions.region_of` reads it; same index.
    default_region : str, optional
        ISO code or name of the country of rows that have none. Default: such rows need a number with ``+``.
    strict : bool, default False
        Give the findings of unusable values the effect ``rejected`` instead of ``withheld``; leaving out their rows
        is the caller's part.

    Returns
    -------
    column : pandas.Series
        Numbers in E.164 and nulls, same index and name. Normalizing them again changes nothing.
    findings : pandas.DataFrame
        In the order of the rows. Withheld: ``phone_invalid`` (its argument says why), ``phone_multiple``,
        ``phone_placeholder``, ``phone_extension``, ``phone_excel_damaged``, ``phone_no_region``. Changed:
        ``phone_normalized``, ``phone_decimal``, ``phone_international_prefix``, their argument is the number. Warnings:
        ``phone_fixed_line``, ``phone_service_number``, ``phone_two_readings`` (its argument is the other one),
        ``phone_letters``, and ``region_unknown`` on the country of a row that has a value. A blank has none.

    Raises
    ------
    OptionError
        If ``default_region`` is not a country that has phones.

    Notes
    -----
    E.164 exactly as the phonenumbers library (a port of Google's libphonenumber) parses, validates and formats.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"phone": ["(201) 555-0123", "07400 123456", "12345"], "region": ["", "UK", ""]})
    >>> phones, findings = normalize_phones(users["phone"], region=users["region"], default_region="US")
    >>> phones.to_list()
    ['+12015550123', '+447400123456', <NA>]
    >>> findings[["source_row", "code", "effect", "argument"]]
       source_row              code    effect            argument
    0           1  phone_normalized   changed      +12015550123
    1           2  phone_normalized   changed     +447400123456
    2           3     phone_invalid  withheld  too short for US
    """
    cells = pd.Series(pd.NA, index=column.index, dtype=TEXT) if region is None else region
    regions, unknown = _regions_of_rows(cells, default_region)
    values = arrow(column)
    rows, verdicts = _judge_rows(values, regions)
    findings = _make_findings(column, rows, verdicts, arrow(cells), unknown & mask_of(values.is_valid()))
    if strict:
        findings["effect"] = findings["effect"].replace("withheld", "rejected")
    at = np.full(len(values), -1)
    at[rows] = np.arange(len(rows))
    return series(verdicts["number"].take(pa.array(at, mask=at < 0)), column), findings


def _regions_of_rows(
    cells: pd.Series[Any], default_region: str | None
) -> tuple[pa.ChunkedArray, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Country of each row, as a dictionary with null where there is none, and where its cell is not understood."""
    of_rows = pc.dictionary_encode(arrow(cells), null_encoding="encode").combine_chunks()
    distinct = pd.Series(of_rows.dictionary, dtype=TEXT)
    regions = region_of(distinct)
    unknown = is_unknown_region(distinct, regions).to_numpy()
    if default_region is not None:
        regions = regions.where(regions.notna() | unknown, _default(default_region))
    once = pc.dictionary_encode(arrow(regions), null_encoding="encode").combine_chunks()  # a country has several names
    at = np.asarray(of_rows.indices)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(np.asarray(once.indices)[at], once.dictionary)]), unknown[
        at
    ]


def _default(region: str) -> str:
    found = region_of(pd.Series([region], dtype=TEXT))[0]
    if found not in phonenumbers.SUPPORTED_REGIONS:
        raise OptionError(
            f"The default region cannot be used: found {region!r}, expected a country that has phones. "
            "Give its ISO code or name, such as 'US' or 'Germany'."
        )
    return str(found)


def _judge_rows(
    values: pa.ChunkedArray, regions: pa.ChunkedArray
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], pa.Table]:
    """Rows that have a value, in no order, and the verdicts on them.

    By columns where the cell is plain, else once per distinct pair of value and region.
    """
    plain, verdicts = judge_plain(values, regions, judge_one)
    is_other = mask_of(values.is_valid())
    is_other[plain] = False
    others = np.flatnonzero(is_other)
    pairs = pc.binary_join_element_wise(
        pc.fill_null(regions.take(others).cast(pa.string()), ""), values.take(others), ":"
    )

    def judge(distinct: Sequence[str]) -> pa.Table:
        split = [pair.partition(":") for pair in distinct]
        return judge_cells([value for _, _, value in split], [region or None for region, _, _ in split])

    verdicts_on_others = per_distinct(pd.Series(pd.arrays.ArrowExtensionArray(pairs)), judge)
    return np.concatenate([plain, others]), pa.concat_tables([verdicts, verdicts_on_others])


def judge_cells(values: Sequence[str], regions: Sequence[str | None]) -> pa.Table:
    """Verdicts on distinct pairs, as a table with the fields of ``PhoneVerdict``."""
    verdicts = [judge_cell(value, region) for value, region in zip(values, regions, strict=True)]
    columns = zip(*verdicts, strict=True) if verdicts else [()] * len(VERDICTS)
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=VERDICTS)


def _make_findings(
    column: pd.Series[Any],
    rows: np.ndarray[Any, np.dtype[np.int64]],
    verdicts: pa.Table,
    region_cells: pa.ChunkedArray,
    unknown: np.ndarray[Any, np.dtype[np.bool_]],
) -> pd.DataFrame:
    """Findings in the order of the rows: on the number, on its kind of line, on the country of its row."""
    on_number, on_kind = (np.flatnonzero(mask_of(verdicts[name].is_valid())) for name in ("code", "warning"))
    on_region = np.flatnonzero(unknown)
    at = np.concatenate([rows[on_number], rows[on_kind], on_region])
    which = np.concatenate([on_number, len(rows) + on_kind, 2 * len(rows) + np.arange(len(on_region))])
    order = np.argsort(at, kind="stable")
    at, which = at[order], pa.array(which[order])
    about_region = np.asarray(which) >= 2 * len(rows)
    codes = _one_behind_another(
        verdicts["code"], verdicts["warning"], pa.repeat(pa.scalar("region_unknown"), len(on_region))
    )
    arguments = _one_behind_another(
        verdicts["argument"], verdicts["warning_argument"], pa.nulls(len(on_region), pa.string())
    )
    values = _one_behind_another(arrow(column), region_cells)
    return make_findings(
        column.index.to_numpy()[at],
        field=pc.if_else(pa.array(about_region), REGION, str(column.name)),
        value=values.take(pa.array(at + about_region * len(column))).combine_chunks(),
        code=codes.take(which).combine_chunks(),
        argument=arguments.take(which).combine_chunks(),
    )


def _one_behind_another(*columns: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = [column.chunks if isinstance(column, pa.ChunkedArray) else [column] for column in columns]
    return pa.chunked_array([chunk for some in chunks for chunk in some], pa.string())


def judge_cell(value: str, region: str | None) -> PhoneVerdict:
    """PhoneVerdict on one cell."""
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
        value = "".join(map(_in_ascii, value))
    return _SCHEME.sub("", value.strip(_WRAPPING), count=1).strip(_WRAPPING)


def _in_ascii(character: str) -> str:
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
    """PhoneVerdict on a cell that holds several numbers; None if it does not."""
    if ";phone-context=" in text:
        return None
    parts = _BETWEEN.split(text)
    divided = _count(parts) < 2
    if divided:
        parts = _SLASH.split(text)
    if (count := _count(parts)) < 2:
        return None
    verdicts = [judge_cell(part, region) for part in parts if _NOT_DIGIT.sub("", part)]
    numbers = {verdict.number for verdict in verdicts}
    if divided and None in numbers and judge_one(text, region).number:
        return None  # a slash between the area code, in international form, and the rest
    if len(numbers) == 1 and None not in numbers:
        return verdicts[0]._replace(code="phone_normalized", argument=verdicts[0].number)
    if all(verdict.code == "phone_placeholder" for verdict in verdicts):
        return verdicts[0]
    return PhoneVerdict(None, "phone_multiple", str(count))


def _count(parts: Sequence[str]) -> int:
    """How many of the parts are long enough to be a number of their own."""
    return sum(len(_NOT_DIGIT.sub("", part)) >= SHORTEST for part in parts)


def judge_one(text: str, region: str | None) -> PhoneVerdict:
    """PhoneVerdict on a text that holds one number at most."""
    if decimal := _DECIMAL.fullmatch(text.strip()):
        verdict = judge_one(decimal[1], region)
        return verdict._replace(code="phone_decimal") if verdict.number else verdict
    digits = _NOT_DIGIT.sub("", text)
    if len(digits) >= SHORTEST and "+" not in text and stands_for_none(digits):
        return PhoneVerdict(None, "phone_placeholder")
    return _judge_number(text.replace("\n", " "), region)


def _judge_number(text: str, region: str | None) -> PhoneVerdict:
    """PhoneVerdict on what the library reads."""
    reading = _read(text, region)
    if reading.number is not None and reading.problem is None:
        verdict = _accept(reading.number, reading.kind, "phone_normalized")
        return _doubted(verdict, text, reading.number) if verdict.number else verdict
    if zeros := _LEADING_ZEROS.match(text):
        reading = _read(f"+{text[zeros.end() :]}", None)
        if reading.number is not None and reading.problem is None:
            return _accept(reading.number, reading.kind, "phone_international_prefix")
    national = phonenumbers.national_significant_number(reading.number) if reading.number else ""
    if stands_for_none(national) or stands_for_none(_NOT_DIGIT.sub("", text)):
        return PhoneVerdict(None, "phone_placeholder")
    return PhoneVerdict(None, "phone_no_region" if reading.needs_region else "phone_invalid", reading.problem)


def _doubted(verdict: PhoneVerdict, text: str, number: PhoneNumber) -> PhoneVerdict:
    """Add a warning to a verdict that is the library's, but may not be what was meant."""
    digits = _NOT_DIGIT.sub("", text)
    if "+" not in text and digits == str(number.national_number) and digits.startswith(str(number.country_code)):
        other = _read(f"+{digits}", None)
        if other.number is not None and other.problem is None:
            return verdict._replace(warning="phone_two_readings", warning_argument=f"+{digits}")
    remark = _LETTER.search(text) and verdict.warning != "phone_service_number"  # vanity numbers are spelled so
    return verdict._replace(warning="phone_letters") if remark else verdict


def _accept(number: PhoneNumber, kind: int, code: str) -> PhoneVerdict:
    """PhoneVerdict on a valid number."""
    form = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.extension:
        return PhoneVerdict(None, "phone_extension", f"{form}, extension {number.extension}")
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
