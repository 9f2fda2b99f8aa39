"""Panel of the write-back: database and table from lists, a look with its SQL, consent, and undo."""

from __future__ import annotations

import os

import ipywidgets
import pandas as pd

from passage_kit.database.urls import DATABASE_URL
from passage_kit.errors import OptionError
from passage_kit.push.rehearsal import has_rehearsed, of_a_rehearsal
from passage_kit.reading.readers import read_users
from passage_kit.translations import gettext, ngettext, worded
from passage_kit.widgets.consent_panel import LAYOUT, WIDE, ConsentPanel, button, text_field
from passage_kit.widgets.panel import GOOD, INFO, WARNING, Message
from passage_kit.widgets.planned_rows import PlannedRows
from passage_kit.widgets.sample_files import is_copy_of_sample
from passage_kit.widgets.secret_field import SecretField
from passage_kit.workspace.workspace import Workspace
from passage_kit.writeback.listed_tables import ListedTable, list_tables
from passage_kit.writeback.run_record import NothingWrittenError
from passage_kit.writeback.users_table import UsersTable
from passage_kit.writeback.writeback import write_passage_ids
from passage_kit.writeback.writeback_result import WriteBack
from passage_kit.writeback.writeback_undo import WriteBackUndone, undo_write_back

SAMPLE, VARIABLE, TYPED = "sample", "variable", "typed"
_OF_SAMPLE = ("users",)  # tables of the sample's database


