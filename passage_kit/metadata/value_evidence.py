"""What a metadata column shows of the meaning of its texts, in a form that adds up over the parts of a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.identifiers.phones.lost_plus import NO_PLUS_EVIDENCE, PlusEvidence
from passage_kit.metadata.dates import NO_DATE_EVIDENCE, DateEvidence, NumericDates, evidence_of
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.moments import epochs_of, moments_of, one_epoch

Distinct = Callable[[], Iterable[pa.Array]]


@dataclass(frozen=True, slots=True)
class ValueEvidence:
    """Evidence of a column, or of a part of it: the evidence of parts adds up to that of all.

    Parameters
    ----------
    words : bool, default False
        Some texts are words for yes or no.
    moments : frozenset or None
        What the moments of the parts are (see :func:`passage_kit.metadata.dates.moments_of`); None if some text is no
        moment.
    epochs : frozenset
        What the numbers of the parts mean: see :func:`passage_kit.metadata.dates.epochs_of`.
    dates : DateEvidence
        Evidence for the order of day and month.
    plus : PlusEvidence
        Evidence on the digits of a phone field that may have lost their plus.

    Examples
    --------
    >>> seconds, words = ValueEvidence(moments=frozenset({"epoch_s"})), ValueEvidence(words=True)
    >>> seconds.are_moments, (seconds + words).are_moments
    (True, False)
    """

    words: bool = False
    moments: frozenset[NumericDates | None] | None = frozenset()
    epochs: frozenset[NumericDates | None] = frozenset()
    dates: DateEvidence = NO_DATE_EVIDENCE
    plus: PlusEvidence = NO_PLUS_EVIDENCE

    def __add__(self, other: ValueEvidence) -> ValueEvidence:
        """Add the evidence of another part of the column."""
        return ValueEvidence(
            self.words or other.words,
            None if self.moments is None or other.moments is None else self.moments | other.moments,
            self.epochs | other.epochs,
            self.dates + other.dates,
            self.plus + other.plus,
        )

    @property
    def are_moments(self) -> bool:
        """Whether the texts of a boolean column are moments, which mean yes."""
        return not self.words and self.moments is not None and len(self.moments) == 1

    @property
    def epoch(self) -> NumericDates | None:
        """What all numbers of a date column mean, if all its texts are such numbers."""
        return one_epoch(self.epochs)


def evidence_of_texts(field: MetadataField, distinct: Distinct, words: Mapping[str, bool]) -> ValueEvidence:
    """Collect what the texts of a boolean or a date field show; those of other fields show nothing.

    Parameters
    ----------
    field : MetadataField
    distinct : callable
        Gives the trimmed distinct texts, part by part, each time it is called.
    words : mapping of str to bool
        All words for yes and no, in lower case.

    Examples
    --------
    >>> texts = lambda: [pa.array(["31/01/1980"])]
    >>> evidence_of_texts(MetadataField("born", type="date"), texts, {}).dates.order
    'DMY'
    """
    if field.type == "boolean":
        known = pa.array(list(words))
        if any(pc.any(pc.is_in(pc.utf8_lower(part), known)).as_py() for part in distinct()):
            return ValueEvidence(words=True)
        return ValueEvidence(moments=moments_of(distinct()))
    if field.type == "date":
        return ValueEvidence(epochs=epochs_of(distinct()), dates=evidence_of(distinct()))
    return ValueEvidence()
