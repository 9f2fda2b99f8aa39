"""What has to hold of every file that is read, and a search for files that reach new lines of the readers."""

import faulthandler
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import damaged_files
from fuzzed_files import EMAIL, File

import passage_kit as pk
from passage_kit.errors import AccountingError, PassageKitError
from passage_kit.reading.readers import UserList

READING = str(Path(pk.__file__).parent / "reading")
HANGS = 60  # seconds after which reading is stopped
SLOW = 10  # seconds of a processor for one small file, which takes some milliseconds
FLOODED = 0.1  # share of the damaged files in which a part is repeated many times
REJECTED = {"row_blank", "row_repeats_header", "row_too_long", "line_unreadable"}


@contextmanager
def in_time(stacks: Path) -> Iterator[None]:
    """Fail if a file takes far too long; if nothing helps, end the process with the stacks of its threads in a file."""

    def too_long(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"a small file takes more than {HANGS} seconds")

    has_alarm = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    with stacks.open("w") as file:
        faulthandler.dump_traceback_later(2 * HANGS, exit=True, file=file)
        former = signal.signal(signal.SIGALRM, too_long) if has_alarm else None
        before = time.process_time()
        try:
            if has_alarm:
                signal.setitimer(signal.ITIMER_REAL, HANGS)
            yield
        finally:
            if has_alarm:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, former)
            faulthandler.cancel_dump_traceback_later()
    taken = time.process_time() - before
    assert taken < SLOW, f"a small file took {taken:.1f} seconds"


def read(file: File, folder: Path, *, whole: bool = False) -> UserList | None:
    """Read a file, and check that the rows are accounted for; None if the kit refuses it with the next step.

    With ``whole``, the rows go through the whole preparation.
    """
    path = folder / file.name
    path.write_bytes(file.data)
    with in_time(folder / "stacks.txt"):
        try:
            source = pk.read_source(path)
        except AccountingError:
            raise
        except PassageKitError as refusal:
            check_refusal(str(refusal))
            return None
        check_rows(source)
        if whole:
            check_account(source, path)
    return source


def check_refusal(said: str) -> None:
    """Check that a refusal says what happened, and the next step."""
    assert len(said.rstrip(".").split(". ")) > 1, f"no next step: {said}"


def check_rows(source: UserList) -> None:
    """Check that each row has its number, and that a row without any value is rejected or hidden by a finding."""
    users, findings = source.users, source.findings
    assert users.index.tolist() == list(range(1, len(users) + 1))
    assert users.columns.is_unique
    assert findings["source_row"].dropna().isin(users.index).all()
    empty = users.index[users.isna().all(axis=1)]
    told = set(findings.loc[findings["code"].isin(REJECTED), "source_row"].dropna())
    if "secret_left_out" not in set(findings["code"]):  # a row may have had nothing but a password
        assert set(empty) <= told


def check_account(source: UserList, path: Path) -> None:
    """Check that kept, absorbed and rejected rows are those that were read."""
    email = next((name for name in source.users.columns if source.users[name].str.contains("@").any()), None)
    if email is None:
        return
    try:
        prepared = pk.prepare(path, mapping={"email": email})
    except AccountingError:
        raise
    except PassageKitError:
        return  # such as a layout that wants another column
    disposition = prepared.ledger["disposition"]
    assert prepared.ledger.index.tolist() == source.users.index.tolist()
    assert disposition.isin(["kept", "absorbed", "rejected"]).all()
    assert (disposition == "kept").sum() == len(prepared.users)


def lost(file: File, source: UserList) -> set[str]:
    """Give the people of a file who have no row of their own, and are in no finding about a rejected line."""
    rows = source.users.fillna("").agg("\n".join, axis=1) if len(source.users.columns) else source.users.index.map(str)
    found = [set(EMAIL.findall(text)) & file.people for text in rows]
    alone: set[str] = set()
    for people in sorted(found, key=len):
        own = people - alone
        if own:
            alone.add(min(own))  # a row is one person, however many emails are in it
    told = source.findings.loc[source.findings["code"].isin(REJECTED), "value"].dropna()
    return set(file.people - alone - {email for text in told for email in EMAIL.findall(text)})


def damaged(file: File, chance: random.Random, *, more: bytes = b"") -> File:
    """Damage the bytes of a file; now and then splice it with another file, or repeat a part very often."""
    data = damaged_files.damaged(file.data, chance)
    if more and chance.random() < 0.2:
        data = data[: chance.randint(0, len(data))] + more[chance.randint(0, len(more)) :]
    if data and chance.random() < FLOODED:
        at = chance.randint(0, len(data))
        data = data[:at] + data[at : at + chance.choice((1, 2, 7, 60))] * chance.choice((100, 5_000)) + data[at:]
    return File(file.name, data, file.people)


# The search


class Lines:
    """The lines of the readers that ran, in every thread."""

    def __init__(self) -> None:
        self.seen: set[tuple[CodeType, int]] = set()
        self._of: dict[CodeType, bool] = {}

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the lines that run."""
        before = sys.gettrace()
        threading.settrace(self._call)
        sys.settrace(self._call)
        try:
            yield
        finally:
            sys.settrace(before)
            threading.settrace(before)  # type: ignore[arg-type]

    def _call(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        if code not in self._of:
            self._of[code] = code.co_filename.startswith(READING)
        return self._line if self._of[code] else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        if event == "line":
            self.seen.add((frame.f_code, frame.f_lineno))
        return self._line


def search(
    write: Callable[[random.Random], File], check: Callable[[File, bool], None], *, seconds: float, seed: int = 1
) -> tuple[int, int]:
    """Try files for some seconds: new ones, and damaged ones of those that reached new lines.

    Parameters
    ----------
    write : callable
        Writes a file of people.
    check : callable
        Reads a file, and raises what is wrong; it is told whether the file is whole.
    seconds : float
    seed : int, default 1
        Where the chances begin.

    Returns
    -------
    tried, lines : int
        Number of files, and of lines of the readers that they reached.
    """
    lines, kept, tried, until = Lines(), list[File](), 0, time.monotonic() + seconds
    while time.monotonic() < until:
        chance = random.Random(seed + tried)  # noqa: S311 - nothing secret
        tried += 1
        honest = not kept or chance.random() < 0.4
        file = write(chance) if honest else damaged(chance.choice(kept), chance, more=chance.choice(kept).data)
        before = len(lines.seen)
        with lines.noted():
            check(file, honest)
        if len(lines.seen) > before and len(file.data) < 100_000:
            kept.append(file)
    return tried, len(lines.seen)
