"""Rules of the sandbox's answers: errors, formats, and switches for open points of the Management API's contract."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_type_hints

from passage_kit.errors import OptionError

NEVER = "0001-01-01T00:00:00Z"  # last_login_at of a user who has not logged in
LARGEST_PAGE = 500
LARGEST_IMPORT = 30_000
STATUSES = ("active", "inactive", "pending")

# The service never published its own rule. This pattern accepts every address that email-validator accepts.
_SPACES = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
# Signs and spaces, in no label of a domain. To say which letters are in one would take fifty thousand of them, and
# each of the programs that make examples of the pattern would go through them, one by one.
_SIGNS = r"\x00-,./:-@\[-`{-\xa0\u1680\u2000-\u2bff\u3000\ufeff"
_LABEL = f"[^-{_SIGNS}][^{_SIGNS}]"
EMAIL_PATTERN = rf'^[^{_SPACES}@<>()\[\]\\,;:"]{{1,64}}@({_LABEL}{{0,62}}\.){{1,126}}{_LABEL}{{1,62}}$'
PHONE_PATTERN = r"^\+[1-9][0-9]{1,14}$"
_EMAIL, _PHONE = re.compile(EMAIL_PATTERN), re.compile(PHONE_PATTERN)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_ids = random.Random()  # noqa: S311 - ids are no secrets

ImportStatus = Literal[200, 201, 403, 404]


class RefusedError(Exception):
    """A refused request, with the status and the body ``{"code", "error"}`` of its answer."""

    def __init__(self, status: int, code: str, error: str) -> None:
        super().__init__(error)
        self.status, self.code, self.error = status, code, error


def invalid(error: str) -> RefusedError:
    """Make the error for a request that breaks a rule."""
    return RefusedError(400, "invalid_request", error)


def not_found(what: str) -> RefusedError:
    """Make the error for a user, device or app that does not exist."""
    return RefusedError(404, f"{what}_not_found", f"{what.capitalize()} not found")


@dataclass(frozen=True, slots=True)
class Unknowns:
    """Switches for the points that the contract of the Management API leaves open.

    A client must work with every combination of these switches.

    Parameters
    ----------
    repeated : {"existing", "refused"}, default "existing"
        Answer to creating a user with an identifier that another user has: 201 with the existing user, or 400 with
        "user: already exists.".
    repeated_metadata : {"kept", "merged", "replaced"}, default "kept"
        Effect of such a request on the metadata of the existing user.
    new_status : {"pending", "active", "inactive"}, default "pending"
        Status of a user right after creation.
    no_metadata : {"null", "object"}, default "null"
        Form of missing metadata in answers: null or ``{}``.
    page_size : int, default 15
        Number of users on a page if the request does not set it, from 1 to 500.
    patched_metadata : {"merged", "replaced"}, default "merged"
        Effect of an update on the metadata.
    import_status : {200, 201, 403, 404}, default 200
        Status that the Import API answers with. 403 refuses the key; 404 stands for a service without this API.
    import_id, import_identifier : str, default "id" and "identifier"
        Keys of the entries in ``imported`` and ``existing``. "" leaves the entry out.

    Raises
    ------
    OptionError
        If a switch has a value that it does not allow.

    See Also
    --------
    Sandbox : Answer requests with these switches.
    Fault : Make requests fail on purpose.

    Examples
    --------
    >>> Unknowns(repeated="refused").repeated
    'refused'
    >>> Unknowns.from_texts(["page_size=100", "import_status=404"]).page_size
    100
    >>> Unknowns(repeated="perhaps")
    Traceback (most recent call last):
    ...
    passage_kit.errors.OptionError: The switch repeated: found 'perhaps', expected one of 'existing', 'refused'.
    """

    repeated: Literal["existing", "refused"] = "existing"
    repeated_metadata: Literal["kept", "merged", "replaced"] = "kept"
    new_status: Literal["pending", "active", "inactive"] = "pending"
    no_metadata: Literal["null", "object"] = "null"
    page_size: int = 15
    patched_metadata: Literal["merged", "replaced"] = "merged"
    import_status: ImportStatus = 200
    import_id: str = "id"
    import_identifier: str = "identifier"

    def __post_init__(self) -> None:
        for name, kind in get_type_hints(type(self)).items():
            value, choices = getattr(self, name), get_args(kind)
            if choices and value not in choices:
                raise OptionError(
                    f"The switch {name}: found {value!r}, expected one of {', '.join(map(repr, choices))}."
                )
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise OptionError(f"The switch page_size: found {self.page_size}, expected 1 to {LARGEST_PAGE}.")

    @classmethod
    def from_texts(cls, texts: list[str] | tuple[str, ...]) -> Unknowns:
        """Read the switches from texts such as ``repeated=refused``, the form of the command line.

        Parameters
        ----------
        texts : list or tuple of str
            One ``name=value`` for each switch.

        Returns
        -------
        Unknowns
            The other switches keep their defaults.

        Raises
        ------
        OptionError
            If a text is not ``name=value``, or there is no such switch or value.
        """
        defaults = cls()
        known = {field.name: getattr(defaults, field.name) for field in fields(cls)}
        given: dict[str, Any] = {}
        for text in texts:
            name, equals, value = text.partition("=")
            if not equals or name not in known:
                raise OptionError(f"Found {text!r}, expected name=value with a name of {', '.join(known)}.")
            number = isinstance(known[name], int) and re.fullmatch(r"\d{1,9}", value)
            given[name] = int(value) if number else value
            if isinstance(known[name], int) and not number:
                raise OptionError(f"The switch {name}: found {value!r}, expected a whole number.")
        return replace(defaults, **given)


def new_id() -> str:
    """Make a random id of 24 letters and digits, the form of Passage's ids."""
    return "".join(_ids.choices(_ALPHABET, k=24))


def timestamp(moment: datetime | None = None) -> str:
    """Write a moment, by default now, as RFC 3339 in UTC with microseconds; such texts sort by time.

    Examples
    --------
    >>> timestamp(datetime(2024, 5, 24, 17, 40, 4, 61043, tzinfo=UTC))
    '2024-05-24T17:40:04.061043Z'
    """
    return (moment or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def check_email(value: str) -> str:
    """Check an address, and return it in lower case, as it is stored."""
    if not _EMAIL.fullmatch(value):
        raise invalid("identifier: must be a valid email address.")
    return value.lower()


def check_phone(value: str) -> str:
    """Check that a number is in E.164, and return it unchanged."""
    if not _PHONE.fullmatch(value):
        raise invalid("identifier: must be a valid E164 number.")
    return value
