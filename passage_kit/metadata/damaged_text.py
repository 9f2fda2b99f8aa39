"""Texts that another program escaped for HTML or decoded twice: reported with the repaired text, and left alone."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.text_parts import parts_of_text
from passage_kit.columns.users_frame import are_ascii, arrow, holds, mask_of
from passage_kit.findings.findings import collect_findings, make_findings

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
    found, start = [], 0
    for part in parts_of_text(pc.cast(arrow(column), pa.string())):
        damaged = np.concatenate([np.zeros(0, dtype=bool), *in_pieces(part, _may_be_damaged)])
        encoded = part.filter(pa.array(damaged)).combine_chunks().dictionary_encode()
        repaired = pa.array(map(repair_text, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)
        is_repaired = pc.is_valid(repaired)
        rows = column.index.to_numpy()[start : start + len(part)][damaged][mask_of(is_repaired)]
        texts = encoded.dictionary.take(encoded.indices.filter(is_repaired))
        argument = repaired.filter(is_repaired)
        found.append(make_findings(rows, field=field, value=texts, code="text_damaged", argument=argument))
        start += len(part)
    return collect_findings(found)


def _may_be_damaged(texts: pa.Array) -> Mask:
    """Mark the texts that have the pattern of a damage; search only those that have a letter which each damage has."""
    may_be = holds(texts, "&")
    if not are_ascii(texts):
        may_be |= ~mask_of(pc.fill_null(pc.string_is_ascii(texts), True))
    some = np.flatnonzero(may_be)
    may_be[some] = mask_of(pc.match_substring_regex(texts.take(pa.array(some)), _DAMAGED))
    return may_be


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
