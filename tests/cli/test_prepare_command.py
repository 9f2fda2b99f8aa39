"""The command ``prepare``: the job, its files, and every kind of bad input as one paragraph."""

import errno
import hashlib
import json
import os
from pathlib import Path

import openpyxl
import pytest

import passage_kit as pk
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES

SAMPLE = bundled("sample_data/legacy_users.csv")
FIELDS = bundled("sample_data/metadata_fields.toml")
TEMPLATE = bundled("sample_data/console_template.csv")
OUTPUTS = {"console_import.csv", "findings.csv", "rejected_rows.csv", "ledger.csv", "report.html"}


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class TestPrepare:
    def arguments(self, out):
        return "prepare", SAMPLE, "--schema", FIELDS, "--template", TEMPLATE, "--region", "US", "--out", out

    def test_the_whole_job_writes_every_output_and_says_so(self, run, tmp_path):
        code, out, err = run(*self.arguments(tmp_path / "m"))
        assert (code, out) == (0, "")
        assert {path.name for path in (tmp_path / "m" / "out").iterdir()} == OUTPUTS
        assert all(name in err for name in OUTPUTS)
        assert "exported" in err

    @pytest.mark.slow
    def test_the_mapping_and_what_is_not_stored_are_said(self, run, tmp_path):
        _, _, err = run(*self.arguments(tmp_path / "m"))
        assert "from E-Mail Address" in err
        assert "not stored by Passage: column Notes (166 non-blank values)" in err

    @pytest.mark.slow
    def test_json_is_all_there_is_on_stdout(self, run, tmp_path):
        code, out, err = run(*self.arguments(tmp_path / "m"), "--json")
        summary = json.loads(out)
        assert (code, err) == (0, "")
        assert summary["kept"] + summary["absorbed"] + summary["rejected"] == summary["read"]
        assert set(summary["files"]) == OUTPUTS
        assert summary["findings"].keys() <= CODES.keys()

    def test_a_saved_plan_repeats_the_run_byte_by_byte(self, run, tmp_path):
        run(*self.arguments(tmp_path / "one"))
        code, _, _ = run("prepare", "--plan", tmp_path / "one" / "plan.toml", "--out", tmp_path / "two")
        assert code == 0
        assert contents(tmp_path / "one") == contents(tmp_path / "two")

    @pytest.mark.slow
    def test_a_second_run_over_the_first_changes_nothing(self, run, tmp_path):
        run(*self.arguments(tmp_path / "m"))
        before = contents(tmp_path / "m")
        assert run(*self.arguments(tmp_path / "m"))[0] == 0
        assert contents(tmp_path / "m") == before

    @pytest.mark.slow
    def test_it_is_the_function_of_the_notebooks(self, run, tmp_path):
        run(*self.arguments(tmp_path / "cli"))
        schema = pk.MetadataSchema.from_toml(FIELDS)
        pk.prepare(SAMPLE, schema=schema, template=TEMPLATE, default_region="US", out=tmp_path / "call")
        assert contents(tmp_path / "cli") == contents(tmp_path / "call")

    @pytest.mark.slow
    def test_identifiers_only_leaves_the_metadata_columns_of_the_template_blank(self, run, tmp_path):
        code, _, _ = run(*self.arguments(tmp_path / "m"), "--identifiers-only")
        header, *lines = (tmp_path / "m" / "out" / "console_import.csv").read_text().splitlines()
        assert code == 0
        assert header == TEMPLATE.read_text(encoding="utf-8-sig").splitlines()[0]
        assert all(line.rstrip(",").count(",") <= 1 for line in lines)


