from dataclasses import replace

import pytest
from jinja2 import UndefinedError

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.export.report import render_report, report_page
from passage_kit.export.report_page import ReportPage, ReportSection

PUSHED = ReportSection("push", "Push", "One user was pushed.", ("Outcome", "Users"), [("created", "New.", 1_000)])


@pytest.fixture(scope="module")
def prepared():
    return pk.prepare(users_frame({"email": ["anna@example.org", "anna@example.org", "bo@"], "plan": ["a", "b", ""]}))


@pytest.mark.slow
def test_a_page_that_was_written_down_is_the_same_page(prepared):
    page = report_page(prepared)
    assert page.to_html() == render_report(prepared)
    for shown in (page, page.with_section(PUSHED), page.with_section(PUSHED).with_section(replace(PUSHED, ident="x"))):
        again = ReportPage.from_json(shown.to_json())
        assert again == shown
        assert again.to_html() == shown.to_html()


def test_it_is_written_down_alike_each_time(prepared):
    assert report_page(prepared).to_json() == report_page(prepared).to_json()


@pytest.mark.parametrize(("rehearsal", "said"), [(False, "Done, see"), (True, "Rehearsed, see")])
def test_a_section_has_its_counts_and_is_said_on_the_first_page(prepared, rehearsal, said):
    html = report_page(prepared).with_section(replace(PUSHED, rehearsal=rehearsal)).to_html()
    assert f'{said} <a href="#push">Push</a>.' in html
    assert "<li>One user was pushed.</li>" in html
    assert '</section>\n<section id="push" aria-labelledby="push-title">' in html
    assert '<td class="count">1,000</td>' in html


def test_what_another_version_wrote_down_is_not_read(prepared):
    text = report_page(prepared).to_json().replace(pk.__version__, "0.0.1", 1)
    assert ReportPage.from_json(text) is None


def test_a_value_that_is_missing_is_an_error_and_not_a_blank(prepared):
    values = dict(report_page(prepared).values)
    del values["settings"]
    with pytest.raises(UndefinedError, match="settings"):
        ReportPage(values).to_html()
