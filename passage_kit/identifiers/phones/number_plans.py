"""The rules by which phone numbers are read, and which numbers they do not tell apart.

A phone number is read from the left. What is dialled first to reach other countries (``00``, ``011``), or a ``+``, is
followed by a calling code (``44``), which is one country's or shared by several. Within a country comes what is dialled
before an area code, the trunk prefix (``0``), and then a number that the numbering plan gives away, by ranges. Some
people leave out the ``+``, and some write a trunk prefix where there should be none.

The phonenumbers library has these rules for every country, as patterns, and consults nothing else: which patterns the
digits match, and then what is left of them when a prefix is taken off. So there are few kinds of numbers, and one of
each kind speaks for all. Here the kinds are found, for whole columns of numbers. What becomes of them, only the library
says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from functools import cache
from itertools import count
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, country_code_for_region

from passage_kit.columns.arrays import Mask
from passage_kit.identifiers.phones.number_ranges import Ending, UnknownPattern, written_out
from passage_kit.identifiers.phones.phone_cells import ABROAD

LONGEST = 18  # digits that fit into the integers used here
# All of which the library has a pattern: any number, each kind of line, and what is not dialled from abroad.
KINDS_OF_LINES = (
    *("general_desc", "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip"),
    *("pager", "uan", "voicemail", "no_international_dialling"),
)
FEW = 20  # numbers of a country, for which its plan is not worth making
# A kind and an answer are one integer: 27 bits for the kind, 16 for the plan that answered, 20 for what it answered.
_PLAN, _KIND = 1 << 20, 1 << 36
_plans = count(1)

Integers = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.int8]  # of the digits of numbers

TENS = 10 ** np.arange(LONGEST + 1)
_UNKNOWN_CODE, _ZERO = 0, -1  # instead of a calling code: there is no such code, or it cannot begin with 0


class _Left(NamedTuple):
    """Digits left of some rows; the length tells leading zeros."""

    rows: Integers
    digits: Integers
    length: Lengths

    def at(self, positions: Any) -> _Left:
        """Those at some positions."""
        return _Left(*(column[positions] for column in self))

    def without(self, first: int) -> _Left:
        """Take off the first digits, too."""
        length = self.length - first
        return _Left(self.rows, self.digits % TENS[length], length)


class _Prefix(Enum):
    """Prefix that may be taken off the digits."""

    ABROAD = auto()  # dialled to reach other countries; a calling code follows
    CODE = auto()  # the country's own calling code, without a plus
    TRUNK = auto()  # dialled within the country


class _Question(NamedTuple):
    """Question whether digits are a number of some ranges, or begin with one; and which prefix that is."""

    ranges: Integers  # first and last of each
    end: Ending
    begins: bool = False
    prefix: _Prefix | None = None
    rewrites: bool = False  # the library may put other digits in its place

    def spans(self) -> Integers:
        """Find where the answer is yes, among digits of every length with a 1 put before them; the last is left out."""
        longest = LONGEST if self.begins and not self.end.final else self.end.length
        following = TENS[: longest - self.end.length + 1]  # how many numbers begin alike, by the digits that follow
        spans = following[:, None, None] * (TENS[self.end.length] + self.ranges + [0, 1])
        return np.asarray(spans.reshape(-1, 2))


class Kinds:
    """Finds the kinds of numbers: those of one kind are read alike, up to the digits that stay as they are.

    Numbers may be shown batch by batch, in several threads: a kind is the same in every batch.

    Parameters
    ----------
    names : sequence of str or None
        Countries.

    Examples
    --------
    >>> digits, length = np.array([2015550123, 2015550199, 555] * 20), np.array([10, 10, 3] * 20)
    >>> kinds = Kinds(["US"]).of(digits, length, np.zeros(60, bool), np.zeros(60, int))
    >>> (kinds[:3, None] == kinds[:3]).astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [0, 0, 1]])
    """

    def __init__(self, names: Sequence[str | None]) -> None:
        self._names = names
        self._own_codes = np.array([_own_code(name) for name in names], dtype=np.int64)
        self._next = count((len(names) + 1) * 3 * (LONGEST + 1))  # kinds before any look have the numbers below
        self._numbers: dict[int, int] = {}
        self._seen: Counter[tuple[str | None, int]] = Counter()
        self._lock = Lock()

    def of(self, digits: Integers, length: Lengths, plus: Mask, regions: Integers) -> Integers:
        """Find the kind of each number.

        Parameters
        ----------
        digits, length : numpy.ndarray of int
            The digits of each number, read as one, and how many they are: three to ``LONGEST``.
        plus : numpy.ndarray of bool
            Whether a ``+`` stands before them.
        regions : numpy.ndarray of int
            Country of each number, as a position in the names.

        Returns
        -------
        numpy.ndarray of int
            Small integers; -1 where the kind is not known, because a rule is not understood or for want of numbers.
        """
        whole = _Left(np.arange(len(digits)), digits, length)
        codes = _calling_codes_of(whole)
        own_code = plus & (codes > 0)
        # With its calling code before it, a number is read alike everywhere, except among those who share the code.
        places: Integers = np.where(own_code & (self._own_codes[regions] != codes), 0, regions.astype(np.int64) + 1)
        looking = _Looking(self, (places * 3 + plus + own_code) * (LONGEST + 1) + length)  # all that no plan is asked
        for place, at in _groups(np.where(own_code, len(self._names) + codes, regions)):
            if place < len(self._names):
                looking.look_at_home(whole.at(at), self._names[place])
            else:
                looking.look_within(whole.at(at), place - len(self._names))
        return looking.kinds()

    def number(self, kind_and_answer: int) -> int:
        """Number of the kind of those that were of one kind and had one answer to a further look."""
        return self._numbers.get(kind_and_answer) or self._numbers.setdefault(kind_and_answer, next(self._next))

    def plan(self, region: str | None, calling_code: int, count: int) -> _NumberPlan | None:
        """Plan of a country to look at some more numbers, None if it is not understood or not worth making."""
        with self._lock:  # a plan is made once
            self._seen[region, calling_code] += count
            return number_plan(region, calling_code) if self._seen[region, calling_code] > FEW else None


class _Looking:
    """Tells numbers apart, look by look, by the answers of the rules to what is left of them."""

    def __init__(self, known: Kinds, kinds: Integers) -> None:
        self._known = known
        self._kinds = kinds
        self._unknown = np.zeros(len(kinds), dtype=bool)

    def kinds(self) -> Integers:
        return np.where(self._unknown, -1, self._kinds)

    def look_at_home(self, left: _Left, region: str | None) -> None:
        """Look at numbers as they are dialled in a country."""
        self._look(left, self._known.plan(region, _own_code(region), len(left.rows)), is_whole=True)

    def look_within(self, left: _Left, code: int) -> None:
        """Look at numbers that begin with a calling code."""
        region = COUNTRY_CODE_TO_REGION_CODE[code][0]
        self._look(left.without(len(str(code))), self._known.plan(region, code, len(left.rows)))

    def _look_abroad(self, left: _Left) -> None:
        """Look at numbers in international form."""
        for code, at in _groups(_calling_codes_of(left)):
            if code > 0:
                self.look_within(left.at(at), code)
            else:
                self._tell_apart(left.rows[at], np.full(len(at), -code))  # no plan has these answers

    def _look(self, left: _Left, plan: _NumberPlan | None, *, is_whole: bool = False, trunks: int = 1) -> None:
        """Look at numbers by the rules of a country, and at what is left when a prefix of theirs is taken off."""
        if plan is None:
            self._unknown[left.rows] = True
            return
        at = plan.positions(left)
        self._tell_apart(left.rows, plan.answers[at])
        prefixed = np.flatnonzero(plan.prefixed[at])
        if not len(prefixed):
            return
        left, at = left.at(prefixed), at[prefixed]
        if trunks:
            self._unknown[left.rows] |= plan.rewrites[at]
        for (prefix, length), is_there in plan.prefixes.items():
            which = np.flatnonzero(is_there[at]) if (trunks if prefix is _Prefix.TRUNK else is_whole) else ()
            if not len(which):
                continue
            rest = left.at(which).without(length)
            if prefix is _Prefix.TRUNK:
                self._look(rest, plan, trunks=trunks - 1)
            elif prefix is _Prefix.ABROAD:
                self._look_abroad(rest)
            else:  # whether this is the calling code is decided by what the trunk prefix leaves; then it is taken off
                self._look(rest, plan, trunks=2)

    def _tell_apart(self, rows: Integers, answers: Integers) -> None:
        """Give new kinds to rows: one for each of their present kinds and answers."""
        which, found = pd.factorize(self._kinds[rows] * _KIND + answers)
        self._kinds[rows] = np.array([self._known.number(pair) for pair in found.tolist()], dtype=np.int64)[which]


class _NumberPlan:
    """All that is asked of digits where a country's rules apply, as one list of ranges with an answer for each."""

    def __init__(self, questions: Iterable[_Question]) -> None:
        asked = list(questions)
        # Between two neighbouring ends of ranges, no question has another answer.
        spans = [question.spans() for question in asked]
        which = np.repeat(np.arange(len(asked)), [len(of_one) for of_one in spans])
        starts, ends = np.concatenate(spans).T
        self._starts = np.unique(np.concatenate([TENS, starts, ends]))
        steps = np.zeros((len(asked), len(self._starts)), dtype=np.int8)
        steps[which, np.searchsorted(self._starts, starts)] = 1
        steps[which, np.searchsorted(self._starts, ends)] = -1
        says_yes = np.cumsum(steps, axis=1, dtype=np.int8).view(bool)
        self.answers = next(_plans) * _PLAN + _numbered(says_yes)
        self.rewrites: Mask = np.any(says_yes[[question.rewrites for question in asked]], axis=0)
        self.prefixes: dict[tuple[_Prefix, int], Mask] = {}
        for question, is_there in zip(asked, says_yes, strict=True):
            if question.prefix is _Prefix.ABROAD or (question.prefix and question.end.length):
                prefix = question.prefix, question.end.length
                self.prefixes[prefix] = self.prefixes.get(prefix, False) | is_there
        self.prefixed: Mask = np.any([self.rewrites, *self.prefixes.values()], axis=0)

    def positions(self, left: _Left) -> Integers:
        """Find the place of each number in the list."""
        return np.searchsorted(self._starts, TENS[left.length] + left.digits, side="right") - 1


