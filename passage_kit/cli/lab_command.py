"""The command ``passage-kit lab``: the guided notebooks in JupyterLab, or as an app."""

from __future__ import annotations

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("workspace", default="passage-migration")
@click.argument("jupyter_arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--app", is_flag=True, help="Serve them with Voila as an app without code (needs the extra voila).")
@click.option("--behind", metavar="URL", help="Address at which a reverse proxy serves the app; needs --password.")
@click.option(
    "--password", is_flag=True, help="Sign in to the app by a password: asked for, or PASSAGE_KIT_APP_PASSWORD."
)
def lab(workspace: str, jupyter_arguments: tuple[str, ...], app: bool, behind: str | None, password: bool) -> int:
    """Open JupyterLab on the guided notebooks, copied into WORKSPACE with the sample data.

    Further arguments, such as --no-browser, go to JupyterLab, or to Voila. Run it again to go on in the same workspace.
    """
    from passage_kit.cli.notebook_server import open_app, open_lab

    if app:
        return open_app(workspace, *jupyter_arguments, behind=behind, password=password)
    if behind or password:
        raise click.UsageError("--behind and --password are for the app. Give --app, too.")
    return open_lab(workspace, *jupyter_arguments)
