"""The command ``passage-kit fields``: a metadata field for each column of a user list, as a proposal to edit."""

from __future__ import annotations

import click


@click.command()
@click.argument("source")
@click.option(
    "--column", "columns", multiple=True, metavar="NAME", help="Column to propose a field for. [default: all]"
)
def fields(source: str, columns: tuple[str, ...]) -> None:
    """Print proposed metadata fields for the user list SOURCE, as the TOML that prepare --schema reads.

    Each field has a name that Passage takes and the type that its values show, with the evidence as a comment. Edit
    them, and take out what Passage should not store. Without --column, columns of emails and phones are left out.
    """
    import tomli_w

    from passage_kit.cli.shared_options import printable
    from passage_kit.metadata.proposed_fields import propose_fields
    from passage_kit.reading.readers import read_source

    for number, proposal in enumerate(propose_fields(read_source(source).users, columns or None)):
        written = tomli_w.dumps({**proposal.field.to_dict(), "required": bool(proposal.field.required)})
        said = f"# {' '.join(proposal.column.split())}: {proposal.evidence}"
        click.echo(printable("\n" * bool(number) + f"[[fields]]\n{said}\n{written}"), nl=False)
