"""What people and programs do to the cells of an export: traits of phones and emails, by whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Trait = Callable[[pa.Array], pa.Array]

_GROUPS = r"^(\+\d{2})(\d{3})(\d{4})(\d*)$"


def _behind(text: str) -> Trait:
    return lambda cells: pc.binary_join_element_wise(cells, text, "")


def _around(before: str, behind: str) -> Trait:
    return lambda cells: pc.binary_join_element_wise(before, cells, behind, "")


def _between(sign: str) -> Trait:
    return lambda cells: pc.replace_substring_regex(cells, _GROUPS, rf"\1{sign}\2{sign}\3{sign}\4")


def _in_script(digits: str) -> Trait:
    def written(cells: pa.Array) -> pa.Array:
        for number, digit in enumerate(digits):
            cells = pc.replace_substring(cells, str(number), digit)
        return cells

    return written


def _two(between: str) -> Trait:
    def joined(cells: pa.Array) -> pa.Array:
        others = cells.take(pa.array(np.roll(np.arange(len(cells)), 1)))
        return pc.binary_join_element_wise(cells, others, between)

    return joined


def _without_plus(cells: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(cells, 1)


# Of numbers in E.164.
PHONE_TRAITS: Mapping[str, Trait] = {
    "clean": lambda cells: cells,
    "spaces and hyphens": _between(" "),
    "two numbers": _two(" / "),
    "two numbers, a word between": _two(" or "),
    "Arabic digits": _in_script("٠١٢٣٤٥٦٧٨٩"),
    "full-width digits": _in_script("０１２３４５６７８９"),
    "a word behind": _behind(" mobile"),
    "a word in brackets behind": _behind(" (private)"),
    "a word before": _around("Mobile: ", ""),
    "U+00A0 between": _between("\u00a0"),
    "U+202F between": _between("\u202f"),
    "U+2011 between": _between("\u2011"),
    "en dash between": _between("–"),
    "invisible signs around": _around("\u202a", "\u202c"),
    "U+00A0 behind": _behind("\u00a0"),
    "tab behind": _behind("\t"),
    "line break behind": _behind("\r\n"),
    "comma behind": _behind(","),
    "semicolon behind": _behind(";"),
    "curly quotes around": _around("“", "”"),
    ".0 behind": lambda cells: _behind(".0")(_without_plus(cells)),
    "extension behind": _behind(" ext. 12"),
}


def _spelled(name: str, domain: str) -> Trait:
    """Write an address with another name before its own, and another domain behind its own."""
    new = rf"{name}\1@" + (domain or r"\2")
    return lambda cells: pc.replace_substring_regex(cells, r"^([^@]+)@(.+)$", new)


# Of addresses in normal form.
EMAIL_TRAITS: Mapping[str, Trait] = {
    "clean": lambda cells: cells,
    "capitals": pc.utf8_upper,
    "international domain": _spelled("", "bücher.example.org"),
    "international domain, all distinct": _spelled("", r"bücher-\1.example.org"),
    "non-ASCII local part": _spelled("jürgen.", ""),
    "distinct domain with a dot behind": _spelled("", r"\1.example.org."),
    "distinct domain": _spelled("", r"\1.example.org"),
    "distinct bad domain": _spelled("", r"\1_.example.org"),
    "space within": _spelled("a ", ""),
    "SMTP: before": _around("SMTP:", ""),
    "quoted local part": lambda cells: pc.replace_substring_regex(cells, r"^([^@]+)@", r'"\1"@'),
    "brackets around": _around("(", ")"),
    "two addresses": _two(", "),
    "a dot before the @": lambda cells: pc.replace_substring(cells, "@", ".@"),
    "quotes around": _around("'", "'"),
    "a BOM before": _around("\ufeff", ""),
    "U+00A0 behind": _behind("\u00a0"),
    "zero-width space behind": _behind("\u200b"),
    "comma behind": _behind(","),
    "semicolon behind": _behind(";"),
    "dot behind": _behind("."),
    "a name around": lambda cells: pc.replace_substring_regex(cells, r"^([^.]+)(.*)$", r"\1 Smith <\1\2>"),
    "mailto: before": _around("mailto:", ""),
    "over 65 signs": _spelled("a-very-long-name-that-some-department-has-for-all-of-its-own-people-", ""),
}


def _rewritten(pattern: str, new: str) -> Trait:
    return lambda cells: pc.replace_substring_regex(cells, pattern, new)


_BROKEN = _rewritten(",([^,]*) ([^, ]*)$", ',"\\1\r\n\\2"')


def _one_in(every: int, trait: Trait) -> Trait:
    """Give a trait to one row in so many, and to one at least."""

    def some(rows: pa.Array) -> pa.Array:
        mask = pa.array(np.arange(len(rows)) % every == min(every, len(rows)) - 1)
        return pc.replace_with_mask(rows, mask, trait(rows.filter(mask)))

    return some


# Of rows of a CSV file without quotes, whose third last value is a date and whose last is a note of several words. A
# file all of whose rows are short or long is refused, so those are all but one.
ROW_TRAITS: Mapping[str, Trait] = {
    "clean": lambda rows: rows,
    "quotes around a value": _rewritten(",([^,]*)$", r',"\1"'),
    "line break in every row": _BROKEN,
    "line break in a sixth of the rows": _one_in(6, _BROKEN),
    "line break and doubled quotes": _rewritten(",([^,]*) ([^, ]*)$", ',"""\\1""\r\n""\\2"""'),
    "line break in a value between": _rewritten(r",(\d+)-([\d-]+),", ',"\\1\n\\2",'),
    "half of the rows short": _one_in(2, _rewritten(",[^,]*$", "")),
    "one row short": _one_in(10**9, _rewritten(",[^,]*$", "")),
    "one row in ten long": _one_in(10, _rewritten("$", ",x")),
    "commas behind": _rewritten("$", ",,"),
    "text behind a quoted value": _rewritten(",([^,]*) ([^, ]*)$", r',"\1" \2'),
    "a quote within a value": _rewritten(" ([^, ]*)$", r' 5" \1'),
    "one such quote among line breaks": lambda rows: _one_in(10**9, _rewritten(",([^,]*)-", r',5" \1-'))(_BROKEN(rows)),
}


# The share of the phones and of the emails that have a trait, and of the notes that have a line break.
STRENGTHS: Mapping[str, tuple[float, float, float]] = {"messy": (0.1, 0.2, 1 / 6), "hostile": (0.5, 0.5, 1.0)}


def make_messy(table: pa.Table, strength: str, random: np.random.Generator) -> pa.Table:
    """Give cells of a clean export traits, drawn evenly among all, and every row a note.

    Parameters
    ----------
    table : pyarrow.Table
        With the columns ``email`` and ``phone``.
    strength : {"messy", "hostile"}
    random : numpy.random.Generator
    """
    of_phones, of_emails, of_notes = STRENGTHS[strength]
    for name, traits, share in (("phone", PHONE_TRAITS, of_phones), ("email", EMAIL_TRAITS, of_emails)):
        cells = table[name].combine_chunks()
        at = table.column_names.index(name)
        table = table.set_column(at, name, _with_traits(cells, list(traits.values())[1:], share, random))
    number = pa.array(np.arange(len(table))).cast(pa.string())
    broken = pa.array(random.random(len(table)) < of_notes)
    between = pc.if_else(broken, ",\r\n", ", ")
    note = pc.binary_join_element_wise("asked to be called back, order ", number, between, "see the letter", "")
    return table.append_column("note", note)


def _with_traits(cells: pa.Array, traits: list[Trait], share: float, random: np.random.Generator) -> pa.Array:
    """Give a share of the cells one trait each."""
    which = np.where(random.random(len(cells)) < share, random.integers(0, len(traits), len(cells)), -1)
    for number, trait in enumerate(traits):
        mask = pa.array(which == number)
        cells = pc.replace_with_mask(cells, mask, trait(cells.filter(mask)))
    return cells
