"""Passage ids from any source: the push, List Users, the Import API, or the Console's "Export User Data"."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.characters import whole_characters
from passage_kit.columns.column_names import keys_of, name_key
from passage_kit.columns.fingerprints import fingerprints, mixed, repeated_rows
from passage_kit.columns.plain_text import text_column
from passage_kit.columns.spool import forget
from passage_kit.columns.spooled_frames import put_series_aside
from passage_kit.columns.users_frame import (
    EMAIL,
    PHONE,
    SOURCE_KEY,
    SOURCE_ROW,
    TEXT,
    arrow,
    filter_rows,
    mask_of,
    rows_at,
    series,
)
from passage_kit.errors import PassageIdsError, SourceError
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.findings.findings import UNREADABLE
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.mapping.suggest import ENOUGH, list_suggestions
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.readers import read_source
from passage_kit.translations import in_panel, worded
from passage_kit.workspace.workspace import Workspace

PASSAGE_ID, OUTCOME = "passage_id", "outcome"
COLUMNS = (SOURCE_KEY, EMAIL, PHONE, PASSAGE_ID, OUTCOME)
PASSAGE_IDS = "passage_ids.csv"
NAMED = (PASSAGE_ID, SOURCE_KEY, EMAIL, PHONE)  # targets for which a caller may name a column

# The official clients' own tests show ids of this form.
_ID = r"^[A-Za-z0-9]{24}$"
_PRINTED = r"^[!-~]+$"  # characters that an id may have: those of ASCII that are printed, without the space
_E164 = r"^\+[1-9][0-9]{5,14}$"
_MOST = 0.95  # share of a column's values that must look like ids
_SURE_NAMES = keys_of("passage_id, passage user id, passage uid")
_LIKELY_NAMES = keys_of("id, user id, user_id, unique id, uid, user uid, user identifier")
_IDENTIFIER_NAMES = keys_of("identifier, user, login, username, email or phone")

Ids: TypeAlias = Workspace | str | Path | pd.DataFrame | Mapping[str, Any] | Sequence[Mapping[str, Any]]


def read_passage_ids(source: Ids, *, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read Passage ids with the source key, email and phone that each belongs to.

    Rows without an id are kept. The push writes such a row for each user that it could not create.

    Parameters
    ----------
    source : Workspace, str, pathlib.Path, pandas.DataFrame, mapping or sequence of mapping
        One of:

        - a workspace, whose ``out/passage_ids.csv`` the push wrote, or the path of such a file;
        - a frame or a list of the users that List Users returned;
        - the answer of the Import API (``imported`` and ``existing``), also as a ``.json`` file;
        - the CSV of the Console's *Export User Data*.

        If the columns have other names, the kit finds them by name and by value. It takes 24 letters and digits for a
        Passage id, the form used in the tests of Passage's official clients.
    columns : mapping of str to str, optional
        Column names by target: ``passage_id``, ``source_key``, ``email`` or ``phone``. Default: the kit finds them.

    Returns
    -------
    pandas.DataFrame
        One row for each row of the source, index from 0. All columns are text and may be null: ``source_key``,
        ``email`` (in normal form), ``phone`` (E.164), ``passage_id`` and ``outcome`` (of the push).

    Raises
    ------
    PassageIdsError
        If the source holds no ids, or the columns are ambiguous. The message names the columns that fit.
    SourceError
        If the file cannot be read.

    See Also
    --------
    write_passage_ids : Write the ids into the application's users table.
    push_users : Create the users, and write ``out/passage_ids.csv``.

    Examples
    --------
    >>> export = pd.DataFrame({
    ...     "Mail": ["Ann@Example.org", "bob@example.org"],
    ...     "Reference": ["9DeEXvYBStnzwQcHFd6f558L", None],
    ... })
    >>> read_passage_ids(export)[["email", "passage_id"]]
                 email                passage_id
    0  ann@example.org  9DeEXvYBStnzwQcHFd6f558L
    1  bob@example.org                      <NA>
    """
    frame, name, trusted = _frame_of(source)
    named = _named(columns or {}, frame, name)
    ids = named.get(PASSAGE_ID) or _id_column(frame, name, trusted=trusted)
    others = frame.drop(columns=[ids])
    emails, phones = _identifiers(others, {key: named[key] for key in (EMAIL, PHONE) if key in named}, name)
    keys = named.get(SOURCE_KEY, SOURCE_KEY)
    found = {
        SOURCE_KEY: put_series_aside(_own(frame, keys, _not_blank)),  # a key may begin or end with a space
        EMAIL: emails,
        PHONE: phones,
        PASSAGE_ID: put_series_aside(_checked_ids(_trimmed(frame[ids]), name)),
        OUTCOME: put_series_aside(_own(frame, OUTCOME, _trimmed)),
    }
    if all(found[column].isna().all() for column in (SOURCE_KEY, EMAIL, PHONE)):
        raise PassageIdsError(
            in_panel(
                f"{name} has nothing to find a user by: no column of emails, phones or source keys among "
                f"{_listed(others.columns)}. {_advice(EMAIL)}",
                "{name} has nothing to find a user by: no column of emails, phones or source keys. "
                "Add one to the file, and upload it again.",
                name=name,
            )
        )
    return _without_repeated(pd.DataFrame(found, copy=False))


