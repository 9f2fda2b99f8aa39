"""Columns of a company that stands beside each person, as a customer's account does beside a contact."""

from __future__ import annotations

from collections.abc import Iterable

from passage_kit.columns.column_names import PEOPLE, keys_of, name_key
from passage_kit.mapping.name_fit import path_parts, plain_words

_ACCOUNT = frozenset(("account", "accounts"))
_NAMES = frozenset(key for name in ("first name", "last name", "name") for key in keys_of(PEOPLE[name]))


def company_columns(names: Iterable[str]) -> frozenset[str]:
    """List the columns of accounts that are companies.

    An account is a person's own unless it has a name while the person's name stands elsewhere.

    Examples
    --------
    >>> company_columns(["FirstName", "Email", "Account.Name", "Account.Phone"]) == {"Account.Name", "Account.Phone"}
    True
    >>> company_columns(["account.name", "account.phone"]), company_columns(["first_name", "account_email"])
    (frozenset(), frozenset())
    """
    names = tuple(names)
    of_account = {name: rest for name in names if (rest := _within_account(name)) is not None}
    others = (path_parts(name)[-1] for name in names if name not in of_account)
    inside = _NAMES.intersection(of_account.values())
    is_company = inside == {"name"} and not _NAMES.isdisjoint(map(name_key, others))
    return frozenset(of_account) if is_company else frozenset()


def _within_account(name: str) -> str | None:
    """Give the key of what a name says after the word account at its beginning; None if it begins otherwise."""
    words = plain_words(name)
    return "".join(words[1:]) if len(words) > 1 and words[0] in _ACCOUNT else None
