"""Findings as the report shows them: grouped by code and effect, with masked examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Positions
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import ACCOUNT_STATE, REGION, SOURCE_ROW, one_chunk
from passage_kit.export.shown_names import ShownNames
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import fill_sentence
from passage_kit.findings.funnel import count_distinct
from passage_kit.masking import mask
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.translations import gettext

_EXAMPLES = 5  # shown of each code
_LOOKED_AT = 100  # findings of each code, in search of examples that differ
_SEVERAL = 3  # findings with one value in a column of words: the value is nobody's
_WORD = re.compile(r"[^\W\d_][\w .'’/+-]{0,29}")


@dataclass(frozen=True, slots=True)
class ShownExample:
    source_row: int | None
    field: str
    value: str
    sentence: str

    @property
    def tells(self) -> bool:
        """Tell whether it says more than its row number."""
        return bool(self.value or self.sentence or (self.source_row is None and self.field))


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The findings of one code and one effect."""

    code: str
    effect: str
    findings: int
    rows: int
    examples: list[ShownExample]

    @property
    def meaning(self) -> str:
        return gettext(CODES[self.code].meaning)

    @property
    def next_step(self) -> str:
        return gettext(CODES[self.code].next_step)

    def to_dict(self) -> dict[str, Any]:
        """Convert to plain values."""
        examples = [asdict(example) | {"tells": example.tells} for example in self.examples]
        return asdict(self) | {"meaning": self.meaning, "next_step": self.next_step, "examples": examples}


@dataclass(frozen=True, slots=True)
class FindingKinds:
    """The findings of each code and effect: their number, their rows, and the first of them.

    The kinds of the parts of a list add up, if each row is in one part and the parts are added in their order.

    Parameters
    ----------
    counts : mapping of tuple of str to tuple of int
        Number of findings and of rows, by code and effect.
    first : pyarrow.Table
        The first findings of each, in which examples are looked for.
    """

    counts: Mapping[tuple[str, str], tuple[int, int]]
    first: Mapping[tuple[str, str], pa.Table]

    def __add__(self, other: FindingKinds) -> FindingKinds:
        """Add the findings of the part that follows."""
        counts, first = dict(self.counts), dict(self.first)
        for kind, (findings, rows) in other.counts.items():
            before = counts.get(kind, (0, 0))
            counts[kind] = before[0] + findings, before[1] + rows
            joined = pa.concat_tables([first[kind], other.first[kind]]) if kind in first else other.first[kind]
            first[kind] = joined.slice(0, _LOOKED_AT).combine_chunks()
        return FindingKinds(counts, first)


def kinds_of(findings: pd.DataFrame) -> FindingKinds:
    """Divide findings, in the order of their rows, by code and effect.

    Examples
    --------
    >>> from passage_kit.findings.findings import make_findings
    >>> kinds_of(make_findings([1, 1, 2], field="email", code="email_normalized")).counts
    {('email_normalized', 'changed'): (3, 2)}
    """
    table = pa.Table.from_pandas(findings, preserve_index=False)
    code, effect = (one_chunk(table[name]).dictionary_encode() for name in ("code", "effect"))
    rows = one_chunk(table[SOURCE_ROW])
    kind = code.indices.to_numpy() * len(effect.dictionary) + effect.indices.to_numpy()
    kind = kind.astype(np.int16)  # few, so sorting them is quick
    counts, names = np.bincount(kind), code.dictionary.to_pylist()
    found = {
        (names[number // len(effect.dictionary)], effect.dictionary[number % len(effect.dictionary)].as_py()): at
        for number, at in enumerate(np.split(np.argsort(kind, kind="stable"), np.cumsum(counts)[:-1]))
        if len(at)
    }
    return FindingKinds(
        {each: (len(at), count_distinct(rows.take(pa.array(at)).drop_null().to_numpy())) for each, at in found.items()},
        {each: _rows(table, at[:_LOOKED_AT]) for each, at in found.items()},
    )


def group_findings(kinds: FindingKinds, shown: ShownNames, words: frozenset[str]) -> list[FindingGroup]:
    """Group the findings by code and effect, most first."""
    groups = [
        FindingGroup(code, effect, findings, rows, _examples(code, kinds.first[code, effect], shown, words))
        for (code, effect), (findings, rows) in kinds.counts.items()
    ]
    return sorted(groups, key=lambda group: (-group.findings, group.code, group.effect))


def _rows(table: pa.Table, at: Positions) -> pa.Table:
    return pa.table({name: take_rows(table[name], pa.array(at)).combine_chunks() for name in table.column_names})


def word_fields(schema: MetadataSchema) -> frozenset[str]:
    """Name the columns that hold plain words: countries, states of accounts, booleans, and choices."""
    named = (field.column for field in schema if field.type == "boolean" or field.choices)
    return frozenset({REGION, ACCOUNT_STATE, *named})


def _examples(code: str, findings: pa.Table, shown: ShownNames, words: frozenset[str]) -> list[ShownExample]:
    """Pick the first findings of a code, one of those that look the same when masked."""
    plain = _hold_plain_words(findings, words)
    columns = {
        "field": pa.array([name and shown.show(name) for name in findings["field"].to_pylist()], pa.string()),
        "other_row": findings["other_row"].combine_chunks().cast(pa.string()),
        "argument": _masked_arguments(code, findings["argument"], shown, plain),
    }
    columns_said = columns | {"field": pc.replace_substring_regex(columns["field"], "^column ", "")}
    said = pa.nulls(len(findings), pa.string())
    if CODES[code].argument != "text":
        said = fill_sentence(code, columns_said, say=gettext)
    values = _masked(findings["value"], plain)
    rows, fields = findings[SOURCE_ROW].to_pylist(), columns["field"].to_pylist()
    seen: dict[tuple[Any, ...], ShownExample] = {}
    for row, field, value, sentence in zip(rows, fields, values, said.to_pylist(), strict=True):
        example = ShownExample(row, field or "", value, sentence or "")
        seen.setdefault((field, value, sentence) if example.tells else (row,), example)
        if len(seen) >= _EXAMPLES and sum(each.tells for each in seen.values()) == _EXAMPLES:
            break
    # examples with a value come before bare row numbers
    return sorted(seen.values(), key=lambda example: not example.tells)[:_EXAMPLES]


def _hold_plain_words(findings: pa.Table, words: frozenset[str]) -> list[bool]:
    """Tell which values are nobody's: words in a column of words that the kit could read or that several rows have."""
    counts = Counter(findings["value"].to_pylist())
    columns = (findings[name].to_pylist() for name in ("field", "value", "effect"))
    return [
        field in words and bool(_WORD.fullmatch(value or "")) and (effect == "changed" or counts[value] >= _SEVERAL)
        for field, value, effect in zip(*columns, strict=True)
    ]


def _masked(values: pa.ChunkedArray, plain: Sequence[bool]) -> list[str]:
    return [
        value or "" if is_plain else mask(value or "")
        for value, is_plain in zip(values.to_pylist(), plain, strict=True)
    ]


def _masked_arguments(code: str, arguments: pa.ChunkedArray, names: ShownNames, plain: Sequence[bool]) -> pa.Array:
    """Mask the arguments of findings for the report, except plain words and the kit's own."""
    if CODES[code].argument == "value":
        shown = _masked(arguments, plain)
        return pa.array([text or None for text in shown], pa.string())
    return pa.array([text and names.show_word(text) for text in arguments.to_pylist()], pa.string())
