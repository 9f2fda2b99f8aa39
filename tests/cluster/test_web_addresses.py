"""A file of a web server is read whole by one worker; addresses that cannot be read are refused with a sentence."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from test_source_files import Counting, read_on_cluster

import passage_kit as pk
from passage_kit.cluster import csv_steps, json_steps, parquet_steps, source_files
from passage_kit.cluster.csv_steps import bytes_of
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.resuming import state_of
from passage_kit.errors import SourceError


@pytest.fixture
def site(tmp_path):
    """A folder, and its address; the server gives the whole file where a part is asked for."""
    folder = tmp_path / "site"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=folder)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.server
@pytest.mark.parametrize("name", ["users.csv", "users.ndjson"])
def test_a_large_file_of_a_web_server_is_read_once(tmp_path, site, name, monkeypatch):
    folder, address = site
    for steps in (source_files, json_steps, parquet_steps):
        monkeypatch.setattr(steps, "LARGE", 0)
    monkeypatch.setattr(csv_steps, "HEAD", 100)
    line = (
        "u{0}@example.org,Ann {0}\n" if name == "users.csv" else '{{"Mail": "u{0}@example.org", "Name": "Ann {0}"}}\n'
    )
    text = "Mail,Name\n" * (name == "users.csv") + "".join(line.format(number) for number in range(9_000))
    (folder / name).write_text(text)
    source, users, _, calls = read_on_cluster(f"{address}/{name}", tmp_path / "work")
    assert calls["read"] == 1
    assert users["Mail"].tolist() == [f"u{number}@example.org" for number in range(9_000)]
    assert source.sha256 == pk.read_source(folder / name).sha256


@pytest.mark.server
def test_a_run_of_a_file_of_a_web_server_begins_anew(site):
    folder, address = site
    (folder / "users.csv").write_text("Mail\nann@example.org\n")
    assert state_of(f"{address}/users.csv") != state_of(f"{address}/users.csv")


@pytest.mark.server
def test_what_cannot_be_read_is_said_without_the_key_in_an_address(tmp_path, site):
    given = {"client": Counting(), "out": tmp_path / "out"}
    with pytest.raises(SourceError, match=r"users\.csv cannot be read: .*Check the address"):
        prepare_on_cluster(f"{site[1]}/users.csv", **given)
    with pytest.raises(SourceError, match="is given with a query") as refused:
        prepare_on_cluster(f"{site[1]}/users.csv?key=tulip", **given)
    assert "tulip" not in str(refused.value)


def test_bytes_that_are_not_there_any_more_are_said(tmp_path):
    path = tmp_path / "users.csv"
    path.write_bytes(b"Mail\nann@example.org\n")
    assert bytes_of(str(path), 5, 8) == b"ann"
    with pytest.raises(SourceError, match=r"users\.csv changed while it was read"):
        bytes_of(str(path), 5, 80)


@pytest.mark.parametrize(
    ("address", "is_for_workers"),
    [("s3://people/users.csv", True), ("abfs://people/users.csv", True), ("https://example.org/users.csv", False)],
)
def test_the_address_of_a_store_is_refused_with_the_way_that_reads_it(run, tmp_path, address, is_for_workers):
    code, _, err = run("prepare", address, "--out", tmp_path / "out")
    assert code == 2
    assert "Download the file, and give its path" in " ".join(err.split())
    assert ("--cluster local" in err) == is_for_workers
