"""Metadata fields in a file: one list of tables, in TOML or as the JSON of an app has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from passage_kit.errors import FieldsError
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.translations import worded


def read_tables(path: str | Path, parse: Callable[[str], Any], form: str) -> list[Mapping[str, Any]]:
    """Read the tables of the fields from a file, whatever the name of their list is.

    Parameters
    ----------
    path : str or pathlib.Path
    parse : callable
        Turns the text of the file into mappings and lists; raises a ValueError if it cannot.
    form : str
        What the file should be written in, for the message.

    Raises
    ------
    FieldsError
        If the file cannot be read, or does not hold exactly one list of tables.

    Examples
    --------
    >>> import json, tempfile
    >>> path = Path(tempfile.mkdtemp(), "app.json")
    >>> _ = path.write_text('{"app": {"user_metadata_schema": [{"field_name": "plan"}], "tags": []}}')
    >>> read_tables(path, json.loads, "JSON")
    [{'field_name': 'plan'}]
    """
    try:
        content = parse(read_regular(path).decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise FieldsError(
            worded(
                "There is no file {path}. Check the path; a relative one begins at {here}.", path=path, here=Path.cwd()
            )
        ) from error
    except OSError as error:
        raise FieldsError(
            worded("{path} cannot be read: {why}. Check that you may read it.", path=path, why=reason_of(error))
        ) from error
    except (ValueError, RecursionError) as error:
        reason = reason_of(error)
        raise FieldsError(
            worded(
                "The metadata fields in {path} cannot be read as {form}: {reason}. Correct the file, or restore it.",
                path=path,
                form=form,
                reason=reason,
            )
        ) from error
    if isinstance(content, Mapping) and isinstance(content.get("app"), Mapping):
        content = content["app"]
    if isinstance(content, Mapping):
        lists = {key: value for key, value in content.items() if isinstance(value, list)}
        content = lists.get("user_metadata_schema", next(iter(lists.values()), None) if len(lists) == 1 else None)
    if not isinstance(content, list) or not all(isinstance(entry, Mapping) for entry in content):
        raise FieldsError(
            worded(
                "No metadata fields in {path}: expected one list of them, such as [[fields]] in TOML "
                "or user_metadata_schema in JSON.",
                path=path,
            )
        )
    return content
