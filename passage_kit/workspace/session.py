"""Who works in a workspace through the app without code: one person at a time.

The app's server writes the record, and clears it when it starts. It tells each kernel whose it is, and a kernel of
somebody else saves nothing. Notebooks and commands that no app has started do not ask.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from passage_kit.errors import BusyError
from passage_kit.files.file_set import FileSet
from passage_kit.files.regular_files import read_regular
from passage_kit.translations import worded

FILE = ".session.json"
HEADER = "X-Passage-Session"
VARIABLE = "HTTP_X_PASSAGE_SESSION"  # as Voila hands the header to a kernel
NOBODY = "Somebody"


@dataclass(frozen=True, slots=True)
class Session:
    """A person who works in a workspace.

    Parameters
    ----------
    ident : str
        Of the browser's sign-in; it opens nothing.
    name : str
        As the person gave it at the sign-in.
    since, seen : datetime.datetime
        When the person began, and opened a page last.
    """

    ident: str
    name: str
    since: dt.datetime
    seen: dt.datetime


def read_session(folder: str | Path) -> Session | None:
    """Read who works in a workspace; None if nobody does."""
    try:
        said = json.loads(read_regular(Path(folder) / FILE))
        since, seen = (dt.datetime.fromisoformat(said[name]) for name in ("since", "seen"))
        return Session(str(said["ident"]), str(said["name"]), since, seen)
    except (OSError, ValueError, KeyError, TypeError):  # there is none, or what is there says nothing
        return None


def begin_session(folder: str | Path, ident: str, name: str, *, take_over: bool = False) -> Session:
    """Note that a person works in a workspace, unless somebody else does.

    Parameters
    ----------
    folder : str or pathlib.Path
        The workspace, which is made if it is missing.
    ident, name : str
    take_over : bool, default False
        Go on in the place of somebody else, whose panels save nothing from then on.

    Returns
    -------
    Session
        Who works there now; another ``ident`` than the given one if somebody else does.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> begin_session(folder, "1f", "Anna").name, begin_session(folder, "2a", "Bo").name
    ('Anna', 'Anna')
    >>> begin_session(folder, "2a", "Bo", take_over=True).name
    'Bo'
    """
    now = dt.datetime.now().astimezone()
    found = read_session(folder)
    if found is not None and found.ident != ident and not take_over:
        return found
    mine = found is not None and found.ident == ident
    session = replace(found, name=name, seen=now) if found and mine else Session(ident, name, now, now)
    values = asdict(session) | {"since": session.since.isoformat(), "seen": session.seen.isoformat()}
    with FileSet() as files:
        files.new(Path(folder) / FILE).write_text(json.dumps(values), encoding="utf-8")
    return session


def end_session(folder: str | Path, ident: str | None = None) -> None:
    """Note that nobody works in a workspace any more; with ``ident``, only if that one does."""
    found = read_session(folder)
    if ident is None or (found is not None and found.ident == ident):
        (Path(folder) / FILE).unlink(missing_ok=True)


def in_app() -> bool:
    """Tell whether this process is a kernel of the app without code."""
    return VARIABLE in os.environ


def refuse_another_session(folder: str | Path) -> None:
    """Raise if this process is a kernel of somebody whose place another person has taken.

    Raises
    ------
    BusyError
        The message names the other person.
    """
    mine = os.environ.get(VARIABLE)
    found = read_session(folder) if mine else None
    if found is not None and found.ident != mine:
        raise BusyError(
            worded(
                "{name} has worked on this migration since {since}, in another browser, so nothing is "
                "saved from here. Go to the list of steps: it says who works here, and lets you take "
                "over.",
                name=found.name,
                since=f"{found.since:%H:%M}",
            )
        )
