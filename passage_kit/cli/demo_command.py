"""The command ``passage-kit demo``: the sample from end to end, against a sandbox."""

from __future__ import annotations

import click

from passage_kit.cli.shared_options import quiet, show_prepared, with_json


@click.command()
@click.option("--out", "folder", default="passage-demo", show_default=True, metavar="DIR", help="Workspace folder.")
@with_json
def demo(folder: str, as_json: bool) -> None:
    """Run the sample from end to end, offline: prepare, push to a sandbox, verify.

    Prints the funnel, and leaves the files in DIR/out.
    """
    from passage_kit.files.bundled import bundled
    from passage_kit.metadata.fields import MetadataSchema
    from passage_kit.preparation.run import prepare as prepare_users
    from passage_kit.push.push import push_users
    from passage_kit.push.rehearsal import SandboxClient
    from passage_kit.push.verify import verify_push

    with quiet(as_json):
        prepared = prepare_users(
            bundled("sample_data/legacy_users.csv"),
            schema=MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml")),
            template=bundled("sample_data/console_template.csv"),
            default_region="US",
            out=folder,
        )
        with SandboxClient(folder) as client:
            result = push_users(folder, client=client)
            verification = verify_push(folder, client=client)
    show_prepared(prepared, folder, as_json, {"push": result, "verification": verification})