class WriteBackIds(ConsentPanel):
    """Panel that writes the Passage ids into the application's users table, and takes them out again.

    Nothing changes before a dry run has shown the changes and the SQL, and a person has agreed to them, but for the
    sample's database by :meth:`run`.

    Parameters
    ----------
    workspace : Workspace
        Workspace with the Passage ids of a push; it records the run.

    Notes
    -----
    ``value`` is the last result, and ``planned`` shows each row of it. An address that is typed is never shown, and in
    no widget's state, since it may hold a password.

    See Also
    --------
    passage_kit.write_passage_ids : Write the ids in Python.
    passage_kit.undo_write_back : Take them out again.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> panel = WriteBackIds(Workspace(tempfile.mkdtemp()))
    >>> panel.table.value, panel.column.value, panel.act.disabled
    ('users', 'passage_id', True)
    """

    title = "Write back the Passage ids"
    made_from = "out/passage_ids.csv"
    files_of = ("out/write_back.csv", "out/merge_these_accounts.csv", "out/ids_without_row.csv")
    intro = (
        "The kit finds the row of each id by the source key, then by email, then by phone. It sets no id if the match "
        "is not certain, and leaves a row with another id alone."
    )

    def __init__(self, workspace: Workspace) -> None:
        self._tables: dict[str, ListedTable] = {}
        self._rehearsed = False
        variable = (gettext("The address in {variable}", variable=DATABASE_URL), VARIABLE)
        kinds = [
            (gettext("The sample's database, a copy"), SAMPLE),
            *([variable] if os.environ.get(DATABASE_URL) else []),
            (gettext("Another database"), TYPED),
        ]
        self.database = ipywidgets.RadioButtons(
            options=kinds, description=gettext("Database"), style=WIDE, layout=LAYOUT
        )
        example = "postgresql://user:password@host/database"
        hint = gettext("Such as {example}. It is not shown or saved.", example=example)
        self.address = SecretField(gettext("Its address"), hint, self._connect)
        self.table = ipywidgets.Dropdown(
            options=_OF_SAMPLE, description=gettext("Users table"), style=WIDE, layout=LAYOUT
        )
        primary = [(gettext("The primary key"), "")]
        self.key = ipywidgets.Dropdown(options=primary, description=gettext("Source key"), style=WIDE, layout=LAYOUT)
        self.column = text_field(gettext("Column of the ids"), "passage_id", gettext("added if it is missing"))
        self.ids = text_field(gettext("Passage ids"), "", gettext("those of the push; or a file from the Console"))
        self.list = button(gettext("List the tables"), "list")
        ids = self._with_upload(self.ids, gettext("Upload ids"), ".csv,.json")
        listing = ipywidgets.HBox([self.list])
        choices = [self.database, self.address, listing, self.table, self.key, self.column, ids]
        self.planned = PlannedRows(self.complain)
        act, undo = gettext("Write"), gettext("Set them back")
        super().__init__(workspace, choices, act=act, undo=undo, shown=(self.planned,))
        self._value: WriteBack | WriteBackUndone | None = None
        self._changed()
        self.list.on_click(lambda _button: self._connect())
        self.database.observe(lambda _change: self._turn_to_database(), "value")
        self.table.observe(lambda _change: self._show_keys(), "value")
        for control in (self.database, self.table, self.key, self.column, self.ids):
            control.observe(lambda _change: self._changed(), "value")

    # The verbs, for cells and buttons alike

    def run(self) -> WriteBack:
        """Look, and write if list and database are the sample's; another one waits for consent in the panel.

        Returns
        -------
        WriteBack
            What was written, or what would be.

        Raises
        ------
        PassageKitError
            As :func:`passage_kit.write_passage_ids`. The panel shows the message, too.
        """
        planned: WriteBack = self._now(lambda: self._act(dry_run=True))
        is_practice = self.database.value == SAMPLE and not self._mixes
        return self._now(lambda: self._act(dry_run=False)) if is_practice else planned

    def undo(self) -> WriteBackUndone:
        """Say what an undo would set back, which is nothing if nothing was written here.

        The panel goes on to show what was written.
        """
        planned: WriteBackUndone = self._now(self._look_back, shown=False)
        return planned

    def _look_back(self) -> WriteBackUndone:
        try:
            return self._take_back(dry_run=True)
        except NothingWrittenError:  # as after a look with a list of one's own
            return WriteBackUndone(self._table_name(), 0, 0, 0, column_dropped=False, sql=(), dry_run=True)

    def rows(self) -> pd.DataFrame:
        """Read the users table as it is now, as :func:`passage_kit.read_users` does."""
        db = self._db()
        return read_users(db or os.environ[DATABASE_URL], table=self._table_name())

    @property
    def _mixes(self) -> bool:
        """Tell whether the ids of another list would go into the database of the sample."""
        if self.database.value != SAMPLE or self.ids.value.strip() or not self.workspace.has_plan:
            return False
        source = self.workspace.load_plan().source
        return source is not None and not is_copy_of_sample(source)

    def _act(self, *, dry_run: bool) -> WriteBack:
        ids = self.ids.value.strip() or self.workspace
        of_push = ids is self.workspace and self.database.value != SAMPLE
        self._rehearsed = of_push and has_rehearsed(self.workspace)
        db, table = self._db(), self._users_table()
        return write_passage_ids(ids, table=table, workspace=self.workspace, db=db, dry_run=dry_run)

    def _take_back(self, *, dry_run: bool) -> WriteBackUndone:
        return undo_write_back(self.workspace, db=self._db(), dry_run=dry_run)

    def _users_table(self) -> UsersTable:
        key = (self.key.value,) if self.key.value else ()
        return UsersTable(self._table_name(), key=key, column=self.column.value.strip())

    def _table_name(self) -> str:
        if not self.table.value:
            raise OptionError(
                worded("The write-back has no users table yet. Choose it from the list. Nothing was changed.")
            )
        return str(self.table.value)

    def _db(self) -> str | None:
        """Give the address of the chosen database; None for that of the environment."""
        if self.database.value == SAMPLE:
            return self.workspace.sample_database()
        if self.database.value == VARIABLE:
            return None
        if not self.address.secret:
            raise OptionError(worded("The write-back has no database yet. Type its address. Nothing was changed."))
        return self.address.secret

    # Tables and keys to choose from

    def _connect(self) -> None:
        self._changed()
        self._work(gettext("Listing the tables"), lambda: list_tables(self._db()), self._take_tables)

    def _take_tables(self, tables: list[ListedTable]) -> None:
        self._tables = {table.name: table for table in tables}
        self._offer(tuple(self._tables))
        if not tables:
            self._say((WARNING, gettext("The database has no table. Check its address.")))
            self._arm()
            return
        found = ngettext(
            "The database has {count} table. Choose the users table, then look.",
            "The database has {count} tables. Choose the users table, then look.",
            len(tables),
        )
        self._say((INFO, found))
        self._arm()

    def _turn_to_database(self) -> None:
        """Offer the tables of the database that was chosen, as soon as its address is there."""
        self._tables = {}
        self._offer(_OF_SAMPLE if self.database.value == SAMPLE else ())
        if self.database.value == VARIABLE or (self.database.value == TYPED and self.address.secret):
            self._connect()

    def _offer(self, names: tuple[str, ...]) -> None:
        """Offer other tables; the chosen one stays if it is among them, and else a person chooses."""
        chosen = self.table.value if self.table.value in names else names[0] if len(names) == 1 else None
        self.table.options, self.table.value = names, chosen
        self._show_keys()

    def _show_keys(self) -> None:
        table, chosen = self._tables.get(self.table.value), self.key.value
        named = gettext("The primary key")
        if table and table.key:
            named = gettext("The primary key ({columns})", columns=", ".join(table.key))
        self.key.options = [(named, ""), *((name, name) for name in (table.columns if table else ()))]
        self.key.value = chosen if table and chosen in table.columns else ""

    # What the page shows

    def _changed(self) -> None:
        self.address.layout.display = "" if self.database.value == TYPED else "none"
        self.planned.tell(None)
        super()._changed()

    def _arm(self) -> None:
        super()._arm()
        self.list.disabled = self.busy

    def _take_outcome(self, outcome: WriteBack | WriteBackUndone) -> None:
        self.planned.tell(outcome if isinstance(outcome, WriteBack) else None)
        super()._take_outcome(outcome)

    def _other_since(self) -> str:
        return gettext("The Passage ids are other ones since.")

    def _about(self, outcome: WriteBack | WriteBackUndone) -> None:
        if isinstance(outcome, WriteBackUndone):
            self._say(self._about_undo(outcome))
        else:
            warned = [of_a_rehearsal()] if self._rehearsed else [_of_another_list()] if self._mixes else []
            self._say(self._about_write(outcome), *((WARNING, text) for text in warned))

    def _about_write(self, result: WriteBack) -> Message:
        count = len(result.to_set)
        if not result.dry_run:
            return GOOD, ngettext(
                "{count} row set and checked. The accounts to merge are in {folder}.",
                "{count} rows set and checked. The accounts to merge are in {folder}.",
                count,
                folder=self.workspace.out,
            )
        if not count:
            return INFO, gettext("No row has to be set.")
        self._ask(self.consent, self._question(count, result.table))
        return INFO, gettext("These are the planned changes. Nothing was changed. To write, agree below.")

    def _question(self, count: int, table: str) -> str:
        if self._rehearsed:
            return ngettext(
                "Yes, set {count} row of {table} to an id of a rehearsal",
                "Yes, set {count} rows of {table} to ids of a rehearsal",
                count,
                table=table,
            )
        return ngettext("Yes, set {count} row of {table}", "Yes, set {count} rows of {table}", count, table=table)

    def _about_undo(self, result: WriteBackUndone) -> Message:
        count = result.set_back
        if not result.dry_run:
            return GOOD, ngettext("{count} row set back.", "{count} rows set back.", count)
        question = ngettext(
            "Yes, set back {count} row of {table}", "Yes, set back {count} rows of {table}", count, table=result.table
        )
        self._ask(self.undo_consent, question)
        return INFO, gettext("This is what an undo would set back. Nothing was changed. To do it, agree below.")

    def _call(self) -> str:
        """Write the equivalent code; a typed address comes from the environment there."""
        db = "workspace.sample_database()" if self.database.value == SAMPLE else f'"env:{DATABASE_URL}"'
        key = f", key={self.key.value!r}" if self.key.value else ""
        table = f"pk.UsersTable({self.table.value!r}{key}, column={self.column.value!r})"
        ids = repr(self.ids.value.strip()) if self.ids.value.strip() else "workspace"
        return (
            f"db = {db}\ntable = {table}\n"
            f"written = pk.write_passage_ids({ids}, table=table, workspace=workspace, db=db)"
        )


def _of_another_list() -> str:
    return gettext(
        "This is the database of the sample, and your list is another one: people who have the same key here are not "
        "yours. Choose “Another database” above, and type the address of yours."
    )
