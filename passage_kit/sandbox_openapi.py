"""The sandbox's OpenAPI document."""

from __future__ import annotations

from typing import Any

from passage_kit.sandbox_contract import Unknowns


def openapi_document(unknowns: Unknowns) -> dict[str, Any]:
    """Make the document of what the sandbox answers."""
    return {"openapi": "3.1.0", "info": {"title": "Passage Management API (sandbox)", "version": "1"}, "paths": {}}
