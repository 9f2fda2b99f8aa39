"""An application with a users table, and users of a sandbox who sign in to it."""

from __future__ import annotations

import asyncio
import inspect

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import NullPool

from passage_kit.golive import AsyncSqlUsers, Authenticator, Directory, Incoming, SqlUsers, TokenVerifier, links_table

ID, OTHER = "9DeEXvYBStnzwQcHFd6f558L", "9deexvybstnzwqchfd6f558l"  # they differ in capitals alone
EXACT = sa.String(64).with_variant(sa.String(64, collation="ascii_bin"), "mysql", "mariadb")


class Base(DeclarativeBase):
    pass


class Account(Base):
    """A row of the application."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(sa.String(200))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    active: Mapped[bool] = mapped_column(default=True)
    plan: Mapped[str | None] = mapped_column(sa.String(20), default="free")
    handle: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    passage_id: Mapped[str | None] = mapped_column(EXACT, unique=True)


links_table(Base.metadata)
COLUMNS = {"phone": "phone", "active": "active"}


class Awaited:
    """An async store, each answer of which is waited for, so that one test serves both kinds."""

    def __init__(self, store):
        self._store, self._loop = store, asyncio.new_event_loop()

    def __getattr__(self, name):
        found = getattr(self._store, name)

        def call(*arguments):
            result = found(*arguments)
            return self._loop.run_until_complete(result) if inspect.isawaitable(result) else result

        return call

    def close(self):
        self._loop.run_until_complete(self._store._engine.dispose())
        self._loop.close()


def engine_of(url, *, poolclass=NullPool, **options):
    """An engine that leaves no connection behind, or one with a pool, which is to be disposed of."""
    wait = {"connect_args": {"timeout": 60}} if url.get_backend_name() == "sqlite" else {}
    return sa.create_engine(url, poolclass=poolclass, **wait, **options)


def store_of(url, *, engine=None, **options):
    """The users table of an application at this address, made anew."""
    engine = engine or engine_of(url)
    Base.metadata.create_all(engine)
    return SqlUsers(engine, Account, **{**COLUMNS, **options})


def async_store_of(url, **options):
    store_of(url)
    driver = {"sqlite": "sqlite+aiosqlite", "mariadb": "mariadb+aiomysql"}.get(url.get_backend_name(), url.drivername)
    return AsyncSqlUsers(
        create_async_engine(url.set(drivername=driver), poolclass=NullPool), Account, **COLUMNS, **options
    )


def add(store, *accounts):
    """Put rows into the table of a sync store; gives their keys."""
    with Session(store._engine) as session:
        session.add_all(accounts)
        session.commit()
        return [account.id for account in accounts]


def rows(store):
    """All rows, as pairs of email and Passage id."""
    with Session(store._engine) as session:
        found = [(row.email, row.passage_id) for row in session.scalars(sa.select(Account))]
        return sorted(found, key=str)


def parts_of(sandbox):
    """Verifier and directory of a sandbox."""
    verifier = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url)
    return verifier, Directory(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url)


def authenticator_of(sandbox, store, **options):
    return Authenticator(*(parts := parts_of(sandbox))[:1], store, parts[1], **options)


def register(sandbox, *, verified=True, **identifiers):
    """A user of Passage, who has followed the link to the identifier or not."""
    [user_id] = sandbox.add_users([identifiers])
    if verified:
        sandbox.store.sign_in(user_id, verifies="email" if "email" in identifiers else "phone")
    return user_id


def bearing(token, method="GET"):
    return Incoming(method, "example.org", f"Bearer {token}")
