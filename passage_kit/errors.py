"""Exceptions that passage_kit raises on purpose.

::

    PassageKitError
    ├── SourceError        the user list cannot be read
    ├── FieldsError        the metadata fields cannot be used
    ├── MappingError       the mapping does not fit the source
    ├── TemplateError      the Console template does not fit the metadata fields
    ├── PlanError          a saved plan or a correction cannot be used
    ├── OptionError        an argument has a value it cannot have (also a ValueError)
    ├── MissingExtraError  an optional dependency is not installed (also an ImportError)
    ├── PassageIdsError    the Passage ids cannot be read, or their columns are ambiguous
    ├── DatabaseError      the application's database or its users table cannot take the ids
    │   └── WriteBackError the database stopped the write-back, or its final check failed
    ├── BusyError          another command is writing the workspace
    ├── OutputError        a file could not be written
    ├── AccountingError    a row vanished: a defect of the kit, nothing was written
    ├── CredentialsError   app id or API key is missing, or must not be sent to that address
    ├── PushError          the kit refuses a push, its verification or its undoing
    ├── JournalError       the journal cannot be read or written
    └── ApiError           the Management API refused a request (status, code, request_id)
        ├── KeyRefusedError   the service refuses the API key
        ├── NotFoundError     the user or app does not exist
        ├── ContradictionError the service's answers contradict each other: whose an id is, is not certain
        └── NoAnswerError     no answer, or an unreadable one: the service may have done what was sent

A broken call raises an exception. A broken row never does; it becomes a finding. Each message names what failed,
where, the expected value, and one next step. It never holds a whole email, phone or key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class PassageKitError(Exception):
    """Base of every error of the kit.

    The command line returns ``exit_code``: 1 for a failure, or 2 if nothing was written because somebody has to decide
    or fix something first.

    Examples
    --------
    >>> import passage_kit as pk
    >>> try:
    ...     pk.read_users("no_such_list.csv")
    ... except pk.PassageKitError as error:
    ...     print(type(error).__name__, error.exit_code)
    SourceError 2
    """

    exit_code = 2

    def _render_traceback_(self) -> list[str]:
        """Show the error in a notebook without the traceback, since the message has the next step."""
        return [f"{type(self).__name__}: {self}"]


class SourceError(PassageKitError):
    """Error for a source of users that cannot be read.

    Parameters
    ----------
    message : str
    choices : sequence of str, default ()
        Lists of users to choose among, as values of the option ``table``, if somebody has to choose first.
    encodings : mapping of str to str, default {}
        Encodings to choose among, each with some words as it would have them, if somebody has to choose one first.

    Examples
    --------
    >>> SourceError("users.json holds several lists.", choices=["users", "staff"]).choices
    ('users', 'staff')
    """

    def __init__(
        self, message: str, *, choices: Sequence[str] = (), encodings: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.choices = tuple(choices)
        self.encodings = dict(encodings or {})


class FieldsError(PassageKitError):
    """Error for metadata fields that cannot be used."""


class MappingError(PassageKitError):
    """Error for a mapping that does not fit the source or the metadata fields."""


class TemplateError(PassageKitError):
    """Error for a Console template that does not fit the metadata fields."""


class PlanError(PassageKitError):
    """Error for a saved plan or a correction that cannot be used."""


class OptionError(PassageKitError, ValueError):
    """Error for an argument with a value that is not allowed; also a ``ValueError``."""


class MissingExtraError(PassageKitError, ImportError):
    """Error for a missing optional dependency; the message names the extra to install. Also an ``ImportError``."""


class PassageIdsError(PassageKitError):
    """Error for Passage ids that cannot be read, or whose columns are ambiguous."""


class DatabaseError(PassageKitError):
    """Error for a database that cannot be reached, or a users table that cannot take the ids; nothing was changed."""


class WriteBackError(DatabaseError):
    """Error for a write-back that the database stopped, or whose final check failed; the record has what was set."""

    exit_code = 1


class BusyError(PassageKitError):
    """Error for a workspace that another command is writing; nothing was changed."""


class OutputError(PassageKitError):
    """Error for a file that could not be written; the former file is unchanged."""

    exit_code = 1


class AccountingError(PassageKitError):
    """Error for a defect of the kit: kept, absorbed and rejected rows do not add up, so nothing was written."""

    exit_code = 1


class CredentialsError(PassageKitError):
    """Error for a missing app id or API key, or for an address to which the key must not be sent."""


class PushError(PassageKitError):
    """Error for a push, a verification or an undoing that the kit refuses; nothing was sent."""


class JournalError(PassageKitError):
    """Error for a journal that cannot be read or written; the push sends nothing more."""

    exit_code = 1


class ApiError(PassageKitError):
    """Error for a request that the Management API refused.

    Parameters
    ----------
    message : str
        Message without any whole email, phone or key.
    status : int, optional
        HTTP status of the answer; None if there was no answer.
    code : str, default ""
        Code of the API, such as ``invalid_request``.
    request_id : str, default ""
        Id of the request in the headers of the answer, for questions to the service's support.
    """

    exit_code = 1

    def __init__(self, message: str, *, status: int | None = None, code: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.request_id = status, code, request_id


class KeyRefusedError(ApiError):
    """Error for an API key that the service refuses, or that lacks a permission."""


class NotFoundError(ApiError):
    """Error for a user or an app that does not exist."""


class ContradictionError(ApiError):
    """Error for answers that contradict each other about whose an id is; the push sends nothing more."""


class NoAnswerError(ApiError):
    """Error for a missing or unreadable answer: the service may have done what the request asked for."""
