"""The public keys of an app's tokens: fetched, cached, fetched anew at a bounded rate, and used on in an outage."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jwt import InvalidKeyError
from jwt.algorithms import RSAAlgorithm

from passage_kit.golive.messenger import MessageError, Messenger
from passage_kit.golive.refusals import AuthenticationUnavailableError, NotAuthenticatedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

FRESH = 300.0  # seconds until keys are fetched anew, behind a request that does not wait for them
STALE = 6 * 3600.0  # seconds that keys go on in an outage
PAUSE = 10.0  # seconds between two fetches, whatever key ids are asked for
MOST_KEYS = 50
FEWEST_BITS = 2048

_log = logging.getLogger("passage_kit.golive")


class KeySet:
    """The keys of one app, shared by all threads and event loops of a process.

    Parameters
    ----------
    address : str
        Address of the JWKS: https, or on this machine.
    messenger : Messenger
    """

    def __init__(self, address: str, messenger: Messenger) -> None:
        self.address, self._messenger = address, messenger
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched = self._tried = float("-inf")
        self._failed = False
        self._lock = threading.Lock()
        self._fetching: tuple[int, Future[None]] | None = None  # with its process: a fork does not take it along

    def find(self, key_id: str) -> RSAPublicKey:
        """Give a key.

        Raises
        ------
        NotAuthenticatedError
            If the service has no such key.
        AuthenticationUnavailableError
            If the keys cannot be fetched, and those at hand are too old or lack this one.
        """
        waiting = self._begin(key_id)
        if waiting is not None:
            with suppress(TimeoutError):  # of a thread that gets no turn; then the keys are as missing as in an outage
                waiting.result(2 * self._messenger.deadline)
        return self._choose(key_id)

    async def find_async(self, key_id: str) -> RSAPublicKey:
        """Give a key, without blocking the event loop; see :meth:`find`."""
        waiting = self._begin(key_id)
        if waiting is not None:
            await asyncio.shield(asyncio.wrap_future(waiting))
        return self._choose(key_id)

    def _begin(self, key_id: str) -> Future[None] | None:
        """Begin to fetch if it is time to; give what a request has to wait for."""
        now = time.monotonic()
        age = now - self._fetched
        if key_id in self._keys and age < FRESH:
            return None
        with self._lock:
            under_way = self._under_way()
            if under_way is None and (now - self._tried >= PAUSE or self._stayed_behind()):
                self._tried = now
                under_way = self._messenger.start(self._fetch())
                self._fetching = os.getpid(), under_way
        return None if key_id in self._keys and age < STALE else under_way

    def _under_way(self) -> Future[None] | None:
        process, future = self._fetching or (0, None)
        return future if future is not None and process == os.getpid() and not future.done() else None

    def _stayed_behind(self) -> bool:
        """Tell whether a fetch was under way in the process that this one was forked from."""
        process, future = self._fetching or (os.getpid(), None)
        return process != os.getpid() and future is not None and not future.done()

    def _choose(self, key_id: str) -> RSAPublicKey:
        if time.monotonic() - self._fetched >= STALE:
            raise AuthenticationUnavailableError("the keys cannot be fetched, and there are none that are fresh enough")
        key = self._keys.get(key_id)
        if key is None and self._failed:
            raise AuthenticationUnavailableError("the keys cannot be fetched, and those at hand lack the token's")
        if key is None:
            raise NotAuthenticatedError("the token's key is unknown")
        return key

    async def _fetch(self) -> None:
        try:
            keys = read_keys(await self._messenger.get(self.address))
        except MessageError as error:
            self._failed = True
            _log.warning("The keys of tokens cannot be fetched: %s. Those at hand go on for a while.", error)
        else:
            self._keys, self._fetched, self._failed = keys, time.monotonic(), False


def read_keys(document: Mapping[str, Any]) -> dict[str, RSAPublicKey]:
    """Read the keys of a JWKS that may verify RS256, by their ids; others are left out.

    Raises
    ------
    MessageError
        If the document is no key set, or has none or too many.

    Examples
    --------
    >>> read_keys({"keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}]})
    Traceback (most recent call last):
    ...
    passage_kit.golive.messenger.MessageError: a key set without a key for RS256
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise MessageError(f"an answer that is no set of at most {MOST_KEYS} keys")
    keys: dict[str, RSAPublicKey] = {}
    for entry in listed:
        key_id = entry.get("kid") if isinstance(entry, dict) else None
        key = _read_key(entry) if isinstance(key_id, str) and key_id not in keys else None
        if key is not None:
            keys[str(key_id)] = key
    if not keys:
        raise MessageError("a key set without a key for RS256")
    return keys


def _read_key(entry: Mapping[str, Any]) -> RSAPublicKey | None:
    """Read a public key of RSA; None for any other."""
    is_fit = entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("alg", "RS256") == "RS256"
    if not is_fit or not all(isinstance(entry.get(part), str) for part in ("n", "e")):
        return None
    try:
        key = RSAAlgorithm.from_jwk({name: entry[name] for name in ("kty", "n", "e")})
    except (InvalidKeyError, ValueError):
        return None
    return key if key.key_size >= FEWEST_BITS else None  # type: ignore[return-value]
