"""What the kit adds to a request beside bare verification, with warm caches; prints a table in Markdown.

``python benchmarks/middleware.py`` asks one Starlette application in three ways, without a network: open to everybody,
with the bare verification of PyJWT by a known key, and with the kit. Then it asks for the row of a token in a database,
by hand and through the kit. Rounds take turns, so that other work of the machine strikes all ways alike; medians count.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jwt
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from passage_kit.golive import (
    AsyncAuthenticator,
    Authenticator,
    Directory,
    Incoming,
    SqlUsers,
    StarletteBackend,
    TokenVerifier,
    links_table,
)
from passage_kit.sandbox import Sandbox


class Base(DeclarativeBase):
    """Tables of the measured application."""


class Account(Base):
    """A user of it."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    passage_id: Mapped[str | None] = mapped_column(unique=True)


links_table(Base.metadata)


class InMemory:
    """A store whose rows cost nothing, so that what is measured is the kit's."""

    async def find(self, passage_id: str) -> str:
        """Give the row of everybody."""
        return passage_id

    def is_active(self, _: str) -> bool:
        """Let everybody in."""
        return True

    def key_of(self, user: str) -> str:
        """Give the key of a row."""
        return user


class Bare(AuthenticationBackend):
    """Verification by hand, with a key that is known."""

    def __init__(self, key: Any, app_id: str) -> None:
        self._key, self._app_id = key, app_id

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SimpleUser]:
        """Verify the bearer token."""
        return AuthCredentials(["authenticated"]), SimpleUser(self.subject(conn.headers["Authorization"][7:]))

    def subject(self, token: str) -> str:
        """Give the Passage id of a token."""
        return str(jwt.decode(token, self._key, algorithms=["RS256"], audience=self._app_id)["sub"])


def application(*middleware: Middleware) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """Make an application that answers one page; gives a function that asks for it."""
    app = Starlette(routes=[Route("/", _page)], middleware=middleware)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200

    async def ask(scope: dict[str, Any]) -> None:
        await app(dict(scope), receive, send)

    return ask


async def _page(request: Request) -> JSONResponse:
    return JSONResponse({"user": request.user.identity if "user" in request.scope else ""})


def in_turns(ways: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Measure each way in each round; gives the median of each, in seconds of this process."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.process_time()
            way()
            taken[name].append(time.process_time() - begun)
    return {name: statistics.median(times) for name, times in taken.items()}


def requests_in_turns(sandbox: Sandbox, bare: Bare, token: str, count: int, rounds: int) -> dict[str, float]:
    """Measure requests to the three applications."""
    verifier = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url)
    directory = Directory(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url)
    kit = StarletteBackend(AsyncAuthenticator(verifier, InMemory(), directory))  # type: ignore[arg-type]
    ways = {
        "nothing": application(),
        "bare": application(Middleware(AuthenticationMiddleware, backend=bare)),
        "kit": application(Middleware(AuthenticationMiddleware, backend=kit)),
    }
    headers = [(b"host", b"example.org"), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    loop = asyncio.new_event_loop()

    async def many(ask: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        for _ in range(count):
            await ask(scope)

    def turn(ask: Callable[[dict[str, Any]], Awaitable[None]]) -> Callable[[], None]:
        return lambda: loop.run_until_complete(many(ask))

    for ask in ways.values():
        loop.run_until_complete(ask(scope))  # warm
    taken = in_turns({name: turn(ask) for name, ask in ways.items()}, rounds)
    loop.close()
    return {name: seconds / count for name, seconds in taken.items()}


def rows_in_turns(sandbox: Sandbox, bare: Bare, token: str, count: int, rounds: int) -> dict[str, float]:
    """Measure finding the row of a token in SQLite, by hand and through the kit."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{Path(folder, 'accounts.db')}")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Account(passage_id=bare.subject(token)))
            session.commit()
        verifier = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url)
        directory = Directory(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url)
        authenticator = Authenticator(verifier, SqlUsers(engine, Account), directory)
        incoming = Incoming("GET", "example.org", f"Bearer {token}")

        def by_hand() -> None:
            for _ in range(count):
                passage_id = bare.subject(token)
                with Session(engine) as session:
                    assert session.scalars(sa.select(Account).where(Account.passage_id == passage_id)).one()

        def kit() -> None:
            for _ in range(count):
                assert authenticator.authenticate(incoming)

        kit()  # warm
        taken = in_turns({"bare": by_hand, "kit": kit}, rounds)
        engine.dispose()
    return {name: seconds / count for name, seconds in taken.items()}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000, help="in each round")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with Sandbox() as sandbox:
        token = sandbox.issue_token("9DeEXvYBStnzwQcHFd6f558L")
        verifier = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url)
        bare = Bare(verifier.keys.find(jwt.get_unverified_header(token)["kid"]), sandbox.app_id)
        asked = requests_in_turns(sandbox, bare, token, options.requests, options.rounds)
        found = rows_in_turns(sandbox, bare, token, options.requests, options.rounds)
    added = {name: asked[name] - asked["nothing"] for name in ("bare", "kit")}
    print("| what a request costs more | bare verification | kit | kit / bare |\n| --- | --: | --: | --: |")
    for what, cost in (("Starlette, rows in memory", added), ("token and row in SQLite", found)):
        bare_cost, kit_cost = (f"{1e6 * cost[name]:.0f} µs" for name in ("bare", "kit"))
        print(f"| {what} | {bare_cost} | {kit_cost} | {cost['kit'] / cost['bare']:.2f} |")
    print(f"\nThe page itself: {1e6 * asked['nothing']:.0f} µs. Medians of {options.rounds} rounds in turns.")


if __name__ == "__main__":
    main()
