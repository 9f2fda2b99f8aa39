"""Helpers that several commands share: messages, metadata fields and the result of a preparation."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from passage_kit.progress import no_progress

if TYPE_CHECKING:
    from passage_kit.cluster.result import PreparedOnCluster
    from passage_kit.metadata.fields import MetadataSchema
    from passage_kit.preparation.prepared import Prepared


with_json = click.option("--json", "as_json", is_flag=True, help="Print a machine-readable summary on stdout.")


class Result(Protocol):
    """A result that a command can show."""

    def to_text(self) -> str:
        """Write the result for a person."""

    def summary(self) -> dict[str, Any]:
        """Give the result as plain values."""


def say(text: str = "") -> None:
    """Print for the person, on stderr."""
    click.echo(printable(text), err=True)


def print_json(summary: Mapping[str, Any]) -> None:
    """Print a summary for a machine, on stdout."""
    click.echo(printable(json.dumps(summary, indent=2, ensure_ascii=False)))


def quiet(as_json: bool) -> AbstractContextManager[None]:
    """Show no bars if the output is for a machine."""
    return no_progress() if as_json else nullcontext()


def printable(text: str) -> str:
    """Write escapes for bytes of a path that are not UTF-8, which no terminal and no file can take.

    Examples
    --------
    >>> print(printable("caf\\udce9.csv"))
    caf\\udce9.csv
    """
    return text.encode("utf-8", "backslashreplace").decode()


def metadata_schema(path: str | None) -> MetadataSchema | None:
    """Read the metadata fields of a .toml or .json file; None without one."""
    if path is None:
        return None
    from passage_kit.metadata.fields import MetadataSchema

    return MetadataSchema.from_json(path) if Path(path).suffix.lower() == ".json" else MetadataSchema.from_toml(path)


def agreed(planned: Any) -> bool:
    """Show what would be done in a database, and ask for consent; refuse if nobody can answer."""
    return consented(with_sql(planned))


def consented(words: str) -> bool:
    """Show what would be done, and ask for consent; refuse if nobody can answer."""
    click.echo(words, err=True)
    try:
        said_yes = click.confirm("Do it?", err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        said_yes = False
    if not said_yes:
        click.echo("Nothing was changed. Give --yes to agree without a terminal.", err=True)
    return said_yes


def with_sql(result: Any) -> str:
    """Write what would be done in a database for a person, and its SQL."""
    sql = "".join(f"{statement};\n" for statement in result.sql)
    return f"{in_english(result)}\n\n{sql or 'Nothing to do in the database.'}"


def in_english(result: Any) -> str:
    """Write a result for the terminal, which is English whatever language panels and report have."""
    from passage_kit.translations import ENGLISH, speaking

    with speaking(ENGLISH):
        return str(result.to_text())


def show_prepared(
    prepared: Prepared | PreparedOnCluster,
    folder: str,
    as_json: bool,
    further: Mapping[str, Result] | None = None,
    files: Sequence[Path] | None = None,
) -> None:
    """Print the funnel, what else was done, and the files: for a person on stderr, for a machine on stdout."""
    from passage_kit.findings.notices import say_shared_keys
    from passage_kit.preparation.outputs import output_files
    from passage_kit.translations import ENGLISH, speaking
    from passage_kit.workspace.workspace import Workspace

    files = output_files(Workspace(folder)) if files is None else files
    if as_json:
        more = {name: result.summary() for name, result in (further or {}).items()}
        summary = {**prepared.summary(), **more, "files": {path.name: str(path) for path in files}}
        print_json(summary)
        return
    for sentence in _how_read(prepared):
        say(sentence)
    say()
    say(prepared.funnel.to_text())
    if said := prepared.notices.to_text():
        say(said)
    with speaking(ENGLISH):
        said = say_shared_keys(prepared.shared_keys)
    if said:
        say(f"Keys        {said}")
    say()
    if prepared.since is not None:
        say(f"Since {prepared.plan.options.since}:")
        say(prepared.since.to_text())
        say()
    for result in (further or {}).values():
        say(in_english(result))
        say()
    for path in files:
        say(f"  {path}")


def _how_read(prepared: Prepared | PreparedOnCluster) -> Iterator[str]:
    """Describe the reading and the mapping for a person, without personal data."""
    from passage_kit.findings.findings import describe_findings

    if prepared.plan.options.layout is None and prepared.layout:
        yield f"{prepared.layout.sentence} Say --layout none if it is not."
    yield from prepared.source.unsure
    mapping = prepared.mapping.to_frame()
    width = max(map(len, mapping["target"]), default=0)
    for target, source in zip(mapping["target"], mapping["source"], strict=True):
        yield f"{target:<{width}}  from {source}"
    yield from describe_findings(prepared.changed_columns)["detail"]
    yield from describe_findings(prepared.unmapped)["detail"]
