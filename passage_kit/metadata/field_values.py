"""Metadata values in one canonical text per type: ``true``, ``42``, ``2024-01-31``, trimmed strings.

Text stays text here, so that rows can still be merged and written to a stage; module ``pandera_schema`` converts it to
types. The kit judges every distinct value of a column once, on arrow arrays. A value that is canonical already stays
unchanged and gets no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import (
    HELPERS,
    IDENTIFIERS,
    REGION,
    SOURCE_ROW,
    TEXT,
    arrow,
    mask_of,
    series,
    without_rows,
)
from passage_kit.errors import OptionError
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.metadata.damaged_text import find_damaged_text
from passage_kit.metadata.date_parts import trimmed
from passage_kit.metadata.dates import (
    DateOrder,
    NumericDates,
    are_moments,
    check_choice,
    check_date_options,
    epoch_of,
    lacks_year,
    parse_dates,
    read_order,
)
from passage_kit.metadata.fields import MetadataField, MetadataSchema
from passage_kit.metadata.patterns import matches_whole

__all__ = ["BOOLEAN_WORDS", "normalize_fields", "normalize_values", "read_order"]

Thousands = Literal[",", ".", " ", "'"]

BOOLEAN_WORDS = dict.fromkeys(("true", "t", "yes", "y", "on", "1", "1.0"), True)
BOOLEAN_WORDS |= dict.fromkeys(("false", "f", "no", "n", "off", "0", "0.0"), False)

# Characters that people type as separators: many spaces are no-break spaces, and many apostrophes are typographic.
_SEPARATORS = {",": ",", ".": r"\.", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
_LAST_POSITIVE, _LAST_NEGATIVE = "9223372036854775807", "9223372036854775808"  # figures of the ends of int64
_EPOCH_WORDS = {"epoch_s": "seconds", "epoch_ms": "milliseconds"}
_NULL = pa.scalar(None, pa.string())

_Judge = Callable[[pa.Array], "_Verdicts"]


class _Verdicts(NamedTuple):
    """Canonical text of each distinct value, and the code of the finding where there is none."""

    forms: pa.Array
    code: pa.Array | str
    argument: pa.Array | pa.Scalar = _NULL
    change: str = "value_normalized"
    blank: str | None = None  # the form of a blank
    of_all: tuple[str, str] | None = None  # code and argument of a finding on the whole column


def normalize_values(
    users: pd.DataFrame,
    schema: MetadataSchema,
    *,
    default_region: str | None = None,
    date_order: DateOrder | None = None,
    words: Mapping[str, bool] | None = None,
    thousands: Thousands | None = None,
    numeric_dates: NumericDates | None = None,
    strict: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize every metadata column to the canonical text of its type.

    A value without a canonical text becomes null, and its row stays unless ``strict`` is set.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with text columns and the index ``source_row``. Fields without a column in it are skipped.
    schema : MetadataSchema
        The metadata fields.
    default_region : str, optional
        Country (ISO code or name) of phone fields in rows that name none. Default: None, so a phone needs its own.
    date_order : {"DMY", "MDY"}, optional
        Order of day and month in dates such as ``03/04/2024``. Default: as the other values of the column prove;
        without a proof the date is ``date_ambiguous``.
    words : mapping of str to bool, optional
        Words for yes and no besides yes/no, true/false, 1/0, y/n, t/f and on/off. Their case does not matter.
    thousands : {",", ".", " ", "'"}, optional
        Thousands separator of integers. With ``"."`` the decimal mark is the comma. Default: no separator is allowed.
    numeric_dates : {"excel", "epoch_s", "epoch_ms"}, optional
        Meaning of a bare number in a date field: an Excel serial day, or seconds or milliseconds since 1970-01-01 UTC.
        Default: a bare number is not a date.
    strict : bool, default False
        Reject the row of a bad value instead of withholding the value.

    Returns
    -------
    users : pandas.DataFrame
        Canonical arrow text; same index, without the rows that ``strict`` rejects. A second run changes nothing.
    findings : pandas.DataFrame
        Changed: ``value_normalized`` with the new text as its argument. Withheld (with ``strict`` rejected):
        ``boolean_invalid``, ``integer_invalid``, ``date_invalid``, ``date_without_year``, ``date_ambiguous``,
        ``value_too_long``, ``value_pattern`` (with the field's own message as its argument) and ``value_not_allowed``.
        On a whole column: ``date_from_epoch`` if all its numbers are seconds or milliseconds since 1970,
        ``boolean_from_moment`` if all its values are times, which mean yes, so that a blank means no. Email and phone
        fields get the codes of the identifiers, without the warnings, which concern signing in. A blank gets no
        finding.

    Raises
    ------
    OptionError
        If an option has a value that it cannot have.

    See Also
    --------
    normalize_identifiers : Normalize the emails and phones that users sign in with.
    validate_users : Normalize the values, then validate the rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"vip": ["Yes", "no", "maybe"], "born": ["31/01/1980", "02/03/1981", None]})
    >>> schema = MetadataSchema([MetadataField("vip", type="boolean"), MetadataField("born", type="date")])
    >>> users, findings = normalize_values(users, schema)
    >>> users
                  vip        born
    source_row
    1            true  1980-01-31
    2           false  1981-03-02
    3            <NA>        <NA>
    >>> findings.loc[findings["code"] != "value_normalized", ["source_row", "value", "code"]]
       source_row  value             code
    2           3  maybe  boolean_invalid
    """
    return normalize_fields(
        given_frame(users, text=[*IDENTIFIERS, *HELPERS, *schema.columns]),
        schema,
        fast_paths=True,
        default_region=default_region,
        date_order=date_order,
        words=words,
        thousands=thousands,
        numeric_dates=numeric_dates,
        strict=strict,
    )


