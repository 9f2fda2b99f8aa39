"""The password of the app: asked for or from the environment, and kept as a hash alone."""

from __future__ import annotations

import os
from collections.abc import Callable, MutableMapping

from jupyter_server.auth.security import passwd

from passage_kit.errors import OptionError

VARIABLE = "PASSAGE_KIT_APP_PASSWORD"
SHORTEST = 8  # characters


def hashed_password(ask: Callable[[], str], environment: MutableMapping[str, str] = os.environ) -> str:
    """Take the password from the environment, or ask for it, and hash it with Argon2.

    The variable is removed, so that no kernel inherits it.

    Parameters
    ----------
    ask : callable
        Asks a person.
    environment : mutable mapping, default the process's own

    Returns
    -------
    str

    Raises
    ------
    OptionError
        If it is shorter than eight characters.

    Examples
    --------
    >>> hashed_password(lambda: "a long sentence", {}).partition(":")[0]
    'argon2'
    """
    given = environment.pop(VARIABLE, None)
    password = ask() if given is None else given
    if len(password) < SHORTEST:
        raise OptionError(f"The app's password is too short, expected {SHORTEST} characters or more. Choose another.")
    return str(passwd(password))
