"""A real HTTP server that answers what a test tells it to, and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import passage_kit as pk


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Script:
    """Answers in order, the last one again and again: status, body (JSON, or text as it is), headers."""

    answers: list[tuple[int, object, dict[str, str]] | Callable[[Asked], tuple[int, object, dict[str, str]]]]
    asked: list[Asked] = field(default_factory=list)
    base_url: str = ""

    def client(self, **settings) -> pk.PassageClient:
        return pk.PassageClient(app_id="app", api_key="s3cret-key", base_url=self.base_url, **settings)


@contextmanager
def scripted(*answers) -> Iterator[Script]:
    script = Script(list(answers))

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items()), body)
            script.asked.append(asked)
            answer = script.answers[min(len(script.asked), len(script.answers)) - 1]
            status, content, headers = answer(asked) if callable(answer) else answer
            data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
            self.send_response(status)
            kind = "text/html" if isinstance(content, str) else "application/json"
            for name, value in {"content-type": kind, "content-length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - names of the base class

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    script.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
