"""Settings of the command's own process, so that it starts sooner, runs faster and needs less memory.

Only the console script and ``python -m passage_kit`` call this module. A process that imports the package stays as it
is. ``PASSAGE_KIT_PLAIN=1`` switches everything here off, and the fast paths with it.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from passage_kit.cli.plain import is_plain

# Commands that end by themselves once they have worked through all rows; the others serve or wait.
_BATCH_COMMANDS = {"prepare", "demo", "write-back"}
# Settings of glibc's allocator, as <malloc.h> numbers them.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_NEVER, _LARGE = 2**31 - 1, 1 << 25


def run(arguments: Sequence[str] | None = None) -> None:
    """Tune the process, then run the command line; the entry point of the console script."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    open_missing_streams()
    escape_what_cannot_be_shown()
    tune_process(given[0] if given else "")
    from passage_kit.cli.commands import INTERRUPTED, main  # numpy and arrow read the settings when they are loaded

    try:
        main(given)
    except SystemExit as ended:
        if ended.code == INTERRUPTED and given and given[0] in _BATCH_COMMANDS:
            leave_at_once(INTERRUPTED)
        raise


def leave_at_once(code: int) -> None:
    """End the process without its other threads.

    Ctrl-C within an import may keep Python's import lock for ever. A thread that loads a library beside then waits for
    the lock, and the usual end of a process for the thread. What a command writes is complete or taken back by then.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # the reader has gone, or the stream is closed
            stream.flush()
    os._exit(code)


def open_missing_streams() -> None:
    """Open standard streams that are closed on nothing.

    Otherwise the first file that the command opens gets the stream's number, and what a library prints goes into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:  # closed; open() takes the lowest free number, which is this one
            nothing = open(os.devnull, "w" if number else "r", encoding="utf-8")  # noqa: SIM115 - open to the end
            setattr(sys, name, nothing)


def escape_what_cannot_be_shown() -> None:
    """Print characters that the terminal's encoding lacks as escapes, instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # none, if it is closed
            stream.reconfigure(errors="backslashreplace")


def tune_process(command: str) -> None:
    """Set up this process for one command, before numpy and arrow are loaded, unless it is to stay plain."""
    if is_plain():
        return
    # Saves 0.2 s of 2.8 s (CPU, 300,000 rows, two cores): the memory goes with the process, so the interpreter need
    # not search it for cycles at its end.
    atexit.register(gc.freeze)
    if command in _BATCH_COMMANDS:
        reuse_memory()
        # Saves 0.06 s of 2.7 s: a run makes many objects and no cycles.
        gc.disable()
        # Saves a thread for each core but one, and no time that could be measured on two: the kit does no algebra.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def reuse_memory() -> None:
    """Make the allocator keep freed memory: saves a quarter of the peak (305 MB instead of 425, 300,000 rows).

    It also saves a fifth of the system time there, and more in longer runs.

    A run makes and frees hundreds of columns. Fetching such a piece from the system costs more than filling it, since
    the system clears each page first. Pieces up to 32 MB come from the one heap that small ones come from, for all
    threads, and the heap does not shrink. Arrow uses it, too, so that the one takes what the other frees. Larger pieces
    would leave holes there that no other fits: they come from the system, and go back to it.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, another system
        return
    if all(mallopt(*setting) for setting in ((_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _NEVER), (_ARENA_MAX, 1))):
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
