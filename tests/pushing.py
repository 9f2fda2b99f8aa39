"""What the tests of the push share: workspaces with prepared users, clients of a sandbox, and the truth about it."""

import csv
import sqlite3
from collections import Counter
from pathlib import Path

import pandas as pd

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.push.journal import Journal
from passage_kit.push.journal_files import JOURNAL
from passage_kit.push.journal_queries import Seen
from passage_kit.sandbox import Sandbox
from passage_kit.workspace.manifest import Entry, Manifest, write_manifest

FIELDS = pk.MetadataSchema.from_dicts([{"field_name": "first_name"}, {"field_name": "points", "type": "integer"}])


JOURNAL_USERS = [(1, "anna@example.org", "+12025550101"), (2, "bo@example.org", None), (3, None, "+12025550103")]


def see(journal: Journal, passage_id: str, email: str | None = None, phone: str | None = None) -> None:
    """Let a journal see a user in Passage."""
    journal.see([Seen(passage_id, journal.digest(email), journal.digest(phone))])


def workspace_of(folder: Path, users: list[dict[str, str]], *, schema: pk.MetadataSchema = FIELDS) -> pk.Workspace:
    """Make a workspace as a preparation of these users leaves it."""
    names = ["email", "phone", "source_key", *(field.column for field in schema)]
    raw = users_frame({name: [user.get(name) for user in users] for name in names})
    frame, _ = pk.validate_users(raw, schema)
    workspace = pk.Workspace(folder)
    workspace.save_plan(pk.Plan(source="users.csv", mapping=pk.FieldMapping({"email": "Mail"}), schema=schema))
    save_users(workspace, frame)
    return workspace


def save_users(workspace: pk.Workspace, frame: pd.DataFrame) -> None:
    """Save users as a run does: with a manifest."""
    workspace.save_stage("users", frame)
    path = workspace.stage_path("users")
    write_manifest(workspace.folder, Manifest({path.relative_to(workspace.folder).as_posix(): Entry.of(path)}))


def people(count: int) -> list[dict[str, str]]:
    """Make fictional users: with email, with phone, with both."""
    users = []
    for number in range(count):
        user = {"source_key": f"k{number}", "first_name": f"Ann {number}", "points": str(number)}
        if number % 3 != 2:
            user["email"] = f"ann.{number}@example.org"
        if number % 3 != 0:
            user["phone"] = f"+1202555{number:04d}"
        users.append(user)
    return users


def client_of(sandbox: Sandbox, **settings) -> pk.PassageClient:
    return pk.PassageClient(
        app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url, **{"timeout": (2.0, 2.0), **settings}
    )


def ids_in(workspace: pk.Workspace) -> list[dict[str, str]]:
    with (workspace.out / "passage_ids.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def journal_rows(workspace: pk.Workspace) -> pd.DataFrame:
    database = sqlite3.connect(workspace.folder / JOURNAL)
    try:
        return pd.read_sql("SELECT * FROM users ORDER BY source_row", database)
    finally:
        database.close()


def check_truth(
    workspace: pk.Workspace,
    users: list[dict[str, str]],
    sandbox: Sandbox,
    before: set[str] = frozenset(),
    *,
    in_doubt: bool = False,
) -> None:
    """Check that nobody is lost or doubled, and that what the file of ids says is so.

    ``in_doubt`` says that answers were lost, so that users may be adopted.
    """
    there = sandbox.users()
    for name in ("email", "phone"):
        doubled = [value for value, count in Counter(there[name]).items() if value and count > 1]
        assert doubled == []
    by_id = there.set_index("id")
    entries = {int(entry["source_row"]): entry for entry in ids_in(workspace)}
    assert len(entries) == len(users)
    ours = set()
    for row, user in enumerate(users, start=1):
        entry = entries[row]
        if entry["outcome"] == "failed":
            continue
        found = by_id.loc[entry["passage_id"]]
        ours.add(entry["passage_id"])
        made = {"created", "adopted"} if in_doubt else {"created"}
        assert entry["outcome"] in ({"existing"} if entry["passage_id"] in before else made), entry["outcome"]
        assert (user.get("email", ""), user.get("phone", "")) == (entry["email"], entry["phone"])
        assert found["email"] == entry["email"] or found["phone"] == entry["phone"]
        if entry["outcome"] in ("created", "adopted"):
            assert (found["email"], found["phone"]) == (entry["email"], entry["phone"])
            assert found["user_metadata"]["first_name"] == user["first_name"]
    assert set(by_id.index) == ours | set(before), "somebody is in Passage whom nobody knows of"
