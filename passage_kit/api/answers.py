"""Typed answers of the Management API; an answer that breaks the contract is an error."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from email_validator import EmailNotValidError, validate_email

from passage_kit.api.bodies import too_deep
from passage_kit.errors import FieldsError, NoAnswerError
from passage_kit.masking import mask
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.translations import in_panel

_LAST = 253_402_300_799  # the last second that a date can name
_ID = re.compile(r"[!-~]{1,200}")  # what can stand in an address and a file


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
    email_verified, phone_verified : bool
        Whether the user has shown that the email or the phone is their own.

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
    email_verified: bool = False
    phone_verified: bool = False

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
    """An app, as far as the service shows it.

    Parameters
    ----------
    id, name : str
    schema : MetadataSchema or None
        Its metadata fields of the types that the kit knows; None if the service does not show them.
    other_fields : mapping of str to str
        Type by ``field_name`` of the fields whose type the kit does not know.
    methods : mapping of str to bool
        Whether a login method is on: ``passkeys``, ``otp`` and ``magic_link``; empty if the service does not show them.
    allowed_identifier, required_identifier : str
        Such as ``email``, ``phone``, ``both`` or ``either``; "" if the service does not show them.
    public_signup : bool or None
        Whether people may sign up by themselves.
    """

    id: str
    name: str
    schema: MetadataSchema | None
    other_fields: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, bool] = field(default_factory=dict)
    allowed_identifier: str = ""
    required_identifier: str = ""
    public_signup: bool | None = None


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
    is_moment = isinstance(anchor, int) and not isinstance(anchor, bool) and 0 < anchor <= _LAST
    return UserPage(tuple(map(_user, users)), known, anchor if is_moment else None)


def read_app(body: Mapping[str, Any]) -> PassageApp:
    """Read ``{"app": {...}}``."""
    app = body.get("app")
    if not isinstance(app, Mapping):
        raise not_understood("an app")
    schema, other_fields = _fields(app.get("user_metadata_schema"))
    signup = app.get("public_signup")
    return PassageApp(
        _plain(app.get("id")),
        _plain(app.get("name")),
        schema,
        other_fields,
        _methods(app),
        _plain(app.get("allowed_identifier")).lower(),
        _plain(app.get("required_identifier")).lower(),
        signup if isinstance(signup, bool) else None,
    )


def _fields(entries: Any) -> tuple[MetadataSchema | None, dict[str, str]]:
    """Read an app's metadata fields: those that the kit knows, and the types of the others by their names."""
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        return None, {}
    names = ("field_name", "friendly_name", "type", "registration", "profile")
    known: dict[str, MetadataField] = {}
    others: dict[str, str] = {}
    for entry in entries:
        values = {name: entry[name] for name in names if name in entry}
        try:
            one = MetadataField.from_dict({**values, "registration": entry.get("registration") is True})
            known.setdefault(one.field_name, one)
        except (FieldsError, TypeError, AttributeError):  # what is not of the contract must not stop a push
            others[_plain(entry.get("field_name"))] = _plain(entry.get("type"))
    return MetadataSchema(known.values()), others


def _methods(app: Mapping[str, Any]) -> dict[str, bool]:
    """Read which login methods are on, in the form of today or the former one."""
    methods = app.get("auth_methods")
    if isinstance(methods, Mapping):
        entries = {name: methods.get(name) for name in ("passkeys", "otp", "magic_link")}
        return {name: isinstance(it, Mapping) and it.get("enabled") is True for name, it in entries.items()}
    fallback = _plain(app.get("auth_fallback_method")).lower()
    if not fallback:
        return {}
    return {"passkeys": True, "otp": "otp" in fallback or "code" in fallback, "magic_link": "magic" in fallback}


def _plain(value: Any) -> str:
    """Read a word of the app; "" if it is none that can be shown."""
    return value if isinstance(value, str) and value.isprintable() and len(value) <= 200 else ""


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


class UnclearAnswerError(NoAnswerError):
    """Error for an answer that came, but breaks the contract.

    Parameters
    ----------
    message : str
    came : str
        What came, in words.
    """

    def __init__(self, message: str, came: str) -> None:
        super().__init__(message)
        self.came = came


def is_id(value: Any) -> bool:
    """Tell whether a value can be an id: a short, printable text with a letter or a digit.

    Examples
    --------
    >>> [is_id(value) for value in ("9DeEXvYBStnz", "..", "a\\x00b", "", 7)]
    [True, False, False, False, False]
    """
    return isinstance(value, str) and bool(_ID.fullmatch(value)) and any(map(str.isalnum, value))


def not_understood(expected: str, came: str = "JSON that is not the API's") -> UnclearAnswerError:
    """Make the error for an answer that breaks the contract."""
    return UnclearAnswerError(
        in_panel(
            f"The service's answer is not {expected}, so it cannot be relied on. Run the same call again.",
            "The answer of the service is not what was expected ({expected}), so it cannot be relied on. Try again.",
            expected=expected,
        ),
        came,
    )


def _entries(body: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    value = body.get(name)
    return (entry for entry in value if isinstance(entry, Mapping)) if isinstance(value, list) else iter(())


def _user(value: Any) -> PassageUser:
    if not isinstance(value, Mapping) or not is_id(value.get("id")):
        raise not_understood("a user with an id")
    metadata, count = value.get("user_metadata"), value.get("login_count")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, Mapping) or too_deep(metadata):
        raise not_understood("a user whose metadata can be read")
    return PassageUser(
        id=value["id"],
        user_metadata=metadata,
        login_count=count if isinstance(count, int) and not isinstance(count, bool) else 0,
        email=_address(_words(value.get("email"))),
        phone=_words(value.get("phone")),
        status=_words(value.get("status")),
        email_verified=value.get("email_verified") is True,
        phone_verified=value.get("phone_verified") is True,
        **{name: read(value.get(name)) for name, read in _MOMENTS.items()},
    )


def _words(value: Any) -> str:
    """Read a text that may be missing; half a character, which no encoding can write, becomes a question mark."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise not_understood("a user with an email and a phone")
    return value.encode("utf-8", "replace").decode()


def _address(text: str) -> str:
    """Write an email in the form in which the kit sends it, apart from its case."""
    text = unicodedata.normalize("NFC", text.strip())
    if text.isascii():
        return text
    try:
        found = validate_email(text, check_deliverability=False, allow_empty_local=True)
    except EmailNotValidError:
        return text
    return f"{found.local_part}@{found.ascii_domain}"


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
