"""Calls that kill the worker on which they run, the first time that they run; and clients that stop at a step."""

import os
import signal
from pathlib import Path

from passage_kit.cluster.engine import InThisProcess, OnDask


def killing(mark, before, call, *given):
    """Make a call; the first time, the process ends before it or, with all that it wrote, behind it."""
    result = None if before else call(*given)
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return call(*given) if before else result
    os.kill(os.getpid(), signal.SIGKILL)


class KillsInEachStep(OnDask):
    """Lets one call of each step, or of some, kill its worker: every other time before the call, else behind it."""

    def __init__(self, client, folder, *, only=None, first_before=True):
        super().__init__(client)
        self._folder, self._only, self._before = Path(folder), only, first_before
        self._folder.mkdir()
        self.steps = []

    def submit(self, name, call, items):
        if name in self.steps or name.startswith("looking at") or (self._only and name not in self._only):
            return super().submit(name, call, items)
        mark = self._folder / f"{len(self.steps):03d}"
        self.steps.append(name)
        first, *others = items
        killed = super().submit(name, killing, [(str(mark), self._before, call, *first)])
        self._before = not self._before
        return [*killed, *super().submit(name, call, others)]

    @property
    def kills(self):
        """How many workers were killed."""
        return len(list(self._folder.iterdir()))


class Stops(InThisProcess):
    """Stops at a step, as a client that is killed there."""

    def __init__(self, at):
        self.at = at

    def run(self, name, call, items):
        if name == self.at:
            raise KeyboardInterrupt
        return super().run(name, call, items)
