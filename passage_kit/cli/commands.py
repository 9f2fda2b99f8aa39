"""The command line: the notebooks' verbs without a browser.

Exit codes: 0 done; 1 a failure; 2 nothing was written because something must be decided or fixed first; 130
interrupted. ``--json`` prints one machine-readable summary on stdout; everything else goes to stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from passage_kit import __version__
from passage_kit.cli.push_commands import push, undo, verify
from passage_kit.cli.sandbox_command import sandbox
from passage_kit.cli.shared_options import Result, metadata_schema, say
from passage_kit.cli.write_back_command import write_back
from passage_kit.errors import PassageKitError
from passage_kit.progress import no_progress

if TYPE_CHECKING:
    from passage_kit.preparation.prepared import Prepared

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors of the kit become one paragraph and an exit code."""
    try:
        sys.exit(commands.main(arguments, prog_name="passage-kit", standalone_mode=False) or 0)
    except PassageKitError as error:
        say(f"passage-kit: {error}")
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt) as error:
        said = str(error.__cause__ or error)  # click makes an Abort of Ctrl-C
        say(f"Interrupted: {said or 'nothing was left half-written.'}")
        sys.exit(INTERRUPTED)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def commands() -> None:
    """Prepare an application's users for Passage."""


for command in (push, verify, undo, sandbox):
    commands.add_command(command)


@commands.command()
@click.argument("source", required=False)
@click.option("--out", "folder", required=True, metavar="DIR", help="Workspace folder; made if missing.")
@click.option("--plan", metavar="FILE", help="A saved plan.toml to repeat; the other options overrule it.")
@click.option("--schema", metavar="FILE", help="The app's metadata fields: a .toml, or the app's .json.")
@click.option("--template", metavar="FILE", help="The template CSV of the Console's Import Users.")
@click.option("--region", metavar="COUNTRY", help="Country of phones that have none of their own, such as US.")
@click.option(
    "--survivor",
    type=click.Choice(["complete", "first", "last", "newest", "oldest"]),
    help="Which of several rows of one person stays. [default: complete]",
)
@click.option(
    "--shared-phone",
    type=click.Choice(["withhold", "survivor", "merge", "reject"]),
    help="What becomes of a phone shared by people with different emails. [default: withhold]",
)
@click.option("--date-order", type=click.Choice(["DMY", "MDY"]), help="How 03/04/2024 is read. [default: by evidence]")
@click.option("--identifiers-only", is_flag=True, default=None, help="Emails and phones alone: no metadata.")
@click.option("--strict", is_flag=True, default=None, help="Reject a row with a bad value, not just the value.")
@click.option("--encoding", metavar="NAME", help="Encoding of the source. [default: detected]")
@click.option("--delimiter", metavar="CHARACTER", help="Delimiter of the source. [default: detected]")
@click.option("--header-row", type=click.IntRange(min=1), help="Line or row of the header. [default: detected]")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook. [default: the first with data]")
@click.option("--table", metavar="NAME", help="Table of a database whose URL is SOURCE.")
@click.option("--query", metavar="SQL", help="Query to a database whose URL is SOURCE.")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable summary on stdout.")
def prepare(source: str | None, folder: str, as_json: bool, **given: Any) -> None:
    """Prepare the user list SOURCE: a CSV, Excel, JSON or Parquet file, or a database URL.

    Reads and maps it, normalises emails and phones, merges duplicates, validates, and writes the Console CSV, the
    findings, the rejected rows, the ledger and the report into DIR/out. Applies DIR/corrections.csv and
    DIR/decisions.csv if they are there.
    """
    reading = {name: given[name] for name in ("encoding", "delimiter", "header_row", "sheet", "table", "query")}
    reading = {name: value for name, value in reading.items() if value is not None}
    read: Any = source
    if source and not given["plan"]:
        from passage_kit.reading.parsed_ahead import parse_ahead

        read = parse_ahead(source, reading, meanwhile=_load_preparation)  # half of a short run is imports

    from passage_kit.preparation.run import prepare as prepare_users
    from passage_kit.workspace.plan import Plan

    options = {
        "default_region": given["region"],
        **{name: given[name] for name in ("survivor", "shared_phone", "date_order", "identifiers_only", "strict")},
    }
    with no_progress() if as_json else nullcontext():
        prepared = prepare_users(
            read,
            plan=given["plan"] or (Plan() if source else None),
            schema=metadata_schema(given["schema"]),
            template=given["template"],
            reading=reading,
            out=folder,
            **{name: value for name, value in options.items() if value is not None},
        )
    _show(prepared, folder, as_json)