def _without_repeated(lines: pd.DataFrame) -> pd.DataFrame:
    """Keep the first of equal lines."""
    prints = np.zeros(len(lines), dtype=np.uint64)
    for name in lines:
        column = arrow(lines[name])
        prints = mixed(prints, np.where(mask_of(column.is_valid()), fingerprints(column), 1).astype(np.uint64))
        forget()
    rows = repeated_rows(prints)
    stay = np.ones(len(lines), dtype=bool)
    stay[rows] = ~rows_at(lines, rows).duplicated().to_numpy(dtype=bool)
    return lines if stay.all() else filter_rows(lines, stay).reset_index(drop=True)


def _frame_of(source: Any) -> tuple[pd.DataFrame, str, bool]:
    """Return the rows as text, a name for messages, and whether the source is known to name its columns correctly."""
    if isinstance(source, Workspace):
        source = _pushed(source)
    if isinstance(source, pd.DataFrame):
        return _text_frame(source), "The frame", True
    if isinstance(source, str | Path) and Path(source).suffix.lower() != ".json":
        try:
            read = read_source(source)
        except SourceError as error:
            if not error.encodings:
                raise
            raise PassageIdsError(
                worded("{name} is not UTF-8. Export the Passage ids again, as UTF-8.", name=Path(source).name)
            ) from error
        unread = read.findings[read.findings["code"].isin(UNREADABLE)]
        if len(unread):
            raise PassageIdsError(
                f"{read.name} has {len(unread)} lines that cannot be read; the first is {unread['argument'].iloc[0]}. "
                "Correct them, or export the ids again."
            )
        return read.users.dropna(how="all").reset_index(drop=True), read.name, False
    if isinstance(source, str | Path):
        return _text_frame(_users_of(_json(Path(source)), Path(source).name)), Path(source).name, True
    return _text_frame(_users_of(source, "The answer")), "The answer", True


def _pushed(workspace: Workspace) -> Path:
    path = workspace.out / PASSAGE_IDS
    if not path.exists():
        raise PassageIdsError(
            in_panel(
                f"There are no Passage ids in {path} yet. Run the notebook 04_push_through_the_api first, or "
                "passage-kit push, or name a file that has them.",
                "There are no Passage ids in {path} yet. Run the notebook 04_push_through_the_api first, or upload a "
                "file that has them.",
                path=path,
            )
        )
    return path


