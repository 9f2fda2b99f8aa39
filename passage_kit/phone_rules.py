"""The rules by which phone numbers are read, and which numbers they do not tell apart.

A phone number is read from the left. What is dialled abroad first (``00``, ``011``) or a ``+`` is followed by a calling
code (``44``), which belongs to one country or is shared by several. Within a country comes what is dialled there before
an area code (``0``), and then the number that the numbering plan gives away, by ranges. Some people leave out the ``+``.

The phonenumbers library knows these rules for every country, as patterns, and consults nothing else: which patterns
the digits match, and the digits that are left when one has been taken off. So there are few kinds of numbers, and one
of each kind speaks for all. This module finds the kinds, in whole columns of numbers. What the numbers are, only the
library says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS, PhoneMetadata
from phonenumbers.phonemetadata import REGION_CODE_FOR_NON_GEO_ENTITY, PhoneNumberDesc

from passage_kit.number_ranges import Ending, Range, UnknownPattern, written_out

LONGEST = 18  # digits that fit into the integers used here

_Integers = np.ndarray[Any, np.dtype[np.int64]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]

_UNKNOWN_CODE, _ZERO = 0, -1  # instead of a calling code: there is no such code, or it cannot begin with 0


class Dialled(NamedTuple):
    """Digits as numbers: leading zeros are known by the count of digits."""

    digits: _Integers
    count: _Integers

    def at(self, rows: Any) -> Dialled:
        """Those of some rows."""
        return Dialled(self.digits[rows], self.count[rows])

    def without(self, first: int) -> Dialled:
        """What is left when the first digits are taken off."""
        count = self.count - first
        return Dialled(self.digits % 10**count, count)


class _Question(NamedTuple):
    """Whether digits begin with, or are, a number of some ranges; and what may then be taken off."""

    ranges: tuple[Range, ...]
    end: Ending
    begins: bool
    takes_off: str | None = None  # "trunk", "abroad" or "code"
    rewrites: bool = False  # the library may then put other digits in their place

    def spans(self) -> Iterator[Range]:
        """Ranges over all digits of any count, which have a 1 put before them."""
        longest = LONGEST if self.begins and not self.end.final else self.end.length
        for count in range(self.end.length, longest + 1):
            size = 10 ** (count - self.end.length)
            start = 10**count
            for first, last in self.ranges:
                yield start + first * size, start + last * size + size


def kinds_of(regions: np.ndarray[Any, Any], names: list[str | None], plus: _Mask, dialled: Dialled) -> _Integers:
    """Find the kind of each number: numbers of one kind are read alike, up to the digits that are left as they are.

    Parameters
    ----------
    regions : numpy.ndarray of int
        Country of each row, as a position in ``names``.
    names : list of str or None
        Countries.
    plus : numpy.ndarray of bool
        Whether a ``+`` stands before the digits.
    dialled : Dialled
        Three digits at least, ``LONGEST`` at most.

    Returns
    -------
    numpy.ndarray of int
        Numbers of kinds, -1 where this is not known.

    Examples
    --------
    >>> numbers = Dialled(np.array([2015550123, 2015550199, 555]), np.array([10, 10, 3]))
    >>> kinds = kinds_of(np.zeros(3, int), ["US"], np.zeros(3, bool), numbers)
    >>> (kinds[0] == kinds[1], kinds[0] == kinds[2])
    (True, False)
    """
    looking = _Looking(len(plus))
    rows = np.arange(len(plus))
    codes = _calling_codes_of(dialled)
    own_code = plus & (codes > 0)
    # With a calling code of its own, a number is read alike wherever it is found, except among those who share it.
    code_of_region = np.array([_calling_code(name) for name in names], dtype=np.int64)
    at_home = code_of_region[regions] == codes
    looking.tell_apart(rows, (np.where(own_code & ~at_home, -1, regions) * 2 + plus) * 32 + dialled.count)
    looking.look_abroad(rows[own_code], dialled.at(own_code))
    rest = rows[~own_code]
    for region, at in _groups(regions[rest]):
        looking.look_at_home(rest[at], dialled.at(rest[at]), names[region])
    return looking.kinds


class _Looking:
    """Tells numbers apart, look by look, by the answers of the rules to what is left of them."""

    def __init__(self, count: int) -> None:
        self._kinds = np.zeros(count, dtype=np.int64)
        self._unknown = np.zeros(count, dtype=bool)
        self._next = 1

    @property
    def kinds(self) -> _Integers:
        return np.where(self._unknown, -1, self._kinds)

    def tell_apart(self, rows: _Integers, answers: _Integers) -> None:
        """Give new kinds to rows: one for each of their present kinds and answers."""
        present, _ = pd.factorize(self._kinds[rows])
        answer, answered = pd.factorize(answers)
        kinds, found = pd.factorize(present * len(answered) + answer)
        self._kinds[rows] = kinds + self._next
        self._next += len(found)

    def look_abroad(self, rows: _Integers, dialled: Dialled) -> None:
        """Look at numbers that begin with a calling code."""
        for code, at in _groups(_calling_codes_of(dialled)):
            if code > 0:
                region = COUNTRY_CODE_TO_REGION_CODE[code][0]
                self._look(rows[at], dialled.at(at).without(len(str(code))), _plan(region, code))
            else:
                self.tell_apart(rows[at], np.zeros(len(at), dtype=np.int64))

    def look_at_home(self, rows: _Integers, dialled: Dialled, region: str | None) -> None:
        """Look at numbers as they are dialled in a country."""
        self._look(rows, dialled, _plan(region, _calling_code(region)), is_whole=True)

    def _look(
        self, rows: _Integers, dialled: Dialled, plan: _Plan | None, *, is_whole: bool = False, depth: int = 2
    ) -> None:
        if plan is None:
            self._unknown[rows] = True
            return
        answers = plan.answers(dialled)
        self.tell_apart(rows, answers)
        self._unknown[rows] |= plan.rewrites[answers]
        for kind, length, said_by in plan.taken_off:
            which = np.flatnonzero(said_by[answers])
            if not len(which) or (kind == "trunk" and not depth) or (kind != "trunk" and not is_whole):
                continue
            left = dialled.at(which).without(length)
            if kind == "abroad":
                self.look_abroad(rows[which], left)
            else:
                self._look(rows[which], left, plan, depth=depth - (kind == "trunk"))


class _Plan:
    """All that is asked of digits where a country's rules apply, as one list of ranges with an answer for each."""

    def __init__(self, questions: Iterable[_Question]) -> None:
        asked = list(questions)
        spans = [np.array(list(question.spans()), dtype=np.int64).reshape(-1, 2) for question in asked]
        counts = 10 ** np.arange(LONGEST + 1)
        self._starts = np.unique(np.concatenate([counts, *(span.ravel() for span in spans)]))
        says_yes = np.zeros((len(asked), len(self._starts)), dtype=bool)
        for which, span in enumerate(spans):
            steps = np.zeros(len(self._starts), dtype=np.int64)
            np.add.at(steps, np.searchsorted(self._starts, span[:, 0]), 1)
            np.add.at(steps, np.searchsorted(self._starts, span[:, 1]), -1)
            says_yes[which] = np.cumsum(steps) > 0
        answers, self._answers = np.unique(says_yes, axis=1, return_inverse=True)
        self.rewrites = answers[[question.rewrites for question in asked]].any(axis=0)
        self.taken_off = [
            (question.takes_off, question.end.length, answers[which])
            for which, question in enumerate(asked)
            if question.takes_off and question.end.length
        ]

    def answers(self, dialled: Dialled) -> _Integers:
        """Number the answers to each of the numbers; equal answers have equal numbers."""
        at = np.searchsorted(self._starts, 10**dialled.count + dialled.digits, side="right") - 1
        return np.asarray(self._answers[at])


