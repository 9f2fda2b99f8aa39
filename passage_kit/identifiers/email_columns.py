"""The judgement of whole email columns: if a cell is a plain address, only its domain is judged.

An address whose part before the @ is plain is accepted or refused for its domain, and domains are few: each distinct
one is shown to the library once. Every other cell is judged by itself, once per distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import email_validator
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from email_validator import EmailNotValidError

from passage_kit.columns.arrays import Mask
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.users_frame import bytes_of, mask_of, matches, one_chunk, per_distinct
from passage_kit.identifiers.email_cells import LINK, PLAIN_LOCAL, EmailVerdict, Library, judge_cell

# In lower case, an address that the library gives back as it is, or refuses for its domain, which has nothing to be
# taken off at its end. So short that no limit of a length can bite.
_DOMAIN = "(?:[-a-z0-9._]*[-a-z0-9_])?"
_ADDRESS = f"^{PLAIN_LOCAL}@{_DOMAIN}$"
_LONGEST = 65
# The same in a link, or behind a name, or before signs that end a list or a sentence.
_INNER = rf"([^\s<>@?:]+@{_DOMAIN})"
_WRAPPED = rf"^(?:{LINK}{_INNER}|[^<>@:]*<{_INNER}>|{_INNER})[\s,;.]*$"
_LONGEST_WRAPPED = 200
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
    read = in_pieces(values, _read if fast_paths else _read_nothing)
    addresses = pa.chunked_array([piece.texts for piece in read], pa.string())
    is_address = np.concatenate([np.zeros(0, dtype=bool), *(piece.is_address for piece in read)])
    rows = np.flatnonzero(is_address)
    domains = _together([piece.domains for piece in read])
    accepted, refusals = _judge_domains(domains.dictionary, library)
    domain = np.asarray(domains.indices)
    refused = mask_of(refusals.is_valid())[domain]

    by_itself = mask_of(values.is_valid()) & ~is_address
    by_itself[rows[~accepted[domain] & ~refused]] = True
    cells = pd.Series(pd.arrays.ArrowExtensionArray(values.filter(pa.array(by_itself))))
    verdicts = per_distinct(cells, lambda distinct: _judge_cells(distinct, library))
    form, code, argument = (one_chunk(verdicts[name]) for name in EmailVerdict._fields)
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
    known = pa.concat_arrays([domains.dictionary, of_cells.dictionary])
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
    values = pc.ascii_lower(pc.utf8_trim_whitespace(values))
    is_address = _are_addresses(values)
    others = ~is_address & mask_of(pc.less_equal(pc.binary_length(values), _LONGEST_WRAPPED))
    if others.any():
        unwrapped = pc.replace_substring_regex(values.filter(pa.array(others)), _WRAPPED, r"\1\2\3")
        is_address[others] = _are_addresses(unwrapped)
        values = pc.replace_with_mask(values, pa.array(others), unwrapped)
    return _Read(values, is_address, _domains(values.filter(pa.array(is_address))))


def _read_nothing(values: pa.Array) -> _Read:
    """Read no value as an address, so that each is judged by itself."""
    return _Read(values, np.zeros(len(values), dtype=bool), _domains(pa.array([], pa.string())))


def _are_addresses(values: pa.Array) -> Mask:
    return matches(values, _ADDRESS) & mask_of(pc.less_equal(pc.binary_length(values), _LONGEST))


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


def _judge_domains(domains: pa.Array, library: Library) -> tuple[Mask, pa.Array]:
    """Sort domains into accepted and refused, with the reason; cells at any other domain are judged alone."""
    accepted = matches(domains, _PLAIN_DOMAIN)
    special = "|".join(map(re.escape, email_validator.SPECIAL_USE_DOMAIN_NAMES))
    accepted &= ~matches(domains, rf"(?:^|\.)(?:{special})$")
    refusals: list[str | None] = [None] * len(domains)
    for at in np.flatnonzero(~accepted):
        domain = domains[int(at)].as_py()
        try:
            form, longest = library.domain(domain)
            accepted[at] = form == domain and longest <= _LONGEST
        except EmailNotValidError as error:
            refusals[at] = str(error)
    return accepted, pa.array(refusals, pa.string())


def _judge_cells(cells: Sequence[str], library: Library) -> pa.Table:
    verdicts = [judge_cell(cell, library) for cell in cells]
    columns = zip(*verdicts, strict=True) if verdicts else [[], [], []]
    return pa.table([pa.array(words, pa.string()) for words in columns], names=EmailVerdict._fields)
