"""Which table of the application takes the Passage ids, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from passage_kit.errors import OptionError


@dataclass(frozen=True, slots=True)
class UsersTable:
    """The application's users table, as its owner names it.

    Parameters
    ----------
    name : str
        With its schema where it is not the default one (``crm.users``); written as it is, unquoted.
    key : str or tuple of str, default ()
        Columns that hold what was mapped to ``source_key``; several for a key that was joined of them. Default: the
        primary key.
    column : str, default "passage_id"
        Column of the Passage ids; added if missing.
    email, phone : str, optional
        Columns of the identifiers, for ids that no source key leads to a row. Default: found by name and by value, if
        such ids are left.

    Raises
    ------
    OptionError
        If a name is empty.

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

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.key,) if isinstance(self.key, str) else tuple(self.key))
        if not self.name or not self.column or not all(self.key):
            raise OptionError("The users table needs a name, and no empty column names. Give table='users', say.")


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What the database says of the users table.

    Parameters
    ----------
    schema : str or None
    name : str
    identity : tuple of str
        Columns that tell its rows apart: the primary key, or else the key.
    key : tuple of str
        Columns of the source key.
    key_kind : {"integer", "uuid", "char", "binary", "text"}
        How source keys are compared with them.
    column : str
        Of the Passage ids.
    has_column : bool
    uniques, indexes : tuple of str
        Names of the unique and of the other indexes on that column alone.
    constraints : tuple of str, default ()
        Those unique ones that belong to a constraint.
    broken : tuple of str, default ()
        Indexes on it whose building was interrupted (PostgreSQL).
    email, phone : str, optional
        Columns to match by.
    triggers : tuple of str, default ()
    length : int, optional
        Characters that the column holds, if there is a limit.
    online : bool, default True
        Whether an index can be built without locking the table.
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
    triggers: tuple[str, ...] = ()
    length: int | None = None
    online: bool = True

    @property
    def shown(self) -> str:
        """The table's name for messages."""
        return f"{self.schema}.{self.name}" if self.schema else self.name
