"""The sandbox of a workspace, which keeps its users there, and a client of this sandbox."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from passage_kit.api.client import PassageClient
from passage_kit.api.credentials import APP_ID, BASE_URL, known_settings
from passage_kit.push.journal_files import copied_journal, open_journal
from passage_kit.sandbox import Sandbox
from passage_kit.workspace.workspace import Workspace

SANDBOX = "sandbox.sqlite"
KEY_FROM = "the sandbox"


class SandboxClient(PassageClient):
    """A client of the workspace's own sandbox, which runs as long as the client is open.

    The sandbox has the metadata fields of the plan. Its users stay in ``sandbox.sqlite`` of the workspace, so a push
    to it can be verified and undone later. Its methods are those of :class:`passage_kit.PassageClient`.

    Parameters
    ----------
    workspace : Workspace or path
        A workspace that has a plan.
    keep : bool, default True
        Keep the users of the sandbox in the workspace. If False, the sandbox works on a copy, and :meth:`close` drops
        the copy.
    **settings
        ``concurrency``, ``max_rps`` and ``timeout``, as :class:`passage_kit.PassageClient` takes them.

    Raises
    ------
    PlanError
        If the workspace has no plan yet.

    See Also
    --------
    passage_kit.PassageClient : The client of a Passage app.
    passage_kit.push_users : Push the prepared users, for a rehearsal with this client.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from passage_kit import prepare, push_users
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = Path(folder, "users.csv")
    ...     _ = source.write_text("email\\nanna@example.org\\nbo@example.org\\n")
    ...     _ = prepare(source, out=folder)
    ...     with SandboxClient(folder) as client:
    ...         pushed = push_users(folder, client=client)
    ...         user = client.find_user("anna@example.org")
    >>> pushed.created, user.email
    (2, 'anna@example.org')
    """

    def __init__(self, workspace: Workspace | str | Path, *, keep: bool = True, **settings: Any) -> None:
        workspace = workspace if isinstance(workspace, Workspace) else Workspace(workspace)
        schema = workspace.load_plan().applied_schema
        self._copied = ExitStack()
        path = workspace.folder / SANDBOX if keep else self._copied.enter_context(_copy(workspace.folder / SANDBOX))
        self.sandbox = Sandbox(schema=schema, database=path).start()
        super().__init__(
            app_id=self.sandbox.app_id, api_key=self.sandbox.api_key, base_url=self.sandbox.base_url, **settings
        )
        self.api.credentials = replace(self.api.credentials, key_from=KEY_FROM)

    def close(self) -> None:
        """Close the connections, and stop the sandbox."""
        super().close()
        self.sandbox.__exit__(None, None, None)
        self._copied.close()


@contextmanager
def _copy(path: Path) -> Iterator[Path | None]:
    """Copy the users of a sandbox for the time of a ``with`` block; None if there are none."""
    with tempfile.TemporaryDirectory(prefix="passage-kit-") as folder:
        for name in (SANDBOX, f"{SANDBOX}-wal"):
            if path.with_name(name).exists():
                shutil.copyfile(path.with_name(name), Path(folder, name))
        yield Path(folder, SANDBOX) if path.exists() else None


def same_client(
    client: PassageClient | None, workspace: Workspace, *, keep: bool = True
) -> AbstractContextManager[PassageClient]:
    """Lend the caller's client and leave it open, or open a client of the push's target and close it."""
    return nullcontext(client) if client is not None else client_of(workspace, keep=keep)


def client_of(workspace: Workspace, *, keep: bool = True) -> PassageClient:
    """Make a client of the push's target: the workspace's own sandbox, or the app and address of the journal.

    The environment and ``.env`` go before the journal's address, since another sandbox may have another port by now.
    Without ``keep``, the workspace is not touched.

    Raises
    ------
    PushError
        If nothing was pushed yet.
    CredentialsError
        If there is no key.
    """
    with open_journal(workspace) if keep else copied_journal(workspace, made=False) as journal:
        facts = journal.facts
    if facts.get("key_from") == KEY_FROM:
        return SandboxClient(workspace, keep=keep)
    settings = known_settings()
    return PassageClient(
        app_id=settings.get(APP_ID, facts.get("app_id")), base_url=settings.get(BASE_URL, facts.get("base_url"))
    )
