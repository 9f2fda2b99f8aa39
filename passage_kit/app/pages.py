"""What the app's server answers: the home page, the steps, files, sign-in and sign-out."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from jupyter_server.auth import User
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from voila.tornado.handler import TornadoVoilaHandler

from passage_kit.app.home import Reader, busy_page, home_page, sign_in_page
from passage_kit.preparation.downloads import list_downloads
from passage_kit.translations import gettext
from passage_kit.workspace.session import HEADER, NOBODY, Session, begin_session, end_session, read_session
from passage_kit.workspace.workspace import Workspace

LAB_ALONE = "jupyterlab"  # tag of cells that speak of JupyterLab; the app leaves them out
_PAUSE = 1.0  # seconds after a wrong password
_LONGEST_NAME = 60
_PIECE = 1 << 20  # bytes of a file that are sent at a time
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


class AppPeople(PasswordIdentityProvider):
    """Who is signed in: whoever has the token or the password, under the name they gave."""

    def generate_anonymous_user(self, handler: web.RequestHandler) -> User:
        """Make an unnamed person who may come in."""
        return replace(super().generate_anonymous_user(handler), name=NOBODY, display_name=NOBODY)

    def process_login_form(self, handler: web.RequestHandler) -> User | None:
        """Check the password, and take the name."""
        user = super().process_login_form(handler)
        name = " ".join(handler.get_argument("name", "").split())[:_LONGEST_NAME] or NOBODY
        return replace(user, name=name, display_name=name) if user else None


class AppHandler(JupyterHandler):
    """What the answers share: the workspace, who asks, and that nothing is kept by caches."""

    def initialize(self, folder: Path, workspace: Workspace) -> None:
        """Take the folder of the notebooks, and the workspace in it."""
        self.folder, self.workspace = folder, workspace

    def set_default_headers(self) -> None:
        """Keep answers out of caches, and other types than the named one out of browsers."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """Say that something went wrong, without details."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(_said_of_error(status_code))

    @property
    def by_password(self) -> bool:
        """True if people sign in with a password, False if with the token."""
        return asks_for_password(self)


def _said_of_error(status: int) -> str:
    if status == 403:
        return gettext("This address does not open for you. Use the one that the command has printed, or sign in.")
    if status == 404:
        return gettext("There is no such page. Go back to the list of steps.")
    return gettext("Something went wrong. Go back to the list of steps.")


def reader_of(handler: JupyterHandler) -> Reader:
    """Tell who reads a page."""
    name = handler.current_user.display_name if handler.current_user else ""
    return Reader(handler.base_url, handler.xsrf_form_html(), name, asks_for_password(handler))


def asks_for_password(handler: JupyterHandler) -> bool:
    """Tell whether people sign in with a password; otherwise they do with the token."""
    provider = handler.identity_provider
    return isinstance(provider, AppPeople) and bool(provider.hashed_password)


def holder_of(handler: JupyterHandler, workspace: Workspace, *, take_over: bool = False) -> Session:
    """Let the person who asks work in the workspace, unless somebody else works there. Return who works there."""
    user = handler.current_user
    return begin_session(workspace.make().folder, user.username, user.display_name, take_over=take_over)


class HomeHandler(AppHandler):
    """The home page."""

    @web.authenticated
    def get(self) -> None:
        """Show the steps and the files."""
        holder = read_session(self.workspace.folder)
        mine = holder is not None and holder.ident == self.current_user.username
        if mine:
            holder = holder_of(self, self.workspace)
        self.finish(home_page(self.workspace, self.folder, reader_of(self), holder, mine))


class SessionHandler(AppHandler):
    """The buttons that take over, and that end one's work."""

    @web.authenticated
    def post(self) -> None:
        """Carry out the action of the button, and show the home page."""
        if self.get_body_argument("do", "") == "take over":
            holder_of(self, self.workspace, take_over=True)
        else:
            end_session(self.workspace.folder, self.current_user.username)
        self.redirect(self.base_url)


class FileHandler(AppHandler):
    """The outputs, and nothing else."""

    @web.authenticated
    async def get(self, name: str) -> None:
        """Send a file that the home page lists: the report as a page unless it is to be saved, the others to save."""
        found = next((it for it in list_downloads(self.workspace) if it.name == name), None)
        if found is None:
            raise web.HTTPError(404)
        if found.is_page and not self.get_query_argument("download", ""):
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Content-Security-Policy", _REPORT_POLICY)
        else:
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Disposition", f'attachment; filename="{found.path.name}"')
        with found.path.open("rb") as file:
            while piece := file.read(_PIECE):
                self.write(piece)
                await self.flush()


class SignInHandler(AppHandler):
    """The page that asks for the password."""

    @allow_unauthenticated
    def get(self) -> None:
        """Ask, unless the browser is signed in."""
        if self.current_user:
            self.redirect(self._next())
            return
        self.finish(sign_in_page(reader_of(self), self._next(), by_token=not self.by_password))

    @allow_unauthenticated
    async def post(self) -> None:
        """Check the password; after a wrong one, answer late."""
        user = self.identity_provider.process_login_form(self)
        if user is None:
            await asyncio.sleep(_PAUSE)
            self.set_status(401)
            self.finish(sign_in_page(reader_of(self), self._next(), refused=True, by_token=not self.by_password))
            return
        self.identity_provider.set_login_cookie(self, user)
        self.redirect(self._next())

    def _next(self) -> str:
        """Give the page to go to: the step that was asked for, else the home page; never another site."""
        step = re.fullmatch(rf"{re.escape(self.base_url)}(steps/[\w-]+\.ipynb)", self.get_query_argument("next", ""))
        return f"{self.base_url}{step[1] if step else ''}"


class SignOutHandler(AppHandler):
    """The button that signs out."""

    @web.authenticated
    def post(self) -> None:
        """End the work and the sign-in of this browser."""
        end_session(self.workspace.folder, self.current_user.username)
        self.identity_provider.clear_login_cookie(self)
        self.redirect(f"{self.base_url}login")


class StepHandler(TornadoVoilaHandler):
    """A notebook as a page, with a kernel of its own."""

    places: ClassVar[tuple[str, ...]] = ("folder", "workspace")

    def initialize(self, **kwargs: Any) -> None:
        """Take the folder and the workspace, and what Voila's own handler takes."""
        self.folder, self.workspace = (kwargs.pop(name) for name in self.places)
        super().initialize(**kwargs)

    @web.authenticated
    async def get(self, path: str = "") -> None:
        """Show a step, or who else works here."""
        if not (self.folder / path).is_file():
            raise web.HTTPError(404)
        holder = holder_of(self, self.workspace)
        if holder.ident != self.current_user.username:
            self.set_status(409)
            self.finish(busy_page(reader_of(self), holder))
            return
        self.request.headers[HEADER] = holder.ident  # whatever the browser has sent under this name
        await super().get(path)


def as_page(handler: JupyterHandler, notebook: nbformat.NotebookNode, cwd: str) -> nbformat.NotebookNode:
    """Make a page of a notebook: without what speaks of JupyterLab, and with the way back to the steps."""
    back = f"[← {gettext('All steps and files')}]({handler.base_url})"
    kept = [cell for cell in notebook.cells if LAB_ALONE not in cell.metadata.get("tags", ())]
    notebook.cells = [nbformat.v4.new_markdown_cell(back), *kept, nbformat.v4.new_markdown_cell(back)]
    return notebook