def _numbered(columns: Mask) -> Integers:
    """Number the columns of a table: equal ones have equal numbers."""
    numbers = np.zeros(columns.shape[1], dtype=np.int64)
    packed = np.packbits(columns, axis=0).astype(np.int64)
    for rows in range(0, len(packed), 4):  # as many as fit beside a number
        for row in packed[rows : rows + 4]:
            numbers = numbers << 8 | row
        numbers, _ = pd.factorize(numbers)
    return numbers


@cache
def number_plan(region: str | None, calling_code: int) -> _NumberPlan | None:
    """Make the plan of a country; None where its rules are not understood."""
    try:
        return _NumberPlan(_questions(region, calling_code))
    except UnknownPattern:
        return None


def _questions(region: str | None, calling_code: int) -> Iterator[_Question]:
    """Ask all that the library may ask of digits in a country: every pattern, but not one of its decisions."""
    yield from _begins(ABROAD, prefix=_Prefix.ABROAD)
    if not calling_code:
        return
    yield from _begins(str(calling_code), prefix=_Prefix.CODE)
    regions = COUNTRY_CODE_TO_REGION_CODE.get(calling_code, ())
    if region not in regions:
        raise UnknownPattern(f"{region} without {calling_code}")
    yield from _begins(_metadata(region, calling_code).international_prefix, prefix=_Prefix.ABROAD)
    # A number with its calling code is read by the rules of the first of those who share the code.
    for name in dict.fromkeys([region, regions[0]]):
        metadata = _metadata(name, calling_code)
        yield from _begins(
            metadata.national_prefix_for_parsing, prefix=_Prefix.TRUNK, rule=metadata.national_prefix_transform_rule
        )
    # Whose number it is, and what kind of line: every pattern of everybody who shares the code.
    patterns: dict[str | None, None] = {}
    for name in regions:
        metadata = _metadata(name, calling_code)
        yield from _begins(metadata.leading_digits)
        descriptions = [getattr(metadata, kind) for kind in KINDS_OF_LINES]
        patterns |= dict.fromkeys(of.national_number_pattern for of in descriptions if of is not None)
    for pattern in patterns:
        for end, ranges in _written_out(pattern):
            yield _Question(ranges, end)


