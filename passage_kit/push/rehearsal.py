"""The sandbox of a workspace, which keeps its users there, and a client of this sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from passage_kit.api.client import PassageClient
from passage_kit.api.credentials import APP_ID, BASE_URL, Credentials, agree_to_address, known_settings
from passage_kit.errors import PushError
from passage_kit.files.temporary_copies import temporary_folder
from passage_kit.push.journal_files import HERE, UNDONE, copied_journal, journal_path, open_journal
from passage_kit.sandbox import Sandbox
from passage_kit.translations import gettext
from passage_kit.workspace.workspace import Workspace, as_workspace

SANDBOX = "sandbox.sqlite"
KEY_FROM = "the sandbox"


def of_a_rehearsal() -> str:
    """Say what Passage ids of a rehearsal are, in the reader's language."""
    return gettext(
        "These Passage ids are of a rehearsal: nobody is in Passage under them, and a row that has one gets no other. "
        "Take them back before you write those of your app."
    )


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
        workspace = as_workspace(workspace)
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
    with temporary_folder(path.with_name(name) for name in (SANDBOX, f"{SANDBOX}-wal")) as folder:
        yield Path(folder, SANDBOX) if path.exists() else None


def same_client(
    client: PassageClient | None, workspace: Workspace, *, keep: bool = True
) -> AbstractContextManager[PassageClient]:
    """Lend the caller's client and leave it open, or open a client of the push's target and close it."""
    return nullcontext(client) if client is not None else client_of(workspace, keep=keep)


def has_push(workspace: Workspace) -> bool:
    """Tell whether users were pushed from a workspace, to a sandbox or to an app."""
    return journal_path(workspace).exists()


class Pushed(NamedTuple):
    """What the journal of a workspace says of its push: users by outcome, where to, and whether it was undone."""

    counts: Mapping[str, int]
    rehearsal: bool
    undone: bool


def read_push(workspace: Workspace) -> Pushed | None:
    """Read the outcomes of the push of a workspace from a copy of its journal; None without a push."""
    if not has_push(workspace):
        return None
    with copied_journal(workspace, made=False) as journal:
        facts = journal.facts
        return Pushed(journal.counts(), facts.get("target") == HERE, UNDONE in facts)


def has_rehearsed(workspace: Workspace) -> bool:
    """Tell whether the Passage ids of a workspace are those of a rehearsal: of its own sandbox, and of nobody else."""
    pushed = read_push(workspace)
    return pushed is not None and pushed.rehearsal


def client_of(workspace: Workspace, *, base_url: str | None = None, keep: bool = True) -> PassageClient:
    """Make a client of the push's target: the workspace's own sandbox, or the app at the address that a person names.

    The workspace may come from somebody else. So its journal never decides where the person's key goes: the address is
    ``base_url``, or else that of the environment or ``.env``. The journal's address is compared with it. If nobody has
    configured an address, a person has to agree to the journal's. A rehearsal uses the key of its own sandbox.

    Parameters
    ----------
    workspace : Workspace
    base_url : str, optional
        Address that comes before that of the environment and of ``.env``.
    keep : bool, default True
        If False, the workspace is not touched.

    Raises
    ------
    PushError
        If nothing was pushed yet, or the push went to another address.
    CredentialsError
        If there is no key, or nobody agrees to the journal's address.
    """
    with open_journal(workspace) if keep else copied_journal(workspace, made=False) as journal:
        facts = journal.facts
    settings = known_settings()
    if facts.get("key_from") == KEY_FROM:
        if base_url:
            raise PushError(
                f"The journal in {workspace.folder} is of a rehearsal in the workspace's own sandbox, and --base-url "
                "names another address. Leave --base-url out, or push to that address first."
            )
        return SandboxClient(workspace, keep=keep)
    app_id, url = settings.get(APP_ID, facts.get("app_id")), base_url or settings.get(BASE_URL)
    if url is None and (url := facts.get("base_url")):
        why = f"{BASE_URL} is not set. The journal in {workspace.folder} says that the push went to {url}."
        agree_to_address(app_id or "", url, why)
    client = PassageClient(app_id=app_id, base_url=url)
    _check_address(workspace, facts, client.api.credentials)
    return client


def _check_address(workspace: Workspace, facts: Mapping[str, str], credentials: Credentials) -> None:
    """Refuse another address than the journal's, before a connection is made."""
    target = HERE if credentials.local else credentials.host
    if facts.get("target", target) != target:
        raise PushError(
            f"The push of {workspace.folder} went to {facts['target']}, and the configured address is "
            f"{credentials.host}. Nothing was sent. Correct {BASE_URL} or --base-url."
        )