class TestClosedAccounts:
    LIST = (
        "email,deleted_at,is_active,pwd\n"
        "a@example.org,,true,x\n"
        "b@example.org,2024-01-31,true,y\n"
        "c@example.org,,false,z\n"
    )

    @pytest.fixture
    def source(self, tmp_path):
        path = tmp_path / "users.csv"
        path.write_text(self.LIST)
        return path

    def test_they_are_counted_and_the_columns_named(self, run, source, tmp_path):
        code, _, err = run("prepare", source, "--out", tmp_path / "m")
        assert code == 0
        assert "account_state  from deleted_at + is_active" in err
        assert "Inactive    2 exported users have a closed account" in err
        assert "Warnings    2 rows\n            2 The source says that the account is closed: " in err
        assert "suspended or archived (account_inactive)" in err
        assert "Secrets     left out, never written anywhere: pwd" in err

    @pytest.mark.slow
    def test_they_are_left_out_if_chosen(self, run, source, tmp_path):
        code, out, _ = run("prepare", source, "--out", tmp_path / "m", "--inactive", "reject", "--json")
        summary = json.loads(out)
        assert code == 0
        assert (summary["kept"], summary["absorbed"], summary["rejected"], summary["read"]) == (1, 0, 2, 3)
        assert summary["rejected_by"] == {"account_inactive": 2}
        assert (summary["inactive"], summary["inactive_left_out"], summary["secrets"]) == (0, 2, ["pwd"])
        exported = (tmp_path / "m" / "out" / "console_import.csv").read_text().splitlines()
        assert exported == ["email,phone", "a@example.org,"]
        again, _, _ = run("prepare", "--plan", tmp_path / "m" / "plan.toml", "--out", tmp_path / "again")
        assert again == 0
        assert contents(tmp_path / "again") == contents(tmp_path / "m")

    def test_their_columns_can_be_chosen(self, run, source, tmp_path):
        arguments = "--map", "account_state=is_active", "--json"
        assert json.loads(run("prepare", source, "--out", tmp_path / "one", *arguments)[1])["inactive"] == 1
        arguments = "--map", "account_state=is_active", *("--map", "account_state=deleted_at"), "--json"
        assert json.loads(run("prepare", source, "--out", tmp_path / "two", *arguments)[1])["inactive"] == 2

    @pytest.mark.slow
    def test_codes_mean_what_is_said(self, run, tmp_path):
        source = tmp_path / "coded.csv"
        source.write_text("email,status\na@example.org,A\nb@example.org,I\nc@example.org,X\n")
        mapped = "prepare", source, "--out", tmp_path / "m", "--map", "account_state=status"
        _, _, err = run(*mapped)
        assert "not known as states of an account: 'A' in 1 row, 'I' in 1 row, 'X' in 1 row;" in err
        told = [part for word in ("A=active", "i=inactive", "X=deleted") for part in ("--account-state", word)]
        summary = json.loads(run(*mapped, *told, "--inactive", "reject", "--json")[1])
        assert summary["rejected_by"] == {"account_inactive": 2}
        again, out, _ = run("prepare", "--plan", tmp_path / "m" / "plan.toml", "--out", tmp_path / "again", "--json")
        assert (again, json.loads(out)["kept"]) == (0, 1)
        code, _, err = run(*mapped, "--account-state", "X")
        assert code == 2
        assert "'X' cannot be read, expected WORD=STATE" in err


