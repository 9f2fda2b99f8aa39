"""The app id and the API key, from the environment, a ``.env`` file or a prompt; never from a flag."""

from __future__ import annotations

import getpass
import ipaddress
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from passage_kit.errors import CredentialsError
from passage_kit.progress import in_notebook

APP_ID, API_KEY, BASE_URL = "PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"
PASSAGE = "https://api.passage.id/v1"  # the service's own address; it was retired on 2026-01-16


@dataclass(frozen=True, slots=True)
class Credentials:
    """An app id and its key, with the address they are sent to and the source of the key.

    Raises
    ------
    CredentialsError
        If the address is neither https nor on this machine, or has a name or a password in it. Also if the id or the
        key is blank or has characters that no header can hold.

    Examples
    --------
    >>> Credentials("app", "secret", "https://api.passage.id/v1", "prompt")
    Credentials(app_id='app', base_url='https://api.passage.id/v1', key_from='prompt')
    >>> Credentials("app", "secret", "http://api.passage.id/v1", "prompt")
    Traceback (most recent call last):
    ...
    passage_kit.errors.CredentialsError: The address http://api.passage.id/v1 is not encrypted, ...
    """

    app_id: str
    api_key: str = field(repr=False)
    base_url: str
    key_from: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", _checked(self.base_url))
        for name, value in ((APP_ID, self.app_id), (API_KEY, self.api_key)):
            if not value or not value.isascii() or not value.isprintable() or any(map(str.isspace, value)):
                problem = "is blank" if not value else "has a character that cannot be part of it"
                raise CredentialsError(f"{name} {problem}. Copy it from the Console once more.")
        if "/" in self.app_id:
            raise CredentialsError(f"{APP_ID} has a slash. Copy it from the Console once more.")

    @property
    def host(self) -> str:
        """Host and port, for a person to check before anything is sent."""
        return urlsplit(self.base_url).netloc

    @property
    def local(self) -> bool:
        """True if the address is on this machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")


def find_credentials(
    *, app_id: str | None = None, api_key: str | None = None, base_url: str | None = None
) -> Credentials:
    """Find app id, key and base URL: in the arguments, the environment, ``.env`` of this folder, or by a prompt.

    Parameters
    ----------
    app_id, api_key, base_url : str, optional
        Values that come first. The base URL is Passage's own if no source has one.

    Raises
    ------
    CredentialsError
        If the app id or the key is missing and there is no prompt, or the key must not be sent to the address.
    """
    known = known_settings()
    url = base_url or known.get(BASE_URL) or PASSAGE
    _checked(url)  # before anybody types a key
    app = app_id if app_id is not None else known.get(APP_ID) or _ask(APP_ID, input)
    if api_key is not None:
        key, key_from = api_key, "the call"
    elif key := known.get(API_KEY, ""):
        key_from = f"the environment ({API_KEY})" if os.environ.get(API_KEY) else f".env ({API_KEY})"
    else:
        key, key_from = _ask(API_KEY, getpass.getpass), "the prompt"
    return Credentials(app.strip(), key.strip(), url, key_from)


def known_settings() -> dict[str, str]:
    """Read app id, key and base URL from the environment, or else from ``.env`` in the current folder."""
    written = _env_file(Path(".env"))
    values = {name: os.environ.get(name) or written.get(name) for name in (APP_ID, API_KEY, BASE_URL)}
    return {name: value for name, value in values.items() if value}


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine.

    Examples
    --------
    >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "10.0.0.1", "localhost.example.org")]
    [True, True, True, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked(url: str) -> str:
    """Check that a key may be sent to a base URL, and take the slash off its end."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise CredentialsError(f"The base URL is not an address: expected one such as {PASSAGE}. Correct {BASE_URL}.")
    if parts.username is not None or parts.password is not None:
        raise CredentialsError(f"The base URL holds a name or a password. Remove it from {BASE_URL}.")
    if parts.scheme != "https" and not is_loopback(host):
        raise CredentialsError(
            f"The address {parts.scheme}://{parts.netloc}{parts.path} is not encrypted, so others could read the API "
            "key. Use https; http is for this machine alone."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _env_file(path: Path) -> dict[str, str]:
    """Read the values of a ``.env`` file, and leave the environment as it is."""
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CredentialsError(f"{path} cannot be read: {reason}. Correct it, or set the variables yourself.") from None


def _ask(name: str, ask: Callable[[str], str]) -> str:
    if in_notebook() or (sys.stdin is not None and sys.stdin.isatty()):
        with suppress(NotImplementedError):  # a kernel without a browser cannot ask
            return ask(f"{name}: ")
    raise CredentialsError(
        f"{name} is not set. Set it in the environment, or write {name}=... into a file .env in this folder. "
        "To rehearse without an account, use the sandbox."
    )
