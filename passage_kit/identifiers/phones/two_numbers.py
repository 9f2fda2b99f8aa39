"""Two numbers in a cell, by whole columns: taken apart as the judge of cells does it, and judged as columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.users_frame import mask_of, one_chunk
from passage_kit.identifiers.phones.phone_cells import SHORTEST, VERDICTS

_LONGEST_CELL = 100
_NONE = "phone_placeholder"
_DIGITS = rf"\+?[ (]*(?:[0-9][ ().-]*){{{SHORTEST},}}"
_WORDS = " (?i:or|and|und|oder|et|ou|y|o|e|u|en|of|og|och|eller|i|oraz|lub) "
_TWO = rf"^ *(?P<one>{_DIGITS})(?P<between>[;,|&/]|{_WORDS})(?P<space> *)(?P<other>{_DIGITS})$"


class Pairs(NamedTuple):
    """Cells with two numbers: their positions, and the text of each number.

    ``divided`` marks those that a slash alone divides, which may stand between an area code and its number.
    """

    rows: Positions
    one: pa.Array
    other: pa.Array
    divided: Mask


def find_pairs(cells: pa.ChunkedArray) -> Pairs:
    """Find the cells that are nothing but two plain numbers and a sign or a word between them.

    Examples
    --------
    >>> cells = pa.chunked_array([["201 555 0123 or +12015550199", "x", "201-5550123/2015550199", "2015550123"]])
    >>> pairs = find_pairs(cells)
    >>> pairs.rows.tolist(), pairs.one.to_pylist(), pairs.other.to_pylist(), pairs.divided.tolist()
    ([0, 2], ['201 555 0123', '201-5550123'], ['+12015550199', '2015550199'], [False, True])
    """
    texts = pc.if_else(pc.less_equal(pc.binary_length(cells), _LONGEST_CELL), cells, "")
    parts = one_chunk(pc.extract_regex(texts, _TWO))
    rows = np.flatnonzero(mask_of(parts.is_valid()))
    parts = parts.filter(parts.is_valid())
    one, between, other = (pc.struct_field(parts, name) for name in ("one", "between", "other"))
    divided = pc.and_(pc.equal(between, "/"), pc.invert(pc.starts_with(other, "+")))
    return Pairs(rows, one, other, mask_of(divided))


def settle_pairs(one: pa.Table, other: pa.Table, divided: Mask) -> tuple[Mask, pa.Table]:
    """Give the verdicts on cells by the verdicts on their two numbers, and mark those that are settled so.

    Parameters
    ----------
    one, other : pyarrow.Table
        Verdicts on the first and on the second number of each cell, with the fields of ``PhoneVerdict``.
    divided : numpy array of bool
        Cells that may hold one number after all, unless each part is valid.
    """
    both = pc.and_(one["number"].is_valid(), other["number"].is_valid())
    is_same = pc.fill_null(pc.equal(one["number"], other["number"]), False)
    are_none = [pc.fill_null(pc.equal(part["code"], _NONE), False) for part in (one, other)]
    is_first = pc.or_(is_same, pc.and_(*are_none))
    said = {name: pc.if_else(is_first, one[name], None) for name in VERDICTS.names}
    said["code"] = pc.if_else(is_same, "phone_normalized", pc.if_else(is_first, one["code"], "phone_multiple"))
    said["argument"] = pc.if_else(is_same, one["number"], pc.if_else(is_first, one["argument"], "2"))
    return ~divided | mask_of(both), pa.table(said, schema=VERDICTS)
