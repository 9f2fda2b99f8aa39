"""Last check before any output: metadata fields as a pandera schema, and its failures as findings.

One list of checks is the truth: typed arrow columns are judged by it, and the pandera schema is made of it. pandera is
asked where a check fails, and where the schema is the user's own; loading it is a quarter of a short run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.users_frame import (
    BOOLEAN,
    DATE,
    IDENTIFIERS,
    INTEGER,
    SOURCE_ROW,
    TEXT,
    arrow,
    blanked,
    is_blank,
    series,
)
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.metadata.column_checks import (
    NORMAL,
    NORMAL_FORMS,
    UNIQUE,
    ColumnCheck,
    field_checks,
    has_form,
    has_identifier,
    identifier_checks,
    is_unique_row,
    pass_all,
)
from passage_kit.metadata.failed_rows import pandera_failures, reject_failing, reject_incomplete
from passage_kit.metadata.field_values import ValueOptions, normalize_values, reject_withheld
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import FieldType, MetadataField

if TYPE_CHECKING:
    import pandera.pandas as pandera

TYPES: dict[FieldType, pd.ArrowDtype] = {
    "string": TEXT,
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "date": DATE,
    "phone": TEXT,
    "email": TEXT,
}

_FIELD = "metadata_field"  # key of the field in the metadata of its pandera column


def build_schema(schema: MetadataSchema) -> pandera.DataFrameSchema:
    """Build the pandera schema of the typed users frame.

    The result is an ordinary schema: print it, extend it (``add_columns``, ``update_column``), use it elsewhere, or
    give it to :func:`validate_users` in the place of the fields.

    Parameters
    ----------
    schema : MetadataSchema
        The metadata fields.

    Returns
    -------
    pandera.DataFrameSchema
        It requires ``email`` and ``phone`` in normal form and unique, and at least one of them in each row. Each
        metadata field has its arrow type (string, bool, int64 or date32) and its rules, and is not null where it is
        required. The index is the int64 ``source_row``. Other columns pass.

    See Also
    --------
    validate_users : Validate users with this schema.
    MetadataSchema : The metadata fields of an app.

    Examples
    --------
    >>> fields = MetadataSchema([MetadataField("plan", choices=("free", "pro"))])
    >>> print(build_schema(fields).columns["plan"].checks)
    [<Check choices>]
    """
    import pandera.pandas as pandera  # slow to import, and only validation needs it

    columns = {
        name: pandera.Column(TEXT, [_check(check) for check in identifier_checks(name)], nullable=True)
        for name in IDENTIFIERS
    }
    columns |= {field.column: _metadata_column(field) for field in schema}
    return pandera.DataFrameSchema(
        columns,
        checks=[pandera.Check(has_identifier, name="email or phone", ignore_na=False)],
        index=pandera.Index("int64", _check(ColumnCheck(UNIQUE, is_unique_row)), name=SOURCE_ROW),
        name="users",
    )


@lru_cache(maxsize=16)  # pandera takes longer to build a schema than to validate a short list
def _checks_of(schema: MetadataSchema) -> pandera.DataFrameSchema:
    """Build the pandera schema that this module alone uses, and changes nowhere."""
    return build_schema(schema)


def validate_users(
    users: pd.DataFrame,
    schema: MetadataSchema | pandera.DataFrameSchema,
    **options: Unpack[ValueOptions],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Validate users and type their metadata: the last step before an output.

    The function first normalizes the values, as :func:`passage_kit.normalize_values` does with the same options. So it
    also takes a frame that was only mapped. It rejects a row that has no identifier, lacks a required field, has an
    identifier of an earlier row, or fails a check of the pandera schema.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with normalized identifiers and the unique index ``source_row``. A missing column counts as blank.
    schema : MetadataSchema or pandera.DataFrameSchema
        The metadata fields, or the schema that :func:`build_schema` made of them, with or without checks of your own.
    default_region, lost_plus, date_order, words, thousands, numeric_dates : optional
        As in :func:`passage_kit.normalize_values`.
    strict : bool, default False
        Reject the row of a bad value instead of withholding the value.

    Returns
    -------
    users : pandas.DataFrame
        The rows that pass: ``email``, ``phone``, the typed metadata columns in the order of the fields (string, bool,
        int64 or date32), then all other columns. The index is ``source_row``.
    findings : pandas.DataFrame
        The findings of :func:`passage_kit.normalize_values`. Withheld: ``email_invalid`` and ``phone_invalid`` for an
        identifier that is not in its normal form. Rejected: ``no_identifier``, ``required_missing`` (one for each
        missing field) and ``check_failed``, whose argument is the check.

    Raises
    ------
    OptionError
        If an option has a value that it cannot have, ``source_row`` is not unique, or the pandera schema fails for
        the frame as a whole rather than for single rows.

    See Also
    --------
    normalize_values : Normalize the values without validating the rows.
    build_schema : Build the pandera schema, to add checks to it.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@example.org", None, "c@example.org"], "age": ["41.0", "7", "many"]})
    >>> typed, findings = validate_users(users, MetadataSchema([MetadataField("age", type="integer")]))
    >>> typed
                        email phone   age
    source_row
    1           a@example.org  <NA>    41
    3           c@example.org  <NA>  <NA>
    >>> findings[["source_row", "field", "code", "effect"]]
       source_row  field              code    effect
    0           1    age  value_normalized   changed
    1           3    age   integer_invalid  withheld
    2           2  email     no_identifier  rejected
    """
    fields = schema if isinstance(schema, MetadataSchema) else _fields_of(schema)
    users, of_values = normalize_values(users, fields, **options)
    users, found = validate_normalized(users, schema, strict=options.get("strict", False))
    return users, collect_findings([of_values, found])


