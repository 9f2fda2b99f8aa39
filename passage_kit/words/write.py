"""Words for the users and the segments to send them to, written into the workspace. The kit sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.errors import OptionError
from passage_kit.export.csv_files import write_for_people
from passage_kit.files.file_set import FileSet
from passage_kit.words.facts import find_facts
from passage_kit.words.segments import SEGMENTS, find_segments
from passage_kit.words.texts import BUNDLED, LANGUAGES, LAYOUTS, Language, Word, fill_words
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace

OWN = "words"  # folder of a team's own templates in the workspace


@dataclass(frozen=True, slots=True)
class Words:
    """Words for the users in one language, and the segments to send them to.

    Parameters
    ----------
    words : mapping of str to Word
        ``login_notice``, ``announcement``, ``reminder``, ``faq`` and ``support_macro``. In a notebook, each shows as
        it will look: ``words["faq"]``.
    segments : mapping of str to int
        Number of people in each segment; empty before the users were prepared.
    folder : pathlib.Path
        The folder of the files.

    See Also
    --------
    write_words : Write them.
    """

    words: Mapping[str, Word]
    segments: Mapping[str, int]
    folder: Path

    def __getitem__(self, name: str) -> Word:
        return self.words[name]

    def summary(self) -> dict[str, Any]:
        """Return the names and counts as plain values, for JSON."""
        files = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())
        return {"folder": str(self.folder), "words": list(self.words), "segments": dict(self.segments), "files": files}

    def to_text(self) -> str:
        """Write the titles and counts for a person."""
        lines = [f"{word.name:<14} {word.title}" for word in self.words.values()]
        lines += [f"{count:>9,}  {name}: {SEGMENTS[name]}" for name, count in self.segments.items()]
        return "\n".join([*lines, f"The kit sends nothing. The files: {self.folder}"])


def write_words(
    workspace: Workspace | str | Path,
    *,
    language: Language = "en",
    app: str | None = None,
    date: str | None = None,
    contact: str | None = None,
    address: str | None = None,
) -> Words:
    """Write the words for your users, and the segments to send them to.

    Each word says what changes, what to do, when, and whom to ask. None has a link to sign in, so that your users learn
    to distrust one that has. The kit sends nothing.

    Parameters
    ----------
    workspace : Workspace or path
        Folder of the migration. Templates in its folder ``words`` come before those of the kit.
    language : {"en", "de", "fr", "es", "pt"}, default "en"
        English, German, French, Spanish or Portuguese.
    app, date, contact, address : str, optional
        Name of your application; first day of the new sign-in, as in 2026-12-01; whom to ask; where users sign in, as
        they know it. Default: as they stand in ``words.toml``, where they are kept.

    Returns
    -------
    Words
        The words and the number of people in each segment. The folder ``out/words`` has the words as ``.txt``, ``.md``
        and ``.html``, and the segments as CSV.

    Raises
    ------
    OptionError
        If the language is another one, or something to fill in is missing.
    PlanError
        If a template of your own cannot be filled in.
    OutputError
        If a file cannot be written.

    See Also
    --------
    note_words_sent : Note that you have sent a word.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> words = write_words(folder, app="Shop", date="2026-12-01", contact="help@shop.example", address="shop.example")
    >>> words["announcement"].title
    'From December 1, 2026 you sign in to Shop without a password'
    """
    if language not in LANGUAGES:
        raise OptionError(f"There are no words in {language!r}, expected one of {', '.join(LANGUAGES)}.")
    folder = as_workspace(workspace)
    out = folder.out / "words"
    with locked(folder.folder, "writing of words", make=True):
        given = {"app": app, "date": date, "contact": contact, "address": address}
        words = fill_words(find_facts(folder, given), language, own=folder.folder / OWN)
        segments = _segments(folder)
        folder.make()
        with FileSet() as files:
            for word in words.values():
                for layout, ending in LAYOUTS.items():
                    path = files.new(out / language / f"{word.name}.{ending}")
                    path.write_text(getattr(word, layout), encoding="utf-8", newline="\n")
            for name, people in segments.items():
                write_for_people(people, files.new(out / "segments" / f"{name}.csv"))
    return Words(words, {name: len(people) for name, people in segments.items()}, out)


def copy_templates(workspace: Workspace | str | Path) -> list[Path]:
    """Copy the templates into the folder ``words`` of the workspace, where they are the team's; none is replaced.

    Returns
    -------
    list of pathlib.Path
        The copies that were made.
    """
    folder = as_workspace(workspace)
    made = []
    with locked(folder.folder, "copying of templates", make=True):
        folder.make()
        with FileSet() as files:
            for template in sorted(BUNDLED.iterdir()):
                path = folder.folder / OWN / template.name
                if template.suffix in (".toml", ".j2") and not path.exists():
                    files.new(path).write_bytes(template.read_bytes())
                    made.append(path)
    return made


def _segments(folder: Workspace) -> dict[str, pd.DataFrame]:
    return find_segments(folder) if folder.has_stage("users") and folder.has_stage("ledger") else {}
