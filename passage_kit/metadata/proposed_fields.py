"""Proposals of metadata fields for the columns of a list: a name that Passage takes, a type, and the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.profile import SAMPLE, first_filled
from passage_kit.columns.users_frame import IDENTIFIERS
from passage_kit.errors import FieldsError
from passage_kit.metadata.column_types import ColumnType, type_of_column
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import FieldType, MetadataField, new_field
from passage_kit.translations import gettext, ngettext, number

_TWO = 2  # different values, which may be yes and no in other words
_YES = ("ja", "j", "oui", "o", "si", "sí", "sì", "s", "sim", "da", "tak", "igen", "evet")
_NO = ("nein", "non", "não", "nao", "nee", "nej", "ne", "nie", "nem", "hayır", "hayir", "n", "no")
_MOST = 0.8  # share of the values, as for the types


def _nouns() -> dict[FieldType, str]:
    """Name the values of the types."""
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
    MetadataSchema.infer : Make a schema of all columns that are no identifiers at once.
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
        found = type_of_column(raw.iloc[:, names.index(name)])
        if columns is None and found.type in IDENTIFIERS:
            continue
        field = new_field(name, found.type, taken)
        taken.append(field.field_name)
        proposals.append(FieldProposal(name, field, _evidence(found, raw.iloc[:, names.index(name)])))
    return proposals


def _evidence(found: ColumnType, column: pd.Series[Any]) -> str:
    """Say how many values the type of a column understands, or what speaks against every other type."""
    if not found.filled:
        return gettext("The column is blank.")
    if nouns := _nouns().get(found.type):
        return _sentence(found.understood, found.filled, nouns)
    if _mean_yes_and_no(column, found.filled):
        return gettext(
            "Most values are words for yes and no in another language. Choose Boolean, and say which is which by a "
            "step (Change values)."
        )
    if found.distinct == _TWO:
        return gettext("2 different texts. If they mean yes and no, choose boolean, and say which is which by a step.")
    return ngettext(
        "{count} different text, which is neither yes or no nor a whole number nor a date.",
        "{count} different texts, and most are neither yes or no nor whole numbers nor dates.",
        found.distinct,
    )


def _mean_yes_and_no(column: pd.Series[Any], filled: int) -> bool:
    """Tell whether most of a column's first values are words for yes and no, both of them, of some language."""
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(pc.cast(first_filled(column, SAMPLE), pa.string())))
    yes, no = (int(pc.sum(pc.is_in(texts, pa.array(words))).as_py() or 0) for words in (_YES, _NO))
    return bool(yes and no) and yes + no >= _MOST * filled


def _sentence(understood: int, count: int, nouns: str) -> str:
    if understood == count:
        return gettext("All values are {nouns}.", nouns=nouns)
    return gettext(
        "{understood} of {all} values are {nouns}.", understood=number(understood), all=number(count), nouns=nouns
    )
