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

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, country_code_for_region
from phonenumbers.phonemetadata import PhoneNumberDesc

from passage_kit.number_ranges import Ending, Range, UnknownPattern, written_out

LONGEST = 18  # digits that fit into the integers used here
_FEW = 20  # numbers of a country, for which its plan is not worth making

_Integers = np.ndarray[Any, np.dtype[np.int64]]
_Lengths = np.ndarray[Any, np.dtype[np.int8]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]

_TENS = 10 ** np.arange(LONGEST + 1)
_UNKNOWN_CODE, _ZERO = 0, -1  # instead of a calling code: there is no such code, or it cannot begin with 0


class _Left(NamedTuple):
    """What is left of the digits of some rows; the length tells leading zeros."""

    rows: _Integers
    digits: _Integers
    length: _Lengths

    def at(self, positions: Any) -> _Left:
        """Those at some positions."""
        return _Left(*(column[positions] for column in self))

    def without(self, first: int) -> _Left:
        """What is left when the first digits are taken off, too."""
        length = self.length - first
        return _Left(self.rows, self.digits % _TENS[length], length)


class _Prefix(Enum):
    """What may be taken off the digits."""

    ABROAD = auto()  # dialled to reach other countries; a calling code follows
    CODE = auto()  # the country's own calling code, without a plus
    TRUNK = auto()  # dialled within the country


class _Question(NamedTuple):
    """Whether digits are a number of some ranges, or begin with one; and which prefix that is."""

    ranges: tuple[Range, ...]
    end: Ending
    begins: bool = False
    prefix: _Prefix | None = None
    rewrites: bool = False  # the library may put other digits in its place

    def spans(self) -> Iterator[Range]:
        """Where the answer is yes, among digits of every length with a 1 put before them; the last is left out."""
        longest = LONGEST if self.begins and not self.end.final else self.end.length
        for length in range(self.end.length, min(longest, LONGEST) + 1):
            size = 10 ** (length - self.end.length)
            start = 10**length
            for first, last in self.ranges:
                yield start + first * size, start + (last + 1) * size


def kinds_of(
    digits: _Integers, length: _Lengths, plus: _Mask, regions: _Integers, names: Sequence[str | None]
) -> _Integers:
    """Find the kind of each number: those of one kind are read alike, up to the digits that stay as they are.

    Parameters
    ----------
    digits, length : numpy.ndarray of int
        The digits of each number, read as one, and how many they are: three to ``LONGEST``.
    plus : numpy.ndarray of bool
        Whether a ``+`` stands before them.
    regions : numpy.ndarray of int
        Country of each row, as a position in ``names``.
    names : sequence of str or None
        Countries.

    Returns
    -------
    numpy.ndarray of int
        Kinds by number; -1 where the kind is not known, because a rule is not understood or for want of numbers.

    Examples
    --------
    >>> digits, length = np.array([2015550123, 2015550199, 555] * 20), np.array([10, 10, 3] * 20)
    >>> kinds = kinds_of(digits, length, np.zeros(60, bool), np.zeros(60, int), ["US"])
    >>> (kinds[:3, None] == kinds[:3]).astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [0, 0, 1]])
    """
    whole = _Left(np.arange(len(digits)), digits, length)
    codes = _calling_codes_of(whole)
    own_code = plus & (codes > 0)
    # With its calling code before it, a number is read alike everywhere, except among those who share the code.
    at_home = np.array([_own_code(name) for name in names], dtype=np.int64)[regions] == codes
    places: _Integers = np.where(own_code & ~at_home, 0, regions + 1)
    looking = _Looking(len(digits))
    looking.tell_apart(whole.rows, (places * 2 + plus) * (LONGEST + 1) + length)
    looking.look_abroad(whole.at(own_code))
    others = np.flatnonzero(~own_code)
    for region, at in _groups(regions[others]):
        looking.look_at_home(whole.at(others[at]), names[region])
    return looking.kinds()


class _Looking:
    """Tells numbers apart, look by look, by the answers of the rules to what is left of them."""

    def __init__(self, count: int) -> None:
        self._kinds = np.zeros(count, dtype=np.int64)
        self._unknown = np.zeros(count, dtype=bool)
        self._next = 1

    def kinds(self) -> _Integers:
        return np.where(self._unknown, -1, self._kinds)

    def tell_apart(self, rows: _Integers, answers: _Integers) -> None:
        """Give new kinds to rows: one for each of their present kinds and answers."""
        kinds, found = pd.factorize(self._kinds[rows] * (answers.max(initial=0) + 1) + answers)
        self._kinds[rows] = kinds + self._next
        self._next += len(found)

    def look_at_home(self, left: _Left, region: str | None) -> None:
        """Look at numbers as they are dialled in a country."""
        self._look(left, _plan_for(left, region, _own_code(region)), is_whole=True)

    def look_abroad(self, left: _Left) -> None:
        """Look at numbers that begin with a calling code."""
        for code, at in _groups(_calling_codes_of(left)):
            if code > 0:
                some = left.at(at).without(len(str(code)))
                self._look(some, _plan_for(some, COUNTRY_CODE_TO_REGION_CODE[code][0], code))
            else:
                self.tell_apart(left.rows[at], np.zeros(len(at), dtype=np.int64))

    def _look(self, left: _Left, plan: _Plan | None, *, is_whole: bool = False, trunks: int = 1) -> None:
        """Look at numbers by the rules of a country, and at what is left when a prefix of theirs is taken off."""
        if plan is None:
            self._unknown[left.rows] = True
            return
        answers = plan.answers(left)
        self.tell_apart(left.rows, answers)
        if trunks:
            self._unknown[left.rows] |= plan.rewrites[answers]
        for prefix, length, is_there in plan.prefixes:
            which = np.flatnonzero(is_there[answers])
            if not len(which) or not (trunks if prefix is _Prefix.TRUNK else is_whole):
                continue
            rest = left.at(which).without(length)
            if prefix is _Prefix.TRUNK:
                self._look(rest, plan, trunks=trunks - 1)
            elif prefix is _Prefix.ABROAD:
                self.look_abroad(rest)
            else:  # whether this is the calling code is decided by what the trunk prefix leaves; then it is taken off
                self._look(rest, plan, trunks=2)


