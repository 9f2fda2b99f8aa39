"""Kill each command at random moments, and check what it left: `python benchmarks/kills.py --kills 50`.

Every command runs in a process of its own that is killed (`kill -9`) some time after its start; the same command then
goes on until it is done. The service is one that does not de-duplicate: it makes a user anew whenever it is asked. The
processes are forked from one that has imported everything, so that the kills fall into the work. Prints one line for
each command. Ends with an error if a promise is broken.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
SERVICE = """
import sys
sys.path.insert(0, sys.argv[1])
from hostile_service import hostile
with hostile(deduplicates=False) as service:
    import json
    print(json.dumps(service.environment), flush=True)
    for _ in sys.stdin:
        print(json.dumps(sorted(str(user["email"]) for user in service.users.values())), flush=True)
"""


class Killing:
    """Forks of this process that are killed at random moments."""

    def __init__(self, kills: int, seed: int) -> None:
        self.kills, self.chance = kills, random.Random(seed)  # noqa: S311 - moments, no secrets
        self.killed = 0

    def until_done(self, verb: Callable[[], object], longest: float) -> None:
        """Run a verb, kill it, and run it again, until it ends by itself."""
        left = True
        while left:
            child = self._forked(verb)
            deadline = time.monotonic() + (self.chance.uniform(0, longest) if self.killed < self.kills else 600)
            ended, status = os.waitpid(child, os.WNOHANG)
            while not ended and time.monotonic() < deadline:
                time.sleep(0.002)
                ended, status = os.waitpid(child, os.WNOHANG)
            if left := not ended:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                self.killed += 1
            check(left or status == 0, "a command that goes on after a kill fails")

    def whole(self, verb: Callable[[], object]) -> float:
        """Run a verb without killing it, and give the seconds that it takes."""
        begun = time.monotonic()
        _, status = os.waitpid(self._forked(verb), 0)
        if status:
            raise SystemExit("a command failed, see above")
        return time.monotonic() - begun

    def _forked(self, verb: Callable[[], object]) -> int:
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w") if self.kills > 1 else sys.stderr  # noqa: SIM115 - it ends
            verb()
            status = 0
        finally:
            os._exit(status)


def import_all() -> None:
    """Import what the commands import, so that a fork begins with its work."""
    import passage_kit

    others = ("passage_kit._former", "passage_kit.golive")  # of no command
    for module in pkgutil.walk_packages(passage_kit.__path__, "passage_kit."):
        if not module.name.startswith(others) and "__main__" not in module.name:
            try:
                importlib.import_module(module.name)
            except ImportError:  # an extra that is not installed, or a former name
                continue


def check(holds: object, promise: str) -> None:
    """End the run if a promise is broken."""
    if not holds:
        raise SystemExit(f"BROKEN: {promise}")


def in_child(look: Callable[[], Any]) -> Any:
    """Look at something in a fork, since this process starts no thread; give what is found."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(write, json.dumps(look()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        found = pipe.read()
    os.waitpid(child, 0)
    return json.loads(found or "null")


def prepare_killed(folder: Path, count: int, killing: Killing) -> None:
    """Whatever a killed preparation leaves is taken for no run, or is a whole one."""
    import passage_kit as pk

    sources = []
    for name, rows in (("one", count), ("two", count + 1)):
        sources.append(folder / f"{name}.csv")
        sources[-1].write_text("email\n" + "".join(f"p{at}@example.org\n" for at in range(rows)))
    longest = killing.whole(lambda: pk.prepare(sources[0], out=folder / "m"))

    def whole() -> bool:
        try:
            users = len(pk.Workspace(folder / "m").load_stage("users"))
        except pk.PlanError:
            return True  # it says that the run did not finish
        return users == (folder / "m" / "out" / "console_import.csv").read_text().count("@")

    at = 0
    while killing.killed < killing.kills:
        before = killing.killed
        one = Killing(1, killing.chance.randrange(2**32))
        one.until_done(lambda at=at: pk.prepare(sources[at % 2], out=folder / "m"), longest)
        killing.killed = before + one.killed
        check(in_child(whole), "half a run is taken for a run")
        at += 1


