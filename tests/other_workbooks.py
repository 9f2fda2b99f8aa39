"""Workbooks of LibreOffice (.ods) and binary ones of Excel (.xlsb), written part by part."""

import io
import struct
import zipfile
from xml.sax.saxutils import escape

_NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)
_LOCKED = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = f'<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="{_LINK}/%s" Target="%s"/></Relationships>'


def open_document(rows: list[list[str | float]], *, locked: bool = False) -> bytes:
    """Make an .ods workbook with one sheet, or what one with a password looks like."""
    lines = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {_NAMESPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Users">{lines}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = f"<manifest:manifest>{_LOCKED if locked else ''}</manifest:manifest>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    body = b"\x00\x81\x02" * 40 if locked else content.encode()
    return _packed({"mimetype": kind.encode(), "content.xml": body, "META-INF/manifest.xml": manifest.encode()})


def binary_workbook(rows: list[list[str | float]], *, cut: int = 0) -> bytes:
    """Make an .xlsb workbook with one sheet, without the last bytes of the sheet if it is to be damaged."""
    cells = b"".join(
        _record(0, struct.pack("<IIHHBBBIII", at, 0, 300, 0, 0, 0, 0, 1, 0, len(row) - 1))
        + b"".join(_binary_cell(column, value) for column, value in enumerate(row))
        for at, row in enumerate(rows)
    )
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)
    sheet = _record(129) + _record(148, size) + _record(145) + cells + _record(146) + _record(130)
    book = _record(131) + _record(143)
    book += _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Users")) + _record(144) + _record(132)
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": (_LINKS % ("officeDocument", "xl/workbook.bin")).encode(),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": (_LINKS % ("worksheet", "worksheets/sheet1.bin")).encode(),
        "xl/worksheets/sheet1.bin": sheet[: len(sheet) - cut],
    }
    return _packed(parts)


def _cell(value: str | float) -> str:
    said = (
        'office:value-type="string"' if isinstance(value, str) else f'office:value-type="float" office:value="{value}"'
    )
    return f"<table:table-cell {said}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def _binary_cell(column: int, value: str | float) -> bytes:
    start = struct.pack("<II", column, 0)
    return _record(6, start + _wide(value)) if isinstance(value, str) else _record(5, start + struct.pack("<d", value))


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size, length = b"", len(body)
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return head + size + bytes([length]) + body


def _wide(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()
