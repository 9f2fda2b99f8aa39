"""Whether a result is older than the corrections, the decisions or the plan that it was made with, and by what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passage_kit.errors import PlanError
from passage_kit.translations import gettext, ngettext
from passage_kit.workspace.fixed_rows import NOTE_FILE
from passage_kit.workspace.history import Changed, load_history
from passage_kit.workspace.manifest import check_plan, manifest_path
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

_KINDS: tuple[Changed, ...] = ("corrections", "decisions")


@dataclass(frozen=True, slots=True)
class Basis:
    """What a result was made with: the state of the corrections, the decisions and the plan at a moment.

    Parameters
    ----------
    at : datetime.datetime
        The moment, with UTC.
    plan : str or None
        The plan as text; None for the plan of the last run.
    files : tuple of str
        Hashes of the corrections and of the decisions; empty for those of the last run.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.workspace.corrections import correct
    >>> workspace = Workspace(tempfile.mkdtemp())
    >>> basis = Basis.of(workspace)
    >>> basis.outdated_by(workspace)
    ''
    >>> workspace.save_corrections(correct(workspace.load_corrections(), [2], "email", "bo@example.org"))
    >>> basis.outdated_by(workspace).partition(": ")[2]
    '1 correction since.'
    """

    at: datetime
    plan: str | None
    files: tuple[str, ...]

    @classmethod
    def of(cls, workspace: Workspace) -> Basis:
        """Take the state of now."""
        return cls(datetime.now(UTC), _plan_text(workspace), tuple(map(_hash, _fixes(workspace))))

    @classmethod
    def of_last_run(cls, workspace: Workspace) -> Basis | None:
        """Take the state of the last complete run; None if there is none."""
        path = manifest_path(workspace.folder)
        if not path.exists():
            return None
        # Corrections and decisions that a run has matched anew are older than its note of them.
        written = max(_changed_at(path), _changed_at(workspace.folder / NOTE_FILE))
        return cls(datetime.fromtimestamp(written / 1e9, UTC), None, ())

    def with_plan_of(self, workspace: Workspace) -> Basis:
        """Take the plan of now: a change of it that the result has followed already."""
        return replace(self, plan=_plan_text(workspace))

    def outdated_by(self, workspace: Workspace, *, corrections: bool = True, decisions: bool = True) -> str:
        """Say since when and by what a result is out of date; "" if it is not.

        Parameters
        ----------
        workspace : Workspace
            The workspace as it is now.
        corrections, decisions : bool, default True
            Whether the result has to be made anew after a correction, and after a decision about duplicates.
        """
        asked: dict[Changed, bool] = {"corrections": corrections, "decisions": decisions}
        changed = [name for name, depends in asked.items() if depends and self._is_other(workspace, name)]
        parts, since = [], []
        for name in changed:
            made = [one for one in load_history(workspace.folder) if one.what == name and self._is_since(one.at)]
            count = sum(int(one.about.get("count", 1)) for one in made if one.state == "done")
            parts.append(_counted(name, count))
            since.append(min((datetime.fromisoformat(one.at) for one in made), default=_moment(workspace, name)))
        if self._has_other_plan(workspace):
            parts.append(gettext("other choices in the plan"))
            since.append(datetime.fromtimestamp(_changed_at(workspace.plan_path) / 1e9, UTC))
        if not parts:
            return ""
        moment, what = f"{min(since).astimezone():%H:%M}", gettext(" and ").join(parts)
        return gettext("Out of date since {moment}: {what} since.", moment=moment, what=what)

    def _is_since(self, moment: str) -> bool:
        """Tell whether a change came later; its moment is in whole seconds."""
        return datetime.fromisoformat(moment) >= self.at.replace(microsecond=0)

    def _is_other(self, workspace: Workspace, name: Changed) -> bool:
        at = _KINDS.index(name)
        path = _fixes(workspace)[at]
        return _hash(path) != self.files[at] if self.files else _changed_at(path) > self.at.timestamp() * 1e9

    def _has_other_plan(self, workspace: Workspace) -> bool:
        if self.files:
            return _plan_text(workspace) != self.plan
        try:
            check_plan(workspace.folder, workspace.load_plan().to_toml(workspace.folder))
        except PlanError:
            return True
        return False


def _counted(name: Changed, count: int) -> str:
    if name == "corrections":
        several = ngettext("{count} correction", "{count} corrections", count)
        return several if count else gettext("other corrections")
    return ngettext("{count} decision", "{count} decisions", count) if count else gettext("other decisions")


def mapped_now(workspace: Workspace) -> tuple[Any, ...] | None:
    """Give that of the plan of now; None if it cannot be read, which its next use says."""
    try:
        return mapped_by(workspace.load_plan() if workspace.has_plan else Plan())
    except PlanError:
        return None


def mapped_by(plan: Plan) -> tuple[Any, ...]:
    """Give what the users frame is read and mapped by; after another one, the frame has to be made anew."""
    return plan.source, plan.reading, plan.steps, plan.mapping, plan.schema, plan.options.null_words


def _fixes(workspace: Workspace) -> tuple[Path, Path]:
    return workspace.corrections_path, workspace.decisions_path


def _plan_text(workspace: Workspace) -> str | None:
    """Write the plan without the state of its source, which the first correction notes there; "" if it is damaged."""
    try:
        return replace(workspace.load_plan(), sha256=None).to_toml(workspace.folder) if workspace.has_plan else None
    except PlanError:
        return ""


def _hash(path: Path) -> str:
    """Hash a file; one without lines is like none."""
    content = path.read_bytes() if path.exists() else b""
    return hashlib.sha256(content).hexdigest() if content.count(b"\n") > 1 else ""


def _moment(workspace: Workspace, name: Changed) -> datetime:
    return datetime.fromtimestamp(_changed_at(_fixes(workspace)[_KINDS.index(name)]) / 1e9, UTC)


def _changed_at(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
