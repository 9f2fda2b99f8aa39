"""Processes that begin at once: a nursery has the kit loaded, and forks a child for each script that it is given.

A start of Python with the kit takes seconds of a processor. What a test does to a process of its own (kills it, limits
its files, takes rights away) is done to a forked one as well. Windows has no fork.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_LOOP = """
import json, os, sys, traceback
import pandera.pandas, sqlalchemy
import passage_kit as pk, passage_kit.cli.commands
[getattr(pk, name) for name in pk.__all__]

def work(task):
    os.environ.clear()
    os.environ.update(task["environment"])
    sys.argv = ["-c", *task["arguments"]]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in enumerate(task["streams"], 1):
        os.dup2(os.open(path, os.O_WRONLY), number)
    status = 1
    try:
        exec(task["code"], {"__name__": "__main__"})
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

for line in sys.stdin:
    child = os.fork()
    if not child:
        work(json.loads(line))
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Nursery:
    """A process that forks one child at a time; ``prefix`` is a command that runs it with other rights."""

    def __init__(self, *prefix: str) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([*prefix, sys.executable, "-c", _LOOP], text=True, **pipes)
        self._last: Child | None = None

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end_last()
        self.process.communicate()

    def _end_last(self) -> None:
        """End a script that a test left at work, as one that failed does."""
        if self._last is not None and not self._last.ended:
            self._last.kill()
            self._last.wait()

    def start(self, code: str, *arguments: object, environment: Mapping[str, str] | None = None) -> Child:
        """Run a script in a process of its own; ``environment`` is what it has beside that of this process."""
        self._end_last()
        everything = {**os.environ, **(environment or {})}
        self._last = Child(self.process, code, [str(word) for word in arguments], everything)
        return self._last

    def run(self, code: str, *arguments: object, environment: Mapping[str, str] | None = None):
        """Run a script to its end; the result is that of ``subprocess.run`` with text."""
        return self.start(code, *arguments, environment=environment).wait()


class Child:
    """A script at work in a process of its own."""

    def __init__(
        self, nursery: subprocess.Popen[str], code: str, arguments: list[str], environment: Mapping[str, str]
    ) -> None:
        self._nursery, self._arguments = nursery, arguments
        self._folder = tempfile.TemporaryDirectory()
        self._streams = [Path(self._folder.name, name) for name in ("stdout", "stderr")]
        for path in self._streams:
            path.touch()
        task = {"code": code, "arguments": arguments, "environment": environment, "streams": self._streams}
        nursery.stdin.write(json.dumps(task, default=str) + "\n")
        nursery.stdin.flush()
        self.pid, self.ended = int(nursery.stdout.readline()), False

    def kill(self) -> None:
        """Kill -9, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> subprocess.CompletedProcess[str]:
        """Wait until it has ended."""
        status = os.waitstatus_to_exitcode(int(self._nursery.stdout.readline()))
        self.ended = True
        said = [path.read_text("utf-8") for path in self._streams]
        self._folder.cleanup()
        return subprocess.CompletedProcess(self._arguments, status, *said)
