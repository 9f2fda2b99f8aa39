"""The judgement of whole email columns: if a cell is a plain address, only its domain is judged.

An address whose part before the @ is plain is accepted or refused for its domain, and domains are few: each distinct
one is shown to the library once. For other cells, one of each shape is judged (module ``email_shapes``), and what is
left is judged by itself, once per distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import email_validator
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from email_validator import EmailNotValidError

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.spool import one_table
from passage_kit.columns.text_parts import parts_of_text
from passage_kit.columns.users_frame import bytes_of, mask_of, matches, one_chunk, per_distinct
from passage_kit.identifiers.address_syntax import ATEXT, EMAIL_MAX_LENGTH
from passage_kit.identifiers.email_cells import LINK, PROXY, QUOTES, SPACES, TRAILING, EmailVerdict, Library, judge_cell
from passage_kit.identifiers.email_shapes import (
    LETTERS,
    LONGEST_CELL,
    in_lower_case,
    international_forms,
    speakers,
    speakers_of_domains,
)

# In lower case, an address whose part before the @ the library gives back as it is, and which has nothing to be taken
# off at its end. So short that, at a domain of no more than so many bytes, no limit of a length can bite.
_ATOM = f"[{ATEXT}{LETTERS}]+"
_DOMAIN = f"(?:[-a-z0-9._{LETTERS}]*[-a-z0-9_{LETTERS}])?"
_ADDRESS = rf"^{_ATOM}(?:\.{_ATOM})*@{_DOMAIN}$"
_LONGEST = 65
_LONGEST_ADDRESS = EMAIL_MAX_LENGTH - _LONGEST
# What stands around an address, one layer each: a link, quotes, a name. A link with a question has other parts.
_LAYERS = (rf"^{LINK}([^?]*)$", f"^[{QUOTES}](.*)[{QUOTES}]$", "^[^<>@:]*<([^<>]*)>$", rf"^{PROXY}([^\s,;|:]*)$")
# Domains that the library gives back as they are, unless they end in a name for special use.
_PLAIN_DOMAIN = r"^(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+$"


class Judged(NamedTuple):
    """The verdicts on a column: normal forms, their domains, and the fault of each value without a form."""

    forms: pa.ChunkedArray
    domains: pa.DictionaryArray
    unusable: pa.Table  # at (positions), code and argument


def judge_column(values: pa.ChunkedArray, *, allow_special_use: bool, fast_paths: bool = True) -> Judged:
    """Judge a column of emails, each cell exactly as :func:`passage_kit.identifiers.email_cells.judge_cell` does.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        Text.
    allow_special_use : bool
        Accept the domains of the library's list of special-use names.
    fast_paths : bool, default True
        Judge only the domain of a plain address. If False, judge every distinct cell by itself.

    Returns
    -------
    Judged

    Examples
    --------
    >>> values = pa.chunked_array([["Ann@Example.org", "mailto:bo@example.org", "carl@"]])
    >>> judged = judge_column(values, allow_special_use=False)
    >>> judged.forms.to_pylist()
    ['ann@example.org', 'bo@example.org', None]
    >>> judged.unusable.to_pylist()
    [{'at': 2, 'code': 'email_invalid', 'argument': 'There must be something after the @-sign.'}]
    """
    library = Library(allow_special_use)
    parts = list(parts_of_text(values))
    if len(parts) == 1:
        return _judge_partition(values, library, fast_paths)
    domains, unusable = list[pa.DictionaryArray](), list[pa.Table]()

    def forms() -> Iterator[pa.Table]:
        start = 0
        for texts in parts:
            part = _judge_partition(texts, library, fast_paths)
            domains.append(part.domains)
            unusable.append(part.unusable.set_column(0, "at", pc.add(part.unusable["at"], start)))
            start += len(texts)
            yield pa.table({"forms": part.forms})

    every = one_table(forms())["forms"]
    return Judged(every, pa.chunked_array(domains).unify_dictionaries().combine_chunks(), pa.concat_tables(unusable))


def _judge_partition(values: pa.ChunkedArray, library: Library, fast_paths: bool) -> Judged:
    read = in_pieces(values, _read if fast_paths else _read_nothing)
    addresses = pa.chunked_array([piece.texts for piece in read], pa.string())
    is_address = np.concatenate([np.zeros(0, dtype=bool), *(piece.is_address for piece in read)])
    rows = np.flatnonzero(is_address)
    domains = _together([piece.domains for piece in read])
    accepted, refusals = _judge_domains(domains.dictionary, library)
    domain = np.asarray(domains.indices)
    refused = mask_of(refusals.is_valid())[domain]
    addresses = _at_domains(addresses, rows, domain, domains.dictionary, accepted)

    by_itself = mask_of(values.is_valid()) & ~is_address
    by_itself[rows[~mask_of(accepted.is_valid())[domain] & ~refused]] = True
    cells = values.filter(pa.array(by_itself))
    form, code, argument = _judge_others(one_chunk(cells), library, fast_paths=fast_paths)
    others = np.flatnonzero(by_itself)
    bad = code.is_valid()

    forms = pc.replace_with_mask(addresses, pa.array(by_itself), form)
    if refused.any():
        no_form = np.zeros(len(values), dtype=bool)
        no_form[rows[refused]] = True
        forms = pc.if_else(pa.array(no_form), None, forms)
    unusable = [
        findings_at(rows[refused], "email_invalid", refusals.take(pa.array(domain[refused]))),
        findings_at(others[mask_of(bad)], code.filter(bad), argument.filter(bad)),
    ]
    of_cells = _domains(pc.fill_null(form, "@"))
    at = np.zeros(len(values), dtype=np.int64)
    at[rows] = domain
    at[others] = len(domains.dictionary) + np.asarray(of_cells.indices)
    known = pa.concat_arrays([pc.coalesce(accepted, domains.dictionary), of_cells.dictionary])
    every = pa.DictionaryArray.from_arrays(pa.array(at, mask=~mask_of(forms.is_valid())), known)
    return Judged(forms, every, pa.concat_tables(unusable))


def findings_at(at: npt.NDArray[np.int64], code: pa.Array | str, argument: pa.Array | None = None) -> pa.Table:
    """Make findings on the values at some positions: ``at``, ``code``, ``argument``."""
    codes = pa.repeat(pa.scalar(code, pa.string()), len(at)) if isinstance(code, str) else code
    arguments = pa.nulls(len(at), pa.string()) if argument is None else argument
    return pa.table([pa.array(at, pa.int64()), codes, arguments], names=["at", "code", "argument"])


class _Read(NamedTuple):
    """A piece of a column: trimmed, in lower case, without links and names; with a mask of the addresses and their
    domains.
    """

    texts: pa.Array
    is_address: Mask
    domains: pa.DictionaryArray


def _read(values: pa.Array) -> _Read:
    values = in_lower_case(values)
    is_address = _are_addresses(values)
    others = ~is_address & mask_of(pc.less_equal(pc.binary_length(values), LONGEST_CELL))
    if others.any():
        unwrapped = _unwrapped(values.filter(pa.array(others)))
        is_address[others] = _are_addresses(unwrapped)
        values = pc.replace_with_mask(values, pa.array(others), unwrapped)
    return _Read(values, is_address, _domains(values.filter(pa.array(is_address))))


def _unwrapped(values: pa.Array) -> pa.Array:
    """Take off what ends a list or a sentence, and one layer of what stands around an address."""
    values = pc.utf8_rtrim(values, characters=SPACES + TRAILING)
    for layer in _LAYERS:
        values = pc.replace_substring_regex(values, layer, r"\1")
    return values


def _read_nothing(values: pa.Array) -> _Read:
    """Read no value as an address, so that each is judged by itself."""
    return _Read(values, np.zeros(len(values), dtype=bool), _domains(pa.array([], pa.string())))


def _are_addresses(values: pa.Array) -> Mask:
    return matches(values, _ADDRESS) & mask_of(pc.less_equal(pc.binary_length(values), _LONGEST_ADDRESS))


def _domains(addresses: pa.Array) -> pa.DictionaryArray:
    """Cut out the domain of each address; each has one."""
    data, starts = bytes_of(addresses)
    bounds = np.empty(2 * len(addresses) + 1, np.int32)  # of what stands before the @ and of what stands behind it
    bounds[0::2], bounds[1::2] = starts, np.flatnonzero(data == ord("@")) + 1
    halves = pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), pa.py_buffer(data))
    return pc.dictionary_encode(halves.take(pa.array(np.arange(1, len(halves), 2))))


def _together(pieces: Sequence[pa.DictionaryArray]) -> pa.DictionaryArray:
    """Join the pieces of a column, with one dictionary."""
    return pa.chunked_array([*pieces, _domains(pa.array([], pa.string()))]).unify_dictionaries().combine_chunks()


def _at_domains(
    addresses: pa.ChunkedArray, rows: Positions, domain: Positions, written: pa.Array, forms: pa.Array
) -> pa.ChunkedArray:
    """Write the normal forms of domains into addresses, where they are other ones."""
    other = mask_of(pc.fill_null(pc.not_equal(written, forms), False))[domain]
    if not other.any():
        return addresses
    some = np.zeros(len(addresses), dtype=bool)
    some[rows[other]] = True
    names = one_chunk(pc.replace_substring_regex(addresses.filter(pa.array(some)), "@.*", ""))
    new = pc.binary_join_element_wise(names, forms.take(pa.array(domain[other])), "@")
    return pc.replace_with_mask(addresses, pa.array(some), new)


def _judge_domains(domains: pa.Array, library: Library) -> tuple[pa.Array, pa.Array]:
    """Give the form of each domain, or the reason of its refusal; cells at a domain without either are judged alone."""
    special = "|".join(map(re.escape, email_validator.SPECIAL_USE_DOMAIN_NAMES))
    is_plain, is_special = matches(domains, _PLAIN_DOMAIN), matches(domains, rf"(?:^|\.)(?:{special})$")
    usual = is_plain & ~is_special & _is_short(domains)
    others = np.flatnonzero(~usual)
    some = domains.take(pa.array(others))
    international = international_forms(some, library)
    fits = ~is_special[others] & _is_short(some) & _is_short(international)
    short = pc.if_else(pa.array(fits), international, None)
    forms: list[str | None] = short.to_pylist()
    refusals: list[str | None] = [None] * len(some)
    left = np.flatnonzero(~mask_of(short.is_valid()))
    unknown = some.take(pa.array(left))
    at_top = pc.replace_substring_regex(unknown, r"^.*\.", "a.")
    is_known = pa.array((is_plain & is_special)[others[left]])
    speakers = pc.if_else(is_known, at_top, speakers_of_domains(unknown))
    for at, domain, speaker in zip(left.tolist(), unknown.to_pylist(), speakers.to_pylist(), strict=True):
        refusals[at] = speaker and _ask(speaker, library)[1]
        if refusals[at] is None:
            forms[at], refusals[at] = _ask(domain, library)
    unsaid, mask = pa.nulls(len(domains), pa.string()), pa.array(~usual)
    return (
        pc.replace_with_mask(domains, mask, pa.array(forms, pa.string())),
        pc.replace_with_mask(unsaid, mask, pa.array(refusals, pa.string())),
    )


def _is_short(domains: pa.Array) -> Mask:
    return mask_of(pc.fill_null(pc.less_equal(pc.binary_length(domains), _LONGEST), False))


def _ask(domain: str, library: Library) -> tuple[str | None, str | None]:
    """Give the form of a domain or the reason of its refusal; neither if the whole cell has to be seen."""
    try:
        form, longest = library.domain(domain)
    except EmailNotValidError as error:
        return None, str(error) if domain.isascii() else None
    return form if longest <= _LONGEST else None, None


def _judge_others(cells: pa.Array, library: Library, *, fast_paths: bool) -> list[pa.Array]:
    """Judge cells by themselves, or by the cell that speaks for them, if that has a fault: form, code, argument."""
    speaker = speakers(cells) if fast_paths else pa.nulls(len(cells), pa.string())
    said = _judge_distinct(speaker, library)
    is_faulty = pc.and_(speaker.is_valid(), said[0].is_null())
    own = _judge_distinct(cells.filter(pc.invert(is_faulty)), library)
    at = np.arange(len(cells))
    at[~mask_of(is_faulty)] = len(cells) + np.arange(len(own[0]))
    return [pa.concat_arrays(both).take(pa.array(at)) for both in zip(said, own, strict=True)]


def _judge_distinct(cells: pa.Array, library: Library) -> list[pa.Array]:
    texts = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([cells])))
    verdicts = per_distinct(texts, lambda distinct: _judge_cells(distinct, library))
    return [one_chunk(verdicts[name]) for name in EmailVerdict._fields]


def _judge_cells(cells: Sequence[str], library: Library) -> pa.Table:
    verdicts = [judge_cell(cell, library) for cell in cells]
    columns = zip(*verdicts, strict=True) if verdicts else [[], [], []]
    return pa.table([pa.array(words, pa.string()) for words in columns], names=EmailVerdict._fields)
