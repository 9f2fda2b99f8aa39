"""What a change did to an ordered list of lines, and the change made or unmade in a list of today.

A line is any text. A change takes lines out and puts lines in, each with its place. Made or unmade elsewhere, it moves
no line of anybody else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

Placed = tuple[int, str]  # a line and its place in the list


@dataclass(frozen=True, slots=True)
class LineChange:
    """Lines that a change took out of a list, and lines that it put in.

    Parameters
    ----------
    out : tuple of (int, str)
        Lines that were taken out, with their places before, ascending.
    put : tuple of (int, str)
        Lines that were put in, with their places after, ascending.

    Examples
    --------
    >>> change = LineChange.of(["a", "b"], ["a", "c"])
    >>> change.out, change.put
    (((1, 'b'),), ((1, 'c'),))
    >>> change.backwards.made_in(["x", "a", "c"])
    ['x', 'b', 'a']
    """

    out: tuple[Placed, ...]
    put: tuple[Placed, ...]

    @classmethod
    def of(cls, before: Sequence[str], after: Sequence[str], *, ordered: bool = False) -> LineChange:
        """Compare two lists.

        Parameters
        ----------
        before, after : sequence of str
            The lists.
        ordered : bool, default False
            Take a line that only stands elsewhere as taken out and put in. Lists of thousands of lines are too long
            for this, so that otherwise it is done only where nothing else differs.
        """
        if not ordered and (change := cls(_surplus(before, after), _surplus(after, before))):
            return change
        out: list[Placed] = []
        put: list[Placed] = []
        for kind, start, end, to, until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind != "equal":
                out += [(at, before[at]) for at in range(start, end)]
                put += [(at, after[at]) for at in range(to, until)]
        return cls(tuple(out), tuple(put))

    def __bool__(self) -> bool:
        return bool(self.out or self.put)

    def __len__(self) -> int:
        return len(self.out) + len(self.put)

    @property
    def backwards(self) -> LineChange:
        """The change that unmakes this one."""
        return LineChange(self.put, self.out)

    def remains_of(self, lines: Sequence[str]) -> list[str] | None:
        """Give a list without the lines that the change takes out; None if one of them is not there.

        Of equal lines, the one at the same place is taken, or else the last one.
        """
        taken = {at for at, line in self.out if at < len(lines) and lines[at] == line}
        missing = Counter(line for at, line in self.out if at not in taken)
        if missing:
            places = defaultdict(list)
            for at, line in enumerate(lines):
                if line in missing and at not in taken:
                    places[line].append(at)
            if any(len(places[line]) < count for line, count in missing.items()):
                return None
            taken |= {at for line, count in missing.items() for at in places[line][-count:]}
        return [line for at, line in enumerate(lines) if at not in taken]

    def made_in(self, lines: Sequence[str]) -> list[str] | None:
        """Make the change in a list; None if a line that it takes out is not there."""
        rest = self.remains_of(lines)
        return None if rest is None else _merged(rest, self.put)


def _surplus(one: Sequence[str], other: Sequence[str]) -> tuple[Placed, ...]:
    """List the lines of one list that the other has not, or not so often; of equal lines the last ones."""
    more = Counter(one)
    more.subtract(Counter(other))
    found: list[Placed] = []
    for at in range(len(one) - 1, -1, -1):
        if more[one[at]] > 0:
            more[one[at]] -= 1
            found.append((at, one[at]))
    return tuple(reversed(found))


def _merged(rest: Sequence[str], put: Iterable[Placed]) -> list[str]:
    """Put lines at their places, or at the end if the list is shorter by now."""
    made: list[str] = []
    others = iter(rest)
    for at, line in put:
        while len(made) < at and (other := next(others, None)) is not None:
            made.append(other)
        made.append(line)
    return [*made, *others]
