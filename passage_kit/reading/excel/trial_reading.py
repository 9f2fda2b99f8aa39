"""A trial in a process of its own for workbooks whose reader may fail hard: nothing that it prints reaches anybody.

The library that reads workbooks takes the lengths in a binary one (.xls, .xlsb) on trust. Where they are wrong, it
panics, and prints that by itself, or asks for more memory than there is, which ends the process; a check beforehand
would have to know all that it reads. The cells are read again afterwards.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP, _BINARY_PART = b"PK", b"xl/workbook.bin"
_PANICKED = 3
_PROGRAM = f"""
import io, json, os, sys
# Any other error is one that the kit meets itself, and names.
sys.excepthook = lambda kind, *_: os._exit({_PANICKED} if kind.__name__ == "PanicException" else 0)
sys.path[:] = json.loads(sys.argv[1])
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
for title in book.sheet_names:
    book.get_sheet_by_name(title).to_python(skip_empty_area=False)
"""
_CRASHES = {
    -number
    for name in ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV")
    if (number := getattr(signal, name, None)) is not None
}


def ends_in_a_panic(data: bytes) -> bool:
    """Tell whether reading a binary workbook (.xls, .xlsb) panics or crashes; others are text within, which does not.

    Where no process can be started, nothing is found out.

    Examples
    --------
    >>> ends_in_a_panic(b"PK no binary workbook")
    False
    """
    is_binary = data.startswith(_OLD) or (data.startswith(_ZIP) and _BINARY_PART in data)
    if not is_binary or not sys.executable:
        return False
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, json.dumps([path for path in sys.path if path])]
    quietly = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    short = {**os.environ, "RUST_BACKTRACE": "0"}  # where it panicked is of no use, and takes seconds to find
    try:
        tried = subprocess.run(command, input=data, env=short, check=False, **quietly)  # type: ignore[call-overload]  # noqa: S603
    except OSError:
        return False
    return tried.returncode == _PANICKED or tried.returncode in _CRASHES
