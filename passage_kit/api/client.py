"""The client of the Management API for people: to be called from a notebook and a script without ceremony."""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from types import TracebackType
from typing import Any, TypeVar

from passage_kit.api.answers import ImportAnswer, PassageApp, PassageUser, UserPage
from passage_kit.api.credentials import find_credentials
from passage_kit.api.loop_thread import LoopThread
from passage_kit.api.operations import Api
from passage_kit.errors import OptionError

T = TypeVar("T")


class PassageClient:
    """A client of one Passage app, to be called from a notebook and a script alike.

    Methods wait for their answer; requests run in an event loop in a thread of its own. Requests that may be sent twice
    are, after a failure, with growing waits; ``Retry-After`` is honored, and after a 429 the rate is halved and grows
    again step by step. The key is sent over https only, or to this machine, and never to where an answer sends on to.

    Parameters
    ----------
    app_id, api_key, base_url : str, optional
        Default: ``PASSAGE_APP_ID``, ``PASSAGE_API_KEY`` and ``PASSAGE_BASE_URL`` of the environment, else of a file
        ``.env`` in the current folder; id and key are else asked for. The base URL is else Passage's own.
    concurrency : int, default 10
        Requests under way at once.
    max_rps : float, optional
        Requests a second that are never exceeded. Default: as many as the service takes.
    timeout : tuple of float, default (5.0, 30.0)
        Seconds to connect, and to wait for an answer.

    Raises
    ------
    CredentialsError
        If id or key are nowhere to be found, or must not be sent to the address.
    OptionError
        If a setting is not above zero.

    Examples
    --------
    >>> PassageClient(app_id="my-app", api_key="secret", base_url="https://api.passage.id/v1")
    PassageClient(app_id='my-app', base_url='https://api.passage.id/v1')
    >>> from passage_kit.sandbox import Sandbox
    >>> with Sandbox() as it, PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as client:
    ...     anna = client.create_user(email="anna@example.org")
    ...     client.find_user("anna@example.org") == anna
    True
    """

    def __init__(
        self,
        *,
        app_id: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        concurrency: int = 10,
        max_rps: float | None = None,
        timeout: tuple[float, float] = (5.0, 30.0),
    ) -> None:
        settings = {"concurrency": concurrency, "max_rps": max_rps, "timeout": min(timeout)}
        for name, value in settings.items():
            if value is not None and not value > 0:
                raise OptionError(f"{name} is {value}, expected more than 0.")
        credentials = find_credentials(app_id=app_id, api_key=api_key, base_url=base_url)
        self.api = Api(credentials, concurrency=concurrency, max_rps=max_rps, timeout=timeout)
        self._background = LoopThread()
        weakref.finalize(self, self._background.close, self.api.close, wait_for_it=False)

    def __repr__(self) -> str:
        return f"PassageClient(app_id={self.app_id!r}, base_url={self.base_url!r})"

    @property
    def app_id(self) -> str:
        """Id of the app."""
        return self.api.credentials.app_id

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self.api.credentials.base_url

    @property
    def key_from(self) -> str:
        """Where the key came from, in words."""
        return self.api.credentials.key_from

    def create_user(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        user_metadata: Mapping[str, Any] | None = None,
    ) -> PassageUser:
        """Create a user, or find the one who has the identifier already.

        Raises
        ------
        NoAnswerError
            If it is not known whether the user was created: look the identifier up before you ask again.
        ApiError
            If the service refuses it.
        """
        return self.run(self.api.create_user(_body(email, phone, user_metadata)))

    def get_user(self, user_id: str) -> PassageUser:
        """Read one user by the Passage id; raises NotFoundError if there is none."""
        return self.run(self.api.get_user(user_id))

    def find_user(self, identifier: str) -> PassageUser | None:
        """Look a user up by email or phone; None if nobody has it."""
        return self.run(self.api.find_user(identifier))

    def list_users(self, **filters: str) -> Iterator[PassageUser]:
        """List the users, the first created first.

        Parameters
        ----------
        **filters : str
            As the API has them, such as ``status="active"`` or ``login_count="<gt:0>"``.
        """
        pages = self.api.each_page(**filters)
        while (page := self.run(_next(pages))) is not None:
            yield from page.users

    def update_user(
        self,
        user_id: str,
        *,
        email: str | None = None,
        phone: str | None = None,
        user_metadata: Mapping[str, Any] | None = None,
    ) -> PassageUser:
        """Change a user; what is not given stays. Whether metadata is merged is not known: give all of it."""
        return self.run(self.api.update_user(user_id, _body(email, phone, user_metadata)))

    def delete_user(self, user_id: str) -> bool:
        """Delete a user; False if there was none."""
        return self.run(self.api.delete_user(user_id))

    def get_app(self) -> PassageApp:
        """Read the app and its metadata fields."""
        return self.run(self.api.get_app())

    def import_users(self, csv: bytes) -> ImportAnswer:
        """Upload a CSV of at most 30,000 users to the Import API.

        Raises
        ------
        NoAnswerError
            If it is not known who was imported: list the users before you upload again.
        """
        return self.run(self.api.import_users(csv))

    def run(self, work: Coroutine[Any, Any, T], **watching: Callable[[], object]) -> T:
        """Run a coroutine of the flows in the client's loop: see :meth:`passage_kit.api.loop_thread.LoopThread.run`."""
        return self._background.run(work, **watching)

    def close(self) -> None:
        """Close the connections; a later call opens them anew."""
        self._background.close(self.api.close)

    def __enter__(self) -> PassageClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


async def _next(pages: AsyncIterator[UserPage]) -> UserPage | None:
    return await anext(pages, None)


def _body(email: str | None, phone: str | None, user_metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    given = {"email": email, "phone": phone, "user_metadata": user_metadata}
    return {name: value for name, value in given.items() if value is not None}
