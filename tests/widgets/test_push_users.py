"""The panel of the push, driven from Python: nothing goes out unasked, the key stays hidden, a stop can be resumed."""

import time

import pytest
from panel_parts import parts
from pushing import FIELDS, people, workspace_of

import passage_kit as pk
from passage_kit.errors import OptionError, PushError
from passage_kit.sandbox import Fault, Sandbox
from passage_kit.widgets import PushUsers

KEY = "psg_secret_key_of_a_test"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return workspace_of(tmp_path / "m", people(12))


def click(panel: PushUsers, button) -> None:
    assert not button.disabled
    button.click()
    panel.wait()


def aimed_at(panel: PushUsers, app: Sandbox) -> None:
    panel.target.value = "app"
    panel.app_id.value, panel.base_url.value = app.app_id, app.base_url
    panel.key.hear({"secret": app.api_key})


def test_by_buttons_it_looks_asks_pushes_compares_and_takes_back(workspace):
    panel = PushUsers(workspace)
    assert (panel.act.disabled, panel.take_back.disabled) == (True, True)
    click(panel, panel.look)
    assert panel.value.dry_run
    assert panel.consent.description == "Yes, push 12 users to the sandbox on this machine"
    assert panel.act.disabled
    panel.consent.value = True
    click(panel, panel.act)
    assert panel.value.created == 12
    assert panel.messages == ["Rehearsed with 12 users. Nobody is in Passage because of it."]
    assert panel.act.disabled
    click(panel, panel.compare)
    assert panel.messages == ["Everybody is there as prepared, in the sandbox (a rehearsal)."]
    click(panel, panel.undo_look)
    assert panel.take_back.disabled
    panel.undo_consent.value = True
    click(panel, panel.take_back)
    assert panel.value.deleted == 12


def test_nobody_is_pushed_whose_numbers_were_not_seen(workspace):
    panel = PushUsers(workspace)
    click(panel, panel.look)
    assert panel.outdated == ""
    panel.consent.value = True
    workspace_of(workspace.folder, people(13))
    panel.act.click()
    panel.wait()
    assert panel.messages[0].startswith("The users were prepared again since. Look again")
    assert panel.value.dry_run
    panel.look_again()
    assert panel.outdated == "Out of date: The users were prepared again since."
    panel._head.hear({"do": "renew"})  # as the button does
    panel.wait()
    assert (panel.outdated, panel.value.to_send) == ("", 13)


def test_users_that_are_older_than_the_corrections_are_marked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").write_text("email\nann@example.org\nbo@\n")
    workspace = pk.Workspace("m")
    pk.prepare("users.csv", mapping=pk.FieldMapping({"email": "email"}), out=workspace)
    assert PushUsers(workspace).outdated == ""
    workspace.save_corrections(pk.correct(workspace.load_corrections(), [2], "email", "bo@example.org"))
    assert PushUsers(workspace).outdated.endswith(": 1 correction since. Prepare again in 03_validate_and_export.")


def test_the_cell_is_the_shown_code_is_the_direct_call(workspace):
    panel = PushUsers(workspace)
    run = panel.run()
    assert (run.created, run.rehearsal) == (12, True)
    again = panel.run()  # nothing is left
    names = {"pk": pk, "workspace": workspace}
    exec(panel.code, names)  # noqa: S102 - the panel's own code
    names["client"].close()
    assert names["result"].outcomes == again.outcomes == run.outcomes
    assert names["verification"].ok
    assert panel.verify().ok


def test_an_app_is_never_pushed_to_by_a_cell_alone(workspace):
    with Sandbox(schema=FIELDS) as app:
        panel = PushUsers(workspace)
        aimed_at(panel, app)
        expected = panel.run()
        assert expected.dry_run
        assert app.users().empty
        assert panel.consent.description == f"Yes, push 12 users to the app {app.app_id} at {expected.host}"
        panel.consent.value = True
        click(panel, panel.act)
        assert len(app.users()) == 12


@pytest.mark.parametrize("change", ["target", "app_id", "base_url", "on_existing"])
def test_consent_ends_with_another_choice(workspace, change):
    panel = PushUsers(workspace)
    click(panel, panel.look)
    panel.consent.value = True
    assert not panel.act.disabled
    others = {"target": "app", "app_id": "another", "base_url": "https://passage.example/v1", "on_existing": "update"}
    getattr(panel, change).value = others[change]
    assert panel.act.disabled
    assert not panel.consent.value


def test_the_key_is_in_no_state_no_code_and_no_message(workspace):
    panel = PushUsers(workspace)
    panel.target.value = "app"
    panel.key.hear({"secret": KEY})
    panel.base_url.value, panel.app_id.value = "http://127.0.0.1:9/v1", "app"
    panel.look.click()
    panel.wait()
    said = [str(widget.get_state()) for widget in parts(panel)]
    assert KEY not in "".join([*said, panel.code, *panel.messages, repr(panel), *panel.outcome.lines])
    assert panel.key.secret == KEY


@pytest.mark.parametrize("message", [None, {}, {"secret": 3}, {"secret": " "}, {"secret": "a\0b"}, [KEY]])
def test_odd_messages_are_no_key(workspace, message):
    panel = PushUsers(workspace)
    panel.key.hear(message)
    assert panel.key.secret is None


def test_without_a_target_nothing_is_sent_and_what_is_missing_is_named(workspace):
    panel = PushUsers(workspace)
    panel.target.value = "app"
    with pytest.raises(OptionError, match="Fill in: App id, Address, API key"):
        panel.run()
    assert panel.messages == ["The push has no target yet. Fill in: App id, Address, API key. Nothing was sent."]


def test_nothing_prepared_and_nothing_pushed_are_said(workspace, tmp_path):
    panel = PushUsers(pk.Workspace(tmp_path / "empty"))
    click(panel, panel.look)
    assert panel.messages
    assert not (tmp_path / "empty").exists()
    with pytest.raises(PushError, match=r"[Pp]ush"):
        PushUsers(workspace).verify()


@pytest.mark.slow
def test_a_stopped_push_goes_on_with_the_same_button(workspace, tmp_path):
    workspace = workspace_of(tmp_path / "many", people(80))
    with Sandbox(schema=FIELDS, faults=[Fault("latency", operation="create", seconds=0.3)]) as app:
        panel = PushUsers(workspace)
        aimed_at(panel, app)
        click(panel, panel.look)
        panel.consent.value = True
        panel.act.click()
        assert panel.stop.layout.display == ""
        while app.users().empty:
            time.sleep(0.01)
        panel.stop.click()
        panel.wait()
        assert panel.messages[0].startswith("Stopped. ")
        assert "Press the same button to go on." in panel.messages[0]
        click(panel, panel.look)
        panel.consent.value = True
        click(panel, panel.act)
        assert panel.value.complete
        assert len(app.users()) == 80
