"""Funnel: numbers of rows read, changed, merged, rejected and exported, which add up."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import SOURCE_ROW, arrow, mask_of
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.ledger import ABSORBED, KEPT, REJECTED, count_dispositions
from passage_kit.translations import ENGLISH, gettext, speaking

_BAR = 32  # characters of the longest bar
# Codes with which a reader rejects a row, before any rule looks at it.
_ON_READING = ("row_blank", "row_repeats_header", "row_too_long", "line_unreadable")
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of the rows of one preparation: ``exported + absorbed + rejected == read``.

    Parameters
    ----------
    read : int
        Rows of the source.
    normalized, normalized_values : int
        Rows with a value that was changed, and the number of such values.
    withheld, withheld_values : int
        Rows with a value that was withheld, and the number of such values.
    absorbed : int
        Rows merged into another one.
    rejected : int
        Rows that are not exported because of a finding.
    exported : int
        Rows that are exported, one user each.
    rejected_by : dict of str to int
        Rejected rows by the code of the finding that first rejected them, most rows first. Their sum is ``rejected``.

    Examples
    --------
    >>> Funnel(read=3, exported=2, rejected=1, rejected_by={"no_identifier": 1}).adds_up
    True
    """

    read: int
    normalized: int = 0
    normalized_values: int = 0
    withheld: int = 0
    withheld_values: int = 0
    absorbed: int = 0
    rejected: int = 0
    exported: int = 0
    rejected_by: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: Funnel) -> Funnel:
        """Add the counts of other rows of the same list."""
        numbers = {name: getattr(self, name) + getattr(other, name) for name in asdict(self) if name != "rejected_by"}
        reasons = Counter(self.rejected_by) + Counter(other.rejected_by)
        return Funnel(**numbers, rejected_by=dict(sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0]))))

    @property
    def adds_up(self) -> bool:
        """Agreement of the counts: each row read is exported, absorbed or rejected, and each rejection has a reason."""
        rows = self.exported + self.absorbed + self.rejected
        return rows == self.read and sum(self.rejected_by.values()) == self.rejected

    @property
    def rejected_on_reading(self) -> int:
        """Rejected rows that the reader could not use, before any rule looked at them."""
        return sum(self.rejected_by.get(code, 0) for code in _ON_READING)

    @property
    def sum(self) -> str:
        """Sum of the counts in words.

        Examples
        --------
        >>> Funnel(read=1200, exported=1100, absorbed=80, rejected=20).sum
        '1,100 exported + 80 absorbed + 20 rejected = 1,200 read'
        """
        return (
            f"{self.exported:,} exported + {self.absorbed:,} absorbed + {self.rejected:,} rejected = {self.read:,} read"
        )

    def to_dict(self) -> dict[str, Any]:
        """Convert the counts to plain values."""
        return asdict(self)

    def to_text(self) -> str:
        """Draw the funnel for a terminal, with the meaning and the code of each reason.

        Examples
        --------
        >>> print(Funnel(read=8, normalized=4, normalized_values=5, absorbed=1, rejected=1, exported=6,
        ...              rejected_by={"no_identifier": 1}).to_text())
        Rows read   8 ████████████████████████████████
        Normalised  4 ████████████████                  5 values
        Withheld    0                                   0 values
        Absorbed    1 ████
        Rejected    1 ████
                    1 No valid email and no valid phone is left, so the user could not sign in (no_identifier)
        Exported    6 ████████████████████████
        6 exported + 1 absorbed + 1 rejected = 8 read
        """
        steps = [
            ("Rows read", self.read, ""),
            ("Normalised", self.normalized, counted(self.normalized_values, "value")),
            ("Withheld", self.withheld, counted(self.withheld_values, "value")),
            ("Absorbed", self.absorbed, ""),
            ("Rejected", self.rejected, ""),
            ("Exported", self.exported, ""),
        ]
        width = len(f"{self.read:,}")
        lines = [
            f"{name:<10}  {rows:>{width},} {_bar(rows, self.read):<{_BAR}}  {note}".rstrip()
            for name, rows, note in steps
        ]
        with speaking(ENGLISH):
            reasons = [f"{'':<10}  {rows:>{width},} {explained(code)}" for code, rows in self.rejected_by.items()]
        *lines, exported = lines
        return "\n".join([*lines, *reasons, exported, self.sum])


