"""Users tables of SQLAlchemy, sync and async, as linking needs them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from passage_kit.errors import OptionError
from passage_kit.golive.directory import PassagePerson
from passage_kit.golive.linking import spellings
from passage_kit.golive.sql_links import check_table, read_notes, write_note
from passage_kit.golive.stores import MOST_MATCHES, LinkNote, Match

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

User = TypeVar("User")
T = TypeVar("T")
NewUser = Callable[[PassagePerson], Mapping[str, Any]]

_MYSQL_DUPLICATE = 1062
_BITS = 63  # of the largest whole number that a database has, beside its sign
_log = logging.getLogger("passage_kit.golive")


class _UserRows(Generic[User]):
    """What is asked of the rows of a mapped class, each within the transaction of a session."""

    def __init__(
        self,
        model: type[User],
        *,
        passage_id: str,
        email: str | None,
        phone: str | None,
        active: str | None,
        new_user: NewUser | None,
    ) -> None:
        mapper = sa.inspect(model, raiseerr=True)
        named = {"passage_id": passage_id, "email": email, "phone": phone, "active": active}
        known = set(mapper.column_attrs.keys())
        for option, name in named.items():
            if name is not None and name not in known:
                raise OptionError(f"{option}: {model.__name__} has no attribute {name!r} with a column.")
        self.model, self._mapper, self._new_user = model, mapper, new_user
        self.table: sa.Table = mapper.local_table
        self._named = {option: name for option, name in named.items() if name is not None}
        self.passage_id = self._column(passage_id)
        self.key = mapper.primary_key[0]

    def _column(self, attribute: str) -> sa.Column[Any]:
        column: sa.Column[Any] = self._mapper.column_attrs[attribute].columns[0]
        return column

    def find(self, passage_id: str, session: Session) -> User | None:
        user = session.scalars(sa.select(self.model).where(self.passage_id == passage_id)).first()
        # A collation may take capitals for small letters.
        is_the_one = user is not None and getattr(user, self._named["passage_id"]) == passage_id
        return user if is_the_one else None

    def is_active(self, user: User) -> bool:
        return bool(getattr(user, self._named["active"])) if "active" in self._named else True

    def key_of(self, user: User) -> Any:
        return self._mapper.primary_key_from_instance(user)[0]

    def matches(self, person: PassagePerson, session: Session) -> list[Match]:
        conditions: list[sa.ColumnElement[bool]] = []
        if person.email and "email" in self._named:
            # Databases differ in which letters they lower, so one of the spellings is lowered by this one.
            wanted = [sa.func.lower(person.email), *spellings(person.email)]
            conditions.append(sa.func.lower(self._column(self._named["email"])).in_(wanted))
        if person.phone and "phone" in self._named:
            conditions.append(self._column(self._named["phone"]) == person.phone)
        shown = [self._shown(option) for option in ("email", "phone")]
        found: dict[Any, Match] = {}
        for condition in conditions:
            query = sa.select(self.key, self.passage_id, *shown).where(condition).limit(MOST_MATCHES)
            found |= {row[0]: Match(*row) for row in session.connection().execute(query)}
        return list(found.values())

    def _shown(self, option: str) -> Any:
        return self._column(self._named[option]) if option in self._named else sa.null()

    def link(self, key: Any, note: LinkNote, session: Session) -> bool:
        change = sa.update(self.table).where(self.key == key, self.passage_id.is_(None))
        return self._changed(change.values({self.passage_id: note.passage_id}), note, session)

    def is_free(self, key: Any, session: Session) -> bool:
        query = sa.select(self.key).where(self.key == key, self.passage_id.is_(None))
        return session.connection().execute(query).first() is not None

    def key_from(self, text: str) -> Any:
        kind = self.key.type.python_type
        try:
            key = kind(text)
            if isinstance(key, int) and key.bit_length() > _BITS:
                raise ValueError(text)
            return key
        except (TypeError, ValueError):
            raise OptionError(
                f"The key {text!r} is none of {self.table.name}.{self.key.name}, expected {kind.__name__}. Correct it."
            ) from None

    def unlink(self, key: Any, note: LinkNote, session: Session) -> bool:
        change = sa.update(self.table).where(self.key == key, self.passage_id == note.passage_id)
        return self._changed(change.values({self.passage_id: None}), note, session)

    def _changed(self, change: sa.Update, note: LinkNote, session: Session) -> bool:
        changed = session.connection().execute(change).rowcount == 1
        if changed:
            write_note(session, note)
        return changed

    def insert(self, person: PassagePerson, note: LinkNote, session: Session) -> None:
        """Insert a row and note it, or do nothing if a unique value of it is taken."""
        given: dict[str, Any] = {"passage_id": person.passage_id, "email": person.email, "phone": person.phone}
        given["active"] = True
        own = {self._named[option]: value or None for option, value in given.items() if option in self._named}
        more = self._new_user(person) if self._new_user else {}
        values = {self._column(name).key: value for name, value in {**own, **more}.items()}
        key = self._insert_or_nothing(values, session)
        if key is not None:
            write_note(session, replace(note, user_key=str(key)))
            _log.info("Created: a row for the user %s of Passage.", person.passage_id)

    def _insert_or_nothing(self, values: Mapping[str, Any], session: Session) -> Any:
        """Insert a row, and give its primary key; None if a unique value is taken."""
        connection = session.connection()
        kinds: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
        if insert := kinds.get(connection.dialect.name):
            added = insert(self.table).values(**values).on_conflict_do_nothing().returning(self.key)
            return connection.execute(added).scalar()
        # INSERT IGNORE of MySQL would let truncated and missing values pass as well.
        try:
            with connection.begin_nested():
                made = connection.execute(sa.insert(self.table).values(**values))
        except IntegrityError as error:
            if error.orig is not None and error.orig.args[:1] == (_MYSQL_DUPLICATE,):
                return None
            raise
        return None if made.inserted_primary_key is None else made.inserted_primary_key[0]


class SqlUsers(Generic[User]):
    """A users table of SQLAlchemy, for linking.

    Each question is a transaction of its own, so a session of the application never waits for one. Rows are given as
    instances of the mapped class that belong to no session; ``session.merge(user, load=False)`` takes one into a
    session. A row is inserted by its columns: defaults of the columns hold, events of the ORM do not fire.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        PostgreSQL, MySQL, MariaDB or SQLite.
    model : type
        Mapped class with a primary key of one column.
    passage_id, email, phone, active : str or None
        Attributes of the class. Default: ``passage_id``, ``email``, and neither a phone nor an active flag. Without an
        active flag, every row may sign in. An index on ``lower(email)`` makes a first sign-in quick.
    new_user : callable, optional
        Gives further values of a new row by attribute, for a :class:`PassagePerson` with proved identifiers alone.

    Raises
    ------
    OptionError
        If the class has no such attribute.

    See Also
    --------
    AsyncSqlUsers : The same for an ``AsyncEngine``.
    links_table : The record of links that has to stand beside the table.

    Examples
    --------
    >>> from sqlalchemy.orm import DeclarativeBase
    >>> from passage_kit.golive import links_table
    >>> class Base(DeclarativeBase):
    ...     pass
    >>> class Account(Base):
    ...     __tablename__ = "accounts"
    ...     id = sa.Column(sa.Integer, primary_key=True)
    ...     email = sa.Column(sa.String)
    ...     passage_id = sa.Column(sa.String, unique=True)
    >>> _ = links_table(Base.metadata)
    >>> engine = sa.create_engine("sqlite://")
    >>> Base.metadata.create_all(engine)
    >>> users = SqlUsers(engine, Account)
    >>> users.check()
    >>> users.find("9DeEXvYBStnzwQcHFd6f558L") is None
    True
    """

    def __init__(
        self,
        engine: sa.Engine,
        model: type[User],
        *,
        passage_id: str = "passage_id",
        email: str | None = "email",
        phone: str | None = None,
        active: str | None = None,
        new_user: NewUser | None = None,
    ) -> None:
        self._engine = engine
        self._rows = _UserRows(model, passage_id=passage_id, email=email, phone=phone, active=active, new_user=new_user)
        self.is_active, self.key_of = self._rows.is_active, self._rows.key_of
        self.key_from = self._rows.key_from  # a key of its text, as the record of links has it

    def _in_one(self, work: Callable[[Session], T]) -> T:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            return work(session)

    def find(self, passage_id: str) -> User | None:
        """Give the row with exactly this Passage id, inactive ones too."""
        return self._in_one(partial(self._rows.find, passage_id))

    def matches(self, person: PassagePerson) -> Sequence[Match]:
        """Give rows with the person's email, or with the phone."""
        return self._in_one(partial(self._rows.matches, person))

    def link(self, key: Any, note: LinkNote) -> bool:
        """Set the Passage id of a row that has none, and note it."""
        try:
            return self._in_one(partial(self._rows.link, key, note))
        except IntegrityError:  # another row has the id
            return False

    def is_free(self, key: Any) -> bool:
        """Tell whether there is a row with this primary key, and it has no Passage id."""
        return self._in_one(partial(self._rows.is_free, key))

    def create(self, person: PassagePerson, note: LinkNote) -> User | None:
        """Insert a row unless there is one with the Passage id, and give it."""
        self._in_one(partial(self._rows.insert, person, note))
        return self.find(person.passage_id)  # in a new transaction, which sees what others have inserted

    def unlink(self, key: Any, note: LinkNote) -> bool:
        """Take the Passage id off the row that has it, and note it."""
        return self._in_one(partial(self._rows.unlink, key, note))

    def note(self, note: LinkNote) -> None:
        """Note what changes no row."""
        self._in_one(lambda session: write_note(session, note))

    def notes(self, passage_id: str | None = None) -> Sequence[LinkNote]:
        """Give what was noted of one Passage id, or of all, the oldest first."""
        return self._in_one(lambda session: read_notes(session, passage_id))

    def check(self) -> None:
        """Raise DatabaseError if the table cannot keep the promise of one row for a Passage id."""
        self._in_one(lambda session: check_table(session, self._rows.table, self._rows.passage_id.name))