def _begins(pattern: str | None, *, prefix: _Prefix | None = None, rule: str | None = None) -> Iterator[_Question]:
    """Ask whether digits begin with a pattern; with a rule, the library may write others in its place."""
    ends = _written_out(pattern)
    if rule and not any(end.captured for end, _ in ends):
        raise UnknownPattern("a rule without a group")
    for end, ranges in ends:
        yield _Question(ranges, end, True, prefix, rewrites=bool(rule) and end.captured)


def _written_out(pattern: str | None) -> list[tuple[Ending, Integers]]:
    """Ranges of a pattern, if there is one, but not those of numbers that are too long to occur here."""
    ends = {} if pattern is None else written_out(pattern)
    return [(end, np.array(ranges)) for end, ranges in ends.items() if end.length <= LONGEST]


def _metadata(region: str, calling_code: int) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(calling_code, region)
    if metadata is None:
        raise UnknownPattern(f"no rules for {region}")
    return metadata


def _own_code(region: str | None) -> int:
    """Calling code of a country, 0 if it has none."""
    return country_code_for_region(region) if region else 0


def calling_code_of(digits: str) -> int:
    """Give the calling code at the start of a number in international form.

    Examples
    --------
    >>> calling_code_of("12015550123")
    1
    """
    return int(calling_codes()[int(digits[:3])])


def _calling_codes_of(left: _Left) -> Integers:
    """Calling code that each number begins with, ``_ZERO`` or ``_UNKNOWN_CODE``."""
    missing = np.maximum(3 - left.length, 0)  # too few for a number, but a zero is still told from other digits
    codes = calling_codes()[left.digits * TENS[missing] // TENS[left.length + missing - 3]]
    return np.asarray(np.where(missing, np.minimum(codes, _UNKNOWN_CODE), codes))


@cache
def calling_codes() -> Integers:
    """List the calling codes by the first three digits."""
    codes = np.full(1000, _UNKNOWN_CODE)
    codes[:100] = _ZERO
    for first_three in range(100, 1000):
        for length in (3, 2, 1):
            code = first_three // 10 ** (3 - length)
            if code in COUNTRY_CODE_TO_REGION_CODE:
                codes[first_three] = code
    return codes


def _groups(values: Integers) -> Iterator[tuple[int, Integers]]:
    """Distinct values, each with its positions."""
    order = np.argsort(values.astype(np.int16), kind="stable")  # small integers are sorted without comparing any
    in_order = values[order]
    for positions in np.split(order, np.flatnonzero(np.diff(in_order)) + 1):
        if len(positions):
            yield int(values[positions[0]]), positions
