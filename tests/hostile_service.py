"""A Management API that lies, forgets and loses answers: a real HTTP server on loopback, for the tests.

It keeps its users in memory, and does what its switches say. ``hold`` stops it at a moment, so that a test can kill a
command there::

    with hostile(created_at=None) as service, service.client() as client:
        pk.push_users(workspace, client=client)
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from waiting import until

import passage_kit as pk

NOW = "now"
NEVER = "0001-01-01T00:00:00Z"
APP, KEY = "hostile-app", "hostile-key"


@dataclass
class Hold:
    """A moment at which the service stops: ``reached`` says that a request is there, ``drop`` loses it."""

    operation: str
    when: str
    skip: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def is_lost(self, operation: str, when: str) -> bool:
        """Stop here if it is the moment; True if the request is lost."""
        if (operation, when) != (self.operation, self.when):
            return False
        self.skip -= 1
        if self.skip >= 0:
            return False
        self.reached.set()
        self.release.wait(60)
        return True

    def drop(self) -> None:
        """Lose all requests that were stopped: not carried out if they were stopped before that."""
        self.release.set()


@dataclass
class HostileService:
    """Users and switches of the service.

    Parameters
    ----------
    created_at : str or None
        What answers say of the creation: NOW, a fixed text, or None for nothing.
    date : bool
        Whether answers have a Date header.
    clock : float
        Seconds by which the service's clock is ahead; a test may change it on the way.
    same_id : str
        The id of every user in every answer, if given.
    somebody_else : bool
        Answer 201 with the identifiers of somebody else, and an id of its own for each.
    first_of_all : bool
        Answer 201 with the first user that there is.
    deduplicates : bool
        Answer a repeated identifier with the user who has it; otherwise make another one.
    stale : bool
        The list lacks whoever is there; a lookup finds them.
    stale_lookup : bool
        A lookup finds nobody.
    signs_up : set of str
        Identifiers of people who sign up by themselves just before their creation is handled.
    lost : callable
        Takes operation and number of the request, and returns "before" or "after" if the answer is to be lost.
    refused : dict of str to int
        Operations that are refused, with the status.
    told : callable
        Takes operation and truthful answer, and returns what is answered instead.
    framed : callable, optional
        Takes status, body and date of an answer, and returns all bytes that are sent for it.
    """

    created_at: str | None = NOW
    date: bool = True
    clock: float = 0.0
    same_id: str = ""
    somebody_else: bool = False
    first_of_all: bool = False
    deduplicates: bool = True
    stale: bool = False
    stale_lookup: bool = False
    signs_up: set[str] = field(default_factory=set)
    lost: Callable[[str, int], str | None] = lambda _operation, _number: None
    refused: dict[str, int] = field(default_factory=dict)
    told: Callable[[str, tuple[int, Any]], tuple[int, Any]] = lambda _operation, answer: answer
    framed: Callable[[int, bytes, str], bytes] | None = None
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    base_url: str = ""
    hold: Hold | None = None

    def __post_init__(self) -> None:
        self._lock, self._numbers = threading.RLock(), count(1)

    def add(self, *, created_at: str | None = "2020-01-01T00:00:00Z", **given: Any) -> str:
        """Add a user who is there already; return the id."""
        with self._lock:
            number = next(self._numbers)
            ident = f"Hostile{number:017d}"
            user = {"id": ident, "email": "", "phone": "", "user_metadata": None, "created_at": created_at}
            self.users[ident] = {**user, "login_count": 0, "last_login_at": NEVER, "status": "active", **given}
            return ident

    def requests(self, operation: str) -> int:
        return self.asked.count(operation)

    def metadata(self, ident: str) -> dict[str, Any]:
        return self.users[ident]["user_metadata"] or {}

    def emails(self) -> list[str]:
        return sorted(user["email"] for user in self.users.values())

    def client(self, **settings: Any) -> pk.PassageClient:
        usual = {"concurrency": 4, "timeout": (5.0, 5.0)}
        return pk.PassageClient(app_id=APP, api_key=KEY, base_url=self.base_url, **{**usual, **settings})

    @property
    def environment(self) -> dict[str, str]:
        return {"PASSAGE_APP_ID": APP, "PASSAGE_API_KEY": KEY, "PASSAGE_BASE_URL": self.base_url}

    def stop_at(self, operation: str, when: str, *, skip: int = 0) -> Hold:
        """Stop at the next request of a kind, before it is carried out or before it is answered."""
        self.hold = Hold(operation, when, skip)
        return self.hold

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.clock)

    # What it does

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        for identifier in {body.get("email"), body.get("phone")} & self.signs_up:
            name = "email" if "@" in identifier else "phone"
            self.add(created_at=self._moment(), **{name: identifier})
        there = self._of(body.get("email")) or self._of(body.get("phone"))
        if there and self.deduplicates:
            return there
        given = {name: body.get(name) or "" for name in ("email", "phone")}
        made = self.users[self.add(created_at=self._moment(), user_metadata=body.get("user_metadata"), **given)]
        if self.somebody_else:
            return {**made, "email": "somebody.else@example.net", "phone": ""}
        return next(iter(self.users.values())) if self.first_of_all else made

    def _moment(self) -> str | None:
        return self.now().isoformat() if self.created_at == NOW else self.created_at

    def _of(self, identifier: str | None) -> dict[str, Any] | None:
        wanted = (identifier or "").lower()
        return next((it for it in self.users.values() if wanted and wanted in (it["email"], it["phone"])), None)

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        found = [*self.users.values()]
        if "identifier" in query:
            wanted = query["identifier"]
            found = [] if self.stale_lookup else [it for it in found if wanted in (it["email"], it["phone"])]
        elif self.stale:
            found = []
        if "login_count" in query:
            found = [it for it in found if it["login_count"] > 0]
        limit, number = int(query.get("limit", 15)), int(query.get("page", 1))
        some = found[(number - 1) * limit : number * limit]
        anchor = int(self.now().timestamp()) + 1 if self.date else None
        return {"users": [*map(self._shown, some)], "total_users": len(found), "created_before": anchor}

    def _shown(self, user: dict[str, Any]) -> dict[str, Any]:
        shown = {**user, "id": self.same_id or user["id"]}
        return shown if user["created_at"] else {name: it for name, it in shown.items() if name != "created_at"}

    def answer(self, method: str, path: list[str], query: dict[str, str], data: bytes) -> tuple[int, Any]:
        """Carry out a request; ``path`` is what follows the app's id."""
        if path == ["users"]:
            if method == "GET":
                return 200, self.page(query)
            return 201, {"user": self._shown(self.create(json.loads(data)))}
        if not path:
            return 200, {"app": {"id": APP, "name": "Hostile"}}
        if path[0] != "users":
            return 404, {"code": "not_found", "error": "Not found"}
        user = self.users.get(unquote(path[1])) or (self._first() if path[1] == self.same_id else None)
        if user is None:
            return 404, {"code": "user_not_found", "error": "User not found"}
        if method == "DELETE":
            del self.users[user["id"]]
            return 200, {}
        if method == "PATCH":
            user.update(json.loads(data))
        return 200, {"user": self._shown(user)}

    def _first(self) -> dict[str, Any] | None:
        return next(iter(self.users.values()), None)

    def handle(self, method: str, path: list[str], query: dict[str, str], data: bytes) -> tuple[int, Any] | None:
        """Carry out a request, with its hold and its fault; None for an answer that is lost."""
        operation = _operation(method, path, query)
        with self._lock:
            self.asked.append(operation)
            fault = self.lost(operation, self.requests(operation))
        if fault == "before" or (self.hold and self.hold.is_lost(operation, "before")):
            return None
        if operation in self.refused:
            return self.refused[operation], {"code": "invalid_request", "error": "no"}
        with self._lock:
            answer = self.answer(method, path, query, data)
        lost = fault == "after" or (self.hold is not None and self.hold.is_lost(operation, "after"))
        return None if lost else self.told(operation, answer)


