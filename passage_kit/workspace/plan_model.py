"""Models of the parts of ``plan.toml``, so that a plan that was edited or cut short is refused with the key to look at.

Of the mapping, the metadata fields and the steps, only the shape is told here; their own modules judge the rest.
"""

from __future__ import annotations

import csv
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from passage_kit.metadata.console_template import DELIMITERS

_LARGEST = 2**31 - 1
_Delimiter = Annotated[str, Field(min_length=1, max_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)  # few of them are needed in one run


class PlanModel(_Part):
    """The parts of a plan."""

    source: dict[str, Any] = {}
    options: dict[str, Any] = {}
    mapping: dict[str, Any] = {}
    template: dict[str, Any] | None = None
    fields: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []


class SourceModel(_Part):
    """The part ``[source]``: the user list, and how to read it."""

    path: str | None = None
    sha256: Annotated[str, Field(pattern="^[0-9a-f]+$")] | None = None
    encoding: str | None = None
    delimiter: _Delimiter | None = None
    header_row: Annotated[int, Field(ge=0, le=_LARGEST)] | None = None
    sheet: Annotated[int, Field(ge=0, le=_LARGEST)] | str | None = None
    table: str | None = None
    query: str | None = None
    columns: list[str] = []
    made_fields: list[str] = []


class TemplateModel(_Part):
    """The part ``[template]``: the header and the form of a Console template."""

    header: Annotated[list[str], Field(min_length=1)]
    delimiter: Literal[*DELIMITERS] = ","  # type: ignore[valid-type]
    bom: bool = False
    line_ending: Literal["\r\n", "\n", "\r"] = "\r\n"
    header_line: str = ""

    @model_validator(mode="after")
    def _same_header(self) -> TemplateModel:
        try:
            lines = list(csv.reader([self.header_line], delimiter=self.delimiter)) if self.header_line else []
        except csv.Error:
            lines = [[]]
        if lines not in ([], [self.header]):
            raise ValueError("header_line has other names than header; remove header_line to have it written anew")
        return self


def options_model(types: dict[str, Any]) -> type[BaseModel]:
    """Make the model of the part ``[options]`` from the types of the options."""
    keys: dict[str, Any] = {name: (kind, None) for name, kind in types.items()}
    return create_model("OptionsModel", __config__=ConfigDict(extra="forbid", strict=True), **keys)
