"""Property tests explore a little and anew at the desk; in CI they try 200 examples of each promise, always the same.

The fixtures ``sandbox`` and ``http`` are a running sandbox and a plain client with its key; ``standing_sandbox`` and
``standing_http`` are shared by a module, for tests that leave no user behind. ``postgres``, ``mariadb`` and ``sqlite``
are the URLs of empty databases, ``application`` is each of them in turn. ``run`` runs the command line, and ``nursery``
runs scripts in processes of their own. ``plain_install`` is the kit alone in a fresh environment, where its notebooks
ran.
"""

import gc
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any

import pytest
import servers
import sqlalchemy as sa
from clients import client_of
from few import mark_all_but_few
from filelock import FileLock
from hypothesis import HealthCheck, settings
from nursery import Nursery
from plain_install import PlainInstall

from passage_kit.cli import main
from passage_kit.cli.notebook_server import copy_notebooks
from passage_kit.sandbox import Sandbox

# Whatever reads notebooks loads jsonschema, which would build 39 grammars of IRIs: three seconds of each worker, for
# addresses that no notebook of ours has. Without this module it leaves them unchecked.
sys.modules["rfc3987_syntax"] = None

gc.disable()  # until the tests are collected

# The texts that tests look for are English, whatever the machine speaks; processes that a test starts inherit it.
os.environ["PASSAGE_KIT_LANGUAGE"] = "en"

# No deadline for an example, and none for making it: how long they take tells of the machine.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", max_examples=200, derandomize=True, **_PATIENT)
settings.register_profile("at-the-desk", max_examples=10, **_PATIENT)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "at-the-desk")

pytest_plugins = ["django_project"]  # its fixtures; Django itself is loaded by the first that is asked for
# The views need the project to have started; this file is one of several of its name, and has no examples.
collect_ignore = ["django_views.py", "conftest.py"]
_numbers = itertools.count(1)
# Fixtures that start a server.
_SERVERS = {"sandbox", "standing_sandbox", "postgres_server", "system_postgres", "mariadb_server"}
_shared: dict[str, Any] = {}
_until_the_group_ends = ExitStack()
_STARTED = {"Sandbox", "SandboxClient", "scripted"}  # names in modules whose tests start one themselves
# Files that take a worker longest, or keep it waiting: they begin first, so that no worker is alone with one at last.
# Each of five workers is given two at the beginning, so that those behind the chains of browser tests are short.
_LONGEST = [
    "test_browser_journey", "test_browser_fix", "test_browser", "test_browser_values", "test_browser_review",
    "test_plain_install", "test_browser_app", "test_docs", "test_masking", "test_errors", "test_since_steps",
    "test_row_accounting", "test_benchmarks", "test_hostile_tables", "test_site", "test_killed_workers",
    "test_fixed_steps", "test_openapi", "test_writeback", "test_notebooks", "test_lost_plus", "test_part_lists",
    "test_prepare", "test_value_judges", "test_resuming", "test_storage", "test_worker_counts", "test_fixes",
    "test_people_in_parts", "test_fault_matrix", "test_source_files", "test_copied_outputs", "test_damaged_files",
    "test_dates", "test_changes", "test_settle_decisions", "test_merge", "test_month_names",
    "test_partitions", "test_pandera_schema", "test_field_values", "test_since", "test_tokens", "test_linked_ranges",
    "test_large_runs", "test_fast_paths", "test_closed_folders", "test_collations", "test_browser_notebook7",
    "test_authenticator", "test_stores", "test_example_apps", "test_sending", "test_private_files",
    "test_known_answers", "test_layout_files", "test_proposed_fields", "test_phone_columns", "test_phones",
    "test_unreadable_emails", "test_prepare_kinds",
    "test_full_disk", "test_rights_and_locks", "test_hostile_answers", "test_writeback_undo", "test_fuzzed_files",
]  # fmt: skip
# Files that run on one worker, one after the other, and share a JupyterLab and a Chromium: two chains of equal length.
_GROUPS = {
    "test_browser_journey": "first labs", "test_browser_fix": "first labs",
    "test_browser": "second labs", "test_browser_values": "second labs", "test_browser_review": "second labs",
}  # fmt: skip


