"""The drift check on real databases against the sandbox, and what it leaves in the workspace."""

import json
import stat

import pytest
from servers import execute, make_users, written

import passage_kit as pk
from passage_kit.drift.result import DRIFT_FILE, SUMMARY_FILE


@pytest.fixture(autouse=True)
def source_url(request, monkeypatch):
    """The plan of a list from a database has no password, so the push reads the URL from the environment."""
    if "application" in request.fixturenames:
        monkeypatch.setenv("PASSAGE_KIT_SOURCE_URL", written(request.getfixturevalue("application")))


@pytest.fixture
def client(sandbox):
    with pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as made:
        yield made


def in_step(application, client, tmp_path):
    """Bring the users of a table into Passage and their ids back, as the guide says; give the ids by key."""
    make_users(application, [(n, f"user{n}@example.org", f"+1415555010{n}") for n in range(1, 5)])
    workspace, db = tmp_path / "m", written(application)
    pk.prepare(
        db,
        reading={"table": "users"},
        mapping={"email": "email", "phone": "phone", "source_key": "id"},
        out=workspace,
    )
    pk.push_users(workspace, client=client)
    done = pk.write_passage_ids(pk.Workspace(workspace), table="users", workspace=workspace, db=db)
    return dict(zip(done.rows["id"], done.rows["passage_id"], strict=True))


def verified(sandbox, ident, **values):
    sandbox.store._change(ident, email_verified=1, phone_verified=1, **values)


@pytest.fixture
def check(application, client, tmp_path):
    def find(table="users", **options):
        return pk.find_drift(tmp_path / "m", table=table, db=written(application), client=client, **options)

    return find


def kinds_of(drift):
    return {(row["key"], row["kind"], row["field"], row["side"]) for row in drift.frame().to_dict("records")}


def none(value):
    return None if value != value or value is None else value


def test_after_the_migration_there_is_no_drift(application, check, client, tmp_path):
    in_step(application, client, tmp_path)
    drift = check()
    assert drift.none
    assert (drift.rows, drift.users, drift.in_step, drift.drifting) == (4, 4, 4, 0)
    assert "There is no drift." in drift.to_text()
    assert (drift.frame().shape, drift.frame().columns[0]) == ((0, 8), "key")


def test_each_kind_of_drift_is_found_with_its_side(application, check, client, sandbox, tmp_path):
    ids = in_step(application, client, tmp_path)
    verified(sandbox, ids["1"], email="new1@example.org")
    execute(application, "UPDATE users SET phone = '+14155550109' WHERE id = 2")
    client.delete_user(ids["3"])
    client.create_user(email="stranger@example.org")
    execute(
        application,
        "INSERT INTO users (id, email) VALUES (5, 'five@example.org')",
        "INSERT INTO users (id, email) VALUES (6, 'user4@example.org')",
        "INSERT INTO users (id) VALUES (7)",
    )
    drift = check()
    found = {(none(key), kind, none(field) or "", side) for key, kind, field, side in kinds_of(drift)}
    assert found == {
        ("1", "differs", "email", "table"),
        ("2", "differs", "phone", "passage"),
        ("3", "id_unknown", "", "decide"),
        ("5", "not_in_passage", "", "passage"),
        ("6", "second_row", "", "decide"),
        ("7", "no_identifier", "", "table"),
        (None, "not_in_table", "", "table"),
    }
    assert (drift.rows, drift.in_step, drift.drifting) == (7, 1, 6)
    phone = drift.frame().set_index("field").loc["phone", "in_table"]
    assert phone == "+14155550109"  # which has an apostrophe in the file, for spreadsheets
    assert drift.sides() == {"table": 3, "passage": 2, "decide": 2}


def test_what_the_preparation_left_out_is_no_drift(application, check, client, tmp_path):
    """Rows of one person, a row that was rejected, and a phone that two people share."""
    make_users(
        application,
        [
            (1, "ann@example.org", "+14155550101"),
            (2, "ANN@example.org", None),
            (3, "bo@", None),
            (4, "cleo@example.org", "+14155550101"),
        ],
    )
    workspace, db = tmp_path / "m", written(application)
    mapping = {"email": "email", "phone": "phone", "source_key": "id"}
    pk.prepare(db, reading={"table": "users"}, mapping=mapping, out=workspace)
    pk.push_users(workspace, client=client)
    pk.write_passage_ids(pk.Workspace(workspace), table="users", workspace=workspace, db=db)
    drift = check()
    assert drift.none, drift.to_text()
    assert dict(drift.known) == {"absorbed": 1, "rejected": 1, "withheld": 2}
    assert drift.in_step == 2


