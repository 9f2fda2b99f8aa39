"""Counts of what differs from an earlier export, as one part of a list or a whole one has them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SinceCounts:
    """Counts of what differs from an earlier export.

    Parameters
    ----------
    new, changed, unchanged, held : int
        As of :class:`passage_kit.preparation.since.Since`.
    left : int
        People who were exported before, and of whom nothing is in the list now.

    Examples
    --------
    >>> SinceCounts(1, 0, 2, 0, left=3).summary()
    {'new': 1, 'changed': 0, 'unchanged': 2, 'held': 0, 'gone': 3}
    """

    new: int
    changed: int
    unchanged: int
    held: int
    left: int = 0

    def __add__(self, other: SinceCounts) -> SinceCounts:
        """Add the counts of another part."""
        return SinceCounts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def summary(self) -> dict[str, int]:
        """Give the counts as plain values."""
        counts = {name: getattr(self, name) for name in ("new", "changed", "unchanged", "held")}
        return {**counts, "gone": self.left}

    def to_text(self) -> str:
        """Write the counts for a person."""
        lines = [
            (self.new, "new"),
            (self.changed, "changed: exported again, so push them with --on-existing update"),
            (self.unchanged, "exported before, and unchanged: left out"),
            (self.held, "held: an email, a phone or a key is not as it was, see changed_since.csv and findings.csv"),
            (self.left, "gone from the list, see gone_since.csv; nothing is deleted"),
        ]
        return "\n".join(f"{count:>9,}  {what}" for count, what in lines)
