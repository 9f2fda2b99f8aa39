"""Import API of the sandbox: it takes a CSV of users, and reports on each line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from passage_kit.metadata.fields import MetadataSchema
from passage_kit.sandbox.contract import LARGEST_IMPORT, RefusedError, check_email, check_phone, invalid
from passage_kit.sandbox.store import NewUser, Store

_FIELD = "csv_user_import"


def import_users(data: bytes, store: Store, schema: MetadataSchema) -> dict[str, Any]:
    """Create the users of a CSV.

    Parameters
    ----------
    data : bytes
        The file in UTF-8. Its header has ``email``, ``phone`` and metadata fields by ``field_name`` or
        ``friendly_name``. If the app has no metadata fields, each other column is read as text.
    store : Store
        Store that takes the users in one transaction.
    schema : MetadataSchema
        The app's metadata fields.

    Returns
    -------
    dict
        The answer's body.

    Raises
    ------
    RefusedError
        400 if the file is not valid CSV, or holds more than 30,000 users.
    """
    errors: list[dict[str, Any]] = []
    rows: list[NewUser] = []
    for row in _rows(data, schema):
        try:
            rows.append(_new_user(row, schema))
        except RefusedError as refused:
            identifier = row.get("email") or row.get("phone") or ""
            errors.append({"identifier": identifier, "errors": [refused.error]})
    imported: list[dict[str, str]] = []
    existing: list[dict[str, str]] = []
    for new, (user_id, made) in zip(rows, store.create_all(rows), strict=True):
        entry = {
            store.unknowns.import_id: user_id,
            store.unknowns.import_identifier: new.email or new.phone or "",
        }
        entry.pop("", None)
        (imported if made else existing).append(entry)
    return {
        "num_users_received": len(rows) + len(errors),
        "num_users_imported": len(imported),
        "num_users_existing": len(existing),
        "num_users_errored": len(errors),
        "errors": errors,
        "imported": imported,
        "existing": existing,
    }


def _rows(data: bytes, schema: MetadataSchema) -> Iterator[dict[str, str]]:
    """Read the lines of the file by target, without blanks, and skip lines without any value."""
    try:
        lines = [line for line in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise invalid(f"{_FIELD}: must be a valid CSV.") from error
    if not lines:
        raise invalid(f"{_FIELD}: cannot be blank.")
    header, *records = lines
    if len(records) > LARGEST_IMPORT:
        raise invalid(f"{_FIELD}: must have no more than {LARGEST_IMPORT} users.")
    targets = _targets(header, schema)
    if any(len(record) != len(header) for record in records):
        raise invalid(f"{_FIELD}: must be a valid CSV.")
    for record in records:
        yield {target: value for target, value in zip(targets, record, strict=True) if value}


def _targets(header: list[str], schema: MetadataSchema) -> list[str]:
    """Find the target of each column: ``email``, ``phone``, or the name of a metadata field."""
    names = {field.field_name: field.field_name for field in schema}
    names |= {field.friendly_name: field.field_name for field in schema}
    names |= {"email": "email", "phone": "phone"}
    targets = [names.get(name, "" if schema else name) for name in header]
    for name, target in zip(header, targets, strict=True):
        if not target:
            raise invalid(f"{_FIELD}: there is no metadata field for the column {name}.")
    if len(set(targets)) < len(targets) or not {"email", "phone"} & set(targets):
        raise invalid(f"{_FIELD}: must have a column email or phone, and each column once.")
    return targets


def _new_user(row: Mapping[str, str], schema: MetadataSchema) -> NewUser:
    email, phone = row.get("email"), row.get("phone")
    if not email and not phone:
        raise invalid("identifier: cannot be blank.")
    types = {field.field_name: field.type for field in schema}
    metadata = {
        name: _READERS.get(types.get(name, "string"), _leave_as_written)(name, value)
        for name, value in row.items()
        if name not in ("email", "phone")
    }
    return NewUser(email and check_email(email), phone and check_phone(phone), metadata or None)


def _leave_as_written(_: str, value: str) -> str:
    return value


def _boolean(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise invalid(f"{name}: must be true or false.")
    return value == "true"


def _integer(name: str, value: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise invalid(f"{name}: must be an integer.")
    return int(value)


_READERS: dict[str, Callable[[str, str], Any]] = {"boolean": _boolean, "integer": _integer}
