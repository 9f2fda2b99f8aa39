"""Metadata values in one canonical text per type: ``true``, ``42``, ``2024-01-31``, trimmed strings.

Text stays text here, so that rows can still be merged and written to a stage; module ``pandera_schema`` converts it to
types. A value that is canonical already stays unchanged and gets no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypedDict, Unpack, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.spool import one_table
from passage_kit.columns.text_parts import parts_of_text
from passage_kit.columns.users_frame import (
    HELPERS,
    IDENTIFIERS,
    REGION,
    SOURCE_ROW,
    TEXT,
    arrow,
    filter_rows,
    series,
    without_rows,
)
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.identifiers.phones.phones import normalize_phones, plus_evidence
from passage_kit.metadata.damaged_text import find_damaged_text
from passage_kit.metadata.date_parts import trimmed
from passage_kit.metadata.dates import DateOrder, NumericDates, check_choice, check_date_options, read_order
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.metadata.value_evidence import Distinct, ValueEvidence, evidence_of_texts
from passage_kit.metadata.value_judges import BOOLEAN_WORDS, Judge, Thousands, boolean_words, judge_of

__all__ = ["BOOLEAN_WORDS", "Thousands", "ValueOptions", "normalize_fields", "normalize_values", "read_order"]


class ValueOptions(TypedDict, total=False):
    """The options of :func:`normalize_values` and :func:`passage_kit.validate_users`, as keyword arguments."""

    default_region: str | None
    lost_plus: bool | None
    date_order: DateOrder | None
    words: Mapping[str, bool] | None
    thousands: Thousands | None
    numeric_dates: NumericDates | None
    strict: bool


def normalize_values(
    users: pd.DataFrame,
    schema: MetadataSchema,
    **options: Unpack[ValueOptions],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize every metadata column to the canonical text of its type.

    A value without a canonical text becomes null, and its row stays unless ``strict`` is set.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with text columns and the index ``source_row``. Fields without a column in it are skipped.
    schema : MetadataSchema
        The metadata fields.
    default_region : str, optional
        Country (ISO code or name) of phone fields in rows that name none. Default: None, so a phone needs its own.
    lost_plus : bool, optional
        Whether digits of phone fields without ``+`` lost it, as in :func:`passage_kit.normalize_identifiers`. Default:
        as the numbers of each column show.
    date_order : {"DMY", "MDY"}, optional
        Order of day and month in dates such as ``03/04/2024``. Default: as the other values of the column prove;
        without a proof the date is ``date_ambiguous``.
    words : mapping of str to bool, optional
        Words for yes and no besides yes/no, true/false, 1/0, y/n, t/f and on/off. Their case does not matter.
    thousands : {",", ".", " ", "'"}, optional
        Thousands separator of integers. With ``"."`` the decimal mark is the comma. Default: no separator is allowed.
    numeric_dates : {"excel", "epoch_s", "epoch_ms", "epoch_us", "filetime"}, optional
        Meaning of a bare number in a date field: an Excel serial day, seconds, milliseconds or microseconds since
        1970-01-01 UTC, or Windows time, which counts since 1601.
        Default: a bare number is not a date.
    strict : bool, default False
        Reject the row of a bad value instead of withholding the value.

    Returns
    -------
    users : pandas.DataFrame
        Canonical arrow text; same index, without the rows that ``strict`` rejects. A second run changes nothing.
    findings : pandas.DataFrame
        Changed: ``value_normalized`` with the new text as its argument. Withheld (with ``strict`` rejected):
        ``boolean_invalid``, ``integer_invalid``, ``date_invalid``, ``date_without_year``, ``date_ambiguous``,
        ``value_too_long``, ``value_pattern`` (with the field's own message as its argument) and ``value_not_allowed``.
        On a whole column: ``date_from_epoch`` if all its numbers count since 1970, or as Windows does since 1601,
        ``boolean_from_moment`` if all its values are times, which mean yes, so that a blank means no. Email and phone
        fields get the codes of the identifiers, without the warnings, which concern signing in. A blank gets no
        finding.

    Raises
    ------
    OptionError
        If an option has a value that it cannot have.

    See Also
    --------
    normalize_identifiers : Normalize the emails and phones that users sign in with.
    validate_users : Normalize the values, then validate the rows.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"vip": ["Yes", "no", "maybe"], "born": ["31/01/1980", "02/03/1981", None]})
    >>> schema = MetadataSchema([MetadataField("vip", type="boolean"), MetadataField("born", type="date")])
    >>> users, findings = normalize_values(users, schema)
    >>> users
                  vip        born
    source_row
    1            true  1980-01-31
    2           false  1981-03-02
    3            <NA>        <NA>
    >>> findings.loc[findings["code"] != "value_normalized", ["source_row", "value", "code"]]
       source_row  value             code
    2           3  maybe  boolean_invalid
    """
    return normalize_fields(
        given_frame(users, text=[*IDENTIFIERS, *HELPERS, *schema.columns]),
        schema,
        fast_paths=True,
        **options,
    )


