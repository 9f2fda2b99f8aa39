"""The odd files of each reader, and lists that are packed, or in a form that the kit refuses."""

import bz2
import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Callable

import pyarrow as pa
from fuzzed_files import (
    File,
    csv_file,
    emails_of,
    excel_file,
    json_file,
    long_file,
    ndjson_file,
    old_excel_file,
    parquet_file,
    people_of,
    sometimes,
)


def packed_file(chance: random.Random) -> File:
    """Pack a list, as servers and people do."""
    inner = chance.choice((csv_file, json_file, ndjson_file))(chance)
    name, data = inner.name, inner.data
    match chance.choice(("gz", "zip", "bz2", "xz", "zst")):
        case "gz":
            half = len(data) // 2 if sometimes(chance) else len(data)
            parts = [data[:half], data[half:]] if half < len(data) else [data]
            data, name = b"".join(gzip.compress(part, mtime=0) for part in parts), f"{name}.gz"
            data += bytes(512) if sometimes(chance) else b""
        case "bz2":
            data, name = bz2.compress(data), f"{name}.bz2"
        case "xz":
            data, name = lzma.compress(data), f"{name}.xz"
        case "zst":
            packed = pa.compress(data, codec="zstd", asbytes=True)
            data, name = packed, f"{name}.zst"
        case _:
            data, name = _archive(chance, inner), "users.zip"
    return File(chance.choice((name, name, inner.name)), data, inner.people)


def _archive(chance: random.Random, inner: File) -> bytes:
    out = io.BytesIO()
    folder = chance.choice(("", "", "export/", "a/b/"))
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        if sometimes(chance):
            archive.writestr("__MACOSX/._users.csv", b"\0\5\x16\7")
        if sometimes(chance):
            archive.writestr("readme.md", "Keep this private.")
        archive.writestr(folder + inner.name, inner.data)
        if sometimes(chance):
            archive.writestr("roles.csv", "role,meaning\nadmin,all\n")
    return out.getvalue()


def foreign_file(chance: random.Random) -> File:
    """Write people in a form that the kit names and refuses: dumps, pages, address books."""
    people = people_of(chance)
    rows = [(person["email"], person.get("name", "").replace("'", "")) for person in people]
    values = ",\n".join(f"('{email}', '{name}')" for email, name in rows)
    cards = "\n".join(f"BEGIN:VCARD\nVERSION:3.0\nEMAIL:{email}\nEND:VCARD" for email, _ in rows)
    entries = "\n\n".join(f"dn: mail={email},dc=example\nmail: {email}" for email, _ in rows)
    cells = "".join(f"<tr><td>{email}</td></tr>" for email, _ in rows)
    items = "".join(f"<user><email>{email}</email></user>" for email, _ in rows)
    texts = {
        "insert": f"INSERT INTO users (email, name) VALUES\n{values};\n",
        "create": f"-- MySQL dump 10.13\n\nDROP TABLE IF EXISTS `users`;\nINSERT INTO `users` VALUES {values};\n",
        "copy": "SET client_encoding = 'UTF8';\nCOPY public.users (email) FROM stdin;\n"
        + "\n".join(e for e, _ in rows),
        "vcard": cards,
        "ldif": f"version: 1\n\n{entries}\n",
        "html": f"<html><body><table>{cells}</table></body></html>",
        "page": f"<!DOCTYPE html>\n<html><div>{cells}</div></html>",
        "xml": f'<?xml version="1.0"?>\n<users>{items}</users>',
    }
    text = chance.choice(("", "", "\n", "\ufeff")) + texts[chance.choice(list(texts))]
    name = f"users.{chance.choice(('csv', 'txt', 'sql', 'html', 'xml', 'xls', 'json'))}"
    return File(name, text.encode(chance.choice(("utf-8", "utf-8", "utf-16"))), emails_of(people))


READERS: dict[str, Callable[[random.Random], File]] = {
    "csv": csv_file,
    "json": json_file,
    "ndjson": ndjson_file,
    "excel": excel_file,
    "old excel": old_excel_file,
    "parquet": parquet_file,
    "packed": packed_file,
    "foreign": foreign_file,
    "long form": long_file,
}
