"""The command ``passage-kit lab``: the guided notebooks in JupyterLab, or as an app."""

from __future__ import annotations

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("workspace", default="passage-migration")
@click.argument("jupyter_arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--app", is_flag=True, help="Serve them with Voila as an app without code (needs the extra voila).")
def lab(workspace: str, jupyter_arguments: tuple[str, ...], app: bool) -> int:
    """Open JupyterLab on the guided notebooks, copied into WORKSPACE with the sample data.

    Further arguments, such as --no-browser, go to JupyterLab. Run it again to go on in the same workspace.
    """
    from passage_kit.cli.notebook_server import open_lab

    return open_lab(workspace, *jupyter_arguments, app=app)
