import datetime as dt
import re

import pytest

import passage_kit as pk
from passage_kit.app.home import Reader, busy_page, home_page, sign_in_page
from passage_kit.files.bundled import bundled
from passage_kit.workspace.session import Session

READER = Reader("/m/", '<input type="hidden" name="_xsrf" value="x">', "Anna", True)


def holder(name: str) -> Session:
    now = dt.datetime.now().astimezone()
    return Session("1f", name, now - dt.timedelta(days=3), now)


@pytest.fixture
def workspace(tmp_path):
    return pk.Workspace(tmp_path / "migration")


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]).split())


def home(workspace, session=None, *, mine=False) -> str:
    return home_page(workspace, bundled("notebooks"), READER, session, mine)


def test_a_new_workspace_has_steps_and_no_files(workspace):
    page = home(workspace)
    assert "Choose your path and your list to do" in text_of(page)
    assert "None yet." in page
    assert 'href="/m/steps/01_read_and_map.ipynb"' in page
    assert "Nobody works here" in page


@pytest.mark.slow
def test_every_output_has_a_button_and_the_report_opens(workspace):
    pk.prepare(bundled("sample_data/legacy_users.csv"), default_region="US", out=workspace)
    page = home(workspace, holder("Anna"), mine=True)
    for path in pk.output_files(workspace):
        assert f'href="/m/files/out/{path.name}?download=1" download' in page
    assert 'href="/m/files/out/report.html" target="_blank"' in page
    assert "You work here." in page


def test_many_files_are_folded(workspace):
    workspace.make()
    words = workspace.out / "words" / "en"
    words.mkdir(parents=True)
    for number in range(15):
        (words / f"word{number:02}.txt").write_text("x")
    assert "<summary>3 more</summary>" in home(workspace)


def test_names_are_shown_as_text(workspace):
    page = home(workspace, holder("<script>alert(1)</script>"))
    assert "<script>" not in page + busy_page(READER, holder("<script>"))
    assert "works here" in page


def test_a_moment_of_another_day_has_its_day(workspace):
    session = holder("Bo")
    assert f"{session.since:%Y-%m-%d %H:%M}" in home(workspace, session)
    assert f"last page opened {session.seen:%H:%M}" in text_of(home(workspace, session))


def test_a_plan_that_cannot_be_read_is_said(workspace):
    workspace.make()
    workspace.plan_path.write_text("[source")
    assert "plan.toml" in text_of(home(workspace))


def test_the_sign_in_asks_for_a_password_or_for_the_token():
    assert "The password is not right." in sign_in_page(READER, "/m/", refused=True)
    assert 'type="password"' not in sign_in_page(READER, "/m/", by_token=True)


def test_the_pages_fetch_nothing():
    pages = sign_in_page(READER, "/m/") + busy_page(READER, holder("Bo"))
    assert not re.search(r"""(?:src|href)=["'](?!/m/|data:)|@import|url\(""", pages)
