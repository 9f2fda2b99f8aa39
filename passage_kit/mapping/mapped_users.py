"""Application of a mapping: the users frame, the checks before it, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process

from passage_kit.columns.account_codes import AccountState, states_as_told
from passage_kit.columns.account_state import joined_states
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.null_words import null_words_of, without_words
from passage_kit.columns.spool import letting_go
from passage_kit.columns.users_frame import (
    ACCOUNT_STATE,
    EMAIL,
    HELPERS,
    IDENTIFIERS,
    PHONE,
    arrow,
    blanked,
    is_blank,
    matches,
    series,
)
from passage_kit.errors import MappingError
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.identifiers.phones.phone_remarks import label_of, speaks_against
from passage_kit.mapping.column_counts import count_columns, say_of_columns
from passage_kit.mapping.layout_evidence import state_name
from passage_kit.mapping.mapping import Columns, Constant, FieldMapping, Origin
from passage_kit.masking import mask_text
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.known_layouts import recognise
from passage_kit.translations import in_panel, worded

NullWords = Iterable[str] | Mapping[str, Iterable[str]]


def apply_mapping(
    raw: pd.DataFrame,
    mapping: FieldMapping,
    *,
    null_words: NullWords | None = None,
    account_states: Mapping[str, AccountState] | None = None,
) -> pd.DataFrame:
    """Make the users frame from the columns of the source.

    No row is lost: a row without an identifier stays, with blanks. Words that the client of a database writes for
    nothing become blank.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns with the unique index ``source_row``, as :func:`passage_kit.read_users` gives them.
    mapping : FieldMapping
        Origin of each target.
    null_words : "auto", iterable of str, or mapping of str to iterable of str, optional
        Words that mean nothing in every column, or in each column by its name. Default, or ``auto``: ``\\N``,
        ``(null)`` and the like, and ``NULL`` where several columns have it or the column's other values are no words,
        since a person may be called Null.
    account_states : mapping of str to str, optional
        Meaning of words in the columns mapped to ``account_state``, such as ``{"A": "active", "X": "deleted"}``.
        Default: the words that the kit knows.

    Returns
    -------
    pandas.DataFrame
        Arrow text columns ``email`` and ``phone`` (blank if not mapped), then the mapped metadata fields and helpers;
        same index. Values are as in the source, but white space alone becomes null.

    Raises
    ------
    MappingError
        If the mapping names an absent column, maps neither identifier, or the index is not unique.
    OptionError
        If a word of ``account_states`` has two meanings.

    See Also
    --------
    suggest_mapping : Suggest a mapping from the columns.
    normalize_identifiers : Normalize the emails and phones of the users frame.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": ["a@example.org", " "], "First": ["Ann", "Bo"], "Last": ["Lee", None]})
    >>> apply_mapping(raw, FieldMapping({"email": "Mail", "name": ["First", "Last"]}))
                        email phone     name
    source_row
    1           a@example.org  <NA>  Ann Lee
    2                    <NA>  <NA>       Bo
    """
    raw = given_frame(raw, error=MappingError)
    check_columns(mapping, raw)
    metadata = [target for target in mapping if target not in IDENTIFIERS + HELPERS]
    helpers = [target for target in HELPERS if target in mapping]
    plain = raw.assign(
        **{name: without_words(raw[name], words)[0] for name, words in words_for_nothing(raw, null_words).items()}
    )
    columns = {
        target: target_column(plain, target, mapping.origins.get(target), account_states)
        for target in letting_go([*IDENTIFIERS, *metadata, *helpers])
    }
    return pd.DataFrame(columns, index=raw.index)


def words_for_nothing(raw: pd.DataFrame, null_words: NullWords | None) -> dict[str, tuple[str, ...]]:
    """List the words for nothing by column.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> words_for_nothing(users_frame({"city": ["\\\\N", "Ulm"]}), None)
    {'city': ('\\\\N',)}
    """
    if null_words is None or null_words == "auto":
        return null_words_of(raw)
    if isinstance(null_words, Mapping):
        return {name: tuple(words) for name, words in null_words.items()}
    words = tuple(null_words)
    return dict.fromkeys(map(str, raw.columns), words) if words else {}


def target_column(
    raw: pd.DataFrame, target: str, origin: Origin | None, account_states: Mapping[str, AccountState] | None = None
) -> pd.Series[Any]:
    """Make the column of one target; the columns of an account state are read, not joined.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"deleted_at": [None, "2024-01-31"], "blocked": ["no", "no"]})
    >>> target_column(raw, "account_state", Columns(("deleted_at", "blocked"))).to_list()
    ['active', 'deleted']
    """
    if target == PHONE and isinstance(origin, Columns):
        raw = _with_labels_against(raw, origin.names)
    if target in IDENTIFIERS and isinstance(origin, Columns) and origin.first:
        return _first_identifier(raw, target, origin.names)
    if target != ACCOUNT_STATE or origin is None:
        return mapped_column(raw, origin)
    names = origin.names if isinstance(origin, Columns) else ()
    layout = recognise(map(str, raw.columns))
    columns = [(state_name(name, layout), mapped_column(raw, Columns((name,)))) for name in names]
    columns = columns or [("", mapped_column(raw, origin))]
    states = [states_as_told(name, arrow(column), account_states) for name, column in columns]
    return series(joined_states(states), like=raw)


def _first_identifier(raw: pd.DataFrame, target: str, names: tuple[str, ...]) -> pd.Series[Any]:
    """Take the first column that may have an identifier; "n/a" and the like stay if no column has.

    The further columns of an email count by their addresses alone: the name to sign in with may be any.
    """
    sign = "@" if target == EMAIL else r"\pN"
    parts = [mapped_column(raw, Columns((name,))) for name in names]
    likely = [blanked(part, ~matches(arrow(part), sign)) for part in parts]
    others = parts[:1] if target == EMAIL else parts
    return series(pc.coalesce(*map(arrow, [*likely, *others])), like=raw)


def _with_labels_against(raw: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Set a label of its own column, such as "Work Fax", before the phone that it speaks against."""
    labels = {name: label for name in names if (label := label_of(name, map(str, raw.columns)))}
    return raw.assign(**{name: _labelled(raw[label], raw[name]) for name, label in labels.items()})


