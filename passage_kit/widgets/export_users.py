"""Panel of the export: the files, their first rows as the Console reads them, and the funnel of the rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from passage_kit.errors import PassageKitError
from passage_kit.export.console_csv import USERS_PER_FILE
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.funnel import funnel
from passage_kit.findings.notices import Notices, count_shared, exported_keys, notices, say_shared_keys
from passage_kit.metadata.console_template import Template, read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.accounts import words_not_known
from passage_kit.preparation.out_of_date import Basis
from passage_kit.preparation.outputs import CONSOLE_FILE, output_files
from passage_kit.preparation.prepared import Prepared
from passage_kit.preparation.run import prepare
from passage_kit.progress import progress_to
from passage_kit.translations import gettext, ngettext, number, told, told_text
from passage_kit.widgets.file_buttons import FileButtons
from passage_kit.widgets.panel import ERROR, GOOD, INFO, WARNING, BasePanel, Message, go_on
from passage_kit.widgets.unsaved import Unsaved, script, style
from passage_kit.widgets.watching import watch
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

PREVIEW_ROWS = 5
_LONGEST_SHOWN = 80  # of a value in the preview
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
Notice = dict[str, Any]  # a heading, a text below it, and a list of sentences


class ExportView(Unsaved):
    """Widget for the first rows and the funnel."""

    _esm = script("export")
    _css = style("review")


class ExportUsers(BasePanel):
    """Panel that writes the CSV for the Console and the files that account for each row.

    Parameters
    ----------
    workspace : Workspace
        Workspace whose plan is run. Its folder ``out`` takes the files.

    Notes
    -----
    ``value`` is the list of the existing output files. :meth:`run` does the same as the button, and returns a
    :class:`passage_kit.Prepared`.

    See Also
    --------
    passage_kit.prepare : Run the same preparation in Python.
    FixFindings : Correct values first.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> ExportUsers(Workspace(tempfile.mkdtemp())).value
    []
    """

    title = "Write the files"
    intro = (
        "One run reads, maps, corrects, normalises, merges and validates, accounts for every row, and writes all files "
        "or none. You can repeat it at any time, with the same result."
    )

    def __init__(self, workspace: Workspace) -> None:
        self._saved = str(workspace.plan_path)  # stands in place of a file for the plan's template
        plan = workspace.load_plan() if workspace.has_plan else Plan()
        self.template = ipywidgets.Text(
            self._saved if plan.template else "",
            description=gettext("Console template"),
            placeholder=gettext("none: email, phone and the fields"),
            continuous_update=False,
            style={"description_width": "13em"},
            layout={"width": "44em", "max_width": "100%"},
        )
        self.write = ipywidgets.Button(
            description=gettext("Prepare and write"), icon="play", button_style="primary", layout={"width": "auto"}
        )
        self.view = ExportView()
        self.files = FileButtons(workspace)
        uploading = self._with_upload(self.template, gettext("Upload template"), ".csv")
        super().__init__(workspace, [uploading, ipywidgets.HBox([self.write]), self.view, self.files])
        self._value: list[Path] = []
        self._line.show(code="prepared = pk.prepare(plan=workspace.plan_path, out=workspace)")
        watch(workspace.folder, self)
        self._show_files((INFO, gettext("Nothing is written yet: click the button, or {go_on}.", go_on=go_on())))
        self.template.observe(lambda _change: self._changed(), "value")
        self.write.on_click(lambda _button: self._begin())

    @property
    def page(self) -> dict[str, Any]:
        """Content of the page."""
        return self.view.shown

    def look_again(self) -> None:
        """Mark the files if they are older than the corrections, the decisions or the plan."""
        basis = Basis.of_last_run(self.workspace)
        outdated = basis.outdated_by(self.workspace) if basis is not None and self._value else ""
        self._mark(outdated, gettext("Prepare again"), self._begin)

    def run(self) -> Prepared:
        """Prepare the users and write the files.

        Returns
        -------
        Prepared
            Users, findings and ledger of the run.

        Raises
        ------
        PassageKitError
            As :func:`passage_kit.prepare`. The panel shows the message, too.
        """
        try:
            with progress_to(self._tell):
                prepared = self._prepare()
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            raise
        finally:
            self._end()
        self._take_prepared(prepared)
        return prepared

    def _prepare(self) -> Prepared:
        self.workspace.load_plan(mapped=True)  # raises with the name of the notebook that makes it
        return prepare(plan=self.workspace.plan_path, out=self.workspace)

    def _begin(self) -> None:
        self.write.disabled = True
        self._work(gettext("Preparing"), self._prepare, self._take_prepared)

    def _end(self) -> None:
        super()._end()
        self.write.disabled = False

    def _take_prepared(self, prepared: Prepared) -> None:
        count = prepared.funnel.exported
        written = ngettext(
            "{count} user written to {folder}.", "{count} users written to {folder}.", count, folder=self.workspace.out
        )
        none = gettext("No user is exported, since every row was rejected. Look at the findings.")
        self._show_files((GOOD, written) if count else (WARNING, none))

    def _changed(self) -> None:
        """Put the chosen template into the plan."""
        name = self.template.value.strip()
        if name == self._saved:
            return
        try:
            template = read_template(name) if name else None
            self.workspace.save_plan(_with_template(self.workspace.load_plan(), template))
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        path = self.workspace.plan_path
        self._say((INFO, gettext("Saved in {path}. Write again to apply the template.", path=path)))
        self.look_again()

    # Content of the page

    def _show_files(self, message: Message) -> None:
        """Show the existing files and the funnel of their rows."""
        workspace = self.workspace
        self._value = output_files(workspace)
        self.look_again()
        self.files.renew()
        consoles = [path for path in self._value if path.name.startswith(Path(CONSOLE_FILE).stem)]
        if not consoles:
            self.view.show(folder=str(workspace.out))
            self._say(message)
            return
        written = datetime.fromtimestamp(consoles[0].stat().st_mtime)
        if message[0] == INFO:
            moment = f"{written:%Y-%m-%d %H:%M}"
            message = (INFO, gettext("These files are of {moment}. Write again after a change.", moment=moment))
        self._say(message)
        self._work(gettext("Reading the files"), partial(_shown, workspace, consoles), self._show_content)

    def _show_content(self, content: dict[str, Any]) -> None:
        self.view.show(**content)


def _with_template(plan: Plan, template: Template | None) -> Plan:
    """Put a template into the plan; without metadata fields, its columns become the fields."""
    if template is not None and not plan.schema:
        plan = replace(plan, schema=MetadataSchema.from_header(template.header))
    return replace(plan, template=template)


def _shown(workspace: Workspace, consoles: list[Path]) -> dict[str, Any]:
    """Describe the first rows as the Console reads them, and the funnel."""
    plan = workspace.load_plan()
    header, rows = _first_rows(consoles[0], plan.template.delimiter if plan.template else ",")
    account = workspace.load_stage("ledger"), workspace.load_stage("findings")
    counts = funnel(*account)
    return {
        "folder": str(workspace.out),
        "parts": _parts(len(consoles), counts.exported),
        "header": header,
        "rows": rows,
        "funnel": [[getattr(counts, name), words] for name, words in _steps().items()],
        "adds_up": counts.adds_up,
        "notices": [*_withheld(account[1]), *_of_keys(account[0]), *_noticed(notices(*account), account[1])],
    }


def _withheld(findings: pd.DataFrame) -> list[Notice]:
    """Count the values that were left out by what was found, most first; a person may not expect them to be missing."""
    counted = findings["code"][findings["effect"].eq("withheld").to_numpy(dtype=bool)].value_counts()
    kinds = {str(code): int(values) for code, values in counted.items() if values}
    said = ngettext(
        "{count} value is not in the files. It is shown in 02, under “What was found”.",
        "{count} values are not in the files. They are shown in 02, under “What was found”.",
        sum(kinds.values()),
    )
    items = [
        ngettext("{count} value: {what}", "{count} values: {what}", values, what=_meaning(code))
        for code, values in kinds.items()
    ]
    return [_notice(gettext("Withheld"), said, items)] if kinds else []


def _noticed(found: Notices, findings: pd.DataFrame) -> Iterator[Notice]:
    """Write what to look at by its heading, with the panels that settle it in place of options and codes."""
    if closed := _about_closed(found):
        yield _notice(gettext("Inactive"), items=closed)
    if found.may_say_state:
        columns = gettext(" and ").join(found.may_say_state)
        yield _notice(gettext("Accounts"), _about_columns(columns))
    elif found.unknown_states:
        yield _notice(gettext("Accounts"), _about_states(), [told_text(words_not_known(findings))])
    if found.warned:
        said = ngettext(
            "{count} row has a warning. It is shown in 02, under “What was found”.",
            "{count} rows have a warning. They are shown in 02, under “What was found”.",
            found.warned,
        )
        items = [
            ngettext("{count} row: {what}", "{count} rows: {what}", rows, what=_meaning(code))
            for code, rows in found.warned_by.items()
        ]
        yield _notice(gettext("Warnings"), said, items)
    if found.secrets:
        said = gettext("These columns look like secrets. They are left out, and never written anywhere.")
        yield _notice(gettext("Secrets"), said, list(found.secrets))


def _of_keys(ledger: pd.DataFrame) -> Iterator[Notice]:
    if said := say_shared_keys(count_shared(exported_keys(ledger))):
        yield _notice(gettext("Source key"), said)


def _notice(heading: str, said: str = "", items: Iterable[str] = ()) -> Notice:
    return {"heading": heading, "said": said, "items": list(items)}


def _about_closed(found: Notices) -> list[str]:
    """Count closed accounts, and say where one decides about them."""
    items = []
    if found.inactive:
        items.append(
            ngettext(
                "{count} exported user has a closed account (deleted, banned, disabled). To leave them out, choose so "
                "under “Deleted or banned accounts” in 02.",
                "{count} exported users have a closed account (deleted, banned, disabled). To leave them out, choose "
                "so under “Deleted or banned accounts” in 02.",
                found.inactive,
            )
        )
    if found.inactive_left_out:
        items.append(
            ngettext(
                "{count} row of a closed account (deleted, banned, disabled) is left out, as you chose in 02.",
                "{count} rows of closed accounts (deleted, banned, disabled) are left out, as you chose in 02.",
                found.inactive_left_out,
            )
        )
    return items


def _about_columns(columns: str) -> str:
    """Say which columns may be states of accounts, and where one says so."""
    return gettext(
        "The column {columns} may say which accounts are closed. If so, choose “Account closed (account_state)” "
        "for it in 01, and say under “What codes of accounts mean” in 02 what each word means.",
        columns=columns,
    )


def _about_states() -> str:
    """Say where one says which words are states of accounts."""
    return gettext(
        "These words are not known as states of an account, and go on as active. Say under “What codes of accounts "
        "mean” in 02 what each means."
    )


def _meaning(code: str) -> str:
    return gettext(CODES[code].meaning) if code in CODES else code


def _steps() -> dict[str, str]:
    return {
        "read": gettext("rows read"),
        "absorbed": gettext("absorbed into another row of the same person"),
        "rejected": gettext("rejected, with the reason in rejected_rows.csv"),
        "exported": gettext("exported"),
    }


def _parts(count: int, users: int) -> str:
    people = ngettext("{count} user", "{count} users", users)
    if count == 1:
        return gettext("One file with {users}: upload it under Users, Import Users.", users=people)
    return gettext(
        "{count} files with {users} in all, since the Console takes {most} at a time: upload each of them under "
        "Users, Import Users.",
        count=count,
        users=people,
        most=number(USERS_PER_FILE),
    )


def _first_rows(path: Path, delimiter: str) -> tuple[list[str], list[list[str]]]:
    """Read the header and the first rows of a file, as an importer does."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(islice(csv.reader(file, delimiter=delimiter), PREVIEW_ROWS + 1))
    header, *rows = [[_cut(cell) for cell in line] for line in lines]
    return header, rows


def _cut(cell: str) -> str:
    """Cut a long value, but no email, which is told by its end from another."""
    return cell if len(cell) <= _LONGEST_SHOWN or _EMAIL.fullmatch(cell) else f"{cell[:_LONGEST_SHOWN]}…"
