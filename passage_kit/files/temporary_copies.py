"""Temporary folders, and copies in them, private and gone at the end; a full disk is said in a sentence."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from passage_kit.errors import OutputError
from passage_kit.files.reasons import reason_of
from passage_kit.translations import worded


@contextmanager
def temporary_folder(copies: Iterable[Path] = ()) -> Iterator[Path]:
    """Make a temporary folder for the time of a ``with`` block, readable by its owner only.

    Parameters
    ----------
    copies : iterable of pathlib.Path
        Files to copy into the folder; one that does not exist is left out.

    Raises
    ------
    OutputError
        If nothing can be written there.

    Examples
    --------
    >>> with temporary_folder([Path(__file__), Path("nowhere")]) as folder:
    ...     [path.name for path in folder.iterdir()]
    ['temporary_copies.py']
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="passage-kit-", ignore_cleanup_errors=True)
    except OSError as error:
        raise _cannot(error) from error
    with folder as name:
        try:
            for path in copies:
                if path.exists():
                    shutil.copyfile(path, Path(name, path.name))
        except OSError as error:
            raise _cannot(error) from error
        yield Path(name)


def _cannot(error: OSError) -> OutputError:
    return OutputError(
        worded(
            "No temporary file can be written: {why}. Nothing was changed. Free some space, or "
            "set the environment variable TMPDIR to a folder that you may write to.",
            why=reason_of(error),
        )
    )
