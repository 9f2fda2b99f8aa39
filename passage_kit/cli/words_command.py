"""The command ``passage-kit words``: what your users are told, and who they are."""

from __future__ import annotations

from typing import Any

import click

from passage_kit.cli.shared_options import print_json, say, with_json


@click.command()
@click.argument("folder", metavar="DIR")
@click.option(
    "--language", type=click.Choice(["en", "de", "fr", "es", "pt"]), default="en", show_default=True, help="Language."
)
@click.option("--app", metavar="NAME", help="Name of your application. [default: as in DIR/words.toml]")
@click.option(
    "--date", metavar="DATE", help="First day of the new sign-in: 2026-12-01. [default: as in DIR/words.toml]"
)
@click.option("--contact", metavar="TEXT", help="Whom your users can ask. [default: as in DIR/words.toml]")
@click.option("--address", metavar="TEXT", help="Where your users sign in. [default: as in DIR/words.toml]")
@click.option("--templates", is_flag=True, help="Copy the templates into DIR/words, where you can change them.")
@click.option("--sent", "word", metavar="WORD", help="Note that you have sent a word, such as announcement.")
@click.option("--segment", metavar="NAME", default="email", show_default=True, help="With --sent: whom you sent it to.")
@click.option("--note", metavar="TEXT", default="", help="With --sent: anything to remember.")
@with_json
def words(folder: str, word: str | None, templates: bool, as_json: bool, **given: Any) -> None:
    """Write the words for your users, and the segments to send them to. The kit sends nothing.

    DIR/out/words gets a login notice, an announcement, a reminder, questions and answers, and a reply for your support,
    each as plain text, Markdown and HTML, and one CSV for each segment of the people who were prepared in DIR.
    """
    from passage_kit.words.record import note_words_sent
    from passage_kit.words.write import copy_templates, write_words

    if word is not None:
        rows = note_words_sent(folder, word, language=given["language"], segment=given["segment"], note=given["note"])
        summary, text = {"sent": rows.iloc[-1].dropna().to_dict()}, f"Noted: {word} was sent to {given['segment']}."
    elif templates:
        made = list(map(str, copy_templates(folder)))
        summary, text = {"templates": made}, "\n".join([*made, "They are yours now, and come before the kit's."])
    else:
        facts = {name: given[name] for name in ("app", "date", "contact", "address")}
        written = write_words(folder, language=given["language"], **facts)
        summary, text = written.summary(), written.to_text()
    if as_json:
        print_json(summary)
    else:
        say(text)
