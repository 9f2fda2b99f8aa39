"""No file crashes the kit: damage of any kind ends in a result or in an error of the kit with the next step."""

import json
import os
import random
from contextlib import suppress
from pathlib import Path

import damaged_files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from long_runs import LONG

import passage_kit as pk
from passage_kit.cli.commands import main
from passage_kit.errors import PassageKitError
from passage_kit.export.report_page import ReportSection
from passage_kit.push.push_input import PushInput
from passage_kit.push.push_section import put_section
from passage_kit.workspace.stages import read_stage

SOURCES = damaged_files.sources()
SEEDS = st.integers(0, 2**32)
EXAMPLES = settings().max_examples // (1 if LONG else 4)  # for each of a dozen kinds: hundreds in all
ROUNDS = 50 if LONG else 1  # of damage that a whole command is run on
IDS = (
    "source_row,source_key,email,phone,passage_id,outcome\r\n"
    "1,'=k,ann@example.org,+12025550123,9DeEXvYBStnzwQcHFd6f558L,created\r\n"
    "2,b,bob@example.org,,9DeEXvYBStnzwQcHFd6f558M,existing\r\n"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Give the files of a migration by kind; the folder of the first one also has the user list."""
    found = damaged_files.migration(tmp_path_factory.mktemp("damaged"))
    found["passage ids"].write_text(IDS)
    return found


def chance_of(seed: int) -> random.Random:
    """Make the same chances for a seed each time."""
    return random.Random(seed)  # noqa: S311 - nothing secret


def command(*arguments: str | Path) -> int:
    """Run the command line as it is, in this process, and give its exit code; any other end is a failure."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def use(kind: str, path: Path) -> None:
    """Use a file for what it is there for."""
    workspace = pk.Workspace(path.parents[1] if path.parent.name in ("stages", "out") else path.parent)
    match kind:
        case "fields.toml":
            pk.build_schema(pk.MetadataSchema.from_toml(path))
        case "app.json":
            pk.build_schema(pk.MetadataSchema.from_json(path))
        case "template":
            pk.MetadataSchema.from_template(path)
        case "plan.toml":
            workspace.load_plan()
        case "corrections":
            pk.apply_corrections(pk.read_users(path.parents[1] / "users.csv"), workspace.load_corrections())
        case "decisions":
            workspace.load_decisions()
        case "passage ids":
            pk.read_passage_ids(path)
        case "rejected rows":
            pk.read_users(path)
        case "report.json":
            put_section(workspace, ReportSection("push", "Push", "Pushed.", ("Outcome", "Users"), [("created", "", 1)]))
        case _:
            for name in ("users", "findings", "ledger"):
                read_stage(workspace.stage_path(name))
                workspace.load_stage(name)
            source = PushInput(workspace)
            assert sum(map(len, source.batches())) == sum(map(len, source.tables())) == sum(map(len, source.frames()))


KINDS = (
    "fields.toml", "app.json", "template", "plan.toml", "corrections", "decisions", "users stage", "ledger stage",
    "findings stage", "applied plan", "report.json", "passage ids", "rejected rows",
)  # fmt: skip


@pytest.mark.slow
def test_every_kind_of_file_is_damaged(files):
    assert set(files) == set(KINDS)
    for kind, path in files.items():
        use(kind, path)  # as they are, they are fine


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=EXAMPLES)
@given(seed=SEEDS)
def test_a_damaged_file_is_read_or_refused(kind, files, seed):
    path, before = files[kind], files[kind].read_bytes()
    path.write_bytes(damaged_files.damaged(before, chance_of(seed)))
    try:
        with suppress(PassageKitError):
            use(kind, path)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=EXAMPLES)
@given(seed=SEEDS)
def test_a_damaged_source_is_read_or_refused(name, files, seed):
    path = files["fields.toml"].with_name(f"damaged-{name}")
    path.write_bytes(damaged_files.damaged(SOURCES[name], chance_of(seed)))
    with suppress(PassageKitError):
        source = pk.read_source(path)
        assert len(source.users) > 0


@pytest.mark.few(1)
@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_damaged_source_ends_the_command_in_order(name, files, seed):
    folder = files["fields.toml"].parent
    path = folder / f"damaged-{name}"
    path.write_bytes(damaged_files.damaged(SOURCES[name], chance_of(seed)))
    assert command("prepare", path, "--out", folder / "o", "--schema", files["fields.toml"], "--region", "US") in (0, 2)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["fields.toml", "app.json", "template", "plan.toml", "corrections", "decisions"])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_damaged_choice_ends_the_command_in_order(kind, files, seed):
    path, before = files[kind], files[kind].read_bytes()
    option = {"fields.toml": "--schema", "app.json": "--schema", "template": "--template", "plan.toml": "--plan"}
    source = [] if kind == "plan.toml" else [path.parents[kind in ("corrections", "decisions")] / "users.csv"]
    given_file = [option[kind], path] if kind in option else []
    out = path.parent if not given_file else path.parent / "o"
    path.write_bytes(damaged_files.damaged(before, chance_of(seed)))
    plan = files["plan.toml"].read_bytes()
    try:
        assert command("prepare", *source, "--out", out, *given_file) in (0, 2)
    finally:
        files["plan.toml"].write_bytes(plan)
        path.write_bytes(before)