def counted(count: int, noun: str) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(1_200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def explained(code: str) -> str:
    """Explain a code in the language of the reader, with the code itself, by which a person finds the rows.

    Examples
    --------
    >>> explained("phone_fixed_line")
    'This is a fixed line: no text message reaches it (phone_fixed_line)'
    """
    return f"{gettext(CODES[code].meaning).removesuffix('.')} ({code})" if code in CODES else code


def _bar(rows: int, read: int) -> str:
    """Draw a bar of block characters; any number of rows above 0 is visible."""
    eighths = max(round(8 * _BAR * rows / read), 1) if rows else 0
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).strip()


def funnel(ledger: pd.DataFrame, findings: pd.DataFrame) -> Funnel:
    """Count what became of the rows.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Ledger frame.
    findings : pandas.DataFrame
        All findings of all steps.

    Returns
    -------
    Funnel

    Examples
    --------
    >>> from passage_kit.findings.findings import collect_findings, make_findings
    >>> from passage_kit.findings.ledger import build_ledger
    >>> from passage_kit.columns.users_frame import users_frame
    >>> read = users_frame({"email": ["A@example.org", "b@"]})
    >>> found = collect_findings([
    ...     make_findings([1], field="email", code="email_normalized"),
    ...     make_findings([2], field="email", code="email_invalid"),
    ...     make_findings([2], field="email", code="no_identifier"),
    ... ])
    >>> counts = funnel(build_ledger(read.index, read.loc[[1]], found), found)
    >>> counts.read, counts.normalized, counts.withheld, counts.rejected_by, counts.exported
    (2, 1, 1, {'no_identifier': 1}, 1)
    """
    dispositions = count_dispositions(ledger)
    touched = pa.table({name: arrow(findings[name]) for name in (SOURCE_ROW, "field", "code", "effect")})
    normalized, normalized_values = _touched(touched, "changed")
    withheld, withheld_values = _touched(touched, "withheld")
    return Funnel(
        read=len(ledger),
        normalized=normalized,
        normalized_values=normalized_values,
        withheld=withheld,
        withheld_values=withheld_values,
        absorbed=dispositions[ABSORBED],
        rejected=dispositions[REJECTED],
        exported=dispositions[KEPT],
        rejected_by=_rejected_by(ledger, touched),
    )


def _counts(values: pa.ChunkedArray) -> dict[str, int]:
    """Count how often each value occurs, the commonest first, then by name."""
    counted = {entry["values"]: entry["counts"] for entry in pc.value_counts(values).to_pylist()}
    return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))


def _touched(findings: pa.Table, effect: str) -> tuple[int, int]:
    """Count the rows and the values with findings of an effect; two findings about one value count once."""
    # a finding without a field concerns no value, such as a decision that was applied
    found = _said(findings, effect, [SOURCE_ROW, "field"])
    rows, fields = found[SOURCE_ROW].to_numpy(), found["field"].combine_chunks().dictionary_encode()
    values = rows * (len(fields.dictionary) + 1) + fields.indices.to_numpy()
    return count_distinct(rows), count_distinct(values)


def _said(findings: pa.Table, effect: str, names: list[str]) -> pa.Table:
    """Select columns of the findings of an effect, and leave out findings with a blank in one of them."""
    said = functools.reduce(pc.and_, (pc.is_valid(findings[name]) for name in names))
    return findings.select(names).filter(pc.and_(said, pc.equal(findings["effect"], effect)))


def count_distinct(numbers: np.ndarray[Any, Any]) -> int:
    """Count distinct integers: a stable sort takes no time for row numbers, which are in order or nearly so.

    Examples
    --------
    >>> count_distinct(np.array([3, 1, 3]))
    2
    """
    return int(np.count_nonzero(np.diff(np.sort(numbers, kind="stable")))) + bool(len(numbers))


def _rejected_by(ledger: pd.DataFrame, findings: pa.Table) -> dict[str, int]:
    """Count rejected rows by their deciding reason; a row without its own reason has a rejected survivor."""
    rejected = mask_of(pc.equal(arrow(ledger["disposition"]), REJECTED))
    reasons = _said(findings, "rejected", [SOURCE_ROW, "code"])
    rows, first = np.unique(reasons[SOURCE_ROW].to_numpy(), return_index=True)
    at = ledger.index.get_indexer(rows)
    known = at >= 0
    deciding = first[known][rejected[at[known]]]
    orphans = pa.repeat("survivor_rejected", int(rejected.sum()) - len(deciding))
    return _counts(pa.chunked_array([*reasons["code"].take(pa.array(deciding)).chunks, orphans]))
