"""Property tests explore anew on every run of a developer, and are the same on every run of CI.

The fixtures ``sandbox`` and ``http`` are a running sandbox and a plain client with its key; ``standing_sandbox`` and
``standing_http`` are shared by a module, for tests that leave no user behind.
"""

import os

import httpx
import pytest
from hypothesis import settings

from passage_kit.sandbox import Sandbox

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")


def client_of(sandbox: Sandbox) -> httpx.Client:
    """Make a client for the paths of the sandbox's app."""
    address = f"{sandbox.base_url}/apps/{sandbox.app_id}"
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {sandbox.api_key}"})


@pytest.fixture
def sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture
def http(sandbox):
    with client_of(sandbox) as client:
        yield client


@pytest.fixture(scope="module")
def standing_sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def standing_http(standing_sandbox):
    with client_of(standing_sandbox) as client:
        yield client
