"""Verification of Passage's tokens: RS256 alone, for this app, at this time."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jwt

from passage_kit.errors import OptionError
from passage_kit.golive.key_set import KeySet
from passage_kit.golive.messenger import Messenger, checked_address
from passage_kit.golive.refusals import NotAuthenticatedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

LONGEST = 8 * 2**10  # characters of a token
_LONGEST_HEADER = 1024
_LONGEST_REASON = 80
_ALGORITHMS = ["RS256"]
_PASSAGE_ID = re.compile(r"[!-~]{1,64}")
_UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)

_log = logging.getLogger("passage_kit.golive")


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that was verified.

    Parameters
    ----------
    passage_id : str
        The user's Passage id (``sub``).
    expires_at : float
        Seconds since 1970 in UTC.
    claims : mapping
        All claims of the token.
    """

    passage_id: str
    expires_at: float
    claims: Mapping[str, Any] = field(repr=False)


class TokenVerifier:
    """Verify the tokens of one Passage app.

    A token has to be signed with RS256 by a key of the app, name the app as its audience, and be valid now. Anything
    else is refused: another algorithm, a key of another kind, a token without ``kid``, ``sub``, ``aud`` or ``exp``, one
    of more than 8,192 characters. Keys are cached for five minutes and then fetched anew behind a request; an unknown
    key id has them fetched at most every ten seconds. If they cannot be fetched, those at hand go on for six hours.

    One verifier serves all threads and event loops of a process.

    Parameters
    ----------
    app_id : str
        Id of the Passage app.
    auth_url : str
        Base address of the keys, which are at ``{auth_url}/apps/{app_id}/.well-known/jwks.json``. Passage's own was
        ``https://auth.passage.id/v1``. There is no default: the service was retired, and whoever has the address says
        who is signed in. It has to be https, or on this machine.
    audience : str, optional
        Audience of the tokens. Default: the app id. Older apps had their auth origin, such as ``https://example.org``.
    issuer : str, optional
        Issuer of the tokens, checked when it is given. Sources disagree about what Passage wrote there.
    leeway : float, default 10.0
        Seconds that the clocks of the service and of this machine may differ.
    deadline : float, default 5.0
        Seconds that fetching the keys may take as a whole.

    Raises
    ------
    OptionError
        If the app id or the address cannot be used, or a number of seconds is below zero.

    See Also
    --------
    Authenticator : Give the application's own user for a token.

    Examples
    --------
    >>> from passage_kit.sandbox import Sandbox
    >>> with Sandbox() as sandbox:
    ...     verifier = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url)
    ...     verifier.verify(sandbox.issue_token("9DeEXvYBStnzwQcHFd6f558L")).passage_id
    ...     verifier.verify(sandbox.issue_token("9DeEXvYBStnzwQcHFd6f558L", lifetime=-60))
    Traceback (most recent call last):
    ...
    passage_kit.golive.refusals.NotAuthenticatedError: the token is refused: Signature has expired
    """

    def __init__(
        self,
        app_id: str,
        *,
        auth_url: str,
        audience: str | None = None,
        issuer: str | None = None,
        leeway: float = 10.0,
        deadline: float = 5.0,
    ) -> None:
        if not app_id or not _PASSAGE_ID.fullmatch(app_id) or "/" in app_id:
            raise OptionError("The app id is no app id. Copy it from the Console once more.")
        if not leeway >= 0 or not deadline > 0:
            raise OptionError(f"leeway is {leeway} and deadline {deadline}, expected seconds: 0 or more, above 0.")
        self._audience, self._issuer, self._leeway = audience or app_id, issuer, leeway
        address = f"{checked_address(auth_url)}/apps/{quote(app_id, safe='')}/.well-known/jwks.json"
        self.keys = KeySet(address, Messenger(deadline=deadline))

    def verify(self, token: str) -> VerifiedToken:
        """Verify a token.

        Raises
        ------
        NotAuthenticatedError
            If the token is refused.
        AuthenticationUnavailableError
            If the keys cannot be fetched.
        """
        with _noted():
            return self._check(token, self.keys.find(key_id_of(token)))

    async def verify_async(self, token: str) -> VerifiedToken:
        """Verify a token, without blocking the event loop; see :meth:`verify`."""
        with _noted():
            return self._check(token, await self.keys.find_async(key_id_of(token)))

    def _check(self, token: str, key: RSAPublicKey) -> VerifiedToken:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._audience,
                issuer=self._issuer,
                leeway=self._leeway,
                options={"require": ["exp", "sub", "aud"]},
            )
            expires_at = float(claims["exp"])
        except _UNREADABLE as error:
            raise NotAuthenticatedError(f"the token is refused: {_said(error)}") from None
        if not _PASSAGE_ID.fullmatch(claims["sub"]):
            raise NotAuthenticatedError("the token's subject is no Passage id")
        return VerifiedToken(claims["sub"], expires_at, claims)


@contextmanager
def _noted() -> Iterator[None]:
    """Say in the log why a token is refused, which nobody else is told."""
    try:
        yield
    except NotAuthenticatedError as refused:
        _log.info("Refused: %s.", refused.reason)
        raise


def key_id_of(token: str) -> str:
    """Read which key a token claims to be signed with, before anything of it is believed.

    Raises
    ------
    NotAuthenticatedError
        If it is no token of RS256 with a key id, or too long.
    """
    # An application may hand on whatever stood in a body of JSON.
    if not isinstance(token, str) or len(token) > LONGEST or not token.isascii() or token.count(".") != 2:
        raise NotAuthenticatedError("the token is too long, or is none")
    header = token.partition(".")[0]
    if len(header) > _LONGEST_HEADER:
        raise NotAuthenticatedError("the token's header is too long")
    return _key_id_in(header)


@lru_cache(maxsize=64)
def _key_id_in(header: str) -> str:
    """Read the key id of a header; all tokens of a key have the same one."""
    try:
        read = jwt.get_unverified_header(f"{header}..")
    except _UNREADABLE as error:
        raise NotAuthenticatedError(f"the token cannot be read: {_said(error)}") from None
    key_id = read.get("kid")
    if read.get("alg") != _ALGORITHMS[0] or not isinstance(key_id, str) or not key_id:
        raise NotAuthenticatedError("the token is not signed with RS256, or names no key")
    return key_id


def _said(error: BaseException) -> str:
    """Give what PyJWT says, unless it quotes the token at length, or signs of it that would break a line of the log."""
    said = str(error)
    is_plain = isinstance(error, jwt.InvalidTokenError) and len(said) < _LONGEST_REASON and said.isprintable()
    return said if is_plain else type(error).__name__