class AsyncSqlUsers(Generic[User]):
    """A users table of SQLAlchemy behind an ``AsyncEngine``, for linking; see :class:`SqlUsers` for the options.

    Parameters
    ----------
    engine : sqlalchemy.ext.asyncio.AsyncEngine
    model : type
    passage_id, email, phone, active : str or None
    new_user : callable, optional
    """

    def __init__(
        self,
        engine: AsyncEngine,
        model: type[User],
        *,
        passage_id: str = "passage_id",
        email: str | None = "email",
        phone: str | None = None,
        active: str | None = None,
        new_user: NewUser | None = None,
    ) -> None:
        self._engine = engine
        self._rows = _UserRows(model, passage_id=passage_id, email=email, phone=phone, active=active, new_user=new_user)
        self.is_active, self.key_of = self._rows.is_active, self._rows.key_of

    async def _in_one(self, work: Callable[[Session], T]) -> T:
        from sqlalchemy.ext.asyncio import AsyncSession  # asks for greenlet, which sync applications need not have

        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            return await session.run_sync(work)

    async def find(self, passage_id: str) -> User | None:
        """Give the row with exactly this Passage id, inactive ones too."""
        return await self._in_one(partial(self._rows.find, passage_id))

    async def matches(self, person: PassagePerson) -> Sequence[Match]:
        """Give rows with the person's email, or with the phone."""
        return await self._in_one(partial(self._rows.matches, person))

    async def link(self, key: Any, note: LinkNote) -> bool:
        """Set the Passage id of a row that has none, and note it."""
        try:
            return await self._in_one(partial(self._rows.link, key, note))
        except IntegrityError:  # another row has the id
            return False

    async def create(self, person: PassagePerson, note: LinkNote) -> User | None:
        """Insert a row unless there is one with the Passage id, and give it."""
        await self._in_one(partial(self._rows.insert, person, note))
        return await self.find(person.passage_id)  # in a new transaction, which sees what others have inserted

    async def note(self, note: LinkNote) -> None:
        """Note what changes no row."""
        await self._in_one(lambda session: write_note(session, note))

    async def notes(self, passage_id: str | None = None) -> Sequence[LinkNote]:
        """Give what was noted of one Passage id, or of all, the oldest first."""
        return await self._in_one(lambda session: read_notes(session, passage_id))

    async def check(self) -> None:
        """Raise DatabaseError if the table cannot keep the promise of one row for a Passage id."""
        await self._in_one(lambda session: check_table(session, self._rows.table, self._rows.passage_id.name))
