"""Values of the users table set where Passage is right, recorded and undone as a write-back is."""

import pytest
import sqlalchemy as sa
from servers import execute, make_users, rows, written

import passage_kit as pk


@pytest.fixture(autouse=True)
def source_url(request, monkeypatch):
    """The plan of a list from a database has no password, so the push reads the URL from the environment."""
    if "application" in request.fixturenames:
        monkeypatch.setenv("PASSAGE_KIT_SOURCE_URL", written(request.getfixturevalue("application")))


@pytest.fixture
def client(sandbox):
    with pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as made:
        yield made


@pytest.fixture
def drifted(application, client, sandbox, tmp_path):
    """A table whose first users changed their email, and the second their phone, in Passage."""
    execute(
        application,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(60) NOT NULL UNIQUE, phone VARCHAR(40))",
    )
    engine = sa.create_engine(application)
    with engine.begin() as connection:
        for n in range(1, 6):
            connection.execute(sa.text(f"INSERT INTO users VALUES ({n}, 'User{n}@Example.org', '+1415555010{n}')"))
    engine.dispose()
    workspace, db = tmp_path / "m", written(application)
    mapping = {"email": "email", "phone": "phone", "source_key": "id"}
    pk.prepare(db, reading={"table": "users"}, mapping=mapping, out=workspace)
    pk.push_users(workspace, client=client)
    done = pk.write_passage_ids(pk.Workspace(workspace), table="users", workspace=workspace, db=db)
    ids = dict(zip(done.rows["id"], done.rows["passage_id"], strict=True))
    change = sandbox.store._change
    change(ids["1"], email="new1@example.org", email_verified=1)
    change(ids["2"], email="new2@example.org", email_verified=1, phone="+14155550199", phone_verified=1)
    change(ids["3"], email="new3@example.org")  # which nobody has verified
    change(ids["4"], phone=None)  # gone in Passage
    return lambda: pk.find_drift(workspace, table="users", db=db, client=client)


def users_in(application):
    return rows(application, "SELECT id, email, phone FROM users ORDER BY id")


BEFORE = [(n, f"User{n}@Example.org", f"+1415555010{n}") for n in range(1, 6)]
AFTER = [(1, "new1@example.org", "+14155550101"), (2, "new2@example.org", "+14155550199"), *BEFORE[2:]]


def test_a_dry_run_counts_and_changes_nothing(application, drifted):
    drift = drifted()
    dry = pk.mend_drift(drift, db=written(application), dry_run=True)
    assert {it.column: (it.rows, it.left) for it in dry.columns} == {"email": (2, 0), "phone": (1, 0)}
    assert any("UPDATE" in statement for statement in dry.sql)
    assert not any("INDEX" in statement or "ALTER" in statement for statement in dry.sql)
    assert users_in(application) == BEFORE


def test_what_is_right_in_passage_is_set_and_can_be_undone(application, drifted, tmp_path):
    db = written(application)
    done = pk.mend_drift(drifted(), db=db)
    assert users_in(application) == AFTER
    assert [it.rows for it in done.columns] == [2, 1]
    assert dict(drifted().kinds) == {("differs", "decide"): 1, ("differs", "table"): 1}
    assert [pk.undo_write_back(tmp_path / "m", db=db).set_back for _ in range(2)] == [1, 2]
    assert users_in(application) == BEFORE


def test_a_row_that_changed_since_the_check_is_left_alone(application, drifted):
    drift = drifted()
    execute(application, "UPDATE users SET email = 'meanwhile@example.org' WHERE id = 1")
    done = pk.mend_drift(drift, db=written(application))
    assert {it.column: (it.rows, it.left) for it in done.columns} == {"email": (1, 1), "phone": (1, 0)}
    assert users_in(application)[0][1] == "meanwhile@example.org"


def test_a_value_that_another_row_has_is_left_alone(application, drifted):
    drift = drifted()
    execute(application, "UPDATE users SET email = 'new1@example.org' WHERE id = 5")
    done = pk.mend_drift(drift, db=written(application))
    assert (done.columns[0].rows, done.columns[0].left) == (1, 1)
    assert "1 left alone" in done.to_text()


def test_a_column_that_is_too_short_is_refused_before_anything_is_set(sqlite, client, sandbox, tmp_path):
    make_users(sqlite, [(1, "a@x.org", None)])
    execute(sqlite, "CREATE TABLE short (id INTEGER PRIMARY KEY, email VARCHAR(10), passage_id VARCHAR(24))")
    user = client.create_user(email="much.longer@example.org")
    sandbox.store._change(user.id, email_verified=1)
    execute(sqlite, f"INSERT INTO short VALUES (1, 'a@x.org', '{user.id}')")
    table = pk.UsersTable("short", email="email")
    drift = pk.find_drift(tmp_path / "m", table=table, db=written(sqlite), client=client, trust="passage")
    with pytest.raises(pk.DatabaseError, match="10 characters"):
        pk.mend_drift(drift, db=written(sqlite))


def test_a_value_that_is_no_text_stops_nothing(sqlite, client, sandbox, tmp_path):
    """SQLite keeps bytes in a column of text, in another row than those that are set."""
    ann = client.create_user(email="ann@example.org").id
    make_users(sqlite, [(1, "old@example.org", None)])
    execute(
        sqlite,
        "ALTER TABLE users ADD COLUMN passage_id TEXT",
        f"UPDATE users SET passage_id = '{ann}'",
        "INSERT INTO users (id, email) VALUES (2, x'6162')",
    )
    sandbox.store._change(ann, email_verified=1)
    table = pk.UsersTable("users", email="email")
    drift = pk.find_drift(tmp_path / "m", table=table, db=written(sqlite), client=client, trust="passage")
    assert pk.mend_drift(drift, db=written(sqlite)).columns[0].rows == 1
    assert rows(sqlite, "SELECT email FROM users ORDER BY id") == [("ann@example.org",), (b"ab",)]
