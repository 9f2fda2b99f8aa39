"""The form in which a file of :mod:`passage_kit.reading.layouts` says how one system's export looks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from passage_kit.columns.column_names import tidy_name

Names = tuple[str, ...]
_SEPARATORS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headerless:
    """Fixed shape of a file without a header.

    Parameters
    ----------
    header : tuple of str
        Names of the columns, in the order that the system documents; the columns after them are numbered.
    least : int
        Number of values that every row has at least.
    shapes : mapping of int to str
        By the position of a column, counted from 0, a regular expression that each of its values matches whole. A
        column that may be blank says so in its expression.
    """

    header: Names
    least: int
    shapes: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Declaration how the export of one system looks, and what its columns mean.

    A layout only proposes: the values are checked as ever, and a person may choose other columns. Of JSON, a column is
    the path of a value with dots, as the readers name it. Names are compared by :func:`column_key`.

    Parameters
    ----------
    name : str
        Short name, as of its file.
    title : str
        Name of the system, as people write it.
    link : str
        Address of the vendor's public documentation.
    signs : tuple of tuple of str
        Sets of columns. The export is recognised if all columns of one set are there. A column of secrets is not among
        them, since it is left out early.
    records : tuple of str, default ()
        Of JSON, the usual paths of the list of people. They decide between several lists that could be the people.
    envelope : tuple of str, default ()
        Of JSON, keys of the object that holds the list of people beside other things with emails, such as apps. Where
        they are, nothing but a list at a path of ``records`` is the people, whatever its entries have.
    email, phone, source_key, region, order, account_state : tuple of str, default ()
        Columns of each mapping target, the preferred one first.
    phones_without_plus : bool, default False
        Whether the system documents that it writes phones in E.164 without the plus. It counts as evidence, which
        numbers that are valid at home only contradict.
    email_else : tuple of str, default ()
        Columns that have the address of a person for whom the column of ``email`` is blank, such as the name to sign in
        with where it is an address of the person's own organization. What has no @-sign is not taken.
    no_state : tuple of str, default ()
        Columns that look as if they said that an account is closed, and say something else.
    open_flags : tuple of str, default ()
        Columns of ``account_state`` that are 1 for an open account and 0 for a closed one, as their names do not say.
    fields : mapping of str to tuple of str, default {}
        Columns of usual metadata fields, the preferred one first, by a key of
        :data:`passage_kit.columns.column_names.PEOPLE` such as "first name". None at all says that no column is the
        field, whatever its name.
    verified : tuple of str, default ()
        Columns that say whether an email or a phone is verified.
    secrets : tuple of str, default ()
        Columns that never leave the source, besides those that their names or values betray.
    notes : tuple of str, default ()
        Types and known oddities, a short sentence each.
    headerless : Headerless, optional
        Shape of the form without a header. Default: every form has one.
    mark : str, optional
        Words at the beginning of a file by which the system is known if no layout is by its columns.

    Examples
    --------
    >>> signs = (("uid", "login"),)
    >>> layout = Layout(name="acme", title="Acme", link="https://example.org", signs=signs, email=("mail",))
    >>> layout.columns_of("email"), layout.columns_of("phone"), layout.matched({"uid", "login", "mail"})
    (('mail',), (), 2)
    """

    name: str
    title: str
    link: str
    signs: tuple[Names, ...]
    records: Names = ()
    envelope: Names = ()
    email: Names = ()
    email_else: Names = ()
    phone: Names = ()
    phones_without_plus: bool = False
    source_key: Names = ()
    region: Names = ()
    order: Names = ()
    account_state: Names = ()
    no_state: Names = ()
    open_flags: Names = ()
    fields: Mapping[str, Names] = field(default_factory=dict)
    verified: Names = ()
    secrets: Names = ()
    notes: Names = ()
    headerless: Headerless | None = None
    mark: str = ""

    @property
    def sentence(self) -> str:
        """Sentence by which a person is told what the source looks like."""
        return f"This looks like {'an' if self.title[0] in 'AEIO' else 'a'} {self.title} export."

    def columns_of(self, target: str) -> Names:
        """Give the columns of a mapping target, the preferred one first."""
        named: dict[str, Names] = {
            "email": self.email,
            "phone": self.phone,
            "source_key": self.source_key,
            "region": self.region,
            "order": self.order,
            "account_state": self.account_state,
        }
        return named.get(target, ())

    @property
    def columns(self) -> frozenset[str]:
        """Keys of all columns that the layout knows."""
        targets = (
            self.email,
            self.email_else,
            self.phone,
            self.source_key,
            self.region,
            self.order,
            self.account_state,
        )
        groups = (*self.signs, *targets, *self.fields.values(), self.verified, self.secrets)
        return frozenset(column_key(name) for group in groups for name in group)

    def writes_no_plus(self, name: str) -> bool:
        """Tell whether the layout says that a column has its phones without the plus."""
        return self.phones_without_plus and column_key(name) in {column_key(phone) for phone in self.phone}

    def holds_secrets(self, name: str) -> bool:
        """Tell whether the layout says that a column holds secrets."""
        return column_key(name) in {column_key(secret) for secret in self.secrets}

    def matched(self, keys: set[str]) -> int:
        """Count the columns of the longest set of signs that is there whole; 0 if none is.

        Parameters
        ----------
        keys : set of str
            Columns of a source, as :func:`column_key` gives them.
        """
        return max((len(signs) for signs in self.signs if keys.issuperset(map(column_key, signs))), default=0)


@lru_cache(maxsize=8_192)  # each list is compared with the names of all layouts
def column_key(name: str) -> str:
    """Give the form in which names of columns are compared: without case, spaces, underscores and hyphens.

    An API writes ``email_verified`` and its libraries print ``emailVerified``. The dots of a path stay.

    Examples
    --------
    >>> column_key(" User Name\\n[Required]")
    'username[required]'
    >>> column_key("user.created_at") == column_key("user.createdAt")
    True
    """
    return _SEPARATORS.sub("", tidy_name(name).casefold())
