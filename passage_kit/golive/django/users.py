"""The users table of a Django project, as linking needs it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, connections, router, transaction
from django.db.models import Q

from passage_kit.errors import DatabaseError, OptionError
from passage_kit.golive.directory import PassagePerson
from passage_kit.golive.linking import spellings
from passage_kit.golive.stores import MOST_MATCHES, LinkNote, Match

NewUser = Callable[[PassagePerson], Mapping[str, Any]]

_COLLATION = (
    "SELECT collation_name FROM information_schema.columns "
    "WHERE table_schema = database() AND table_name = %s AND column_name = %s"
)
_log = logging.getLogger("passage_kit.golive")


class DjangoUsers:
    """The users table of a Django project (``AUTH_USER_MODEL``), for linking.

    Rows are looked up past managers that hide some, since an inactive user that is not found would get a second row. A
    new row is saved like any other, with its signals and an unusable password.

    Parameters
    ----------
    passage_id, email, phone, active : str or None
        Fields of the model. Default: ``passage_id`` (unique), ``email``, no phone, and ``is_active``.
    new_user : callable, optional
        Gives further values of a new row by field, for a :class:`PassagePerson` with proved identifiers alone. Default:
        a user name is the Passage id.

    See Also
    --------
    Authenticator : Link by this table.
    DjangoMiddleware : Set ``request.user`` by it.
    """

    def __init__(
        self,
        *,
        passage_id: str = "passage_id",
        email: str | None = "email",
        phone: str | None = None,
        active: str | None = "is_active",
        new_user: NewUser | None = None,
    ) -> None:
        self._passage_id, self._email, self._phone, self._active = passage_id, email, phone, active
        self._new_user = new_user

    @property
    def _model(self) -> Any:
        return get_user_model()

    @property
    def _notes(self) -> Any:
        return apps.get_model("passage_golive", "PassageLink")._base_manager.using(self._database)

    @property
    def _rows(self) -> Any:
        return self._model._base_manager.using(self._database)

    @property
    def _database(self) -> str:
        return str(router.db_for_write(self._model))

    def find(self, passage_id: str) -> Any | None:
        """Give the row with exactly this Passage id, inactive ones too."""
        return self._exactly(self._rows.filter(**{self._passage_id: passage_id}), passage_id)

    def _exactly(self, rows: Any, passage_id: str) -> Any | None:
        """Give the row whose id has the same capitals, which a collation may not see."""
        return next((row for row in rows if getattr(row, self._passage_id) == passage_id), None)

    def is_active(self, user: Any) -> bool:
        """Tell whether a row's user may sign in."""
        return self._active is None or bool(getattr(user, self._active))

    def key_of(self, user: Any) -> Any:
        """Give the primary key of a row."""
        return user.pk

    def matches(self, person: PassagePerson) -> Sequence[Match]:
        """Give rows with the person's email, or with the phone."""
        wanted = []
        if person.email and self._email:
            more = () if person.email.isascii() else spellings(person.email)
            wanted.append(reduce(or_, (Q(**{f"{self._email}__iexact": one}) for one in (person.email, *more))))
        if person.phone and self._phone:
            wanted.append(Q(**{self._phone: person.phone}))
        found = [row for condition in wanted for row in self._rows.filter(condition)[:MOST_MATCHES]]
        return list({row.pk: self._match(row) for row in found}.values())

    def _match(self, row: Any) -> Match:
        email, phone = (getattr(row, name) if name else None for name in (self._email, self._phone))
        return Match(row.pk, getattr(row, self._passage_id), email, phone)

    def link(self, key: Any, note: LinkNote) -> bool:
        """Set the Passage id of a row that has none, and note it."""
        try:
            return self._change({"pk": key, f"{self._passage_id}__isnull": True}, note.passage_id, note)
        except IntegrityError:  # another row has the id
            return False

    def is_free(self, key: Any) -> bool:
        """Tell whether there is a row with this primary key, and it has no Passage id."""
        return bool(self._rows.filter(**{"pk": key, f"{self._passage_id}__isnull": True}).exists())

    def unlink(self, key: Any, note: LinkNote) -> bool:
        """Take the Passage id off the row that has it, and note it."""
        return self._change({"pk": key, self._passage_id: note.passage_id}, None, note)

    def _change(self, where: Mapping[str, Any], value: str | None, note: LinkNote) -> bool:
        with transaction.atomic(using=self._database):
            changed: bool = self._rows.filter(**where).update(**{self._passage_id: value}) == 1
            if changed:
                self.note(note)
        return changed

    def create(self, person: PassagePerson, note: LinkNote) -> Any | None:
        """Insert a row unless there is one with the Passage id, and give it."""
        user = self._model(**self._values(person))
        if hasattr(user, "set_unusable_password"):
            user.set_unusable_password()
        try:
            with transaction.atomic(using=self._database):
                user.save(using=self._database, force_insert=True)
                self.note(LinkNote(note.passage_id, note.event, str(user.pk), note.reason, note.noted_at))
        except IntegrityError:
            found = self._find_now(person.passage_id)
            if found is None and not self._is_taken(user):
                raise
            return found
        _log.info("Created: a row for the user %s of Passage.", person.passage_id)
        return user

    def _values(self, person: PassagePerson) -> dict[str, Any]:
        given = {self._passage_id: person.passage_id, self._email: person.email, self._phone: person.phone}
        fields = {name: self._model._meta.get_field(name) for name in given if name}
        values = {name: given[name] or (None if field.null else "") for name, field in fields.items()}
        user_name = getattr(self._model, "USERNAME_FIELD", None)
        if user_name and user_name not in values:
            values[user_name] = person.passage_id
        return {**values, **(self._new_user(person) if self._new_user else {})}

    def _find_now(self, passage_id: str) -> Any | None:
        """Find what others have inserted, also within a transaction that looks at the past."""
        if not connections[self._database].features.has_select_for_update:
            return self.find(passage_id)
        with transaction.atomic(using=self._database):
            rows = self._rows.select_for_update().filter(**{self._passage_id: passage_id})
            return self._exactly(rows, passage_id)

    def _is_taken(self, user: Any) -> bool:
        """Tell whether a unique value of a row that could not be inserted is somebody else's."""
        user.pk = None
        try:
            user.validate_unique()
            user.validate_constraints()
        except ValidationError:
            return True
        return False

    def note(self, note: LinkNote) -> None:
        """Note what changes no row."""
        values = {name: getattr(note, name) for name in ("passage_id", "event", "user_key", "reason", "noted_at")}
        self._notes.create(**values)

    def notes(self, passage_id: str | None = None) -> Sequence[LinkNote]:
        """Give what was noted of one Passage id, or of all, the oldest first."""
        found = self._notes.order_by("id") if passage_id is None else self._notes.filter(passage_id=passage_id)
        return [
            LinkNote(row.passage_id, row.event, row.user_key, row.reason, row.noted_at)
            for row in found
            if passage_id in (None, row.passage_id)
        ]

    def check(self) -> None:
        """Raise if the table cannot keep the promise of one row for a Passage id.

        Raises
        ------
        OptionError
            If the model has no such field.
        DatabaseError
            If the field is not unique in the model and in the database, or the record of links is missing.
        """
        meta = self._model._meta
        for name in filter(None, (self._passage_id, self._email, self._phone, self._active)):
            try:
                meta.get_field(name)
            except FieldDoesNotExist:
                raise OptionError(f"{meta.label} has no field {name!r}.") from None
        self._check_database(meta.db_table, meta.get_field(self._passage_id).column)

    def _check_database(self, table: str, column: str) -> None:
        connection = connections[self._database]
        with connection.cursor() as cursor:
            if not {table, "passage_links"} <= set(connection.introspection.table_names(cursor)):
                raise DatabaseError(
                    f"There is no table {table} or passage_links. Put passage_kit.golive.django into "
                    "INSTALLED_APPS, and run manage.py migrate."
                )
            kept = connection.introspection.get_constraints(cursor, table).values()
            # Django's own description leaves a collation out that is the table's.
            collation = None
            if connection.vendor == "mysql":
                cursor.execute(_COLLATION, [table, column])
                [collation] = cursor.fetchone()
        if not self._is_unique() or not any(one["unique"] and one["columns"] == [column] for one in kept):
            raise DatabaseError(
                f"{table}.{column} is not unique, so one user could get several rows. Give the field unique=True, "
                "null=True, and run manage.py migrate."
            )
        if collation and not str(collation).endswith(("_bin", "_cs")):
            raise DatabaseError(
                f"The collation of {table}.{column} takes capitals for small letters, and Passage ids differ in them. "
                'Give the field db_collation="utf8mb4_bin".'
            )

    def _is_unique(self) -> bool:
        """Tell whether the model says that the id is unique over all rows."""
        meta = self._model._meta
        alone = [one for one in meta.total_unique_constraints if tuple(one.fields) == (self._passage_id,)]
        return bool(meta.get_field(self._passage_id).unique or alone)
