"""Panel of the push: the target, a look before anything is sent, consent, progress, stop, check, and undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets

from passage_kit.api.client import PassageClient
from passage_kit.api.credentials import API_KEY, APP_ID, BASE_URL, known_settings
from passage_kit.errors import OptionError, PassageKitError, PushError
from passage_kit.progress import progress_to
from passage_kit.push.push import OnExisting, push_users
from passage_kit.push.push_result import PushInterrupted, PushResult
from passage_kit.push.rehearsal import SandboxClient
from passage_kit.push.undo import UndoResult, undo_push
from passage_kit.push.verify import Verification, verify_push
from passage_kit.widgets.panel import ERROR, GOOD, INFO, WARNING, BasePanel, Message
from passage_kit.widgets.secret_field import SecretField
from passage_kit.widgets.unsaved_text import UnsavedText
from passage_kit.workspace.workspace import Workspace

SANDBOX, APP = "sandbox", "app"
_TARGETS = [("Rehearse: a sandbox on this machine", SANDBOX), ("My Passage app", APP)]
_ON_EXISTING = [("Leave them as they are", "skip"), ("Send their metadata again", "update")]
_WIDE = {"description_width": "11em"}
_LAYOUT = {"width": "44em", "max_width": "100%"}
_Outcome = PushResult | Verification | UndoResult


class PushUsers(BasePanel):
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
    >>> panel.target.value, panel.push.disabled
    ('sandbox', True)
    """

    title = "Push the users"
    intro = (
        "A rehearsal goes to a sandbox on this machine, which behaves like Passage; nobody is then in Passage. "
        "Look first: nothing is sent until you have seen the numbers and agreed."
    )

    def __init__(self, workspace: Workspace) -> None:
        known = known_settings()
        self.target = ipywidgets.RadioButtons(options=_TARGETS, description="Where to", style=_WIDE, layout=_LAYOUT)
        self.app_id = _text("App id", known.get(APP_ID, ""), "from the Console, under Settings")
        self.base_url = _text("Address", known.get(BASE_URL, ""), "such as https://api.passage.id/v1")
        hint = "From the environment or .env." if known.get(API_KEY) else "Typed here, it is not shown or saved."
        self.key = SecretField("API key", hint, self._changed)
        self.on_existing = ipywidgets.Dropdown(
            options=_ON_EXISTING, description="Who is there already", style=_WIDE, layout=_LAYOUT
        )
        self.look = _button("Look (dry run)", "search")
        self.consent = ipywidgets.Checkbox(False, disabled=True, indent=False, layout={"width": "auto"})
        self.push = _button("Push", "upload", "primary")
        self.stop = _button("Stop", "stop")
        self.verify_button = _button("Compare with Passage", "check")
        self.undo_look = _button("Undo (dry run)", "undo")
        self.undo_consent = ipywidgets.Checkbox(False, disabled=True, indent=False, layout={"width": "auto"})
        self.delete = _button("Delete them", "trash", "danger")
        self.outcome = UnsavedText(label="Result")
        self._app = ipywidgets.VBox([self.app_id, self.base_url, self.key])
        self._stopping = False
        rows = [
            [self.look, self.stop],
            [self.consent],
            [self.push, self.verify_button],
            [self.undo_look],
            [self.undo_consent, self.delete],
        ]
        boxes = [ipywidgets.HBox(row, layout={"flex_flow": "row wrap"}) for row in rows]
        super().__init__(workspace, [self.target, self._app, self.on_existing, *boxes, self.outcome])
        self._value: _Outcome | None = None
        self._changed()
        for control in (self.target, self.app_id, self.base_url, self.on_existing):
            control.observe(lambda _change: self._changed(), "value")
        self.consent.observe(lambda _change: self._arm(), "value")
        self.undo_consent.observe(lambda _change: self._arm(), "value")
        self._on_click(self.look, "Looking who is in Passage", lambda: self._push(dry_run=True))
        self._on_click(self.push, "Pushing", lambda: self._push(dry_run=False))
        self._on_click(self.verify_button, "Comparing", self._verify)
        self._on_click(self.undo_look, "Looking whom the push created", lambda: self._undo(dry_run=True))
        self._on_click(self.delete, "Deleting", lambda: self._undo(dry_run=False))
        self.stop.on_click(lambda _button: self._ask_to_stop())

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
        expected: PushResult = self._now(lambda: self._push(dry_run=True))
        return self._now(lambda: self._push(dry_run=False)) if self._rehearses or not expected.to_send else expected

    def verify(self) -> Verification:
        """Compare Passage (or the sandbox) with the prepared users, as :func:`passage_kit.verify_push` does."""
        verification: Verification = self._now(self._verify)
        return verification

    def undo(self) -> UndoResult:
        """Say whom an undo would delete, as ``undo_push(dry_run=True)`` does; the panel asks before it deletes."""
        expected: UndoResult = self._now(lambda: self._undo(dry_run=True))
        return expected

    def _push(self, *, dry_run: bool) -> PushResult:
        chosen: OnExisting = self.on_existing.value
        with self._client(keep=not dry_run) as client:
            return push_users(self.workspace, client=client, dry_run=dry_run, on_existing=chosen)

    def _verify(self) -> Verification:
        with self._client() as client:
            return verify_push(self.workspace, client=client)

    def _undo(self, *, dry_run: bool) -> UndoResult:
        with self._client(keep=not dry_run) as client:
            return undo_push(self.workspace, client=client, dry_run=dry_run)

    def _client(self, *, keep: bool = True) -> PassageClient:
        """Make a client of the chosen target, without asking anybody for anything."""
        if self._rehearses:
            return SandboxClient(self.workspace, keep=keep)
        key = self.key.secret or known_settings().get(API_KEY)
        given = {"App id": self.app_id.value.strip(), "Address": self.base_url.value.strip(), "API key": key}
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise OptionError(f"The push has no target yet. Fill in: {', '.join(missing)}. Nothing was sent.")
        client = PassageClient(app_id=given["App id"], api_key=self.key.secret, base_url=given["Address"])
        if self.key.secret:
            client.api.credentials = replace(client.api.credentials, key_from="this panel")
        return client

    @property
    def _rehearses(self) -> bool:
        return bool(self.target.value == SANDBOX)

    # What the page shows

    def _changed(self) -> None:
        """Take consent back, since it was given to another target or another choice."""
        self._app.layout.display = "none" if self._rehearses else ""
        for box in (self.consent, self.undo_consent):
            box.value, box.disabled, box.description = False, True, ""
            box.layout.display = "none"
        self._arm()
        self._line.show(code=self._call())
        self._say((INFO, "Look first: a dry run shows what would happen, and sends nothing."))

    def _arm(self) -> None:
        """Allow what was agreed to; while the panel works, allow to stop."""
        for button in (self.look, self.verify_button, self.undo_look):
            button.disabled = self.busy
        self.push.disabled = self.busy or not self.consent.value
        self.delete.disabled = self.busy or not self.undo_consent.value
        self.delete.layout.display = self.undo_consent.layout.display
        self.stop.layout.display = "" if self.busy else "none"

    def _on_click(self, button: ipywidgets.Button, label: str, work: Callable[[], _Outcome]) -> None:
        def begin(_button: ipywidgets.Button) -> None:
            self._work(label, work, self._take_outcome)
            self._arm()

        button.on_click(begin)

    def _now(self, work: Callable[[], Any]) -> Any:
        """Do the work of a cell at once, with its progress in the panel."""
        try:
            with progress_to(self._tell):
                outcome = work()
        except PassageKitError as error:
            self._say((ERROR, str(error)))
            raise
        finally:
            self._end()
        self._take_outcome(outcome)
        return outcome

    def _ask_to_stop(self) -> None:
        self._stopping = True
        self.stop.disabled = True

    def _tell(self, label: str, share: float | None = None) -> None:
        if self._stopping:
            raise KeyboardInterrupt
        super()._tell(label, share)

    def _attempt(self, work: Callable[[], Any]) -> Any:
        try:
            return super()._attempt(self._stoppable(work))
        finally:
            self._stopping = False

    def _stoppable(self, work: Callable[[], Any]) -> Callable[[], Any]:
        """Turn a stop into an error whose sentence the panel shows; it says what is done and how to go on."""

        def attempt() -> Any:
            try:
                return work()
            except PushInterrupted as stopped:
                done = str(stopped).replace("Run the same command to go on.", "Press the same button to go on.")
                raise PushError(f"Stopped. {done}") from None

        return attempt

    def _end(self) -> None:
        super()._end()
        self.stop.disabled = False
        self._arm()

    def _take_outcome(self, outcome: _Outcome) -> None:
        """Show a result, and ask for consent to what a dry run expects."""
        self._value = outcome
        self.outcome.say(*outcome.to_text().splitlines())
        self._ask(self.consent, "")
        self._ask(self.undo_consent, "")
        if isinstance(outcome, PushResult):
            self._say(self._about_push(outcome))
        elif isinstance(outcome, UndoResult):
            self._say(self._about_undo(outcome))
        else:
            words = "Everybody is there as prepared" if outcome.ok else "Not everybody is there as prepared"
            where = "in the sandbox (a rehearsal)" if self._rehearses else "in Passage"
            self._say((GOOD if outcome.ok else WARNING, f"{words}, {where}."))
        self._arm()

    def _about_push(self, result: PushResult) -> Message:
        if result.dry_run:
            if not result.to_send:
                return GOOD, "Nothing is left to send."
            where = "the sandbox on this machine" if self._rehearses else f"the app {result.app_id} at {result.host}"
            self._ask(self.consent, f"Yes, push {_users(result.to_send)} to {where}")
            return INFO, "This is what a push would do. Nothing was sent. To push, agree below."
        kind = GOOD if result.complete else WARNING
        if result.rehearsal:
            return kind, f"Rehearsed with {_users(result.users)}. Nobody is in Passage because of it."
        return kind, f"Pushed {_users(result.users)}. Their Passage ids are in {result.passage_ids}."

    def _about_undo(self, result: UndoResult) -> Message:
        if not result.dry_run:
            return (GOOD if result.complete else WARNING), f"{_users(result.deleted)} deleted."
        if result.deleted:
            self._ask(self.undo_consent, f"Yes, delete {_users(result.deleted)} at {result.host}")
            return INFO, "This is what an undo would do. Nothing was deleted. To delete, agree below."
        return INFO, "There is nobody to delete."

    def _ask(self, box: ipywidgets.Checkbox, question: str) -> None:
        box.value, box.description, box.disabled = False, question, not question
        box.layout.display = "" if question else "none"

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


def _users(count: int) -> str:
    return f"{count:,} user{'' if count == 1 else 's'}"


def _text(label: str, value: str, hint: str) -> ipywidgets.Text:
    return ipywidgets.Text(
        value, description=label, placeholder=hint, continuous_update=False, style=_WIDE, layout=_LAYOUT
    )


def _button(label: str, icon: str, style: str = "") -> ipywidgets.Button:
    return ipywidgets.Button(description=label, icon=icon, button_style=style, layout={"width": "auto"})