def push_killed(folder: Path, count: int, killing: Killing, undoing: Killing, service: subprocess.Popen[str]) -> None:
    """Everybody is in Passage once after each push, and nobody whom it made after each undo."""
    import passage_kit as pk

    source = folder / "people.csv"
    emails = [f"p{at}@example.org" for at in range(count)]
    source.write_text("email\n" + "".join(f"{email}\n" for email in emails))
    workspace = folder / "p"
    killing.whole(lambda: pk.prepare(source, out=workspace))
    given = {"include_adopted": True}
    longest = [killing.whole(lambda: pk.push_users(workspace)), killing.whole(lambda: pk.undo_push(workspace, **given))]
    while killing.killed < killing.kills or undoing.killed < undoing.kills:
        killing.until_done(lambda: pk.push_users(workspace), longest[0])
        check(there(service) == sorted(emails), "somebody is not in Passage exactly once after a push")
        undoing.until_done(lambda: pk.undo_push(workspace, **given), longest[1])
        check(there(service) == [], "somebody is left in Passage after an undo")


def there(service: subprocess.Popen[str]) -> list[str]:
    """List the emails of the users in the service."""
    assert service.stdin is not None
    assert service.stdout is not None
    service.stdin.write("\n")
    service.stdin.flush()
    return list(json.loads(service.stdout.readline()))


def write_back_killed(folder: Path, count: int, killing: Killing, undoing: Killing) -> None:
    """Every row has its id after each write-back, and is as before after each undo."""
    import passage_kit as pk

    def rows() -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(folder / "app.db")) as app:
            return app.execute("SELECT * FROM users ORDER BY id").fetchall()

    with closing(sqlite3.connect(folder / "app.db")) as app:
        app.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
        app.executemany("INSERT INTO users (email) VALUES (?)", [(f"p{at}@example.org",) for at in range(count)])
        app.commit()
    before, url = rows(), f"sqlite:///{folder}/app.db"
    ids = [{"id": f"u{at:022d}x", "email": f"p{at}@example.org"} for at in range(count)]
    workspace = folder / "w"

    def write() -> None:
        pk.write_passage_ids(ids, table="users", workspace=workspace, db=url)

    def undo() -> None:
        with suppress(pk.PassageKitError):  # a killed one had undone it all, which the rows show
            pk.undo_write_back(workspace, db=url)

    longest = [killing.whole(write), killing.whole(undo)]
    while killing.killed < killing.kills or undoing.killed < undoing.kills:
        killing.until_done(write, longest[0])
        check([row[-1] for row in rows()] == [it["id"] for it in ids], "a row lacks its id after a write-back")
        undoing.until_done(undo, longest[1])
        # A kill between adding the column and noting it leaves in doubt who added it, so the empty column stays.
        left = [tuple(row[:2]) for row in rows()], {value for row in rows() for value in row[2:]} - {None}
        check(left == (before, set()), "a row is not as before after the undo of a write-back")


def main() -> None:
    """Run all."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--users", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    import_all()
    names = ("prepare", "push", "undo", "write-back", "undo of a write-back")
    of = {name: Killing(given.kills, given.seed + at) for at, name in enumerate(names)}
    command = [sys.executable, "-c", SERVICE, str(TESTS)]
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as service,
    ):
        assert service.stdout is not None
        os.environ |= json.loads(service.stdout.readline())
        folder = Path(name)
        prepare_killed(folder, given.users, of["prepare"])
        print(f"prepare: {of['prepare'].killed} kills, no half run was taken for a run", flush=True)
        push_killed(folder, given.users, of["push"], of["undo"], service)
        print(f"push: {of['push'].killed} kills, everybody of {given.users} users was in Passage once", flush=True)
        print(f"undo: {of['undo'].killed} kills, nobody was left", flush=True)
        write_back_killed(folder, given.users, of["write-back"], of["undo of a write-back"])
        print(f"write-back: {of['write-back'].killed} kills, all of {given.users} rows had their ids", flush=True)
        print(f"undo of a write-back: {of['undo of a write-back'].killed} kills, all rows were as before", flush=True)
        service.terminate()


if __name__ == "__main__":
    main()
