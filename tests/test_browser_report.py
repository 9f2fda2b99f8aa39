"""The report in a real Chromium: one page first, everything else folded, and a tidy print."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

import passage_kit as pk

pytestmark = pytest.mark.browser

SAMPLE = Path(__file__).parents[1] / "sample_data"
LONGEST = 4_000  # pixels before anything is unfolded


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("report")
    schema = pk.MetadataSchema.from_toml(SAMPLE / "metadata_fields.toml")
    pk.prepare(SAMPLE / "legacy_users.csv", schema=schema, template=SAMPLE / "console_template.csv", out=folder)
    return (folder / "out" / "report.html").as_uri()


@pytest.fixture
def shown(browser, report):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report)
    yield page
    page.close()
    assert asked == [report]  # the file is all that it needs


@pytest.mark.parametrize("width", [1280, 900])
def test_the_first_page_is_short_and_fits_its_window(shown, width):
    shown.set_viewport_size({"width": width, "height": 900})
    size = shown.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert size[0] < LONGEST
    assert size[1] <= width
    assert shown.locator("details").count() > 3
    assert shown.locator("details[open]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_reading_it(shown, scheme):
    shown.emulate_media(color_scheme=scheme)
    shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(shown).response["violations"]
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("moderate", "serious", "critical")] == []


def test_it_prints_on_some_pages(shown):
    printed = shown.pdf(format="A4")
    assert 1 <= printed.count(b"/Type /Page\n") <= 20
