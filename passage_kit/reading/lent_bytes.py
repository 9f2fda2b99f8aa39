"""Bytes lent to arrow, which reads them on threads of its own."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pyarrow as pa

_LONGEST_WAIT = 5.0  # seconds; arrow takes microseconds

Read = TypeVar("Read")


def read_lent(data: bytes, read: Callable[[pa.BufferReader], Read], *, begin: int = 0) -> Read:
    """Let arrow read bytes from a position on, and return when its threads have let go of them.

    A thread may hold the bytes for a moment after the reading. To let go of them it has to enter the interpreter, and
    where that is ending, for example at the end of a short command, the whole process is aborted.

    Parameters
    ----------
    data : bytes
        What to read.
    read : callable
        Gets the file to read, and must not keep it: what it returns does not refer to the bytes.
    begin : int
        Where the file begins, in bytes. Default: 0.

    Examples
    --------
    >>> read_lent(b"id\\n1\\n", lambda file: file.read(), begin=3)
    b'1\\n'
    """
    view = np.frombuffer(data, np.uint8)
    let_go = threading.Event()
    watch = weakref.ref(view, lambda _: let_go.set())
    file = pa.BufferReader(pa.py_buffer(view).slice(begin))
    del view
    result = read(file)
    del file
    if watch() is not None:
        let_go.wait(_LONGEST_WAIT)
    return result