def normalize_fields(
    users: pd.DataFrame,
    schema: MetadataSchema,
    *,
    fast_paths: bool,
    default_region: str | None,
    date_order: DateOrder | None,
    words: Mapping[str, bool] | None,
    thousands: Thousands | None,
    numeric_dates: NumericDates | None,
    strict: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize every metadata column as :func:`normalize_values` does; its options, and one more.

    Parameters
    ----------
    users : pandas.DataFrame
    schema : MetadataSchema
    fast_paths : bool
        Judge plain emails and phones by whole columns; without, each distinct cell by itself, with the same result.
    default_region, date_order, words, thousands, numeric_dates, strict
        As for :func:`normalize_values`.

    Returns
    -------
    users, findings : pandas.DataFrame
    """
    judges: dict[str, _Judge] = {
        "boolean": partial(_judge_booleans, words=_boolean_words(words or {})),
        "integer": partial(_judge_integers, thousands=thousands),
        "date": partial(_judge_dates, date_order=date_order, numeric_dates=numeric_dates),
        "email": partial(_judge_emails, fast_paths=fast_paths),
    }
    check_date_options(date_order, numeric_dates)
    check_choice("thousands", thousands, get_args(Thousands))
    columns, found = {}, []
    for field in schema:
        if field.column not in users.columns:
            continue
        if field.type == "phone":
            columns[field.column], findings = _normalize_phones(users, field.column, default_region, fast_paths)
        else:
            judge = judges.get(field.type, partial(_judge_strings, field=field))
            columns[field.column], findings = _normalize_column(users[field.column], judge, field)
        found.append(findings)
        if field.type == "string":
            found.append(find_damaged_text(users[field.column], field.column))
    users, findings = users.assign(**columns), collect_findings(found)
    return reject_withheld(users, findings) if strict else (users, findings)


def reject_withheld(users: pd.DataFrame, findings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reject the rows of withheld values, as ``strict`` requires."""
    withheld = findings["effect"] == "withheld"
    findings = findings.assign(effect=findings["effect"].mask(withheld, "rejected"))
    return without_rows(users, findings.loc[withheld, SOURCE_ROW]), findings


def _normalize_column(
    column: pd.Series[Any], judge: _Judge, field: MetadataField
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Judge each distinct value once, and apply the verdicts to the rows."""
    text = pc.cast(arrow(column), pa.string())
    encoded = pc.dictionary_encode(text).combine_chunks()
    distinct, at = encoded.dictionary, encoded.indices
    plain = trimmed(distinct)
    blank = pc.equal(plain, "")
    verdicts = judge(plain)
    forms = pc.if_else(blank, _NULL, verdicts.forms)
    bad = pc.and_not(pc.is_null(forms), blank)
    changed = pc.fill_null(pc.not_equal(forms, distinct), False)
    code = pc.if_else(bad, verdicts.code, pc.if_else(changed, verdicts.change, _NULL))
    argument = pc.if_else(bad, verdicts.argument, forms)
    said = pc.fill_null(pc.is_valid(code).take(at), False)
    speaking = at.filter(said)
    findings = make_findings(
        column.index.to_numpy()[mask_of(said)],
        field=field.column,
        value=distinct.take(speaking),
        code=code.take(speaking),
        argument=argument.take(speaking),
    )
    taken = forms.take(at)
    blanks = pc.sum(pc.is_null(at)).as_py() or 0
    if verdicts.blank is not None and blanks:
        taken = pc.if_else(pc.is_null(at), verdicts.blank, taken)
    if verdicts.of_all is not None:
        code_of_all, about = verdicts.of_all
        whole = make_findings([None], field=field.column, code=code_of_all, argument=about.format(blanks=f"{blanks:,}"))
        findings = collect_findings([whole, findings])
    return series(taken, column), findings


def _boolean_words(words: Mapping[str, bool]) -> dict[str, bool]:
    """Combine the words for yes and no; the user's own overrule the usual ones."""
    own = {word.strip().lower(): value for word, value in words.items()}
    for word, value in own.items():
        if not isinstance(value, bool) or value != {"true": True, "false": False}.get(word, value):
            raise OptionError(
                f"The boolean words cannot be used: found {word!r} as {value!r}, expected each word to be true or "
                "false, and 'true' and 'false' themselves to keep their meaning. Correct this word."
            )
    return BOOLEAN_WORDS | own


def _judge_booleans(plain: pa.Array, *, words: Mapping[str, bool]) -> _Verdicts:
    at = pc.index_in(pc.utf8_lower(plain), pa.array(list(words)))
    if at.null_count == len(at) and are_moments(plain):  # such as email_verified_at
        yes = pc.if_else(pc.equal(plain, ""), _NULL, "true")
        return _Verdicts(yes, "boolean_invalid", blank="false", of_all=("boolean_from_moment", "{blanks}"))
    return _Verdicts(pa.array(["true" if value else "false" for value in words.values()]).take(at), "boolean_invalid")


def _judge_integers(plain: pa.Array, *, thousands: Thousands | None) -> _Verdicts:
    others = pc.invert(pc.match_substring_regex(plain, r"^(?:0|-?[1-9]\d{0,17})$"))  # most are canonical already
    rewritten = plain_integers(plain.filter(others), thousands)
    return _Verdicts(pc.replace_with_mask(plain, others, rewritten), "integer_invalid")


def plain_integers(plain: pa.Array, thousands: Thousands | None) -> pa.Array:
    """Write whole numbers of int64 without plus sign, leading zeros, separators and empty decimals; else null.

    Examples
    --------
    >>> plain_integers(pa.array(["1.250", "+07", "1.25"]), ".").to_pylist()
    ['1250', '7', None]
    """
    decimal_mark = "," if thousands == "." else r"\."
    separator = _SEPARATORS[thousands] if thousands else ","
    figures = rf"(?:\d+|\d{{1,3}}(?:{separator}\d{{3}})+)" if thousands else r"\d+"
    whole = pc.match_substring_regex(plain, rf"^[+-]?{figures}(?:{decimal_mark}0+)?$")
    number = pc.replace_substring_regex(pc.if_else(whole, plain, _NULL), rf"{decimal_mark}0+$", "")
    number = pc.replace_substring_regex(number, separator, "")
    digits = pc.replace_substring_regex(number, r"^[+-]?0*(\d+)$", r"\1")
    negative = pc.starts_with(number, "-")
    last = pc.if_else(negative, _LAST_NEGATIVE, _LAST_POSITIVE)
    length = pc.utf8_length(digits)
    short, as_long = pc.less(length, len(_LAST_POSITIVE)), pc.equal(length, len(_LAST_POSITIVE))
    fits = pc.or_(short, pc.and_(as_long, pc.less_equal(digits, last)))
    signed = pc.binary_join_element_wise(pc.if_else(negative, "-", ""), digits, "")
    return pc.cast(pc.cast(pc.if_else(fits, signed, _NULL), pa.int64()), pa.string())


def _judge_dates(plain: pa.Array, *, date_order: DateOrder | None, numeric_dates: NumericDates | None) -> _Verdicts:
    epoch = epoch_of(plain) if numeric_dates is None else None
    dates = parse_dates(plain, date_order=date_order, numeric_dates=epoch or numeric_dates)
    invalid = pc.if_else(lacks_year(plain), "date_without_year", "date_invalid")
    code = pc.if_else(pa.array(dates.ambiguous), "date_ambiguous", invalid)
    said = ("date_from_epoch", _EPOCH_WORDS[epoch]) if epoch else None
    return _Verdicts(pc.cast(pa.array(dates.days), pa.string()), code, dates.argument, of_all=said)


def _judge_strings(plain: pa.Array, *, field: MetadataField) -> _Verdicts:
    """Apply the rules of a string field; a value that breaks several gets the first of choices, length and pattern."""
    forms = _chosen(plain, field.choices) if field.choices else plain
    too_long = is_too_long(forms, field.max_length)
    unlike = breaks_pattern(forms, field.pattern)
    code = pc.if_else(too_long, "value_too_long", pc.if_else(unlike, "value_pattern", "value_not_allowed"))
    says = pc.if_else(pc.and_not(unlike, too_long), pa.scalar(field.pattern_message, pa.string()), _NULL)
    return _Verdicts(pc.if_else(pc.or_(too_long, unlike), _NULL, forms), code, says)


def _chosen(plain: pa.Array, choices: Sequence[str]) -> pa.Array:
    """Replace each value by the choice that it equals, or that alone differs in case only; else null."""
    exact = pc.is_in(plain, value_set=pa.array(choices))
    by_folded: dict[str, str | None] = {}
    for choice in choices:
        folded = choice.casefold()
        by_folded[folded] = None if folded in by_folded else choice
    others = plain.filter(pc.invert(exact)).to_pylist()
    rewritten = pa.array([by_folded.get(value.casefold()) for value in others], type=pa.string())
    return pc.replace_with_mask(plain, pc.invert(exact), rewritten)


def is_too_long(values: pa.Array, max_length: int | None) -> pa.Array:
    """Mark the texts with more characters than allowed; a null never is, nor any text without a limit."""
    if max_length is None:
        return pa.repeat(False, len(values))
    return pc.fill_null(pc.greater(pc.utf8_length(values), max_length), False)


def breaks_pattern(values: pa.Array, pattern: str | None) -> pa.Array:
    """Mark the texts that a pattern does not match as a whole; a null never is, nor any text without a pattern."""
    if pattern is None:
        return pa.repeat(False, len(values))
    return pc.fill_null(pc.invert(matches_whole(values, pattern)), False)


def _judge_emails(plain: pa.Array, *, fast_paths: bool) -> _Verdicts:
    """Apply the identifier rules, but not the one on crowds: a manager's address may stand on many rows."""
    column = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([plain])), name="email")
    forms, findings = normalize_emails(column, fast_paths=fast_paths)
    withheld = findings[findings["effect"] == "withheld"].set_index(SOURCE_ROW)["code"]
    code = pa.array(withheld.reindex(column.index).array)
    return _Verdicts(arrow(forms).combine_chunks(), code, change="email_normalized")


def _normalize_phones(
    users: pd.DataFrame, column: str, default_region: str | None, fast_paths: bool
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Apply the identifier rules; the country of a row holds for all its phones."""
    text = users[column].astype(TEXT)
    phones, findings = normalize_phones(
        text, region=users.get(REGION), default_region=default_region, fast_paths=fast_paths
    )
    return phones, findings[findings["effect"].ne("warning") | findings[SOURCE_ROW].isna()]
