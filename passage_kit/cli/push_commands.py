"""Commands that send users to Passage: ``push``, ``verify`` and ``undo``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from passage_kit.cli.shared_options import Result, in_english, print_json, quiet, say, with_json
from passage_kit.errors import OptionError

if TYPE_CHECKING:
    from passage_kit.api.client import PassageClient

_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_BASE_URL = click.option("--base-url", metavar="URL", help="Address of the Management API. [default: PASSAGE_BASE_URL]")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--sandbox", is_flag=True, help="Rehearse: push to a sandbox whose users stay in DIR.")
@_BASE_URL
@_DRY_RUN
@_YES
@click.option(
    "--on-existing",
    type=click.Choice(["skip", "update"]),
    default="skip",
    show_default=True,
    help="For users who are in Passage already: leave them as they are, or update their metadata.",
)
@click.option("--import-api", is_flag=True, help="Upload files to the Import API, if the app answers it.")
@click.option("--concurrency", type=click.IntRange(1, 200), default=10, show_default=True, help="Requests at once.")
@click.option("--max-rps", type=click.FloatRange(0, min_open=True), help="Largest number of requests a second.")
@with_json
def push(
    folder: str,
    sandbox: bool,
    base_url: str | None,
    dry_run: bool,
    yes: bool,
    on_existing: str,
    import_api: bool,
    as_json: bool,
    **settings: Any,
) -> int:
    """Push the users that were prepared in DIR into Passage.

    Says first what will be done, and asks. App id and API key come from PASSAGE_APP_ID and PASSAGE_API_KEY, from a file
    .env in the current folder, or are asked for. Interrupted, the same command goes on.
    """
    from passage_kit.push.push import push_users

    with _client(folder, sandbox, base_url, not dry_run, settings) as client, quiet(as_json):
        result = push_users(
            folder,
            client=client,
            dry_run=dry_run,
            on_existing=on_existing,  # type: ignore[arg-type]
            import_api=import_api,
            confirm=None if dry_run else _consent(yes, "Push them?"),
        )
    _show(result, as_json)
    if result.passage_ids is not None and not as_json:
        say(f"\n  {result.passage_ids}")
    return 0 if dry_run or result.complete else 1


@click.command()
@click.argument("folder", metavar="DIR")
@_BASE_URL
@with_json
def verify(folder: str, base_url: str | None, as_json: bool) -> int:
    """Read back from Passage what was pushed from DIR, and compare it field by field.

    The API key goes only to --base-url or PASSAGE_BASE_URL. Without both, you are asked about the address of the push.
    """
    from passage_kit.push.verify import verify_push

    with _named(folder, base_url) as client, quiet(as_json):
        verification = verify_push(folder, client=client)
    _show(verification, as_json)
    return 0 if verification.ok else 1


@click.command()
@click.argument("folder", metavar="DIR")
@_BASE_URL
@_DRY_RUN
@_YES
@click.option("--include-signed-in", is_flag=True, help="Delete users who have signed in since, too.")
@click.option(
    "--include-adopted", is_flag=True, help="Delete adopted users, too: nothing shows whether the push made them."
)
@with_json
def undo(
    folder: str,
    base_url: str | None,
    dry_run: bool,
    yes: bool,
    include_signed_in: bool,
    include_adopted: bool,
    as_json: bool,
) -> int:
    """Delete from Passage the users whom the push from DIR created, and nobody else.

    Returns 1 if somebody is left whom it should have deleted. Look at those users, then run the same command again.
    The API key goes only to --base-url or PASSAGE_BASE_URL. Without both, you are asked about the address of the push.
    """
    from passage_kit.push.undo import undo_push

    with _named(folder, base_url, keep=not dry_run) as client, quiet(as_json):
        result = undo_push(
            folder,
            client=client,
            dry_run=dry_run,
            include_signed_in=include_signed_in,
            include_adopted=include_adopted,
            confirm=None if dry_run else _consent(yes, "Delete them?"),
        )
    _show(result, as_json)
    return 0 if dry_run or result.complete else 1


def _client(folder: str, sandbox: bool, base_url: str | None, keep: bool, settings: dict[str, Any]) -> PassageClient:
    from passage_kit.api.client import PassageClient
    from passage_kit.api.credentials import BASE_URL, known_settings
    from passage_kit.push.rehearsal import SandboxClient

    if sandbox and base_url:
        raise OptionError("--sandbox and --base-url are two targets. Choose one.")
    if sandbox:
        return SandboxClient(folder, keep=keep, **settings)
    if not base_url and BASE_URL not in known_settings():
        raise OptionError(f"There is no target. Give --sandbox to rehearse, or --base-url, or set {BASE_URL}.")
    return PassageClient(base_url=base_url, **settings)


def _named(folder: str, base_url: str | None, *, keep: bool = True) -> AbstractContextManager[PassageClient | None]:
    """Make a client for the address that the command names; None if it names none."""
    if not base_url:
        return nullcontext()
    from passage_kit.push.rehearsal import client_of
    from passage_kit.workspace.workspace import Workspace

    return client_of(Workspace(folder), base_url=base_url, keep=keep)


def _consent(yes: bool, question: str) -> Callable[[Result], bool]:
    """Make the function that shows what would be done and asks for consent; it refuses without a terminal."""

    def agreed(expected: Result) -> bool:
        say(in_english(expected))
        if yes:
            return True
        if not sys.stdin.isatty():
            say("There is no terminal to ask for consent: give --yes.")
            return False
        return click.confirm(question, err=True)

    return agreed


def _show(result: Result, as_json: bool) -> None:
    if as_json:
        print_json(result.summary())
    else:
        say(in_english(result))
