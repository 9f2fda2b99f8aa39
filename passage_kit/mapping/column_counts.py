"""Counts of a source's columns behind the findings on the whole source, which add up over the parts of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from passage_kit.columns.account_codes import may_be_codes, may_hold_codes, say_counts, word_counts
from passage_kit.columns.column_names import IDENTIFIER_NAMES, keys_of
from passage_kit.columns.null_words import without_words
from passage_kit.columns.shapes import SHAPES
from passage_kit.columns.spool import letting_go
from passage_kit.columns.users_frame import ACCOUNT_STATE, IDENTIFIERS, arrow, is_blank, matches
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.mapping.name_fit import ANOTHER_ONES, name_fit, path_parts

_PHONE_NAMES = tuple(keys_of(group) for group in IDENTIFIER_NAMES["phone"])
_SOME = 100  # distinct words of a column: with more it is no column of codes


@dataclass(frozen=True, slots=True)
class ColumnCounts:
    """Counts of the columns of a source, or of a part of it.

    Parameters
    ----------
    filled : mapping of str to int
        Values of each column that the mapping does not use.
    nothing : mapping of str to int
        Words for nothing in each column that the mapping uses.
    words : mapping of str to mapping or None
        Rows of each word in the columns that may say the state of accounts by codes; None where there are too many.
    elsewhere : mapping of str to int
        Emails in each column that the mapping does not use, and phones in those that a phone may stand in by their
        name, of rows whose email and phone are blank.

    Examples
    --------
    >>> parts = ColumnCounts({"Shoe size": 3}), ColumnCounts({"Shoe size": 4})
    >>> (parts[0] + parts[1]).filled
    {'Shoe size': 7}
    """

    filled: Mapping[str, int] = field(default_factory=dict)
    nothing: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, int] | None] = field(default_factory=dict)
    elsewhere: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: ColumnCounts) -> ColumnCounts:
        """Add the counts of another part of the source."""
        names = dict.fromkeys([*self.words, *other.words])
        return ColumnCounts(
            _sum(self.filled, other.filled),
            _sum(self.nothing, other.nothing),
            {name: _words(self.words.get(name, {}), other.words.get(name, {})) for name in names},
            _sum(self.elsewhere, other.elsewhere),
        )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in dict.fromkeys([*one, *other])}


def _words(one: Mapping[str, int] | None, other: Mapping[str, int] | None) -> dict[str, int] | None:
    if one is None or other is None:
        return None
    both = Counter(one) + Counter(other)
    return dict(both) if len(both) <= _SOME else None


def count_columns(raw: pd.DataFrame, mapping: FieldMapping, nothing: Mapping[str, tuple[str, ...]]) -> ColumnCounts:
    """Count the columns of some rows.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns as read.
    mapping : FieldMapping
        Origin of each target.
    nothing : mapping of str to tuple of str
        Words for nothing by column.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": ["a@example.org"], "Shoe size": ["43"]})
    >>> count_columns(raw, FieldMapping({"email": "Mail"}), {}).filled
    {'Shoe size': 1}
    """
    names = [str(name) for name in raw.columns if name not in mapping.columns]
    used = {name: words for name, words in nothing.items() if name in mapping.columns}
    says = [] if ACCOUNT_STATE in mapping else [str(name) for name in raw]
    counted = {name: _words({}, word_counts(arrow(raw[name]))) for name in says if may_hold_codes(path_parts(name)[-1])}
    return ColumnCounts(
        {name: int((~is_blank(raw[name])).sum()) for name in letting_go(names)},
        {name: without_words(raw[name], words)[1] for name, words in letting_go(used.items())},
        counted,
        _addresses_elsewhere(raw, mapping, used, names),
    )


def _addresses_elsewhere(
    raw: pd.DataFrame, mapping: FieldMapping, nothing: Mapping[str, tuple[str, ...]], names: Sequence[str]
) -> dict[str, int]:
    """Count the emails and phones in some columns, of rows whose columns of email and phone are all blank."""
    origins = [mapping[target] for target in IDENTIFIERS if target in mapping]
    own = [name for origin in origins if isinstance(origin, Columns) for name in origin.names if name in raw]
    lacking = np.full(len(raw), bool(own))
    for name in own:
        lacking &= is_blank(without_words(raw[name], nothing.get(name, ()))[0]).to_numpy(dtype=bool)
    if not lacking.any():
        return {}
    there = {}
    for name in names:
        values = arrow(raw[name]).filter(pa.array(lacking))
        is_address = matches(values, SHAPES["email"])
        if name_fit(name, _PHONE_NAMES).confidence > ANOTHER_ONES:
            is_address |= matches(values, SHAPES["phone"])
        there[name] = int(is_address.sum())
    return {name: count for name, count in there.items() if count}


def say_of_columns(counts: ColumnCounts, mapping: FieldMapping, nothing: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Make the findings on the whole source that :func:`passage_kit.unmapped_columns` gives.

    Examples
    --------
    >>> say_of_columns(ColumnCounts({"Shoe size": 7}), FieldMapping({}), {})[["field", "argument"]].to_numpy().tolist()
    [['Shoe size', '7']]
    """
    names = list(counts.filled)
    filled = pa.array([str(count) for count in counts.filled.values()], pa.string())
    unused = make_findings(
        [None] * len(names), field=pa.array(names, pa.string()), code="column_not_stored", argument=filled
    )
    targets = [target for target in mapping.undecided if target not in mapping]
    could = [" or ".join(mapping.undecided[target]) for target in targets]
    undecided = make_findings([None] * len(targets), field=targets, code="column_undecided", argument=could)
    said = {name: f"{', '.join(nothing[name])} in {count:,} rows" for name, count in counts.nothing.items() if count}
    blanked = make_findings([None] * len(said), field=list(said), code="null_word", argument=list(said.values()))
    coded = {
        name: words
        for name, words in counts.words.items()
        if words and may_be_codes(path_parts(name)[-1], pa.chunked_array([list(words)], pa.string()))
    }
    codes = make_findings(
        [None] * len(coded),
        field=list(coded),
        code="account_codes_unread",
        argument=[say_counts(words) for words in coded.values()],
    )
    elsewhere = make_findings(
        [None] * len(counts.elsewhere),
        field=list(counts.elsewhere),
        code="address_elsewhere",
        argument=[f"{count:,}" for count in counts.elsewhere.values()],
    )
    return collect_findings([unused, elsewhere, undecided, blanked, codes])
