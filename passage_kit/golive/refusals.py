"""Refused requests: what the client is told, and what the log is told.

::

    RequestRefusedError
        NotAuthenticatedError            401
        OriginRefusedError               403
        AccountHeldError                 403
        AuthenticationUnavailableError   503
"""

from __future__ import annotations

from passage_kit.errors import PassageKitError

RETRY_AFTER = 5  # seconds


class RequestRefusedError(PassageKitError):
    """Error for a request that is refused; its message is for the log, and ``body`` for the client.

    Parameters
    ----------
    reason : str
        Reason for the log, without personal data. The client never sees it.

    Examples
    --------
    >>> refused = NotAuthenticatedError("the token has expired")
    >>> refused.status, refused.body
    (401, {'code': 'not_authenticated', 'error': 'Sign in first.'})
    """

    exit_code = 1
    status = 401
    code = "not_authenticated"
    sentence = "Sign in first."

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def body(self) -> dict[str, str]:
        """Body of the answer; it tells nothing of the reason."""
        return {"code": self.code, "error": self.sentence}

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer, as its status asks for them."""
        if self.status == 401:
            return {"WWW-Authenticate": "Bearer"}
        return {"Retry-After": str(RETRY_AFTER)} if self.status == 503 else {}


class NotAuthenticatedError(RequestRefusedError):
    """Error for a request without a valid token, or of a user who may not sign in."""


class OriginRefusedError(RequestRefusedError):
    """Error for a changing request that another site may have sent with the user's cookie."""

    status, code = 403, "origin_refused"
    sentence = "This request does not come from the application's own pages."


class AccountHeldError(RequestRefusedError):
    """Error for a user of Passage whose row a person has to decide on."""

    status, code = 403, "account_held"
    sentence = "Your account has to be looked at. Please write to support."


class AuthenticationUnavailableError(RequestRefusedError):
    """Error for a request that cannot be judged now: the keys or the user cannot be read, or are too old."""

    status, code = 503, "authentication_unavailable"
    sentence = "Signing in is not possible at the moment. Please try again."
