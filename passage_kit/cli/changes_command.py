"""The command ``passage-kit changes``: what a person changed in a workspace, and its undo."""

from __future__ import annotations

import click

from passage_kit.cli.shared_options import print_json, say, with_json


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--undo", "move", flag_value="undo", help="Undo the last change.")
@click.option("--redo", "move", flag_value="redo", help="Make the change again that was undone last.")
@with_json
def changes(folder: str, move: str | None, as_json: bool) -> None:
    """List what a person changed in DIR: corrections, decisions about duplicates, and steps.

    Emails and long numbers are masked. With --undo the last change is undone, with --redo it is made again; what others
    changed stays.
    """
    from passage_kit.masking import mask_text
    from passage_kit.translations import ENGLISH, speaking
    from passage_kit.workspace.change_words import said_of
    from passage_kit.workspace.changes import list_changes, redo_change, undo_change

    with speaking(ENGLISH):  # as all of the terminal, which programs read, too
        if move:
            change = (undo_change if move == "undo" else redo_change)(folder)
            say(f"{'Undone' if move == 'undo' else 'Made again'}: {mask_text(said_of(change))}")
        listed = list_changes(folder)
        lines = [
            {"number": number, "at": at.isoformat(), "what": what, "says": mask_text(says), "state": state}
            for number, at, what, says, state in listed.itertuples(index=False)
        ]
    if as_json:
        print_json({"changes": lines})
    elif not move:
        for line in lines:
            say(f"{line['number']:>4}  {line['at'][:16].replace('T', ' ')}  {line['state']:<7}  {line['says']}")
        if not lines:
            say("Nothing was changed yet.")
