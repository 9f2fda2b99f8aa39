"""The command ``passage-kit sandbox``."""

from __future__ import annotations

import click

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
    settings: tuple[str, ...],
) -> None:
    """Run a stand-in for the Management API on this machine, until Ctrl-C.

    Prints PASSAGE_BASE_URL, PASSAGE_APP_ID and PASSAGE_API_KEY, ready for a .env file. The key is of no use elsewhere.
    """
    from passage_kit.sandbox import AppSettings, Fault, Sandbox, Unknowns

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
            say(f"The sandbox answers at {running.base_url}; Ctrl-C stops it.")
            running.wait()
    except KeyboardInterrupt:
        say("The sandbox has stopped.")
