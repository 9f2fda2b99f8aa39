"""Proposals of metadata fields for the columns of a list: a name that Passage takes, a type, and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.profile import SAMPLE, first_filled
from passage_kit.columns.shapes import SHAPES
from passage_kit.columns.users_frame import IDENTIFIERS, SOURCE_ROW, matches, series, source_rows
from passage_kit.errors import FieldsError
from passage_kit.metadata.field_values import normalize_values
from passage_kit.metadata.fields import FieldType, MetadataField, MetadataSchema, derive_field_name
from passage_kit.translations import gettext, ngettext, number

_MOST = 0.8  # share of the values that a type has to understand
_TWO = 2  # different values, which may be yes and no in other words


def _nouns() -> dict[FieldType, str]:
    """Name the values of the types, in the order of trust."""
    return {
        "email": gettext("emails"),
        "boolean": gettext("yes or no"),
        "integer": gettext("whole numbers"),
        "date": gettext("dates"),
        "phone": gettext("phone numbers"),
    }


class FieldProposal(NamedTuple):
    """A proposed field, the column that it is for, and a sentence of evidence, which holds no value."""

    column: str
    field: MetadataField
    evidence: str


def propose_fields(
    raw: pd.DataFrame, columns: Iterable[str] | None = None, *, schema: MetadataSchema | None = None
) -> list[FieldProposal]:
    """Propose a metadata field for columns of a list, with the type that their values show.

    A proposal is for a person to judge: nothing takes it unasked. The type is the one that understands at least four
    in five of the first 5,000 values.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns, as :func:`passage_kit.read_users` gives them.
    columns : iterable of str, optional
        Names of the columns. Default: all whose values are neither emails nor phones.
    schema : MetadataSchema, optional
        Fields that are there already; the names of new ones differ from theirs. Default: none.

    Returns
    -------
    list of FieldProposal
        ``column``, ``field`` and ``evidence`` of each proposal, in the order of the columns.

    Raises
    ------
    FieldsError
        If there is no such column.

    See Also
    --------
    MetadataSchema.infer : Make a schema of all columns at once, by their looks alone.
    MetadataField : One metadata field and its rules.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"E-mail": ["a@example.org", "b@"], "Geburtstag": ["31.01.1980", "soon"], "Größe": ["7", ""]})
    >>> for proposal in propose_fields(raw, ["Geburtstag", "Größe"]):
    ...     print(proposal.field.field_name, proposal.field.type, "-", proposal.evidence)
    geburtstag string - 2 different texts. If they mean yes and no, choose boolean, and say which is which by a step.
    grosse integer - All values are whole numbers.
    """
    raw = given_frame(raw, numbered=False, error=FieldsError)
    names = [str(name) for name in raw.columns]
    wanted = list(names if columns is None else columns)
    if strange := [name for name in wanted if name not in names]:
        raise FieldsError(f"There is no column {strange[0]!r}. Name one of: {', '.join(names)}.")
    taken = [field.field_name for field in schema or ()]
    proposals = []
    for name in wanted:
        kind, evidence = _type_of(raw.iloc[:, names.index(name)])
        if columns is None and kind in IDENTIFIERS:
            continue
        field_name = _free_name(derive_field_name(name), taken)
        taken.append(field_name)
        friendly = "" if name == field_name else name.strip()
        proposals.append(FieldProposal(name, MetadataField(field_name, friendly, type=kind), evidence))
    return proposals


def _free_name(name: str, taken: Sequence[str]) -> str:
    """Give a name that no field has; a column without any letter a to z is called after its place."""
    name = name or "field"
    numbered = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (name, *numbered) if free not in taken)


def _type_of(column: pd.Series[Any]) -> tuple[FieldType, str]:
    """Find the type that most of the first values have, and say how many."""
    texts = pc.utf8_trim_whitespace(pc.cast(first_filled(column, SAMPLE), pa.string()))
    counted = pc.value_counts(texts.filter(pc.not_equal(texts, "")))
    distinct, rows = counted.field("values"), counted.field("counts").to_numpy()
    if not len(distinct):
        return "string", gettext("The column is blank.")
    for kind, nouns in _nouns().items():
        understood = int(rows[_understood(distinct, kind)].sum())
        if understood >= _MOST * rows.sum():
            return kind, _sentence(understood, int(rows.sum()), nouns)
    if len(distinct) == _TWO:
        return "string", gettext(
            "2 different texts. If they mean yes and no, choose boolean, and say which is which by a step."
        )
    neither = ngettext(
        "{count} different text, which is neither yes or no nor a whole number nor a date.",
        "{count} different texts, and most are neither yes or no nor whole numbers nor dates.",
        len(distinct),
    )
    return "string", neither


def _sentence(understood: int, count: int, nouns: str) -> str:
    if understood == count:
        return gettext("All values are {nouns}.", nouns=nouns)
    return gettext(
        "{understood} of {all} values are {nouns}.", understood=number(understood), all=number(count), nouns=nouns
    )


def _understood(texts: pa.Array, kind: FieldType) -> Mask:
    """Mark the texts that a type understands; a date of two readings is one, too.

    The shape decides of the other types: phones have no country yet, digits with a zero before them are no number, and
    a column of times would be read as yes.
    """
    if kind != "date":
        return matches(texts, SHAPES[kind])
    column = series(texts, pd.DataFrame(index=source_rows(len(texts))))
    _, findings = normalize_values(column.to_frame("values"), MetadataSchema([MetadataField("values", type="date")]))
    bad = findings["effect"].eq("withheld") & findings["code"].ne("date_ambiguous")
    return np.asarray(~column.index.isin(findings.loc[bad, SOURCE_ROW]))
