"""Tables that database programs print are named and refused; lists that look a little like them are read."""

import pytest

import passage_kit as pk
from passage_kit.reading.printed_tables import is_printed_table

PRINTED = {
    "psql": " id | email\n----+-----------------\n  1 | ann@example.org\n  2 | bo|b@example.org\n(2 rows)\n",
    "psql, German": " id | email\n----+-----------------\n  1 | ann@example.org\n(1 Zeile)\n",
    "psql, one column": "      email\n-----------------\n ann@example.org\n bob@example.org\n(2 rows)\n",
    "psql, border 2": "+----+-----+\n| id | e   |\n+----+-----+\n|  1 | a@x |\n+----+-----+\n(1 row)\n",
    "psql, unicode": " id │ email\n────┼─────────\n  1 │ ann@example.org\n(1 row)\n",
    "psql, boxes": "┌────┬─────┐\n│ id │ e   │\n├────┼─────┤\n│  1 │ a@x │\n└────┴─────┘\n(1 row)\n",
    r"psql, \x": "-[ RECORD 1 ]----------\nid    | 1\nemail | ann@example.org\n-[ RECORD 2 ]---\nid    | 2\n",
    r"psql, \x in German": "-[ DATENSATZ 1 ]----------\nid    | 1\nemail | ann@example.org\n",
    "mysql": "+----+-----+\n| id | e   |\n+----+-----+\n|  1 | a@x |\n+----+-----+\n1 row in set (0.00 sec)\n",
    "mysql, with its prompt": "mysql> select 1 as id;\n+----+\n| id |\n+----+\n|  1 |\n+----+\n",
    r"mysql, \G": "*************************** 1. row ***************************\n   id: 1\nemail: ann@example.org\n",
    "sqlite3, column": "id  email\n--  ---------------\n1   ann@example.org\n",
    "sqlite3, line": "   id = 1\nemail = ann@example.org\n\n   id = 2\nemail = bob@example.org\n",
    "sqlcmd": "id          email\n----------- ---------------\n          1 ann@example.org\n\n(1 rows affected)\n",
    "Markdown": "| id | email |\n| --- | :-- |\n| 1 | ann@example.org |\n| 2 | bob@example.org |\n",
}


@pytest.mark.parametrize("printed", sorted(PRINTED))
def test_a_printed_table_is_refused_with_the_way_out(printed, tmp_path):
    path = tmp_path / "users.txt"
    path.write_text(PRINTED[printed], encoding="utf-8")
    with pytest.raises(pk.SourceError, match=r"printed for reading.*\. Export the rows as CSV .*URL of the database"):
        pk.read_users(path)


READ = {
    "pipes": "id|email\n1|ann@example.org\n2|bob@example.org\n",
    "sqlcmd with a sign between": "id|email\n--|-----\n1|ann@example.org\n",
    "cells of dashes": "id,email,note\n--,---,--\n1,ann@example.org,-\n",
    "a title underlined": "Our users\n---------\nid,email\n1,ann@example.org\n2,bob@example.org\n",
    "a plus in front": "+12025550101,ann@example.org\n+12025550102,bob@example.org\n",
    "a rule of one kind": "----\nid;email\n1;ann@example.org\n",
    "equations": "note = 1,email\nx = 2,ann@example.org\n3,bob@example.org\n",
    "nothing": "",
}


@pytest.mark.parametrize("kind", sorted(READ))
def test_a_list_that_looks_like_one_is_read(kind):
    assert not is_printed_table(READ[kind])
