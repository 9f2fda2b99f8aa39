"""The server of the app: Voila with the kit's own home page, for one workspace, on this machine or behind a proxy."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.utils import url_path_join
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from passage_kit.app.pages import (
    AppPeople,
    FileHandler,
    HomeHandler,
    SessionHandler,
    SignInHandler,
    SignOutHandler,
    StepHandler,
    as_page,
)
from passage_kit.errors import OptionError
from passage_kit.workspace.session import HEADER, end_session
from passage_kit.workspace.workspace import Workspace

WORKSPACE = "migration"  # as the notebooks call it
_OWN_ALONE = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss: data: blob:; frame-ancestors 'self'; "
    "form-action 'self'"
)
# Bytes of the largest message from the page. Tornado's own limit of 10 MB ends the connection when a list is uploaded.
LARGEST_UPLOAD = 150 * 2**20
# Seconds until a kernel goes whose page is gone without a farewell: a lid that was closed.
_FORSAKEN = 8 * 3600


class AppServer(Voila):
    """Voila without its tree and its files, and with the home page, the sign-in and the files of the kit."""

    @property
    def place(self) -> dict[str, Any]:
        """Folder of the notebooks, and the workspace in it."""
        folder = Path(self.root_dir)
        return {"folder": folder, "workspace": Workspace(folder / WORKSPACE)}

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Put the kit's own pages before those of Voila, and leave out what they replace."""
        own = [
            ("", HomeHandler),
            ("session", SessionHandler),
            ("login", SignInHandler),
            ("logout", SignOutHandler),
            (r"files/(.+)", FileHandler),
            (rf"steps/{WORKSPACE}/(.+)", FileHandler),  # links of the notebooks lead there
        ]
        of_voila = {"template_paths": self.template_paths, "config": self.config}
        step = {**of_voila, "voila_configuration": self.voila_configuration, **self.place}
        kept = [handler for handler in super().init_handlers() if handler[1] not in self._replaced()]
        return [
            *((f"{self.server_url}{path}", handler, self.place) for path, handler in own),
            (rf"{self.server_url}steps/([\w-]+\.ipynb)", StepHandler, step),
            *kept,
        ]

    def _replaced(self) -> set[type]:
        people = {handler for _, handler in self.identity_provider.get_handlers()}
        return {
            *people,
            *(AllowListFileHandler, VoilaContentsHandler, TornadoVoilaHandler, TornadoVoilaTreeHandler),
        }


def app_config(behind: str | None = None, hashed: str | None = None) -> Config:
    """Build the settings of the server.

    Parameters
    ----------
    behind : str, optional
        The address at which a reverse proxy serves the app. Its host is then a name in ``Host``, its path stands before
        every page, and cookies are for https alone if it is one. Default: names of this machine alone.
    hashed : str, optional
        The hashed password. Default: a token, which the server prints.

    Raises
    ------
    OptionError
        If the address is none, or there is no password for it.
    """
    base, names, secure = "/", ["localhost"], False
    if behind is not None:
        parts = urlsplit(behind)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise OptionError("--behind is no address, expected one such as https://tools.example.org/migration/.")
        if hashed is None:
            raise OptionError("An app behind a proxy needs a password. Give --password.")
        base, secure = url_path_join("/", parts.path, "/"), parts.scheme == "https"
        names.append(parts.hostname)
    # Only names that are ours in Host, against sites that let their own name point here; and no page of another
    # origin may read an answer: without a header of our own, the origin of whoever asks is echoed.
    headers = {"Content-Security-Policy": _OWN_ALONE, "Access-Control-Allow-Origin": "http://127.0.0.1"}
    cookies = {"samesite": "Lax", "secure": secure}
    return Config(
        Voila={
            "ip": "127.0.0.1",
            "base_url": base,
            "identity_provider_class": AppPeople,
            "auto_token": hashed is None,
            "open_browser": behind is None,
            "custom_display_url": behind or "",
            "tornado_settings": {
                "headers": headers,
                "allow_remote_access": False,
                "local_hostnames": names,
                "websocket_max_message_size": LARGEST_UPLOAD,
                "xsrf_cookie_kwargs": cookies,
            },
        },
        # The kit's errors say what to do; a notebook shows them without a traceback.
        VoilaConfiguration={"prelaunch_hook": as_page, "http_header_envs": [HEADER], "show_tracebacks": True},
        MappingKernelManager={"cull_idle_timeout": _FORSAKEN, "cull_interval": 300},
        AppPeople={
            "hashed_password": hashed or "",
            "allow_password_change": False,
            "secure_cookie": secure,
            "cookie_options": {"samesite": "Lax"},
        },
    )


def serve_app(folder: str | Path, *extra: str, behind: str | None = None, hashed: str | None = None) -> int:
    """Serve the notebooks of a folder as an app until the process is told to end.

    Parameters
    ----------
    folder : str or pathlib.Path
    *extra : str
        Further arguments for Voila, such as ``--no-browser``.
    behind, hashed : str, optional
        As in :func:`app_config`.

    Returns
    -------
    int
        Exit code.
    """
    folder = Path(folder).resolve()
    config = app_config(behind, hashed)
    end_session(folder / WORKSPACE)  # of a server before
    AppServer.launch_instance([str(folder), *extra], config=config)
    return 0
