"""Judgments on metadata texts, type by type: the canonical text of each, or the code of the finding if it has none.

A type whose texts are few is judged once for each distinct text. What a text means may depend on its whole column:
which of day and month comes first, whether numbers are seconds or milliseconds. Such evidence is gathered before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.users_frame import SOURCE_ROW, arrow, mask_of
from passage_kit.errors import OptionError
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.metadata.date_parts import trimmed
from passage_kit.metadata.dates import DateEvidence, DateOrder, NumericDates, parse_dates
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.moments import NEVER, lacks_year
from passage_kit.metadata.patterns import matches_whole
from passage_kit.metadata.value_evidence import Distinct, ValueEvidence, evidence_of_texts

Thousands = Literal[",", ".", " ", "'"]

BOOLEAN_WORDS = dict.fromkeys(("true", "t", "yes", "y", "on", "1", "1.0"), True)
BOOLEAN_WORDS |= dict.fromkeys(("false", "f", "no", "n", "off", "0", "0.0"), False)

# Characters that people type as separators: many spaces are no-break spaces, and many apostrophes are typographic.
_SEPARATORS = {",": ",", ".": r"\.", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
_LAST_POSITIVE, _LAST_NEGATIVE = "9223372036854775807", "9223372036854775808"  # figures of the ends of int64
_EPOCH_WORDS = {
    "epoch_s": "seconds since 1970, and 0 as no date",
    "epoch_ms": "milliseconds since 1970, and 0 as no date",
    "epoch_us": "microseconds since 1970, and 0 as no date",
    "filetime": "tenths of a microsecond since 1601, and 0 as no date",
}
_NULL = pa.scalar(None, pa.string())


class Verdicts(NamedTuple):
    """Canonical text of each text, null where there is none, and the code of the finding then."""

    forms: pa.Array
    code: pa.Array | str
    argument: pa.Array | pa.Scalar = _NULL
    change: str = "value_normalized"


class JudgedPart(NamedTuple):
    """Part of a column as judged: the form of each row, which rows have a finding, and code and argument of these."""

    forms: pa.ChunkedArray
    said: Mask
    code: pa.ChunkedArray
    argument: pa.ChunkedArray


class Judge(NamedTuple):
    """Judgment on the texts of one field.

    Parameters
    ----------
    verdicts : callable
        Takes trimmed texts and gives the verdicts on them.
    by_distinct : bool, default True
        Judge each distinct text once; else each text.
    blank : str, optional
        Form of a blank. Default: it stays blank.
    of_all : tuple of str, optional
        Code and argument of a finding on the whole column.
    nothing : pyarrow.Array, optional
        Texts that stand for no value. Default: none.
    """

    verdicts: Callable[[pa.Array], Verdicts]
    by_distinct: bool = True
    blank: str | None = None
    of_all: tuple[str, str] | None = None
    nothing: pa.Array | None = None

    def judge(self, part: pa.ChunkedArray) -> JudgedPart:
        """Judge the texts of a part of a column.

        Examples
        --------
        >>> judge = Judge(lambda plain: Verdicts(plain, "value_pattern"))
        >>> judged = judge.judge(pa.chunked_array([["Oslo ", None]]))
        >>> judged.forms.to_pylist(), judged.said.tolist(), judged.code.to_pylist()
        (['Oslo', None], [True, False], ['value_normalized'])
        """
        return self._by_distinct(part) if self.by_distinct else self._each(part)

    def _by_distinct(self, part: pa.ChunkedArray) -> JudgedPart:
        encoded = pc.dictionary_encode(part).combine_chunks()
        forms, code, argument = self._judge_texts(encoded.dictionary)
        said = pc.fill_null(pc.is_valid(code).take(encoded.indices), False)
        speaking = encoded.indices.filter(said)
        forms = forms.take(encoded.indices)
        if self.blank is not None:
            forms = pc.if_else(pc.is_null(encoded.indices), self.blank, forms)
        return JudgedPart(
            pa.chunked_array([forms]), mask_of(said), *map(_column, ([code.take(speaking)], [argument.take(speaking)]))
        )

    def _each(self, part: pa.ChunkedArray) -> JudgedPart:
        pieces = in_pieces(part, self._judge_texts)
        said = [pc.is_valid(code) for _, code, _ in pieces]
        code, argument = (
            _column(piece[at].filter(mask) for piece, mask in zip(pieces, said, strict=True)) for at in (1, 2)
        )
        return JudgedPart(
            _column(forms for forms, _, _ in pieces), mask_of(pa.chunked_array(said, pa.bool_())), code, argument
        )

    def _judge_texts(self, texts: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
        """Form, code and argument of each text; the code is null where nothing is to be said."""
        plain = trimmed(texts)
        blank = pc.equal(plain, "")
        if self.nothing is not None:
            blank = pc.or_(blank, pc.is_in(plain, value_set=self.nothing))
        verdicts = self.verdicts(plain)
        forms = pc.if_else(blank, _NULL, verdicts.forms)
        bad = pc.and_not(pc.is_null(forms), blank)
        changed = pc.fill_null(pc.not_equal(forms, texts), False)
        code = pc.if_else(bad, verdicts.code, pc.if_else(changed, verdicts.change, _NULL))
        return forms, code, pc.if_else(bad, verdicts.argument, forms)


def _column(arrays: Iterable[pa.Array]) -> pa.ChunkedArray:
    return pa.chunked_array(list(arrays), pa.string())


def judge_of(
    field: MetadataField,
    distinct: Distinct,
    *,
    fast_paths: bool,
    date_order: DateOrder | None,
    words: Mapping[str, bool],
    thousands: Thousands | None,
    numeric_dates: NumericDates | None,
    evidence: ValueEvidence | None = None,
) -> Judge:
    """Choose how the texts of a field are judged.

    Parameters
    ----------
    field : MetadataField
        Of any type but phone.
    distinct : callable
        Gives the trimmed distinct texts of the column, part by part, each time it is called.
    fast_paths, date_order, thousands, numeric_dates
        As for :func:`passage_kit.metadata.field_values.normalize_fields`.
    words : mapping of str to bool
        All words for yes and no, in lower case.
    evidence : ValueEvidence, optional
        What the whole column shows, if the texts are a part of it. Default: what they show themselves.

    Examples
    --------
    >>> column = pa.chunked_array([["31/01/1980"], ["02/03/1981"]])
    >>> judge = judge_of(MetadataField("born", type="date"), lambda: column.chunks, fast_paths=True, date_order=None,
    ...                  words={}, thousands=None, numeric_dates=None)
    >>> judge.judge(column).forms.to_pylist()
    ['1980-01-31', '1981-03-02']
    """
    if field.type == "boolean":
        return _judge_of_booleans(evidence or evidence_of_texts(field, distinct, words), words)
    if field.type == "date":
        settled = date_order is not None and numeric_dates is not None
        shown = evidence or (ValueEvidence() if settled else evidence_of_texts(field, distinct, words))
        return _judge_of_dates(shown, date_order, numeric_dates)
    if field.type == "integer":
        return Judge(partial(_judge_integers, thousands=thousands))
    if field.type == "email":
        return Judge(partial(_judge_emails, fast_paths=fast_paths))
    return Judge(partial(_judge_strings, field=field), by_distinct=False)


def boolean_words(words: Mapping[str, bool]) -> dict[str, bool]:
    """Combine the words for yes and no; the user's own overrule the usual ones."""
    own = {word.strip().lower(): value for word, value in words.items()}
    for word, value in own.items():
        if not isinstance(value, bool) or value != {"true": True, "false": False}.get(word, value):
            raise OptionError(
                f"The boolean words cannot be used: found {word!r} as {value!r}, expected each word to be true or "
                "false, and 'true' and 'false' themselves to keep their meaning. Correct this word."
            )
    return BOOLEAN_WORDS | own


