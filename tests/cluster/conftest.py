import fsspec
import pytest
from forked_workers import forked_workers
from moto.server import ThreadedMotoServer


@pytest.fixture(scope="module")
def client():
    """Client of two workers in processes of their own."""
    with forked_workers(2) as client:
        yield client


@pytest.fixture
def bucket(monkeypatch):
    """An empty bucket of a local stand-in for S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    access = {"endpoint_url": f"http://{host}:{port}", "key": "test", "secret": "test"}
    monkeypatch.setitem(fsspec.config.conf, "s3", access)
    fsspec.filesystem("s3").mkdir("people")
    yield "s3://people"
    fsspec.filesystem("s3").rm("people", recursive=True)
    fsspec.filesystem("s3").clear_instance_cache()
    server.stop()
