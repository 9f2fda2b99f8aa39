"""The command ``passage-kit write-back``: Passage ids into the application's users table, and out again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from passage_kit.cli.shared_options import agreed, in_english, print_json, quiet, with_json, with_sql
from passage_kit.errors import OptionError

_NEEDS = "Write-back needs {what}. Give it, or give --undo to undo the last write-back."


@click.command(name="write-back")
@click.argument("folder", metavar="DIR")
@click.option(
    "--db", metavar="URL", help="The application's database; env:NAME for a variable. [default: PASSAGE_DB_URL]"
)
@click.option(
    "--table",
    metavar="NAME",
    help='The users table, with its schema if it is not the default one: crm.users, or crm."x.y".',
)
@click.option(
    "--key", metavar="COLUMN", help="Column of the source key; several with commas. [default: the primary key]"
)
@click.option("--column", metavar="NAME", default="passage_id", show_default=True, help="Column of the Passage ids.")
@click.option("--email-column", metavar="NAME", help="Column of the emails, where no key leads to a row.")
@click.option("--phone-column", metavar="NAME", help="Column of the phones, where no key leads to a row.")
@click.option("--ids", metavar="FILE", help="The Passage ids. [default: DIR/out/passage_ids.csv]")
@click.option(
    "--ids-column",
    "ids_columns",
    metavar="WHAT=NAME",
    multiple=True,
    help="Column of the ids' file: passage_id=Ref, say.",
)
@click.option("--overwrite", is_flag=True, help="Give rows that have another id the new one.")
@click.option(
    "--share", is_flag=True, help="Give absorbed rows the id of their survivor; the index is not unique then."
)
@click.option("--dry-run", is_flag=True, help="Change nothing: show what would be done, and the SQL.")
@click.option("--script", is_flag=True, help="Write migration scripts into DIR/out/migration; no database is touched.")
@click.option("--undo", is_flag=True, help="Undo the last write-back of DIR.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_json
def write_back(folder: str, **given: Any) -> int | None:
    """Write Passage ids into the application's own users table.

    DIR is the workspace in which the users were prepared and pushed. What is to be done is shown first; rows that have
    another id are left alone.
    """
    with quiet(given["as_json"]):
        if given["undo"]:
            return _undo(folder, given)
        if given["table"] is None:
            raise OptionError(_NEEDS.format(what="the users table: --table NAME"))
        if not given["script"]:
            return _write(folder, given)
        _script(folder, given)
    return None


def _write(folder: str, given: dict[str, Any]) -> int | None:
    from passage_kit.push.rehearsal import has_rehearsed, of_a_rehearsal
    from passage_kit.translations import ENGLISH, speaking
    from passage_kit.workspace.workspace import Workspace
    from passage_kit.writeback.passage_ids import read_passage_ids
    from passage_kit.writeback.users_table import UsersTable
    from passage_kit.writeback.writeback import write_passage_ids

    ids: Any = given["ids"] or Workspace(folder)
    if not given["ids"] and not given["as_json"] and has_rehearsed(ids):
        with speaking(ENGLISH):
            click.echo(f"{of_a_rehearsal()}\n", err=True)
    named = dict(pair.partition("=")[::2] for pair in given["ids_columns"])
    if named:
        ids = read_passage_ids(ids, columns=named)
    key = tuple(filter(None, (given["key"] or "").split(",")))
    table = UsersTable(given["table"], key, given["column"], given["email_column"], given["phone_column"])
    options = {"table": table, "workspace": folder, "db": given["db"]}
    options |= {"overwrite": given["overwrite"], "share": given["share"]}
    if given["dry_run"] or not given["yes"]:
        planned = write_passage_ids(ids, **options, dry_run=True)
        if given["dry_run"]:
            _show(planned, given, files=Workspace(folder).out)
            return None
        if not agreed(planned):
            return 2
    _show(write_passage_ids(ids, **options), given, files=Workspace(folder).out)
    return None


def _undo(folder: str, given: dict[str, Any]) -> int | None:
    from passage_kit.writeback.writeback_undo import undo_write_back

    if given["dry_run"] or not given["yes"]:
        planned = undo_write_back(folder, db=given["db"], dry_run=True)
        if given["dry_run"]:
            _show(planned, given)
            return None
        if not agreed(planned):
            return 2
    _show(undo_write_back(folder, db=given["db"]), given)
    return None


def _script(folder: str, given: dict[str, Any]) -> None:
    from passage_kit.workspace.workspace import Workspace
    from passage_kit.writeback.schema_migration import write_migration
    from passage_kit.writeback.table_names import read_name
    from passage_kit.writeback.users_table import UsersTable

    workspace = Workspace(folder).make()
    schema, name = read_name(given["table"])
    table = UsersTable(name, column=given["column"])
    paths = write_migration(table, workspace.out / "migration", share=given["share"], schema=schema)
    if given["as_json"]:
        click.echo(json.dumps({"files": {path.name: str(path) for path in paths}}, indent=2))
        return
    for path in paths:
        click.echo(f"  {path}", err=True)


def _show(result: Any, given: dict[str, Any], files: Path | None = None) -> None:
    """Print the counts: for a person on stderr, for a machine on stdout."""
    if given["as_json"]:
        print_json(result.summary())
        return
    click.echo(with_sql(result) if result.dry_run else in_english(result), err=True)
    if files is not None:
        from passage_kit.writeback.writeback_result import FILES

        click.echo("", err=True)
        for name in FILES:
            click.echo(f"  {files / name}", err=True)
