"""First look at a user list: what it is, its first rows, and the values that show whether its encoding is right."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import arrow
from passage_kit.reading.known_layouts import layout_named
from passage_kit.reading.user_list import UserList

FIRST_ROWS = 3
_LOOKED_AT = 100  # rows, for the first ones that are not blank
_MOST_ACCENTED, _MOST_OF_COLUMN = 8, 3
_AT_ONCE = 1 << 16  # rows to search for letters outside ASCII
_KINDS = {"csv": "CSV", "excel": "Excel", "json": "JSON", "parquet": "Parquet", "sql": "a database", "frame": "a frame"}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", "\x01": "^A", "\x1f": "^_"}


class FirstLook(NamedTuple):
    """What a person needs to see whether a list is the right one, and rightly read.

    Parameters
    ----------
    facts : dict of str to str
        By a label: rows, columns, kind, layout, encoding, delimiter, header, sheet; without those that the list has
        not.
    rows : pandas.DataFrame
        The first three rows.
    accented : pandas.DataFrame
        ``column`` and ``value`` of up to eight different values with letters outside ASCII.
    """

    facts: dict[str, str]
    rows: pd.DataFrame
    accented: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Show the facts as a table."""
        return pd.Series(self.facts, name="as read").to_frame()


def first_look(source: UserList) -> FirstLook:
    """Look at a user list as it was read.

    Nothing is judged, and no row is left out of the counts. A wrong encoding shows in ``accented`` alone.

    Parameters
    ----------
    source : UserList
        The list, as :func:`passage_kit.read_source` gives it.

    Returns
    -------
    FirstLook
        ``facts``, the first ``rows``, and the ``accented`` values.

    See Also
    --------
    read_source : Read a list, with another encoding, delimiter, header or sheet if need be.

    Examples
    --------
    >>> from passage_kit.reading.readers import read_source
    >>> raw = pd.DataFrame({"Mail": ["zoe@example.org", "bo@"], "Name": ["Zoë", "Bo"]})
    >>> look = first_look(read_source(raw))
    >>> look.facts
    {'rows': '2', 'columns': '2', 'kind': 'a frame'}
    >>> look.accented.to_numpy().tolist()
    [['Name', 'Zoë']]
    """
    layout = layout_named(source.layout) if source.layout else None
    facts = {
        "rows": f"{len(source.users):,}",
        "columns": f"{source.users.shape[1]:,}",
        "kind": _KINDS[source.kind],
        "layout": layout.title if layout else None,
        "encoding": source.encoding,
        "delimiter": _DELIMITERS.get(source.delimiter or "", source.delimiter),
        "header": _header(source),
        "sheet": source.sheet,
    }
    given = {label: fact for label, fact in facts.items() if fact}
    return FirstLook(given, _first_rows(source.users), _accented(source.users))


def _first_rows(users: pd.DataFrame) -> pd.DataFrame:
    """Take the first rows that say something; empty lines between people do not."""
    first = users.head(_LOOKED_AT)
    filled = first.dropna(how="all")
    return (filled if len(filled) else first).head(FIRST_ROWS)


def _header(source: UserList) -> str | None:
    if source.header_line is None:
        return None
    word = "row" if source.kind == "excel" else "line"
    return f"in {word} {source.header_line}" if source.header_line else "none"


def _accented(users: pd.DataFrame) -> pd.DataFrame:
    """Find values with letters outside ASCII, few of each column, in the first rows that have any."""
    found: dict[tuple[str, str], None] = {}
    for start in range(0, len(users), _AT_ONCE):
        piece = users.iloc[start : start + _AT_ONCE]
        for at, name in enumerate(users.columns):
            missing = _MOST_OF_COLUMN - sum(column == name for column, _ in found)
            values = _outside_ascii(arrow(piece.iloc[:, at])) if missing > 0 else ()
            new = [(str(name), value) for value in values if (str(name), value) not in found]
            found |= dict.fromkeys(new[:missing])
        if found:
            break
    return pd.DataFrame([*found][:_MOST_ACCENTED], columns=["column", "value"])


def _outside_ascii(values: pa.ChunkedArray) -> list[str]:
    """List different texts that have more bytes than letters, but no addresses and numbers with odd spaces."""
    wide = pc.fill_null(pc.not_equal(pc.binary_length(values), pc.utf8_length(values)), False)
    if not pc.any(wide).as_py():
        return []
    texts = values.filter(wide).slice(0, 1_000).unique().to_pylist()
    return [text for text in texts if "@" not in text and any(map(str.isalpha, text))]
