"""A rehearsal: the workspace's own sandbox, whose users stay in the workspace, and a client of it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from passage_kit.api import PassageClient
from passage_kit.credentials import APP_ID, BASE_URL, known_settings
from passage_kit.journal_files import open_journal
from passage_kit.sandbox import Sandbox
from passage_kit.workspace import Workspace

SANDBOX = "sandbox.sqlite"
KEY_FROM = "the sandbox"


class SandboxClient(PassageClient):
    """A client of the workspace's own sandbox, which runs as long as the client is open.

    The sandbox has the metadata fields of the plan, and its users are kept in ``sandbox.sqlite`` of the workspace: a
    push to it can be verified and undone later.

    Parameters
    ----------
    workspace : Workspace or path
        With a plan.
    keep : bool, default True
        Whether a new sandbox keeps its users in the workspace; one that is there already always does.
    **settings
        As :class:`passage_kit.api.PassageClient` takes them: ``concurrency``, ``max_rps``, ``timeout``.

    Raises
    ------
    PlanError
        If the workspace has no plan yet.

    Examples
    --------
    >>> SandboxClient("no-such-folder")
    Traceback (most recent call last):
    ...
    passage_kit.errors.PlanError: There is no plan in no-such-folder yet. Run the notebook 00_start_here first.
    """

    def __init__(self, workspace: Workspace | str | Path, *, keep: bool = True, **settings: Any) -> None:
        workspace = workspace if isinstance(workspace, Workspace) else Workspace(workspace)
        schema = workspace.load_plan().applied_schema
        path = workspace.folder / SANDBOX
        self.sandbox = Sandbox(schema=schema, database=path if keep or path.exists() else None).start()
        super().__init__(
            app_id=self.sandbox.app_id, api_key=self.sandbox.api_key, base_url=self.sandbox.base_url, **settings
        )
        self.api.credentials = replace(self.api.credentials, key_from=KEY_FROM)

    def close(self) -> None:
        """Close the connections, and stop the sandbox."""
        super().close()
        self.sandbox.__exit__(None, None, None)


def same_client(client: PassageClient | None, workspace: Workspace) -> AbstractContextManager[PassageClient]:
    """The client that a caller gave, left open, or one of where the workspace was pushed to, which is closed."""
    return nullcontext(client) if client is not None else client_of(workspace)


def client_of(workspace: Workspace) -> PassageClient:
    """Give a client of where the workspace was pushed to: its own sandbox, or the app and address of the journal.

    The environment and ``.env`` go before the journal's address, since another sandbox may have another port by now.

    Raises
    ------
    PushError
        If nothing was pushed yet.
    CredentialsError
        If there is no key.
    """
    with open_journal(workspace) as journal:
        facts = journal.facts
    if facts.get("key_from") == KEY_FROM:
        return SandboxClient(workspace)
    settings = known_settings()
    return PassageClient(
        app_id=settings.get(APP_ID, facts.get("app_id")), base_url=settings.get(BASE_URL, facts.get("base_url"))
    )
