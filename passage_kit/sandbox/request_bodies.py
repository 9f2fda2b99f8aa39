"""Readers for the bodies of requests to the sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from starlette.requests import Request

from passage_kit.sandbox.contract import check_email, check_phone, invalid
from passage_kit.sandbox.store import NewUser

LINK_TYPES = ("login", "verify_identifier")
LINK_CHANNELS = ("email", "phone")
LINK_LANGUAGES = ("de", "en", "es", "it", "pl", "pt", "zh")
LINK_PATH_PATTERN = "^/([^/].*)?$"  # "//" would name another host
LONGEST_LINK = 525_600  # minutes: a year

Body = Mapping[str, Any]


class MagicLinkOrder(NamedTuple):
    """A request for a magic link: its user, kind and settings."""

    email: str | None
    phone: str | None
    user_id: str | None
    type: str
    ttl: int
    redirect_url: str
    magic_link_path: str


async def read_body(request: Request) -> Body:
    """Read a JSON object.

    Raises
    ------
    RefusedError
        400 if the body is no JSON object, or holds NaN, an infinite number or half a surrogate pair.
    """
    try:
        body = json.loads(await request.body(), parse_constant=_no_number)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise invalid("body: must be valid JSON.") from error
    if not isinstance(body, dict):
        raise invalid("body: must be a JSON object.")
    return body


def read_user(body: Body) -> NewUser:
    """Read identifiers and metadata; ``""`` and null count as missing."""
    email, phone, metadata = _optional_string(body, "email"), _optional_string(body, "phone"), body.get("user_metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise invalid("user_metadata: must be an object.")
    return NewUser(email and check_email(email), phone and check_phone(phone), metadata)


def read_magic_link(body: Body) -> MagicLinkOrder:
    """Read the user, the kind and the settings of a magic link."""
    user, user_id = read_user(body), _optional_string(body, "user_id")
    if sum(value is not None for value in (user.email, user.phone, user_id)) != 1:
        raise invalid("identifier: exactly one of email, phone and user_id is required.")
    ttl = body.get("ttl", 60)
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or ttl % 1 or not 1 <= ttl <= LONGEST_LINK:
        raise invalid(f"ttl: must be between 1 and {LONGEST_LINK}.")
    if not isinstance(body.get("send", False), bool):
        raise invalid("send: must be a boolean.")
    path = _optional_string(body, "magic_link_path") or "/"
    if not re.fullmatch(LINK_PATH_PATTERN, path):
        raise invalid("magic_link_path: must be a relative url.")
    for name, choices in (("type", LINK_TYPES), ("channel", LINK_CHANNELS), ("language", LINK_LANGUAGES)):
        if body.get(name, choices[0]) not in choices:
            raise invalid(f"{name}: must be one of {', '.join(choices)}.")
    redirect_url = _optional_string(body, "redirect_url") or "/"
    kind = body.get("type", LINK_TYPES[0])
    return MagicLinkOrder(user.email, user.phone, user_id, kind, int(ttl), redirect_url, path)


def read_link_secret(body: Body) -> str:
    """Read the secret of a magic link that somebody follows."""
    secret = _optional_string(body, "magic_link")
    if not secret:
        raise invalid("magic_link: cannot be blank.")
    return secret


def _optional_string(body: Body, name: str) -> str | None:
    """Read a string of the body; a missing, empty or null one is None."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(f"{name}: must be a string.")
    return value or None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
