"""The notebooks: their style, and what they do when run top to bottom, out of order, or by somebody who chooses."""

import ast
import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from notebook_runs import execute, kernel

import passage_kit as pk
from passage_kit.cli.commands import main
from passage_kit.cli.notebook_server import copy_notebooks
from passage_kit.files.bundled import bundled
from passage_kit.preparation.outputs import output_files
from passage_kit.push.rehearsal import SandboxClient
from passage_kit.workspace.workspace import Workspace

PREPARE = ["00_start_here", "01_read_and_map", "02_clean_and_dedupe", "03_validate_and_export"]
PUSH = "04_push_through_the_api"
WRITE_BACK, GO_LIVE = "05_write_back_passage_ids", "06_go_live"
LINES = 300  # of the sample, for tests that push it more than once
NAMES = [*PREPARE, PUSH, WRITE_BACK, GO_LIVE]
LOOPS = (ast.For, ast.While, ast.FunctionDef, ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)

# A kernel that ends leaves sockets and event loops to the garbage collector; none of it is the kit's.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq|jupyter_client|tornado|nbclient"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def run():
    """Run a notebook of a folder, each driver's code after the cell of its id; an error in a cell is raised.

    One kernel runs them all, and forgets each before the next one. ``test_plain_install`` gives each a new kernel.
    """
    with kernel() as client:

        def run(folder: Path, name: str, drivers: dict[str, str] | None = None) -> nbformat.NotebookNode:
            notebook = with_drivers(nbformat.read(folder / f"{name}.ipynb", as_version=4), drivers or {})
            execute(client, notebook, folder, timeout=120)
            return notebook

        yield run


@pytest.fixture
def sentence(run):
    """What a notebook of a folder says that cannot run."""

    def sentence(folder: Path, name: str) -> str:
        with pytest.raises(CellExecutionError) as caught:
            run(folder, name)
        assert "Traceback" not in str(caught.value)
        return caught.value.evalue

    return sentence


@pytest.fixture
def lab(tmp_path):
    folder = tmp_path / "lab"
    copy_notebooks(folder)
    return folder


class RunAll(NamedTuple):
    """All notebooks as they ran, and the folder as each of them left it."""

    notebooks: dict[str, nbformat.NotebookNode]
    left: dict[str, Path]


@pytest.fixture(scope="session")
def run_all(plain_install):
    """Run All on the sample, done once on the plain install, for the tests that begin somewhere on the way."""
    left = {name: plain_install.left / name for name in NAMES}
    return RunAll({name: nbformat.read(left[name] / f"{name}.ipynb", as_version=4) for name in NAMES}, left)


@pytest.fixture
def begun(run_all, tmp_path):
    """A folder as the first notebook leaves it."""
    return Path(shutil.copytree(run_all.left[NAMES[0]], tmp_path / "lab"))


@pytest.fixture
def reviewed(run_all, tmp_path):
    """A folder as the notebooks before the export leave it."""
    return Path(shutil.copytree(run_all.left[PREPARE[2]], tmp_path / "lab"))


@pytest.fixture
def prepared(run_all, tmp_path):
    """A folder as the notebooks before the push leave it."""
    return Path(shutil.copytree(run_all.left[PREPARE[3]], tmp_path / "lab"))


@pytest.fixture
def few(lab):
    """A folder whose list is the beginning of the sample, so that a push takes a second."""
    path = lab / "sample_data" / "legacy_users.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:LINES]))
    return lab


@pytest.fixture
def few_prepared(few):
    """The same folder, as the notebooks before the push leave it."""
    sample = few / "sample_data"
    schema = pk.MetadataSchema.from_toml(sample / "metadata_fields.toml")
    pk.prepare(sample / "legacy_users.csv", schema=schema, default_region="US", out=few / "migration")
    return few


def with_drivers(notebook: nbformat.NotebookNode, drivers: dict[str, str]) -> nbformat.NotebookNode:
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if code := drivers.get(cell.id):
            cells.append(nbformat.v4.new_code_cell(code))
    assert len(cells) == len(notebook.cells) + len(drivers)
    notebook.cells = cells
    return notebook


def text_of(notebook: nbformat.NotebookNode, ident: str) -> str:
    [cell] = [cell for cell in notebook.cells if cell.id == ident]
    return "".join(output.get("text") or output["data"]["text/plain"] for output in cell.outputs)