class _Plan:
    """All that is asked of digits where a country's rules apply, as one list of ranges with an answer for each."""

    def __init__(self, questions: Iterable[_Question]) -> None:
        asked = list(questions)
        # Between two neighbouring ends of ranges, no question has another answer.
        spans = np.array([(which, *span) for which, question in enumerate(asked) for span in question.spans()])
        self._starts = np.unique(np.concatenate([_TENS, spans[:, 1], spans[:, 2]]))
        steps = np.zeros((len(asked), len(self._starts)), dtype=np.int8)
        np.add.at(steps, (spans[:, 0], np.searchsorted(self._starts, spans[:, 1])), 1)
        np.add.at(steps, (spans[:, 0], np.searchsorted(self._starts, spans[:, 2])), -1)
        says_yes = np.cumsum(steps, axis=1, dtype=np.int8).astype(bool)
        columns = np.array([column.tobytes() for column in np.packbits(says_yes, axis=0).T], dtype=object)
        self._answers, _ = pd.factorize(columns)
        answers = says_yes[:, np.unique(self._answers, return_index=True)[1]]
        self.rewrites: _Mask = np.any(answers[[question.rewrites for question in asked]], axis=0)
        self.prefixes = [
            (question.prefix, question.end.length, answers[which])
            for which, question in enumerate(asked)
            if question.prefix is _Prefix.ABROAD or (question.prefix and question.end.length)
        ]

    def answers(self, left: _Left) -> _Integers:
        """Answers to all questions about each number, by their number: equal answers have equal ones."""
        at = np.searchsorted(self._starts, _TENS[left.length] + left.digits, side="right") - 1
        return np.asarray(self._answers[at])


def _plan_for(left: _Left, region: str | None, calling_code: int) -> _Plan | None:
    """Plan of a country, None if it is not worth making."""
    return _plan(region, calling_code) if len(left.rows) > _FEW else None


@cache
def _plan(region: str | None, calling_code: int) -> _Plan | None:
    """Make the plan of a country; None where its rules are not understood."""
    try:
        return _Plan(_questions(region, calling_code))
    except UnknownPattern:
        return None


def _questions(region: str | None, calling_code: int) -> Iterator[_Question]:
    """Ask all that the library may ask of digits in a country: every pattern, but not one of its decisions."""
    yield from _begins("00", prefix=_Prefix.ABROAD)
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
    for name in regions:
        metadata = _metadata(name, calling_code)
        yield from _begins(metadata.leading_digits)
        for description in vars(metadata).values():
            if isinstance(description, PhoneNumberDesc) and description.national_number_pattern:
                for end, ranges in written_out(description.national_number_pattern).items():
                    yield _Question(ranges, end)


def _begins(pattern: str | None, *, prefix: _Prefix | None = None, rule: str | None = None) -> Iterator[_Question]:
    """Ask whether digits begin with a pattern; with a rule, the library may write others in its place."""
    ends = {} if pattern is None else written_out(pattern)
    if rule and not any(end.captured for end in ends):
        raise UnknownPattern("a rule without a group")
    for end, ranges in ends.items():
        yield _Question(ranges, end, True, prefix, rewrites=bool(rule) and end.captured)


def _metadata(region: str, calling_code: int) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(calling_code, region)
    if metadata is None:
        raise UnknownPattern(f"no rules for {region}")
    return metadata


def _own_code(region: str | None) -> int:
    """Calling code of a country, 0 if it has none."""
    return country_code_for_region(region) if region else 0


def calling_code_of(digits: str) -> int:
    """Calling code at the start of a number in international form.

    Examples
    --------
    >>> calling_code_of("12015550123")
    1
    """
    return int(_calling_codes()[int(digits[:3])])


def _calling_codes_of(left: _Left) -> _Integers:
    """Calling code that each number begins with, ``_ZERO`` or ``_UNKNOWN_CODE``."""
    missing = np.maximum(3 - left.length, 0)  # too few for a number, but a zero is still told from other digits
    codes = _calling_codes()[left.digits * _TENS[missing] // _TENS[left.length + missing - 3]]
    return np.asarray(np.where(missing, np.minimum(codes, _UNKNOWN_CODE), codes))


@cache
def _calling_codes() -> _Integers:
    """Calling codes by the first three digits."""
    codes = np.full(1000, _UNKNOWN_CODE)
    codes[:100] = _ZERO
    for first_three in range(100, 1000):
        for length in (3, 2, 1):
            code = first_three // 10 ** (3 - length)
            if code in COUNTRY_CODE_TO_REGION_CODE:
                codes[first_three] = code
    return codes


def _groups(values: _Integers) -> Iterator[tuple[int, _Integers]]:
    """Distinct values, each with its positions."""
    order = np.argsort(values.astype(np.int16), kind="stable")  # small integers are sorted without comparing any
    in_order = values[order]
    for positions in np.split(order, np.flatnonzero(np.diff(in_order)) + 1):
        if len(positions):
            yield int(values[positions[0]]), positions
