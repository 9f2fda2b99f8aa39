"""Property tests explore anew on every run of a developer, and are the same on every run of CI."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A Chromium, for the tests that look at pages."""
    from browsing import CHROMIUM_ARGUMENTS, chromium
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()
