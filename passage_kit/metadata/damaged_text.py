"""Texts that another program escaped for HTML or decoded twice: reported with the repaired text, and left alone."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import arrow, mask_of
from passage_kit.findings.findings import make_findings

# A named or numbered entity, and the letters as which two bytes of UTF-8 show in Windows-1252.
_ENTITY = r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,15});"
_FIRST = "\u00c2-\u00c6\u00c8-\u00cf\u00d0-\u00d1\u00d7-\u00da\u00e0-\u00e3\u00e5-\u00e6\u00ea\u00ef\u00f0"
_SECOND = "\u00a0-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122"
_DAMAGED = f"{_ENTITY}|[{_FIRST}][{_SECOND}]"


def find_damaged_text(column: pd.Series[Any], field: str) -> pd.DataFrame:
    """Find texts that were escaped for HTML or decoded twice.

    Parameters
    ----------
    column : pandas.Series
        Text, index ``source_row``.
    field : str
        Name of the field, for the findings.

    Returns
    -------
    pandas.DataFrame
        A ``text_damaged`` for each such text, with the repaired one as its argument.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> names = users_frame({"name": ["Ann&eacute;", "Jos\u00c3\u00a9", "Tom & Jerry"]})["name"]
    >>> find_damaged_text(names, "name")[["source_row", "argument"]].to_numpy().tolist()
    [[1, 'Ann\u00e9'], [2, 'Jos\u00e9']]
    """
    encoded = pc.dictionary_encode(pc.cast(arrow(column), pa.string())).combine_chunks()
    suspects = mask_of(pc.match_substring_regex(encoded.dictionary, _DAMAGED))
    repaired = (
        [
            repair_text(text) if suspect else None
            for text, suspect in zip(encoded.dictionary.to_pylist(), suspects.tolist(), strict=True)
        ]
        if suspects.any()
        else []
    )
    if not any(repaired):
        return make_findings([], field=field, code="text_damaged")
    by_row = pa.array(repaired, pa.string()).take(encoded.indices)
    said = mask_of(pc.is_valid(by_row))
    at = encoded.indices.filter(pa.array(said))
    return make_findings(
        column.index.to_numpy()[said],
        field=field,
        value=encoded.dictionary.take(at),
        code="text_damaged",
        argument=by_row.filter(pa.array(said)),
    )


def repair_text(text: str) -> str | None:
    """Repair a text that was escaped or decoded twice; None if it was not.

    Examples
    --------
    >>> repair_text("O&#39;Lee"), repair_text("Gro\u00c3\u0178"), repair_text("AT&T; R&D")
    ("O'Lee", 'Gro\u00df', None)
    """
    repaired = html.unescape(text)
    try:
        decoded = repaired.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):  # not written in Windows-1252, or no UTF-8 in it
        decoded = repaired
    return decoded if decoded != text else None