def _judge_of_booleans(evidence: ValueEvidence, words: Mapping[str, bool]) -> Judge:
    """Take times for yes where the whole column has nothing else, such as ``email_verified_at``; a blank is no then."""
    known = pa.array(list(words))
    if evidence.are_moments:
        return Judge(_judge_moments, blank="false", of_all=("boolean_from_moment", "{blanks}"))
    forms = pa.array(["true" if value else "false" for value in words.values()], pa.string())
    return Judge(lambda plain: Verdicts(forms.take(pc.index_in(pc.utf8_lower(plain), known)), "boolean_invalid"))


def _judge_moments(plain: pa.Array) -> Verdicts:
    return Verdicts(pc.if_else(pc.equal(plain, ""), _NULL, "true"), "boolean_invalid")


def _judge_integers(plain: pa.Array, *, thousands: Thousands | None) -> Verdicts:
    others = pc.invert(pc.match_substring_regex(plain, r"^(?:0|-?[1-9]\d{0,17})$"))  # most are canonical already
    rewritten = plain_integers(plain.filter(others), thousands)
    return Verdicts(pc.replace_with_mask(plain, others, rewritten), "integer_invalid")


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


def _judge_of_dates(evidence: ValueEvidence, date_order: DateOrder | None, numeric_dates: NumericDates | None) -> Judge:
    epoch = evidence.epoch if numeric_dates is None else None
    return Judge(
        partial(
            _judge_dates,
            date_order=date_order,
            numeric_dates=epoch or numeric_dates,
            evidence=evidence.dates if date_order is None else None,
        ),
        of_all=("date_from_epoch", _EPOCH_WORDS[epoch]) if epoch else None,
        nothing=NEVER if epoch else None,
    )


