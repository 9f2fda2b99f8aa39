"""Panels of one kernel that look at one workspace: when one of them saves something, the others look again."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Protocol
from weakref import WeakSet


class Watching(Protocol):
    """What looks at a workspace."""

    def look_again(self) -> None:
        """Show what stands in the workspace now."""


_watching: dict[str, WeakSet[Watching]] = defaultdict(WeakSet)


def watch(folder: Path, panel: Watching) -> None:
    """Make a panel look again whenever another one saves something in a workspace, as long as the panel exists."""
    _watching[_name(folder)].add(panel)


def tell_others(folder: Path, panel: Watching) -> None:
    """Make the other panels of a workspace look again."""
    for other in list(_watching[_name(folder)]):
        if other is not panel:
            other.look_again()


def _name(folder: Path) -> str:
    return str(folder.resolve())
