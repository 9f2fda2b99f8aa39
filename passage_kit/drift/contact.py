"""The current address of one user, asked for before an email is sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from passage_kit.api.client import PassageClient
from passage_kit.errors import OptionError


@dataclass(frozen=True, slots=True)
class Contact:
    """The current identifiers of a user in Passage.

    Parameters
    ----------
    passage_id : str
    email, phone : str or None
        None if the user has none.
    email_verified, phone_verified : bool
        Whether the user has shown that it is their own.
    active : bool
        Whether the user may sign in.

    See Also
    --------
    fresh_contact : Ask for them.
    """

    passage_id: str
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    email_verified: bool
    phone_verified: bool
    active: bool


def fresh_contact(user: Any, *, client: PassageClient | None = None) -> Contact:
    """Ask Passage for the current email and phone of one user, before you write to them.

    Users who manage their identifiers in Passage may have changed them since your table had them.

    Parameters
    ----------
    user : str, mapping or object
        A Passage id, or a row of the users table that has one: an object with the attribute ``passage_id``, or a
        mapping with that key.
    client : PassageClient, optional
        Default: the app that the environment names. Give one to ask for many.

    Returns
    -------
    Contact
        The identifiers, whether they are verified, and whether the user may sign in.

    Raises
    ------
    OptionError
        If the user has no Passage id.
    NotFoundError
        If nobody in Passage has the id.
    ApiError
        If the service refuses the key or does not answer.

    See Also
    --------
    find_drift : Compare the whole table with Passage.

    Examples
    --------
    >>> from passage_kit.sandbox import Sandbox
    >>> with Sandbox() as it, PassageClient(app_id=it.app_id, api_key=it.api_key, base_url=it.base_url) as client:
    ...     ann = client.create_user(email="ann@example.org")
    ...     contact = fresh_contact({"passage_id": ann.id, "email": "ann@old.example"}, client=client)
    >>> contact.email, contact.email_verified, contact.active
    ('ann@example.org', False, True)
    """
    ident = user.get("passage_id") if isinstance(user, Mapping) else getattr(user, "passage_id", user)
    if not isinstance(ident, str) or not ident.strip() or not ident.isprintable():
        raise OptionError(
            "The user has no Passage id, so nobody can be asked for. Give a Passage id, or a row that has one in "
            "passage_id."
        )
    with nullcontext(client) if client is not None else PassageClient() as asked:
        found = asked.get_user(ident)
    return Contact(
        found.id,
        found.email or None,
        found.phone or None,
        found.email_verified,
        found.phone_verified,
        found.status != "inactive",
    )
