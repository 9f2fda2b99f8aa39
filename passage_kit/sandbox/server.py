"""Server of the sandbox, a stand-in for the Management API over real HTTP on this machine only."""

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
from passage_kit.sandbox.app_facts import AppSettings
from passage_kit.sandbox.contract import Unknowns
from passage_kit.sandbox.faults import Fault, Faults
from passage_kit.sandbox.store import NewUser, Store
from passage_kit.sandbox.token_keys import LIFETIME
from passage_kit.sandbox.uvicorn_connections import connection_of

if TYPE_CHECKING:
    import pandas as pd
    import uvicorn

_LOOPBACK = "127.0.0.1"
_PATIENCE = 10.0  # seconds allowed for a start or a stop


class Sandbox:
    """A local stand-in for the Management API, to rehearse or test a push.

    The sandbox runs in a thread and listens on loopback only. A notebook, a script or another program can use it.

    Parameters
    ----------
    schema : MetadataSchema, optional
        Metadata fields of the app. Default: none, and users may have any metadata.
    database : str or pathlib.Path, optional
        SQLite file for the users, the app id and the key. The sandbox creates it if it is missing. Default: memory.
    port : int, default 0
        Port to listen on; 0 chooses a free port.
    faults : iterable of Fault, default ()
        Faults to apply to requests, see :class:`Fault`. Set ``sandbox.faults`` to change them while it runs.
    seed : int, default 0
        Seed of the faults. The same seed and order of requests lead to the same faults.
    unknowns : Unknowns, optional
        Switches for the open points of the contract. Default: ``Unknowns()``.

    Raises
    ------
    OutputError
        If the file cannot be written.

    See Also
    --------
    Fault : Make requests fail on purpose.
    AppSettings : Set the login methods and identifiers of the app.
    Unknowns : Choose answers for the open points of the contract.
    passage_kit.SandboxClient : Rehearse a push with a sandbox of its own.

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
        from passage_kit.sandbox.endpoints import SandboxApp  # imports the web framework

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
        """Base URL of the API, such as ``http://127.0.0.1:8788/v1``, after the start."""
        return f"http://{_LOOPBACK}:{self._port}/v1"

    @property
    def app_id(self) -> str:
        """Id of the sandbox's only app."""
        return self.store.app_id

    @property
    def api_key(self) -> str:
        """API key of the app, which is valid for this sandbox only."""
        return self.store.api_key

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that make a client use this sandbox."""
        return {
            "PASSAGE_BASE_URL": self.base_url,
            "PASSAGE_APP_ID": self.app_id,
            "PASSAGE_API_KEY": self.api_key,
        }

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults to apply; setting them resets counts, random numbers and a revoked key."""
        return self._app.faults.faults

    @faults.setter
    def faults(self, faults: Iterable[Fault]) -> None:
        self._app.faults = Faults(faults, self._seed)

    @property
    def settings(self) -> AppSettings:
        """Login methods and identifiers of the app; set them to see what a push says of another app."""
        return self._app.settings

    @settings.setter
    def settings(self, settings: AppSettings) -> None:
        self._app.settings = settings

    @property
    def struck(self) -> Counter[str]:
        """Number of strikes of each kind of fault."""
        return Counter(self._app.faults.struck)

    @property
    def requests(self) -> Counter[str]:
        """Number of requests for each operation, including failed ones."""
        return Counter(self._app.requests)

    def start(self) -> Self:
        """Start to listen, and return when the sandbox answers.

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
            log_level="critical",  # no log for requests that a stop cuts off; the app logs defects itself
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
        """Stop to listen; the users stay, and the sandbox can start again on the same port."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            raise PushError(f"The sandbox at {self.base_url} does not stop. End this process to free its port.")
        self._server = self._thread = None

    def close(self) -> None:
        """Stop for good, and discard users in memory."""
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
        """Accept the key again after a fault revoked it."""
        self._app.faults.key_revoked = False

    def users(self) -> pd.DataFrame:
        """Return the users in the order of their creation.

        Returns
        -------
        pandas.DataFrame
            One row for each user. The columns are the keys of a list item (``id``, ``email``, ``phone``, ``status``,
            ``user_metadata``, ``created_at``, ...) with the values of the answer: a missing identifier is ``""``, and
            times are text in RFC 3339.

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
        """Add users without a request, as if they had existed before.

        Parameters
        ----------
        users : iterable of mapping
            Values of ``email`` and ``phone`` (in normal form) and ``user_metadata``, as in the body of Create User.

        Returns
        -------
        list of str
            Passage ids in order. If another user has the identifier already, the id of that user.
        """
        new = (NewUser(user.get("email"), user.get("phone"), user.get("user_metadata")) for user in users)
        return [user_id for user_id, _ in self.store.create_all(new)]

    def sign_in(self, user_id: str) -> None:
        """Sign a user in: add a passkey, count a login, and set the status to active."""
        self.store.sign_in(user_id)

    def issue_token(self, user_id: str, *, lifetime: float = LIFETIME, **claims: Any) -> str:
        """Sign a token for a user, as Passage does after a sign-in, and change nothing about the user.

        Parameters
        ----------
        user_id : str
            The Passage id.
        lifetime : float, default 3600
            Seconds until the token expires; less than zero gives one that has expired.
        **claims
            Claims with other values than the usual ``sub``, ``aud``, ``iss``, ``iat``, ``nbf`` and ``exp``; None leaves
            one out.

        See Also
        --------
        login : Get a token from a sandbox in another process.
        """
        return self._app.token_keys.issue(user_id, claims, lifetime=lifetime)

    def rotate_keys(self) -> None:
        """Sign with a new key from now on; the one before stays published, and older ones are withdrawn."""
        self._app.token_keys.rotate()

    def _transport(self, client: tuple[str, int]) -> asyncio.Transport | None:
        """Give the connection of a client; None when it has gone already."""
        return connection_of(self._server, client) if self._server else None


def _listen(port: int) -> socket.socket:
    """Bind a socket on loopback."""
    # asyncio sets TCP_NODELAY only on a socket that names its protocol
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows, re-use would allow two servers on one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise OptionError(
            f"The sandbox cannot listen on port {port}: {error}. Choose another port, or 0 for a free one."
        ) from error
    return listener