def _operation(method: str, path: list[str], query: dict[str, str]) -> str:
    if path == ["users"]:
        return "create" if method == "POST" else "lookup" if "identifier" in query else "list"
    if not path or path[0] != "users":
        return path[0] if path else "app"
    return {"GET": "get", "PATCH": "update", "DELETE": "delete"}[method]


@contextmanager
def hostile(**switches: Any) -> Iterator[HostileService]:
    """Run the service within a block."""
    service = HostileService(**switches)

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = [it for it in parts.path.split("/") if it][3:]  # /v1/apps/{app}
            answer = service.handle(self.command, path, dict(parse_qsl(parts.query)), data)
            if answer is None:
                self.close_connection = True
                return
            status, content = answer
            body = json.dumps(content).encode()
            if service.framed is not None:
                self.wfile.write(service.framed(status, body, format_datetime(service.now(), usegmt=True)))
                return
            self.send_response_only(status)
            if service.date:
                self.send_header("date", format_datetime(service.now(), usegmt=True))
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - names of the base class

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, BrokenPipeError):
                self.close_connection = True  # whoever asked was killed

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    service.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield service
    finally:
        if service.hold:
            service.hold.drop()
        server.shutdown()
        server.server_close()
        thread.join()


def reached(hold: Hold) -> None:
    """Wait until the service has stopped."""
    until(hold.reached.is_set)
