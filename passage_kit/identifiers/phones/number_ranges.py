"""Ranges of numbers: what a pattern of digits accepts, written out.

A numbering plan gives away numbers by ranges; its patterns, such as ``7[1-3]\\d{4}``, only abbreviate them. Written
out, this one is a single range of six digits, 710000 to 739999. Patterns of digits need little of the language of
regular expressions: that little is understood here, and everything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

_TOKEN = re.compile(r"\\d|\[(?:\d(?:-\d)?)+\]|\d+(?![\d?{])|\d|\(\?:|[()|?$]|\{\d+(?:,\d+)?\}", re.ASCII)
_MOST = 100_000  # ranges of one pattern; real ones have a few thousand at most

Range = tuple[int, int]  # first and last


class UnknownPattern(ValueError):  # noqa: N818
    """A pattern holds something that is not understood here."""


class Ending(NamedTuple):
    """End of the numbers of some ranges: their length, and by which way through the pattern they came there."""

    length: int
    captured: bool = False  # through the last group that captures
    final: bool = False  # through a $, so nothing may follow


Ranges = Mapping[Ending, tuple[Range, ...]]

_NOTHING: Ranges = {Ending(0): ((0, 0),)}
_DIGIT: Ranges = {Ending(1): ((0, 9),)}


@cache
def written_out(pattern: str) -> Ranges:
    """Write out the ranges of numbers that a pattern accepts.

    Parameters
    ----------
    pattern : str
        Digits, ``\\d``, ``[...]``, groups, ``|``, ``?``, ``{n}``, ``{n,m}`` and ``$``.

    Returns
    -------
    mapping of Ending to tuple of (int, int)
        First and last number of each range, ascending and apart. Leading zeros count: ``(7, 8)`` of length 3 is 007
        and 008.

    Raises
    ------
    UnknownPattern
        If the pattern holds anything else, or too many ranges.

    Examples
    --------
    >>> for end, ranges in written_out(r"7[1-3]\\d{4}|1[24]?").items():
    ...     print(end.length, ranges)
    6 ((710000, 739999),)
    1 ((1, 1),)
    2 ((12, 12), (14, 14))
    >>> written_out("7+")
    Traceback (most recent call last):
    passage_kit.identifiers.phones.number_ranges.UnknownPattern: +
    """
    return _Reader(pattern).read()


class _Reader:
    """Reads one pattern, left to right: alternatives of sequences of parts."""

    def __init__(self, pattern: str) -> None:
        self._left = _tokens(pattern)[::-1]
        self._groups_left = self._left.count("(")

    def read(self) -> Ranges:
        ranges = self._alternatives()
        if self._left:
            raise UnknownPattern(self._left[-1])
        return ranges

    def _next_is(self, *tokens: str) -> bool:
        return bool(self._left) and self._left[-1] in tokens

    def _alternatives(self) -> Ranges:
        found = [self._sequence()]
        while self._next_is("|"):
            self._left.pop()
            found.append(self._sequence())
        return _any_of(found) if len(found) > 1 else found[0]

    def _sequence(self) -> Ranges:
        parts = []
        while self._left and not self._next_is("|", ")"):
            parts.append(self._repeated(self._part()))
        ranges = _NOTHING
        for part in reversed(parts):  # from the right, where whole blocks of digits are free
            ranges = _followed(part, ranges)
        return ranges

    def _part(self) -> Ranges:
        sign = self._left.pop()
        if sign == "\\d":
            return _DIGIT
        if sign.isdigit():
            return {Ending(len(sign)): ((int(sign), int(sign)),)}
        if sign[0] == "[":
            return _one_of(sign)
        if sign == "$":
            return {Ending(0, final=True): ((0, 0),)}
        if sign in ("(", "(?:"):
            return self._group(captures=sign == "(")
        raise UnknownPattern(sign)

    def _group(self, *, captures: bool) -> Ranges:
        self._groups_left -= captures
        is_last = captures and not self._groups_left
        ranges = self._alternatives()
        if not self._next_is(")"):
            raise UnknownPattern("(")
        self._left.pop()
        return _any_of([{end._replace(captured=True): at} for end, at in ranges.items()]) if is_last else ranges

    def _repeated(self, part: Ranges) -> Ranges:
        least = most = 1
        if self._next_is("?"):
            least = 0
            self._left.pop()
        elif self._left and self._left[-1][0] == "{":
            bounds = self._left.pop()[1:-1].split(",")
            least, most = int(bounds[0]), int(bounds[-1])
        if least == most == 1:
            return part
        if part is _DIGIT:
            return {Ending(length): ((0, 10**length - 1),) for length in range(least, most + 1)}
        times = [_NOTHING]
        for _ in range(most):
            times.append(_followed(part, times[-1]))
        return _any_of(times[least:])


@cache
def _one_of(digits: str) -> Ranges:
    spans = [(int(span[0]), int(span[-1])) for span in re.findall(r"\d-\d|\d", digits)]
    return {Ending(1): _united(spans)}


def _tokens(pattern: str) -> list[str]:
    if unknown := _TOKEN.sub("", pattern):
        raise UnknownPattern(unknown)
    return _TOKEN.findall(pattern)


def _united(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Ranges in order; those that touch become one."""
    united: list[Range] = []
    for first, last in sorted(ranges):
        if united and first <= united[-1][1] + 1:
            united[-1] = united[-1][0], max(last, united[-1][1])
        else:
            united.append((first, last))
    return tuple(united)


def _any_of(choices: Iterable[Ranges]) -> Ranges:
    found: dict[Ending, list[Range]] = {}
    for ranges in choices:
        for end, at in ranges.items():
            found.setdefault(end, []).extend(at)
    return {end: _united(at) for end, at in found.items()}


def _followed(heads: Ranges, tails: Ranges) -> Ranges:
    """Every head with every tail behind it."""
    if tails is _NOTHING:
        return heads
    found: dict[Ending, tuple[Range, ...]] = {}
    for head, head_ranges in heads.items():
        for tail, tail_ranges in tails.items():
            if head.final and tail.length:
                continue
            end = Ending(head.length + tail.length, head.captured or tail.captured, head.final or tail.final)
            joined = _joined(head_ranges, tail_ranges, 10**tail.length)
            found[end] = _united(found[end] + joined) if end in found else joined
    return found


def _joined(heads: tuple[Range, ...], tails: tuple[Range, ...], size: int) -> tuple[Range, ...]:
    """Ranges of heads and tails written as one number; ``size`` is how many tails there might be."""
    if tails == ((0, size - 1),):  # any tail will do: a range of heads stays one range
        return tuple((first * size, last * size + size - 1) for first, last in heads)
    if sum(last - first + 1 for first, last in heads) * len(tails) > _MOST:
        raise UnknownPattern("too many ranges")
    joined = tuple(
        [
            (start + first, start + last)
            for head_first, head_last in heads
            for start in range(head_first * size, (head_last + 1) * size, size)
            for first, last in tails
        ]
    )
    return _united(joined) if tails[0][0] == 0 and tails[-1][1] == size - 1 else joined  # else they are apart
