"""The known layouts as a table, for a person who asks which there are."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from passage_kit.columns.users_frame import TEXT
from passage_kit.reading.known_layouts import fitting_layouts, known_layouts
from passage_kit.reading.layout import Layout


def layouts(columns: Iterable[str] | None = None) -> pd.DataFrame:
    """List the systems whose exports the kit knows.

    Parameters
    ----------
    columns : iterable of str, optional
        Names of columns, such as ``raw.columns``: only the layouts that they fit are listed, the best first. Default:
        all layouts, by their names.

    Returns
    -------
    pandas.DataFrame
        One row a system, indexed by ``name``: ``title``, ``recognised_by`` (columns that have to be there, one set a
        line), ``email``, ``phone``, ``source_key``, ``account_state`` (columns, the preferred one first), ``secrets``
        (columns that are left out), ``notes`` and ``link`` (the vendor's documentation).

    See Also
    --------
    suggest_mapping : Suggest a mapping; it takes what the layout of the columns says first.

    Examples
    --------
    >>> layouts().loc["auth0", "title"]
    'Auth0'
    >>> layouts(["localId", "email", "createdAt"]).index.tolist()
    ['firebase']
    """
    listed = known_layouts() if columns is None else fitting_layouts(columns)
    joined = {
        "title": [layout.title for layout in listed],
        "recognised_by": ["\n".join([*map(", ".join, layout.signs), *_other_signs(layout)]) for layout in listed],
        **{
            target: [", ".join(layout.columns_of(target)) for layout in listed]
            for target in ("email", "phone", "source_key", "account_state")
        },
        "secrets": [", ".join(layout.secrets) for layout in listed],
        "notes": [" ".join(layout.notes) for layout in listed],
        "link": [layout.link for layout in listed],
    }
    index = pd.Index([layout.name for layout in listed], name="name", dtype=TEXT)
    return pd.DataFrame({name: pd.array(texts, TEXT) for name, texts in joined.items()}, index=index)


def _other_signs(layout: Layout) -> list[str]:
    """Say by what a layout is recognised besides its columns."""
    shape = ["a fixed shape without a header"] if layout.headerless else []
    return [*shape, *([f"{layout.mark!r} at the beginning of the file"] if layout.mark else [])]