def _judge_dates(
    plain: pa.Array, *, date_order: DateOrder | None, numeric_dates: NumericDates | None, evidence: DateEvidence | None
) -> Verdicts:
    dates = parse_dates(plain, date_order=date_order, numeric_dates=numeric_dates, evidence=evidence)
    invalid = pc.if_else(lacks_year(plain), "date_without_year", "date_invalid")
    code = pc.if_else(pa.array(dates.ambiguous), "date_ambiguous", invalid)
    return Verdicts(pc.cast(pa.array(dates.days), pa.string()), code, dates.argument)


def _judge_strings(plain: pa.Array, *, field: MetadataField) -> Verdicts:
    """Apply the rules of a string field; a value that breaks several gets the first of choices, length and pattern."""
    forms = _chosen(plain, field.choices) if field.choices else plain
    too_long = is_too_long(forms, field.max_length)
    unlike = breaks_pattern(forms, field.pattern)
    code = pc.if_else(too_long, "value_too_long", pc.if_else(unlike, "value_pattern", "value_not_allowed"))
    says = pc.if_else(pc.and_not(unlike, too_long), pa.scalar(field.pattern_message, pa.string()), _NULL)
    return Verdicts(pc.if_else(pc.or_(too_long, unlike), _NULL, forms), code, says)


def _chosen(plain: pa.Array, choices: Sequence[str]) -> pa.Array:
    """Replace each value by the choice that it equals, or that alone differs in case only; else null."""
    exact = pc.is_in(plain, value_set=pa.array(choices))
    by_folded: dict[str, str | None] = {}
    for choice in choices:
        folded = choice.casefold()
        by_folded[folded] = None if folded in by_folded else choice
    is_other = pc.and_(pc.is_valid(plain), pc.invert(exact))
    others = plain.filter(is_other).dictionary_encode()
    meant = [by_folded.get(value.casefold()) for value in others.dictionary.to_pylist()]
    return pc.replace_with_mask(plain, is_other, pa.array(meant, type=pa.string()).take(others.indices))


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


def _judge_emails(plain: pa.Array, *, fast_paths: bool) -> Verdicts:
    """Apply the identifier rules, but not the one on crowds: a manager's address may stand on many rows."""
    column = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([plain])), name="email")
    forms, findings = normalize_emails(column, fast_paths=fast_paths, crowds={})
    withheld = findings[findings["effect"] == "withheld"].set_index(SOURCE_ROW)["code"]
    code = pa.array(withheld.reindex(column.index).array)
    return Verdicts(arrow(forms).combine_chunks(), code, change="email_normalized")
