import pytest

import passage_kit as pk
from passage_kit.preparation.downloads import list_downloads


@pytest.fixture
def workspace(tmp_path):
    workspace = pk.Workspace(tmp_path / "migration").make()
    (workspace.out / "words" / "en").mkdir(parents=True)
    return workspace


def names(workspace) -> list[str]:
    return [it.name for it in list_downloads(workspace)]


def test_every_output_is_listed_and_the_report_is_first(workspace):
    pk.prepare(pk.read_users(_list(workspace)), out=workspace)
    found = list_downloads(workspace)
    assert {it.path for it in found} >= set(pk.output_files(workspace))
    assert [it.name for it in found if it.is_page] == ["out/report.html"] == names(workspace)[:1]
    assert all(it.size == it.path.stat().st_size for it in found)


def _list(workspace):
    path = workspace.folder.parent / "users.csv"
    path.write_text("email\nann@example.org\nbo@\n")
    return path


def test_parts_stand_in_the_place_of_the_whole(workspace):
    for name in ("console_import-002.csv", "console_import-001.csv", "report.html", "another.csv"):
        (workspace.out / name).write_text("x")
    assert [(it.name, it.title) for it in list_downloads(workspace)] == [
        ("out/report.html", "Report"),
        ("out/console_import-001.csv", "CSV for the Console, part 1"),
        ("out/console_import-002.csv", "CSV for the Console, part 2"),
        ("out/another.csv", "another.csv"),
    ]


def test_words_are_listed_by_language(workspace):
    (workspace.out / "words" / "en" / "announcement.html").write_text("x")
    assert [it.title for it in list_downloads(workspace)] == ["Words: en/announcement.html"]


@pytest.mark.parametrize("name", [".session.json", "push.sqlite", "stages/users.parquet", "out/.report.html.1.part"])
def test_what_the_kit_keeps_for_itself_is_not(workspace, name):
    path = workspace.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert names(workspace) == []


def test_a_link_leads_nowhere(workspace):
    secret = workspace.folder.parent / "secret.csv"
    secret.write_text("x")
    (workspace.out / "findings.csv").symlink_to(secret)
    (workspace.out / "words" / "en" / "faq.txt").symlink_to(secret)
    assert names(workspace) == []
