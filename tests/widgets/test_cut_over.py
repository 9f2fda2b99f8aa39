"""The panel of the cut-over, driven from Python: shown == shown code == direct call."""

import pytest

import passage_kit as pk
from passage_kit.errors import OptionError
from passage_kit.widgets import CutOver


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """A folder without a ``.env``, and an environment that names no app."""
    monkeypatch.chdir(tmp_path)
    for name in ("PASSAGE_APP_ID", "PASSAGE_API_KEY", "PASSAGE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "users.csv").write_text("email\nann@example.org\nbo@example.org\n")
    pk.prepare(tmp_path / "users.csv", out=tmp_path / "m")
    return pk.Workspace(tmp_path / "m")


def opened(workspace, client=None) -> CutOver:
    panel = CutOver(workspace, client)
    panel.wait()
    return panel


def steps(panel) -> dict[str, dict]:
    return {step["title"]: step for step in panel.view.shown["steps"]}


def test_it_looks_when_it_is_shown_and_each_step_says_what_to_do(workspace):
    panel = opened(workspace)
    assert steps(panel)["Users imported"]["evidence"] == "2 exported users, and no push"
    assert all(step["next"] for step in steps(panel).values())
    assert panel.messages == ["6 steps left. Each says what to do."]
    assert panel.code == "status = pk.find_status(workspace, client=client)"


def test_it_shows_what_the_shown_code_gives(workspace, sandbox):
    with pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as client:
        pk.push_users(workspace, client=client)
        panel, names = opened(workspace, client), {"pk": pk, "workspace": workspace, "client": client}
        exec(panel.code, names)  # noqa: S102 - the panel's own code
    assert panel.value == names["status"]
    assert [step["evidence"] for step in steps(panel).values()] == [it.evidence for it in panel.value.checks]
    assert steps(panel)["Users imported"] | {"at": ""} == {
        "title": "Users imported", "state": "rehearsed", "said": "rehearsed only", "at": "", "next": "Push to the app.",
        "evidence": "2 of 2 exported users",
    }  # fmt: skip


def test_looking_again_sees_what_was_done_since(workspace):
    panel = opened(workspace)
    assert steps(panel)["Users told"]["state"] == "open"
    pk.note_words_sent(workspace, "announcement")
    panel.again.click()
    panel.wait()
    assert steps(panel)["Users told"]["state"] == "done"
    assert steps(panel)["Users told"]["at"]
    assert panel.messages == ["5 steps left. Each says what to do."]
    assert not panel.again.disabled


def test_a_health_address_is_asked_and_is_in_the_code(workspace, sandbox):
    panel = opened(workspace)
    panel.health.value = f"{sandbox.base_url}/health"
    panel.wait()
    assert "answered" in steps(panel)["Middleware answering"]["evidence"]
    assert panel.code.endswith(f"health={sandbox.base_url + '/health'!r})")
    panel.health.value = "no address"
    panel.wait()
    assert "The health address is none" in panel.messages[0]
    with pytest.raises(OptionError, match="The health address is none"):
        panel.run()


def test_it_has_nothing_to_tick(workspace):
    assert [type(child).__name__ for child in opened(workspace).children] == [
        "PanelHead", "Text", "HBox", "StatusView", "CodeLine",
    ]  # fmt: skip
