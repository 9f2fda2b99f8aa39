"""The app id and the API key, from the environment, a ``.env`` file or a prompt; never from a flag."""

from __future__ import annotations

import getpass
import ipaddress
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from passage_kit.errors import CredentialsError
from passage_kit.files.reasons import reason_of
from passage_kit.progress import in_notebook
from passage_kit.translations import in_panel, worded

APP_ID, API_KEY, BASE_URL = "PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"
PASSAGE = "https://api.passage.id/v1"  # the service's own address; retired on 2026-01-16, so no key goes there unasked
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+")
_ADDRESS = re.compile(r"[!-\[\]-~]+")  # printable ASCII; some programs read a backslash as a slash


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
        _check_app_id(self.app_id)
        _check_word(in_panel(API_KEY, "“API key”"), self.api_key)

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
        Values that come first. If no source has a base URL, it is Passage's own once a person has agreed to it.

    Raises
    ------
    CredentialsError
        If the app id or the key is missing and there is no prompt, or the key must not be sent to the address. Also
        if no source has a base URL, and nobody agrees to Passage's own.
    """
    known = known_settings()
    url = base_url or known.get(BASE_URL)
    _checked(url or PASSAGE)  # before anybody types a key
    app = (app_id if app_id is not None else known.get(APP_ID) or _ask(APP_ID, input)).strip()
    if url is None:
        url = PASSAGE
        agree_to_address(app, url, f"{BASE_URL} is not set. Passage's own address is {PASSAGE}.")
    if api_key is not None:
        key, key_from = api_key, "the call"
    elif key := known.get(API_KEY, ""):
        key_from = f"the environment ({API_KEY})" if os.environ.get(API_KEY) else f".env ({API_KEY})"
    else:
        key, key_from = _ask(API_KEY, getpass.getpass), "the prompt"
    return Credentials(app, key.strip(), url, key_from)


def agree_to_address(app_id: str, url: str, why: str) -> None:
    """Ask a person whether the key may go to an address that nobody configured, and name host and app.

    Parameters
    ----------
    app_id, url : str
        App and base URL that a person has not named.
    why : str
        Sentences before the question: what is missing, and where the address comes from.

    Raises
    ------
    CredentialsError
        If the person does not agree, or nobody can be asked.
    """
    _check_app_id(app_id)
    host = urlsplit(_checked(url)).netloc
    answer = _answer(f"{why} Send the API key of the app {app_id} to {host}? [y/N] ", _input)
    if answer is None:
        raise CredentialsError(
            f"{why} Nobody can be asked here whether the API key may go there, so nothing was sent. Set {BASE_URL} to "
            "the address that may have it."
        )
    if answer.strip().lower() not in ("y", "yes"):
        raise CredentialsError(
            f"Nothing was sent, since nobody agreed to {host}. Set {BASE_URL} to the address that may have the API key."
        )


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
    if not host or parts.scheme not in ("http", "https") or "?" in url or "#" in url:
        raise CredentialsError(
            worded(
                "The base URL is not an address: expected one such as {example}. Correct {name}.",
                example=PASSAGE,
                name=in_panel(BASE_URL, "“Address”"),
            )
        )
    if parts.username is not None or parts.password is not None:
        raise CredentialsError(
            in_panel(
                f"The base URL holds a name or a password. Remove it from {BASE_URL}.",
                "The address holds a name or a password. Take it out of “Address”.",
            )
        )
    if not _HOST.fullmatch(host) or not _ADDRESS.fullmatch(url.strip()):
        raise CredentialsError(
            in_panel(
                "The base URL has a character that no address has: letters outside ASCII may look "
                "like others. Write the "
                f"host of {BASE_URL} as DNS has it, with xn-- for such letters.",
                "The address has a character that no address has: letters outside ASCII may look like "
                "others. Write the host in “Address” as DNS has it, with xn-- for such letters.",
            )
        )
    if parts.scheme != "https" and not is_loopback(host):
        raise CredentialsError(
            worded(
                "The address {address} is not encrypted, so others could read the API key. Use https; http is for this "
                "machine alone.",
                address=f"{parts.scheme}://{parts.netloc}{parts.path}",
            )
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
        reason = reason_of(error) if isinstance(error, OSError) else worded("it is not UTF-8")
        raise CredentialsError(
            worded(
                "{path} cannot be read: {reason}. Correct it, or set the variables yourself.", path=path, reason=reason
            )
        ) from None


def _check_app_id(app_id: str) -> None:
    name = in_panel(APP_ID, "“App id”")
    _check_word(name, app_id)
    if "/" in app_id:
        raise CredentialsError(worded("{name} has a slash. Copy it from the Console once more.", name=name))


def _check_word(name: str, value: str) -> None:
    """Check that an id or a key can stand in a header and in a message."""
    if not value or not value.isascii() or not value.isprintable() or any(map(str.isspace, value)):
        if not value:
            raise CredentialsError(worded("{name} is blank. Copy it from the Console once more.", name=name))
        raise CredentialsError(
            worded("{name} has a character that cannot be part of it. Copy it from the Console once more.", name=name)
        )


def _answer(question: str, ask: Callable[[str], str]) -> str | None:
    """Ask a person; None if nobody can be asked here."""
    if in_notebook() or (sys.stdin is not None and sys.stdin.isatty()):
        with suppress(NotImplementedError, EOFError):  # a kernel without a browser cannot ask
            return ask(question)
    return None


def _input(question: str) -> str:
    """Read a line; on a terminal, the question leaves stdout to results."""
    if in_notebook():
        return input(question)
    print(question, end="", file=sys.stderr, flush=True)
    return input()


def _ask(name: str, ask: Callable[[str], str]) -> str:
    if (answer := _answer(f"{name}: ", ask)) is not None:
        return answer
    raise CredentialsError(
        f"{name} is not set. Set it in the environment, or write {name}=... into a file .env in this folder. "
        "To rehearse without an account, use the sandbox."
    )
