"""Workbooks of Excel 97 to 2003 (.xls), written record by record."""

import struct
from collections.abc import Sequence

SECTOR = 512
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def text(words: str) -> bytes:
    return struct.pack("<HB", len(words), 0) + words.encode("latin-1")


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def words(row: int, column: int, at: int) -> bytes:
    return record(0x00FD, struct.pack("<HHHI", row, column, 0, at))


def error(row: int, column: int, code: int) -> bytes:
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def failed_formula(row: int, column: int, code: int) -> bytes:
    result = bytes([2, 0, code, 0, 0, 0]) + b"\xff\xff"
    return record(0x0006, struct.pack("<HHH", row, column, 0) + result + bytes(6) + struct.pack("<H", 0))


def rk(row: int, first: int, values: Sequence[int], style: int) -> bytes:
    cells = b"".join(struct.pack("<HI", style, value << 2 | 2) for value in values)
    return record(0x00BD, struct.pack("<HH", row, first) + cells + struct.pack("<H", first + len(values) - 1))


def dimensions(rows: int, columns: int) -> bytes:
    return record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))


def workbook(
    *sheets: tuple[str, int, bytes], texts: Sequence[str] = (), formats: Sequence[str] = (), pad: bool = True
) -> bytes:
    """Write a workbook of sheets: their name, whether they are hidden, and their cells.

    The first style is the general one, and one follows for each of the ``formats``.
    """
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    begin += record(0x0042, struct.pack("<H", 1200))
    begin += b"".join(record(0x041E, struct.pack("<H", 164 + at) + text(one)) for at, one in enumerate(formats))
    for number_format in (0, *range(164, 164 + len(formats))):
        begin += record(0x00E0, struct.pack("<HH", 0, number_format) + bytes(16))
    shared = record(0x00FC, struct.pack("<II", len(texts), len(texts)) + b"".join(map(text, texts)))
    size = sum(12 + len(title) for title, _, _ in sheets)
    at = len(begin) + size + len(shared) + 4
    listed, parts = b"", []
    for title, hidden, cells in sheets:
        listed += record(0x0085, struct.pack("<IBBBB", at, hidden, 0, len(title), 0) + title.encode("latin-1"))
        parts.append(
            record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)) + cells + record(0x000A)
        )
        at += len(parts[-1])
    stream = begin + listed + shared + record(0x000A) + b"".join(parts)
    return compound(stream + bytes(max(0, 4096 - len(stream))) if pad else stream)


def compound(stream: bytes) -> bytes:
    """Write a compound file with the stream of a workbook."""
    small = len(stream) < 4096
    body = stream + bytes(-len(stream) % SECTOR)
    count = len(body) // SECTOR
    tables = 1
    while (count + 2 + tables) * 4 > tables * SECTOR:
        tables += 1
    # The sectors: the tables, the folder, the stream, and the table of the small sectors.
    first = tables + 1
    links = [TABLE] * tables + [END] + [*range(first + 1, first + count), END] + [END]
    links += [FREE] * (tables * SECTOR // 4 - len(links))
    small_links = [*range(1, len(body) // 64), END]
    small_links += [FREE] * (SECTOR // 4 - len(small_links))

    def entry(title: str, kind: int, begin: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        name = title.encode("utf-16-le") + b"\0\0"
        found = name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return found + bytes(36) + struct.pack("<IQ", begin, size)

    root = entry("Root Entry", 5, first if small else END, len(body) if small else 0, child=1)
    folder = root + entry("Workbook", 2, 0 if small else first, len(stream)) + bytes(256)
    listed = [*range(min(tables, 109))] + [FREE] * (109 - min(tables, 109))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096,
                          first + count if small else END, int(small), END, 0)  # fmt: skip
    header += struct.pack("<109I", *listed)
    return (
        header
        + struct.pack(f"<{len(links)}I", *links)
        + folder
        + body
        + struct.pack(f"<{len(small_links)}I", *small_links)
    )


def in_circle(table: bytes) -> bytes:
    """Damage a table of sectors so that following it comes back to where it was."""
    links = list(struct.unpack(f"<{len(table) // 4}I", table))
    at = links.index(3)
    links[at], links[1] = 1, at
    return struct.pack(f"<{len(links)}I", *links)
