"""The made-up shop of the sample, with sign-in by Passage: a whole application to try a sign-in on."""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.automap import automap_base
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from passage_kit.api.loop_thread import LoopThread
from passage_kit.errors import DatabaseError
from passage_kit.golive.authenticator import Authenticator
from passage_kit.golive.directory import Directory
from passage_kit.golive.refusals import RequestRefusedError
from passage_kit.golive.sql_links import links_table
from passage_kit.golive.sql_users import SqlUsers
from passage_kit.golive.starlette import StarletteBackend, answer_refusal, starlette_user
from passage_kit.golive.tokens import TokenVerifier
from passage_kit.sandbox import Sandbox, login

_COLUMN = "passage_id"


class Visit(NamedTuple):
    """An answer of the shop's page of one's own account.

    Parameters
    ----------
    status : int
        Status of HTTP.
    row : int or None
        Key of the users table's row that the visitor is; None if the shop let nobody in.
    passage_id : str
        Passage id in the visitor's token.
    """

    status: int
    row: int | None
    passage_id: str


class SampleShop:
    """The sample's shop in Starlette: users sign in at a sandbox, and are the rows of the shop's own users table.

    It is the example application of the notebook ``06_go_live``. The examples in the repository show how to build one.

    Parameters
    ----------
    db : str
        URL of the shop's database, with the table ``users`` and its column ``passage_id``.
    sandbox : Sandbox
        A running sandbox.

    Raises
    ------
    DatabaseError
        If the users table has no column of Passage ids yet.

    See Also
    --------
    Authenticator : What decides who a visitor is.
    passage_kit.find_drift : Compare the table with Passage.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.sandbox import Sandbox
    >>> db = f"sqlite:///{tempfile.mkdtemp()}/shop.db"
    >>> engine = sa.create_engine(db)
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(
    ...         sa.text("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, passage_id TEXT UNIQUE)")
    ...     )
    ...     _ = connection.execute(sa.text("INSERT INTO users (id, email) VALUES (7, 'anna@example.org')"))
    >>> with Sandbox() as sandbox:
    ...     shop = SampleShop(db, sandbox)
    ...     shop.sign_in("anna@example.org").row, shop.sign_in("bob@example.org").row
    (7, 8)
    """

    def __init__(self, db: str, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        engine = sa.create_engine(db)
        base = automap_base()
        base.prepare(autoload_with=engine)
        users: Any = base.classes.get("users")
        if users is None or not hasattr(users, _COLUMN):
            raise DatabaseError(
                f"The shop's users table has no column {_COLUMN} yet. Run the notebook 05_write_back_passage_ids first."
            )
        links_table(base.metadata)
        base.metadata.create_all(engine)
        verifier = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url)
        directory = Directory(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url)
        authenticator = Authenticator(verifier, SqlUsers(engine, users, phone=None), directory, status_within=0)
        authenticator.check()
        application = Starlette(
            routes=[Route("/me", _me)],
            middleware=[Middleware(AuthenticationMiddleware, backend=StarletteBackend(authenticator))],
            exception_handlers={RequestRefusedError: answer_refusal},
        )
        self._pages = httpx.ASGITransport(application)
        self._loop = LoopThread()

    def sign_in(self, email: str) -> Visit:
        """Sign somebody in by a link to the email, as Passage does, and open the page of the account.

        Somebody whom Passage does not know registers so.
        """
        token = login(email, settings=self._sandbox.environment)
        users = self._sandbox.users()
        [passage_id] = users.loc[(users["email"] == email).to_numpy(dtype=bool), "id"]
        return self._opened(token, passage_id)

    def visit(self, passage_id: str) -> Visit:
        """Open the page of the account with a token that a user has already."""
        return self._opened(self._sandbox.issue_token(passage_id), passage_id)

    def _opened(self, token: str, passage_id: str) -> Visit:
        answer = self._loop.run(self._open(token))
        return Visit(answer.status_code, answer.json().get("id"), passage_id)

    async def _open(self, token: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._pages, base_url="http://shop.example") as browser:
            return await browser.get("/me", headers={"Authorization": f"Bearer {token}"})

    def deactivate(self, passage_id: str) -> None:
        """Deactivate a user in Passage, as somebody does in the Console."""
        address = f"{self._sandbox.base_url}/apps/{self._sandbox.app_id}/users/{passage_id}/deactivate"
        httpx.patch(address, headers={"Authorization": f"Bearer {self._sandbox.api_key}"}).raise_for_status()


async def _me(request: Request) -> JSONResponse:
    """Show a visitor's own account."""
    return JSONResponse({"id": starlette_user(request).id})
