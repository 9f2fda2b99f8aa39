"""Panel of the push: the target, a look before anything is sent, consent, progress, stop, check, and undo."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets

from passage_kit.api.client import PassageClient
from passage_kit.api.credentials import API_KEY, APP_ID, BASE_URL, known_settings
from passage_kit.errors import OptionError
from passage_kit.preparation.out_of_date import Basis
from passage_kit.push.push import OnExisting, push_users
from passage_kit.push.push_result import PushResult
from passage_kit.push.rehearsal import SandboxClient
from passage_kit.push.undo import undo_push
from passage_kit.push.undo_result import UndoResult
from passage_kit.push.verify import Verification, verify_push
from passage_kit.translations import gettext, ngettext, worded
from passage_kit.widgets.consent_panel import LAYOUT, WIDE, ConsentPanel, button, text_field
from passage_kit.widgets.panel import GOOD, INFO, WARNING, Message
from passage_kit.widgets.secret_field import SecretField
from passage_kit.workspace.workspace import Workspace

SANDBOX, APP = "sandbox", "app"
_Outcome = PushResult | Verification | UndoResult


class PushUsers(ConsentPanel):
    """Panel that pushes the prepared users to a sandbox or to an app, checks them, and takes the push back.

    Nothing is sent before a dry run has shown its numbers and a person has agreed to them, but for a rehearsal by
    :meth:`run`.

    Parameters
    ----------
    workspace : Workspace
        Workspace with prepared users; it keeps the journal of the push.

    Notes
    -----
    ``value`` is the last result. The API key is typed into the page or comes from the environment or ``.env``; it is
    never shown, and in no widget's state. Stop ends the work as Ctrl-C does: the same push goes on later.

    See Also
    --------
    passage_kit.push_users : Push in Python.
    passage_kit.verify_push : Compare Passage with what was prepared.
    passage_kit.undo_push : Delete whom the push created.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> panel = PushUsers(Workspace(tempfile.mkdtemp()))
    >>> panel.target.value, panel.act.disabled
    ('sandbox', True)
    """

    title = "Push the users"
    files_of = ("out/passage_ids.csv", "out/report.html")
    made_from = "stages/users.parquet"
    intro = (
        "A rehearsal goes to a sandbox on this machine, which behaves like Passage; nobody is then in Passage. "
        "Look first: nothing is sent until you have seen the numbers and agreed."
    )

    def __init__(self, workspace: Workspace) -> None:
        known = known_settings()
        self.target = ipywidgets.RadioButtons(
            options=_targets(), description=gettext("Where to"), style=WIDE, layout=LAYOUT
        )
        self.app_id = text_field(gettext("App id"), known.get(APP_ID, ""), gettext("from the Console, under Settings"))
        example = gettext("such as {example}", example="https://api.passage.id/v1")
        self.base_url = text_field(gettext("Address"), known.get(BASE_URL, ""), example)
        typed = gettext("Typed here, it is not shown or saved.")
        hint = gettext("From the environment or .env.") if known.get(API_KEY) else typed
        self.key = SecretField(gettext("API key"), hint, self._changed)
        self.on_existing = ipywidgets.Dropdown(
            options=_on_existing(), description=gettext("Who is there already"), style=WIDE, layout=LAYOUT
        )
        self.compare = button(gettext("Compare with Passage"), "check")
        self._app = ipywidgets.VBox([self.app_id, self.base_url, self.key])
        choices = [self.target, self._app, self.on_existing]
        act, undo = gettext("Push"), gettext("Delete them")
        super().__init__(workspace, choices, act=act, undo=undo, others=(self.compare,))
        self._value: _Outcome | None = None
        self._on_click(self.compare, gettext("Comparing"), self._verify)
        self._changed()
        for control in (self.target, self.app_id, self.base_url, self.on_existing):
            control.observe(lambda _change: self._changed(), "value")

    # The verbs, for cells and buttons alike

    def run(self) -> PushResult:
        """Look, and push if it is a rehearsal; a push to an app waits for consent in the panel.

        Returns
        -------
        PushResult
            Result of the rehearsal; for an app, what a push would do, or the result of the push once it is done.

        Raises
        ------
        PassageKitError
            As :func:`passage_kit.push_users`. The panel shows the message, too.
        """
        expected: PushResult = self._now(lambda: self._act(dry_run=True))
        return self._now(lambda: self._act(dry_run=False)) if self._rehearses or not expected.to_send else expected

    def verify(self) -> Verification:
        """Compare Passage (or the sandbox) with the prepared users, as :func:`passage_kit.verify_push` does."""
        verification: Verification = self._now(self._verify)
        return verification

    def undo(self) -> UndoResult:
        """Say whom an undo would delete, as ``undo_push(dry_run=True)`` does; the panel goes on to show the push."""
        expected: UndoResult = self._now(lambda: self._take_back(dry_run=True), shown=False)
        return expected

    def _act(self, *, dry_run: bool) -> PushResult:
        chosen: OnExisting = self.on_existing.value
        with self._client(keep=not dry_run) as client:
            return push_users(self.workspace, client=client, dry_run=dry_run, on_existing=chosen)

    def _verify(self) -> Verification:
        with self._client() as client:
            return verify_push(self.workspace, client=client)

    def _take_back(self, *, dry_run: bool) -> UndoResult:
        with self._client(keep=not dry_run) as client:
            return undo_push(self.workspace, client=client, dry_run=dry_run)

    def _client(self, *, keep: bool = True) -> PassageClient:
        """Make a client of the chosen target, without asking anybody for anything."""
        if self._rehearses:
            return SandboxClient(self.workspace, keep=keep)
        key = self.key.secret or known_settings().get(API_KEY)
        app_id, address = self.app_id.value.strip(), self.base_url.value.strip()
        given = {gettext("App id"): app_id, gettext("Address"): address, gettext("API key"): key}
        if missing := ", ".join(name for name, value in given.items() if not value):
            what = worded("The push has no target yet. Fill in: {missing}. Nothing was sent.", missing=missing)
            raise OptionError(what)
        client = PassageClient(app_id=app_id, api_key=self.key.secret, base_url=address)
        if self.key.secret:
            client.api.credentials = replace(client.api.credentials, key_from=gettext("this panel"))
        return client

    @property
    def _rehearses(self) -> bool:
        return bool(self.target.value == SANDBOX)

    # What the page shows

    def _look_first(self) -> str:
        return gettext("Look first: a dry run shows what would happen, and sends nothing.")

    def _changed(self) -> None:
        self._app.layout.display = "none" if self._rehearses else ""
        super()._changed()

    def _older(self) -> str:
        """Say why the result is out of date, or else the prepared users themselves."""
        last_run = Basis.of_last_run(self.workspace)
        users = last_run.outdated_by(self.workspace) if last_run else ""
        again = gettext("Prepare again in 03_validate_and_export.")
        return super()._older() or (users and f"{users} {again}")

    def _other_since(self) -> str:
        return gettext("The users were prepared again since.")

    def _about(self, outcome: _Outcome) -> None:
        if isinstance(outcome, PushResult):
            self._say(self._about_push(outcome))
        elif isinstance(outcome, UndoResult):
            self._say(self._about_undo(outcome))
        else:
            self._say((GOOD if outcome.ok else WARNING, self._about_verification(outcome)))

    def _about_verification(self, found: Verification) -> str:
        if self._rehearses:
            return (
                gettext("Everybody is there as prepared, in the sandbox (a rehearsal).")
                if found.ok
                else gettext("Not everybody is there as prepared, in the sandbox (a rehearsal).")
            )
        if found.ok:
            return gettext("Everybody is there as prepared, in Passage.")
        return gettext("Not everybody is there as prepared, in Passage.")

    def _about_push(self, result: PushResult) -> Message:
        if result.dry_run:
            if not result.to_send:
                return GOOD, gettext("Nothing is left to send.")
            self._ask(self.consent, self._push_question(result))
            return INFO, gettext("This is what a push would do. Nothing was sent. To push, agree below.")
        kind = GOOD if result.complete else WARNING
        if result.rehearsal:
            done = ngettext(
                "Rehearsed with {count} user. Nobody is in Passage because of it.",
                "Rehearsed with {count} users. Nobody is in Passage because of it.",
                result.users,
            )
            return kind, done
        return kind, ngettext(
            "Pushed {count} user. Their Passage ids are in {path}.",
            "Pushed {count} users. Their Passage ids are in {path}.",
            result.users,
            path=result.passage_ids,
        )

    def _push_question(self, result: PushResult) -> str:
        if self._rehearses:
            return ngettext(
                "Yes, push {count} user to the sandbox on this machine",
                "Yes, push {count} users to the sandbox on this machine",
                result.to_send,
            )
        return ngettext(
            "Yes, push {count} user to the app {app} at {host}",
            "Yes, push {count} users to the app {app} at {host}",
            result.to_send,
            app=result.app_id,
            host=result.host,
        )

    def _about_undo(self, result: UndoResult) -> Message:
        if not result.dry_run:
            deleted = ngettext("{count} user deleted.", "{count} users deleted.", result.deleted)
            return (GOOD if result.complete else WARNING), deleted
        if result.deleted:
            question = ngettext(
                "Yes, delete {count} user at {host}",
                "Yes, delete {count} users at {host}",
                result.deleted,
                host=result.host,
            )
            self._ask(self.undo_consent, question)
            return INFO, gettext("This is what an undo would do. Nothing was deleted. To delete, agree below.")
        return INFO, gettext("There is nobody to delete.")

    def _call(self) -> str:
        """Write the equivalent code; the key comes from the environment or a prompt."""
        client = "pk.SandboxClient(workspace)"
        if not self._rehearses:
            client = f"pk.PassageClient(app_id={self.app_id.value!r}, base_url={self.base_url.value!r})"
        return (
            f"client = {client}\n"
            f'result = pk.push_users(workspace, client=client, on_existing="{self.on_existing.value}")\n'
            "verification = pk.verify_push(workspace, client=client)"
        )


def _targets() -> list[tuple[str, str]]:
    return [(gettext("Rehearse: a sandbox on this machine"), SANDBOX), (gettext("My Passage app"), APP)]


def _on_existing() -> list[tuple[str, str]]:
    return [(gettext("Leave them as they are"), "skip"), (gettext("Send their metadata again"), "update")]
