"""A token from a sandbox that runs already, perhaps in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from passage_kit.api.credentials import API_KEY, APP_ID, BASE_URL, is_loopback, known_settings
from passage_kit.errors import CredentialsError, PushError

if TYPE_CHECKING:
    import httpx

_PATIENCE = 10.0  # seconds


def login(email: str, *, settings: Mapping[str, str] | None = None) -> str:
    """Sign a user of a running sandbox in, and return the token.

    A magic link is made and followed, so the email counts as verified. If nobody has the email, a user is made, as if
    somebody had registered.

    Parameters
    ----------
    email : str
        Email of the user, in normal form.
    settings : mapping, optional
        ``PASSAGE_BASE_URL``, ``PASSAGE_APP_ID`` and ``PASSAGE_API_KEY`` of the sandbox, as in
        ``sandbox.environment``. Default: those of the environment, or else of ``.env`` in the current folder.

    Returns
    -------
    str
        Token that is valid for an hour.

    Raises
    ------
    CredentialsError
        If a setting is missing, or the address is not on this machine.
    PushError
        If no sandbox answers there, or it refuses the email or the user.

    See Also
    --------
    Sandbox.issue_token : Make a token in the process of the sandbox, with claims of your own.

    Examples
    --------
    >>> from passage_kit.sandbox import Sandbox
    >>> with Sandbox() as sandbox:
    ...     token = login("anna@example.org", settings=sandbox.environment)
    ...     sandbox.users()[["email", "email_verified", "status"]]
                  email  email_verified  status
    0  anna@example.org            True  active
    """
    import httpx

    given = known_settings() if settings is None else settings
    missing = [name for name in (BASE_URL, APP_ID, API_KEY) if not given.get(name)]
    if missing:
        raise CredentialsError(f"{missing[0]} is not set. Set what `passage-kit sandbox` has printed.")
    address = given[BASE_URL].rstrip("/")
    if not is_loopback(urlsplit(address).hostname or ""):
        raise CredentialsError(f"{BASE_URL} is not on this machine, so it is no sandbox. Nothing was sent.")
    app = f"{address}/apps/{quote(given[APP_ID], safe='')}"
    key = {"Authorization": f"Bearer {given[API_KEY]}"}
    try:
        with httpx.Client(timeout=_PATIENCE, trust_env=False) as client:
            link = _answer(client.post(f"{app}/magic-links", json={"email": email}, headers=key))["magic_link"]
            followed = client.patch(f"{app}/magic-link/activate", json={"magic_link": link["secret"]})
            return str(_answer(followed)["auth_result"]["auth_token"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        raise PushError(
            f"No sandbox answers at {address}. Start one with `passage-kit sandbox`, and set what it prints."
        ) from error


def _answer(response: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    if response.is_error:
        raise PushError(f"The sandbox refuses the sign-in with {response.status_code}: {body['error']}")
    return body
