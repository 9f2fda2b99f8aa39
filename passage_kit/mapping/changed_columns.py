"""Columns of a changed export against those that a mapping was made for: gone, new, and targets that lost theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd
from rapidfuzz import process

from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.masking import mask_text
from passage_kit.translations import in_panel, joined, nworded

_MANY = 12  # names of columns in a sentence
_ALIKE = 60  # of 100


class ChangedColumns(NamedTuple):
    """What differs between the columns of a list and those that a mapping was made for.

    Parameters
    ----------
    gone : tuple of str, default ()
        Columns that were there and are not any more.
    new : tuple of str, default ()
        Columns that were not there; none if it is not known which ones were.
    lost : dict of str to tuple of str, default {}
        By target, its columns that are gone; such a target has to be asked about.
    unused : tuple of str, default ()
        Columns that the mapping does not use, the new ones first.
    """

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    lost: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - never changed
    unused: tuple[str, ...] = ()

    def question(self) -> str:
        """Ask where the targets come from whose columns are gone, with the ways to answer."""
        targets = "; ".join(f"{target} took {_named(names)}" for target, names in self.lost.items())
        lost = joined((_named(names) for names in self.lost.values()), "; ")
        others = f" New are: {_named(self.new)}." if self.new else ""
        if not self.new and self.unused:
            others = f" Not used yet are: {_named(self.unused)}."
        first = next(iter(self.lost))
        named = self._like(self.lost[first][0])
        return in_panel(
            f"The list has changed. Columns that the mapping takes are gone: {targets}.{others} Say for each target "
            f'where it comes from now: in the mapping panel, by `--map "{first}={mask_text(named)}"`, or in [mapping] '
            f'of the plan; `--map "{first}="` leaves it out. Nothing was written.',
            "The list has changed. Columns that the mapping takes are gone: {columns}. Say in the notebook "
            "01_read_and_map where each target comes from now. Nothing was written.",
            columns=lost,
        )

    def findings(self) -> pd.DataFrame:
        """Report each column that is gone, and each new one."""
        said = [
            make_findings([None] * len(names), field=list(names), code=code)
            for code, names in (("column_gone", self.gone), ("column_new", self.new))
        ]
        return collect_findings(said)

    def _like(self, column: str) -> str:
        near = process.extractOne(column, self.unused, score_cutoff=_ALIKE)
        return str(near[0]) if near else self.unused[0] if self.unused else "COLUMN"


def compare_columns(
    mapping: FieldMapping | None, columns: Iterable[str], *, known: Sequence[str] = ()
) -> ChangedColumns:
    """Compare the columns of a list with those that a mapping was made for.

    Nothing is guessed: a column under another name is one that is gone, and a new one. Their order does not matter.

    Parameters
    ----------
    mapping : FieldMapping or None
        Saved mapping.
    columns : iterable of str
        Columns of the list, and those that steps make.
    known : sequence of str, default ()
        Columns of the list that the mapping was made for; () if it is not known.

    Returns
    -------
    ChangedColumns

    Examples
    --------
    >>> mapping = FieldMapping({"email": "Mail", "city": "Ort"})
    >>> changed = compare_columns(mapping, ["Stadt", "Mail"], known=["Mail", "Ort"])
    >>> changed.gone, changed.new, changed.lost
    (('Ort',), ('Stadt',), {'city': ('Ort',)})
    """
    there = [str(name) for name in columns]
    mapping = mapping or FieldMapping({})
    lost = {
        target: names
        for target, origin in mapping.origins.items()
        if isinstance(origin, Columns) and (names := tuple(name for name in origin.names if name not in there))
    }
    gone = [name for name in (*known, *mapping.columns) if name not in there]
    before = {*known, *mapping.columns}
    new = [name for name in known_columns(there) if known and name not in before]
    unused = [*new, *(name for name in there if name not in mapping.columns and name not in new)]
    return ChangedColumns(_once(gone), _once(new), lost, _once(unused))


def known_columns(columns: Iterable[str]) -> tuple[str, ...]:
    """List the names of columns that a plan may keep; a name that looks like an email or a number is none of them.

    Examples
    --------
    >>> known_columns(["Mail", "ann@example.org"])
    ('Mail',)
    """
    return tuple(name for name in map(str, columns) if mask_text(name) == name)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{mask_text(name)}'" for name in names[:_MANY])
    more = len(names) - _MANY
    return nworded("{names} and {count} more", "{names} and {count} more", more, names=shown) if more > 0 else shown
