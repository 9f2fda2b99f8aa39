"""Numbers that may have lost their plus: digits that can be read at home, and with a plus before them.

Spreadsheets and some databases drop the plus, so ``447400123456`` may be a British number, or one of the country of its
row. Where both readings are valid and differ, the whole column decides: if all its numbers that have only one reading
are read in one way, the others are, too. A column without such numbers, or with both kinds, decides nothing.
A person may decide for the column, and the layout of an export speaks for a plus until the numbers contradict it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import bytes_of, mask_of
from passage_kit.identifiers.phones.phone_cells import BETWEEN_DIGITS, DECIMALS, SHORTEST, VERDICTS, WRAPPING

Way = Literal["home", "abroad"]
LostPlus = bool | Literal["likely"] | None

# No plus and no zero before them: either says how a number is meant. A bracket first holds an area code.
_BETWEEN = f"{BETWEEN_DIGITS}\u00a0\u202f"
_BARE = rf"^[1-9][{_BETWEEN}0-9]*$"
_DECIMAL = rf"^([0-9]{{5,}}){DECIMALS}$"
# Digits that stand apart at the beginning are a calling code, or else an area code, which follows no plus.
_FIRST_GROUP = rf"^(?P<first>[0-9]{{1,4}})[{_BETWEEN}]"
_CALLING_CODES = pa.array([str(code) for code in COUNTRY_CODE_TO_REGION_CODE])
_LONGEST = 15
_MAY_BEGIN = np.isin(np.arange(256), [*b"123456789", *WRAPPING.encode()])  # the bytes of a bare cell's first character
_LEAST = 2  # distinct numbers that show that a column lost its plus; one may be a slip

Judge = Callable[[pa.ChunkedArray], tuple[Positions, pa.Table]]


@dataclass(frozen=True, slots=True)
class PlusEvidence:
    """Evidence on the bare digits of a column, or of a part of it: the evidence of parts adds up to that of all.

    Parameters
    ----------
    home : bool, default False
        Some are valid at home only.
    abroad, plausible : frozenset of str
        Few of the numbers that are valid with a plus only, and of those whose country is not known; as many as decide.
    hopeless : bool, default False
        Some are not valid with a plus, and their country is not known.

    Examples
    --------
    >>> part = PlusEvidence(abroad=frozenset({"+447400123456"}))
    >>> part.way() is None, (part + PlusEvidence(abroad=frozenset({"+447400123457"}))).way()
    (True, 'abroad')
    """

    home: bool = False
    abroad: frozenset[str] = frozenset()
    plausible: frozenset[str] = frozenset()
    hopeless: bool = False

    def __add__(self, other: PlusEvidence) -> PlusEvidence:
        """Add the evidence of another part of the column."""
        return PlusEvidence(
            self.home or other.home,
            _few(self.abroad | other.abroad),
            _few(self.plausible | other.plausible),
            self.hopeless or other.hopeless,
        )

    def way(self, lost_plus: LostPlus = None) -> Way | None:
        """Decide how the column is read: as told, else as it shows; None if it does not show it.

        That it is likely counts as much as two numbers that are valid with a plus only.
        """
        if isinstance(lost_plus, bool):
            return "abroad" if lost_plus else "home"
        if self.home:
            return None if self.abroad or lost_plus else "home"
        if lost_plus or len(self.abroad) >= _LEAST:
            return "abroad"
        return "abroad" if len(self.abroad | self.plausible) >= _LEAST and not self.hopeless else None


NO_PLUS_EVIDENCE = PlusEvidence()


def _few(numbers: Iterable[str]) -> frozenset[str]:
    return frozenset(sorted(numbers)[:_LEAST])


@dataclass(frozen=True, slots=True)
class Readings:
    """Bare digits of a column: their positions, their digits behind a plus, and the verdicts on both readings."""

    rows: Positions
    texts: pa.Array
    home: pa.Table
    abroad: pa.Table

    @property
    def _at_home(self) -> Mask:
        return mask_of(self.home["number"].is_valid())

    @property
    def _abroad(self) -> Mask:
        return mask_of(self.abroad["number"].is_valid())

    @property
    def _homeless(self) -> Mask:
        """Mask of numbers whose country is not known."""
        return mask_of(pc.fill_null(pc.equal(self.home["code"], "phone_no_region"), False))

    @property
    def differ(self) -> Mask:
        """Mask of the numbers that the plus makes other numbers."""
        same = mask_of(pc.fill_null(pc.equal(self.home["number"], self.abroad["number"]), False))
        differ: Mask = self._abroad & ~same
        return differ

    @property
    def both(self) -> Mask:
        """Mask of the numbers with two valid readings."""
        return self._at_home & self.differ

    def evidence(self) -> tuple[Mask, Mask, Mask, Mask]:
        """Mark what is valid at home only, abroad only, and abroad or not at all where no country is known."""
        home, abroad, homeless = self._at_home, self._abroad, self._homeless
        return home & ~abroad, abroad & ~home & ~homeless, abroad & homeless, ~abroad & homeless

    def shown(self) -> PlusEvidence:
        """Give the evidence in a form that adds up with that of other parts of the column."""
        home, abroad, plausible, hopeless = self.evidence()
        return PlusEvidence(bool(home.any()), self._some(abroad), self._some(plausible), bool(hopeless.any()))

    def way(self) -> Way | None:
        """Decide how the column is read, None if it does not show it."""
        return self.shown().way()

    def _some(self, mask: Mask) -> frozenset[str]:
        return _few(self.texts.filter(pa.array(mask)).unique()[:_LEAST].to_pylist())

    def witnesses(self) -> Positions:
        """Choose few positions that decide as the whole column does."""
        chosen = []
        for mask in self.evidence():
            of_kind = np.flatnonzero(mask)
            first = ~pd.Series(self.texts.take(pa.array(of_kind)).to_pandas()).duplicated().to_numpy(dtype=bool)
            chosen.append(self.rows[of_kind[first][:_LEAST]])
        return np.concatenate(chosen)


def find_readings(values: pa.ChunkedArray, place: Positions, verdicts: pa.Table, judge: Judge) -> Readings:
    """Find the bare digits of a column, and read them with a plus.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        Text of each cell.
    place, verdicts
        The verdicts, and the place of each cell's verdict among them; -1 for a blank cell.
    judge : callable
        Gives positions and verdicts of some texts without a country.
    """
    is_none = mask_of(pc.fill_null(pc.equal(verdicts["code"], "phone_placeholder"), False))
    at, bare = _bare_digits(values, np.append(is_none, False)[place])
    order, abroad = judge(pa.chunked_array([bare], pa.string()))
    rows = pa.array(place[at])
    home = pa.table([take_rows(column, rows) for column in verdicts.columns], schema=VERDICTS).combine_chunks()
    return Readings(at, bare, home, abroad.take(pa.array(np.argsort(order))).combine_chunks())


def _bare_digits(values: pa.ChunkedArray, is_none: Mask) -> tuple[Positions, pa.Array]:
    """Find the bare digits of a column, and write them behind a plus."""
    found, numbers, begin = [np.zeros(0, dtype=np.int64)], [pa.array([], pa.string())], 0
    for chunk in values.chunks:
        at = _may_be_bare(chunk)
        at = at[~is_none[begin + at]]
        bare = _with_plus(chunk.take(pa.array(at)))
        found.append(begin + at[mask_of(bare.is_valid())])
        numbers.append(bare.drop_null())
        begin += len(chunk)
    return np.concatenate(found), pa.concat_arrays(numbers)


def _may_be_bare(cells: pa.Array) -> Positions:
    """Find the cells that begin with a digit other than zero, or with what may stand around one; few do."""
    data, starts = bytes_of(cells)
    filled = np.flatnonzero(np.diff(starts))
    may: Positions = filled[_MAY_BEGIN[data[starts[filled]]]]
    return may


def _with_plus(cells: pa.Array) -> pa.Array:
    """Write the digits of bare cells behind a plus; null for every other cell."""
    text = pc.utf8_trim(cells, characters=WRAPPING)
    text = pc.replace_substring_regex(text, _DECIMAL, r"\1")
    first = pc.struct_field(pc.extract_regex(text, _FIRST_GROUP), "first")
    is_code = pc.or_(first.is_null(), pc.is_in(first, value_set=_CALLING_CODES))
    digits = pc.replace_substring_regex(text, "[^0-9]", "")
    length = pc.binary_length(digits)
    fits = pc.and_(pc.greater_equal(length, SHORTEST), pc.less_equal(length, _LONGEST))
    is_bare = pc.and_(pc.and_(pc.match_substring_regex(text, _BARE), is_code), fits)
    return pc.if_else(is_bare, pc.binary_join_element_wise("+", digits, ""), None)


def settle_readings(
    readings: Readings, place: Positions, verdicts: pa.Table, way: Way | None
) -> tuple[Positions, pa.Table, tuple[str, int] | None]:
    """Settle the numbers with two readings as the column decides (``way``), or withhold them.

    Returns
    -------
    place, verdicts
        As for :func:`find_readings`, with other verdicts on the bare digits that are not read at home.
    said : tuple of str and int, optional
        Code and count of a finding on the whole column, if it decided about any number.
    """
    if way == "home":
        count = int(readings.both.sum())
        return place, verdicts, ("phone_read_at_home", count) if count else None
    changed = np.flatnonzero(readings.differ if way else readings.both)
    if not len(changed):
        return place, verdicts, None
    some = pa.array(changed)
    others = (
        _abroad(readings.abroad.take(some)) if way else _withheld(readings.home.take(some), readings.abroad.take(some))
    )
    place = place.copy()
    place[readings.rows[changed]] = len(verdicts) + np.arange(len(changed))
    every = pa.concat_tables([verdicts, others])
    return place, every, ("phone_plus_added", len(changed)) if way else None


def _abroad(verdicts: pa.Table) -> pa.Table:
    """Say that the numbers were changed."""
    number = verdicts["number"]
    changed = pa.repeat(pa.scalar("phone_normalized"), len(verdicts))
    return pa.table([number, changed, number, verdicts["warning"], verdicts["warning_argument"]], schema=VERDICTS)


def _withheld(home: pa.Table, abroad: pa.Table) -> pa.Table:
    """Withhold numbers, and say both readings."""
    nothing = pa.nulls(len(home), pa.string())
    code = pa.repeat(pa.scalar("phone_two_readings"), len(home))
    readings = pc.binary_join_element_wise(home["number"], abroad["number"], " or ")
    return pa.table([nothing, code, readings, nothing, nothing], schema=VERDICTS)
