"""The command ``passage-kit codes``: the catalogue of finding codes."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the catalogue as JSON.")
def codes(as_json: bool) -> None:
    """Print the catalogue of finding codes: effect, meaning, next step."""
    from dataclasses import asdict

    from passage_kit.findings.catalogue import CODES

    if as_json:
        click.echo(json.dumps([asdict(code) for code in CODES.values()], indent=2))
        return
    for code in CODES.values():
        click.echo(
            f"{click.style(code.code, bold=True)}  ({code.effect})\n    {code.meaning}\n    Next: {code.next_step}"
        )
