"""What a page of answers says of the pages after it: how many users there are, and whether more follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from passage_kit.columns.column_names import name_key
from passage_kit.reading.json.person_likeness import SURE, is_page, own_level

_TOTALS = frozenset(
    """
    total totalcount totalresults totalitems totalelements totalusers totalentries totalrecords totalsize totalrows
    recordstotal odatacount resultcount
    """.split()  # noqa: SIM905
)
_NEXT = frozenset(
    """
    next nextpage nextpageurl nextpagetoken nextlink odatanextlink nextrecordsurl nexttoken nextcursor paginationtoken
    hasmore hasnext hasnextpage
    """.split()  # noqa: SIM905
)
_AROUND = frozenset("meta metadata pagination page pageinfo paging links info cursor response result data hits".split())  # noqa: SIM905
_LAST = frozenset(("last", "islast", "lastpage", "islastpage"))
_NOTHING = frozenset(("", "false", "none", "null", "0"))
_COUNT = re.compile(r"\d{1,15}")  # a longer number counts no users
_DEEPEST = 3  # objects around, as in meta.pagination.total


def more_declared(content: Any, read: int) -> str:
    """Say what a file declares beyond the users that it holds; blank if there is nothing.

    Parameters
    ----------
    content : object
        The file: a page, or several of them.
    read : int
        Entries that were read.

    Examples
    --------
    >>> more_declared({"users": [{"id": 1}], "meta": {"total": 60}}, 1)
    '1 of 60 entries'
    >>> more_declared([{"users": [{"id": 1}], "next": "/2"}, {"users": [{"id": 2}], "next": None}], 2)
    ''
    """
    said = list(_said(_last_page(content)))
    totals = [int(str(value)) for key, value in said if key in _TOTALS and _COUNT.fullmatch(str(value))]
    if totals:
        return f"{read:,} of {max(totals):,} entries" if max(totals) > read else ""
    links = any(key in _NEXT and str(value).lower() not in _NOTHING for key, value in said)
    follows = links or any(key in _LAST and value is False for key, value in said)
    return "another page follows" if follows else ""


def _last_page(content: Any) -> Mapping[str, Any]:
    """Give the only page, or the last one of several; an empty one if the file is a list of users, or one user."""
    if isinstance(content, Mapping):
        return content if own_level(content) != SURE else {}
    if isinstance(content, list | tuple) and content and is_page(content[-1]):
        return dict(content[-1])
    return {}


def _said(page: Mapping[str, Any], deep: int = 0) -> Iterator[tuple[str, Any]]:
    """List the plain values of a page, with the keys of their names; what a total or a link holds has its key."""
    for name, value in page.items():
        key = name_key(name)
        if isinstance(value, Mapping):
            if deep < _DEEPEST and key in _AROUND:
                yield from _said(value, deep + 1)
            elif key in _TOTALS or key in _NEXT:
                yield from ((key, inner) for inner in value.values())
        elif not isinstance(value, list | tuple):
            yield key, value
