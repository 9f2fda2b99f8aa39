"""An application in FastAPI with async SQLAlchemy, whose users sign in with Passage."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from passage_kit.golive import AsyncAuthenticator, AsyncSqlUsers, Directory, FastApiUser, TokenVerifier, links_table


class Base(DeclarativeBase):
    """The application's tables."""


class Account(Base):
    """A user of the application."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    plan: Mapped[str] = mapped_column(default="free")
    passage_id: Mapped[str | None] = mapped_column(unique=True)


links_table(Base.metadata)


def create_app() -> FastAPI:
    """Make the application; its settings are in the environment."""
    engine = create_async_engine(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///accounts.db"))
    verifier = TokenVerifier(os.environ["PASSAGE_APP_ID"], auth_url=os.environ["PASSAGE_AUTH_URL"])
    authenticator = AsyncAuthenticator(verifier, AsyncSqlUsers(engine, Account), Directory(), status_within=60)
    current_user = FastApiUser(authenticator)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await authenticator.check()
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def home() -> dict[str, str]:
        return {"hello": "everybody"}

    @app.get("/me")
    async def me(user: Annotated[Account, Depends(current_user)]) -> dict[str, str | int | None]:
        return {"id": user.id, "email": user.email, "plan": user.plan}

    @app.post("/plan/{name}")
    async def change_plan(name: str, user: Annotated[Account, Depends(current_user)]) -> dict[str, str]:
        async with AsyncSession(engine) as session, session.begin():
            account = await session.merge(user, load=False)
            account.plan = name
        return {"plan": name}

    return app
