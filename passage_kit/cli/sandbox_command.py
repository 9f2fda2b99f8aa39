"""The command ``passage-kit sandbox``."""

from __future__ import annotations

import click
from click.core import ParameterSource

from passage_kit.cli.shared_options import metadata_schema, say


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Port on this machine. [default: a free one]")
@click.option("--database", metavar="FILE", help="Keep users, app id and key in this SQLite file. [default: memory]")
@click.option("--schema", metavar="FILE", help="The app's metadata fields: a .toml, or the app's .json.")
@click.option(
    "--fault",
    "faults",
    metavar="KIND[,NAME=VALUE]...",
    multiple=True,
    help="Something that goes wrong, such as closed,operation=create,rate=0.05,when=after. May be repeated.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same faults.")
@click.option(
    "--unknown",
    "unknowns",
    metavar="NAME=VALUE",
    multiple=True,
    help="What the contract leaves open, such as repeated=refused. May be repeated.",
)
@click.option(
    "--login",
    "email",
    metavar="EMAIL",
    help="Print a token for this user of the sandbox that PASSAGE_BASE_URL, PASSAGE_APP_ID and PASSAGE_API_KEY name, "
    "and end. If they name none, or with any other option: print PASSAGE_TOKEN of the sandbox that starts.",
)
@click.option(
    "--app",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="A setting of the app, such as login_methods=otp,passkeys or allowed_identifier=email. May be repeated.",
)
def sandbox(
    port: int,
    database: str | None,
    schema: str | None,
    faults: tuple[str, ...],
    seed: int,
    unknowns: tuple[str, ...],
    email: str | None,
    settings: tuple[str, ...],
) -> None:
    """Run a stand-in for the Management API on this machine, until Ctrl-C.

    Prints PASSAGE_BASE_URL, PASSAGE_APP_ID and PASSAGE_API_KEY, ready for a .env file. The key is of no use elsewhere.
    """
    from passage_kit.sandbox import AppSettings, Fault, Sandbox, Unknowns, login

    if email and _names_one_that_runs():
        click.echo(login(email))
        return
    running = Sandbox(
        schema=metadata_schema(schema),
        database=database,
        port=port,
        faults=[Fault.from_text(text) for text in faults],
        seed=seed,
        unknowns=Unknowns.from_texts(unknowns),
    )
    running.settings = AppSettings.from_texts(settings)
    try:
        with running:
            for name, value in running.environment.items():
                click.echo(f"{name}={value}")
            if email:
                click.echo(f"PASSAGE_TOKEN={login(email, settings=running.environment)}")
            say(f"The sandbox answers at {running.base_url}; Ctrl-C stops it.")
            running.wait()
    except KeyboardInterrupt:
        say("The sandbox has stopped.")


def _names_one_that_runs() -> bool:
    """Tell whether the settings name a sandbox, and no option asks for one that starts."""
    from passage_kit.api.credentials import BASE_URL, known_settings

    context = click.get_current_context()
    given = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    return given == ["email"] and BASE_URL in known_settings()
