"""The file ``out/passage_ids.csv``: the Passage id of each user, for the write-back into their own system."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from passage_kit.columns.spreadsheet_cells import harmless_table
from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.export.csv_files import write_header, write_rows
from passage_kit.files.file_set import FileSet
from passage_kit.metadata.console_template import Template
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.push.journal import Journal
from passage_kit.push.push_input import PushInput
from passage_kit.workspace.workspace import Workspace

COLUMNS = ("source_row", "source_key", "email", "phone", "passage_id", "outcome")


def write_id_file(workspace: Workspace, journal: Journal, source: PushInput) -> Path:
    """Write the file of users who have an outcome, whole or not at all, readable by its owner only.

    A phone stays exact: a plus and digits alone are a number to a spreadsheet, and scripts compare it.

    Returns
    -------
    pathlib.Path
        ``out/passage_ids.csv``: ``source_row``, ``source_key``, ``email``, ``phone``, ``passage_id``, ``outcome``.
    """
    path = workspace.out / PASSAGE_IDS_FILE
    layout = Template(COLUMNS)
    with FileSet() as files, files.new(path).open("wb") as file:
        write_header(file, layout)
        for users in source.tables():
            write_rows(file, harmless_table(_with_outcomes(users, journal), numbers=False), layout)
    return path


def _with_outcomes(users: pa.Table, journal: Journal) -> pa.Table:
    rows = users[SOURCE_ROW].to_pylist()
    outcomes = journal.outcomes(min(rows), max(rows))
    known = [outcomes.get(row, (None, None)) for row in rows]
    table = users.append_column("passage_id", pa.array([passage_id for _, passage_id in known], pa.string()))
    table = table.append_column("outcome", pa.array([outcome for outcome, _ in known], pa.string()))
    return table.filter(pa.array([row in outcomes for row in rows]))
