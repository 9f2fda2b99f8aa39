"""The README is run: its Python, its commands, its tables.

`python tests/test_readme.py --write` writes the table of codes.
"""

import io
import re
import shlex
import shutil
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import passage_kit as pk
from passage_kit.cli import commands as cli
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.sandbox import Fault, Unknowns
from passage_kit.sandbox.faults import KINDS

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
START, END = "<!-- codes: written by tests/test_readme.py --write -->\n", "<!-- /codes -->"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def table_of_codes() -> str:
    rows = [f"| `{code.code}` | {code.effect} | {code.meaning} | {code.next_step} |" for code in CODES.values()]
    return "\n".join(["| code | effect | what it means | next step |", "| --- | --- | --- | --- |", *rows]) + "\n"


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_runs(code, tmp_path, monkeypatch):
    shutil.copytree(bundled("sample_data"), tmp_path / "sample_data")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(README), "exec"), {})  # noqa: S102 - our own README
    written = [*tmp_path.rglob("console_import.csv"), *tmp_path.rglob("write_back.csv")]
    assert written or "Sandbox(" in code


@pytest.mark.slow
def test_the_commands_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(bundled("sample_data/legacy_users.csv"), "users.csv")
    shutil.copyfile(bundled("sample_data/metadata_fields.toml"), "fields.toml")
    shutil.copyfile(bundled("sample_data/console_template.csv"), "console_template.csv")
    commands = re.findall(
        r"^(?:\S*/)?passage-kit ((?:prepare|demo|push|verify|undo)\b.*)$",
        "\n".join(blocks("console")),
        flags=re.MULTILINE,
    )
    assert len(commands) >= 6
    for command in commands:
        with pytest.raises(SystemExit) as ended:
            cli.main(shlex.split(command))
        assert ended.value.code == 0, (command, capsys.readouterr().err)
    assert (tmp_path / "my-migration" / "out" / "console_import.csv").exists()


def test_its_pictures_are_there_and_small():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert len(pictures) == 5
    assert all((README.parent / picture).stat().st_size < 150_000 for picture in pictures)


def test_the_write_back_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(bundled("sample_data"), tmp_path / "sample_data")
    prepared = pk.prepare("sample_data/legacy_users.csv", default_region="US", out="my-migration")
    ids = prepared.users[["source_key", "email", "phone"]].assign(
        passage_id=[f"{at:024d}" for at in prepared.users.index]
    )
    ids.to_csv("my-migration/out/passage_ids.csv", index=False)
    text = "\n".join(blocks("console"))
    assert "PASSAGE_DB_URL=" in text
    monkeypatch.setenv("PASSAGE_DB_URL", "sqlite:///sample_data/application.db")
    commands = re.findall(r"^passage-kit (write-back .*)$", text, flags=re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
        with pytest.raises(SystemExit) as ended:
            cli.main(shlex.split(command))
        assert ended.value.code == 0, (command, capsys.readouterr().err)


def test_every_command_named_is_there():
    named = set(re.findall(r"passage-kit(?:\.exe)? ([a-z][a-z-]*)\b", TEXT))
    assert named <= set(cli.commands.commands)
    assert set(cli.commands.commands) <= named


def test_the_metadata_fields_are_read(tmp_path):
    [text] = blocks("toml")
    [field] = pk.MetadataSchema.from_dicts(tomllib.loads(text)["fields"])
    assert (field.field_name, field.max_length, field.required) == ("first_name", 50, True)


def test_every_fault_and_switch_of_the_sandbox_is_described():
    names = [*KINDS, *(field.name for field in fields(Unknowns))]
    assert [name for name in names if f"`{name}`" not in TEXT] == []
    faults = re.findall(r"--fault (\S+)", TEXT)
    assert [Fault.from_text(text).kind for text in faults] == ["closed", "rate_limit_seconds"]


def test_every_public_name_is_described():
    missing = [name for name in pk.__all__ if f"`{name}`" not in TEXT]
    assert missing == []


def test_the_table_of_codes_is_the_catalogue():
    assert TEXT.partition(START)[2].partition(END)[0] == table_of_codes(), "run python tests/test_readme.py --write"


def test_links_lead_somewhere():
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in target]
    assert [target for target in targets if not (README.parent / target).exists()] == []


if __name__ == "__main__" and "--write" in sys.argv:
    before, _, rest = TEXT.partition(START)
    README.write_text(before + START + table_of_codes() + END + rest.partition(END)[2], encoding="utf-8")