class TestBadInput:
    """Each is one paragraph on stderr with the next step, exit 1 or 2, nothing half-written, no traceback."""

    @pytest.fixture
    def refused(self, run, tmp_path):
        def prepare(source, *arguments, code=2, says=""):
            out = tmp_path / "m"
            before = contents(out)
            ended, stdout, err = run("prepare", source, "--out", out, *arguments)
            assert (ended, stdout) == (code, ""), err
            assert "Traceback" not in err
            assert err.strip().count("\n") == 0
            assert says in err
            assert contents(out) == before
            return err

        return prepare

    def write(self, path: Path, data: bytes | str) -> Path:
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def test_a_missing_file(self, refused, tmp_path):
        refused(tmp_path / "nowhere.csv", says="nowhere.csv")

    def test_a_directory(self, refused, tmp_path):
        refused(tmp_path, says=str(tmp_path))

    def test_an_empty_file(self, refused, tmp_path):
        refused(self.write(tmp_path / "u.csv", ""), says="empty")

    def test_a_header_only(self, refused, tmp_path):
        refused(self.write(tmp_path / "u.csv", "email,phone\n"), says="no rows")

    def test_a_binary_file(self, refused, tmp_path):
        refused(self.write(tmp_path / "u.csv", bytes(range(256)) * 40), says="u.csv")

    def test_a_workbook_that_is_none(self, refused, tmp_path):
        refused(self.write(tmp_path / "u.xlsx", "PK\x03\x04 and no more"), says="u.xlsx")

    def test_a_sheet_that_is_not_there(self, refused, tmp_path):
        workbook = openpyxl.Workbook()
        workbook.active.append(["email"])
        workbook.active.append(["a@example.org"])
        workbook.save(tmp_path / "u.xlsx")
        refused(tmp_path / "u.xlsx", "--sheet", "Users", says="Users")

    def test_no_column_that_looks_like_an_identifier(self, refused, tmp_path):
        refused(self.write(tmp_path / "u.csv", "shoe,hat\n43,M\n44,L\n"), says="shoe, hat")

    def test_a_mapping_that_names_an_absent_column(self, refused, tmp_path):
        plan = self.write(tmp_path / "plan.toml", '[mapping]\nemail = "Mial"\n')
        source = self.write(tmp_path / "u.csv", "Mail,Plan\na@example.org,pro\n")
        refused(source, "--plan", plan, says='--map "email=Mail"')

    @pytest.mark.slow
    def test_a_template_with_an_unknown_column(self, refused, tmp_path):
        template = self.write(tmp_path / "t.csv", "email,phone,Shoe size\n")
        refused(SAMPLE, "--schema", FIELDS, "--template", template, says="Shoe size")

    def test_metadata_fields_that_cannot_be_read(self, refused, tmp_path):
        refused(SAMPLE, "--schema", self.write(tmp_path / "f.toml", "[[fields]"), says="f.toml")

    def test_a_region_that_is_none(self, refused):
        refused(SAMPLE, "--region", "Atlantis", says="Atlantis")

    def test_an_order_that_is_not_mapped(self, refused, tmp_path):
        refused(self.write(tmp_path / "u.csv", "email,x\na@example.org,1\n"), "--survivor", "newest", says="order")

    def test_an_output_folder_that_is_a_file(self, run, tmp_path):
        out = self.write(tmp_path / "m", "")
        code, _, err = run("prepare", SAMPLE, "--out", out)
        assert code == 1
        assert str(out) in err

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX file modes")
    def test_an_output_folder_that_is_not_writable(self, run, tmp_path):
        tmp_path.chmod(0o500)
        closed = tmp_path if os.geteuid() else Path("/sys")  # to the super-user, too
        code, _, err = run("prepare", SAMPLE, "--out", closed / "m")
        assert code == 1
        assert f"{closed / 'm'}" in err
        assert "Choose a folder that you may write to" in err or "another output folder" in err

    @pytest.mark.slow
    def test_a_full_disk(self, run, tmp_path, monkeypatch):
        run("prepare", SAMPLE, "--out", tmp_path / "m", "--region", "US")
        before = contents(tmp_path / "m")

        def no_space(descriptor):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", no_space)
        code, _, err = run("prepare", SAMPLE, "--out", tmp_path / "m")
        assert code == 1
        assert "No space left" in err
        assert contents(tmp_path / "m") == before

    def test_usage(self, run, tmp_path):
        assert run("prepare", SAMPLE)[0] == 2
        assert run("prepare", SAMPLE, "--out", tmp_path / "m", "--survivor", "best")[0] == 2
        assert run("prepare", "--out", tmp_path / "m")[0] == 2


