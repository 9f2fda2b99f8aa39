"""Errors that panels show are in the reader's language, and name what the panel has: no option, no command, no call."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import catalogues
import pytest
from unmarked import text_of

from passage_kit.api.client import PassageClient
from passage_kit.errors import CredentialsError, FieldsError, PassageKitError, PushError, SourceError
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.push.verify import verify_push
from passage_kit.reading.readers import read_source
from passage_kit.translations import Worded, in_panel, speaking, told, worded
from passage_kit.widgets import PushUsers
from passage_kit.workspace.workspace import Workspace

PACKAGE = Path(__file__).parents[1] / "passage_kit"
# What panels call. The other packages speak to terminals, services and programs alone.
PACKAGES = (
    *("api", "database", "duplicates", "export", "files", "findings", "identifiers", "mapping", "metadata"),
    *("preparation", "push", "reading", "widgets", "workspace", "writeback"),
)
# How many errors of a file stay English: calls that no panel makes, defects, and what a newcomer hardly meets. A
# new one goes through ``worded`` or ``in_panel``; whoever words one of these lowers its number.
ENGLISH = {
    "api/bodies.py": 3,
    "api/client.py": 1,
    "api/credentials.py": 3,
    "api/exchange.py": 3,
    "api/paging.py": 1,
    "duplicates/clustered_users.py": 1,
    "duplicates/decisions.py": 6,
    "duplicates/unreadable_emails.py": 1,
    "export/console_csv.py": 4,
    "files/bundled.py": 1,
    "files/file_set.py": 1,
    "files/unpacking.py": 3,
    "findings/findings.py": 3,
    "findings/ledger.py": 1,
    "identifiers/email_cells.py": 3,
    "identifiers/identifiers.py": 1,
    "identifiers/phones/phones.py": 1,
    "mapping/mapping.py": 4,
    "mapping/planned_step.py": 1,
    "metadata/dates.py": 1,
    "metadata/failed_rows.py": 1,
    "metadata/metadata_field.py": 1,
    "metadata/patterns.py": 2,
    "metadata/proposed_fields.py": 1,
    "metadata/value_judges.py": 1,
    "preparation/accounts.py": 1,
    "preparation/exported.py": 1,
    "preparation/mapping_preview.py": 2,
    "preparation/run.py": 1,
    "push/journal_files.py": 1,
    "push/journal_tables.py": 1,
    "push/metadata_update.py": 1,
    "push/push.py": 2,
    "push/push_input.py": 1,
    "push/rehearsal.py": 2,
    "push/undo.py": 2,
    "push/verify.py": 1,
    "reading/csv/arrow_rows.py": 1,
    "reading/csv/csv_dialect.py": 1,
    "reading/csv/csv_piece.py": 2,
    "reading/excel/old_workbooks.py": 4,
    "reading/first_lines.py": 1,
    "reading/frame_reader.py": 3,
    "reading/json/chosen_list.py": 1,
    "reading/json/crowded.py": 1,
    "reading/json/json_reader.py": 1,
    "reading/known_layouts.py": 1,
    "reading/packed_files.py": 2,
    "reading/readers.py": 2,
    "reading/source_bytes.py": 1,
    "reading/sparse_sheets.py": 2,
    "reading/sql_ranges.py": 1,
    "reading/sql_reader.py": 2,
    "reading/text_encoding.py": 1,
    "widgets/targets_panel.py": 5,
    "workspace/changes.py": 2,
    "workspace/corrections.py": 2,
    "workspace/fixed_rows.py": 1,
    "workspace/folder.py": 3,
    "workspace/manifest.py": 1,
    "workspace/plan.py": 1,
    "workspace/plan_model.py": 1,
    "workspace/stages.py": 3,
    "workspace/workspace.py": 1,
    "writeback/passage_ids.py": 7,
    "writeback/row_identities.py": 1,
    "writeback/row_keys.py": 1,
    "writeback/table_checks.py": 2,
    "writeback/table_kinds.py": 7,
    "writeback/table_particulars.py": 2,
    "writeback/users_database.py": 3,
}
# Settings and commands that have no field in a panel.
NO_FIELD = re.compile(r"TMPDIR|pip install")
FOR_TERMINALS = re.compile(r"PASSAGE_\w+|--[a-z]|\bin Python\b|passage-kit|\bsame (?:call|command)\b|`|\b\w+=[{'\"]")


def english(source: str) -> Iterator[str]:
    """Give the texts of errors in a module that neither ``worded`` nor ``in_panel`` made."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error") and node.args:
            said = node.args[0]
            if isinstance(said, ast.JoinedStr | ast.Constant) and re.search(r"[A-Za-z]{2,} [a-z]", text_of(said)):
                yield text_of(said)


