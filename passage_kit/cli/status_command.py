"""The command ``passage-kit status``: the checklist of the cut-over."""

from __future__ import annotations

import click

from passage_kit.cli.shared_options import print_json, say, with_json


@click.command()
@click.argument("folder", metavar="DIR")
@click.option(
    "--health",
    metavar="URL",
    help="Address of your application that answers if the middleware works, or that only users may see.",
)
@click.option("--column", metavar="NAME", default="passage_id", show_default=True, help="Column of the Passage ids.")
@with_json
def status(folder: str, health: str | None, column: str, as_json: bool) -> int:
    """Show how far the cut-over of DIR is: each step with its evidence and its time.

    Metadata fields created, users imported, ids written, verified, middleware answering, no drift, users told: read
    from the workspace and the systems, and ticked by nobody. The app is asked if PASSAGE_APP_ID, PASSAGE_API_KEY and
    PASSAGE_BASE_URL are set. Nothing is changed.

    Returns 0 if every step is done, and 2 if one is not.
    """
    from passage_kit.cutover.status import configured_client, find_status
    from passage_kit.translations import ENGLISH, speaking

    with speaking(ENGLISH), configured_client() as client:
        found = find_status(folder, client=client, health=health, column=column)
        said = found.to_text()
    if as_json:
        print_json(found.summary())
    else:
        say(said)
    return 0 if found.ready else 2
