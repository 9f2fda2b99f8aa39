"""Connections that fail: each says what is wrong, and holds no secret."""

import gc
import shutil
import socket
import ssl
import subprocess
import threading
import warnings
from contextlib import suppress

import pytest
import sqlalchemy as sa
from servers import PASSWORD, written

from passage_kit.database.connections import connect
from passage_kit.database.urls import database_url, open_engine
from passage_kit.errors import DatabaseError, SourceError

SECRET = "s3cret-of-nobody"  # noqa: S105 - nobody's


def said(address, failure=DatabaseError):
    """What is said about an address that cannot be reached."""
    engine = open_engine(database_url(address, failure=failure), failure=failure)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # PyMySQL leaves the socket of a failed connection open
        with pytest.raises(failure) as caught:
            connect(engine, failure=failure).close()
        engine.dispose()
        gc.collect()
    assert caught.value.__cause__ is None
    assert SECRET not in str(caught.value)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def silent_port():
    """A port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("backend", ["postgresql", "mysql"])
class TestAddresses:
    @pytest.mark.slow
    def test_a_port_on_which_nothing_listens(self, backend, silent_port):
        found = said(f"{backend}://app:{SECRET}@127.0.0.1:{silent_port}/app")
        assert "cannot be reached" in found
        assert "Check host and port" in found

    @pytest.mark.slow
    def test_a_host_that_is_not_there(self, backend):
        assert "Check the name of the host" in said(f"{backend}://app:{SECRET}@nowhere.invalid/app")

    @pytest.mark.slow
    def test_a_socket_that_is_not_there(self, backend, tmp_path):
        option = "host" if backend == "postgresql" else "unix_socket"
        assert "Check host and port" in said(f"{backend}://app:{SECRET}@/app?{option}={tmp_path}/none")

    def test_an_option_that_the_driver_does_not_know(self, backend, silent_port):
        found = said(f"{backend}://app:{SECRET}@127.0.0.1:{silent_port}/app?colour={SECRET}", SourceError)
        assert "has an option that the driver does not know" in found


@pytest.mark.slow
@pytest.mark.parametrize("server", ["postgres", "mariadb"])
class TestServers:
    @pytest.mark.parametrize(
        ("change", "advice"),
        [
            ({"password": SECRET}, "Check user and password"),
            ({"username": "nobody"}, "Check user and password"),
            ({"database": "nowhere"}, "Check the name at the end of the URL"),
        ],
    )
    def test_what_the_server_refuses(self, server, change, advice, request):
        url = request.getfixturevalue(server)
        assert advice in said(written(url.set(**change)))

    def test_what_is_right(self, server, request):
        engine = open_engine(request.getfixturevalue(server))
        with connect(engine) as connection:
            assert connection.exec_driver_sql("SELECT 1").first() == (1,)
        engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("option", ["ssl_ca", "ssl_cert"])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_a_certificate(option, content, tmp_path, silent_port):
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    found = said(f"mysql://app:{SECRET}@127.0.0.1:{silent_port}/app?{option}={path}")
    assert (f"Correct {option} in the URL: there is no such file" if content is None else "Correct the file") in found


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ('server certificate for "a" does not match host name "b"', "made out to another host"),
        ("Hostname mismatch, certificate is not valid for 'b'. (_ssl.c:1006)", "made out to another host"),
        ("server does not support SSL, but SSL was required", "the server has none"),
        ("Connections using insecure transport are prohibited while --require_secure_transport=ON", "with TLS only"),
        ("no pg_hba.conf entry for host, no encryption", "rules let nobody in"),
        ("connection timeout expired", "the firewall"),
        ("canceling statement due to statement timeout", "too little time"),
        ("terminating connection due to idle-in-transaction timeout", "too little time"),
        ("FATAL:  sorry, too many clients already", "no connection left"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)",
            "ssl_ca=",
        ),
        ("something that nobody has seen", "Check host and port"),
    ],
)
def test_what_drivers_say(text, advice):
    engine = open_engine(database_url("postgresql://h/x"))

    def refuse(*_):
        raise sa.exc.OperationalError("", {}, Exception(text))

    sa.event.listen(engine, "do_connect", refuse)
    with pytest.raises(DatabaseError, match=advice):
        connect(engine)


def make_certificate(folder):
    """Make a self-signed certificate and its key."""
    names = folder / "server.crt", folder / "server.key"
    command = ["openssl", "req", "-new", "-x509", "-days", "2", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", names[1], "-out", names[0]], check=True, capture_output=True)
    return names


@pytest.fixture
def certificate(tmp_path):
    """A self-signed certificate and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return make_certificate(tmp_path)


@pytest.fixture
def self_signed(certificate):
    """A port on which something speaks TLS as PostgreSQL does, with a certificate that nobody has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:  # closed
                    return
                with connection, suppress(OSError):
                    connection.recv(8)
                    connection.sendall(b"S")
                    context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.slow
def test_a_self_signed_certificate(self_signed, certificate, tmp_path):
    address = f"postgresql://app:{SECRET}@127.0.0.1:{self_signed}/app?sslmode=verify-full&sslrootcert="
    (tmp_path / "other").mkdir()
    assert "may be self-signed. Name the file" in said(f"{address}{make_certificate(tmp_path / 'other')[0]}")
    assert "made out to another host" in said(f"{address}{certificate[0]}")
    assert "Correct sslrootcert" in said(f"{address}{tmp_path}/none.pem")


@pytest.mark.slow
def test_a_connection_that_was_to_be_encrypted_and_is_not(mariadb, certificate):
    found = said(written(mariadb.update_query_dict({"ssl_ca": str(certificate[0])})))
    assert "the connection is not encrypted" in found
