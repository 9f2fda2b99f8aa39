"""Memory that was freed serves the next column, instead of being given back to the system and fetched anew.

A run makes and frees hundreds of columns of some megabytes each. Fetching such a piece from the system costs more than
filling it, since every page of it has to be cleared first: up to a fifth of the time of a run.
"""

from __future__ import annotations

import ctypes
import os

# Settings of glibc's allocator, as <malloc.h> numbers them.
_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
_NEVER = 2**31 - 1


def reuse_memory() -> None:
    """Have this process keep what it frees; before arrow is loaded, and where the system's allocator is glibc's.

    Large pieces come from the one heap that small ones come from, for all threads, and the heap does not shrink. Arrow
    uses it, too, instead of one of its own: what the one frees, the other takes, so that the peak is lower as well.

    Examples
    --------
    >>> reuse_memory()
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, another system
        return
    if all(mallopt(*setting) for setting in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _NEVER), (_ARENA_MAX, 1))):
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
