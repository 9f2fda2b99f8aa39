"""The buttons for files, driven as the page drives them; ``tests/test_browser.py`` presses them."""

import os

import pytest
from panel_parts import parts

import passage_kit as pk
from passage_kit.widgets import ExportUsers, PushUsers, WriteBackIds, file_buttons
from passage_kit.widgets.file_buttons import FileButtons


@pytest.fixture
def workspace(tmp_path):
    workspace = pk.Workspace(tmp_path / "migration").make()
    workspace.out.mkdir()
    (workspace.out / "ledger.csv").write_bytes(bytes(range(256)) * 40)
    (workspace.out / "report.html").write_text("<h1>Report</h1>")
    return workspace


@pytest.fixture
def sent(monkeypatch):
    """What goes to the page."""
    said = []
    monkeypatch.setattr(FileButtons, "send", lambda _self, content, buffers=None: said.append((content, buffers)))
    return said


def read(buttons: FileButtons, sent: list, name: str, at: int = 0):
    sent.clear()
    buttons.hear({"do": "read", "with": {"name": name, "at": at}})
    return sent[0] if sent else None


def test_a_file_comes_in_pieces_that_make_it_whole(workspace, sent, monkeypatch):
    monkeypatch.setattr(file_buttons, "PIECE", 1_000)
    buttons, content = FileButtons(workspace), b""
    while True:
        said, [piece] = read(buttons, sent, "out/ledger.csv", len(content))
        assert (said["piece"], said["at"], said["size"]) == ("out/ledger.csv", len(content), 10_240)
        if not piece:
            break
        content += piece
    assert content == (workspace.out / "ledger.csv").read_bytes()


def test_another_content_is_told_by_its_moment(workspace, sent):
    buttons = FileButtons(workspace)
    first, _ = read(buttons, sent, "out/ledger.csv")
    os.utime(workspace.out / "ledger.csv", ns=(1, 1))
    assert read(buttons, sent, "out/ledger.csv")[0]["written"] == "1" != first["written"]


@pytest.mark.parametrize("name", ["push.sqlite", "../secret.csv", "/etc/hostname", "out/none.csv", ""])
def test_what_is_not_listed_is_not_there(workspace, sent, name):
    for path in (workspace.folder / "push.sqlite", workspace.folder.parent / "secret.csv"):
        path.write_text("x")
    assert read(FileButtons(workspace), sent, name) == ({"gone": name}, None)


@pytest.mark.parametrize(
    "content", [None, {}, {"do": "read"}, {"do": "read", "with": {"name": 1, "at": 0}}, {"do": []}]
)
def test_a_message_of_another_form_is_not_answered(workspace, sent, content):
    FileButtons(workspace).hear(content)
    assert sent == []


def test_no_place_before_the_beginning(workspace, sent):
    assert read(FileButtons(workspace), sent, "out/ledger.csv", -1) == ({"gone": "out/ledger.csv"}, None)


def test_a_panel_has_the_files_that_it_writes(workspace):
    (workspace.out / "passage_ids.csv").write_text("x")
    (workspace.out / "write_back.csv").write_text("x")

    def names(panel) -> list[str]:
        [buttons] = [part for part in parts(panel) if isinstance(part, FileButtons)]
        return [file["name"] for file in buttons.shown["files"]]

    assert names(PushUsers(workspace)) == ["out/report.html", "out/passage_ids.csv"]
    assert names(WriteBackIds(workspace)) == ["out/write_back.csv"]
    assert names(ExportUsers(workspace)) == [
        "out/report.html", "out/ledger.csv", "out/passage_ids.csv", "out/write_back.csv",
    ]  # fmt: skip
