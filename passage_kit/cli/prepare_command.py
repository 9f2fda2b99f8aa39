"""The command ``passage-kit prepare``: a user list becomes the Console CSV and what explains it."""

from __future__ import annotations

from typing import Any

import click

from passage_kit.cli.cluster_option import prepare_with_cluster
from passage_kit.cli.plain import is_plain
from passage_kit.cli.shared_options import metadata_schema, quiet, show_prepared, with_json

_OPTIONS = (
    "lost_plus",
    "survivor",
    "shared_phone",
    "inactive",
    "date_order",
    "layout",
    "since",
    "identifiers_only",
    "strict",
)


@click.command()
@click.argument("source", required=False)
@click.option("--out", "folder", required=True, metavar="DIR", help="Workspace folder; made if missing.")
@click.option("--plan", metavar="FILE", help="A saved plan.toml to repeat; the other options overrule it.")
@click.option("--schema", metavar="FILE", help="The app's metadata fields: a .toml, or the app's .json.")
@click.option("--template", metavar="FILE", help="The template CSV of the Console's Import Users.")
@click.option("--region", metavar="COUNTRY", help="Country of phones that have none of their own, such as US.")
@click.option(
    "--lost-plus/--no-lost-plus",
    default=None,
    help="Whether phones without + lost it: read 4474... as +4474... [default: as the column and the system show]",
)
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
@click.option(
    "--inactive",
    type=click.Choice(["keep", "reject"]),
    help="What becomes of accounts that are deleted, banned or disabled. [default: keep]",
)
@click.option(
    "--account-state",
    "states",
    multiple=True,
    metavar="WORD=STATE",
    help='What a word or code of the columns of account_state means, such as "X=inactive" or "A=active".',
)
@click.option("--date-order", type=click.Choice(["DMY", "MDY"]), help="How 03/04/2024 is read. [default: by evidence]")
@click.option(
    "--map",
    "choices",
    multiple=True,
    metavar="TARGET=COLUMN",
    help='Column of a target, such as "email=Login Email"; "city=" leaves the target out.',
)
@click.option(
    "--first",
    multiple=True,
    metavar="TARGET",
    help='Take the first of the columns of this target that has a value: --map "email=Mail" --map "email=Work mail" '
    "--first email. [default: its columns are joined]",
)
@click.option(
    "--records",
    metavar="PATH",
    help="List of the users: a path in JSON (data.users), a file of an archive, a title in a CSV file or sheet.",
)
@click.option("--layout", metavar="NAME", help="System whose export it is, or none. [default: as recognised]")
@click.option(
    "--null-words",
    metavar="WORDS",
    help='Words that mean nothing, such as "NULL,-"; "" for none. [default: auto, as the file shows]',
)
@click.option(
    "--since",
    metavar="DIR",
    help="Workspace of an earlier export: export only who is new or changed since, by its plan.",
)
@click.option("--identifiers-only", is_flag=True, default=None, help="Prepare emails and phones only, no metadata.")
@click.option("--strict", is_flag=True, default=None, help="Reject a row with a bad value, not just the value.")
@click.option("--encoding", metavar="NAME", help="Encoding of the source. [default: detected]")
@click.option("--delimiter", metavar="CHARACTER", help="Delimiter of the source. [default: detected]")
@click.option("--header-row", type=click.IntRange(min=1), help="Line or row of the header. [default: detected]")
@click.option("--no-header", is_flag=True, help="The source has no header: its columns are numbered.")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook. [default: the first visible one with data]")
@click.option("--table", metavar="NAME", help="Table of a database whose URL is SOURCE.")
@click.option("--query", metavar="SQL", help="Query to a database whose URL is SOURCE.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Run on a Dask cluster: tcp://scheduler:8786, or local for processes of this machine. SOURCE and DIR may be "
    "addresses then, such as s3://bucket/users.parquet.",
)
@click.option(
    "--csv", "with_csv", is_flag=True, help="Write findings.csv and ledger.csv after a run with --cluster, too."
)
@with_json
def prepare(source: str | None, folder: str, as_json: bool, **given: Any) -> None:
    """Prepare the user list SOURCE: a CSV, Excel, JSON or Parquet file, a folder or pattern of such files, or a
    database URL.

    Reads and maps it, normalises emails and phones, merges duplicates, validates, and writes the Console CSV, the
    findings, the rejected rows, the ledger and the report into DIR/out. Applies DIR/corrections.csv and
    DIR/decisions.csv if they are there.

    With --since, people whom that workspace exported are left out unless something of them has changed; its plan,
    corrections and decisions apply. Who is gone is listed in DIR/out/gone_since.csv.
    """
    reading = {name: given[name] for name in ("encoding", "delimiter", "header_row", "sheet", "table", "query")}
    reading["table"] = reading["table"] or given["records"]  # which of the tables, or lists, in the source
    if given["no_header"]:
        reading["header_row"] = 0
    reading = {name: value for name, value in reading.items() if value is not None}
    read: Any = source
    if source and not given["cluster"] and not given["plan"] and not given["since"]:
        from passage_kit.reading.parsed_ahead import parse_ahead

        read = parse_ahead(source, reading, meanwhile=_load_preparation)  # half of a short run is imports

    from passage_kit.columns.account_codes import read_account_states
    from passage_kit.mapping.mapping import MappingChoices
    from passage_kit.preparation.run import prepare as prepare_users
    from passage_kit.workspace.plan import Plan

    options: dict[str, Any] = {
        "default_region": given["region"],
        "fast_paths": not is_plain(),
        **{name: given[name] for name in _OPTIONS},
    }
    if given["states"]:
        options["account_states"] = read_account_states(given["states"])
    if (words := given["null_words"]) is not None:
        options["null_words"] = (
            words if words == "auto" else [word for word in map(str.strip, words.split(",")) if word]
        )
    choices: dict[str, Any] = {
        "plan": given["plan"] or (Plan() if source and not given["since"] else None),
        "schema": metadata_schema(given["schema"]),
        "mapping": MappingChoices.of(given["choices"], first=given["first"])
        if given["choices"] or given["first"]
        else None,
        "template": given["template"],
        "reading": reading,
        "out": folder,
        **{name: value for name, value in options.items() if value is not None},
    }
    with quiet(as_json):
        if given["cluster"]:
            prepare_with_cluster(given["cluster"], source, choices, as_json, with_csv=given["with_csv"])
            return
        prepared = prepare_users(read, **choices)
    show_prepared(prepared, folder, as_json)


def _load_preparation() -> None:
    """Import the preparation of users, in a thread of its own, while the user list is parsed."""
    import passage_kit.preparation.run  # noqa: F401
