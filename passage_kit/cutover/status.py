"""The checklist of the cut-over, read from the workspace and the systems and ticked by nobody."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from passage_kit.api.client import PassageClient
from passage_kit.api.credentials import API_KEY, APP_ID, BASE_URL, known_settings
from passage_kit.cutover.evidence import (
    Check,
    exported_users,
    imported,
    of_drift,
    of_push,
    of_verification,
    of_words,
    of_write_back,
    state_in_words,
)
from passage_kit.cutover.health import ask_health
from passage_kit.errors import ApiError
from passage_kit.translations import gettext, ngettext, number
from passage_kit.workspace.lock import locked
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace, as_workspace

_MARKS = {"done": "✓", "open": "·", "again": "↻", "rehearsed": "~", "not asked": "?"}


@dataclass(frozen=True, slots=True)
class Status:
    """The steps of the cut-over, each with its evidence and its time. A notebook shows it as a table.

    Parameters
    ----------
    checks : tuple of Check
        ``title``, ``state``, ``evidence``, ``at`` and ``next_step`` of each step.

    See Also
    --------
    find_status : Read it from the workspace and the systems.
    """

    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        """True if every step is done."""
        return all(check.state == "done" for check in self.checks)

    def summary(self) -> dict[str, Any]:
        """Return the steps as plain values, for JSON."""
        steps = [{**asdict(check), "at": _shown(check.at) or None} for check in self.checks]
        return {"ready": self.ready, "steps": steps}

    def to_text(self) -> str:
        """Write the steps for a terminal."""
        width = max(len(check.title) for check in self.checks)
        return "\n".join(
            f"{_MARKS[check.state]} {check.title:<{width}}  {state_in_words(check.state):<14}  {_line(check)}".rstrip()
            for check in self.checks
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{_MARKS[it.state]}</td><td>{escape(it.title)}</td><td>{state_in_words(it.state)}</td>"
            f"<td>{escape(it.evidence)}</td><td>{_shown(it.at)}</td><td>{escape(it.next_step)}</td></tr>"
            for it in self.checks
        )
        names = ("", "step", "state", "evidence", "when", "next")
        return f"<table><tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>{rows}</table>"


def find_status(
    workspace: Workspace | str | Path,
    *,
    client: PassageClient | None = None,
    health: str | None = None,
    column: str = "passage_id",
) -> Status:
    """Read how far the cut-over is: each step with its evidence and its time.

    Nothing is changed, and nothing is taken on somebody's word, except which words were sent.

    Parameters
    ----------
    workspace : Workspace or path
        Folder of the migration.
    client : PassageClient, optional
        A client of the app, which is asked for its metadata fields and its number of users. Default: the app is not
        asked.
    health : str, optional
        An address of your application that answers with success if the middleware works, or a page for users only,
        which has to answer 401. It is asked once, for five seconds at most. Default: it is not asked.
    column : str, default "passage_id"
        Column of the Passage ids in the users table.

    Returns
    -------
    Status
        One check for each step: metadata fields created, users imported, ids written, verified, middleware answering,
        no drift, users told.

    Raises
    ------
    OptionError
        If the health address is none.
    PlanError
        If a file of the workspace cannot be read.
    KeyRefusedError
        If the service refuses the key.

    See Also
    --------
    find_drift : Compare the users table with Passage.
    note_words_sent : Note which words were sent.

    Examples
    --------
    >>> import tempfile
    >>> status = find_status(tempfile.mkdtemp())
    >>> status.ready, [check.state for check in status.checks]
    (False, ['open', 'open', 'open', 'not asked', 'open', 'open'])
    """
    folder = as_workspace(workspace)
    with locked(folder.folder, "status", trace=False):
        plan = Plan.load(folder.plan_path, opened=False) if folder.has_plan else Plan()
        checks = [_fields(plan, client)] if plan.applied_schema else []
        checks += [
            _imported(folder, client),
            of_write_back(folder, column),
            of_verification(folder),
            _middleware(health),
            of_drift(folder),
            of_words(folder),
        ]
    return Status(tuple(checks))


def _fields(plan: Plan, client: PassageClient | None) -> Check:
    """Ask the app whether it has the metadata fields of the plan, each with its type."""
    title, wanted = gettext("Metadata fields created"), {field.field_name: field.type for field in plan.applied_schema}
    if client is None:
        return Check(
            title,
            "not asked",
            ngettext("{count} field in the plan", "{count} fields in the plan", len(wanted)),
            None,
            _no_client(),
        )
    try:
        app = client.get_app()
    except ApiError as error:
        if error.status == 401:
            raise
        return Check(
            title, "open", gettext("the app cannot be read"), _now(), gettext("Compare the fields in the Console.")
        )
    there = {field.field_name: field.type for field in app.schema or ()}
    right = sum(there.get(name) == kind for name, kind in wanted.items())
    some = number(right)
    evidence = ngettext(
        "{some} of {count} field in the app", "{some} of {count} fields in the app", len(wanted), some=some
    )
    lacking = [name for name, kind in wanted.items() if there.get(name) != kind]
    step = ""
    if lacking:
        step = gettext("Create in the Console, with the type of the plan: {fields}.", fields=", ".join(lacking))
    return Check(title, "open" if lacking else _done(client), evidence, _now(), step)


def _imported(folder: Workspace, client: PassageClient | None) -> Check:
    """Tell whether the users are in Passage: by the journal of the push, or else by the number that the app has."""
    exported = exported_users(folder)
    if exported is None:
        return Check(
            imported(),
            "open",
            gettext("no users were prepared"),
            None,
            gettext("Run passage-kit prepare, or notebook 03."),
        )
    if (pushed := of_push(folder, exported)) is not None:
        return pushed
    if client is None:
        return Check(
            imported(),
            "not asked",
            ngettext("{count} exported user, and no push", "{count} exported users, and no push", exported),
            None,
            _no_client(),
        )
    there = client.run(client.api.page(1, limit=1)).total
    some = number(exported)
    evidence = ngettext(
        "{count} user in the app, {some} exported", "{count} users in the app, {some} exported", there, some=some
    )
    step = "" if there >= exported else gettext("Import the Console CSV, or push: notebook 04.")
    return Check(imported(), _done(client) if there >= exported else "open", evidence, _now(), step)


def configured_client() -> AbstractContextManager[PassageClient | None]:
    """Make a client if app, key and address are configured, and none otherwise; nobody is asked."""
    return PassageClient() if {APP_ID, API_KEY, BASE_URL} <= set(known_settings()) else nullcontext()


def _done(client: PassageClient) -> Any:
    """Give the state of what an app shows: one on this machine shows a rehearsal only."""
    return "rehearsed" if client.api.credentials.local else "done"


def _middleware(health: str | None) -> Check:
    title = gettext("Middleware answering")
    if health is None:
        return Check(
            title,
            "not asked",
            gettext("no address was given"),
            None,
            gettext("Give its health address (in the panel of notebook 06, or --health URL)."),
        )
    fine, said = ask_health(health)
    return Check(
        title, "done" if fine else "open", said, _now(), "" if fine else gettext("Start it, or correct the address.")
    )


def _no_client() -> str:
    return gettext("Name the app: PASSAGE_APP_ID, PASSAGE_API_KEY and PASSAGE_BASE_URL.")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _shown(moment: dt.datetime | None) -> str:
    return "" if moment is None else moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _line(check: Check) -> str:
    when = f" ({_shown(check.at)})" if check.at else ""
    return f"{check.evidence}{when}" + (f". {check.next_step}" if check.next_step else "")