def normalize_fields(
    users: pd.DataFrame,
    schema: MetadataSchema,
    *,
    fast_paths: bool,
    default_region: str | None = None,
    lost_plus: bool | None = None,
    date_order: DateOrder | None = None,
    words: Mapping[str, bool] | None = None,
    thousands: Thousands | None = None,
    numeric_dates: NumericDates | None = None,
    strict: bool = False,
    evidence: Mapping[str, ValueEvidence] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize every metadata column as :func:`normalize_values` does; its options, and two more.

    Parameters
    ----------
    users : pandas.DataFrame
    schema : MetadataSchema
    fast_paths : bool
        Judge plain emails and phones by whole columns; without, each distinct cell by itself, with the same result.
    default_region, lost_plus, date_order, words, thousands, numeric_dates, strict
        As for :func:`normalize_values`.
    evidence : mapping of str to ValueEvidence, optional
        What the whole columns show, if these rows are a part of a list: see :func:`field_evidence`. Default: what they
        show themselves.

    Returns
    -------
    users, findings : pandas.DataFrame
    """
    check_date_options(date_order, numeric_dates)
    check_choice("thousands", thousands, get_args(Thousands))
    own_words = boolean_words(words or {})
    columns, found = {}, []
    for field in schema:
        if field.column not in users.columns:
            continue
        shown = None if evidence is None else evidence[field.column]
        if field.type == "phone":
            columns[field.column], findings = _normalize_phones(
                users,
                field.column,
                default_region=default_region,
                lost_plus=lost_plus,
                fast_paths=fast_paths,
                evidence=shown and shown.plus,
            )
        else:
            text = pc.cast(arrow(users[field.column]), pa.string())
            judge = judge_of(
                field,
                _distincts(text),
                fast_paths=fast_paths,
                date_order=date_order,
                words=own_words,
                thousands=thousands,
                numeric_dates=numeric_dates,
                evidence=shown,
            )
            columns[field.column], findings = _normalize_column(users[field.column], text, judge, field)
        found.append(findings)
        if field.type == "string":
            found.append(find_damaged_text(users[field.column], field.column))
    users, findings = users.assign(**columns), collect_findings(found)
    return reject_withheld(users, findings) if strict else (users, findings)


def field_evidence(
    users: pd.DataFrame, schema: MetadataSchema, *, default_region: str | None, words: Mapping[str, bool] | None
) -> dict[str, ValueEvidence]:
    """Collect what the metadata columns of a part of a list show; the evidence of all parts is added up.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> schema = MetadataSchema([MetadataField("born", type="date")])
    >>> users = users_frame({"born": ["31/01/1980"]})
    >>> field_evidence(users, schema, default_region=None, words=None)["born"].dates.order
    'DMY'
    """
    own_words = boolean_words(words or {})
    shown = {}
    for field in (field for field in schema if field.column in users.columns):
        if field.type == "phone":
            text = users[field.column].astype(TEXT)
            plus = plus_evidence(text, region=users.get(REGION), default_region=default_region)
            shown[field.column] = ValueEvidence(plus=plus)
        else:
            text = pc.cast(arrow(users[field.column]), pa.string())
            shown[field.column] = evidence_of_texts(field, _distincts(text), own_words)
    return shown


def reject_withheld(users: pd.DataFrame, findings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reject the rows of withheld values, as ``strict`` requires."""
    withheld = findings["effect"] == "withheld"
    findings = findings.assign(effect=findings["effect"].mask(withheld, "rejected"))
    return without_rows(users, findings.loc[withheld, SOURCE_ROW]), findings


def _distincts(text: pa.ChunkedArray) -> Distinct:
    """Give the trimmed distinct texts of each part of a column; those of a single part are found once."""
    parts = list(parts_of_text(text))
    if len(parts) == 1:
        return cache(lambda: [_distinct(parts[0])])
    return lambda: map(_distinct, parts)


def _distinct(part: pa.ChunkedArray) -> pa.Array:
    return trimmed(pc.unique(part).drop_null())


def _normalize_column(
    column: pd.Series[Any], text: pa.ChunkedArray, judge: Judge, field: MetadataField
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Judge the texts part by part, and apply the verdicts to the rows."""
    findings, start = [], 0
    index = column.index.to_numpy()

    def forms() -> Iterator[pa.Table]:
        nonlocal start
        for part in parts_of_text(text):
            judged = judge.judge(part)
            rows = index[start : start + len(part)]
            start += len(part)
            said = make_findings(
                rows[judged.said],
                field=field.column,
                value=part.filter(pa.array(judged.said)),
                code=judged.code,
                argument=judged.argument,
            )
            findings.append(said)
            yield pa.table({"forms": judged.forms})

    normal = one_table(forms())["forms"]
    if judge.of_all is not None:
        code, about = judge.of_all
        blanks = f"{text.null_count:,}"
        whole = make_findings([None], field=field.column, code=code, argument=about.format(blanks=blanks))
        findings.insert(0, whole)
    return series(normal, column), collect_findings(findings)


def _normalize_phones(users: pd.DataFrame, column: str, **how: Any) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Apply the identifier rules; the country of a row holds for all its phones."""
    phones, findings = normalize_phones(users[column].astype(TEXT), region=users.get(REGION), **how)
    about_values = findings["effect"].ne("warning") | findings[SOURCE_ROW].isna()
    return phones, filter_rows(findings, about_values.to_numpy(dtype=bool))