def test_an_error_that_stays_english_is_seen():
    assert list(english('raise PlanError(f"{path} is damaged. Delete it.")')) == ["{} is damaged. Delete it."]
    assert list(english('raise PlanError(worded("{path} is damaged.", path=path))')) == []


def test_no_error_more_stays_english():
    files = [path for name in PACKAGES for path in sorted((PACKAGE / name).rglob("*.py"))]
    found = Counter(
        {path.relative_to(PACKAGE).as_posix(): len(list(english(path.read_text("utf-8")))) for path in files}
    )
    assert +found == Counter(ENGLISH)


@pytest.mark.slow
def test_what_a_panel_says_names_no_option_and_no_command():
    wordings = [
        text
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("worded", "in_panel")
        for text in [text_of(node.args[node.func.id == "in_panel"])]
    ]
    assert len(wordings) > 250
    assert [text for text in wordings if FOR_TERMINALS.search(text) and not NO_FIELD.search(text)] == []


@pytest.mark.parametrize("spoken", ["en", "de", "fr", "es", "pt_BR"])
def test_a_panel_names_its_field_where_a_terminal_names_the_variable(spoken):
    with pytest.raises(CredentialsError) as refused:
        PassageClient(app_id="a/b", api_key="k", base_url="https://api.example.org/v1")
    assert "PASSAGE_APP_ID has a slash" in str(refused.value)
    with speaking(spoken):
        said, field = told(refused.value), catalogues.read(spoken).get("App id").string if spoken != "en" else "App id"
    assert field in said
    assert "PASSAGE_" not in said


def test_the_push_panel_says_what_to_fill_in_and_where(tmp_path):
    panel = PushUsers(Workspace(tmp_path))
    panel.target.value = "app"
    panel.app_id.value, panel.base_url.value = "an app", "http://api.example.org/v1"
    panel.key.hear({"secret": "a-key"})
    panel.look.click()
    panel.wait()
    assert panel.messages == [
        "The address http://api.example.org/v1 is not encrypted, so others could read the API key. Use https; http is "
        "for this machine alone."
    ]
    panel.base_url.value = "api.example.org"
    panel.look.click()
    panel.wait()
    assert panel.messages[0].endswith("Correct “Address”.")
    panel.base_url.value = "https://api.example.org/v1"
    panel.look.click()
    panel.wait()
    assert panel.messages == ["“App id” has a character that cannot be part of it. Copy it from the Console once more."]


def test_a_check_before_the_first_push_names_the_command_in_a_terminal_alone(tmp_path):
    workspace = Workspace(tmp_path)
    client = PassageClient(app_id="app", api_key="k", base_url="https://api.example.org/v1")
    with client, pytest.raises(PassageKitError) as refused:
        verify_push(workspace, client=client)
    assert isinstance(refused.value, PushError) is ("passage-kit push" in str(refused.value))
    with speaking("de"):
        assert "passage-kit" not in told(refused.value)
        assert "In English" not in told(refused.value)


def test_an_error_within_an_error_is_told_as_a_whole():
    with pytest.raises(FieldsError) as refused:
        MetadataField("code", pattern="[A-Z")
    assert "its pattern cannot be read" in str(refused.value)
    with speaking("de"):
        assert told(refused.value).startswith("Metadatenfeld 'code': sein Muster ist nicht lesbar")
        name = in_panel("PASSAGE_API_KEY", "“API key”")
        blank = ValueError(worded("{name} is blank. Copy it from the Console once more.", name=name))
        assert told(blank).startswith("„API-Schlüssel“")


def test_what_was_worded_is_plain_text_for_programs():
    said = in_panel("Set A.", "Fill in {field}.", field="B")
    assert (isinstance(said, Worded), said, f"{said}", told(ValueError(said))) == (
        True,
        "Set A.",
        "Set A.",
        "Fill in B.",
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("app.db", b"SQLite format 3\0" + bytes(100)),
        ("users.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100)),
        ("users.accdb", b"\x00\x01\x00\x00Standard" + bytes(100)),
        ("users.vcf", b"BEGIN:VCARD\nVERSION:3.0\n"),
        ("users.sql", b"INSERT INTO users VALUES (1, 'ann@example.org');\n"),
        ("users.html", b"<!DOCTYPE html><html><body>Sign in</body></html>"),
    ],
)
def test_what_is_no_list_is_said_without_a_command(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as refused:
        read_source(path)
    english_one = told(refused.value)
    assert not re.search("--|`", english_one)
    with speaking("de"):
        assert told(refused.value).startswith(f"{name} ist ein")
        assert not any(words in told(refused.value) for words in (" is ", "Export the", "In English"))
