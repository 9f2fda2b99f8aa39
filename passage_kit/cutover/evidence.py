"""Evidence of the steps of a cut-over that the workspace has: push, write-back, verification, drift check, words."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from passage_kit.drift.result import SUMMARY_FILE
from passage_kit.errors import PlanError
from passage_kit.files.checked_values import check_values
from passage_kit.files.regular_files import read_regular
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.push.rehearsal import has_rehearsed, read_push
from passage_kit.push.verify import VERIFICATION_FILE
from passage_kit.translations import gettext, ngettext, number
from passage_kit.words.record import words_sent
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.run_record import NAME, RunRecord

State = Literal["done", "open", "again", "rehearsed", "not asked"]


class _Noted(BaseModel):
    """What a check has noted in a file; more may stand there than is read here."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Verification(_Noted):
    verified: str | None = None
    ok: bool = False
    rehearsal: bool = False
    users: int = 0
    same: int = 0


class _Drift(_Noted):
    checked: str | None = None
    drift: bool = False
    rows: int = 0
    in_step: int = 0
    known: dict[str, int] = {}
    sides: dict[Literal["table", "passage", "decide"], int] = {}


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the cut-over.

    Parameters
    ----------
    title : str
    state : {"done", "open", "again", "rehearsed", "not asked"}
        ``again``: it was done before something that it depends on. ``rehearsed``: with a sandbox. ``not asked``: what
        would show it was not named.
    evidence : str
        What shows it; no personal data.
    at : datetime.datetime or None
        When that was so.
    next_step : str
        What to do; "" if it is done.
    """

    title: str
    state: State
    evidence: str
    at: dt.datetime | None = None
    next_step: str = ""


def state_in_words(state: State) -> str:
    """Name a state."""
    return {
        "done": gettext("done"),
        "open": gettext("to do"),
        "again": gettext("to do again"),
        "rehearsed": gettext("rehearsed only"),
        "not asked": gettext("not asked"),
    }[state]


def of_push(workspace: Workspace, exported: int) -> Check | None:
    """Tell whether the exported users are in Passage, by the journal; None without one."""
    pushed = read_push(workspace)
    if pushed is None:
        return None
    if pushed.undone:
        return Check(imported(), "open", gettext("the push was undone"), None, _push_again())
    counts = pushed.counts
    there = sum(counts.values()) - counts["failed"] - counts["unknown"]
    some = {"some": number(there)}
    evidence = ngettext("{some} of {count} exported user", "{some} of {count} exported users", exported, **some)
    if counts["failed"] or counts["unknown"]:
        left = {"failed": number(counts["failed"]), "unknown": number(counts["unknown"])}
        evidence += gettext("; {failed} failed, {unknown} unknown", **left)
    state: State = "open" if there != exported else "rehearsed" if pushed.rehearsal else "done"
    steps = {"open": _push_again(), "rehearsed": gettext("Push to the app.")}
    return Check(imported(), state, evidence, _changed(workspace.out / PASSAGE_IDS_FILE), steps.get(state, ""))


def imported() -> str:
    """Name the step of the import."""
    return gettext("Users imported")


def _push_again() -> str:
    return gettext("Run passage-kit push again, or notebook 04.")


def of_write_back(workspace: Workspace, column: str | None = None) -> Check:
    """Tell whether the Passage ids are in the users table, by the record of the write-backs, since the last push.

    Without a column, the last write-back counts, whichever column it has filled.
    """
    title, step = gettext("Passage ids written"), gettext("Run passage-kit write-back, or notebook 05.")
    if not (workspace.folder / NAME).exists():
        return Check(title, "open", gettext("there was no write-back"), None, step)
    with RunRecord(workspace.folder) as record:
        found = record.written(column)
    if found is None:
        undone = gettext("the write-back was undone, or was of another column")
        return Check(title, "open", undone if column else gettext("the write-back was undone"), None, step)
    rows, ended = found
    if ended is None:
        stopped = ngettext(
            "the last write-back was interrupted after {count} row",
            "the last write-back was interrupted after {count} rows",
            rows,
        )
        return Check(title, "open", stopped, None, step)
    done = ngettext("{count} row set in the last write-back", "{count} rows set in the last write-back", rows)
    return _since_push(workspace, Check(title, "done", done, dt.datetime.fromisoformat(ended), step))


def of_verification(workspace: Workspace) -> Check:
    """Tell whether the last verification found every user as prepared, and nothing was pushed since."""
    title, step = gettext("Verified"), gettext("Run passage-kit verify, or notebook 04.")
    path = workspace.out / VERIFICATION_FILE
    said = _read(path, _Verification)
    if said is None:
        return Check(title, "open", gettext("there was no verification"), None, step)
    evidence = ngettext(
        "{some} of {count} user in Passage as prepared",
        "{some} of {count} users in Passage as prepared",
        said.users,
        some=number(said.same),
    )
    at = _moment(said.verified)
    if not said.ok:
        return Check(title, "open", evidence, at, gettext("Look at what differs, and verify again."))
    if _is_before_push(workspace, at):
        return Check(title, "again", _before_push(evidence), at, step)
    return Check(title, "rehearsed" if said.rehearsal else "done", evidence, at)


def of_drift(workspace: Workspace) -> Check:
    """Tell whether the last drift check found no drift."""
    title, step = gettext("No drift"), gettext("Run passage-kit drift, or notebook 06.")
    said = _read(workspace.out / SUMMARY_FILE, _Drift)
    if said is None:
        return Check(title, "open", gettext("there was no drift check"), None, step)
    at, some = _moment(said.checked), number(said.in_step)
    evidence = ngettext(
        "{some} of {count} row in step with Passage",
        "{some} of {count} rows in step with Passage",
        said.rows,
        some=some,
    )
    if left_out := sum(said.known.get(name, 0) for name in ("absorbed", "rejected")):
        evidence += gettext(", {count} left out on purpose", count=number(left_out))
    if said.drift:
        sides = ", ".join(_on_side(side, count) for side, count in said.sides.items() if count)
        evidence = gettext("{evidence}; to mend: {sides}", evidence=evidence, sides=sides)
        return Check(title, "open", evidence, at, gettext("See out/drift.csv, and check again."))
    return _since_push(workspace, Check(title, "done", evidence, at, step))


def _since_push(workspace: Workspace, done: Check) -> Check:
    """Judge what was done by the last push: it may have come later, or be a rehearsal, whose ids nobody has."""
    if _is_before_push(workspace, done.at):
        return replace(done, state="again", evidence=_before_push(done.evidence))
    if has_rehearsed(workspace):
        return replace(done, state="rehearsed", next_step=gettext("Push to the app."))
    return replace(done, next_step="")


def _before_push(evidence: str) -> str:
    return gettext("{evidence}, before the last push", evidence=evidence)


def _on_side(side: str, count: int) -> str:
    shown = number(count)
    return {
        "table": gettext("{count} in your table", count=shown),
        "passage": gettext("{count} in Passage", count=shown),
        "decide": gettext("{count} for you to decide", count=shown),
    }[side]


def _is_before_push(workspace: Workspace, at: dt.datetime | None) -> bool:
    pushed = _changed(workspace.out / PASSAGE_IDS_FILE)
    return bool(at and pushed and at < pushed - dt.timedelta(seconds=1))


def of_words(workspace: Workspace) -> Check:
    """Tell which words were sent, as far as somebody noted it."""
    title, sent = gettext("Users told"), words_sent(workspace)
    if sent.empty:
        step = gettext("Send them, and note it with passage-kit words --sent announcement.")
        return Check(title, "open", gettext("no words were noted as sent"), None, step)
    said = [
        gettext("{word} to {segment}", word=word, segment=segment)
        for word, segment in zip(sent["word"], sent["segment"], strict=True)
    ]
    return Check(title, "done", ", ".join(dict.fromkeys(said)), _moment(sent["sent_at"].iloc[-1]))


def exported_users(workspace: Workspace) -> int | None:
    """Count the users of the last preparation; None before the first."""
    path = workspace.stage_path("users")
    return int(pq.read_metadata(path).num_rows) if path.exists() else None


def _read(path: Path, model: type[_Noted]) -> Any:
    """Read what a check has noted; None if there was none."""
    if not path.exists():
        return None
    try:
        said = json.loads(read_regular(path).decode("utf-8"))
        check_values(model, said)
    except (OSError, ValueError) as error:
        raise PlanError(f"{path} cannot be read: {error}. Remove it, and run the check again.") from error
    return model.model_validate(said)


def _moment(text: str | None) -> dt.datetime | None:
    """Read a moment; one without a zone is in UTC."""
    try:
        moment = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _changed(path: Path) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) if path.exists() else None
