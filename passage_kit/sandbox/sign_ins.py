"""Magic links of the sandbox, and the sign-in of a user by one: it stands in for Passage's own pages."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from passage_kit.errors import MissingExtraError
from passage_kit.sandbox.contract import RefusedError, new_id
from passage_kit.sandbox.store import NewUser

if TYPE_CHECKING:
    from passage_kit.sandbox.request_bodies import MagicLinkOrder
    from passage_kit.sandbox.store import Store
    from passage_kit.sandbox.token_keys import TokenKeys

_MOST_LINKS = 10_000  # the oldest are forgotten


class _Link(NamedTuple):
    """A magic link that nobody has used: its user, the identifier that it proves, and its end."""

    user_id: str
    proves: str
    ends: float


class SignIns:
    """The magic links of one sandbox.

    Parameters
    ----------
    store : Store
        Users.
    keys : TokenKeys
        Keys for the tokens.
    """

    def __init__(self, store: Store, keys: TokenKeys) -> None:
        self._store, self._keys = store, keys
        self._links: dict[str, _Link] = {}

    def make_link(self, asked: MagicLinkOrder) -> dict[str, Any]:
        """Make a magic link, and the user if there is none."""
        user_id = asked.user_id
        if not user_id:
            [(user_id, _)] = self._store.create_all([NewUser(asked.email, asked.phone)])
        user, secret = self._store.get(user_id), secrets.token_urlsafe(16)
        proves = "phone" if asked.phone or not user["email"] else "email"
        self._links[secret] = _Link(user_id, proves, time.monotonic() + 60 * asked.ttl)
        while len(self._links) > _MOST_LINKS:
            del self._links[next(iter(self._links))]
        return {
            "activated": False,
            "app_id": self._store.app_id,
            "id": new_id(),
            "identifier": asked.email or asked.phone or user["email"] or user["phone"],
            "redirect_url": asked.redirect_url,
            "secret": secret,
            "ttl": asked.ttl,
            "type": asked.type,
            "url": f"http://localhost{asked.magic_link_path}?psg_magic_link={secret}",
            "user_id": user_id,
        }

    def activate(self, secret: str) -> str:
        """Sign the user of a link in, once, and give a token; the identifier counts as verified from now on.

        Raises
        ------
        RefusedError
            If there is no such link any more, the user is inactive, or the sandbox has no keys.
        """
        link = self._links.pop(secret, None)
        if link is None or link.ends < time.monotonic():
            raise RefusedError(404, "magic_link_not_found", "Magic link not found")
        if self._store.get(link.user_id)["status"] == "inactive":
            raise RefusedError(403, "operation_not_allowed", "Operation not allowed")
        try:
            token = self._keys.issue(link.user_id, {})
        except MissingExtraError as error:
            raise RefusedError(500, "internal_server_error", str(error)) from error
        self._store.sign_in(link.user_id, verifies=link.proves)
        return token