# Paths that lead to no ordinary file

HOSTILE = ("folder", "pipe", "/dev/zero", "a\0b", "x" * 5_000, "caf\udce9", "\ud800", "none")


@pytest.fixture(params=HOSTILE, ids=lambda name: ascii(name)[:12])
def hostile(request, tmp_path):
    """Give a function that makes a path which leads to no ordinary file, with an ending."""
    if request.param == "pipe" and not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes with names")

    def made(ending: str) -> str:
        path = f"{tmp_path}/{request.param}{ending}"
        match request.param:
            case "folder":
                os.mkdir(path)
            case "pipe":
                os.mkfifo(path)
            case "/dev/zero":
                os.symlink("/dev/zero", path := f"{tmp_path}/zero{ending}")
            case "caf\udce9" if ending:
                with suppress(OSError), open(path, "w") as file:  # some file systems have no such names
                    file.write("email\nann@example.org\n")
        return path

    return made


@pytest.mark.few(12)
@pytest.mark.parametrize("ending", [".csv", ".json", ".ndjson", ".xlsx", ".parquet", ""])
def test_a_source_that_is_no_file_is_told(hostile, ending, tmp_path, capsys):
    assert command("prepare", hostile(ending), "--out", tmp_path / "m") == 2
    said = capsys.readouterr().err
    assert said.startswith("passage-kit: ")
    assert len(said.rstrip().split(". ")) > 1  # what happened, and the next step


@pytest.mark.parametrize(
    ("option", "ending"), [("--plan", ".toml"), ("--schema", ".toml"), ("--schema", ".json"), ("--template", ".csv")]
)
def test_a_choice_that_is_no_file_is_told(hostile, option, ending, tmp_path, files, capsys):
    path = hostile(ending)
    if "caf" in path:
        pytest.skip("such a name is a fine one for a file of choices")
    source = [] if option == "--plan" else [files["fields.toml"].with_name("users.csv")]
    assert command("prepare", *source, "--out", tmp_path / "m", option, path) == 2
    said = capsys.readouterr().err
    assert "cannot be read" in said or "There is no file" in said


@pytest.mark.few(1)
def test_a_workspace_that_is_no_folder_is_told(hostile, files, capsys):
    path = hostile("")
    source = files["fields.toml"].with_name("users.csv")
    code = command("prepare", source, "--out", path)
    assert code == (0 if path.endswith(("folder", "none")) else 1)
    assert capsys.readouterr().err


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["plan.toml", "corrections.csv", "decisions.csv"])
@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_a_file_of_the_workspace_that_is_none_is_told(name, kind, tmp_path):
    damaged_files.migration(tmp_path)
    path = tmp_path / "m" / name
    path.unlink()
    os.mkdir(path) if kind == "folder" else os.mkfifo(path)
    with pytest.raises(PassageKitError, match=r"\w+\.\w+.* (is|cannot|could) .*\. [A-Z].*\."):
        pk.prepare(tmp_path / "users.csv", plan=tmp_path / "m" / "plan.toml", out=tmp_path / "m")


# Texts with half a character


def test_half_a_character_is_warned_of_and_loses_nobody(tmp_path):
    path = tmp_path / "users.json"
    ann = {"email": "ann@example.org", "na\ud800me": "Zo\ud800"}
    path.write_text(json.dumps([ann, {"email": "b\udfff@example.org"}, {"email": "c@example.org"}]))
    prepared = pk.prepare(path, mapping={"email": "email"}, out=tmp_path / "m")
    assert prepared.raw["na�me"].tolist()[0] == "Zo�"
    found = prepared.findings[prepared.findings["code"] == "character_lost"]
    assert found[["source_row", "field"]].to_numpy().tolist() == [[1, "na�me"], [2, "email"]]
    assert len(prepared.users) >= 2


def test_half_a_character_in_a_line_that_is_none(tmp_path):
    path = tmp_path / "users.ndjson"
    path.write_text('{"email": "ann@example.org"}\n"\\ud800"\n["\\ud800"]\n')
    source = pk.read_source(path)
    assert source.findings["code"].tolist().count("line_unreadable") == 2


def test_names_that_are_data_are_told(tmp_path):
    path = tmp_path / "users.json"
    path.write_text(json.dumps([{f"user{at}": "x"} for at in range(8_000)]))
    with pytest.raises(pk.SourceError, match="8,000 names for the values of 8,000 entries"):
        pk.read_users(path)


def test_json_that_is_too_deep_to_follow_is_told(tmp_path):
    for depth in (500, 900, 5_000, 200_000):
        path = tmp_path / "users.json"
        path.write_text('[{"email": "ann@example.org", "x": ' + '{"x": ' * depth + "1" + "}" * depth + "}]")
        with suppress(pk.SourceError):
            assert pk.read_users(path)["email"].tolist() == ["ann@example.org"]
