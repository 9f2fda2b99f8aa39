"""Shapes of emails: cells of which one speaks for all others, since the library judges them by the same signs.

A fault before the @ is found whatever the letters are and whatever stands behind it, and a letter of another script is
judged as it is anywhere else. So one cell or domain of each shape is shown to the library.
"""

from __future__ import annotations

import unicodedata
from itertools import chain, starmap

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from email_validator import EmailNotValidError

from passage_kit.columns.characters import replace_characters
from passage_kit.columns.users_frame import bytes_of, mask_of, matches
from passage_kit.identifiers.email_cells import INVISIBLE, LINK, PROXY, SPACES, Library

LONGEST_CELL = 200

# Letters of other scripts in lower case, which neither join with others nor turn the direction of writing.
_RANGES = ((0xDF, 0x530), (0x3041, 0x3097), (0x30A1, 0x30FB))
_LETTERS_ALONE = ((0x4E00, 0x9FA6), (0xAC00, 0xD7A4))  # Han and Hangul: to ask for each takes 25 ms of every start


def _is_letter(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Ll", "Lo")
        and unicodedata.bidirectional(character) == "L"
        and unicodedata.normalize("NFC", character) == character == character.lower()
    )


def _as_class(codes: list[int]) -> str:
    """Write characters as the inside of a class, in ranges."""
    ranges = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    return "".join(f"{chr(some[0])}-{chr(some[-1])}" for some in ranges)


_ASKED = [code for begin, end in _RANGES for code in range(begin, end) if _is_letter(chr(code))]
_KNOWN = frozenset(map(chr, chain(_ASKED, *starmap(range, _LETTERS_ALONE))))
LETTERS = _as_class(_ASKED) + "".join(f"{chr(begin)}-{chr(end - 1)}" for begin, end in _LETTERS_ALONE)  # within [...]

# Before the @, all signs but these mean the same to the library and to the unwrapping of cells.
_SAME = "[a-z0-9_!#$%&*+=^{}~-]+"
_LOCAL = r'(?:"[ !#-;=?A-\[\]-~]*"|[ !#-;=?A-\[\]-~]*)'
_BEHIND = r"[-a-z0-9._)\]}]*[-a-z0-9_)\]}]"
_ONE = f"^{_LOCAL}@{_BEHIND}$"
_NAME, _HOST = "[a-z0-9_+-]+(?:[.][a-z0-9_+-]+)*", "[a-z0-9]+(?:[-.][a-z0-9]+)*"
_BETWEEN = r"(?:\s*[,;/|]\s*|\s+(?:(?:or|and)\s+)?)"
_TWO = f"^(?P<one>{_NAME})@(?P<here>{_HOST}){_BETWEEN}(?P<other>{_NAME})@(?P<there>{_HOST})$"

# Domains whose faults do not depend on their letters.
_PLAIN_HOST = "^[-a-z0-9._]+$"
_LONGEST_LABEL = 60
_INTERNATIONAL = rf"^(?:[a-z0-9{LETTERS}]+(?:-[a-z0-9{LETTERS}]+)*\.)+[a-z]+$"


def in_lower_case(cells: pa.Array) -> pa.Array:
    """Write cells in lower case without white space around and invisible signs, as far as letters are known."""
    cells = pc.ascii_lower(pc.utf8_trim_whitespace(cells))
    odd = pc.fill_null(pc.invert(pc.string_is_ascii(cells)), False)
    if not mask_of(odd).any():
        return cells
    seen = pc.replace_substring_regex(cells.filter(odd), INVISIBLE.pattern, "")
    written = replace_characters(pc.utf8_trim(seen, characters=SPACES), _in_lower_case)
    return pc.replace_with_mask(cells, odd, written)


def _in_lower_case(character: str) -> str:
    lower = character.lower()
    return lower if lower in _KNOWN and character != "Σ" else character


