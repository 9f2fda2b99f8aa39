from .refusals import (
    AccountHeldError,
    AuthenticationUnavailableError,
    NotAuthenticatedError,
    OriginRefusedError,
    RequestRefusedError,
)
from .tokens import TokenVerifier, VerifiedToken

__all__ = [
    "AccountHeldError",
    "AuthenticationUnavailableError",
    "NotAuthenticatedError",
    "OriginRefusedError",
    "RequestRefusedError",
    "TokenVerifier",
    "VerifiedToken",
]
