"""Why a request got no answer, in words, and what to do about it."""

from __future__ import annotations

import os
import ssl
import urllib.request
from collections.abc import Iterator

import httpx

from passage_kit.translations import in_panel, worded

CERTIFICATE = "certificate"  # code of an error about the certificate of the service
_SELF_SIGNED, _UNKNOWN_ISSUER, _EXPIRED, _NOT_YET, _OTHER_NAME = {18, 19}, {2, 20, 21}, {10}, {9}, {62, 64}
_TROUBLE: dict[type[Exception], str] = {
    httpx.ConnectTimeout: worded("connecting took too long"),
    httpx.ConnectError: worded("it cannot be reached"),
    httpx.ReadTimeout: worded("it took too long"),
    httpx.WriteTimeout: worded("sending took too long"),
    httpx.RemoteProtocolError: worded("what came is no HTTP"),
    httpx.ProxyError: worded("the proxy refuses to connect"),
    TimeoutError: worded("the answer as a whole took too long"),
}
_BEFORE_IT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)  # errors on the way to a service
_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")  # as they are looked at for https
_WAITING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)  # a handshake that is not over, when time ran out
_CA = worded("set SSL_CERT_FILE to the file of the certificate authority that signed it")


def trouble_of(error: Exception) -> str:
    """Say in words why no answer came.

    Examples
    --------
    >>> trouble_of(httpx.ReadTimeout("")), trouble_of(httpx.ReadError(""))
    ('it took too long', 'the connection broke')
    """
    return _TROUBLE.get(type(error), worded("the connection broke"))


def to_check(error: Exception, host: str) -> str:
    """Say what to check after an error: the proxy too, if it may be what cannot be reached."""
    proxy = next((name for name in _PROXIES if os.environ.get(name)), None)
    if proxy is None or not isinstance(error, _BEFORE_IT) or urllib.request.proxy_bypass(host):
        return worded("the connection")
    return worded("the connection, and the proxy that {variable} names", variable=proxy)


def certificate_trouble(error: BaseException) -> str:
    """Say what is wrong with the certificate of a service, and what to do; "" if it is something else.

    The connection ends before the key is sent.
    """
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _sentence(cause.verify_code)
        if isinstance(cause, _WAITING):
            return in_panel(
                "it does not speak TLS, or answers too slowly. Check the base URL and its port, or a proxy in between, "
                "and run the same command again",
                "it does not speak TLS, or answers too slowly. Check the base URL and its port, or a proxy in between, "
                "and try again",
            )
        if isinstance(cause, ssl.SSLError):
            return worded(
                "it does not speak TLS as this machine does. Check the base URL and its port, or a proxy in between"
            )
    return ""


def _sentence(code: int) -> str:
    if code in _SELF_SIGNED:
        return worded(
            "its certificate is self-signed. If it is your own service, {advice}; otherwise do not trust it", advice=_CA
        )
    if code in _UNKNOWN_ISSUER:
        return worded(
            "its certificate is signed by an authority that this machine does not know. If it is yours, {advice}",
            advice=_CA,
        )
    if code in _EXPIRED:
        return worded("its certificate has expired. Ask its operator to renew it, and check the clock of this machine")
    if code in _NOT_YET:
        return worded("its certificate is not valid yet. Check the clock of this machine")
    if code in _OTHER_NAME:
        return worded("its certificate is for another host name. Check the base URL; otherwise do not trust it")
    return worded("its certificate cannot be trusted (code {code}). Ask its operator for a proper one", code=code)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