@pytest.mark.parametrize("path", sorted(bundled("notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
class TestStyle:
    def test_it_opens_without_a_question_and_carries_no_output(self, path):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        assert "widgets" not in notebook["metadata"]
        assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code_cells(notebook))

    def test_it_is_short_and_its_cells_have_names(self, path):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert 15 <= len(cells) <= 25
        names = [cell["id"] for cell in cells]
        assert len(set(names)) == len(names)
        assert all(name.replace("-", "").isalpha() for name in names)

    def test_a_cell_is_one_idea_without_programming(self, path):
        for cell in code_cells(json.loads(path.read_text(encoding="utf-8"))):
            source = "".join(cell["source"])
            assert 1 <= len([line for line in source.splitlines() if line.strip()]) <= 8
            assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, LOOPS)]

    def test_code_has_words_before_and_after(self, path):
        kinds = [cell["cell_type"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
        assert kinds[0] == kinds[-1] == "markdown"
        assert "code code code" not in " ".join(kinds)

    def test_links_between_notebooks_lead_somewhere(self, path):
        text = path.read_text(encoding="utf-8")
        for part in text.split("](")[1:]:
            target = part.split(")")[0]
            assert target.startswith("https://") or (path.parent / target).exists()


def code_cells(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_notebooks_are_there():
    assert [path.stem for path in sorted(bundled("notebooks").glob("*.ipynb"))] == NAMES


@pytest.mark.notebook
@pytest.mark.parametrize(("name", "after"), list(pairwise(NAMES)))
def test_each_notebook_leads_to_the_next_one_at_its_end(name, after):
    last = nbformat.read(bundled("notebooks") / f"{name}.ipynb", as_version=4).cells[-1]
    assert f"Go on with [{after[:2]} ·" in last.source.replace("\n", " ")
    assert f"({after}.ipynb)" in last.source


def test_run_all_on_the_sample_equals_the_command_line(run_all, tmp_path):
    last = run_all.notebooks[PREPARE[-1]]
    workspace = Workspace(run_all.left[PREPARE[-1]] / "migration")
    files = output_files(workspace)
    assert [path.name for path in files] == [
        "console_import.csv",
        "findings.csv",
        "rejected_rows.csv",
        "ledger.csv",
        "report.html",
    ]
    assert "exported +" in text_of(last, "funnel")
    assert "href='migration/out/report.html'" in json.dumps(last.cells).replace('\\"', "'")
    with pytest.raises(SystemExit) as ended:
        main(["prepare", "--plan", str(workspace.plan_path), "--out", str(tmp_path / "again")])
    assert ended.value.code == 0
    for path in files:
        assert (tmp_path / "again" / "out" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.notebook
def test_no_value_of_a_user_is_left_in_a_notebook_that_ran(run_all):
    notebooks = list(run_all.notebooks.values())
    assert all(notebook.metadata.widgets for notebook in notebooks)
    saved = json.dumps(notebooks)  # the state of the widgets included, which JupyterLab saves if told to
    assert "adaeastwick" not in saved
    assert "Eastwick" not in saved


@pytest.mark.notebook
def test_choices_in_the_panels_reach_the_export(run, lab):
    own = "Mail;Tel;Vorname;Nachname;Ort\nAnna@Example.org;0171 2345678;Anna;Amsel;Bonn\nanna@example.org;;;Amsel;Ulm\n"
    (lab / "own.csv").write_text(own, encoding="utf-8")
    fields = '[[fields]]\nfield_name = "name"\nregistration = true\n\n[[fields]]\nfield_name = "city"\n'
    (lab / "own.toml").write_text(fields, encoding="utf-8")
    run(lab, NAMES[0], {"choose-path": "path.source.value = 'own.csv'; path.fields.value = 'own.toml'"})
    choose = "mapping.choose('Vorname', 'name'); mapping.choose('Nachname', 'name'); mapping.join('Vorname')"
    run(lab, NAMES[1], {"map": f"{choose}; mapping.choose('Ort', 'city')"})
    run(lab, NAMES[2], {"options": "options_panel.default_region.value = 'DE'; options_panel.survivor.value = 'last'"})
    run(lab, NAMES[3])
    pushed = run(lab, PUSH)
    assert "1 created" in text_of(pushed, "push")
    lines = (lab / "migration" / "out" / "console_import.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["email,phone,name,city", "anna@example.org,+491712345678,Amsel,Ulm"]


@pytest.mark.notebook
def test_the_second_path_sends_identifiers_alone(run, few):
    drivers = {"choose-path": "path.identifiers_only.value = True; path.template.value = ''"}
    for name in NAMES:
        run(few, name, drivers if name == NAMES[0] else None)
    with SandboxClient(few / "migration") as client:
        assert all(user.user_metadata == {} for user in client.list_users())
    header, *users = (few / "migration" / "out" / "console_import.csv").read_text(encoding="utf-8").splitlines()
    assert header == "email,phone"
    assert len(users) > 200


@pytest.mark.notebook
def test_a_panel_is_as_it_was_left_when_the_notebook_is_run_again(run, lab):
    run(lab, NAMES[0])
    run(lab, NAMES[1], {"map": "mapping.choose('Notes', 'last_name'); mapping.join('Notes')"})
    run(lab, NAMES[1], {"map": "assert mapping.value['last_name'].names == ('Last Name', 'Notes'), mapping.value"})
    run(lab, NAMES[0], {"choose-path": "assert path.saved"})
    assert Workspace(lab / "migration").load_plan().mapping["last_name"].names == ("Last Name", "Notes")


@pytest.mark.notebook
@pytest.mark.parametrize("name", [*PREPARE[1:], PUSH])
def test_a_notebook_before_the_first_one_says_so(sentence, lab, name):
    assert "Run the notebook 00_start_here first." in sentence(lab, name)
    assert not (lab / "migration").exists()


@pytest.mark.notebook
@pytest.mark.parametrize("name", [*PREPARE[2:], PUSH])
def test_a_notebook_before_the_mapping_says_so(sentence, begun, name):
    assert "Run the notebook 01_read_and_map first." in sentence(begun, name)


@pytest.mark.notebook
def test_a_list_that_was_moved_is_said_in_a_sentence(run, sentence, lab):
    run(lab, NAMES[0])
    os.rename(lab / "sample_data" / "legacy_users.csv", lab / "moved.csv")
    assert "legacy_users.csv" in sentence(lab, NAMES[1])


@pytest.mark.notebook
def test_the_push_rehearses_by_default(run_all):
    rehearsed, left = run_all.notebooks[PUSH], run_all.left[PUSH]
    assert "1,891 created" in text_of(rehearsed, "push")
    assert "1,891 are in Passage as prepared, 0 differ" in text_of(rehearsed, "verify")
    assert "1,891 would be deleted" in text_of(rehearsed, "undo")
    ids = (left / "migration" / "out" / "passage_ids.csv").read_text(encoding="utf-8").splitlines()
    assert len(ids) == 1 + 1_891
    assert all("error" not in output["output_type"] for cell in rehearsed.cells for output in cell.get("outputs", []))


@pytest.mark.notebook
def test_the_push_goes_to_the_app_after_consent_alone(run, few_prepared, sandbox, monkeypatch):
    workspace = few_prepared / "migration"
    created = f"{len(Workspace(workspace).load_stage('users'))} created"
    for _ in range(2):  # a rehearsal can be had again
        assert created in text_of(run(few_prepared, PUSH), "push")
    for variable, value in sandbox.environment.items():
        monkeypatch.setenv(variable, value)
    (workspace / "push.sqlite").rename(workspace / "push.rehearsal.sqlite")  # as a journal does for an app elsewhere
    with pytest.raises(CellExecutionError, match="Nothing was pushed from migration yet"):
        run(few_prepared, PUSH, {"target": TO_THE_APP})
    assert sandbox.users().empty
    real = run(few_prepared, PUSH, {"target": TO_THE_APP, "push": AGREED})
    assert created.replace("created", "would be created") in text_of(real, "push")
    assert sandbox.api_key not in json.dumps(real)
    assert f"{len(sandbox.users())} created" == created


TO_THE_APP = "push.target.value = 'app'"
AGREED = "push.consent.value = True; push.act.click(); push.wait()"


@pytest.mark.notebook
def test_the_push_before_the_preparation_says_so(sentence, reviewed):
    assert "Run the notebook 03_validate_and_export first." in sentence(reviewed, PUSH)


@pytest.mark.notebook
def test_a_push_without_a_key_says_so(run, few_prepared, monkeypatch):
    for variable in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(CellExecutionError, match="Fill in: App id, Address, API key"):
        run(few_prepared, PUSH, {"target": TO_THE_APP})


# The sandbox of the panel with faults, which a dry run's copy of it does not have.
FAULTY = """
import os, signal, threading, time
from passage_kit.sandbox import Fault
from passage_kit.widgets import push_users

class Faulty(pk.SandboxClient):
    def __init__(self, workspace, keep=True):
        super().__init__(workspace, keep=keep)
        if keep:
            self.sandbox.faults = [FAULT]
            threading.Thread(target=self.stop, daemon=True).start()

    def stop(self):
        while STOPS and len(self.sandbox.users()) < 50:
            time.sleep(0.02)
        if STOPS:
            os.kill(os.getpid(), signal.SIGINT)

push_users.SandboxClient = Faulty
"""
SLOW = "Fault('latency', operation='create', seconds=0.1)"
REVOKED = "Fault('key_revoked', operation='create', skip=50, times=1)"
AS_BEFORE = "from passage_kit.widgets import push_users; push_users.SandboxClient = pk.SandboxClient"


@pytest.mark.notebook
def test_a_push_that_is_stopped_says_how_to_go_on_and_shows_nothing_personal(run, few_prepared):
    with pytest.raises(CellExecutionError) as caught:
        run(few_prepared, PUSH, {"import": FAULTY.replace("FAULT]", f"{SLOW}]").replace("STOPS", "True")})
    assert caught.value.ename == "PushInterrupted"
    assert "Run the same command to go on" in caught.value.evalue
    assert "Traceback" not in str(caught.value)
    with pytest.raises(CellExecutionError) as caught:
        run(few_prepared, PUSH, {"import": FAULTY.replace("FAULT]", f"{REVOKED}]").replace("STOPS", "False")})
    assert "refuses the API key" in caught.value.evalue
    assert "@example" not in str(caught.value)
    with SandboxClient(few_prepared / "migration") as client:
        assert client.sandbox.api_key not in str(caught.value)
    users = Workspace(few_prepared / "migration").load_stage("users")
    assert f"{len(users)} created" in text_of(run(few_prepared, PUSH, {"import": AS_BEFORE}), "push")


@pytest.fixture
def pushed(prepared):
    """The sample prepared, and the ids that its push would have given."""
    workspace = Workspace(prepared / "migration")
    users = workspace.load_stage("users").reset_index()[["source_row", "source_key", "email", "phone"]]
    ids = users.assign(passage_id=[f"Id{row:022d}" for row in users["source_row"]], outcome="created")
    ids.loc[:1, "passage_id"], ids.loc[:1, "outcome"] = None, "failed"
    ids.to_csv(workspace.out / "passage_ids.csv", index=False)
    return prepared


@pytest.mark.notebook
def test_ids_are_written_back_unclicked_and_the_command_line_undoes_it(run, pushed):
    notebook = run(pushed, WRITE_BACK)
    with closing(sqlite3.connect(pushed / "sample_data" / "application.db")) as database:
        filled = dict(database.execute("SELECT id, passage_id FROM users WHERE passage_id IS NOT NULL").fetchall())
    ledger = Workspace(pushed / "migration").load_stage("ledger")
    rows_of = {f"Id{row:022d}": int(key) for row, key in ledger["source_key"].items() if str(key).isdigit()}
    assert len(filled) > 1_800
    assert all(rows_of[passage_id] == key for key, passage_id in filled.items())
    assert f"{len(filled):,}  set, 0 of all matches by phone alone" in text_of(notebook, "write")
    assert "have their id + 0 different + 2 without an id" in text_of(notebook, "write")
    assert "ADD COLUMN" in text_of(notebook, "sql")
    assert f"{len(filled):,}  rows of users" in text_of(notebook, "undo")
    saved = json.dumps([cell.get("outputs") for cell in notebook.cells])
    assert "@" not in saved.replace("@jupyter", "")

    again = run(pushed, WRITE_BACK)  # which changes nothing
    assert "0  set, 0 of all" in text_of(again, "write")
    database = f"sqlite:///{pushed / 'sample_data' / 'application.db'}"
    with pytest.raises(SystemExit) as ended:
        main(["write-back", str(pushed / "migration"), "--undo", "--yes", "--db", database])
    assert ended.value.code == 0
    assert "passage_id" not in pk.read_users(database, table="users")


@pytest.mark.notebook
def test_writing_back_without_ids_says_what_to_run_first(sentence, lab):
    assert "Run the notebook 04_push_through_the_api" in sentence(lab, WRITE_BACK)


@pytest.mark.notebook
def test_the_day_of_the_new_sign_in_is_played_unclicked(run_all):
    played, left = run_all.notebooks[GO_LIVE], run_all.left[GO_LIVE]
    assert "status=200" in text_of(played, "first")
    visits = re.findall(r"status=200, row=(\d+)", text_of(played, "new"))
    assert len(visits) == 2
    assert len(set(visits)) == 1
    row = re.search(r"row=(\d+)", text_of(played, "first"))
    assert row
    assert f"status=200, row={row[1]}," in text_of(played, "changed")
    assert "status=401, row=None" in text_of(played, "closed")
    assert "differs (mend the table)" in text_of(played, "drift")
    assert "1  rows of users" in text_of(played, "mend")
    with closing(sqlite3.connect(left / "sample_data" / "application.db")) as database:
        [[email]] = database.execute("SELECT email FROM users WHERE id = ?", row.groups()).fetchall()
    assert email == "new.address@example.org"
    assert text_of(played, "status").endswith("CutOver(Workspace('migration'))")
    assert (left / "migration" / "out" / "words" / "en" / "announcement.html").exists()


@pytest.mark.notebook
def test_going_live_before_the_write_back_says_so(sentence, few_prepared):
    assert "Run the notebook 05_write_back_passage_ids first." in sentence(few_prepared, GO_LIVE)
