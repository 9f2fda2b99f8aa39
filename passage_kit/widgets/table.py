"""Tables for reading: text on the left, whole sentences, and empty cells for blanks."""

from __future__ import annotations

from typing import Any

import pandas as pd

_LEFT = {"text-align": "left", "vertical-align": "top", "white-space": "normal", "max-width": "40em"}


def show_table(frame: pd.DataFrame) -> Any:
    """Show a frame as a table for reading, without an index that has no name.

    Parameters
    ----------
    frame : pandas.DataFrame
        Frame of any size and dtypes, with a unique index.

    Returns
    -------
    pandas.io.formats.style.Styler
        Table that a notebook shows, with escaped values, blanks as empty cells, and two decimals.

    See Also
    --------
    passage_kit.describe_findings : A frame to show.

    Examples
    --------
    >>> frame = pd.DataFrame({"code": ["email_invalid"], "next_step": ["Correct it, or ask <the user>."]})
    >>> "ask &lt;the user&gt;" in show_table(frame).to_html()
    True
    """
    style = frame.style.format(escape="html", na_rep="", precision=2)
    style = style.format_index(escape="html", axis=0).format_index(escape="html", axis=1)
    style = style.set_properties(**_LEFT).set_table_styles([{"selector": "th", "props": list(_LEFT.items())}])
    return style if frame.index.name else style.hide(axis="index")