@pytest.mark.slow
def test_corrections_follow_their_people_when_the_source_has_changed(run, tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("email,x\nann@\nbo@example.org,1\n")
    run("prepare", source, "--out", tmp_path / "m")
    (tmp_path / "m" / "corrections.csv").write_text("source_row,field,value,note\n1,email,ann@example.org,asked\n")
    assert run("prepare", source, "--out", tmp_path / "m")[0] == 0
    assert "ann@example.org" in (tmp_path / "m" / "out" / "console_import.csv").read_text()
    source.write_text("email,x\ncy@example.net,1\nann@,1\n")
    assert run("prepare", source, "--out", tmp_path / "m")[0] == 0
    assert (tmp_path / "m" / "out" / "console_import.csv").read_text().split() == [
        "email,phone", "cy@example.net,", "ann@example.org,",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_parts_of_a_larger_run_do_not_outlive_it(run, tmp_path):
    many, few = tmp_path / "many.csv", tmp_path / "few.csv"
    many.write_text("email\n" + "".join(f"u{number}@example.org\n" for number in range(30_001)))
    few.write_text("email\na@example.org\n")
    run("prepare", many, "--out", tmp_path / "m")
    assert {path.name for path in (tmp_path / "m" / "out").glob("console*")} == {
        "console_import-001.csv",
        "console_import-002.csv",
    }
    run("prepare", few, "--out", tmp_path / "m")
    assert {path.name for path in (tmp_path / "m" / "out").glob("console*")} == {"console_import.csv"}


def test_columns_that_fit_equally_well_are_a_question(run, tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("login_email,member_email\na@example.org,b@example.org\nc@example.org,d@example.org\n")
    code, _, said = run("prepare", source, "--out", tmp_path / "out")
    assert code == 2
    assert "'login_email' and 'member_email' fit email equally well" in said
    assert not (tmp_path / "out" / "out").exists()
    assert run("prepare", source, "--out", tmp_path / "out", "--map", "email=member_email")[0] == 0
    assert "b@example.org" in (tmp_path / "out" / "out" / "console_import.csv").read_text()
    assert run("prepare", "--plan", tmp_path / "out" / "plan.toml", "--out", tmp_path / "again")[0] == 0


def test_several_lists_of_users_are_a_question(run, tmp_path):
    source = tmp_path / "users.json"
    source.write_text('{"users": [{"email": "a@example.org"}], "admins": [{"email": "b@example.org"}]}')
    code, _, said = run("prepare", source, "--out", tmp_path / "out")
    assert (code, "--records users" in said) == (2, True)
    assert run("prepare", source, "--out", tmp_path / "out", "--records", "admins")[0] == 0
    assert "b@example.org" in (tmp_path / "out" / "out" / "console_import.csv").read_text()


def test_a_source_without_a_header_is_read_as_it_is(run, tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("ann@example.org,+12125550101\nbob@example.org,+12125550102\n")
    code, _, err = run("prepare", source, "--out", tmp_path / "m")
    assert code == 2
    assert "--no-header" in err
    assert "ann@example.org" not in err
    code, out, _ = run("prepare", source, "--out", tmp_path / "m", "--no-header", "--json")
    assert (code, json.loads(out)["kept"]) == (0, 2)
    assert pk.Plan.load(tmp_path / "m" / "plan.toml").reading == {"header_row": 0}


@pytest.mark.slow
def test_the_layout_is_said_and_can_be_turned_off(run, tmp_path):
    source = tmp_path / "users.csv"
    source.write_text(
        "id,user_id,email,email_verified,identities\n7,auth0|1,ann@example.org,true,\n8,auth0|2,bob@example.org,true,\n"
    )
    _, _, err = run("prepare", source, "--out", tmp_path / "m")
    assert "This looks like an Auth0 export. Say --layout none if it is not." in err
    assert "source_key  from user_id" in err
    assert "This looks like an Auth0 export." in (tmp_path / "m" / "out" / "report.html").read_text()
    _, _, err = run("prepare", source, "--out", tmp_path / "n", "--layout", "none")
    assert "Auth0" not in err
    assert "source_key  from id" in err
    _, out, _ = run("prepare", source, "--out", tmp_path / "o", "--layout", "devise", "--json")
    assert json.loads(out)["source"]["layout"] == "devise"
    code, _, err = run("prepare", source, "--out", tmp_path / "p", "--layout", "auth1")
    assert (code, "Did you mean 'auth0'?" in err) == (2, True)


def test_the_first_of_two_addresses_and_a_key_that_two_people_share(run, tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("Id,Mail,Work\n1,ann@example.org,x@example.org\n1,,bo@example.org\n")
    mapped = [part for choice in ("source_key=Id", "email=Mail", "email=Work") for part in ("--map", choice)]
    code, _, said = run("prepare", source, "--out", tmp_path / "two", *mapped)
    assert (code, "Say --first email" in said) == (2, True)
    code, _, said = run("prepare", source, "--out", tmp_path / "one", *mapped, "--first", "email")
    assert code == 0
    assert "Keys        2 exported users share their own id" in said
    exported = (tmp_path / "one" / "out" / "console_import.csv").read_text().splitlines()
    assert exported == ["email,phone", "ann@example.org,", "bo@example.org,"]
