"""The documentation is run: each page of it, and the README, is a session in a folder with the sample in it.

Python and commands run in the order of the page. A block with a caption is a file, which is written under that name.
"""

import re
import shlex
import shutil
from dataclasses import dataclass, fields
from pathlib import Path

import click
import pytest

import passage_kit as pk
from passage_kit.cli import commands as cli
from passage_kit.files.bundled import bundled
from passage_kit.sandbox import Fault, Sandbox, Unknowns
from passage_kit.sandbox.faults import KINDS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)]
_BLOCK = re.compile(r"^(?P<fence>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
# Their arguments are read, and no more: two run until they are stopped, and the demo is run by its own test.
_NOT_RUN = {"lab", "sandbox", "demo"}
_NOT_OURS = ("python3 -m venv", "py -m venv", "uv ", "pip install", "ssh ")
LINES = 200  # of the sample, so that a push takes a second


@dataclass(frozen=True)
class Block:
    """A code block of a page: its language, the file that it is ("" for none), and its text."""

    language: str
    caption: str
    text: str


def blocks(page: Path) -> list[Block]:
    found = []
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        words = match["info"].split()
        directive = words[:1] == ["{code-block}"]
        options = dict(re.findall(r"^:(\w+): *(.*)$", match["body"], re.MULTILINE)) if directive else {}
        body = match["body"].split("\n\n", 1)[1] if options else match["body"]
        language = (words[1:] if directive else words) or [""]
        found.append(Block(language[0], options.get("caption", ""), body))
    return found


def is_run(block: Block) -> bool:
    return bool(block.caption) or block.language in ("python", "console")


WITH_CODE = [page for page in PAGES if any(map(is_run, blocks(page)))]


@pytest.fixture
def session(tmp_path, monkeypatch):
    """A folder with the sample, and a service that answers as Passage did."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(bundled("sample_data"), "sample_data")
    lines = Path("sample_data/legacy_users.csv").read_bytes().splitlines(keepends=True)
    Path("users.csv").write_bytes(b"".join(lines[:LINES]))
    shutil.copyfile("sample_data/metadata_fields.toml", "fields.toml")
    shutil.copyfile("sample_data/console_template.csv", "console_template.csv")
    with Sandbox() as service:
        for variable, value in service.environment.items():
            monkeypatch.setenv(variable, value)
        yield tmp_path


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_works(page, session, monkeypatch, capfd):
    names: dict[str, object] = {}
    for block in filter(is_run, blocks(page)):
        if block.caption:
            path = session / block.caption
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            exec(compile(block.text, str(page), "exec"), names)  # noqa: S102 - our own documentation
        else:
            for line in block.text.splitlines():
                run_line(line, monkeypatch, capfd)


def run_line(line: str, monkeypatch, capfd) -> None:
    """Run a line for the shell, as far as it is ours."""
    if line.startswith("export "):
        name, _, value = line.removeprefix("export ").partition("=")
        monkeypatch.setenv(name, value)
        return
    parts = [part.strip() for part in re.split(r"&&|;", line) if not part.strip().startswith(_NOT_OURS)]
    for part in filter(None, parts):
        command, *arguments = shlex.split(part.replace("\\", "/"))
        if command.endswith("/python") and arguments[:2] in (["-m", "pip"], ["docs/build.py"]):
            continue
        assert command.removesuffix(".exe").split("/")[-1] == "passage-kit", f"nobody runs this line: {line}"
        run_command(arguments, capfd)


def run_command(arguments: list[str], capfd) -> None:
    name, *rest = arguments
    command = cli.commands.commands[name]
    if name in _NOT_RUN:
        command.make_context(name, rest, parent=click.Context(cli.commands))
        return
    if name == "push" and "--sandbox" not in arguments:
        make_way(Path(rest[0]))
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    fine = {0, 2} if name in ("drift", "status") else {0}  # 2 says that they differ, and that a step is open
    assert ended.value.code in fine, (arguments, capfd.readouterr().err)


def make_way(folder: Path) -> None:
    """Put the journal of a rehearsal aside, as a push to an app elsewhere does: the service of a test is here."""
    if (folder / "sandbox.sqlite").exists() and not (folder / "push.rehearsal.sqlite").exists():
        (folder / "push.sqlite").rename(folder / "push.rehearsal.sqlite")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_has_a_language(page):
    assert [block.text for block in blocks(page) if not block.language] == []


SHOWN = [*PAGES, *sorted((ROOT / "docs").glob("*.py")), *sorted((ROOT / "notebooks").glob("*.ipynb"))]
_IMPORT = re.compile(r"(?:from|import) (passage_kit(?:\.\w+)*)")


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_users_read_imports_from_public_packages(page):
    public = {"passage_kit", *(f"passage_kit.{name}" for name in ("cli", "golive", "sandbox", "widgets"))}
    assert {*_IMPORT.findall(page.read_text(encoding="utf-8"))} - public - {"passage_kit.something.deeper"} == set()


def test_every_fault_and_switch_of_the_sandbox_is_described():
    text = (ROOT / "docs" / "reference" / "sandbox.md").read_text(encoding="utf-8")
    names = [*KINDS, *(field.name for field in fields(Unknowns))]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_fault_that_is_shown_can_be_read():
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    faults = re.findall(r"--fault ([a-z]\S+)", text)
    assert {Fault.from_text(fault).kind for fault in faults} == {"closed", "rate_limit_seconds"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> pk.Workspace:
    """The sample, prepared."""
    workspace = pk.Workspace(tmp_path_factory.mktemp("sample") / "migration")
    pk.prepare(bundled("sample_data/legacy_users.csv"), default_region="US", out=workspace)
    return workspace


def test_every_file_of_a_workspace_is_described(workspace):
    text = (ROOT / "docs" / "reference" / "files.md").read_text(encoding="utf-8").replace("*.parquet", "users.parquet")
    written = [path.relative_to(workspace.folder).as_posix() for path in workspace.folder.rglob("*") if path.is_file()]
    written = [name for name in written if name not in ("stages/findings.parquet", "stages/ledger.parquet")]
    assert [name for name in written if f"`{name}`" not in text] == []


def test_the_columns_of_files_are_described(workspace):
    described = (ROOT / "docs" / "reference" / "files.md").read_text(encoding="utf-8").partition("## Columns")[2]
    for name in ("findings", "ledger"):
        header = (workspace.out / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        part = described.partition(f"`out/{name}.csv`")[2].partition("\n\n")[0]
        assert [column for column in header if f"`{column}`" not in part] == []
