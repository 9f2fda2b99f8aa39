"""Everything that passage_kit raises on purpose.

::

    PassageKitError
    ├── SourceError        the user list cannot be read
    ├── FieldsError        the metadata fields are not usable
    ├── MappingError       the mapping does not fit the source
    ├── TemplateError      the Console template does not fit the metadata fields
    ├── PlanError          a saved plan or a correction cannot be used
    ├── OptionError        an argument has a value it cannot have (also a ValueError)
    ├── MissingExtraError  an optional dependency is not installed (also an ImportError)
    ├── PassageIdsError    the Passage ids cannot be read, or not surely
    ├── DatabaseError      the application's database or its users table is not as it has to be
    │   └── WriteBackError the database stopped the write-back, or the check afterwards did not pass
    ├── OutputError        a file could not be written
    ├── AccountingError    a row vanished: a defect of the kit, nothing was written
    ├── CredentialsError   app id or API key are missing, or must not be sent there
    ├── PushError          a push, its verification or its undoing is refused
    ├── JournalError       the journal cannot be read or written
    └── ApiError           the Management API refused a request (status, code, request_id)
        ├── KeyRefusedError   it refuses the API key
        ├── NotFoundError     there is no such user or app
        └── NoAnswerError     no answer, or none that can be understood: what was sent may have been done

A broken call raises; a broken row never does, it becomes a finding. Every message names what failed, where, what was
expected, and one next step; it never holds a whole email, phone or key.
"""


class PassageKitError(Exception):
    """Base of every error of the kit; ``exit_code`` is what the command line returns for it.

    1 is a failure; 2 means that nothing was written because something has to be decided or fixed first.
    """

    exit_code = 2

    def _render_traceback_(self) -> list[str]:
        """Say the error in a notebook, without the traceback: the message has the next step."""
        return [f"{type(self).__name__}: {self}"]


class SourceError(PassageKitError):
    """The source of the users cannot be read."""


class FieldsError(PassageKitError):
    """The metadata fields are not usable."""


class MappingError(PassageKitError):
    """The mapping does not fit the source or the metadata fields."""


class TemplateError(PassageKitError):
    """The Console template does not fit the metadata fields."""


class PlanError(PassageKitError):
    """A saved plan or a correction cannot be used."""


class OptionError(PassageKitError, ValueError):
    """An argument has a value that it cannot have."""


class MissingExtraError(PassageKitError, ImportError):
    """An optional dependency is not installed; the message names the extra to install."""


class PassageIdsError(PassageKitError):
    """The Passage ids cannot be read, or it is not sure which column holds them."""


class DatabaseError(PassageKitError):
    """The application's database cannot be reached, or its users table cannot take the ids; nothing was changed."""


class WriteBackError(DatabaseError):
    """The database stopped the write-back, or the check afterwards did not pass; what was written is recorded."""

    exit_code = 1


class OutputError(PassageKitError):
    """A file could not be written; what stood there before is untouched."""

    exit_code = 1


class AccountingError(PassageKitError):
    """kept + absorbed + rejected is not what was read: a defect of the kit, so nothing was written."""

    exit_code = 1


class CredentialsError(PassageKitError):
    """App id or API key are missing, or must not be sent to that address."""


class PushError(PassageKitError):
    """A push, its verification or its undoing is refused; nothing was sent."""


class JournalError(PassageKitError):
    """The journal cannot be read or written, so nothing more is sent."""

    exit_code = 1


class ApiError(PassageKitError):
    """The Management API refused a request.

    Parameters
    ----------
    message : str
        Without any whole email, phone or key.
    status : int, optional
        HTTP status; None if there was no answer.
    code : str, default ""
        The API's own word, such as ``invalid_request``.
    request_id : str, default ""
        What the answer's headers call the request, for a question to the service's support.
    """

    exit_code = 1

    def __init__(self, message: str, *, status: int | None = None, code: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.request_id = status, code, request_id


class KeyRefusedError(ApiError):
    """The service refuses the API key, or what the key may do."""


class NotFoundError(ApiError):
    """There is no user of that id, or no app."""


class NoAnswerError(ApiError):
    """There was no answer, or none that can be understood: what the request asked for may have been done."""
