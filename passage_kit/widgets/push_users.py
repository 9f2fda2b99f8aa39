"""Panel of the push: the target, a look before anything is sent, consent, progress, stop, check, and undo."""

from __future__ import annotations

from dataclasses import replace

import ipywidgets

from passage_kit.api.client import PassageClient
from passage_kit.api.credentials import API_KEY, APP_ID, BASE_URL, known_settings
from passage_kit.errors import OptionError
from passage_kit.push.push import OnExisting, push_users
from passage_kit.push.push_result import PushResult
from passage_kit.push.rehearsal import SandboxClient
from passage_kit.push.undo import UndoResult, undo_push
from passage_kit.push.verify import Verification, verify_push
from passage_kit.widgets.consent_panel import LAYOUT, WIDE, ConsentPanel, button, text_field
from passage_kit.widgets.panel import GOOD, INFO, WARNING, Message
from passage_kit.widgets.secret_field import SecretField
from passage_kit.workspace.workspace import Workspace

SANDBOX, APP = "sandbox", "app"
_TARGETS = [("Rehearse: a sandbox on this machine", SANDBOX), ("My Passage app", APP)]
_ON_EXISTING = [("Leave them as they are", "skip"), ("Send their metadata again", "update")]
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
    look_first = "Look first: a dry run shows what would happen, and sends nothing."
    intro = (
        "A rehearsal goes to a sandbox on this machine, which behaves like Passage; nobody is then in Passage. "
        "Look first: nothing is sent until you have seen the numbers and agreed."
    )

    def __init__(self, workspace: Workspace) -> None:
        known = known_settings()
        self.target = ipywidgets.RadioButtons(options=_TARGETS, description="Where to", style=WIDE, layout=LAYOUT)
        self.app_id = text_field("App id", known.get(APP_ID, ""), "from the Console, under Settings")
        self.base_url = text_field("Address", known.get(BASE_URL, ""), "such as https://api.passage.id/v1")
        hint = "From the environment or .env." if known.get(API_KEY) else "Typed here, it is not shown or saved."
        self.key = SecretField("API key", hint, self._changed)
        self.on_existing = ipywidgets.Dropdown(
            options=_ON_EXISTING, description="Who is there already", style=WIDE, layout=LAYOUT
        )
        self.compare = button("Compare with Passage", "check")
        self._app = ipywidgets.VBox([self.app_id, self.base_url, self.key])
        choices = [self.target, self._app, self.on_existing]
        super().__init__(workspace, choices, act="Push", undo="Delete them", others=(self.compare,))
        self._value: _Outcome | None = None
        self._on_click(self.compare, "Comparing", self._verify)
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
        """Say whom an undo would delete, as ``undo_push(dry_run=True)`` does; the panel asks before it deletes."""
        expected: UndoResult = self._now(lambda: self._take_back(dry_run=True))
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
        self._app.layout.display = "none" if self._rehearses else ""
        super()._changed()

    def _about(self, outcome: _Outcome) -> None:
        if isinstance(outcome, PushResult):
            self._say(self._about_push(outcome))
        elif isinstance(outcome, UndoResult):
            self._say(self._about_undo(outcome))
        else:
            words = "Everybody is there as prepared" if outcome.ok else "Not everybody is there as prepared"
            where = "in the sandbox (a rehearsal)" if self._rehearses else "in Passage"
            self._say((GOOD if outcome.ok else WARNING, f"{words}, {where}."))

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
