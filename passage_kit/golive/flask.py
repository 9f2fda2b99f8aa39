"""Flask: an extension that gives the application's own user."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Generic, ParamSpec, TypeVar

from passage_kit.errors import MissingExtraError
from passage_kit.golive.authenticator import Authenticator
from passage_kit.golive.incoming import Incoming
from passage_kit.golive.refusals import NotAuthenticatedError, RequestRefusedError

try:
    from flask import Flask, Response, g, jsonify, request
except ImportError as error:
    raise MissingExtraError("Flask is missing: pip install flask.") from error

User = TypeVar("User")
P = ParamSpec("P")
R = TypeVar("R")

_FOUND = "_passage_user"


class FlaskPassage(Generic[User]):
    """A Flask extension: ``passage.user`` in a view, and ``@passage.required`` before it.

    A refused request is answered in JSON with 401, 403 or 503, but only where a view asks for the user: an old cookie
    must not keep anybody from the page to sign in.

    Parameters
    ----------
    authenticator : Authenticator
    app : flask.Flask, optional
        Default: give it to :meth:`init_app` later.

    See Also
    --------
    Authenticator : How the user is found.
    """

    def __init__(self, authenticator: Authenticator[User], app: Flask | None = None) -> None:
        self._authenticator = authenticator
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Make an application answer refused requests."""
        app.extensions["passage"] = self
        app.register_error_handler(RequestRefusedError, _answer)

    @property
    def user(self) -> User | None:
        """The user of the request; None if it has no token.

        Raises
        ------
        RequestRefusedError
            If the token is refused.
        """
        # Requests within one context of the application share `g`, so what is kept there belongs to a request by name.
        asked, user = getattr(g, _FOUND, (None, None))
        if asked is not request.environ:
            incoming = Incoming.read(request.method, request.host, request.headers, request.cookies)
            user = self._authenticator.authenticate(incoming)
            setattr(g, _FOUND, (request.environ, user))
        return user

    def required(self, view: Callable[P, R]) -> Callable[P, R]:
        """Let only requests of a user reach a view."""

        @wraps(view)
        def guarded(*arguments: P.args, **options: P.kwargs) -> R:
            if self.user is None:
                raise NotAuthenticatedError("the request has no token")
            return view(*arguments, **options)

        return guarded


def _answer(refused: RequestRefusedError) -> tuple[Response, int, dict[str, str]]:
    return jsonify(refused.body), refused.status, refused.headers