def _json(path: Path) -> Any:
    try:
        return json.loads(read_regular(path).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = reason_of(error)
        raise PassageIdsError(
            worded("{path} cannot be read as JSON: {reason}. Check the file.", path=path, reason=reason)
        ) from error


def _users_of(answer: Any, name: str) -> pd.DataFrame:
    """List the users in an answer of the Import API, in a page of List Users, or in a plain list."""
    if isinstance(answer, Mapping):
        records = [record for part in ("imported", "existing", "users") for record in _records(answer.get(part))]
        failed = _records(answer.get("errors"))
        records += [{"identifier": entry.get("identifier"), OUTCOME: "failed"} for entry in failed]
    elif isinstance(answer, Sequence) and all(isinstance(record, Mapping) for record in answer):
        records = [dict(record) for record in answer]
    else:
        raise PassageIdsError(
            f"{name} is no list of users, found {type(answer).__name__}. Give a frame, a list of users, or a file."
        )
    plain = [
        {whole_characters(str(key)): value for key, value in record.items() if isinstance(value, str)}
        for record in records
    ]
    if not any(plain):
        raise PassageIdsError(
            worded(
                "{name} holds no users, expected a key 'imported', 'existing' or 'users'. Check the saved file.",
                name=name,
            )
        )
    return pd.DataFrame(plain, dtype=object)


def _records(entries: Any) -> list[Mapping[str, Any]]:
    """Take the entries of a list that are objects."""
    listed = entries if isinstance(entries, Sequence) and not isinstance(entries, str) else ()
    return [entry for entry in listed if isinstance(entry, Mapping)]


def _text_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert the columns to text, with an index from 0."""
    try:
        parts = [part for at in range(frame.shape[1]) for part in text_column(frame.iloc[:, at])]
    except UnicodeEncodeError:
        raise PassageIdsError(
            "The frame of Passage ids has a text that is not Unicode: half of a pair of characters. Read its source "
            "with another encoding."
        ) from None
    columns = dict(parts)
    if len(columns) < len(parts):
        raise PassageIdsError("The frame of Passage ids has two columns of one name. Rename one of them.")
    rows = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    if not len(frame) or not columns:
        raise PassageIdsError(
            "The frame of Passage ids has no rows or no columns. Give a frame with one user in each row."
        )
    return pd.DataFrame({name: series(column, like=rows) for name, column in columns.items()})


def _named(columns: Mapping[str, str], frame: pd.DataFrame, name: str) -> dict[str, str]:
    """Check the columns that the caller named."""
    for target, column in columns.items():
        if target not in NAMED:
            raise PassageIdsError(f"There is no {target!r} among Passage ids. Name one of: {', '.join(NAMED)}.")
        if column not in frame:
            raise PassageIdsError(f"{name} has no column {column!r}. Its columns: {_listed(frame.columns)}.")
    return dict(columns)


def _id_column(frame: pd.DataFrame, name: str, *, trusted: bool) -> str:
    """Find the column of the Passage ids by its name and by its values."""
    keys = {column: name_key(column) for column in frame}
    sure = [column for column in frame if keys[column] in _SURE_NAMES]
    if len(sure) == 1:
        return str(sure[0])
    fitting = [column for column in frame if _looks_like_ids(frame[column])]
    likely = [column for column in frame if keys[column] in _LIKELY_NAMES and frame[column].notna().any()]
    both = [column for column in fitting if column in likely]
    for candidates in (sure, both, fitting, likely if trusted else []):
        if len(candidates) == 1:
            return str(candidates[0])
        if candidates:
            break
    maybe = sure or both or fitting or likely
    among = f"{_listed(maybe)} may be" if maybe else f"found {_listed(frame.columns)}"
    raise PassageIdsError(
        in_panel(
            f"{name} has no column that is surely the Passage id: {among}. {_advice(PASSAGE_ID)}",
            "{name} has no column that is surely the Passage id. Name it passage_id in the file, and upload it again.",
            name=name,
        )
    )


def _looks_like_ids(column: pd.Series[Any]) -> bool:
    """Tell whether the values are 24 letters and digits, without repetition."""
    values = pc.drop_null(arrow(column))
    if not len(values):
        return False
    fitting = pc.sum(pc.match_substring_regex(values, _ID)).as_py() >= _MOST * len(values)
    return bool(fitting and pc.count_distinct(values).as_py() == len(values))


def _identifiers(frame: pd.DataFrame, named: Mapping[str, str], name: str) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Read the emails and the phones; one column may hold both."""
    chosen = [*named.values(), *_suggested(frame.drop(columns=[*named.values()]), set(named), name)]
    mixed = [column for column in frame if name_key(column) in _IDENTIFIER_NAMES]
    emails, phones = _blank(frame), _blank(frame)
    for column in dict.fromkeys(filter(None, [*chosen, *mixed])):
        values = arrow(frame[column])
        has_at = pc.match_substring(values, "@")
        as_emails, _ = normalize_emails(
            series(pc.if_else(has_at, values, None), like=frame).rename(EMAIL), allow_special_use=True
        )
        emails = emails.fillna(as_emails)
        plain = pc.replace_substring_regex(values, r"[\s().\-]", "")
        is_phone = pc.match_substring_regex(plain, _E164)
        phones = phones.fillna(series(pc.if_else(is_phone, plain, None), like=frame))
        forget()
    return put_series_aside(emails.rename(EMAIL)), put_series_aside(phones.rename(PHONE))


def _suggested(frame: pd.DataFrame, named: set[str], name: str) -> list[str]:
    """Find the most likely columns of the emails and the phones, unless the caller named them."""
    wanted = [target for target in (EMAIL, PHONE) if target not in named]
    chosen = [target for target in wanted if target in frame]
    others = frame.drop(columns=[column for column in (*COLUMNS, SOURCE_ROW) if column in frame])
    suggestions = list_suggestions(others, MetadataSchema())
    for target in (target for target in wanted if target not in chosen):
        found = [entry for entry in suggestions if entry.target == target]
        best = [entry.column for entry in found if entry.confidence == found[0].confidence >= ENOUGH]
        if len(best) > 1:
            raise PassageIdsError(
                in_panel(
                    f"{name} has several columns that may be the {target}: {_listed(best)}. {_advice(target)}",
                    "{name} has several columns that may be the {target}: {columns}. Take out the others, "
                    "and upload it again.",
                    name=name,
                    target=target,
                    columns=_listed(best),
                )
            )
        chosen += best
    return chosen


def _advice(target: str) -> str:
    return f"Name the column with columns={{'{target}': 'NAME'}}, or --ids-column {target}=NAME."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(str(name)) for name in names)


