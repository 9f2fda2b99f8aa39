"""The command ``passage-kit links``: the links that sign-ins made, held and refused, and what a person decides."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from passage_kit.cli.shared_options import consented, say, with_json
from passage_kit.errors import OptionError

if TYPE_CHECKING:
    from passage_kit.golive import LinkNote, SqlUsers

TO_DECIDE = 2  # exit code: a person has to decide, or nothing was changed
_MEANINGS = {
    "linked": "linked with the row that has the verified email",
    "created": "got a new row",
    "held": "held: decide on them",
    "undone": "undone, and held since: decide on them",
    "released": "get a row of their own at the next sign-in",
    "refused": "refused: inactive in Passage",
}


@click.command()
@click.option(
    "--db", metavar="URL", help="The application's database; env:NAME for a variable. [default: PASSAGE_DB_URL]"
)
@click.option("--table", metavar="NAME", required=True, help="The users table, with its schema if it has another one.")
@click.option("--column", metavar="NAME", default="passage_id", show_default=True, help="Column of the Passage ids.")
@click.option("--all", "everybody", is_flag=True, help="List everybody, not only those to decide on.")
@click.option("--undo", "undone", metavar="ID", help="Take this Passage id off its row; the user is held then.")
@click.option("--settle", "settled", metavar="ID", help="Decide on the held user with this Passage id.")
@click.option("--row", metavar="KEY", help="With --settle: primary key of the user's row.")
@click.option("--own-row", is_flag=True, help="With --settle: the user gets a new row at the next sign-in.")
@click.option("--dry-run", is_flag=True, help="Change nothing: show what would be done.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_json
def links(**given: Any) -> int:
    """List the links that sign-ins made, held and refused; undo one, or decide on a held user.

    They are in the table passage_links beside the users table, as is each decision. Only ids are shown.

    Returns 0, and 2 if a person has to decide on somebody or nothing could be changed.
    """
    from passage_kit.golive import open_users_table
    from passage_kit.writeback.table_names import read_name

    _check(given)
    schema, table = read_name(given["table"])
    with open_users_table(given["db"], table, schema=schema, column=given["column"]) as users:
        if given["undone"] or given["settled"]:
            return _decide(users, given)
        return _list(users, given)


def _check(given: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    if given["undone"] and given["settled"]:
        raise OptionError("--undo and --settle are two decisions. Give one at a time.")
    if given["settled"] and (given["row"] is None) is not given["own_row"]:
        raise OptionError("--settle needs the user's row: --row KEY, or --own-row for a new one. Give one of them.")
    if not given["settled"] and (given["row"] is not None or given["own_row"]):
        raise OptionError("--row and --own-row say which row a held user gets. Give --settle ID, too.")


def _list(users: SqlUsers[Any], given: dict[str, Any]) -> int:
    from passage_kit.golive import list_links

    found = list_links(users)
    to_decide = [note for note in found if note.event in ("held", "undone")]
    counts = Counter(note.event for note in found)
    shown = found if given["everybody"] else to_decide
    if given["as_json"]:
        summary = {"counts": dict(counts), "to_decide": len(to_decide), "links": [_plain(note) for note in shown]}
        click.echo(json.dumps(summary, indent=2))
    else:
        say(_text(counts, shown))
    return TO_DECIDE if to_decide else 0


def _text(counts: Counter[Any], shown: Sequence[LinkNote]) -> str:
    lines = [f"{counts[event]:>9,}  {meaning}" for event, meaning in _MEANINGS.items() if counts[event]]
    lines += [""] if shown else []
    for note in shown:
        row = f"row {note.user_key}" if note.user_key else ""
        when = f"{note.noted_at:%Y-%m-%d %H:%M}"
        lines.append(f"{note.passage_id}  {note.event:<8}  {when}  {note.reason}  {row}".rstrip())
    return "\n".join(lines or ["Nobody was linked, held or refused at a sign-in yet."])


def _plain(note: LinkNote) -> dict[str, Any]:
    return {
        "passage_id": note.passage_id,
        "state": note.event,
        "row": note.user_key or None,
        "reason": note.reason or None,
        "at": note.noted_at.isoformat(timespec="seconds"),
    }


def _decide(users: SqlUsers[Any], given: dict[str, Any]) -> int:
    """Show what a decision would do, ask for consent, and do it."""
    from passage_kit.golive import settle_hold, undo_link

    ident, table = given["undone"] or given["settled"], given["table"]
    if given["undone"]:
        user = users.find(ident)
        words = f"The Passage id {ident} is taken off the row {users.key_of(user) if user else '?'} of {table}."
        decide, why_not = partial(undo_link, users, ident), f"No row of {table} has the Passage id {ident}."
    else:
        key = None if given["own_row"] else users.key_from(given["row"])
        gets = "gets a row of their own" if key is None else f"gets the row {key}"
        words = f"The user {ident} of Passage {gets} of {table}."
        why_not = f"The row {key} of {table} is missing or has a Passage id, or another row has this one."
        decide = partial(settle_hold, users, ident, key=key)
    possible = decide(dry_run=True)
    done = possible and not given["dry_run"] and (given["yes"] or consented(words)) and decide()
    if given["as_json"]:
        click.echo(json.dumps({"passage_id": ident, "possible": possible, "done": done}, indent=2))
    elif not possible:
        say(f"{why_not} Nothing was changed.")
    elif done or given["dry_run"]:
        say(words if done else f"{words} This is a dry run: nothing was changed.")
    return 0 if done or (given["dry_run"] and possible) else TO_DECIDE
