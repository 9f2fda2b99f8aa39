"""The panel of the export, driven from Python: clicked == shown code == direct call == command line; bad states."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from panel_parts import parts, upload

import passage_kit as pk
from passage_kit.cli.commands import main
from passage_kit.duplicates.decisions import decide
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.metadata.console_template import read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.outputs import output_files
from passage_kit.translations import gettext
from passage_kit.widgets import ExportUsers
from passage_kit.workspace.corrections import correct
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

LIST = "email,phone,city\nann@example.org,+14155552671,Lyon\nann@example.org,,Oslo\nbo@,,Ulm\ncy@example.org,,\n"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("users.csv").write_text(LIST)
    Path("template.csv").write_text("Phone;E-Mail;City\n")
    workspace = Workspace("migration")
    mapping = pk.FieldMapping({"email": "email", "phone": "phone", "city": "city"})
    workspace.save_plan(Plan("users.csv", mapping=mapping, schema=pk.MetadataSchema([pk.MetadataField("city")])))
    return workspace


def opened(workspace) -> ExportUsers:
    panel = ExportUsers(workspace)
    panel.wait()
    return panel


def click(panel) -> None:
    panel.write.click()
    panel.wait()  # until it is written
    panel.wait()  # until what was written is read


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in output_files(Workspace(folder))}


def test_it_begins_with_where_the_files_go_and_writes_nothing(workspace):
    panel = opened(workspace)
    assert panel.page == {"folder": "migration/out"}
    assert panel.messages == ["Nothing is written yet: click the button, or run the next cell."]
    assert panel.value == []
    assert not workspace.out.exists()


def test_clicked_is_the_cell_is_the_direct_call_is_the_command_line(workspace, tmp_path):
    workspace.save_corrections(correct(workspace.load_corrections(), [3], "email", "bo@example.org"))
    workspace.save_decisions(decide(workspace.load_decisions(), [1, 2], "survivor", survivor_row=2))
    panel = opened(workspace)
    click(panel)
    clicked = contents(workspace.folder)
    assert panel.messages == ["3 users written to migration/out."]
    assert [path.name for path in panel.value] == list(clicked)

    direct = pk.prepare(plan=workspace.plan_path, out=workspace)
    assert contents(workspace.folder) == clicked
    run = panel.run()
    panel.wait()
    names = {"pk": pk, "workspace": workspace}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    for prepared in (run, names["prepared"]):
        pd.testing.assert_frame_equal(prepared.users, direct.users)
    assert contents(workspace.folder) == clicked
    with pytest.raises(SystemExit) as ended:
        main(["prepare", "--plan", str(workspace.plan_path), "--out", str(tmp_path / "again")])
    assert ended.value.code == 0
    assert contents(tmp_path / "again") == clicked


def test_the_first_rows_are_as_the_console_reads_them_and_the_funnel_adds_up(workspace):
    panel = opened(workspace)
    click(panel)
    assert panel.page["header"] == ["email", "phone", "city"]
    assert panel.page["rows"] == [["ann@example.org", "+14155552671", "Lyon"], ["cy@example.org", "", ""]]
    assert [count for count, _ in panel.page["funnel"]] == [4, 1, 1, 2]
    assert panel.page["adds_up"]
    assert panel.page["parts"] == "One file with 2 users: upload it under Users, Import Users."
    files = panel.files.shown["files"]
    assert {path.name for path in output_files(workspace)} <= {Path(file["name"]).name for file in files}
    assert [file["name"] for file in files if file["page"]] == ["out/report.html"]


def test_closed_accounts_warnings_and_secrets_are_said_beside_the_funnel(workspace):
    Path("users.csv").write_text("email,phone,city,active,pwd\nann@example.org,,,no,x1x\nbo@example.org,,,yes,y2y\n")
    mapping = pk.FieldMapping({"email": "email", "account_state": "active"})
    workspace.save_plan(replace(workspace.load_plan(), mapping=mapping))
    panel = opened(workspace)
    click(panel)
    inactive, warnings, secrets = panel.page["notices"]
    assert inactive == {
        "heading": "Inactive",
        "said": "",
        "items": [
            "1 exported user has a closed account (deleted, banned, disabled). To leave them out, choose so under "
            "“Deleted or banned accounts” in 02."
        ],
    }
    assert warnings == {
        "heading": "Warnings",
        "said": "1 row has a warning. It is shown in 02, under “What was found”.",
        "items": [f"1 row: {CODES['account_inactive'].meaning}"],
    }
    assert secrets == {
        "heading": "Secrets",
        "said": "These columns look like secrets. They are left out, and never written anywhere.",
        "items": ["pwd"],
    }


def test_what_may_say_that_accounts_are_closed_is_named_with_the_panel_that_settles_it(workspace, monkeypatch):
    Path("users.csv").write_text("email,status\nann@example.org,A\nbo@example.org,X\ncy@example.org,A\n")
    mapping = pk.FieldMapping({"email": "email", "account_state": "status"})
    workspace.save_plan(replace(workspace.load_plan(), mapping=mapping))
    panel = opened(workspace)
    click(panel)
    [accounts] = [notice for notice in panel.page["notices"] if notice["heading"] == "Accounts"]
    assert "“What codes of accounts mean” in 02" in accounts["said"]
    assert accounts["items"] == ["'A' in 2 rows, 'X' in 1 row"]
    assert "--" not in str(accounts)
    monkeypatch.setenv("PASSAGE_KIT_LANGUAGE", "de")
    [accounts] = [notice for notice in opened(workspace).page["notices"] if notice["heading"] == "Konten"]
    assert accounts["items"] == ["'A' in 2 Zeilen, 'X' in 1 Zeile"]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("spoken", "said", "counts"),
    [
        (
            "en",
            "4 values are not in the files. They are shown in 02, under “What was found”.",
            ["2 values: ", "1 value: ", "1 value: "],
        ),
        (
            "de",
            "4 Werte sind nicht in den Dateien. Sie stehen in 02 unter „Was gefunden wurde“.",
            ["2 Werte: ", "1 Wert: ", "1 Wert: "],
        ),
        (
            "fr",
            "4 valeurs ne sont pas dans les fichiers. Elles sont montrées dans 02, sous « Ce qui a été trouvé ».",
            ["2 valeurs : ", "1 valeur : ", "1 valeur : "],
        ),
        (
            "es",
            "4 valores no están en los archivos. Se muestran en 02, en «Lo que se encontró».",
            ["2 valores: ", "1 valor: ", "1 valor: "],
        ),
        (
            "pt_BR",
            "4 valores não estão nos arquivos. Eles aparecem em 02, em “O que foi encontrado”.",
            ["2 valores: ", "1 valor: ", "1 valor: "],
        ),
    ],
)
def test_values_that_are_not_in_the_files_are_a_list_with_the_most_first(workspace, monkeypatch, spoken, said, counts):
    monkeypatch.setenv("PASSAGE_KIT_LANGUAGE", spoken)
    Path("users.csv").write_text(
        "email,phone,city\nann@example.org,0171 2345678,\nbo@example.org,0171 2345679,\n"
        "cy@example.org,+493090182000 ext. 7,\ndi@,+4917123456780,\n"
    )
    panel = opened(workspace)
    click(panel)
    codes = ("phone_no_region", "email_invalid", "phone_extension")
    meanings = [gettext(CODES[code].meaning).replace("\N{NO-BREAK SPACE}", " ") for code in codes]
    withheld = panel.page["notices"][0]
    assert withheld["said"].replace("\N{NO-BREAK SPACE}", " ") == said
    items = [item.replace("\N{NO-BREAK SPACE}", " ") for item in withheld["items"]]
    assert items[0] == counts[0] + meanings[0]
    assert sorted(items[1:]) == sorted(count + what for count, what in zip(counts[1:], meanings[1:], strict=True))


def test_a_long_email_is_shown_whole_and_a_long_text_is_cut(workspace):
    email = f"{'ann.' * 15}b@{'long-' * 10}name.example.org"
    Path("users.csv").write_text(f"email,phone,city\n{email},,{'Lyon ' * 40}\n")
    panel = opened(workspace)
    click(panel)
    assert panel.page["rows"] == [[email, "", f"{'Lyon ' * 16}…"]]


@pytest.mark.slow
def test_running_the_cell_again_finds_what_was_written(workspace):
    first = opened(workspace)
    click(first)
    again = opened(workspace)
    assert again.page == first.page
    assert again.value == first.value
    assert again.messages[0].startswith("These files are of ")


def test_a_template_is_put_into_the_plan_and_obeyed(workspace):
    panel = opened(workspace)
    panel.template.value = "template.csv"
    assert workspace.load_plan().template == read_template("template.csv")
    assert "Write again" in panel.messages[0]
    click(panel)
    assert panel.page["header"] == ["Phone", "E-Mail", "City"]
    assert panel.page["rows"][0] == ["+14155552671", "ann@example.org", "Lyon"]
    again = ExportUsers(workspace)
    assert again.template.value == "migration/plan.toml"
    again.template.value = ""
    assert workspace.load_plan().template is None
    click(again)
    assert again.page["header"] == ["email", "phone", "city"]


def test_a_template_alone_gives_the_fields(workspace):
    workspace.save_plan(Plan("users.csv", mapping=workspace.load_plan().mapping))
    panel = opened(workspace)
    upload(panel.children[1].children[1], "mine.csv", b"email,phone,City\n")
    assert panel.template.value == "migration/uploads/mine.csv"
    assert workspace.load_plan().schema == MetadataSchema.from_header(("email", "phone", "City"))
    click(panel)
    assert panel.page["header"] == ["email", "phone", "City"]
    upload(panel.children[1].children[1], "mine.csv", b"phone,email,City\n")
    assert workspace.load_plan().template.header == ("phone", "email", "City")


@pytest.mark.slow
def test_more_users_than_a_file_takes(workspace):
    Path("users.csv").write_text("email\n" + "".join(f"user{at}@example.org\n" for at in range(30_001)))
    workspace.save_plan(Plan("users.csv", mapping=pk.FieldMapping({"email": "email"})))
    panel = opened(workspace)
    click(panel)
    assert panel.page["parts"].startswith("2 files with 30,001 users in all, since the Console takes 30,000 at a time")
    parts_of_it = [file["title"] for file in panel.files.shown["files"] if "part" in file["title"]]
    assert parts_of_it == ["CSV for the Console, part 1", "CSV for the Console, part 2"]
    assert len(panel.page["rows"]) == 5


@pytest.mark.parametrize(
    ("template", "sentence"),
    [("nowhere.csv", "nowhere.csv"), ("users.csv/x", "users.csv/x")],
)
def test_a_template_that_cannot_be_read_is_said_and_changes_nothing(workspace, template, sentence):
    panel = opened(workspace)
    before = workspace.load_plan()
    panel.template.value = template
    assert sentence in panel.messages[0]
    assert workspace.load_plan() == before


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda workspace: Path("users.csv").unlink(), "users.csv"),
        (lambda workspace: workspace.save_plan(Plan("users.csv")), "01_read_and_map"),
        (lambda workspace: workspace.plan_path.unlink(), "00_start_here"),
        (lambda workspace: workspace.plan_path.write_text("source = ["), "cannot be read"),
        (lambda workspace: workspace.decisions_path.write_text("rows,decision\n1,apart\n"), "decisions.csv, line 2"),
    ],
)
def test_what_cannot_be_written_is_said_in_the_panel_and_to_the_cell(workspace, spoil, sentence):
    panel = opened(workspace)
    spoil(workspace)
    click(panel)
    assert sentence in panel.messages[0]
    assert (panel.busy, panel.write.disabled, panel.value) == (False, False, [])
    with pytest.raises(pk.PassageKitError, match=sentence):
        panel.run()
    assert sentence in panel.messages[0]
    assert not workspace.out.exists()


def test_that_every_row_was_rejected_is_a_warning(workspace):
    Path("users.csv").write_text("email,phone,city\nbo@,,\n")
    panel = opened(workspace)
    click(panel)
    assert panel.messages == ["No user is exported, since every row was rejected. Look at the findings."]


def test_no_value_is_in_the_state_of_a_widget(workspace):
    panel = opened(workspace)
    click(panel)
    state = json.dumps([{name: str(value) for name, value in part.get_state().items()} for part in parts(panel)])
    assert "example.org" not in state
    assert "example.org" in json.dumps(panel.page)


@pytest.mark.slow
def test_the_sample(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    workspace = Workspace("migration")
    schema = MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml"))
    raw = pk.read_users(bundled("sample_data/legacy_users.csv"))
    workspace.save_plan(
        Plan(
            str(bundled("sample_data/legacy_users.csv")),
            mapping=pk.suggest_mapping(raw, schema),
            schema=schema,
            template=read_template(bundled("sample_data/console_template.csv")),
            options=Options(default_region="US"),
        )
    )
    panel = opened(workspace)
    prepared = panel.run()
    panel.wait()
    counts = {words.partition(" ")[0]: count for count, words in panel.page["funnel"]}
    assert counts["exported"] == len(prepared.users)
    assert len(json.dumps(panel.page)) < 10_000


@pytest.mark.slow
def test_files_that_are_older_than_the_corrections_are_marked_and_written_again(workspace):
    panel = ExportUsers(workspace)
    panel.run()
    panel.wait()
    assert panel.outdated == ""
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [1], "email", "new@example.org"))
    panel.look_again()
    assert panel.outdated.endswith(": 1 correction since.")
    assert "Out of date since" in ExportUsers(workspace).outdated  # as after a restart
    panel._head.hear({"do": "renew"})  # as the button does
    panel.wait()
    assert panel.outdated == ""
    assert "new@example.org" in (workspace.out / "console_import.csv").read_text(encoding="utf-8")
