"""The command write-back: the same as the verb, its questions, exit codes and scripts."""

import io
import json

import pytest
from pushing import people, workspace_of
from servers import an_id, columns_in, ids_in, ids_of, make_users, written

import passage_kit as pk
from passage_kit.cli import commands as cli
from passage_kit.push.rehearsal import SandboxClient, of_a_rehearsal


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command: exit code, stdout, stderr."""

    def passage_kit(*arguments, answer=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        with pytest.raises(SystemExit) as ended:
            cli.main(["write-back", *map(str, arguments)])
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return passage_kit


@pytest.fixture
def folder(tmp_path, application):
    make_users(application)
    pk.Workspace(tmp_path / "m").make().out.mkdir()
    ids_of(1, 2).to_csv(tmp_path / "m" / "out" / "passage_ids.csv", index=False)
    return tmp_path / "m"


def test_a_dry_run_shows_counts_and_sql(run, folder, application):
    code, out, err = run(folder, "--db", written(application), "--table", "users", "--key", "id", "--dry-run")
    assert (code, out) == (0, "")
    assert "2  to be set" in err
    assert "ADD COLUMN" in err
    assert "merge_these_accounts.csv" in err
    assert len(columns_in(application)) == 3


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)])
def test_a_person_is_asked(run, folder, application, answer, code):
    ended, _, err = run(folder, "--db", written(application), "--table", "users", answer=answer)
    assert ended == code
    assert "ADD COLUMN" in err
    assert ("Nothing was changed" in err) is bool(code)
    assert len(columns_in(application)) == (3 if code else 4)


def test_ids_of_a_rehearsal_are_called_so(run, tmp_path, sqlite):
    make_users(sqlite)
    workspace = workspace_of(tmp_path / "m", people(2))
    with SandboxClient(workspace) as client:
        pk.push_users(workspace, client=client)
    arguments = (tmp_path / "m", "--db", written(sqlite), "--table", "users", "--dry-run")
    assert of_a_rehearsal() in run(*arguments)[2]
    assert of_a_rehearsal() not in run(*arguments, "--ids", tmp_path / "m" / "out" / "passage_ids.csv")[2]


def test_it_is_the_verb(run, folder, application, tmp_path):
    dry = pk.write_passage_ids(
        folder / "out" / "passage_ids.csv",
        table="users",
        workspace=tmp_path / "o",
        db=written(application),
        dry_run=True,
    )
    code, out, err = run(folder, "--db", written(application), "--table", "users", "--yes", "--json")
    summary = json.loads(out)
    assert (code, err) == (0, "")
    assert {name: summary[name] for name in dry.counts} == dry.counts
    assert summary["check"]["right"] == 2
    assert ids_in(application)[1] == an_id(1)
    code, out, _ = run(folder, "--db", written(application), "--undo", "--yes", "--json")
    assert (code, json.loads(out)["set_back"]) == (0, 2)


def test_the_url_comes_from_the_environment(run, folder, application, monkeypatch):
    monkeypatch.setenv("PASSAGE_DB_URL", written(application))
    monkeypatch.setenv("ANOTHER", written(application))
    assert run(folder, "--table", "users", "--yes")[0] == 0
    assert run(folder, "--undo", "--dry-run")[0] == 0
    assert run(folder, "--undo", "--db", "env:ANOTHER", "--yes")[0] == 0


def test_undoing_asks_too(run, folder, application):
    run(folder, "--db", written(application), "--table", "users", "--yes")
    assert run(folder, "--db", written(application), "--undo", answer="n\n")[0] == 2
    assert ids_in(application)[1] == an_id(1)


def test_an_export_of_the_console_with_named_columns(run, folder, application, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(f"Kontakt,A,B\nann@example.org,{an_id(1)},{an_id(2)}\n", encoding="utf-8")
    options = (folder, "--db", written(application), "--table", "users", "--ids", path, "--yes")
    code, _, err = run(*options)
    assert code == 2
    assert "'A', 'B' may be" in err
    assert run(*options, "--ids-column", "passage_id=B")[0] == 0
    assert ids_in(application)[1] == an_id(2)


def test_scripts_instead_of_a_database(run, tmp_path):
    code, out, _ = run(tmp_path / "m", "--table", "crm.users", "--script", "--json")
    files = json.loads(out)["files"]
    assert code == 0
    assert set(files) == {"sqlite.sql", "postgresql.sql", "mysql.sql", "alembic_revision.py"}
    assert '"crm"."users"' in (tmp_path / "m" / "out" / "migration" / "postgresql.sql").read_text(encoding="utf-8")


def test_a_script_for_a_table_with_a_dot_in_its_name(run, tmp_path):
    assert run(tmp_path / "m", "--table", 'crm."x.y"', "--script")[0] == 0
    assert '"crm"."x.y"' in (tmp_path / "m" / "out" / "migration" / "postgresql.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["sqlite:///{}", "sqlite:///file:{}?uri=true"])
def test_a_dry_run_on_a_file_that_is_not_there_leaves_no_trace(run, folder, tmp_path, address):
    before = sorted(tmp_path.rglob("*"))
    db = address.format(tmp_path / "missing.db")
    code, _, err = run(folder, "--db", db, "--table", "users", "--dry-run")
    assert (code, "no database file" in err) == (2, True)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_connection_that_fails_is_one_sentence_or_two(run, folder, tmp_path):
    db = "mysql://app:s3cret@127.0.0.1:1/app"
    code, _, err = run(folder, "--db", f"{db}?ssl_ca={tmp_path}/none.pem", "--table", "users", "--dry-run")
    assert code == 2
    assert "Correct ssl_ca in the URL: there is no such file." in err
    code, _, err = run(folder, "--db", db, "--table", "users", "--dry-run")
    assert "Check host and port in the URL" in err
    assert "s3cret" not in err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((), "needs the users table"),
        (("--table", "users"), "There are no Passage ids in"),
        (("--undo", "--db", "sqlite://"), "no write-back to undo"),
        (("--undo", "--db", "env:NOBODY_SETS_THIS"), "no write-back to undo"),
    ],
)
def test_what_is_missing_is_said(run, tmp_path, arguments, what):
    code, _, err = run(tmp_path / "m", *arguments)
    assert code == 2
    assert what in err


def test_a_refusal_of_the_database_is_one_paragraph(run, folder, application):
    code, _, err = run(folder, "--db", written(application), "--table", "nobody", "--yes")
    assert (code, err.count("\n")) == (2, 1)
