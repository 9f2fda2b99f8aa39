"""The blocking client of the Management API, for notebooks and scripts."""

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
    """A client of one Passage app, for notebooks and scripts.

    Each method waits for its answer, while the requests run in an event loop in a thread of its own. After a failure,
    the client repeats requests that are safe to repeat, with growing waits. It honors ``Retry-After``. After a 429, it
    halves the rate and then raises it step by step. It sends the key over https or to this machine only, and follows no
    redirect.

    Parameters
    ----------
    app_id, api_key, base_url : str, optional
        Default: ``PASSAGE_APP_ID``, ``PASSAGE_API_KEY`` and ``PASSAGE_BASE_URL`` of the environment, or else of the
        file ``.env`` in the current folder. If the id or the key is missing there, the client asks for it. If the base
        URL is missing, the client asks whether the key may go to Passage's own address.
    concurrency : int, default 10
        Largest number of requests under way at once.
    max_rps : float, optional
        Largest number of requests a second. Default: as many as the service takes.
    timeout : tuple of float, default (5.0, 30.0)
        Seconds to wait for a connection, and for the next part of an answer. A request as a whole may take the first
        and twice the second, and an upload longer by its size.

    Raises
    ------
    CredentialsError
        If the id or the key is missing, or the key must not be sent to the address. Also if no address is configured
        and nobody agrees to Passage's own.
    OptionError
        If a setting is not above zero.

    See Also
    --------
    passage_kit.SandboxClient : A client of a workspace's own sandbox.
    passage_kit.push_users : Push the prepared users with a client.

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
        """Address that requests go to."""
        return self.api.credentials.base_url

    @property
    def key_from(self) -> str:
        """Source of the key, in words."""
        return self.api.credentials.key_from

    def create_user(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        user_metadata: Mapping[str, Any] | None = None,
    ) -> PassageUser:
        """Create a user, or give the one who has the identifier already.

        Raises
        ------
        NoAnswerError
            If the answer was lost, so the user may exist. Look the identifier up before you try again.
        ApiError
            If the service refuses the request.
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
            Filters of the API, such as ``status="active"`` or ``login_count="<gt:0>"``.
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
        """Change a user and keep what is not given. Give all metadata: the service may replace it as a whole."""
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
            If the answer was lost, so users may have been imported. List the users before you upload again.
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