@cache
def _plan(region: str | None, calling_code: int) -> _Plan | None:
    """Make the plan of a country; None where its rules are not understood."""
    try:
        return _Plan(_questions(region, calling_code))
    except UnknownPattern:
        return None


def _questions(region: str | None, calling_code: int) -> Iterator[_Question]:
    yield from _begins("00", takes_off="abroad")
    if not calling_code:
        return
    yield from _begins(str(calling_code), takes_off="code")
    regions = COUNTRY_CODE_TO_REGION_CODE[calling_code]
    here = _metadata(region, calling_code)
    yield from _begins(here.international_prefix, takes_off="abroad")
    for metadata in (here, _metadata(regions[0], calling_code)):
        yield from _begins(
            metadata.national_prefix_for_parsing, takes_off="trunk", rule=metadata.national_prefix_transform_rule
        )
    # Whose a shared calling code is, and what kind of line: every pattern of everybody who shares it.
    for metadata in [here, *(_metadata(other, calling_code) for other in regions)]:
        yield from _begins(metadata.leading_digits)
        for description in vars(metadata).values():
            if isinstance(description, PhoneNumberDesc) and description.national_number_pattern:
                for end, ranges in written_out(description.national_number_pattern).items():
                    yield _Question(ranges, end, begins=False)


def _begins(pattern: str | None, *, takes_off: str | None = None, rule: str | None = None) -> Iterator[_Question]:
    """Ask whether digits begin with a pattern; with a rule, the library may write others in its place."""
    ends = written_out(pattern) if pattern else {}
    if rule and not any(end.captured for end in ends):
        raise UnknownPattern("a rule without a group")
    for end, ranges in ends.items():
        yield _Question(ranges, end, True, takes_off, rewrites=bool(rule) and end.captured)


def _metadata(region: str | None, calling_code: int) -> Any:
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(calling_code, region)
    if metadata is None:
        raise UnknownPattern(f"no rules for {region}")
    return metadata


def _calling_code(region: str | None) -> int:
    """Calling code of a country, 0 if it has none."""
    if region not in SUPPORTED_REGIONS:
        return 0
    return int(PhoneMetadata.metadata_for_region(region).country_code)


def _calling_codes_of(dialled: Dialled) -> _Integers:
    """Calling code that each number begins with, ``_ZERO`` or ``_UNKNOWN_CODE``."""
    missing = np.maximum(3 - dialled.count, 0)
    first_three = dialled.digits * 10**missing // 10 ** (dialled.count + missing - 3)
    return np.where(missing, _UNKNOWN_CODE, _calling_codes()[first_three])


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
    order = np.argsort(values, kind="stable")
    distinct, starts = np.unique(values[order], return_index=True)
    yield from zip(distinct.tolist(), np.split(order, starts[1:]), strict=False)
