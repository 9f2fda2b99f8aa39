"""An application in Starlette, whose users sign in with Passage; its database calls are synchronous, in threads."""

import os

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from passage_kit.golive import (
    Authenticator,
    Directory,
    RequestRefusedError,
    SqlUsers,
    StarletteBackend,
    TokenVerifier,
    answer_refusal,
    links_table,
    starlette_user,
)


class Base(DeclarativeBase):
    """The application's tables."""


class Account(Base):
    """A user of the application."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    passage_id: Mapped[str | None] = mapped_column(unique=True)


links_table(Base.metadata)


async def home(request: Request) -> JSONResponse:
    """Greet everybody."""
    return JSONResponse({"signed_in": request.user.is_authenticated})


async def me(request: Request) -> JSONResponse:
    """Show the user."""
    account = starlette_user(request)
    return JSONResponse({"id": account.id, "email": account.email})


async def leave(request: Request) -> JSONResponse:
    """Change something."""
    return JSONResponse({"left": starlette_user(request).id})


def create_app() -> Starlette:
    """Make the application; its settings are in the environment."""
    engine = sa.create_engine(os.environ.get("DATABASE_URL", "sqlite:///accounts.db"))
    Base.metadata.create_all(engine)
    verifier = TokenVerifier(os.environ["PASSAGE_APP_ID"], auth_url=os.environ["PASSAGE_AUTH_URL"])
    authenticator = Authenticator(verifier, SqlUsers(engine, Account, active="active"), Directory())
    authenticator.check()
    return Starlette(
        routes=[Route("/", home), Route("/me", me), Route("/leave", leave, methods=["POST"])],
        middleware=[Middleware(AuthenticationMiddleware, backend=StarletteBackend(authenticator))],
        exception_handlers={RequestRefusedError: answer_refusal},
    )
