"""Typed answers of the Management API; an answer that breaks the contract is an error."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from passage_kit.errors import FieldsError, NoAnswerError
from passage_kit.masking import mask
from passage_kit.metadata.fields import MetadataField, MetadataSchema

LONGEST_ID = 200  # characters


@dataclass(frozen=True, slots=True, repr=False)
class PassageUser:
    """A user of a Passage app.

    Parameters
    ----------
    id : str
        The Passage id.
    email, phone : str
        ``""`` if the user has none.
    user_metadata : mapping
        By ``field_name``; empty if there is none.
    status : str
        ``active``, ``inactive`` or ``pending``.
    login_count : int
    created_at, updated_at, last_login_at : datetime.datetime or None
        None if the service gives none. ``last_login_at`` is None if the user has never signed in, too.

    Examples
    --------
    >>> PassageUser("9DeEXvYBStnzwQcHFd6f558L", email="anna@example.com")
    PassageUser(id='9DeEXvYBStnzwQcHFd6f558L', email='a***@e***.com', phone='')
    """

    id: str
    email: str = ""
    phone: str = ""
    user_metadata: Mapping[str, Any] = field(default_factory=dict)
    status: str = ""
    login_count: int = 0
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    last_login_at: dt.datetime | None = None

    def __repr__(self) -> str:
        return f"PassageUser(id={self.id!r}, email={mask(self.email)!r}, phone={mask(self.phone)!r})"

    @property
    def has_signed_in(self) -> bool:
        """True if the user has ever signed in."""
        return self.login_count > 0 or self.last_login_at is not None


@dataclass(frozen=True, slots=True)
class UserPage:
    """One page of a list: its users, the number of all users, and the anchor of the paging (Unix seconds)."""

    users: tuple[PassageUser, ...]
    total: int
    created_before: int | None


@dataclass(frozen=True, slots=True)
class PassageApp:
    """An app: its id, its name, and its metadata fields; None if the service does not show them."""

    id: str
    name: str
    schema: MetadataSchema | None


@dataclass(frozen=True, slots=True, repr=False)
class ImportAnswer:
    """The answer of the Import API for one file, whatever keys it uses.

    Parameters
    ----------
    imported, existing : tuple of tuple of str
        The texts of each entry, among them an identifier and an id.
    errors : mapping of str to str
        Reason by identifier.
    """

    imported: tuple[tuple[str, ...], ...]
    existing: tuple[tuple[str, ...], ...]
    errors: Mapping[str, str]

    def __repr__(self) -> str:
        counts = (len(self.imported), len(self.existing), len(self.errors))
        return "ImportAnswer(imported={}, existing={}, errors={})".format(*counts)


def read_user(body: Mapping[str, Any]) -> PassageUser:
    """Read ``{"user": {...}}``."""
    return _user(body.get("user"))


def read_page(body: Mapping[str, Any]) -> UserPage:
    """Read a page of List Users.

    Examples
    --------
    >>> read_page({"users": [{"id": "a"}], "total_users": 7, "created_before": 1724113247})
    UserPage(users=(PassageUser(id='a', email='', phone=''),), total=7, created_before=1724113247)
    """
    users = body.get("users", {})
    if users is None:  # some encoders write an empty list like this
        users = []
    if not isinstance(users, list):
        raise not_understood("a list of users")
    total, anchor = body.get("total_users"), body.get("created_before")
    known = total if isinstance(total, int) and not isinstance(total, bool) else -1
    return UserPage(tuple(map(_user, users)), known, anchor if isinstance(anchor, int) and anchor > 0 else None)


def read_app(body: Mapping[str, Any]) -> PassageApp:
    """Read ``{"app": {...}}``."""
    app = body.get("app")
    if not isinstance(app, Mapping):
        raise not_understood("an app")
    entries = app.get("user_metadata_schema")
    schema = None
    if isinstance(entries, list) and all(isinstance(entry, Mapping) for entry in entries):
        names = ("field_name", "friendly_name", "type", "registration", "profile")
        try:
            schema = MetadataSchema(
                MetadataField.from_dict({name: entry[name] for name in names if name in entry}) for entry in entries
            )
        except FieldsError:
            schema = None  # a field type that the kit does not know must not stop a push
    return PassageApp(str(app.get("id", "")), str(app.get("name", "")), schema)


def read_import(body: Mapping[str, Any]) -> ImportAnswer:
    """Read the Import API's answer.

    Examples
    --------
    >>> read_import({"imported": [{"user_id": "9DeE", "email": "a@example.org"}], "errors": []})
    ImportAnswer(imported=1, existing=0, errors=0)
    """
    errors: dict[str, str] = {}
    for entry in _entries(body, "errors"):
        texts = entry.get("errors")
        reasons = [str(text) for text in texts] if isinstance(texts, list) else [str(texts or "")]
        errors[str(entry.get("identifier", ""))] = "; ".join(reasons)
    imported, existing = (
        tuple(tuple(map(str, entry.values())) for entry in _entries(body, name)) for name in ("imported", "existing")
    )
    return ImportAnswer(imported, existing, errors)


def is_id(value: Any) -> bool:
    """Tell whether a value can be an id: a short, printable text with a letter or a digit.

    Examples
    --------
    >>> [is_id(value) for value in ("9DeEXvYBStnz", "..", "a\\x00b", "", 7)]
    [True, False, False, False, False]
    """
    return isinstance(value, str) and len(value) <= LONGEST_ID and value.isprintable() and any(map(str.isalnum, value))


def not_understood(expected: str) -> NoAnswerError:
    """Make the error for an answer that breaks the contract."""
    return NoAnswerError(f"The service's answer is not {expected}, so it cannot be relied on. Run the same call again.")


def _entries(body: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    value = body.get(name)
    return (entry for entry in value if isinstance(entry, Mapping)) if isinstance(value, list) else iter(())


def _user(value: Any) -> PassageUser:
    if not isinstance(value, Mapping) or not is_id(value.get("id")):
        raise not_understood("a user with an id")
    metadata, count = value.get("user_metadata"), value.get("login_count")
    return PassageUser(
        id=value["id"],
        email=str(value.get("email") or ""),
        phone=str(value.get("phone") or ""),
        user_metadata=metadata if isinstance(metadata, Mapping) else {},
        status=str(value.get("status") or ""),
        login_count=count if isinstance(count, int) else 0,
        **{name: read(value.get(name)) for name, read in _MOMENTS.items()},
    )


def _moment(text: Any) -> dt.datetime | None:
    """Read a moment with its zone; None if it is none, or is in the year 1, which stands for never."""
    if not isinstance(text, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.year > 1 and moment.tzinfo else None


_MOMENTS: dict[str, Callable[[Any], dt.datetime | None]] = dict.fromkeys(
    ("created_at", "updated_at", "last_login_at"), _moment
)
