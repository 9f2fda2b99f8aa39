"""What a request says of its sender: the token in it, and whether another site may have sent it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from passage_kit.golive.refusals import OriginRefusedError

COOKIE = "psg_auth_token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class _Texts(Protocol):
    """Texts by name, as each framework has its headers and cookies."""

    def get(self, name: str, default: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """The parts of a request that authentication reads.

    Parameters
    ----------
    method : str
    host : str
        Host, and port where it is not the usual one, that the browser has asked.
    authorization, cookie, origin : str
        Header ``Authorization``, the cookie ``psg_auth_token`` and the header ``Origin``; ``""`` if there is none.
    """

    method: str
    host: str
    authorization: str = ""
    cookie: str = ""
    origin: str = ""

    @classmethod
    def read(cls, method: str, host: str, headers: _Texts, cookies: _Texts) -> Incoming:
        """Read the rest from headers whose names have any case, and from cookies."""
        authorization, origin = (headers.get(name, "") or "" for name in ("Authorization", "Origin"))
        return cls(method, host, authorization, cookies.get(COOKIE, "") or "", origin)

    @property
    def bearer(self) -> str:
        """Token of the header ``Authorization``; ``""`` if it has none."""
        scheme, _, token = self.authorization.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


def token_of(incoming: Incoming, origins: Collection[str] = ()) -> str | None:
    """Give the token of a request: of the bearer header, else of the cookie; None if it has neither.

    A browser sends the cookie along with requests that another site makes. So with a cookie, a request that changes
    something has to name an origin: that of the application, or one of ``origins``.

    Parameters
    ----------
    incoming : Incoming
    origins : collection of str, default ()
        Further origins, such as ``https://www.example.org``.

    Raises
    ------
    OriginRefusedError
        If it names none of these.

    Examples
    --------
    >>> token_of(Incoming("GET", "example.org", "Bearer abc"))
    'abc'
    >>> token_of(Incoming("POST", "example.org", cookie="abc", origin="https://example.org"))
    'abc'
    >>> token_of(Incoming("POST", "example.org", cookie="abc", origin="https://example.com"))
    Traceback (most recent call last):
    ...
    passage_kit.golive.refusals.OriginRefusedError: another origin sent the cookie
    """
    if incoming.bearer:
        return incoming.bearer
    if not incoming.cookie:
        return None
    if incoming.method.upper() not in _SAFE and not _is_own(incoming, origins):
        raise OriginRefusedError("another origin sent the cookie" if incoming.origin else "no origin is named")
    return incoming.cookie


def _is_own(incoming: Incoming, origins: Collection[str]) -> bool:
    """Tell whether a request names the application's own origin; only the host counts, since a proxy may end TLS."""
    if incoming.origin in origins:
        return True
    try:
        named = urlsplit(incoming.origin)
    except ValueError:
        return False
    return named.scheme in ("http", "https") and bool(named.netloc) and named.netloc.lower() == incoming.host.lower()
