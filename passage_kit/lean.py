"""What a command does without, so that it begins sooner."""

from __future__ import annotations

import os
import sys


def do_without() -> None:
    """Keep libraries from loading what this process has no use for; before they are loaded.

    numpy starts threads for algebra, which keep a processor busy for a while; pandera loads hypothesis, where it is
    installed, to make up data.

    Examples
    --------
    >>> do_without()
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.modules.setdefault("hypothesis", None)  # type: ignore[arg-type] # says that there is none