@commands.command()
@click.option("--out", "folder", default="passage-demo", show_default=True, metavar="DIR", help="Workspace folder.")
@click.option("--json", "as_json", is_flag=True, help="Print a machine-readable summary on stdout.")
def demo(folder: str, as_json: bool) -> None:
    """The sample from end to end, offline: prepare, push to a sandbox, verify. A funnel here, the files in DIR/out."""
    from passage_kit.files.bundled import bundled
    from passage_kit.metadata.fields import MetadataSchema
    from passage_kit.preparation.run import prepare as prepare_users
    from passage_kit.push.push import push_users
    from passage_kit.push.rehearsal import SandboxClient
    from passage_kit.push.verify import verify_push

    with no_progress() if as_json else nullcontext():
        prepared = prepare_users(
            bundled("sample_data/legacy_users.csv"),
            schema=MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml")),
            template=bundled("sample_data/console_template.csv"),
            default_region="US",
            out=folder,
        )
        with SandboxClient(folder) as client:
            result = push_users(folder, client=client)
            verification = verify_push(folder, client=client)
    _show(prepared, folder, as_json, {"push": result, "verification": verification})


@commands.command(context_settings={"ignore_unknown_options": True})
@click.argument("workspace", default="passage-migration")
@click.argument("jupyter_arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--app", is_flag=True, help="Serve them with Voila as an app without code (needs the extra voila).")
def lab(workspace: str, jupyter_arguments: tuple[str, ...], app: bool) -> int:
    """Open JupyterLab on the guided notebooks, copied into WORKSPACE with the sample data.

    Further arguments, such as --no-browser, go to JupyterLab. Run it again to go on in the same workspace.
    """
    from passage_kit.cli.lab import open_lab

    return open_lab(workspace, *jupyter_arguments, app=app)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="Print the catalogue as JSON.")
def codes(as_json: bool) -> None:
    """Print the catalogue of finding codes: effect, meaning, next step."""
    from dataclasses import asdict

    from passage_kit.findings.catalogue import CODES

    if as_json:
        click.echo(json.dumps([asdict(code) for code in CODES.values()], indent=2))
        return
    for code in CODES.values():
        click.echo(
            f"{click.style(code.code, bold=True)}  ({code.effect})\n    {code.meaning}\n    Next: {code.next_step}"
        )


commands.add_command(write_back)


def _load_preparation() -> None:
    """Import what prepares users; in a thread of its own, while the user list is parsed."""
    import passage_kit.preparation.run  # noqa: F401


def _show(prepared: Prepared, folder: str, as_json: bool, further: Mapping[str, Result] | None = None) -> None:
    """Print the funnel, what else was done, and the files: for a person on stderr, for a machine on stdout."""
    from passage_kit.preparation.outputs import output_files
    from passage_kit.workspace.workspace import Workspace

    files = output_files(Workspace(folder))
    if as_json:
        more = {name: result.summary() for name, result in (further or {}).items()}
        summary = {**prepared.summary(), **more, "files": {path.name: str(path) for path in files}}
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
        return
    for sentence in _how_read(prepared):
        say(sentence)
    say()
    say(prepared.funnel.to_text())
    say()
    for result in (further or {}).values():
        say(result.to_text())
        say()
    for path in files:
        say(f"  {path}")


def _how_read(prepared: Prepared) -> Iterator[str]:
    """What a person should know of the reading and the mapping, none of it personal."""
    yield from prepared.source.unsure
    mapping = prepared.mapping.to_frame()
    width = max(map(len, mapping["target"]), default=0)
    for target, source in zip(mapping["target"], mapping["source"], strict=True):
        yield f"{target:<{width}}  from {source}"
    from passage_kit.findings.findings import describe_findings

    yield from describe_findings(prepared.unmapped)["detail"]
