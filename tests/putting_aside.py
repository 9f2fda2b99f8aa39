"""Runs that put everything aside, however small it is."""

from contextlib import contextmanager

from passage_kit.columns import spool
from passage_kit.columns.spool import spooling

ODD = {"name": ["Zoë", None, "", "a\nb"], "n": [1, None, 3, -4], "yes": [True, None, False, True]}


@contextmanager
def putting_everything_aside(folder, monkeypatch):
    """Put everything aside within the block, in batches of two rows."""
    monkeypatch.setattr(spool, "SMALL", 0)
    monkeypatch.setattr(spool, "ROWS", 2)
    with spooling(folder) as kept:
        yield kept