def group_of(file: str) -> str:
    """Name the group of a file, which is the file itself for most."""
    return _GROUPS.get(Path(file).stem, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Give the files of a group to one worker, where each file goes to one."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByGroup(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(super()._split_scope(nodeid))

    return ByGroup(config, log)


def pytest_collection_finish() -> None:
    """Keep the collector from looking at all tests again and again, which took a tenth of the time.

    While tests are collected, it does not look at all: hardly anything of that becomes garbage.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that speak to a server, so that they can be left out; let workers begin with the longest files."""
    mark_all_but_few(items)
    for item in items:
        names = vars(item.module) if isinstance(item, pytest.Function) else {}
        if not _SERVERS.isdisjoint(getattr(item, "fixturenames", ())) or not _STARTED.isdisjoint(names):
            item.add_marker("server")
    if hasattr(config, "workerinput"):
        place = {name: at for at, name in enumerate(_LONGEST)}
        items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.fixture(scope="session")
def kernels() -> Iterator[dict[str, str]]:
    """Variables with which a Jupyter server has kernels that begin at once."""
    from kernel_nursery import kernel_nursery

    with kernel_nursery() as variables:
        yield variables


def shared(name: str, make: Callable[[], AbstractContextManager]):
    """What the files of a group have in common, made when the first of them asks for it."""
    if name not in _shared:
        _shared[name] = _until_the_group_ends.enter_context(make())
    return _shared[name]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End what the files of a group share after the last of them: at rest it would keep a processor at work."""
    if nextitem is None or group_of(str(nextitem.path)) != group_of(str(item.path)):
        _shared.clear()
        _until_the_group_ends.close()


@pytest.fixture(scope="module")
def browser():
    """A Chromium, for the tests that look at pages; a group of files shares it."""
    from browsing import started_chromium

    return shared("browser", started_chromium)


@pytest.fixture(scope="module")
def lab(tmp_path_factory, kernels) -> tuple[Path, str]:
    """A folder with the notebooks, and the address of a JupyterLab that runs on it; a group of files shares it."""
    from browsing import jupyterlab

    folder = shared("folder", lambda: nullcontext(tmp_path_factory.mktemp("lab")))
    copy_notebooks(folder)
    return folder, shared("lab", lambda: jupyterlab(folder, tmp_path_factory.mktemp("jupyter"), kernels))


@pytest.fixture(scope="module")
def window(browser, lab):
    """A page on that JupyterLab."""
    from browsing import Page

    return shared("window", lambda: nullcontext(Page(browser, lab[1])))


@pytest.fixture
def page(window) -> Iterator:
    """The same page for one test, at whose end nothing wanted out, nothing complained and no kernel is at work."""
    yield window
    window.check()
    window.leave()


@pytest.fixture(scope="session")
def plain_install(tmp_path_factory, worker_id) -> PlainInstall:
    """The kit alone in a fresh environment, and a workspace in which its notebooks ran; one for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    with FileLock(folder / "plain.lock"):
        return PlainInstall.made_once(folder / "plain")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """A process with the kit loaded, which forks a child for each script that a test runs in a process of its own."""
    with Nursery() as started:
        yield started


@pytest.fixture
def sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture
def http(sandbox):
    with client_of(sandbox) as client:
        yield client


@pytest.fixture(scope="module")
def standing_sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def standing_http(standing_sandbox):
    with client_of(standing_sandbox) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_server():
    with servers.postgres_server() as admin:
        yield admin


@pytest.fixture(scope="session")
def system_postgres():
    with servers.system_postgres() as admin:
        yield admin


@pytest.fixture(scope="session")
def mariadb_server():
    with servers.mariadb_server() as admin:
        yield admin


@pytest.fixture
def postgres(postgres_server):
    """URL of an empty database of PostgreSQL."""
    with servers.new_database(postgres_server, f"app{next(_numbers)}") as url:
        yield url


@pytest.fixture
def icu_postgres(system_postgres):
    """URL of an empty database of a PostgreSQL with ICU and the extension citext."""
    with servers.new_database(system_postgres, f"app{next(_numbers)}") as url:
        yield url


@pytest.fixture
def mariadb(mariadb_server):
    """URL of an empty database of MariaDB."""
    with servers.new_database(mariadb_server, f"app{next(_numbers)}") as url:
        yield url


@pytest.fixture
def sqlite(tmp_path):
    """URL of an empty database of SQLite."""
    path = tmp_path / "app.db"
    path.touch()
    return sa.make_url(f"sqlite:///{path}")


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.slow),
        pytest.param("mariadb", marks=pytest.mark.slow),
    ]
)
def application(request):
    """URL of an empty database of each kind."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def run(capsys):
    """Run the command line: exit code, stdout, stderr."""

    def passage_kit(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return passage_kit
