"""What linking needs of an application's users table, whatever keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from passage_kit.golive.directory import PassagePerson

User = TypeVar("User")

MOST_MATCHES = 3  # rows with one identifier that linking looks at; two are too many already

Event = Literal["linked", "created", "held", "refused", "undone", "released"]


@dataclass(frozen=True, slots=True)
class Match:
    """A row of the users table whose email or phone is that of a user of Passage.

    Parameters
    ----------
    key : object
        Primary key of the row.
    passage_id : str or None
        Passage id that the row has already.
    email, phone : str or None
        As the row has them.
    """

    key: Any
    passage_id: str | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LinkNote:
    """One line of the record of links. It holds ids alone: no email, no phone, no name.

    Parameters
    ----------
    passage_id : str
    event : {"linked", "created", "held", "refused", "undone", "released"}
        ``refused``: Passage says that the user is inactive. ``released`` lets a held user have a row of their own.
    user_key : str, default ""
        Primary key of the row as text; ``""`` for a hold.
    reason : str, default ""
        Why, as a word.
    noted_at : datetime.datetime, optional
        In UTC. Default: now.
    """

    passage_id: str
    event: Event
    user_key: str = ""
    reason: str = ""
    noted_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))


class UserStore(Protocol[User]):
    """The users table of an application, and the record of links beside it.

    :class:`SqlUsers` and :class:`DjangoUsers` are two. Each method is one transaction.
    """

    def find(self, passage_id: str) -> User | None:
        """Give the row with exactly this Passage id, inactive ones too."""

    def is_active(self, user: User) -> bool:
        """Tell whether a row's user may sign in."""

    def matches(self, person: PassagePerson) -> Sequence[Match]:
        """Give rows with the person's email, or with the phone, in any case of letters; MOST_MATCHES of each."""

    def link(self, key: Any, note: LinkNote) -> bool:
        """Set the Passage id of a row that has none, and note it; False if it has one, or another row has this one."""

    def is_free(self, key: Any) -> bool:
        """Tell whether there is a row with this primary key, and it has no Passage id."""

    def create(self, person: PassagePerson, note: LinkNote) -> User | None:
        """Insert a row unless there is one with the Passage id, and give it; None if another unique value is taken."""

    def unlink(self, key: Any, note: LinkNote) -> bool:
        """Take the Passage id off the row that has it, and note it; False if that row does not have it any more."""

    def note(self, note: LinkNote) -> None:
        """Note what changes no row."""

    def notes(self, passage_id: str | None = None) -> Sequence[LinkNote]:
        """Give what was noted of one Passage id, or of all, the oldest first."""

    def key_of(self, user: User) -> Any:
        """Give the primary key of a row."""

    def check(self) -> None:
        """Raise DatabaseError if the table cannot keep the promise of one row for a Passage id."""


class AsyncUserStore(Protocol[User]):
    """The users table of an asynchronous application; see :class:`UserStore` for what each method does."""

    async def find(self, passage_id: str) -> User | None: ...
    def is_active(self, user: User) -> bool: ...
    async def matches(self, person: PassagePerson) -> Sequence[Match]: ...
    async def link(self, key: Any, note: LinkNote) -> bool: ...
    async def create(self, person: PassagePerson, note: LinkNote) -> User | None: ...
    async def note(self, note: LinkNote) -> None: ...
    async def notes(self, passage_id: str | None = None) -> Sequence[LinkNote]: ...
    def key_of(self, user: User) -> Any: ...
    async def check(self) -> None: ...
