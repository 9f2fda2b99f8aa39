"""Kind of a file by what it holds, and files that hold users in a form that the kit does not read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import PurePath

from passage_kit.errors import SourceError
from passage_kit.reading.printed_tables import is_printed_table
from passage_kit.reading.sql_dumps import empty_dump
from passage_kit.translations import in_panel, worded

_ENDINGS = {
    "excel": (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    "json": (".json", ".ndjson", ".jsonl"),
    "parquet": (".parquet", ".pq"),
    "csv": (".csv", ".tsv", ".tab", ".psv"),
}
KIND_OF_ENDING = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}
_SAMPLE = 1 << 16
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TABLES = ("Workbook", "Book", "EncryptedPackage")  # streams of an old or a protected workbook

_EXPORT = worded("Export the users as CSV, Excel, JSON or Parquet.")
_AS_XLSX = worded("Open it in Excel or LibreOffice, save it as .xlsx, and read that.")
_INTO_DATABASE = in_panel(
    "Load it into a database, and give the kit the URL of that with the table, such as "
    "`prepare postgresql://localhost/copy --table users`.",
    "Load it into a database, and export the table of users from there as CSV.",
)
_WITH_ROWS = worded(
    "Check that it is of the right database, and dump that again with its rows, not its structure alone."
)
_NOT_PRINTED = in_panel(
    "Export the rows as CSV (psql: `\\copy (select ...) to 'users.csv' csv header`; mysql: `--batch`; "
    "sqlite3: `.mode csv`), or give the kit the URL of the database and the table.",
    "Export the rows from the database as CSV.",
)
_UNPACK = worded("Unpack it, and read the file inside.")
# First bytes of files that are not text: what they are, and the way out.
_SIGNATURES = {
    b"SQLite format 3\0": (
        worded("a SQLite database"),
        in_panel(
            "Give its URL and the table: `sqlite:///<path of the file> --table users`.",
            "Export its table of users as CSV. Or set the environment variable {variable} to sqlite:/// and the path "
            "of the file, start anew, and choose the table of the database.",
            variable="PASSAGE_KIT_SOURCE_URL",
        ),
    ),
    b"PGDMP": (
        worded("an SQL dump in the custom format of pg_dump"),
        in_panel(
            f"{_INTO_DATABASE[:-1]}; pg_restore does the first.",
            "Load it into a database with pg_restore, and export the table of users from there as CSV.",
        ),
    ),
    b"%PDF": (worded("a PDF document"), _EXPORT),
    b"{\\rtf": (worded("a document of a word processor"), _EXPORT),
    b"\x89PNG": (worded("an image"), _EXPORT),
    b"\xff\xd8\xff": (worded("an image"), _EXPORT),
    b"GIF8": (worded("an image"), _EXPORT),
    b"7z\xbc\xaf\x27\x1c": (worded("a 7-Zip archive"), _UNPACK),
    b"Rar!\x1a\x07": (worded("a RAR archive"), _UNPACK),
    b"\x00\x01\x00\x00Standard": (worded("an Access database"), worded("Export its table of users as CSV.")),
    b"Obj\x01": (worded("an Avro file"), _EXPORT),
    b"ARROW1": (worded("an Arrow file"), worded("Save it as Parquet, and read that.")),
}
_TAR = 257  # where an archive of tar has its mark
# Files and folders of a zip archive by which it is a document.
_OFFICE = {
    "xl/": "excel",
    "word/": worded("a Word document"),
    "ppt/": worded("a presentation"),
    "Index.zip": worded("an Apple Numbers or Pages document"),
    "Index/Document.iwa": worded("an Apple Numbers or Pages document"),
}
_OLD_STREAMS = {
    "WordDocument": worded("a Word document"),
    "PowerPoint Document": worded("a presentation"),
    "__properties_version1.0": worded("an Outlook message"),
}

_SQL_REMARKS = re.compile(
    r"(?:\s+|--[^\n]*(?:\n|\Z)|#[^\n]*(?:\n|\Z)|/\*(?!!).*?\*/;?|(?i:REM|PROMPT)\b[^\n]*(?:\n|\Z))*", re.S
)
_SQL = re.compile(
    r"/\*!\d+ |INSERT\s+(?:(?:IGNORE|LOW_PRIORITY|DELAYED|OR\s+\w+)\s+)*(?:INTO\s|\[)|REPLACE\s+INTO\s"
    r"|COPY\s+\S+[^\n]*\sFROM\s+stdin"
    r"|CREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|TEMP(?:ORARY)?\s+|UNLOGGED\s+)*(?:TABLE|DATABASE|SCHEMA|EXTENSION)\s"
    r"|DROP\s+(?:TABLE|DATABASE|SCHEMA)\s|ALTER\s+(?:TABLE|SESSION|DATABASE)\s|LOCK\s+TABLES?\s|TRUNCATE\s+TABLE\s"
    r"|DELETE\s+FROM\s|UPDATE\s+\S+\s+SET\s"
    r"|SET\s+(?:[@\w.]+\s*=|\w+\s+TO\s|NAMES\s|\w+\s+(?:[\[\w.\]]+\s+)?(?:ON|OFF)\b)"
    r"|(?:USE\s+[`\[\"]?\w+[`\]\"]?|BEGIN(?:\s+TRANSACTION|\s+WORK)?|START\s+TRANSACTION);?\s*?(?:\r?\n|\Z)\s*(?:GO\b|\w+\s)"
    r"|PRAGMA\s+\w+\s*=|\\(?:connect|restrict)\s|SELECT\s+pg_catalog\.|DELIMITER\s+(?:;;|\$\$|//)",
    re.I,
)
_SQL_TITLE = re.compile(r"(?im)^\s*--[^\n]*(?:SQL|MariaDB|database)[^\n]* dump\b")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta|style|title|script|div)\b", re.I)
_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>\s*<")
_JSON = re.compile(r"\{\s*(?:\"|\}\s*\Z)|\[\s*(?:[\[{\"]|null\s*,|\]\s*\Z)")
_EMAIL = re.compile(r"(?:^|[,;\t|])[ \"']*[^\s,;|]+@[^\s,;|]+\.\w+[\"']*\s*(?:$|[,;\t|])")  # a cell of its own
_SIGNS, _LINES = ",;\t|", 20  # between columns, and the lines of which each has as many of them
_MAIL_HEADER = re.compile(r"(?im)^(?:(from|to|cc)|(subject|date|message-id|received|return-path|mime-version)):\s")


_YAML_PAIR = re.compile(r"""\s*(?:- +)?["']?[\w@][\w .@-]*["']?:(?:\s|\Z)""")  # a name with a colon behind
_TOML = re.compile(r"(?:\s*#[^\n]*\n)*\s*\[\[?[\w.-]+\]\]?[ \t]*\r?\n(?:\s*#[^\n]*\n)*\s*[\w.-]+[ \t]*=[ \t]")
_JAVASCRIPT = re.compile(r"(?:export\s|module\.exports\s*=|(?:const|let|var)\s+\w+\s*=)")


def kind_of_content(data: bytes, name: str, shown: str) -> str:
    """Tell how to read a file, by what it holds.

    Parameters
    ----------
    data : bytes
        The whole file, unpacked.
    name : str
        Its name: the ending counts where the content can be several kinds.
    shown : str
        Its name for messages.

    Returns
    -------
    {"csv", "excel", "json", "parquet"}

    Raises
    ------
    SourceError
        If the kit does not read such a file; the message names what it is, and the way out.

    Examples
    --------
    >>> kind_of_content(b'[{"email": "ann@example.org"}]', "users.txt", "users.txt")
    'json'
    >>> kind_of_content(b"%PDF-1.7", "users.csv", "users.csv")
    Traceback (most recent call last):
    ...
    passage_kit.errors.SourceError: users.csv is a PDF document. Export the users as CSV, Excel, JSON or Parquet.
    """
    ending = KIND_OF_ENDING.get(PurePath(name).suffix.lower())
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(_OLD_OFFICE):
        return _old_office(data, ending, shown)
    if data.startswith(b"PK\x03\x04"):
        return "excel"  # an archive is unpacked before, and other documents are refused there
    found: tuple[str, str] | None = next(
        (said for signature, said in _SIGNATURES.items() if data.startswith(signature)), None
    )
    found = (worded("a tar archive"), _UNPACK) if data[_TAR : _TAR + 5] == b"ustar" else found
    text = _sample(data)
    found = found or _foreign_text(text, data, ending)
    if found:
        raise SourceError(worded("{name} is {kind}. {advice}", name=shown, kind=found[0], advice=found[1]))
    if ending == "json" or _JSON.match(text.lstrip("\ufeff \t\r\n\x1e")):
        return "json"
    return "csv"


def may_be_a_list(data: bytes) -> bool:
    """Tell whether a file without the ending of a list may be one: JSON, a table, or an email as a cell.

    Examples
    --------
    >>> may_be_a_list(b'[{"email": "ann@example.org"}]'), may_be_a_list(b"id;phone\\n1;+49 30 1\\n2;+49 30 2\\n")
    (True, True)
    >>> may_be_a_list(b"Write to help@example.org, please.\\n\\nKeep this private.\\nDo not send it.\\n")
    False
    """
    text = _sample(data)
    if "\0" in text:
        return False
    if _JSON.match(text.lstrip("\ufeff \t\r\n\x1e")):
        return True
    lines = [line for line in text.splitlines() if line.strip()][:_LINES]
    counts = [{line.count(sign) for line in lines} for sign in _SIGNS]
    is_table = len(lines) > 1 and any(len(of_sign) == 1 and 0 not in of_sign for of_sign in counts)
    return is_table or any(map(_EMAIL.search, lines))


def office_kind(members: Sequence[str]) -> str | None:
    """Tell what kind of document a zip archive is: "excel", another one in words, or None.

    Examples
    --------
    >>> office_kind(["[Content_Types].xml", "xl/workbook.xml"]), office_kind(["users.csv"])
    ('excel', None)
    """
    return next((kind for mark, kind in _OFFICE.items() if any(member.startswith(mark) for member in members)), None)


def document_error(kind: str, shown: str) -> SourceError:
    """Make the error for a document that is no workbook."""
    way = worded("Copy the table in it into a sheet, save that as .xlsx, and read it.")
    if "Numbers" in kind:
        way = worded("Export it from Numbers as Excel or CSV (File, Export To), and read that.")
    return SourceError(worded("{name} is {kind}. {advice}", name=shown, kind=kind, advice=way))


def _old_office(data: bytes, ending: str | None, shown: str) -> str:
    if any(stream.encode("utf-16-le") in data for stream in _TABLES) or ending == "excel":
        return "excel"
    found = next((what for stream, what in _OLD_STREAMS.items() if stream.encode("utf-16-le") in data), None)
    kind = found or worded("an old Office file")
    raise SourceError(worded("{name} is {kind}. {advice}", name=shown, kind=kind, advice=_EXPORT))


def _sample(data: bytes) -> str:
    """Decode the beginning of a file, so that what is written in ASCII can be recognized."""
    head = data[:_SAMPLE]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    if head[1:2] == b"\0" and head[:1] != b"\0":
        return head.decode("utf-16-le", "replace")
    if head[:1] == b"\0" and head[1:2] not in (b"", b"\0"):
        return head.decode("utf-16-be", "replace")
    return head.decode("utf-8-sig", "replace")


def _foreign_text(text: str, data: bytes, ending: str | None) -> tuple[str, str] | None:
    """Recognize a text that is no table, and give the way out."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _markup(start, data, ending)
    first = start[:20].upper()
    if first.startswith("BEGIN:VCARD"):
        return worded("a file of vCards"), worded(
            "Import it into an address book that exports CSV, such as Outlook, and read that."
        )
    if first.startswith("BEGIN:VCALENDAR"):
        return worded("a calendar"), _EXPORT
    if re.match(r"(?i)(?:version: 1\s+)?(?:#[^\n]*\n\s*)*dn:{1,2} \S", start):
        return worded("an LDIF file of a directory"), worded("Export the users of the directory as CSV.")
    if _is_mail(start):
        return worded("a mailbox or a mail"), worded("Save the list that is attached to it, and read that.")
    if _is_sql(start):
        nobody = empty_dump(data)
        return (
            (worded("an SQL dump, and {nobody}", nobody=nobody), _WITH_ROWS)
            if nobody
            else (worded("an SQL dump"), _INTO_DATABASE)
        )
    if _is_yaml(start) or _TOML.match(start) or _JAVASCRIPT.match(start):
        return worded("a file for programs, such as YAML, TOML or JavaScript"), _EXPORT
    if is_printed_table(text):
        return (
            worded("a table that a database program printed for reading, in which cells cannot be told for sure"),
            _NOT_PRINTED,
        )
    return None


def _markup(start: str, data: bytes, ending: str | None) -> tuple[str, str] | None:
    if "urn:schemas-microsoft-com:office:spreadsheet" in start[:4096]:
        return worded("an XML Spreadsheet 2003"), _AS_XLSX
    if "urn:oasis:names:tc:opendocument" in start[:4096]:
        return worded("a flat OpenDocument file (XML)"), _AS_XLSX
    head = re.sub(r"(?s)\A(?:\s|<\?xml.*?\?>|<!--.*?-->)+", "", start[:4096])
    if _HTML.match(head):
        if ending == "excel" or "<table" in start.lower():
            return worded("a web page (HTML) with a table"), _AS_XLSX
        return worded("a web page (HTML), perhaps the one for signing in"), worded(
            "Sign in, and export the users again."
        )
    closed = (tag := _TAG.match(head)) and data[-_SAMPLE:].rstrip().endswith(f"</{tag[1]}>".encode())
    if start.startswith("<?xml") or closed:
        return worded("an XML file"), worded(
            "{export} Excel opens some XML files, and saves them as .xlsx.", export=_EXPORT
        )
    return None


def _is_yaml(start: str) -> bool:
    """Check that each of the first lines is a name with its value behind a colon."""
    lines = [line for line in start[:4096].splitlines() if line.strip("- \t") and not line.lstrip().startswith("#")]
    is_table = any({line.count(sign) for line in lines} == {max(lines[0].count(sign), 1)} for sign in ",;\t|" if lines)
    return len(lines) > 1 and not is_table and all(map(_YAML_PAIR.match, lines[:6]))


def _is_mail(start: str) -> bool:
    if re.match(r"From \S+ .*\d{4}\r?\n", start):  # a mailbox
        return True
    head = re.split(r"\r?\n\r?\n", start, maxsplit=1)[0]
    found = _MAIL_HEADER.findall(head)
    lines = head.splitlines()
    is_headers = all(re.match(r"[\w-]+:\s|\s", line) for line in lines)
    return is_headers and any(who for who, _ in found) and sum(bool(what) for _, what in found) > 1


def _is_sql(start: str) -> bool:
    remarks = _SQL_REMARKS.match(start)
    begin = remarks.end() if remarks else 0
    return bool(_SQL.match(start, begin)) or bool(_SQL_TITLE.search(start, 0, begin))
