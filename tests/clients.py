"""A plain client of a sandbox, in no conftest: a test that imports from one may meet that of another folder."""

import httpx
from waiting import LONG

from passage_kit.sandbox import Sandbox


def client_of(sandbox: Sandbox) -> httpx.Client:
    """Make a client for the paths of the sandbox's app."""
    address = f"{sandbox.base_url}/apps/{sandbox.app_id}"
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {sandbox.api_key}"}, timeout=LONG)
