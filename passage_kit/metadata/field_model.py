"""Model of one metadata field as a TOML or JSON file has it: the kinds of its values.

The field itself judges what its name, type and pattern may be.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class FieldModel(BaseModel):
    """The keys of a metadata field."""

    model_config = ConfigDict(extra="forbid", strict=True)

    field_name: str | None = None
    friendly_name: str | None = None
    type: str = "string"
    registration: bool = False
    profile: bool = False
    required: bool | None = None
    max_length: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    pattern: str | None = None
    pattern_message: str | None = None
    choices: list[str] | tuple[str, ...] = ()