def _own(frame: pd.DataFrame, column: str, clean: Callable[[pd.Series[Any]], pd.Series[Any]]) -> pd.Series[Any]:
    return clean(frame[column]) if column in frame else _blank(frame)


def _blank(frame: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series(pd.array([None] * len(frame), dtype=TEXT), index=frame.index)


def _checked_ids(column: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Refuse ids with characters that no Passage id has, and that some databases cannot store."""
    wrong = np.flatnonzero(mask_of(pc.invert(pc.match_substring_regex(arrow(column), _PRINTED))))
    if len(wrong):
        raise PassageIdsError(
            in_panel(
                f"{name} has {len(wrong)} values in the column {str(column.name)!r} with characters that no Passage id "
                f"has; the first is in row {wrong[0] + 1}. Export the ids again. {_advice(PASSAGE_ID)}",
                "{name} has {count} values in the column {column} with characters that no Passage id "
                "has; the first is in row {row}. Export the ids again.",
                name=name,
                count=len(wrong),
                column=repr(str(column.name)),
                row=wrong[0] + 1,
            )
        )
    return column


def _trimmed(column: pd.Series[Any]) -> pd.Series[Any]:
    return _not_blank(series(pc.utf8_trim_whitespace(arrow(column)), like=column))


def _not_blank(column: pd.Series[Any]) -> pd.Series[Any]:
    values = arrow(column)
    filled = pa.array(mask_of(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(values)), 0)))
    return series(pc.if_else(filled, values, pa.scalar(None, pa.string())), like=column)
