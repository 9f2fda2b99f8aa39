"""The panel of the write-back, driven from Python: tables from a list, nothing changed unasked, the address hidden."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from panel_parts import parts
from pushing import workspace_of

import passage_kit as pk
from passage_kit.errors import OptionError, PassageIdsError
from passage_kit.push.rehearsal import SandboxClient, of_a_rehearsal
from passage_kit.widgets import WriteBackIds
from passage_kit.widgets.sample_files import SAMPLE_LIST, sample_file
from passage_kit.workspace.plan import Plan

IDS = pd.DataFrame(
    {
        "source_row": ["1", "2"],
        "source_key": ["7", "8"],
        "email": ["ann@example.org", "bo@example.org"],
        "phone": [None, None],
        "passage_id": ["9DeEXvYBStnzwQcHFd6f558L", "9DeEXvYBStnzwQcHFd6f558M"],
        "outcome": ["created", "created"],
    }
)
IDS_BY_KEY = dict(zip(IDS["source_key"], IDS["passage_id"], strict=True))


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PASSAGE_DB_URL", raising=False)
    workspace = pk.Workspace("migration").make()
    workspace.out.mkdir()
    IDS.to_csv(workspace.out / "passage_ids.csv", index=False)
    with closing(sqlite3.connect("secret-app.db")) as app, app:
        app.execute("CREATE TABLE members (number INTEGER PRIMARY KEY, email TEXT)")
        app.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER)")
        app.executemany("INSERT INTO members VALUES (?, ?)", [(7, "ann@example.org"), (8, "bo@example.org"), (9, None)])
    return workspace


def members() -> list[tuple]:
    with closing(sqlite3.connect("secret-app.db")) as app:
        return app.execute("SELECT * FROM members ORDER BY number").fetchall()


def connected(workspace) -> WriteBackIds:
    panel = WriteBackIds(workspace)
    panel.database.value = "typed"
    panel.address.hear({"secret": "sqlite:///secret-app.db"})
    panel.wait()
    panel.table.value = "members"
    return panel


def click(panel: WriteBackIds, button) -> None:
    assert not button.disabled
    button.click()
    panel.wait()


def test_ids_of_a_rehearsal_are_called_so_before_and_after_they_are_written(workspace):
    workspace_of(workspace.folder, [{"email": "ann@example.org", "source_key": "7", "points": "1"}])
    with SandboxClient(workspace) as client:
        pk.push_users(workspace, client=client)
    panel = connected(workspace)
    click(panel, panel.look)
    assert panel.consent.description.endswith(" to an id of a rehearsal")
    panel.consent.value = True
    click(panel, panel.act)
    assert of_a_rehearsal() in panel.messages
    panel.ids.value = "ids.csv"  # whose they are is for the person to know
    IDS.to_csv("ids.csv", index=False)
    click(panel, panel.look)
    assert of_a_rehearsal() not in panel.messages


def test_the_users_table_is_chosen_from_the_list(workspace):
    panel = WriteBackIds(workspace)
    assert (panel.table.options, panel.table.value) == (("users",), "users")
    panel.database.value = "typed"
    assert panel.table.options == ()
    panel.address.hear({"secret": "sqlite:///secret-app.db"})
    panel.wait()
    assert (panel.table.options, panel.table.value) == (("members", "orders"), None)
    click(panel, panel.look)
    assert panel.messages == ["The write-back has no users table yet. Choose it from the list. Nothing was changed."]
    panel.table.value = "orders"
    click(panel, panel.list)
    assert panel.table.value == "orders"
    panel.database.value = "sample"
    assert panel.table.value == "users"
    panel.database.value = "typed"  # its address is there already
    panel.wait()
    assert panel.table.options == ("members", "orders")


def test_the_tables_of_the_environments_database_are_listed_at_once(workspace, monkeypatch):
    monkeypatch.setenv("PASSAGE_DB_URL", "sqlite:///secret-app.db")
    panel = WriteBackIds(workspace)
    panel.database.value = "variable"
    panel.wait()
    assert panel.table.options == ("members", "orders")


def test_a_database_without_tables_is_said(workspace):
    Path("none.db").write_bytes(b"")
    panel = WriteBackIds(workspace)
    panel.database.value = "typed"
    panel.address.hear({"secret": "sqlite:///none.db"})
    panel.wait()
    assert panel.messages == ["The database has no table. Check its address."]
    assert panel.table.options == ()


def test_ids_that_are_no_text_ask_for_nothing_that_the_panel_lacks(workspace):
    Path("ids.csv").write_bytes(b"id,email\n" + bytes(range(128, 256)) * 3)
    panel = connected(workspace)
    panel.ids.value = "ids.csv"
    click(panel, panel.look)
    assert panel.messages == ["ids.csv is not UTF-8. Export the Passage ids again, as UTF-8."]


def test_tables_and_keys_come_from_the_database(workspace):
    panel = connected(workspace)
    assert panel.table.options == ("members", "orders")
    assert panel.key.options == (("The primary key (number)", ""), ("number", "number"), ("email", "email"))
    panel.key.value = "number"
    panel.table.value = "orders"
    assert panel.key.value == ""


def test_ids_of_an_own_list_go_into_the_samples_database_only_when_somebody_agrees(workspace):
    """Its keys may be those of made-up customers."""
    IDS.assign(source_key=["1001", "1008"]).to_csv(workspace.out / "passage_ids.csv", index=False)
    workspace.save_plan(Plan("own.csv"))
    panel = WriteBackIds(workspace)
    planned = panel.run()
    assert (planned.dry_run, len(planned.to_set)) == (True, 2)
    assert any("is the database of the sample, and your list is another one" in text for text in panel.messages)
    assert panel.consent.description
    assert panel.undo().set_back == 0  # nothing was written, which ends no Run All
    workspace.save_plan(Plan(sample_file(SAMPLE_LIST)))
    assert not panel.run().dry_run
    assert not any("your list is another one" in text for text in panel.messages)


def test_by_buttons_it_looks_asks_writes_and_sets_back(workspace):
    panel = connected(workspace)
    before = members()
    assert panel.act.disabled
    click(panel, panel.look)
    assert members() == before
    assert panel.consent.description.startswith("Yes, set 2 rows of members")
    assert "ADD COLUMN" in panel.planned.shown["sql"]
    assert panel.planned.shown["rows"] == [[key, passage_id, "Source key"] for key, passage_id in IDS_BY_KEY.items()]
    panel.consent.value = True
    click(panel, panel.act)
    assert [row[-1] for row in members()] == [*IDS["passage_id"], None]
    assert panel.act.disabled
    click(panel, panel.undo_look)
    panel.undo_consent.value = True
    click(panel, panel.take_back)
    assert members() == before


def test_a_cell_changes_the_sample_alone(workspace):
    panel = connected(workspace)
    before = members()
    planned = panel.run()
    assert planned.dry_run
    assert members() == before
    assert len(panel.rows()) == 3
    sample = WriteBackIds(workspace)
    written = sample.run()
    said = sample.messages
    assert sample.undo().dry_run
    assert (sample.messages, sample.value) == (said, written)  # the panel goes on to show what was written
    names = {"pk": pk, "workspace": workspace}
    exec(sample.code, names)  # noqa: S102 - the panel's own code
    assert not written.dry_run
    assert names["written"].check == written.check


@pytest.mark.parametrize("change", ["database", "table", "key", "column", "ids"])
def test_consent_ends_with_another_choice(workspace, change):
    panel = connected(workspace)
    click(panel, panel.look)
    panel.consent.value = True
    others = {"database": "sample", "table": "orders", "key": "email", "column": "pid", "ids": "export.csv"}
    getattr(panel, change).value = others[change]
    assert panel.planned.shown["kinds"] == []  # they were those of the former choice
    assert panel.act.disabled
    assert not panel.consent.value


def test_the_address_is_in_no_state_no_code_and_no_message(workspace):
    panel = connected(workspace)
    panel.address.hear({"secret": "postgresql://ann:tulip@127.0.0.1:9/app"})
    panel.wait()
    click(panel, panel.look)
    said = [str(widget.get_state()) for widget in parts(panel)]
    assert panel.messages
    assert "tulip" not in "".join([*said, panel.code, *panel.messages, repr(panel), *panel.outcome.lines])


def test_what_is_missing_is_said(workspace):
    panel = WriteBackIds(workspace)
    panel.database.value = "typed"
    with pytest.raises(OptionError, match="Type its address"):
        panel.run()
    panel.address.hear({"secret": "sqlite:///nowhere.db"})
    panel.wait()
    assert "There is no database file" in panel.messages[0]
    assert WriteBackIds(workspace).undo().to_text().splitlines()[0].strip() == "0  rows of users to be set back"
    Path(workspace.out, "passage_ids.csv").unlink()
    with pytest.raises(PassageIdsError):
        connected(workspace).run()
