import re
import subprocess
import sys

import httpx
import pytest
from browsing import free_port
from waiting import LONG

from passage_kit.app.server import app_config
from passage_kit.cli.notebook_server import copy_notebooks
from passage_kit.errors import OptionError


def test_an_app_is_for_this_machine_and_who_has_the_token_and_fetches_nothing():
    settings = app_config().Voila
    assert (settings["ip"], settings["auto_token"], settings["base_url"]) == ("127.0.0.1", True, "/")
    given = settings["tornado_settings"]
    assert given["headers"]["Content-Security-Policy"].startswith("default-src 'self'")
    assert "https:" not in given["headers"]["Content-Security-Policy"]
    assert given["allow_remote_access"] is False
    assert given["local_hostnames"] == ["localhost"]
    assert given["headers"]["Access-Control-Allow-Origin"] == "http://127.0.0.1"


@pytest.mark.parametrize(
    ("address", "base", "host", "secure"),
    [
        ("https://tools.example.org/migration", "/migration/", "tools.example.org", True),
        ("https://tools.example.org:8443/a/b/", "/a/b/", "tools.example.org", True),
        ("http://127.0.0.1:8080", "/", "127.0.0.1", False),
    ],
)
def test_a_proxy_names_its_host_and_its_path(address, base, host, secure):
    config = app_config(address, "argon2:x")
    assert config.Voila["base_url"] == base
    assert config.Voila["auto_token"] is False
    assert config.Voila["tornado_settings"]["local_hostnames"] == ["localhost", host]
    assert config.Voila["tornado_settings"]["xsrf_cookie_kwargs"]["secure"] is secure
    assert config.AppPeople["secure_cookie"] is secure


def test_an_app_behind_a_proxy_needs_a_password():
    with pytest.raises(OptionError, match="needs a password"):
        app_config("https://tools.example.org/")


@pytest.mark.parametrize("address", ["tools.example.org", "ftp://tools.example.org", "https:///m/", "https://a.b/?c=d"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(OptionError, match="--behind is no address"):
        app_config(address, "argon2:x")


@pytest.mark.slow
def test_an_app_answers_to_names_of_this_machine_alone_and_echoes_no_origin(tmp_path):
    copy_notebooks(tmp_path)
    command = [sys.executable, "-m", "passage_kit", "lab", str(tmp_path), "--app", "--no-browser"]
    command += [f"--Voila.port={free_port()}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as app:
        try:
            said = (re.search(r"(http://\S+:\d+)/\?(token=\w+)", line) for line in app.stdout)
            address, token = next(found for found in said if found).groups()
            answers = {
                host: httpx.get(
                    f"{address}/?{token}", headers={"host": host, "origin": "http://evil.example"}, timeout=LONG
                )
                for host in ("127.0.0.1", "localhost", "evil.example")
            }
            without = httpx.get(f"{address}/login", timeout=LONG)
        finally:
            app.terminate()
    assert {host: answer.status_code for host, answer in answers.items()} == {
        "127.0.0.1": 200, "localhost": 200, "evil.example": 403,
    }  # fmt: skip
    assert all("evil" not in answer.headers.get("access-control-allow-origin", "") for answer in answers.values())
    assert "The steps" in answers["localhost"].text
    assert "with its token" in without.text
