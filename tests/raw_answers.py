"""A server that answers each request with the bytes that a test gives, whether they are HTTP or not."""

from __future__ import annotations

import datetime as dt
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import passage_kit as pk

KEY = "s3cret-key-of-a-person"
Pieces = Iterable[bytes]


@dataclass
class Raw:
    """Answer of a raw server: from the request's head to the pieces that are sent one after the other."""

    answer: Callable[[bytes], Pieces]
    base_url: str = ""
    asked: list[bytes] = field(default_factory=list)

    def client(self, **settings) -> pk.PassageClient:
        return pk.PassageClient(app_id="app", api_key=KEY, base_url=self.base_url, **settings)


def http(body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    """An answer of HTTP with its length."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@contextmanager
def raw_answers(answer: Callable[[bytes], Pieces] | bytes, *, tls: ssl.SSLContext | None = None) -> Iterator[Raw]:
    raw = Raw(answer if callable(answer) else lambda _: [answer])

    class Answering(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connection: socket.socket = self.request
            with suppress(OSError, ValueError):  # the client may go away, and a handshake may fail
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                data = b""
                while b"\r\n\r\n" not in data:
                    if not (more := connection.recv(65_536)):
                        return
                    data += more
                head, _, body = data.partition(b"\r\n\r\n")
                lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                missing = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
                while missing > 0 and (more := connection.recv(65_536)):
                    missing -= len(more)
                raw.asked.append(head)
                for piece in raw.answer(head):
                    connection.sendall(piece)
                connection.close()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        block_on_close = False
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    raw.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield raw
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, *, name: str = "127.0.0.1", days: int = 1, issuer: bool = False) -> tuple[Path, Path]:
    """Make a certificate, for a number of days from now or until days ago: its file with the key, and its issuer's."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def signed(subject, key, by, by_key, *, authority):
        start = dt.datetime.now(dt.UTC) + dt.timedelta(days=min(days, 0) * 2 - 1)
        names = [x509.IPAddress(ip_address(name))] if name[0].isdigit() else [x509.DNSName(name)]
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(by_key, hashes.SHA256())
        )

    def called(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    key, by_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    by = signed(called("an authority"), by_key, called("an authority"), by_key, authority=True)
    own = signed(
        called(name),
        key,
        called("an authority") if issuer else called(name),
        by_key if issuer else key,
        authority=not issuer,
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path, authority = folder / "own.pem", folder / "authority.pem"
    path.write_bytes(private + own.public_bytes(pem))
    authority.write_bytes((by if issuer else own).public_bytes(pem))
    return path, authority


def tls_of(path: Path) -> ssl.SSLContext:
    """The encryption of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
