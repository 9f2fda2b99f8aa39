"""The bodies of requests and answers: read up to a limit that is counted unpacked, and JSON that is strict."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from passage_kit.translations import worded

LARGEST = 32 * 2**20  # bytes of an answer: a page of 500 users with 64 kB each
LARGEST_ONE = 2**20  # bytes of an answer about one user or the app
LARGEST_ERROR = 16 * 2**10  # bytes of an error; what comes after them is not read
PIECES = 1_000_000  # values of an answer: memory grows with them more than with bytes
DEEPEST = 64  # levels of metadata
_ATOM = 64 * 2**10  # bytes that are unpacked at once
_FORMS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
ACCEPTED = "gzip, deflate"  # what can be unpacked piece by piece


class UnreadableBodyError(Exception):
    """A body that is too large or cannot be unpacked; the message is "an answer that", and why."""


async def read_body(response: httpx.Response, limit: int, *, cut: bool = False) -> bytes:
    """Read the body of a streamed answer and unpack it piece by piece.

    Parameters
    ----------
    response : httpx.Response
        An answer whose body has not been read.
    limit : int
        Largest number of bytes, packed and unpacked.
    cut : bool, default False
        Leave the rest of a larger body unread. Default: refuse such a body.

    Raises
    ------
    UnreadableBodyError
        If the body is too large, damaged, or packed in a way that was not asked for.
    httpx.TransportError
        If the connection breaks.
    """
    unpack = _Unpacking(response.headers.get("content-encoding", ""))
    data, packed = bytearray(), 0
    async for chunk in response.aiter_raw(_ATOM):
        packed += len(chunk)
        for piece in unpack.pieces(chunk):
            data += piece
            if len(data) > limit:
                break
        if max(packed, len(data)) > limit:
            if cut:
                return bytes(data[:limit])
            raise UnreadableBodyError(worded("an answer that is larger than {size} MB", size=f"{limit / 2**20:,.0f}"))
    unpack.check_end()
    return bytes(data)


class _Unpacking:
    """The unpacking of one body."""

    def __init__(self, packed_as: str) -> None:
        form = packed_as.strip().lower()
        if form not in ("", "identity", *_FORMS):
            raise UnreadableBodyError(worded("an answer that is packed in a way that was not asked for"))
        self._bits = _FORMS.get(form)
        self._inflater = None if self._bits is None else zlib.decompressobj(self._bits)
        self._begun = False

    def pieces(self, chunk: bytes) -> Iterable[bytes]:
        """Unpack what came, at most some kilobytes at a time."""
        if self._inflater is None:
            yield chunk
            return
        while chunk and not self._inflater.eof:
            try:
                piece = self._inflater.decompress(chunk, _ATOM)
            except zlib.error:
                if self._begun or self._bits != zlib.MAX_WBITS:
                    raise UnreadableBodyError(worded("an answer that cannot be unpacked")) from None
                self._inflater, self._begun = zlib.decompressobj(-zlib.MAX_WBITS), True  # some send it without a frame
                continue
            self._begun = True
            chunk = self._inflater.unconsumed_tail
            yield piece

    def check_end(self) -> None:
        """Refuse a body that ends in the middle."""
        if self._inflater is not None and self._begun and not self._inflater.eof:
            raise UnreadableBodyError(worded("an answer that cannot be unpacked"))


def read_json(data: bytes) -> Mapping[str, Any] | None:
    """Read a JSON object strictly; None if it is none.

    A repeated key, a number that is none and a number that no program can hold are no JSON here: which of two ids is
    meant, for example, nobody can tell.

    Examples
    --------
    >>> read_json(b'{"id": "a"}')
    {'id': 'a'}
    >>> [read_json(text) for text in (b'{"id": "a", "id": "b"}', b'{"count": NaN}', b'["a"]', b'<html>', b'"\\xff"')]
    [None, None, None, None, None]
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > PIECES:
        return None
    try:
        body = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_refused, parse_float=_finite
        )
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def write_json(body: Mapping[str, Any]) -> bytes:
    """Write a body as ASCII, so that every text that came from the service goes back as it was.

    Raises
    ------
    ValueError
        If a value cannot be written.
    """
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii")


def too_deep(value: Any) -> bool:
    """Tell whether lists and objects are nested deeper than metadata reasonably is."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key is repeated")
    return values


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number