def validate_normalized(
    users: pd.DataFrame, schema: MetadataSchema | pandera.DataFrameSchema, *, strict: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Validate users whose values are normalized already: :func:`validate_users` without its first step.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@example.org", None], "age": ["41", "7"]})
    >>> validate_normalized(users, MetadataSchema([MetadataField("age", type="integer")]))[0].index.to_list()
    [1]
    """
    fields = schema if isinstance(schema, MetadataSchema) else _fields_of(schema)
    complete, incomplete = reject_incomplete(_typed(users, fields), fields)
    if _passes(complete, schema):
        return complete, incomplete  # the usual case
    checks = _checks_of(schema) if isinstance(schema, MetadataSchema) else schema
    users, of_identifiers = _withhold_identifiers(users, strict)
    users, incomplete = reject_incomplete(_typed(users, fields), fields)
    users, failed = reject_failing(users, checks)
    return users, collect_findings([of_identifiers, incomplete, failed])


def _passes(complete: pd.DataFrame, schema: MetadataSchema | pandera.DataFrameSchema) -> bool:
    """Tell whether every row passes every check; a schema of the user's is asked itself."""
    if isinstance(schema, MetadataSchema):
        return pass_all(complete, schema)
    return _judges_identifiers(schema) and pandera_failures(complete, schema).empty


def _metadata_column(field: MetadataField) -> pandera.Column:
    import pandera.pandas as pandera

    return pandera.Column(
        TYPES[field.type],
        [_check(check) for check in field_checks(field)],
        nullable=not field.required,
        description=field.friendly_name,
        metadata={_FIELD: field},
    )


def _check(check: ColumnCheck) -> pandera.Check:
    """Make a check of a whole column that passes nulls itself: pandera would copy the column to leave them out."""
    import pandera.pandas as pandera

    return pandera.Check(check.judge, name=check.name, ignore_na=False)


def _fields_of(checks: pandera.DataFrameSchema) -> MetadataSchema:
    """Collect the metadata fields that a schema was built from, without those whose columns were removed."""
    kept = [(column.metadata or {}).get(_FIELD) for column in checks.columns.values()]
    return MetadataSchema(field for field in kept if field is not None)


def _withhold_identifiers(users: pd.DataFrame, strict: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Withhold identifiers that are not in normal form; a person with another good one stays."""
    columns, found = {}, []
    for name in IDENTIFIERS:
        column = users[name].astype(TEXT) if name in users else _no_values(users, TEXT)
        column = blanked(column, is_blank(column).to_numpy())
        bad = ~has_form(column, NORMAL_FORMS[name])
        problem = f"not in the normal form of {name}s, which normalize_identifiers writes"
        found.append(
            make_findings(users.index[bad], field=name, value=column[bad], code=f"{name}_invalid", argument=problem)
        )
        columns[name] = blanked(column, bad.to_numpy())
    users, findings = users.assign(**columns), collect_findings(found)
    return reject_withheld(users, findings) if strict else (users, findings)


def _typed(users: pd.DataFrame, fields: MetadataSchema) -> pd.DataFrame:
    """Convert canonical text to the types of the fields; a field without a column becomes null."""
    typed = {name: users[name].astype(TEXT) if name in users else _no_values(users, TEXT) for name in IDENTIFIERS}
    for field in fields:
        dtype = TYPES[field.type]
        if field.column not in users:
            typed[field.column] = _no_values(users, dtype)
        else:
            typed[field.column] = series(_cast(arrow(users[field.column]), dtype.pyarrow_dtype), users[field.column])
    others = users.drop(columns=list(typed), errors="ignore")
    return pd.concat([pd.DataFrame(typed, index=users.index), others], axis=1)


def _cast(text: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray:
    return pc.equal(text, "true") if pa.types.is_boolean(to) else pc.cast(text, to)


def _no_values(users: pd.DataFrame, dtype: pd.ArrowDtype) -> pd.Series[Any]:
    return pd.Series(None, index=users.index, dtype=dtype)


def _judges_identifiers(checks: pandera.DataFrameSchema) -> bool:
    """Check that both identifiers still have the checks that build_schema gave them."""
    return all(
        name in checks.columns and {NORMAL, UNIQUE} <= {check.name for check in checks.columns[name].checks}
        for name in IDENTIFIERS
    )
