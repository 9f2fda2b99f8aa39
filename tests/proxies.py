"""A real nginx in front of a server of a test, with the lines of the documentation."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from waiting import LONG, until

GUIDE = Path(__file__).parents[1] / "docs" / "how-to" / "deploy-app.md"
NO_NGINX = "nginx is not installed (apt-get install nginx-light); .ci/run installs it"
_AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{lines}
}}
"""


@contextmanager
def nginx(folder: Path, port: int, app_port: int) -> Iterator[Path]:
    """Run nginx with the documented lines, on another port and without TLS; give its access log."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(NO_NGINX)
    documented = re.search(r":caption: nginx.conf\n\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1]
    lines = re.sub(r"\n *ssl_certificate.*", "", documented)
    lines = lines.replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace(
        "127.0.0.1:8866", f"127.0.0.1:{app_port}"
    )
    config = folder / "nginx.conf"
    config.write_text(_AROUND.format(folder=folder, lines=lines), encoding="utf-8")
    started = subprocess.Popen([program, "-p", folder, "-c", config, "-e", folder / "error.log"])
    try:
        until(lambda: (folder / "nginx.pid").exists() or started.poll() is not None)
        assert started.poll() is None, (folder / "error.log").read_text()
        yield folder / "access.log"
    finally:
        started.terminate()
        started.wait(timeout=LONG)
