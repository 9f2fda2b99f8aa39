"""An application in Flask, whose users sign in with Passage."""

import os

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from passage_kit.golive import Authenticator, Directory, FlaskPassage, SqlUsers, TokenVerifier, links_table


class Base(DeclarativeBase):
    """The application's tables."""


class Account(Base):
    """A user of the application."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    passage_id: Mapped[str | None] = mapped_column(unique=True)


links_table(Base.metadata)


def create_app() -> Flask:
    """Make the application; its settings are in the environment."""
    engine = sa.create_engine(os.environ.get("DATABASE_URL", "sqlite:///accounts.db"))
    Base.metadata.create_all(engine)
    verifier = TokenVerifier(os.environ["PASSAGE_APP_ID"], auth_url=os.environ["PASSAGE_AUTH_URL"])
    authenticator = Authenticator(verifier, SqlUsers(engine, Account), Directory())
    authenticator.check()
    app = Flask(__name__)
    passage = FlaskPassage(authenticator, app)

    @app.get("/")
    def home() -> dict[str, str]:
        return {"hello": "everybody"}

    @app.get("/me")
    @passage.required
    def me() -> dict[str, str | int | None]:
        return {"id": passage.user.id, "email": passage.user.email}

    @app.post("/leave")
    @passage.required
    def leave() -> dict[str, int]:
        return {"left": passage.user.id}

    return app
