"""What several commands of the command line share. A command of some size has a module of its own, ``cli_<name>``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from passage_kit.metadata.fields import MetadataSchema


class Result(Protocol):
    """What a command has to show."""

    def to_text(self) -> str:
        """For a person."""

    def summary(self) -> dict[str, Any]:
        """For a machine."""


def say(text: str = "") -> None:
    """Print for the person, on stderr."""
    click.echo(text, err=True)


def metadata_schema(path: str | None) -> MetadataSchema | None:
    """Read the metadata fields of a .toml or .json file; None without one."""
    if path is None:
        return None
    from passage_kit.metadata.fields import MetadataSchema

    return MetadataSchema.from_json(path) if Path(path).suffix.lower() == ".json" else MetadataSchema.from_toml(path)
