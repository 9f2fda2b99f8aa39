"""Keys of columns that the database compares in ways of its own: letters without regard to capitals or accents.

Two texts can be one key to the database. A row gets an id only if its key is letter by letter the one that was read.
"""

import pandas as pd
import pytest
from servers import an_id, execute, ids_in, make_users, rows, written

import passage_kit as pk
from passage_kit.writeback import users_database

ICU = "CREATE COLLATION {name} (provider = icu, locale = '{locale}', deterministic = false)"
POSTGRES = {
    "caseless": ("text COLLATE caseless", ICU.format(name="caseless", locale="und-u-ks-level2")),
    "letters alone": ("varchar(40) COLLATE letters", ICU.format(name="letters", locale="und-u-ks-level1")),
    "numbers": ("text COLLATE numbers", ICU.format(name="numbers", locale="und-u-kn-true-ks-level2")),
    "citext": ("citext", "CREATE EXTENSION citext"),
    "citext domain": ("handle", "CREATE EXTENSION citext", "CREATE DOMAIN handle AS citext"),
}  # fmt: skip
MARIADB = {
    "general": "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
    "letters alone": "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_nopad_ci",
    "char": "CHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "old letters": "VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
}
SQLITE = {"nocase": "TEXT COLLATE NOCASE", "rtrim": "TEXT COLLATE RTRIM"}
TABLES = [
    *(pytest.param(("sqlite", name), id=f"sqlite {name}") for name in SQLITE),
    *(pytest.param(("icu_postgres", name), id=f"postgresql {name}", marks=pytest.mark.slow) for name in POSTGRES),
    *(pytest.param(("mariadb", name), id=f"mariadb {name}", marks=pytest.mark.slow) for name in MARIADB),
]
KEYS = ("Ann", "bob", "Zoë", "JOE 7", "x")
ALIKE = ("ann", "Ann ", "ANN", "Bob", "bób", "BOB ", "Zoe", "zoë", "Joe 7", "JOE 07", "joe 07", "X", "x ", "Ánn")


@pytest.fixture(params=TABLES)
def table(request):
    """The URL of a database, and the type of a key that it compares in its own way."""
    server, name = request.param
    url = request.getfixturevalue(server)
    if server == "icu_postgres":
        kind, *made = POSTGRES[name]
        execute(url.set(username="postgres", password=None, query=_where(request)), *made)
        return url, kind
    return url, {"sqlite": SQLITE, "mariadb": MARIADB}[server][name]


def _where(request):
    return request.getfixturevalue("system_postgres").query


@pytest.fixture
def options(tmp_path, table):
    return {"workspace": tmp_path / "m", "db": written(table[0])}


def fill(url, kind, keys=KEYS):
    make_users(url, [(key, f"u{at}@example.org", None) for at, key in enumerate(keys)], key=f"id {kind} PRIMARY KEY")


def ids_for(*keys):
    ids = [an_id(at) for at, _ in enumerate(keys, 1)]
    return pd.DataFrame({"source_key": list(keys), "passage_id": ids}, dtype="str")


def alike(url, kind):
    """For each key, another spelling that the column takes for it; a CHAR holds no space at its end.

    One query asks about all pairs: a query for each, on a connection of its own, would take a second.
    """
    spellings = [other for other in ALIKE if not (kind.startswith("CHAR") and other.endswith(" "))]
    pairs = [(key, other) for key in KEYS for other in reversed(spellings)]
    asked = (
        f"SELECT {at}, count(*) FROM users WHERE id = '{key}' AND id = '{other}'"
        for at, (key, other) in enumerate(pairs)
    )
    found = rows(url, " UNION ALL ".join(asked))
    return dict(pairs[at] for at, count in sorted(found) if count == 1)


def before_writing(monkeypatch, change):
    """Do something between the reading of the table and its first batch."""
    real, done = users_database.UsersDatabase.write, []

    def late(self, batch, statements):
        if not done:
            done.append(True)
            change()
        return real(self, batch, statements)

    monkeypatch.setattr(users_database.UsersDatabase, "write", late)


class TestKeysOfOneComparison:
    def test_each_key_gets_its_own_id_and_loses_it_again(self, table, options):
        url, kind = table
        fill(url, kind)
        assert pk.write_passage_ids(ids_for(*KEYS), table="users", **options).check["right"] == len(KEYS)
        assert ids_in(url) == {key: an_id(at) for at, key in enumerate(KEYS, 1)}
        undone = pk.undo_write_back(**options)
        assert (undone.set_back, undone.column_dropped) == (len(KEYS), True)

    def test_a_source_key_in_another_spelling_leads_to_no_row(self, table, options):
        url, kind = table
        fill(url, kind)
        ids = ids_for("nobody", *(other for other in alike(url, kind).values() if other == other.strip()))
        done = pk.write_passage_ids(ids, table="users", **options)
        assert done.ids_without_row["reason"].eq("no_row").all()
        assert set(ids_in(url).values()) == {None}

    def test_a_row_that_took_the_place_of_another_with_the_same_key_gets_nothing(self, table, options, monkeypatch):
        """Somebody is deleted while the ids are written, and somebody else takes a name that is the same key."""
        url, kind = table
        fill(url, kind)
        others = alike(url, kind)
        renamed = "UPDATE users SET id = '{1}', email = 'new@example.org' WHERE id = '{0}'"
        changes = [renamed.format(*pair) for pair in others.items()]
        before_writing(monkeypatch, lambda: execute(url, *changes))
        done = pk.write_passage_ids(ids_for(*KEYS), table="users", **options)
        assert ids_in(url) == {
            others.get(key, key): None if key in others else an_id(at) for at, key in enumerate(KEYS, 1)
        }
        assert done.reasons == {"changed_meanwhile": len(others)}
        assert pk.undo_write_back(**options).set_back == len(KEYS) - len(others)

    def test_an_undo_spares_a_row_that_took_the_place_of_another(self, table, options, monkeypatch):
        url, kind = table
        fill(url, kind)
        pk.write_passage_ids(ids_for(*KEYS), table="users", **options)
        others = alike(url, kind)
        changes = [f"UPDATE users SET id = '{other}' WHERE id = '{key}'" for key, other in others.items()]
        before_writing(monkeypatch, lambda: execute(url, *changes))
        undone = pk.undo_write_back(**options)
        assert (undone.set_back, undone.changed_since) == (len(KEYS) - len(others), len(others))
        assert {key for key, found in ids_in(url).items() if found} == set(others.values())

    def test_a_key_of_several_columns(self, table, options):
        url, kind = table
        make_users(url, [("acme", 1, None, None), ("Other", 1, None, None), ("acme", 2, None, None)],
                   key=f"tenant {kind}, id INTEGER", more=", PRIMARY KEY (tenant, id)")  # fmt: skip
        ids = ids_for("acme 1", "other 1", "acme 2")
        done = pk.write_passage_ids(ids, table="users", **options)
        assert done.counts["set"] == 2
        assert sorted(rows(url, "SELECT tenant, id, passage_id FROM users"), key=str) == [
            ("Other", 1, None),
            ("acme", 1, an_id(1)),
            ("acme", 2, an_id(3)),
        ]
        assert pk.undo_write_back(**options).set_back == 2