def test_what_an_earlier_workspace_prepared_shows_the_side_to_update(application, client, sandbox, tmp_path):
    ids = in_step(application, client, tmp_path)
    db, later = written(application), tmp_path / "later"
    execute(application, "INSERT INTO users (id, email) VALUES (5, 'five@example.org')")
    pk.prepare(db, since=str(tmp_path / "m"), out=later)
    pk.push_users(later, client=client)
    pk.write_passage_ids(pk.Workspace(later), table="users", workspace=later, db=db)
    verified(sandbox, ids["1"], email="new1@example.org")
    execute(application, "UPDATE users SET phone = '+14155550109' WHERE id = 2")

    drift = pk.find_drift(later, table="users", db=db, client=client)
    assert kinds_of(drift) == {("1", "differs", "email", "table"), ("2", "differs", "phone", "passage")}


def test_closed_accounts_are_compared_if_their_column_is_named(application, check, client, sandbox, tmp_path):
    ids = in_step(application, client, tmp_path)
    execute(application, "ALTER TABLE users ADD COLUMN deleted_at VARCHAR(30)")
    execute(application, "UPDATE users SET deleted_at = '2026-01-31' WHERE id IN (1, 2)")
    sandbox.store.set_status(ids["2"], "inactive")
    sandbox.store.set_status(ids["3"], "inactive")
    assert check().none
    drift = check(pk.UsersTable("users", state="deleted_at"))
    rows = sorted(drift.frame()[["key", "kind", "in_table", "in_passage"]].to_numpy().tolist())
    assert rows == [["1", "status", "closed", "open"], ["3", "status", "open", "closed"]]


def test_a_table_without_ids_is_compared_by_identifiers(application, check, client, tmp_path):
    make_users(application, [(1, "ann@example.org", None), (2, "bo@example.org", None)])
    client.create_user(email="ann@example.org")
    drift = check(pk.UsersTable("users", email="email"))
    assert dict(drift.kinds) == {("id_missing", "table"): 1, ("not_in_passage", "passage"): 1}


def test_an_empty_table_has_everybody_extra(sqlite, client, tmp_path):
    execute(sqlite, "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    client.create_user(email="ann@example.org")
    table = pk.UsersTable("users", email="email")
    drift = pk.find_drift(tmp_path / "m", table=table, db=written(sqlite), client=client)
    assert dict(drift.kinds) == {("not_in_table", "table"): 1}


def test_the_files_are_the_owners_and_the_summary_names_nobody(sqlite, client, tmp_path):
    make_users(sqlite, [(1, "ann@example.org", None)])
    drift = pk.find_drift(
        tmp_path / "m", table=pk.UsersTable("users", email="email"), db=written(sqlite), client=client
    )
    out = tmp_path / "m" / "out"
    for name in (DRIFT_FILE, SUMMARY_FILE):
        assert stat.S_IMODE((out / name).stat().st_mode) == 0o600
    assert "ann@example.org" in (out / DRIFT_FILE).read_text()
    said = (out / SUMMARY_FILE).read_text()
    assert json.loads(said) == drift.summary()
    assert "ann" not in said + drift.to_text() + repr(drift)


def test_a_table_without_identifiers_is_refused(sqlite, client, tmp_path):
    execute(sqlite, "CREATE TABLE users (id INTEGER PRIMARY KEY, colour TEXT)")
    with pytest.raises(pk.DatabaseError, match="--email-column"):
        pk.find_drift(tmp_path / "m", table="users", db=written(sqlite), client=client)
    with pytest.raises(pk.OptionError, match="trust"):
        pk.find_drift(tmp_path / "m", table="users", db=written(sqlite), client=client, trust="both")


def test_a_service_that_stops_answering_leaves_the_former_files(sqlite, client, sandbox, tmp_path):
    from passage_kit.sandbox import Fault

    make_users(sqlite, [(1, "ann@example.org", None)])
    table = pk.UsersTable("users", email="email")
    pk.find_drift(tmp_path / "m", table=table, db=written(sqlite), client=client)
    before = (tmp_path / "m" / "out" / DRIFT_FILE).read_bytes()
    sandbox.faults = [Fault("key_revoked")]
    with pytest.raises(pk.ApiError):
        pk.find_drift(tmp_path / "m", table=table, db=written(sqlite), client=client)
    assert (tmp_path / "m" / "out" / DRIFT_FILE).read_bytes() == before


def test_an_id_that_is_no_text_is_said(sqlite, client, tmp_path):
    execute(
        sqlite,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, passage_id TEXT)",
        "INSERT INTO users VALUES (1, 'ann@example.org', x'6162')",
    )
    table = pk.UsersTable("users", email="email")
    with pytest.raises(pk.DatabaseError, match="passage_id of users holds values that are no text"):
        pk.find_drift(tmp_path / "m", table=table, db=written(sqlite), client=client)
