"""Arguments of findings that are phrases of the kit, said in the language of the reader.

A finding holds its argument in English, as ``findings.csv`` has it: ``line 304: 6 values``. The module has the
templates that the kit fills, by the codes of their findings. A phrase that fits one is said anew by it, with its parts.
An argument of a code without templates is a number, a name or a value, and stays as it is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from passage_kit.translations import ENGLISH, gettext, language, ngettext, number

_NUMBERS = ("count", "number", "total")
_PLACES = {
    "count": r"\d[\d,]*",
    "number": r"\d[\d,]*",
    "total": r"\d[\d,]*",
    "place": r"(?:line|row|entry) \d[\d,]*",
    "rows": r"\d[\d,]* rows?",
    "values": r"\d[\d,]* values?",
    "names": r"\d[\d,]* names?",
    "entries": r"\d[\d,]* entr(?:y|ies)",
    "first": r".+? in \d[\d,]* rows?",
}
# Places that hold phrases of the same code.
_PHRASES = frozenset({"place", "rows", "values", "names", "entries", "first", "rest", "decision", "what"})
_OF_A_LIBRARY = ("email_invalid",)  # which says more than the templates have

Template = str | tuple[str, str]  # one text, or that for one and that for many of ``count``

_ROWS: Template = ("{count} row", "{count} rows")
_ENTRIES: Template = ("{count} entry", "{count} entries")
_OF_PLACE: tuple[Template, ...] = ("line {number}", "row {number}", "entry {number}")
_OF_LINES: tuple[Template, ...] = (
    *_OF_PLACE,
    "{place}: {values}, and the header has {names}",
    "{place}: {values}, and a row has {least}",
    "{place}: {what}",
    "a quote is opened and never closed",
    "a quote closes in another user's line",
    "a quote may close in another user's line",
    "a byte is not UTF-8",
    "text stands after a quoted value",
    "not JSON",
    "not an object",
    ("{count} value", "{count} values"),
    ("{count} name", "{count} names"),
)
_OF_WORDS: tuple[Template, ...] = (
    "{first}, {rest}",
    "another in {rows}",
    ("{count} other in {rows}", "{count} others in {rows}"),
    "{word} in {rows}",
    _ROWS,
)
_OF_DECISIONS: tuple[Template, ...] = (
    "{decision}; {what}",
    "its rows are no longer one person",
    "a later decision chooses another row of the same person",
    "one of its rows is not there",
    "another decision keeps its rows apart",
    "apart: former rows {numbers}",
    "merge: former rows {numbers}, row {number} stays",
    "merge: former rows {numbers}",
    "survivor: former rows {numbers}, row {number} stays",
    "apart: rows {numbers}",
    "merge: rows {numbers}, row {number} stays",
    "merge: rows {numbers}",
    "survivor: rows {numbers}, row {number} stays",
    "rule: former rows {numbers}",
    "rule: rows {numbers}",
)  # fmt: skip
_OF_STEPS: tuple[Template, ...] = (
    "values mapped",
    "text replaced",
    "values split",
    "columns joined",
    "case changed",
    "thousands separators removed",
    "dates read",
    "countries written as codes",
)
_OF_CORRECTIONS: tuple[Template, ...] = (
    "it is not known whose it is",
    "another value stands there now",
    "the source has this value itself now",
    "two corrections of this cell may be this person's",
    "no row of the source is this person's now",
    "several rows of the source may be this person's",
    "nothing says whose it is",
)
_OF_LISTS: tuple[Template, ...] = (
    "{path} (lines {begin} to {end})",
    "{path} (rows {begin} to {end})",
    "{path} ({entries})",
    _ENTRIES,
)
_OF_PHONES: tuple[Template, ...] = (
    "too short for {country}",
    "too long for {country}",
    "no number in {country} has this length",
    "no such number in {country}",
    "{country} has no phones of its own",
    "no such calling code",
    "not a number",
    "too short",
    "too long",
    "the area code is missing",
    "a calling code alone",
)

TEMPLATES: dict[str, tuple[Template, ...]] = {
    "encoding_fallback": ("read as {name} ({encoding}); the first line that is not UTF-8 is line {number}",),
    "encoding_mixed": _OF_PLACE,
    "preamble_skipped": _OF_PLACE,
    "footer_skipped": _OF_PLACE,
    "quoting_translated": (
        'values are written as formulas, ="..."',
        "a space stands beside the quotes around values",
        "single quotes stand around values",
        "a backslash stands before quotes and delimiters",
    ),
    "header_absent": ("the columns are those of {layout}", "the columns are numbered"),
    "rows_of_attributes": (
        "{read} rows of names and values are {people} users, by {column}, without {others}",
        "{read} rows of names and values are {people} users, by {column}",
    ),
    "lines_blank": (("{count} line: {numbers}", "{count} lines: {numbers}"),),
    "row_blank": _OF_LINES,
    "row_repeats_header": _OF_LINES,
    "row_too_short": _OF_LINES,
    "row_too_long": _OF_LINES,
    "line_unreadable": _OF_LINES,
    "quotes_misplaced": _OF_LINES,
    "json_opened": (("{count} column: {columns}", "{count} columns: {columns}"),),
    "entries_set_apart": _OF_LISTS,
    "people_inside_people": _OF_LISTS,
    "kind_by_content": ("{file} is read as a workbook", "{file} is read as {kind}"),
    "cell_error": (*_OF_PLACE, "{place}: {what}", "a formula without a stored value"),
    "sheet_not_read": ("sheet {title} ({rows}, hidden)", "sheet {title} ({rows})", _ROWS),
    "number_format": ("{number} as {form}",),
    "null_word": _OF_WORDS,
    "account_words_unknown": _OF_WORDS,
    "account_codes_unread": _OF_WORDS,
    "step_applied": ("{what}, {rows}", _ROWS, *_OF_STEPS),
    "step_unused": ("there is no column {column}", "{what} in no row", *_OF_STEPS),
    "correction_unused": _OF_CORRECTIONS,
    "correction_unplaced": _OF_CORRECTIONS,
    "fix_not_taken": ("the correction of row {number}", *_OF_DECISIONS),
    "email_invalid": (
        "no @-sign",
        "There must be something after the @-sign.",
        "There must be something before the @-sign.",
        "The part after the @-sign is not valid. It should have a period.",
        "An email address has exactly one @-sign.",
        "An email address cannot have two periods in a row.",
        "An email address cannot start with a period.",
        "An email address cannot have a period immediately before the @-sign.",
        "An email address cannot have a period immediately after the @-sign.",
        "An email address cannot have a hyphen immediately after the @-sign.",
        "An email address cannot have a period and a hyphen next to each other.",
        "An email address cannot end with a period.",
        "The email address is too long.",
        "The email address contains invalid characters before the @-sign: SPACE.",
        "The email address contains invalid characters before the @-sign: {signs}.",
        "The part after the @-sign contains invalid characters: SPACE.",
        "The part after the @-sign contains invalid characters: {signs}.",
        "The part after the @-sign is not valid. It is not within a valid top-level domain.",
    ),
    "email_multiple": ("{number} addresses",),
    "phone_invalid": _OF_PHONES,
    "phone_no_region": _OF_PHONES,
    "phone_placeholder": _OF_PHONES,
    "phone_extension": ("{phone}, extension {extension}",),
    "phone_service_number": ("toll-free", "premium rate", "shared cost", "company number", "pager", "voicemail"),
    "date_ambiguous": ("a year of two digits",),
    "more_declared": ("{number} of {total} entries", "another page follows"),
    "date_from_epoch": (
        "seconds since 1970, and 0 as no date",
        "milliseconds since 1970, and 0 as no date",
        "microseconds since 1970, and 0 as no date",
        "tenths of a microsecond since 1601, and 0 as no date",
    ),
    "possible_duplicate": (
        "{numbers} and {number} more: {what}",
        "{numbers}: {what}",
        "the same but for email and phone",
        "the same but for email, phone and spelling",
        "one name and one birthday",
        "one mailbox",
        "one name, and emails that differ by a slip",
        "one name, and phones that differ by a slip",
    ),
    "decision_applied": _OF_DECISIONS,
    "decision_unused": _OF_DECISIONS,
    "decision_unplaced": _OF_DECISIONS,
}  # fmt: skip


class _Phrase(NamedTuple):
    one: str
    many: str
    patterns: tuple[re.Pattern[str], ...]


class _FoundPhrase(NamedTuple):
    phrase: _Phrase
    places: dict[str, str]


def said_argument(code: str, argument: str) -> str | None:
    """Say the argument of a finding in the language of the reader; None if it is a sentence of another library.

    Examples
    --------
    >>> from passage_kit.translations import speaking
    >>> with speaking("de"):
    ...     said_argument("row_too_long", "line 1,304: 6 values, and the header has 5 names")
    'Zeile 1.304: 6 Werte, und die Kopfzeile hat 5 Namen'
    >>> said_argument("column_undecided", "Mail or E-Mail")
    'Mail or E-Mail'
    """
    if language() == ENGLISH:
        return argument
    found = _find(code, argument)
    if found is None:
        return None if code in _OF_A_LIBRARY else argument
    (one, many, _), places = found
    parts = {name: _said_part(code, name, text) for name, text in places.items() if name != "count"}
    if "count" in places:
        return ngettext(one, many, _number(places["count"]), **parts)
    return gettext(one, **parts)


def is_phrase(code: str, argument: str) -> bool:
    """Tell whether the kit made an argument by one of the templates of its code.

    Examples
    --------
    >>> is_phrase("sheet_not_read", "sheet 'Staff' (3 rows, hidden)"), is_phrase("row_blank", "line 7: nothing")
    (True, False)
    """
    return _find(code, argument) is not None


def _find(code: str, argument: str) -> _FoundPhrase | None:
    """Find the template that made an argument, and what stands in its places."""
    for phrase in _phrases(code):
        for found in filter(None, (pattern.fullmatch(argument) for pattern in phrase.patterns)):
            places = found.groupdict()
            if all(is_phrase(code, text) for name, text in places.items() if name in _PHRASES):
                return _FoundPhrase(phrase, places)
    return None


def _said_part(code: str, name: str, text: str) -> str:
    if name in _NUMBERS:
        return number(_number(text))
    return (said_argument(code, text) or text) if name in _PHRASES else text


def _number(text: str) -> int:
    return int(text.replace(",", ""))


@cache
def _phrases(code: str) -> tuple[_Phrase, ...]:
    """Give the templates of a code, each with the patterns of the phrases that it made."""
    forms = (each if isinstance(each, tuple) else (each, each) for each in TEMPLATES.get(code, ()))
    return tuple(_Phrase(one, many, tuple(map(_pattern, dict.fromkeys((one, many))))) for one, many in forms)


def _pattern(template: str) -> re.Pattern[str]:
    """Make the pattern of the phrases that a template made; its words stand beside its places in turn."""
    parts = re.split(r"[{}]", template)
    signs = (f"(?P<{it}>{_PLACES.get(it, '.+?')})" if at % 2 else re.escape(it) for at, it in enumerate(parts))
    return re.compile("".join(signs), re.DOTALL)
