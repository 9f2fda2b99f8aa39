"""What every panel has: content that is in no saved state, work beside the page, errors in a sentence."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ipywidgets
import pytest
from panel_parts import upload
from waiting import LONG

from passage_kit.errors import OptionError
from passage_kit.progress import Stages
from passage_kit.widgets.panel import BasePanel
from passage_kit.widgets.unsaved import Unsaved
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace


class Panel(BasePanel):
    """A panel that says and does what a test wants."""

    def say(self, *messages, code):
        self._say(*messages)
        self._line.show(code=code)

    def work(self, work, take):
        self._work("Preparing", work, take)


@pytest.fixture
def panel(tmp_path):
    return Panel(Workspace(tmp_path / "migration"), [])


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(Unsaved, "send", lambda widget, content, buffers=None: messages.append(content))
    return messages


class Shown(Unsaved):
    _esm = "export default { render() {} }"

    def _heard(self, content):
        self.heard = content


def test_content_goes_to_the_page_in_messages_and_is_in_no_state(sent):
    widget = Shown()
    widget.show(name="Ann")
    widget.show(city="Lyon")
    widget.hear({"ask": "show"})
    assert sent == [{"show": {"name": "Ann"}}, {"show": {"city": "Lyon"}}, {"show": {"name": "Ann", "city": "Lyon"}}]
    assert "Ann" not in str({name: value for name, value in widget.get_state().items() if name != "_esm"})
    widget.hear({"do": "something"})
    assert widget.heard == {"do": "something"}


def test_two_widgets_are_told_apart():
    assert Shown().ident != Shown().ident


def test_messages_and_code_are_in_no_state(panel):
    panel.say(("info", "ann@example.org is new."), code="fix('ann@example.org')")
    assert panel.messages == ["ann@example.org is new."]
    assert panel.code == "fix('ann@example.org')"
    assert "ann@example.org" not in str([part.get_state() for part in (panel, *panel.children)])


def test_work_is_done_beside_the_page_with_progress(panel, sent):
    go_on, taken, threads = threading.Event(), [], set()

    def work():
        threads.add(threading.get_ident())
        with Stages({"Reading": 1, "Writing": 3}) as stages:
            stages.next()
            stages.next(rows=1_200)
        assert go_on.wait(LONG)
        return "result"

    panel.work(work, taken.append)
    assert panel.busy
    go_on.set()
    panel.wait()
    assert (taken, panel.busy) == (["result"], False)
    assert threading.get_ident() not in threads
    progress = [message["show"]["progress"] for message in sent if "progress" in message["show"]]
    assert [entry and (entry["label"], entry["share"]) for entry in progress] == [
        ("Preparing …", None), ("Reading …", 0.0), ("Writing, 1,200 rows …", 0.25), None
    ]  # fmt: skip


def test_an_error_of_work_is_a_sentence(panel):
    def work():
        raise OptionError("There is no such option.")

    panel.work(work, lambda _result: pytest.fail("there is no result"))
    panel.wait()
    assert (panel.messages, panel.busy) == (["There is no such option."], False)


def test_a_defect_is_not_hidden(panel):
    panel.work(lambda: 1 // 0, lambda _result: pytest.fail("there is no result"))
    with pytest.raises(ZeroDivisionError):
        panel.wait()
    assert "Run the code below to see it." in panel.messages[0]
    assert not panel.busy


def test_an_upload_while_the_workspace_is_written_is_refused_in_the_panel(panel):
    field = ipywidgets.Text()
    _, button = panel._with_upload(field, "Upload").children
    with ThreadPoolExecutor(1) as elsewhere:
        with locked(panel.workspace.folder, "push", make=True):
            elsewhere.submit(upload, button, "users.csv", b"email").result()
            assert panel.messages[0].startswith("Another cell or panel of this session (push, process")
            assert (field.value, (panel.workspace.folder / "uploads").exists()) == ("", False)
        elsewhere.submit(upload, button, "again.csv", b"email").result()
    assert Path(field.value).read_bytes() == b"email"


@pytest.mark.parametrize("name", ["", "..", "../..", "a/..", "a\\..", "\0.csv", "\ud800.csv", "x" * 5_000, ". "])
def test_an_upload_with_a_name_that_no_file_can_have_is_refused_in_the_panel(panel, name):
    field = ipywidgets.Text()
    _, button = panel._with_upload(field, "Upload").children
    upload(button, name, b"email")
    assert len(panel.messages) == 1
    assert field.value == ""
    assert [path.name for path in panel.workspace.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../users.csv", "C:\\lists\\users.csv", "/etc/users.csv"])
def test_an_upload_lands_in_the_workspace_whatever_its_name_says(panel, name):
    field = ipywidgets.Text()
    _, button = panel._with_upload(field, "Upload").children
    upload(button, name, b"email")
    assert Path(field.value) == panel.workspace.folder / "uploads" / "users.csv"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_an_upload_does_not_follow_a_link(panel, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    panel.workspace.make()
    (panel.workspace.folder / "uploads").symlink_to(tmp_path / "elsewhere")
    field = ipywidgets.Text()
    upload(panel._with_upload(field, "Upload").children[1], "users.csv", b"email")
    assert "is a link to another folder" in panel.messages[0]
    assert list((tmp_path / "elsewhere").iterdir()) == []
