"""The record of the words that a team has sent: ``words_sent.csv`` in the workspace."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from passage_kit.columns.users_frame import TEXT
from passage_kit.errors import OptionError
from passage_kit.export.csv_files import write_for_people
from passage_kit.files.edited_csv import read_edited
from passage_kit.files.file_set import FileSet
from passage_kit.words.segments import SEGMENTS
from passage_kit.words.texts import LANGUAGES, WORDS
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace

NAME = "words_sent.csv"
COLUMNS = ("sent_at", "word", "language", "segment", "note")


def note_words_sent(
    workspace: Workspace | str | Path, word: str, *, language: str = "en", segment: str = "email", note: str = ""
) -> pd.DataFrame:
    """Note that you have sent a word to a segment, for the checklist of the cut-over. The kit sends nothing itself.

    Parameters
    ----------
    workspace : Workspace or path
        Folder of the migration.
    word : {"login_notice", "announcement", "reminder", "faq", "support_macro"}
    language : {"en", "de", "fr", "es", "pt"}, default "en"
    segment : {"email", "phone_only", "reach_otherwise", "inactive"}, default "email"
    note : str, default ""
        Anything to remember, such as the tool that sent it.

    Returns
    -------
    pandas.DataFrame
        Everything noted so far: text columns ``sent_at``, ``word``, ``language``, ``segment``, ``note``.

    Raises
    ------
    OptionError
        If there is no such word, language or segment.

    See Also
    --------
    write_words : Write the words and the segments.

    Examples
    --------
    >>> import tempfile
    >>> note_words_sent(tempfile.mkdtemp(), "announcement", language="de")[["word", "language", "segment"]]
               word language segment
    0  announcement       de   email
    """
    for value, known, what in (
        (word, WORDS, "word"),
        (language, LANGUAGES, "language"),
        (segment, SEGMENTS, "segment"),
    ):
        if value not in known:
            raise OptionError(f"There is no {what} {value!r}, expected one of {', '.join(known)}.")
    folder = as_workspace(workspace)
    with locked(folder.folder, "noting of words", make=True):
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        line = dict(zip(COLUMNS, (now, word, language, segment, note or None), strict=True))
        rows = pd.concat([words_sent(folder), pd.DataFrame([line], dtype=TEXT)], ignore_index=True)
        folder.make()
        with FileSet() as files:
            write_for_people(rows, files.new(folder.folder / NAME))
    return rows


def words_sent(workspace: Workspace) -> pd.DataFrame:
    """Read what was noted; an empty frame if nothing was.

    Raises
    ------
    PlanError
        If the file cannot be read.
    """
    path = workspace.folder / NAME
    if not path.exists():
        return pd.DataFrame({name: pd.array([], dtype=TEXT) for name in COLUMNS})
    lines = read_edited(path, "words sent", COLUMNS, needed=COLUMNS[:2])
    return pd.DataFrame({name: pd.array([line.cells[name] or None for line in lines], dtype=TEXT) for name in COLUMNS})
