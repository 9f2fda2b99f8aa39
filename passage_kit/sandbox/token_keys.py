"""Keys with which the sandbox signs the tokens of its users, and the key set that it publishes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from passage_kit.sandbox.contract import new_id

if TYPE_CHECKING:
    from passage_kit.sandbox.store import Store

LIFETIME = 3600.0  # seconds that a token is valid for
_SETTING = "token_keys"
_BITS = 2048
_PUBLISHED = 2  # keys; the one before the last is published as long as its tokens may be about


class TokenKeys:
    """The RSA keys of one sandbox, made when they are first needed and kept with its users.

    Parameters
    ----------
    store : Store
        Store that keeps the keys.

    Examples
    --------
    >>> from passage_kit.sandbox import Sandbox
    >>> with Sandbox() as sandbox:
    ...     [user_id] = sandbox.add_users([{"email": "anna@example.org"}])
    ...     sandbox.issue_token(user_id).count(".")
    2
    """

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.Lock()

    def issue(self, user_id: str, claims: Mapping[str, Any], *, lifetime: float = LIFETIME) -> str:
        """Sign a token for a user.

        Parameters
        ----------
        user_id : str
            The Passage id, which becomes ``sub``.
        claims : mapping
            Claims that differ from the usual ones; None leaves a claim out.
        lifetime : float
            Seconds until the token expires; a negative one makes a token that has expired.
        """
        import jwt  # takes a tenth of a second, which a sandbox without tokens need not wait for

        key, now = self._keys()[-1], int(time.time())
        usual = {
            "sub": user_id,
            "aud": [self._store.app_id],
            "iss": self._store.app_id,
            "iat": now,
            "nbf": now,
            "exp": now + int(lifetime),
        }
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(payload, key["pem"], algorithm="RS256", headers={"kid": key["kid"]})

    def rotate(self) -> None:
        """Sign with a new key from now on; the one before stays published, and older ones are withdrawn."""
        with self._lock:
            self._store.keep(_SETTING, json.dumps([*self._kept(), _new_key()][-_PUBLISHED:]))

    def published(self) -> dict[str, Any]:
        """Give the key set as JWKS."""
        from jwt.algorithms import RSAAlgorithm

        keys = self._keys()
        marks = {"alg": "RS256", "use": "sig"}
        algorithm = RSAAlgorithm(RSAAlgorithm.SHA256)
        return {"keys": [{**_public(algorithm, key["pem"]), **marks, "kid": key["kid"]} for key in keys]}

    def _keys(self) -> list[dict[str, str]]:
        """Give the published keys, the newest last; make the first one if there is none."""
        with self._lock:
            kept = self._kept()
            if not kept:
                kept = [_new_key()]
                self._store.keep(_SETTING, json.dumps(kept))
            return kept

    def _kept(self) -> list[dict[str, str]]:
        kept: list[dict[str, str]] = json.loads(self._store.kept(_SETTING) or "[]")
        return kept


def _new_key() -> dict[str, str]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    pem = rsa.generate_private_key(65_537, _BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"kid": new_id(), "pem": pem.decode()}


def _public(algorithm: Any, pem: str) -> dict[str, Any]:
    public = algorithm.to_jwk(algorithm.prepare_key(pem).public_key(), as_dict=True)
    return {name: public[name] for name in ("kty", "n", "e")}
