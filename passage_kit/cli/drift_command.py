"""The command ``passage-kit drift``: the users table against Passage, for a person or for a schedule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import click

from passage_kit.cli.shared_options import agreed, print_json, quiet, say, with_json
from passage_kit.errors import PassageKitError

if TYPE_CHECKING:
    from passage_kit.drift.result import Drift

DRIFT = 2  # exit code: something differs


@click.command()
@click.argument("folder", metavar="DIR")
@click.option(
    "--db", metavar="URL", help="The application's database; env:NAME for a variable. [default: PASSAGE_DB_URL]"
)
@click.option("--table", metavar="NAME", required=True, help="The users table, with its schema if it has another one.")
@click.option("--key", metavar="COLUMN", help="Column of the key; several with commas. [default: the primary key]")
@click.option("--column", metavar="NAME", default="passage_id", show_default=True, help="Column of the Passage ids.")
@click.option("--email-column", metavar="NAME", help="Column of the emails. [default: found by name and values]")
@click.option("--phone-column", metavar="NAME", help="Column of the phones. [default: found by name and values]")
@click.option("--state-column", metavar="NAME", help="Column that says that an account is closed, such as deleted_at.")
@click.option("--base-url", metavar="URL", help="Address of the Management API. [default: PASSAGE_BASE_URL]")
@click.option(
    "--trust", type=click.Choice(["table", "passage"]), help="Side that is right where nothing else shows it."
)
@click.option("--update", is_flag=True, help="Set the values in the table where Passage is right; asks first.")
@click.option("--dry-run", is_flag=True, help="With --update: change nothing, show what would be done, and the SQL.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_json
def drift(folder: str, **given: Any) -> int:
    """Compare the application's users table with Passage, before anybody is sent an email.

    Says what to update on which side, and changes nothing unless --update is given. DIR is the workspace of the
    migration. Each difference is in DIR/out/drift.csv, the counts in DIR/out/drift.json.

    Returns 0 if there is no drift, 2 if there is some, and 1 after a failure, so that a schedule can tell. With
    --update, 2 says that something is left to decide or to do on the other side.
    """
    from passage_kit.drift.find import find_drift
    from passage_kit.writeback.users_table import UsersTable

    key = tuple(filter(None, (given["key"] or "").split(",")))
    names = (given[f"{name}_column"] for name in ("email", "phone", "state"))
    table = UsersTable(given["table"], key, given["column"], *names)
    with _failing(), quiet(given["as_json"]), _client(folder, given["base_url"]) as client:
        found = find_drift(folder, table=table, db=given["db"], client=client, trust=given["trust"])
        mended = _mended(found, given) if given["update"] else None
    if given["as_json"]:
        more = {} if mended is None else {"update": mended.summary()}
        print_json({**found.summary(), **more})
    elif mended is None:
        say(found.to_text())
    else:
        say(mended.to_text())
    left = sum(found.kinds.values())
    if mended is not None and not mended.dry_run:
        left -= sum(column.rows for column in mended.columns)
    return DRIFT if left else 0


@contextmanager
def _failing() -> Iterator[None]:
    """Let every error end with 1, since 2 says that something differs."""
    try:
        yield
    except PassageKitError as error:
        error.exit_code = 1
        raise


def _mended(found: Drift, given: dict[str, Any]) -> Any:
    """Show what would be set, ask for consent, and set it; None if nobody consents."""
    from passage_kit.drift.mend import mend_drift

    planned = mend_drift(found, db=given["db"], dry_run=True)
    if not given["as_json"]:
        say(found.to_text())
        say()
    if given["dry_run"] or not found.updates:
        if not given["as_json"]:
            say("".join(f"{statement};\n" for statement in planned.sql))
        return planned
    if not given["yes"] and not agreed(planned):
        return None
    return mend_drift(found, db=given["db"])


def _client(folder: str, base_url: str | None) -> Any:
    """Make a client for the address that the command names; None leaves it to the workspace or the environment."""
    from passage_kit.api.client import PassageClient
    from passage_kit.push.rehearsal import client_of, has_push
    from passage_kit.workspace.workspace import Workspace

    if not base_url:
        return nullcontext()
    workspace = Workspace(folder)
    return client_of(workspace, base_url=base_url) if has_push(workspace) else PassageClient(base_url=base_url)
