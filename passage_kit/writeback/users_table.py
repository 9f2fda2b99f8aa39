"""Settings of the application's users table, and facts about it from the database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from passage_kit.errors import OptionError
from passage_kit.translations import in_panel, worded

BATCH = "passage_kit_batch"
_NO_NAME = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class UsersTable:
    """The application's users table, with its key and the column for the Passage ids.

    Parameters
    ----------
    name : str
        Name of the table. Put the schema before it unless it is the default one, such as ``crm.users``. Quotes are
        needed only if a dot belongs to a name and could be read otherwise, such as ``crm."x.y"``.
    key : str or tuple of str, default ()
        Columns with the values that were mapped to ``source_key``; several if the source key joins them. Default: the
        primary key.
    column : str, default "passage_id"
        Column for the Passage ids. The write-back adds it if it is missing.
    email, phone : str, optional
        Columns of the identifiers, to match ids that no source key leads to a row. Default: the write-back finds them
        by name and by value, if it needs them.
    state : str, optional
        Column that tells the state of the account, such as ``deleted_at``, for :func:`find_drift`.

    Raises
    ------
    OptionError
        If a name is empty, or has a character that no database takes.

    See Also
    --------
    write_passage_ids : Write the ids into this table.
    find_drift : Compare the table with Passage.

    Examples
    --------
    >>> UsersTable("crm.users", key=("tenant", "id")).key
    ('tenant', 'id')
    >>> UsersTable("users", key="id").key
    ('id',)
    """

    name: str
    key: str | tuple[str, ...] = ()
    column: str = "passage_id"
    email: str | None = None
    phone: str | None = None
    state: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.key,) if isinstance(self.key, str) else tuple(self.key))
        if not self.name or not self.column or not all(self.key):
            raise OptionError(
                in_panel(
                    "The users table has an empty name or column name. Give its name, such as table='users'.",
                    "The users table or the column of the ids has no name. Fill it in.",
                )
            )
        for name in (self.name, self.column, *self.key, *filter(None, self._others)):
            if _NO_NAME.search(name):
                raise OptionError(
                    worded("The name {name} has a character that no database takes. Correct it.", name=repr(name))
                )

    @property
    def _others(self) -> tuple[str | None, ...]:
        return self.email, self.phone, self.state


@dataclass(frozen=True, slots=True)
class TableFacts:
    """Facts about the users table from the database.

    Parameters
    ----------
    schema : str or None
    name : str
    identity : tuple of str
        Columns that identify a row: the primary key, or else the key.
    key : tuple of str
        Columns of the source key.
    key_kind : {"integer", "uuid", "char", "binary", "text"}
        Kind of comparison between these columns and the source keys.
    column : str
        Column of the Passage ids.
    has_column : bool
        Whether the table has the column already.
    uniques, indexes : tuple of str
        Names of the unique indexes and of the other indexes on that column alone.
    constraints : tuple of str, default ()
        Names of the unique indexes that belong to a constraint.
    broken : tuple of str, default ()
        Names of indexes on the column that PostgreSQL did not finish building.
    email, phone : str, optional
        Columns of the identifiers to match by.
    state : str, optional
        Column of the state of the accounts.
    triggers : tuple of str, default ()
        Names of the table's triggers.
    length : int, optional
        Number of characters that the column holds, if there is a limit.
    online : bool, default True
        Whether an index can be built without locking the table.
    strict : bool, default False
        Whether the table is a STRICT one of SQLite, which knows few types.
    padded : bool, default False
        Whether the column fills ids with blanks up to its length.
    loose : tuple of str, default ()
        Columns of the identity in which the database may take different values for one, such as ``Ann`` and ``ann``.
    caseless : bool, default False
        Whether the column of the Passage ids takes capitals for small letters.
    mark : str, optional
        What tells the column from another one of the same name.
    heirs : tuple of str, default ()
        Names of tables that inherit from this one in PostgreSQL.
    partition : bool, default False
        Whether the table is a partition of another one.
    partitioned : bool, default False
        Whether the table consists of partitions, across which MariaDB and MySQL build no unique index.
    batch : str, default "passage_kit_batch"
        Name of the temporary table, which no table of the database has.
    index : str, optional
        Name of the index on the column, which no other index has. Default: a name made of those of table and column.
    """

    schema: str | None
    name: str
    identity: tuple[str, ...]
    key: tuple[str, ...]
    key_kind: str
    column: str
    has_column: bool
    uniques: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    state: str | None = None
    triggers: tuple[str, ...] = ()
    length: int | None = None
    online: bool = True
    strict: bool = False
    padded: bool = False
    loose: tuple[str, ...] = ()
    caseless: bool = False
    mark: str | None = None
    heirs: tuple[str, ...] = ()
    partition: bool = False
    partitioned: bool = False
    batch: str = BATCH
    index: str | None = None

    @property
    def shown(self) -> str:
        """Name of the table for messages."""
        return f"{self.schema}.{self.name}" if self.schema else self.name
