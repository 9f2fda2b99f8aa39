"""The whole way by commands, from a workspace to a users table and back."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from servers import ids_in, make_users, written


def go_the_whole_way(run, folder: Path, *, rows: int, exported: int) -> tuple[dict[Any, int | None], dict[str, str]]:
    """Push, verify, write back and undo both.

    Returns
    -------
    (dict, dict)
        For each row of the users table, the first row that has the same person; the state of each step of the guide.
    """
    database = sa.make_url(f"sqlite:///{folder}.db")
    make_users(database, [(number, None, None) for number in range(1, rows + 1)])
    code, out, _ = run("push", folder, "--sandbox", "--yes", "--json")
    assert (code, json.loads(out)["created"]) == (0, exported)
    assert run("verify", folder)[0] == 0
    code, _, err = run("write-back", folder, "--db", written(database), "--table", "users", "--key", "id", "--yes")
    assert code == 0, err
    ids = ids_in(database)
    first = {each: min(key for key, other in ids.items() if other == each) for each in set(ids.values())}
    persons = {key: first[each] if each else None for key, each in ids.items()}
    states = {step["title"]: step["state"] for step in json.loads(run("status", folder, "--json")[1])["steps"]}
    assert run("write-back", folder, "--undo", "--yes", "--db", written(database))[0] == 0
    assert run("undo", folder, "--yes")[0] == 0
    return persons, states