def _labelled(labels: pd.Series[Any], phones: pd.Series[Any]) -> pd.Series[Any]:
    distinct = pc.unique(arrow(labels)).drop_null()
    against = [label for label in distinct.to_pylist() if speaks_against(label)]
    if not against:
        return phones
    rows = pc.is_in(arrow(labels), pa.array(against, pa.string()))
    joined = pc.binary_join_element_wise(arrow(labels), arrow(phones), " ")
    return series(pc.if_else(rows, joined, arrow(phones)), like=phones)


def mapped_column(raw: pd.DataFrame, origin: Origin | None) -> pd.Series[Any]:
    """Make the column of one target; it is blank without an origin.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"First": ["Ann", "Bo"], "Last": ["Lee", None]})
    >>> mapped_column(raw, Columns(("First", "Last"))).to_list()
    ['Ann Lee', 'Bo']
    """
    if origin is None or isinstance(origin, Constant):
        value = origin.value if origin else None
        return series(pa.repeat(pa.scalar(value or None, pa.string()), len(raw)), like=raw)
    parts = [_without_blanks(raw[name]) for name in origin.names]
    if len(parts) == 1:
        return parts[0]
    if origin.first:
        return series(pc.coalesce(*map(arrow, parts)), like=raw)
    joined, *others = (pc.utf8_trim_whitespace(arrow(part)) for part in parts)
    for other in others:
        # Not one call for all parts: with null_handling="skip" arrow drops the rows in which every part is null.
        joined = pc.coalesce(pc.binary_join_element_wise(joined, other, origin.separator), joined, other)
    return series(joined, like=raw)


def _without_blanks(column: pd.Series[Any]) -> pd.Series[Any]:
    blank = is_blank(column)
    return blanked(column, blank.to_numpy()) if blank.sum() > arrow(column).null_count else column


def check_columns(mapping: FieldMapping, raw: pd.DataFrame) -> None:
    """Check that every column of the mapping is in the source and that an identifier is mapped.

    Raises
    ------
    MappingError
        If a column is absent, or neither identifier is mapped. The message names the column that was probably meant.
    """
    names = [str(name) for name in raw.columns]
    for target in mapping:
        origin = mapping[target]
        for name in origin.names if isinstance(origin, Columns) else ():
            if name not in names:
                near = process.extractOne(name, names, score_cutoff=60)
                meant = f"Did you mean {near[0]!r}?" if near else f"Its columns are: {mask_text(', '.join(names))}."
                raise MappingError(
                    in_panel(
                        f"The mapping takes {target!r} from column {name!r}, which is not in the source. {meant}",
                        "The mapping takes {target} from the column {column}, which is not in the list. "
                        "Choose another column in the notebook 01_read_and_map.",
                        target=repr(target),
                        column=repr(name),
                    )
                )
    if not any(identifier in mapping for identifier in IDENTIFIERS):
        raise MappingError(
            worded(
                "No column looks like an email or a phone, and a user of Passage needs one of them. Name it in the "
                "mapping; the columns are: {columns}.",
                columns=mask_text(", ".join(names)),
            )
        )


