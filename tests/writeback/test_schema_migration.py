"""The migration scripts are run, not looked at: each in its database, and Alembic both ways."""

import pytest
import sqlalchemy as sa
from servers import columns_in, execute, ids_of, indexes_in, make_users, written

import passage_kit as pk
from passage_kit.writeback.schema_migration import write_migration


def applied(url, script):
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("--")]
    execute(url, *lines)


@pytest.mark.parametrize("share", [False, True])
def test_a_script_makes_what_the_verb_would_have_made(application, tmp_path, share):
    make_users(application, table="User Accounts")
    kind = application.get_backend_name().replace("mariadb", "mysql")
    [script] = [path for path in write_migration("User Accounts", tmp_path, share=share) if path.name == f"{kind}.sql"]
    applied(application, script)
    assert columns_in(application, "User Accounts")[-1][0] == "passage_id"
    assert list(indexes_in(application, "User Accounts").values()) == [not share]
    done = pk.write_passage_ids(
        ids_of(1, 2), table="User Accounts", workspace=tmp_path / "m", db=written(application), share=share
    )
    assert done.check["right"] == 2
    assert not [statement for statement in done.sql if statement.startswith(("ALTER", "CREATE UNIQUE", "CREATE INDEX"))]
    assert not pk.undo_write_back(tmp_path / "m", db=written(application)).column_dropped
    assert columns_in(application, "User Accounts")[-1][0] == "passage_id"


@pytest.mark.parametrize("share", [False, True])
def test_the_revision_goes_up_and_down_in_alembic(application, tmp_path, share):
    from alembic import command
    from alembic.config import Config

    make_users(application)
    config = Config(tmp_path / "alembic.ini")
    config.set_main_option("script_location", str(tmp_path / "migrations"))
    command.init(config, str(tmp_path / "migrations"))
    (tmp_path / "migrations" / "env.py").write_text(ENVIRONMENT, encoding="utf-8")
    write_migration("users", tmp_path / "migrations" / "versions", share=share)
    config.attributes["url"] = written(application)
    command.upgrade(config, "head")
    name, kind = columns_in(application)[-1]
    assert (name, kind.split(" ")[0]) == ("passage_id", "VARCHAR(24)")
    assert indexes_in(application) == {"users_passage_id_index": not share}
    if application.get_backend_name() == "mariadb":
        assert "ascii_bin" in kind
    command.downgrade(config, "base")
    assert len(columns_in(application)) == 3


ENVIRONMENT = """
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
"""


def test_a_schema_and_hostile_names(tmp_path):
    paths = write_migration(pk.UsersTable('it\'s "x"', column="a'b"), tmp_path, schema="crm")
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert "crm" in text
    namespace: dict = {}
    exec(compile(paths[-1].read_text(encoding="utf-8"), "revision", "exec"), namespace)  # noqa: S102 - our own
    assert len(namespace["revision"]) == 12
    assert isinstance(namespace["PASSAGE_ID"], sa.String)
