"""The command line: the notebooks' verbs without a browser. Each command has a module of its own.

Exit codes: 0 done; 1 a failure; 2 nothing was written because something must be decided or fixed first; 130
interrupted. ``--json`` prints one machine-readable summary on stdout; everything else goes to stderr.
"""

from __future__ import annotations

import sys

import click

from passage_kit import __version__
from passage_kit.cli.changes_command import changes
from passage_kit.cli.codes_command import codes
from passage_kit.cli.demo_command import demo
from passage_kit.cli.drift_command import drift
from passage_kit.cli.fields_command import fields
from passage_kit.cli.lab_command import lab
from passage_kit.cli.layouts_command import layouts
from passage_kit.cli.links_command import links
from passage_kit.cli.prepare_command import prepare
from passage_kit.cli.push_commands import push, undo, verify
from passage_kit.cli.sandbox_command import sandbox
from passage_kit.cli.shared_options import say
from passage_kit.cli.status_command import status
from passage_kit.cli.words_command import words
from passage_kit.cli.write_back_command import write_back
from passage_kit.errors import PassageKitError

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


for command in (
    prepare,
    demo,
    push,
    verify,
    undo,
    write_back,
    drift,
    links,
    words,
    status,
    changes,
    sandbox,
    lab,
    codes,
    layouts,
    fields,
):
    commands.add_command(command)