def check_decided(mapping: FieldMapping) -> None:
    """Check that no identifier has several columns that fit it equally well.

    Raises
    ------
    MappingError
        If there is a question; the message names the columns.
    """
    for target in IDENTIFIERS:
        if columns := mapping.undecided.get(target):
            listed = " and ".join(map(repr, columns))
            raise MappingError(
                in_panel(
                    f"The columns {listed} fit {target} equally well, and their values differ. Choose "
                    "one in the mapping "
                    f'panel or by `--map "{target}={columns[0]}"`, or both with `--first {target}`.',
                    "The columns {listed} fit {target} equally well, and their values differ. Choose one "
                    "in the notebook 01_read_and_map.",
                    listed=listed,
                    target=target,
                )
            )


def check_targets(mapping: FieldMapping, schema: MetadataSchema) -> None:
    """Check that every target is an identifier, a helper or a metadata field of the schema.

    Raises
    ------
    MappingError
        If Passage does not have a target. The message names it.
    """
    known = [*IDENTIFIERS, *schema.columns, *HELPERS]
    unknown = [target for target in mapping if target not in known]
    if unknown:
        raise MappingError(
            in_panel(
                f"The mapping has the target {unknown[0]!r}, which is no metadata field of the app. Targets are: "
                f"{', '.join(known)}. Add the field to the schema, or take it out of the mapping.",
                "The mapping has the target {target}, which is no metadata field of the app. Add the "
                "field, or choose another target.",
                target=repr(unknown[0]),
            )
        )


def unmapped_columns(raw: pd.DataFrame, mapping: FieldMapping, *, null_words: NullWords | None = None) -> pd.DataFrame:
    """List the columns that Passage will not store, and those with words for nothing, as findings about the source.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns, as :func:`passage_kit.read_users` gives them.
    mapping : FieldMapping
        Origin of each target.
    null_words : iterable of str, or mapping of str to iterable of str, optional
        As for :func:`apply_mapping`.

    Returns
    -------
    pandas.DataFrame
        Findings frame with one finding ``column_not_stored`` for each unused column; ``source_row`` is null, and the
        argument is the number of values in the column. One ``address_elsewhere`` for each of them that has addresses in
        rows whose email and phone are blank. One ``column_undecided`` for each target that several columns
        fit equally well, one ``null_word`` for each mapped column in which words for nothing became blank, and one
        ``account_codes_unread`` for each column that may say the state of the accounts by unknown codes. Of rows, one
        ``value_from_other_column`` for each value of a target that takes the first column with one.

    See Also
    --------
    apply_mapping : Make the users frame from the columns that are mapped.
    describe_findings : Add a sentence to each finding.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": ["a@example.org"], "Shoe size": ["43"]})
    >>> unmapped_columns(raw, FieldMapping({"email": "Mail"}))[["field", "argument"]].to_numpy().tolist()
    [['Shoe size', '1']]
    """
    raw = given_frame(raw, numbered=False, error=MappingError)
    nothing = words_for_nothing(raw, null_words)
    return collect_findings(
        [
            say_of_columns(count_columns(raw, mapping, nothing), mapping, nothing),
            values_of_other_columns(raw, mapping, nothing),
        ]
    )


def values_of_other_columns(
    raw: pd.DataFrame, mapping: FieldMapping, nothing: Mapping[str, tuple[str, ...]]
) -> pd.DataFrame:
    """List the rows whose value of a target comes from another column than its first, since that one has none.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({"Mail": [None], "Login": ["ann@example.org"]})
    >>> mapping = FieldMapping({"email": {"first": ["Mail", "Login"]}})
    >>> values_of_other_columns(raw, mapping, {})[["source_row", "argument"]].to_numpy().tolist()
    [[1, 'Login']]
    """
    used = {name: words for name, words in nothing.items() if name in mapping.columns}
    plain = raw.assign(**{name: without_words(raw[name], words)[0] for name, words in used.items()})
    return collect_findings(_of_other_columns(plain, target, mapping[target]) for target in mapping)


def _of_other_columns(raw: pd.DataFrame, target: str, origin: Origin) -> pd.DataFrame:
    """List the rows whose value comes from another column than the target's first, since that one has none."""
    if not isinstance(origin, Columns) or not origin.first:
        return no_findings()
    values = [target_column(raw, target, Columns(origin.names[:count], first=True)) for count in (1, len(origin.names))]
    first, whole = values
    rows = (whole.notna() & first.ne(whole).fillna(True)).to_numpy(dtype=bool)
    columns = [mapped_column(raw, Columns((name,)))[rows] for name in origin.names]
    of = pd.concat([column.eq(whole[rows]).fillna(False) for column in columns], axis="columns").to_numpy(dtype=bool)
    names = pa.array(origin.names).take(pa.array(of.argmax(axis=1)))
    return make_findings(
        raw.index[rows], field=target, value=whole[rows], code="value_from_other_column", argument=names
    )
