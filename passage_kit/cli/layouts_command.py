"""The command ``passage-kit layouts``: the systems whose exports are known."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the layouts as JSON.")
def layouts(as_json: bool) -> None:
    """Print the systems whose exports are known, and what each looks like."""
    from dataclasses import asdict

    from passage_kit.reading.known_layouts import known_layouts

    if as_json:
        click.echo(json.dumps([asdict(layout) for layout in known_layouts()], indent=2))
        return
    for layout in known_layouts():
        click.echo(f"{click.style(layout.name, bold=True)}  {layout.title}, {layout.link}")
        for signs in layout.signs:
            click.echo(f"    known by {', '.join(signs)}")
        for word in ("email", "phone", "source_key", "account_state", "secrets"):
            columns = layout.secrets if word == "secrets" else layout.columns_of(word)
            if columns:
                click.echo(f"    {word}: {', '.join(columns)}")
        for note in layout.notes:
            click.echo(f"    {note}")
