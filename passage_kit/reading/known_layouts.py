"""The known layouts: which there are, and which one a source has. It needs no pandas, which may still load."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from passage_kit.errors import OptionError
from passage_kit.files.checked_values import did_you_mean
from passage_kit.reading import layouts as declarations
from passage_kit.reading.layout import Headerless, Layout, column_key

NO_LAYOUT = "none"
_LOOKED_AT = 100  # rows of a file without a header


@cache
def known_layouts() -> tuple[Layout, ...]:
    """List the known layouts by their names: a file in the folder ``layouts`` is one."""
    names = sorted(module.name for module in pkgutil.iter_modules(declarations.__path__))
    return tuple(pkgutil.resolve_name(f"{declarations.__name__}.{name}:LAYOUT") for name in names)


def recognise(columns: Iterable[str], beginning: str = "") -> Layout | None:
    """Find the layout of a source by its columns: the first one of :func:`fitting_layouts`.

    Parameters
    ----------
    columns : iterable of str
        Names of the columns; of JSON, the paths of values with dots.
    beginning : str, optional
        First characters of the file, which may have the mark of a system. Default: not looked at.

    Examples
    --------
    >>> recognise(["email", "name"])
    """
    marked = (layout for layout in known_layouts() if layout.mark and layout.mark.lower() in beginning.lower())
    return next(iter(fitting_layouts(columns)), None) or next(marked, None)


def fitting_layouts(columns: Iterable[str]) -> list[Layout]:
    """List the layouts that columns fit, the best first.

    The layout whose longest set of signs is there is the best; of two with equally many, the one that knows more of the
    columns.

    Examples
    --------
    >>> [layout.name for layout in fitting_layouts(["localId", "email", "createdAt"])]
    ['firebase']
    """
    keys = {column_key(name) for name in columns}
    fitting = [layout for layout in known_layouts() if layout.matched(keys)]
    return sorted(fitting, key=lambda layout: (-layout.matched(keys), -len(keys & layout.columns)))


def recognise_envelope(content: object) -> Layout | None:
    """Find the layout of a JSON file by the keys of the object, or of the first of several, that holds its lists.

    Examples
    --------
    >>> recognise_envelope({"realm": "acme", "clients": [], "users": []}).name
    'keycloak'
    >>> recognise_envelope({"users": []})
    """
    first = next(iter(content), None) if isinstance(content, list | tuple) else content
    keys = first.keys() if isinstance(first, Mapping) else ()
    return next((it for it in known_layouts() if it.envelope and set(it.envelope) <= set(keys)), None) if keys else None


def recognise_headerless(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Find the layout of a file without a header by the shape of its rows.

    Parameters
    ----------
    rows : sequence of sequence of str
        Cells of the first rows; every one of them has to have the shape.

    Examples
    --------
    >>> recognise_headerless([["ann@example.org", "Ann"]])
    """
    first = [row for row in rows[:_LOOKED_AT] if any(cell.strip() for cell in row)]
    return next(
        (
            layout
            for layout in known_layouts()
            if layout.headerless and first and all(_has_shape(row, layout.headerless) for row in first)
        ),
        None,
    )


def layout_named(name: str) -> Layout | None:
    """Give the layout of a name; None for "none".

    Raises
    ------
    OptionError
        If there is no such layout.

    Examples
    --------
    >>> layout_named("auth0").title
    'Auth0'
    """
    found = {layout.name: layout for layout in known_layouts()}
    if name != NO_LAYOUT and name not in found:
        names = [*found, NO_LAYOUT]
        raise OptionError(
            f"There is no layout {name!r}.{did_you_mean(name, names)} Give the name of one that `passage-kit layouts` "
            f"lists, or {NO_LAYOUT!r}."
        )
    return found.get(name)


def _has_shape(row: Sequence[str], shape: Headerless) -> bool:
    return len(row) >= shape.least and all(re.fullmatch(expected, row[at]) for at, expected in shape.shapes.items())
