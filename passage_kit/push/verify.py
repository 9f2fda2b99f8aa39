"""The verification of a push: reads each user back from Passage and compares it, field by field."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from passage_kit.api.answers import PassageUser
from passage_kit.api.client import PassageClient
from passage_kit.api.operations import PAGE, Api
from passage_kit.columns.users_frame import EMAIL, INTEGER, PHONE, SOURCE_ROW, TEXT
from passage_kit.errors import OutputError
from passage_kit.export.report_page import ReportSection
from passage_kit.export.shown_names import shown_name
from passage_kit.files.file_set import FileSet
from passage_kit.push.deletions import user_of
from passage_kit.push.discovery import rows_of
from passage_kit.push.journal import Journal
from passage_kit.push.journal_files import check_same, open_journal
from passage_kit.push.push_input import PreparedUser, PushInput
from passage_kit.push.push_section import put_section, rehearsed, shown_fields
from passage_kit.push.rehearsal import same_client
from passage_kit.push.values import as_text
from passage_kit.translations import gettext, number
from passage_kit.workspace.lock import locked
from passage_kit.workspace.workspace import Workspace, as_workspace

COLUMNS = {
    SOURCE_ROW: INTEGER,
    "passage_id": TEXT,
    "outcome": TEXT,
    "field": TEXT,
    "expected": TEXT,
    "found": TEXT,
}
VERIFICATION_FILE = "verification.json"
MISSING = "passage_id"  # field of a user who is not in Passage

_COUNTS = ("users", "same", "different", "missing", "without_id")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verification:
    """The result of a verification.

    Parameters
    ----------
    users : int
        Users that the preparation left.
    same : int
        Users who are in Passage as prepared.
    different : int
        Users who are there, but differ.
    missing : int
        Users who should be there and are not.
    without_id : int
        Users who have no Passage id: failed, unknown, or not yet sent.
    skipped : int
        Users among ``different`` who were in Passage before the push, and whom the push left as they were.
    differences : pandas.DataFrame
        One row for each difference: ``source_row``, ``passage_id``, ``outcome``, ``field``, ``expected``, ``found``.
        For a missing user, ``field`` is ``passage_id``. Holds personal data.
    """

    users: int
    same: int
    different: int
    missing: int
    without_id: int
    skipped: int
    differences: pd.DataFrame

    @property
    def ok(self) -> bool:
        """True if every user is in Passage as prepared; existing users that the push skipped do not count."""
        return self.same + self.skipped == self.users

    def summary(self) -> dict[str, Any]:
        """Give the counts as plain values."""
        counts = ("users", "same", "different", "skipped", "missing", "without_id")
        fields = self.differences["field"].value_counts()
        return {**{name: getattr(self, name) for name in counts}, "ok": self.ok, "fields": fields.to_dict()}

    def to_text(self) -> str:
        """Write it for a person."""
        lines = [
            gettext(
                "{users} users prepared: {same} are in Passage as prepared, {different} differ, {missing} are missing, "
                "{without_id} have no Passage id.",
                **{name: number(getattr(self, name)) for name in _COUNTS},
            )
        ]
        if self.missing:
            lines.append(
                gettext(
                    "To create who is missing, prepare the list into a new folder and push from there: whoever is "
                    "there already stays."
                )
            )
        if adopted := self.differences.loc[self.differences["outcome"].eq("adopted"), SOURCE_ROW].nunique():
            lines.append(
                gettext(
                    "{count} of those that differ are adopted: push with --on-existing update sends their metadata.",
                    count=number(adopted),
                )
            )
        if self.skipped:
            lines.append(
                gettext(
                    "{count} of those that differ were in Passage before; the push left them unchanged.",
                    count=number(self.skipped),
                )
            )
        lines += [f"  {field}: {number(count)}" for field, count in self.differences["field"].value_counts().items()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.to_text()


def verify_push(workspace: Workspace | str | Path, *, client: PassageClient | None = None) -> Verification:
    """Read the pushed users back from Passage and compare them with the prepared ones.

    Every value that the push sent has to be in Passage. If a prepared field is blank, it has to be blank for users whom
    this push created; users who were in Passage before may have a value. Fields outside the plan are ignored.

    Parameters
    ----------
    workspace : Workspace or path
        The workspace whose users :func:`passage_kit.push_users` pushed.
    client : PassageClient, optional
        Default: the sandbox of a rehearsal, or else a client of the app with the settings of the environment or
        ``.env``. If they name no address, a person has to agree to the journal's.

    Returns
    -------
    Verification
        Counts, and the frame ``differences``. The report of the workspace gets the counts.

    Raises
    ------
    PlanError
        If the workspace has no prepared users.
    PushError
        If nothing was pushed, if the client belongs to another app, or if the users were prepared again since.
    CredentialsError
        If there is no key, or nobody agrees to the address; nothing was sent.
    ApiError
        If the service refuses the key or does not answer.

    See Also
    --------
    passage_kit.push_users : Push the prepared users.
    passage_kit.undo_push : Delete the users that a push created.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from passage_kit import SandboxClient, prepare, push_users
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = Path(folder, "users.csv")
    ...     _ = source.write_text("email\\nanna@example.org\\nbo@example.org\\n")
    ...     _ = prepare(source, out=folder)
    ...     with SandboxClient(folder) as client:
    ...         pushed = push_users(folder, client=client)
    ...         verification = verify_push(folder, client=client)
    >>> verification.ok
    True
    >>> print(verification.to_text())
    2 users prepared: 2 are in Passage as prepared, 0 differ, 0 are missing, 0 have no Passage id.
    """
    workspace = as_workspace(workspace)
    with locked(workspace.folder, "verify"):
        return _verify(workspace, client)


def _verify(workspace: Workspace, client: PassageClient | None) -> Verification:
    """Verify under the lock of the workspace."""
    source = PushInput(workspace)
    with same_client(client, workspace) as client, open_journal(workspace) as journal, closing(_Copies()) as copies:
        check_same(journal, source, client.api.credentials)
        journal.load([(user.source_row, user.email, user.phone) for user in batch] for batch in source.batches())
        client.run(_read_back(client.api, journal, copies))
        rows: list[tuple[Any, ...]] = []
        counts = dict.fromkeys(("same", "different", "missing", "without_id", "skipped"), 0)
        for batch in source.batches():
            numbers = [user.source_row for user in batch]
            outcomes = journal.outcomes(min(numbers), max(numbers))
            ids = [passage_id for _, passage_id in outcomes.values() if passage_id]
            found = client.run(_of_ids(client.api, copies, ids))
            for user in batch:
                outcome, passage_id = outcomes.get(user.source_row, (None, None))
                if passage_id is None or outcome == "failed":
                    counts["without_id"] += 1
                    continue
                differences = list(_differences(user, outcome, found.get(passage_id), source))
                kind = "same" if not differences else "missing" if passage_id not in found else "different"
                counts[kind] += 1
                counts["skipped"] += kind == "different" and outcome == "existing"
                rows += [(user.source_row, passage_id, outcome, *difference) for difference in differences]
    verification = Verification(users=source.count, **counts, differences=_frame(rows))
    _report(workspace, verification, source, rehearsal=client.api.credentials.local)
    _note(workspace, verification, rehearsal=client.api.credentials.local)
    return verification


class _Copies:
    """Copies of our users as Passage has them, in an unnamed temporary database that ends with the command."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute("CREATE TABLE users (id TEXT PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID")

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def keep(self, users: Sequence[PassageUser]) -> None:
        """Keep the fields of users that are compared."""
        entries = ((user.id, json.dumps([user.email, user.phone, dict(user.user_metadata)])) for user in users)
        try:
            self._database.executemany("INSERT OR REPLACE INTO users VALUES (?, ?)", entries)
        except sqlite3.Error as error:
            raise OutputError(
                f"The users of Passage cannot be kept in a temporary file: {error}. Free some space, or set the "
                "environment variable TMPDIR to a folder that you may write to."
            ) from error

    def take(self, ids: Sequence[str]) -> dict[str, PassageUser]:
        """Give the kept users by id."""
        found = {}
        for at in range(0, len(ids), 500):
            some = ids[at : at + 500]
            query = f"SELECT id, user FROM users WHERE id IN ({','.join('?' * len(some))})"  # noqa: S608 - only marks
            for ident, text in self._database.execute(query, some):
                email, phone, metadata = json.loads(text)
                found[ident] = PassageUser(ident, email, phone, metadata)
        return found


async def _read_back(api: Api, journal: Journal, copies: _Copies) -> None:
    """List the app's users and keep ours, unless reading ours one by one takes fewer requests."""
    ours = sum(journal.counts().values())
    if not 0 <= (await api.page(1, limit=1)).total <= ours * PAGE:
        return
    async for page in api.each_page():
        rows = rows_of((text for user in page.users for text in (user.email, user.phone)), journal)
        copies.keep([user for user in page.users if user.email in rows or user.phone in rows])


async def _of_ids(api: Api, copies: _Copies, ids: Sequence[str]) -> dict[str, PassageUser]:
    """Give users by id, and read each one that the list lacks from Passage."""
    found = copies.take(ids)
    absent = [ident for ident in ids if ident not in found]
    for at in range(0, len(absent), api.concurrency):
        answers = await asyncio.gather(*(user_of(api, ident) for ident in absent[at : at + api.concurrency]))
        found |= {user.id: user for user in answers if user is not None}
    return found


def _differences(
    user: PreparedUser, outcome: str | None, found: PassageUser | None, source: PushInput
) -> Iterator[tuple[str, str | None, str | None]]:
    """List the differences of a user: field, expected value, found value."""
    if found is None:
        yield MISSING, "a user", None
        return
    wanted: dict[str, Any] = {EMAIL: user.email, PHONE: user.phone}
    there: dict[str, Any] = {EMAIL: found.email.lower(), PHONE: found.phone}
    for field in source.schema:
        wanted[field.column] = user.metadata.get(field.field_name)
        there[field.column] = found.user_metadata.get(field.field_name)
    for name, value in wanted.items():
        expected, actual = as_text(value), as_text(there[name])
        if expected != actual and not (expected is None and outcome != "created"):
            yield name, expected, actual


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    named = zip(COLUMNS.items(), columns, strict=True)
    return pd.DataFrame({name: pd.array(values, dtype=kind) for (name, kind), values in named})


def _note(workspace: Workspace, verification: Verification, *, rehearsal: bool) -> None:
    """Keep the counts and the moment of a verification, for the checklist of the cut-over."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    text = json.dumps({"verified": now, "rehearsal": rehearsal, **verification.summary()}, indent=2) + "\n"
    with FileSet() as files:
        files.new(workspace.out / VERIFICATION_FILE).write_text(text, encoding="utf-8", newline="\n")


def _report(workspace: Workspace, verification: Verification, source: PushInput, *, rehearsal: bool) -> None:
    counts = asdict(verification)
    meanings = {
        "same": gettext("They are in Passage as prepared."),
        "different": gettext("They are there, but a field differs."),
        "skipped": gettext("Of those that differ: in Passage before the push, and left unchanged."),
        "missing": gettext("They should be in Passage, and are not."),
        "without_id": gettext("They failed, are unknown, or were not sent."),
    }
    rows = [(name.replace("_", " "), meaning, counts[name]) for name, meaning in meanings.items() if counts[name]]
    shown = shown_fields(workspace, source.plan.mapping) if source.plan.mapping else {}
    rows += [
        (
            gettext("field {name}", name=shown.get(field) or shown_name(field)),
            gettext("users in which it differs"),
            int(count),
        )
        for field, count in verification.differences["field"].value_counts().items()
    ]
    users = number(verification.users)
    sentence = (
        gettext("{users} prepared users were compared with their data in the sandbox.", users=users)
        if rehearsal
        else gettext("{users} prepared users were compared with their data in Passage.", users=users)
    )
    title = rehearsed(gettext("Verification")) if rehearsal else gettext("Verification")
    columns = (gettext("Users"), gettext("Count"))
    put_section(workspace, ReportSection("verification", title, sentence, columns, rows, rehearsal))
