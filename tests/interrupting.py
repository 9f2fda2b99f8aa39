"""Ctrl-C at every line of some modules, with what a run leaves each time."""

import ast
import inspect
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType


def interrupted_everywhere(work: Callable[[], object], *modules: ModuleType) -> Iterator[None]:
    """Run ``work`` again and again, each time with Ctrl-C before another line that it reaches in ``modules``.

    A line that it reaches more than once is interrupted at the first time and at the last. Yields after each run that
    was interrupted; what ``work`` begins with has to be made again then.
    """
    reached = _Lines(modules)
    _traced(reached, work)
    last = {line: place for place, line in enumerate(reached.lines)}
    first = {line: place for place, line in reversed(list(enumerate(reached.lines)))}
    for place in sorted({*first.values(), *last.values()}):
        try:
            _traced(_Lines(modules, interrupt=place), work)
        except KeyboardInterrupt:
            yield


def _traced(trace: Callable[..., object], work: Callable[[], object]) -> None:
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)


class _Lines:
    """A trace function that notes the lines reached in some modules, and sends Ctrl-C at one of them."""

    def __init__(self, modules: tuple[ModuleType, ...], *, interrupt: int | None = None) -> None:
        self.of_with = {module.__file__: set(_heads_of_with(module)) for module in modules}
        self.of_finally = {(module.__file__, line) for module in modules for line in _heads_of_finally(module)}
        self.interrupt = interrupt
        self.lines: list[tuple[str, int]] = []
        self._entered: set[tuple[int, int]] = set()

    def __call__(self, frame: FrameType, event: str, value: object) -> object:
        if frame.f_code.co_filename not in self.of_with:
            return None
        line = (frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and line not in self.of_finally and not self._is_end_of_with(frame):
            self.lines.append(line)
            if len(self.lines) - 1 == self.interrupt:
                signal.raise_signal(signal.SIGINT)
        return self

    def _is_end_of_with(self, frame: FrameType) -> bool:
        """Tell whether a ``with`` statement is reached for its end, where Python itself lets no signal in."""
        place = (id(frame), frame.f_lineno)
        entered = place in self._entered
        self._entered.add(place)
        return entered and frame.f_lineno in self.of_with[frame.f_code.co_filename]


def _heads_of_with(module: ModuleType) -> Iterator[int]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.With):
            yield from range(node.lineno, node.body[0].lineno)


def _heads_of_finally(module: ModuleType) -> Iterator[int]:
    """Give the first line of each ``finally``: nothing can be done about a signal in the microsecond before it."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Try) and node.finalbody:
            yield node.finalbody[0].lineno
