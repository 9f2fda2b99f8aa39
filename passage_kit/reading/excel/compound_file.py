"""Compound files of [MS-CFB], as workbooks of Excel 97 to 2003 are: their sectors, walked once."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY, _NO_SECTOR = 128, 0xFFFFFFFA
_SMALL = 6  # a small sector has 2 ** 6 bytes


@dataclass(frozen=True, slots=True)
class CompoundFile:
    """A compound file, with the links between its sectors.

    Parameters
    ----------
    data : bytes
        The whole file.
    shift : int
        A sector has ``2 ** shift`` bytes.
    links, small_links : list of int
        Which sector follows each sector, and which small one each small one.
    in_circle : bool
        Whether a sector leads back to itself, so that a reader would never end.
    """

    data: bytes
    shift: int
    links: list[int]
    small_links: list[int]
    in_circle: bool

    def stream(self, *titles: str) -> bytes | None:
        """Read the first stream with one of the titles (in small letters); None if there is none.

        Examples
        --------
        >>> open_compound(b"email") is None
        True
        """
        first_entry, least = (int.from_bytes(self.data[at : at + 4], "little") for at in (48, 56))
        entries = _chain(self.data, self.links, first_entry, self.shift)
        root = None
        for start in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            entry = entries[start : start + _ENTRY]
            title = entry[: max(0, int.from_bytes(entry[64:66], "little") - 2)].decode("utf-16-le", "replace")
            begin, size = int.from_bytes(entry[116:120], "little"), int.from_bytes(entry[120:124], "little")
            root = begin if root is None else root
            if title.lower() in titles:
                if size >= least:
                    return _chain(self.data, self.links, begin, self.shift)[:size]
                small = _chain(self.data, self.links, root, self.shift)
                return _chain(bytes(1 << _SMALL) + small, self.small_links, begin, _SMALL)[:size]
        return None


def open_compound(data: bytes) -> CompoundFile | None:
    """Read the tables of the sectors of a compound file; None for another file."""
    if not data.startswith(_MARK) or len(data) < 512:
        return None
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != _SMALL:
        return None
    links, in_circle = _links(data, shift)
    in_circle = in_circle or _has_circle(links)
    first_small = int.from_bytes(data[60:64], "little")
    small_links = [] if in_circle else _numbers(_chain(data, links, first_small, shift))
    return CompoundFile(data, shift, links, small_links, in_circle or _has_circle(small_links))


def _has_circle(links: list[int]) -> bool:
    """Tell whether following the links from anywhere comes back to a link of the same walk."""
    walks = [0] * len(links)
    for walk, start in enumerate(range(len(links)), 1):
        at = start
        while at < len(links) and not walks[at]:
            walks[at] = walk
            at = links[at]
        if at < len(links) and walks[at] == walk:
            return True
    return False


def _links(data: bytes, shift: int) -> tuple[list[int], bool]:
    """Read which sector follows each sector, and whether the tables of the tables run in a circle."""
    sectors = [it for it in _numbers(data[76:512]) if it < _NO_SECTOR]
    following, most, seen = int.from_bytes(data[68:72], "little"), (len(data) >> shift) + 1, set[int]()
    while following < _NO_SECTOR and following not in seen:
        seen.add(following)
        more = _numbers(_sector(data, following, shift))
        if not more:
            break
        if len(sectors) <= most:
            sectors += [it for it in more[:-1] if it < _NO_SECTOR]
        following = more[-1]
    table = b"".join(_sector(data, it, shift) for it in sectors[:most])
    return _numbers(table), following in seen and following < _NO_SECTOR and bool(_sector(data, following, shift))


def _chain(data: bytes, links: list[int], first: int, shift: int) -> bytes:
    """Join the sectors that follow one another, each once."""
    pieces, at = [], first
    for _ in range(len(data) >> shift):
        if at >= len(links):
            break
        pieces.append(_sector(data, at, shift))
        at = links[at]
    return b"".join(pieces)


def _sector(data: bytes, number: int, shift: int) -> bytes:
    return data[(number + 1) << shift : (number + 2) << shift]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
