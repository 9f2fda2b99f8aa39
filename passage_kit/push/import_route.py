"""Uploads to the Import API, 30,000 users at a time, with its answers matched to our rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.api.answers import ImportAnswer
from passage_kit.api.operations import Api
from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.errors import ApiError, KeyRefusedError
from passage_kit.export.console_csv import write_console_csv
from passage_kit.files.temporary_copies import temporary_folder
from passage_kit.push.contradiction import contradiction
from passage_kit.push.discovery import rows_of, settle_by_list
from passage_kit.push.journal import Done, Journal
from passage_kit.push.journal_queries import Claim, ToDo
from passage_kit.push.judging import Span
from passage_kit.push.push_input import PushInput

REFUSED = "import_refused"
_ID = re.compile(r"[A-Za-z0-9]{24}")  # shorter ones may be a name, a status or a phone without its plus


async def import_all(api: Api, journal: Journal, source: PushInput) -> None:
    """Upload all users who are not in Passage yet, and record those that the answers and List Users agree about.

    The journal records every other user as perhaps sent, so the next pass looks each of them up.

    Raises
    ------
    KeyRefusedError
        If the service refuses the key.
    ContradictionError
        If its answers contradict each other.
    """
    uploaded = False
    for table in source.frames():
        rows = table[SOURCE_ROW].to_pylist()
        to_do = journal.to_do(min(rows), max(rows), update=False)
        new = [row for row in rows if row in to_do and to_do[row] == ToDo(False, None, False)]
        if not new:
            continue
        part = table.filter(pc.is_in(table[SOURCE_ROW], value_set=pa.array(new)))
        journal.commit(creating=new)
        uploaded = True
        try:
            answer = await api.import_users(_csv(part, source))
        except KeyRefusedError:
            raise
        except ApiError:
            continue  # List Users decides, and then a lookup of each user
        span = api.span
        journal.claim([*_claims(answer.imported, "imported", span, journal)])
        journal.claim([*_claims(answer.existing, "existing", span, journal)])
        journal.commit(done=_refused(answer, journal))
    if uploaded or journal.has_claims:
        await settle_uploaded(api, journal)


async def settle_uploaded(api: Api, journal: Journal) -> None:
    """Record the users whom List Users shows and the Import API was sent.

    Raises
    ------
    ContradictionError
        If the service's answers contradict each other.
    """
    if not await settle_by_list(api, journal):
        raise contradiction()


def _csv(part: pa.Table, source: PushInput) -> bytes:
    """Write the users as the Console takes them, into a private file that is read back before it counts."""
    users = part.to_pandas(types_mapper=pd.ArrowDtype)
    plan = source.plan
    with_metadata = plan.template is not None or not plan.options.identifiers_only
    with temporary_folder() as folder:
        schema = plan.schema if with_metadata else None
        [path] = write_console_csv(users, folder / "users.csv", schema=schema, template=plan.template)
        return path.read_bytes()


def _refused(answer: ImportAnswer, journal: Journal) -> list[Done]:
    """Find our users whom the service refused."""
    refused = {name: reason for name, reason in answer.errors.items() if "exist" not in reason.lower()}
    rows = rows_of(refused, journal)
    return [Done(rows[name], "failed", code=REFUSED, attempts=1) for name in refused if name in rows]


def _claims(
    entries: Iterable[tuple[str, ...]], kind: Literal["imported", "existing"], span: Span | None, journal: Journal
) -> Iterator[Claim]:
    """Find what the answer says of our users. Its ids count only once List Users shows them."""
    entries = list(entries)
    rows = rows_of((text for entry in entries for text in entry), journal)
    for entry in entries:
        ours = {rows[text] for text in entry if text in rows}
        ids = [text for text in entry if text not in rows and _ID.fullmatch(text)]
        if len(ours) == 1:
            yield Claim(ours.pop(), kind, ids[0] if len(ids) == 1 else None, span)
