"""The choice of a list, driven from Python: a file, a database, what is no list, and another list than before."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from panel_parts import SAVED

import passage_kit as pk
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.translations import told
from passage_kit.widgets import ChoosePath, ReadList
from passage_kit.workspace.plan import SOURCE_URL, Plan
from passage_kit.workspace.workspace import Workspace

OWN = "Mail;Ort\nann@example.org;Köln\nbo@example.org;Ulm\n"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(SOURCE_URL, raising=False)
    return Workspace("migration")


@pytest.fixture
def mapped(workspace, tmp_path):
    """A workspace with a mapped list, a correction and a field from a column."""
    (tmp_path / "may.csv").write_text(OWN)
    schema = pk.MetadataSchema([pk.MetadataField("city"), pk.MetadataField("plan")])
    mapping = FieldMapping({"email": "Mail", "city": "Ort"})
    workspace.save_plan(Plan("may.csv", mapping=mapping, schema=schema, made_fields=("city",)))
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [1], "email", "ann@example.com"))
    return workspace


def drop(panel, name: str, content: bytes) -> None:
    panel.list.zone.take({"name": name, "size": len(content), "at": 0}, content)


def asks(panel) -> bool:
    return panel.newer.layout.display != "none" and panel._question.layout.display == ""


def test_a_dropped_file_is_kept_read_shown_and_saved(workspace):
    panel = ChoosePath(workspace)
    drop(panel, "../kunden.csv", OWN.encode("cp1252"))
    assert panel.messages == [SAVED]
    assert workspace.load_plan().source == "migration/uploads/kunden.csv"
    assert panel.list.view.shown["accented"] == [["Ort", "Köln"]]
    assert ["rows", "2"] in panel.list.view.shown["facts"]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "image"),
        ("letter.docx", b"", "is empty"),
        ("empty.csv", b"", "is empty"),
        ("list.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
    ],
)
def test_what_is_no_list_is_refused_with_the_readers_sentence(workspace, name, content, sentence):
    panel = ChoosePath(workspace)
    panel.save()
    before = workspace.load_plan()
    drop(panel, name, content)
    assert len(panel.messages) == 1
    assert sentence in panel.messages[0]
    assert (panel.list.view.shown["facts"], workspace.load_plan()) == ([], before)
    drop(panel, "kunden.csv", OWN.encode())
    assert panel.messages == [SAVED]


def test_another_encoding_is_read_and_saved_and_a_wrong_one_is_said(workspace):
    panel = ChoosePath(workspace)
    drop(panel, "kunden.csv", OWN.encode("cp1252"))
    panel.list.view.choose("encoding", "cp850")
    assert workspace.load_plan().reading == {"encoding": "cp850"}
    assert panel.list.view.shown["accented"] == [["Ort", "K÷ln"]]
    panel.list.view.choose("encoding", "utf-16")
    assert "utf-16" in panel.messages[0].lower()
    assert workspace.load_plan().reading == {"encoding": "cp850"}
    panel.list.view.choose("encoding", "")
    assert workspace.load_plan().reading == {}
    again = ChoosePath(workspace)
    assert again.messages == [SAVED]


def test_one_of_several_lists_is_asked_for(workspace):
    panel = ChoosePath(workspace)
    panel.save()
    lists = {"staff": [{"email": "ann@example.org", "name": "Ann"}], "guests": [{"email": "bob@example.org"}]}
    drop(panel, "users.json", json.dumps(lists).encode())
    assert "several lists" in panel.messages[0]
    assert workspace.load_plan().source.endswith("legacy_users.csv")
    assert panel.list.view.settings["table"] == ["", "guests", "staff"]
    panel.list.view.choose("table", "staff")
    assert panel.messages == [SAVED]
    assert workspace.load_plan().reading == {"table": "staff"}
    assert ChoosePath(workspace).list.view.shown["facts"][0] == ["rows", "1"]


@pytest.mark.slow
def test_an_encoding_that_is_not_sure_is_asked_for_with_words_as_each_has_them(workspace):
    panel = ChoosePath(workspace)
    panel.save()
    drop(panel, "uyeler.csv", "Mail;Ad\nayse@example.org;Ayşe Yılmaz\nbo@example.org;Şükrü\n".encode("cp1254"))
    assert "cp1254: Ayşe, Yılmaz, Şükrü" in panel.messages[0]
    assert panel.list.view.settings["encoding"][:2] == ["", "cp1254"]
    [shown] = panel.list.view.shown["settings"]
    assert any("Ayþe" in words for _, words in shown["options"])
    panel.list.view.choose("encoding", "cp1254")
    assert panel.messages == [SAVED]
    assert workspace.load_plan().reading == {"encoding": "cp1254"}
    assert panel.list.view.shown["accented"][0] == ["Ad", "Ayşe Yılmaz"]


class TestDatabase:
    @pytest.fixture
    def address(self, tmp_path):
        with sqlite3.connect(tmp_path / "app.db") as app:
            app.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT)")
            app.execute("INSERT INTO customers (email) VALUES ('ann@example.org')")
            app.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
        app.close()
        return f"sqlite:///{tmp_path / 'app.db'}"

    def test_a_table_of_the_environments_database_is_picked(self, workspace, monkeypatch, address):
        monkeypatch.setenv(SOURCE_URL, address)
        panel = ChoosePath(workspace)
        panel.save()
        panel.list.kind.value = "database"
        assert panel.messages == ["Choose the table that holds your users."]
        assert panel.list.table.options == ("customers", "orders")
        panel.list.table.value = "customers"
        assert panel.messages == [SAVED]
        plan = workspace.load_plan()
        assert (plan.source, plan.reading) == (address, {"table": "customers"})
        assert panel.list.view.shown["facts"][:2] == [["rows", "1"], ["columns", "2"]]
        again = ChoosePath(workspace)
        assert (again.list.kind.value, again.list.table.value, again.list.path.value) == ("database", "customers", "")
        names = {"pk": pk, "workspace": workspace}
        exec(again.code, names)  # noqa: S102 - the panel's own code
        assert workspace.load_plan() == plan
        assert address not in again.code

    def test_an_empty_table_is_said(self, workspace, monkeypatch, address):
        monkeypatch.setenv(SOURCE_URL, address)
        panel = ChoosePath(workspace)
        panel.list.kind.value = "database"
        panel.list.table.value = "orders"
        assert "has no rows" in panel.messages[0]
        assert not workspace.has_plan

    def test_without_the_variable_the_panel_says_how_to_set_it(self, workspace):
        panel = ChoosePath(workspace)
        panel.list.kind.value = "database"
        assert f"The environment variable {SOURCE_URL} is not set." in panel.messages[0]

    def test_a_password_is_in_no_field(self, workspace, monkeypatch):
        monkeypatch.setenv(SOURCE_URL, "postgresql://ann:hush@localhost:1/app")
        workspace.save_plan(Plan("postgresql://ann:hush@localhost:1/app", reading={"table": "users"}))
        panel = ChoosePath(workspace)
        assert "hush" not in str(panel.messages) + str([part.get_state() for part in panel.list.children])


@pytest.mark.parametrize("place", ["people", "people/*.csv"])
def test_a_folder_is_read_as_the_command_line_does(workspace, place):
    Path("people").mkdir()
    Path("people/a.csv").write_text("email,name\nann@example.org,Ann\n")
    Path("people/b.csv").write_text("email,name\nbo@example.org,Bo\n")
    panel = ChoosePath(workspace)
    panel.source.value = place
    assert panel.messages == ["Saved in migration/plan.toml."]
    assert dict(panel.list.view.shown["facts"])["rows"] == "2"
    names = {"pk": pk, "workspace": workspace}
    plan = workspace.load_plan()
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    assert workspace.load_plan() == plan
    Path("people/c.csv").write_text("email,name\ncy@example.org,Cy\n")
    panel.save()
    assert dict(panel.list.view.shown["facts"])["rows"] == "3"
    workspace.save_plan(replace(workspace.load_plan(), mapping=FieldMapping({"email": "email"})))
    listed = ReadList(workspace)
    assert len(listed.source.users) == len(pk.read_users(place)) == 3
    prepared = pk.prepare(plan=workspace.plan_path, out=workspace)
    assert sorted(prepared.users["email"]) == ["ann@example.org", "bo@example.org", "cy@example.org"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://example.org/users.csv?token=tulip", "https:// is the address of a file elsewhere"),
        ("s3://bucket/users.csv", "s3:// is the address of a file elsewhere"),
        ("file:///srv/users.csv", "The kit takes a file by its path. Leave out file://."),
        (
            "shop://users",
            "'shop' is not a database that SQLAlchemy knows. Check the URL, or export the users to a file",
        ),
    ],
)
def test_an_address_that_is_no_database_is_told_how_the_list_is_given(workspace, address, said):
    panel = ChoosePath(workspace)
    panel.source.value = address
    assert panel.messages[0].startswith(said)
    assert "tulip" not in panel.messages[0]
    with pytest.raises(pk.SourceError) as refused:
        pk.read_source(address, table="users")
    assert told(refused.value) == panel.messages[0]


def test_a_database_without_tables_is_said(workspace):
    Path("none.db").write_bytes(b"")
    panel = ChoosePath(workspace)
    panel.source.value = "sqlite:///none.db"
    assert panel.messages == ["The database has no table. Check its address."]


class TestAnotherList:
    def test_a_list_with_none_of_the_columns_sets_back_and_says_so(self, mapped):
        panel = ChoosePath(mapped)
        drop(panel, "clients.csv", b"Courriel,Ville\nann@example.org,Paris\n")
        said = "Of the former list were set back: the mapping, 1 field made from a column, 1 correction."
        assert panel.messages[0].startswith(said)
        assert panel.messages[-1] == SAVED
        plan = mapped.load_plan()
        assert (plan.mapping, plan.schema.columns) == (None, ("plan",))
        assert len(mapped.load_corrections()) == 0
        assert (mapped.folder / "former" / "001-corrections.csv").exists()

    def test_another_content_under_the_same_name_sets_back_too(self, mapped, tmp_path):
        (tmp_path / "may.csv").write_text("Courriel,Ville\nann@example.org,Paris\n")
        panel = ChoosePath(mapped)
        assert mapped.load_plan().mapping is not None
        panel.save()
        assert mapped.load_plan().mapping is None
        assert "were set back" in panel.messages[0]

    def test_a_list_with_some_of_the_columns_is_asked_about(self, mapped):
        panel = ChoosePath(mapped)
        before = mapped.load_plan()
        drop(panel, "june.csv", b"Mail;Stadt\ncy@example.org;Bonn\n")
        assert asks(panel)
        assert "Is june.csv a newer export of the list before, or another list?" in panel.messages[0]
        panel.save()
        assert mapped.load_plan() == before

    def test_a_newer_export_keeps_every_choice(self, mapped):
        panel = ChoosePath(mapped)
        before = mapped.load_plan()
        drop(panel, "june.csv", b"Mail;Stadt\ncy@example.org;Bonn\n")
        panel.keep()
        assert not asks(panel)
        plan = mapped.load_plan()
        assert plan == replace(before, source=plan.source)
        assert plan.source.endswith("june.csv")
        assert len(mapped.load_corrections()) == 1
        assert "columns that this list does not have: 'Ort'." in panel.messages[0]

    def test_another_list_begins_anew(self, mapped):
        panel = ChoosePath(mapped)
        drop(panel, "suppliers.csv", b"Mail;Stadt\ncy@example.org;Bonn\n")
        panel.begin_anew()
        assert not asks(panel)
        assert mapped.load_plan().mapping is None
        assert "1 correction" in panel.messages[0]

    def test_the_former_list_may_come_back_instead_of_an_answer(self, mapped):
        panel = ChoosePath(mapped)
        before = mapped.load_plan()
        drop(panel, "june.csv", b"Mail;Stadt\ncy@example.org;Bonn\n")
        panel.source.value = "may.csv"
        assert not asks(panel)
        assert mapped.load_plan() == before

    def test_the_shown_code_sets_back_too(self, mapped, tmp_path):
        (tmp_path / "may.csv").write_text("Courriel,Ville\nann@example.org,Paris\n")
        panel = ChoosePath(mapped)
        assert "pk.change_list(workspace, 'may.csv')" in panel.code
        exec(panel.code, {"pk": pk, "workspace": mapped})  # noqa: S102 - the panel's own code
        plan = mapped.load_plan()
        assert plan == replace(panel.value, source=plan.source)
        assert (mapped.folder / "former" / "001-corrections.csv").exists()
