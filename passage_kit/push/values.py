"""Metadata values as Passage gives them, compared with those that were prepared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from passage_kit.export.console_csv import DATE_FORMAT


def lacks(there: Mapping[str, Any], prepared: Mapping[str, Any]) -> bool:
    """Tell whether the metadata of a user in Passage lacks a prepared value, or has another one.

    Examples
    --------
    >>> lacks({"points": "3", "plan": "pro"}, {"points": 3}), lacks({}, {"points": 3})
    (False, True)
    """
    return any(as_text(there.get(name)) != as_text(value) for name, value in prepared.items())


def contradicts(there: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Tell whether the metadata in an answer cannot be what was just sent.

    It cannot be if a field has another value, or if none of the sent fields is there. A service that drops a field it
    does not know, or that changes case or spaces, does not contradict.

    Examples
    --------
    >>> contradicts({"name": "ann"}, {"name": "Ann", "points": 3}), contradicts({"name": "Bo"}, {"name": "Ann"})
    (False, True)
    >>> contradicts({}, {"name": "Ann"}), contradicts({}, {})
    (True, False)
    """
    both = [name for name in sent if as_text(there.get(name)) is not None]
    return bool(sent) and (not both or not all(alike(there[name], sent[name]) for name in both))


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values are one, apart from their type, their case and their spaces.

    Examples
    --------
    >>> alike("Pro ", "pro"), alike("3", 3), alike("pro", "free"), alike(None, "")
    (True, True, False, True)
    """
    return _plain(one) == _plain(other)


def as_text(value: Any) -> str | None:
    """Write a value in one form, whatever the service made of it: ISO dates, whole numbers without a point.

    Examples
    --------
    >>> [as_text(value) for value in ("02/29/1980", "1980-02-29T00:00:00Z", 42.0, "true", True, "")]
    ['1980-02-29', '1980-02-29', '42', 'true', 'true', None]
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        return _as_date(value) or value.encode("utf-8", "replace").decode()  # half a character is in no frame
    return str(value) if isinstance(value, int | float) else json.dumps(value, sort_keys=True)


def _as_date(text: str) -> str | None:
    """Rewrite a date of the Console or of JSON as an ISO date; None if the text is not one."""
    try:
        if len(text) == 10 and text[2] == "/":
            return datetime.strptime(text, DATE_FORMAT).date().isoformat()
        if len(text) == 20 and text.endswith("T00:00:00Z"):
            return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return None  # a text that only has the length of a date
    return None


def _plain(value: Any) -> str:
    return " ".join((as_text(value) or "").split()).casefold()
