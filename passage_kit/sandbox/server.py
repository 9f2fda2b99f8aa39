"""The sandbox: a local stand-in for the Management API, over real HTTP on this machine alone."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from passage_kit.errors import OptionError, PushError
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.sandbox.contract import Unknowns
from passage_kit.sandbox.faults import Fault, Faults
from passage_kit.sandbox.store import NewUser, Store
from passage_kit.sandbox.uvicorn_connections import connection_of

if TYPE_CHECKING:
    import pandas as pd
    import uvicorn

_LOOPBACK = "127.0.0.1"
_PATIENCE = 10.0  # seconds that a start or a stop may take


class Sandbox:
    """A local stand-in for the Management API, to rehearse a push or to test one.

    It runs in a thread and listens on loopback only, so a notebook, a script and another program can use it alike.

    Parameters
    ----------
    schema : MetadataSchema, optional
        Metadata fields of its app. Default: none, and users may have any.
    database : str or pathlib.Path, optional
        SQLite file for its users, its app id and its key, made if missing. Default: memory.
    port : int, default 0
        Port to listen on; 0 takes a free one.
    faults : iterable of Fault, default ()
        What goes wrong, see :class:`Fault`; ``sandbox.faults = [...]`` changes it while it runs.
    seed : int, default 0
        The same seed and order of requests give the same faults.
    unknowns : Unknowns, optional
        How it answers what the contract leaves open.

    Raises
    ------
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import httpx
    >>> with Sandbox() as sandbox:
    ...     users = f"{sandbox.base_url}/apps/{sandbox.app_id}/users"
    ...     key = {"Authorization": f"Bearer {sandbox.api_key}"}
    ...     created = httpx.post(users, json={"email": "anna@example.org"}, headers=key)
    ...     refused = httpx.post(users, json={"email": "anna@"}, headers=key)
    >>> created.status_code, created.json()["user"]["email"]
    (201, 'anna@example.org')
    >>> refused.status_code, refused.json()["error"]
    (400, 'identifier: must be a valid email address.')
    """

    def __init__(
        self,
        *,
        schema: MetadataSchema | None = None,
        database: str | Path | None = None,
        port: int = 0,
        faults: Iterable[Fault] = (),
        seed: int = 0,
        unknowns: Unknowns | None = None,
    ) -> None:
        from passage_kit.sandbox.endpoints import SandboxApp  # brings the framework

        self._port, self._seed = port, seed
        self.store = Store(database, unknowns or Unknowns())  # its users; a test may stand in for one of its verbs
        self._app = SandboxApp(self.store, schema or MetadataSchema(), self.store.unknowns, self._transport)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.faults = faults

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = self.base_url if self._server else "stopped"
        return f"<Sandbox {state}, app {self.app_id}>"

    @property
    def base_url(self) -> str:
        """Base URL of the API, such as ``http://127.0.0.1:8788/v1``; known once it has started."""
        return f"http://{_LOOPBACK}:{self._port}/v1"

    @property
    def app_id(self) -> str:
        """Id of the one app that it has."""
        return self.store.app_id

    @property
    def api_key(self) -> str:
        """Key of the app; made for this sandbox, worth nothing elsewhere."""
        return self.store.api_key

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead to it, as environment variables."""
        return {
            "PASSAGE_BASE_URL": self.base_url,
            "PASSAGE_APP_ID": self.app_id,
            "PASSAGE_API_KEY": self.api_key,
        }

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What goes wrong; set anew, all counts and random numbers begin again, and a revoked key works."""
        return self._app.faults.faults

    @faults.setter
    def faults(self, faults: Iterable[Fault]) -> None:
        self._app.faults = Faults(faults, self._seed)

    @property
    def struck(self) -> Counter[str]:
        """How often each kind of fault has struck."""
        return Counter(self._app.faults.struck)

    @property
    def requests(self) -> Counter[str]:
        """How many requests each operation has had, faults included."""
        return Counter(self._app.requests)

    def start(self) -> Self:
        """Start to listen; returns when it answers.

        Raises
        ------
        OptionError
            If the port is taken.
        PushError
            If it stopped by itself before it answered.
        """
        import uvicorn

        if self._thread is not None:
            return self
        listener = _listen(self._port)
        self._port = listener.getsockname()[1]
        settings = uvicorn.Config(
            self._app.asgi,
            loop="asyncio",
            http="h11",
            lifespan="off",
            ws="none",
            log_config=None,
            log_level="critical",  # a request that is cut off by a stop is no news; defects are said by the app
            access_log=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="passage-sandbox", daemon=True
        )
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.002)
        self._check_alive()
        return self

    def stop(self) -> None:
        """Stop to listen; its users stay, and it can be started again on the same port."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            raise PushError(f"The sandbox at {self.base_url} does not stop. End this process to free its port.")
        self._server = self._thread = None

    def close(self) -> None:
        """Stop for good; users in memory are gone."""
        self.stop()
        self.store.close()

    def wait(self) -> None:
        """Wait until it is interrupted.

        Raises
        ------
        PushError
            If it stopped by itself.
        """
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)  # in short turns, since Windows does not interrupt a wait
        self._check_alive()

    def _check_alive(self) -> None:
        """Raise if the server has ended though nobody stopped it; Python has printed why."""
        if self._thread is not None and not self._thread.is_alive() and self._server and not self._server.should_exit:
            self._server = self._thread = None
            raise PushError("The sandbox has stopped by itself, for the reason printed above. Start it again.")

    def restore_key(self) -> None:
        """Take the key again after a fault has revoked it."""
        self._app.faults.key_revoked = False

    def users(self) -> pd.DataFrame:
        """Give its users, in the order of their creation.

        Returns
        -------
        pandas.DataFrame
            One row a user: the keys of a list item (``id``, ``email``, ``phone``, ``status``, ``user_metadata``,
            ``created_at``, ...) as they are answered: a missing identifier is ``""``, times are text.

        Examples
        --------
        >>> with Sandbox() as sandbox:
        ...     _ = sandbox.add_users([{"email": "anna@example.org"}, {"phone": "+12025550123"}])
        ...     sandbox.users()[["email", "phone", "status"]]
                      email         phone   status
        0  anna@example.org                pending
        1                    +12025550123  pending
        """
        import pandas as pd

        items = self.store.every_user()
        return pd.DataFrame(items, columns=None if items else ["id", "email", "phone", "status", "user_metadata"])

    def add_users(self, users: Iterable[Mapping[str, Any]]) -> list[str]:
        """Put users into it without a request, as if they had been there before.

        Parameters
        ----------
        users : iterable of mapping
            ``email``, ``phone`` (in normal form) and ``user_metadata``, as Create User takes them.

        Returns
        -------
        list of str
            Their Passage ids, in order; that of the existing user if the identifier is there already.
        """
        new = (NewUser(user.get("email"), user.get("phone"), user.get("user_metadata")) for user in users)
        return [user_id for user_id, _ in self.store.create_all(new)]

    def sign_in(self, user_id: str) -> None:
        """Do what a user's sign-in does: a passkey, a login more, status active."""
        self.store.sign_in(user_id)

    def _transport(self, client: tuple[str, int]) -> asyncio.Transport | None:
        """Give the connection of a client; None when it has gone already."""
        return connection_of(self._server, client) if self._server else None


def _listen(port: int) -> socket.socket:
    """Bind a socket on loopback."""
    # asyncio sends without delay (TCP_NODELAY) only on a socket that names its protocol
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows, re-use would let two servers have one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise OptionError(
            f"The sandbox cannot listen on port {port}: {error}. Choose another port, or 0 for a free one."
        ) from error
    return listener