def speakers(cells: pa.Array) -> pa.Array:
    """Give the cell that speaks for each, null where a cell speaks for itself.

    What is said of the speaker holds only if it is a fault.

    Examples
    --------
    >>> speakers(pa.array(["x:ann@x.org", "ann.@x.org", "ann@x.org; bo@y.org", "ann@x.org"])).to_pylist()
    ['a:a@a.org', 'a.@a.org', 'a@x.org, b@y.org', 'a@a.org']
    """
    cells = pc.ascii_lower(pc.utf8_trim_whitespace(cells))
    short = mask_of(pc.less_equal(pc.binary_length(cells), LONGEST_CELL))
    wrapped = pc.or_(pc.starts_with(cells, LINK), pc.match_substring(cells, PROXY))
    one = short & matches(cells, _ONE) & ~mask_of(wrapped)
    shapes = pc.replace_substring_regex(pc.replace_substring_regex(cells, "@.*", ""), _SAME, "a")
    said = pc.if_else(pa.array(one), pc.binary_join_element_wise(shapes, "a.org", "@"), None)
    two = pc.extract_regex(pc.if_else(pa.array(short & ~one), cells, ""), _TWO)
    name, here, other, there = (pc.struct_field(two, part) for part in ("one", "here", "other", "there"))
    differs = pc.or_(pc.not_equal(name, other), pc.not_equal(here, there))
    whole = pc.and_(differs, pc.invert(pc.match_substring(cells, "--")))
    hosts = pc.binary_join_element_wise(
        pc.binary_join_element_wise("a", here, "@"), pc.binary_join_element_wise("b", there, "@"), ", "
    )
    return pc.if_else(pc.fill_null(whole, False), hosts, said)


def speakers_of_domains(domains: pa.Array) -> pa.Array:
    """Give the domain that speaks for each if it is a fault, null where a domain speaks for itself.

    Examples
    --------
    >>> speakers_of_domains(pa.array(["mail_1.example.org", "mail", "x..org", "x.1", "x--y.org"])).to_pylist()
    ['a_a.a.a', 'a', 'a..a', 'a.1', None]
    """
    plain = matches(domains, _PLAIN_HOST) & ~matches(domains, "--")
    plain &= ~matches(domains, f"[a-z0-9]{{{_LONGEST_LABEL}}}")
    shapes = pc.replace_substring_regex(domains, "[a-z0-9]+", "a")
    shapes = pc.if_else(
        pc.match_substring_regex(domains, "[0-9]$"), pc.replace_substring_regex(shapes, "a$", "1"), shapes
    )
    return pc.if_else(pa.array(plain), shapes, None)


def international_forms(domains: pa.Array, library: Library) -> pa.Array:
    """Give the ASCII form of each international domain of known letters, null for every other domain.

    Examples
    --------
    >>> international_forms(pa.array(["bücher.example.org", "x.org", "bücher"]), Library(False)).to_pylist()
    ['xn--bcher-kva.example.org', None, None]
    """
    some = np.flatnonzero(matches(domains, _INTERNATIONAL) & ~mask_of(pc.string_is_ascii(domains)))
    split = pc.split_pattern(domains.take(pa.array(some)), ".")
    labels = split.flatten()
    others = pc.invert(pc.string_is_ascii(labels))
    written = _in_punycode(labels.filter(others), library)
    forms = pc.replace_with_mask(labels, others, pc.binary_join_element_wise("xn--", written, ""))
    short = pc.if_else(pc.less_equal(pc.binary_length(forms), _LONGEST_LABEL), forms, None)
    joined = pc.binary_join(pa.ListArray.from_arrays(split.offsets, short), ".")
    places = np.zeros(len(domains), np.bool_)
    places[some] = True
    return pc.replace_with_mask(pa.nulls(len(domains), pa.string()), pa.array(places), joined)


def _in_punycode(labels: pa.Array, library: Library) -> pa.Array:
    """Write labels in Punycode, null where a letter is not known: the ASCII signs, then the places of other letters.

    The places do not depend on the ASCII signs, so that many labels have the same ones.
    """
    octets, bounds = bytes_of(labels)
    shown = np.where(octets < 0x80, np.uint8(ord("a")), octets)
    texts = pa.StringArray.from_buffers(len(labels), pa.py_buffer(bounds), pa.py_buffer(shown))
    shapes = texts.dictionary_encode()
    distinct = shapes.dictionary.to_pylist()
    letters = set[str]().union(*distinct)
    unknown = {letter for letter in letters if not letter.isascii() and not _is_known(letter, library)}
    places = [_places(shape) if unknown.isdisjoint(shape) else None for shape in distinct]
    plain = pc.replace_substring_regex(labels, "[^[:ascii:]]", "")
    begun = pc.if_else(pc.equal(plain, ""), "", pc.binary_join_element_wise(plain, "-", ""))
    return pc.binary_join_element_wise(begun, pa.array(places, pa.string()).take(shapes.indices), "")


def _is_known(character: str, library: Library) -> bool:
    """Tell whether the library takes a letter into a domain as it is."""
    try:
        form, _ = library.domain(f"{character}.org")
    except EmailNotValidError:
        return False
    return form == f"xn--{_places(character)}.org"


def _places(label: str) -> str:
    return label.encode("punycode").decode().rpartition("-")[2]
