"""What the ranges of a large CSV file say together: whether the file is what they show, and the findings on it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from passage_kit.columns.arrays import Mask
from passage_kit.columns.secrets import is_secret_name
from passage_kit.errors import SourceError
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.reading.csv.csv_piece import Misfits
from passage_kit.reading.csv.csv_ranges import Outline, RangeEvidence
from passage_kit.reading.csv.csv_reader import findings_above
from passage_kit.reading.csv.csv_table import check_widths


def add_up(outline: Outline, ranges: Sequence[RangeEvidence]) -> bool:
    """Tell whether the rows of the ranges are those of the whole file, so that nothing but all of it decides otherwise.

    Otherwise it may have a column of JSON, several lists, records of very many lines, marks of text, or rows of another
    width than the header alone.

    Parameters
    ----------
    outline : Outline
    ranges : sequence of RangeEvidence
        Of the ranges that have rows.
    """
    if not ranges or any(one.may_begin_lists for one in ranges):
        return False
    empty = [one.empty for one in ranges]
    if not open_nothing([one.json for one in ranges], empty) or _in_all([one.marked for one in ranges]) - _in_all(
        empty
    ):
        return False
    misfits = functools.reduce(Misfits.with_more, (one.misfits for one in ranges))
    try:
        check_widths(misfits, outline.dialect, outline.name)
    except SourceError:
        return False  # the reader of the whole file says it
    return True


def open_nothing(json: Sequence[frozenset[str]], closed: Sequence[frozenset[str]]) -> bool:
    """Tell whether no column is JSON in all ranges, so that none of the whole is opened; those of secrets never are.

    Parameters
    ----------
    json, closed : sequence of frozenset of str
        Columns whose every value may be JSON, blank ones included, and those of them that have no value to open, range
        by range.

    Examples
    --------
    >>> meta, nothing = frozenset({"meta"}), frozenset()
    >>> open_nothing([meta, nothing], [nothing, nothing]), open_nothing([meta, meta], [meta, nothing])
    (True, False)
    """
    return all(map(is_secret_name, _in_all(json) - _in_all(closed)))


def _in_all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return functools.reduce(frozenset.intersection, sets)


def findings_on_all(said: Sequence[pd.DataFrame], above: Iterable[pd.DataFrame] = ()) -> pd.DataFrame:
    """Put the findings on a whole source together, in the order of one machine.

    Parameters
    ----------
    said : sequence of pandas.DataFrame
        Findings on the whole of each range.
    above : iterable of pandas.DataFrame, optional
        Those on lines that are no rows. Default: none.
    """
    first = said[0]
    counts: dict[str, int] = {}
    for findings in said:
        secrets = findings[_have(findings, "secret_left_out")]
        for name, count in zip(secrets["field"], secrets["argument"], strict=True):
            counts[name] = counts.get(name, 0) + int(count)
    left_out = make_findings(
        [None] * len(counts), field=list(counts), code="secret_left_out", argument=list(map(str, counts.values()))
    )
    absent = _have(first, "header_absent")
    return collect_findings([first[absent], *above, left_out, first[~absent & ~_have(first, "secret_left_out")]])


def findings_beside(outline: Outline, *, breaks: int, blank: Sequence[int]) -> Iterator[pd.DataFrame]:
    """Make the findings on the lines of a file that are no rows.

    Parameters
    ----------
    outline : Outline
    breaks : int
        Number of lines above the end of the rows.
    blank : sequence of int
        Numbers of the empty lines among the rows.
    """
    footer = [breaks + 1 + at for at in outline.footer]
    return findings_above(outline.dialect.preamble, footer, [*outline.dialect.blank, *blank])


def _have(findings: pd.DataFrame, code: str) -> Mask:
    mask: Mask = findings["code"].eq(code).to_numpy(dtype=bool)
    return mask
