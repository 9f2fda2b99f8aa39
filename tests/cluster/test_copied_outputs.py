"""Outputs on object storage are a workspace once they are copied to a folder, by whatever copies files."""

from pathlib import Path

import fsspec
import pytest
import sqlalchemy as sa
from messy_lists import MAPPING, SCHEMA, check_same, write_list
from servers import make_users
from whole_way import go_the_whole_way

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.storage import Storage
from passage_kit.workspace.manifest import MANIFEST, Entry, read_manifest

GIVEN = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
CORRECTIONS = "source_row,field,value\n3,name,Corrected\n5,email,corrected@example.org\n"


def copied(address: str, folder: Path, *, data_sets: bool = True) -> Path:
    """Copy an output file by file, as a tool does that knows nothing of it."""
    files, root = fsspec.core.url_to_fs(address)
    for path in files.find(root):
        to = folder / Path(path).relative_to(root)
        if not data_sets and to.match("stages/*/*.parquet"):
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        files.get_file(path, str(to))
    return folder


def bytes_in(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".lock")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def noting(real, names):
    def noted(storage, name, *given):
        names.append(name)
        return real(storage, name, *given)

    return noted


@pytest.fixture
def memory():
    """An address in the memory of this process."""
    yield "memory://people"
    fsspec.filesystem("memory").rm("/people", recursive=True)


@pytest.fixture
def source(tmp_path):
    return write_list(tmp_path / "users", rows=80, files=2, seed=3)


@pytest.mark.server
@pytest.mark.slow
def test_a_copy_has_the_bytes_of_a_folder_and_its_stages_the_rows_of_one_machine(tmp_path, bucket, source, monkeypatch):
    names = []
    for verb in ("write", "write_by", "write_joined", "write_table"):
        monkeypatch.setattr(Storage, verb, noting(getattr(Storage, verb), names))
    pk.prepare(source, out=tmp_path / "one", **GIVEN)
    for out in (tmp_path / "folder", f"{bucket}/out"):
        prepare_on_cluster(source, out=out, client=InThisProcess(), rows=40, **GIVEN)
    copy = copied(f"{bucket}/out", tmp_path / "copy")
    check_same(tmp_path / "one", copy)
    assert bytes_in(copy) == bytes_in(tmp_path / "folder")
    one = bytes_in(tmp_path / "one")
    same = {name for name, data in bytes_in(copy).items() if one.get(name) == data}
    assert same >= {"plan.toml", "stages/plan.toml", ".gitignore"}
    listed = read_manifest(copy).files
    assert all(Entry.of(copy / name) == entry for name, entry in listed.items())
    assert {f"stages/{name}.parquet" for name in ("users", "findings", "ledger")} < set(listed)
    assert names[-1] == f"stages/{MANIFEST}"
    assert set(bytes_in(copy)) < set(names)


@pytest.mark.server
def test_the_commands_go_on_from_a_copy_as_from_a_folder_of_one_machine(run, tmp_path, bucket, source):
    pk.prepare(source, out=tmp_path / "one", **GIVEN)
    prepared = prepare_on_cluster(source, out=f"{bucket}/out", client=InThisProcess(), rows=40, **GIVEN)
    copied(f"{bucket}/out", tmp_path / "copy", data_sets=False)
    persons, states = go_the_whole_way(run, tmp_path / "one", rows=80, exported=prepared.funnel.exported)
    of_copy = go_the_whole_way(run, tmp_path / "copy", rows=80, exported=prepared.funnel.exported)
    assert of_copy == (persons, states)
    assert len(set(persons.values()) - {None}) > 30


@pytest.mark.slow
def test_a_newer_export_is_compared_with_a_copy_and_its_own_output_may_be_at_an_address(tmp_path, memory, source):
    """Two exports later, everybody of before is known, with the fixes that were made for the first one."""
    pk.Workspace(tmp_path / "june").make().corrections_path.write_text(CORRECTIONS)
    pk.prepare(source, out=tmp_path / "june", **GIVEN)
    write_list(source, rows=110, files=3, seed=4)
    pk.prepare(source, out=tmp_path / "july", since=tmp_path / "june")
    client = {"client": InThisProcess()}
    pk.prepare(source, out=f"{memory}/july", since=tmp_path / "june", **client)
    copy = copied(f"{memory}/july", tmp_path / "copy")
    check_same(tmp_path / "july", copy)
    before = (pk.Workspace(folder).load_stage("exported_before") for folder in (tmp_path / "july", copy))
    assert next(before).equals(next(before))
    assert (copy / "corrections.csv").read_bytes() == (tmp_path / "july" / "corrections.csv").read_bytes()
    assert (copy / "corrections.csv").read_text().count("\n") > 1
    write_list(source, rows=100, files=2, seed=5)
    of_one = pk.prepare(source, out=tmp_path / "august", since=tmp_path / "july")
    of_copy = pk.prepare(source, out=tmp_path / "august-too", since=copy)
    assert of_copy.users.equals(of_one.users)
    assert of_copy.findings.equals(of_one.findings)
    names = {path.name for path in (tmp_path / "august" / "out").iterdir()} - {"report.html"}
    for name in names:
        assert (tmp_path / "august-too" / "out" / name).read_bytes() == (
            tmp_path / "august" / "out" / name
        ).read_bytes()


def test_an_address_has_no_secret(tmp_path, memory):
    database = sa.make_url(f"sqlite:///{tmp_path / 'app.db'}")
    make_users(database, [(number, f"user{number}@example.org", None) for number in range(1, 9)])
    address = f"sqlite:///file:{tmp_path / 'app.db'}?mode=ro&uri=true&token=swordfish"
    plan = pk.Plan(address, reading={"table": "users"})
    prepare_on_cluster(plan=plan, mapping={"email": "email"}, out=f"{memory}/out", client=InThisProcess(), rows=3)
    found = bytes_in(copied(f"{memory}/out", tmp_path / "copy"))
    assert "plan.toml" in found
    assert not [name for name, data in found.items() if b"swordfish" in data]


@pytest.mark.parametrize(
    "command",
    [
        ["push", "--sandbox", "--yes"],
        ["verify"],
        ["undo", "--yes"],
        ["status"],
        ["write-back", "--table", "users", "--key", "id", "--yes"],
    ],
)
def test_commands_at_an_address_say_to_copy_it(run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    verb, *options = command
    code, _, err = run(verb, "s3://people/out", *options)
    assert code == 1
    assert "s3://... is an address" in err
    assert "aws s3 cp --recursive" in err
    assert list(tmp_path.iterdir()) == []
