"""Files of every kind that the kit reads, and damage to their bytes: cut short, flipped, spliced, repeated."""

import io
import json
import random
from pathlib import Path

import openpyxl
import pandas as pd

import passage_kit as pk

ROWS = [
    {"email": "ann@example.org", "phone": "+1 202-555-0123", "name": "Ann", "born": "1980-02-29", "vip": "yes"},
    {"email": "bob@example.org", "phone": "", "name": "Zoë", "born": "1990-12-31", "vip": "no"},
    {"email": "ann@example.org", "phone": "+12025550123", "name": "Ann, B.", "born": "", "vip": ""},
    {"email": "cy@", "phone": "", "name": '"Cy"', "born": "x", "vip": "?"},
]
FIELDS = """
[[fields]]
field_name = "name"
max_length = 20
pattern = '[^0-9]*'

[[fields]]
field_name = "born"
type = "date"

[[fields]]
field_name = "vip"
type = "boolean"
"""
NASTY = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b'"', b"'", b"\r", b"\n", b",", b";", b"\t", b"[", b"{", b"}",
    b"]", b"=", b"-1", b"1e999", b"99999999999999999999", b"\xef\xbb\xbf", b"<!--", b"null", b"true", b"\x1f\x8b",
    b"PK\x03\x04", b"PAR1",
)  # fmt: skip


def sources() -> dict[str, bytes]:
    """Give a user list in each format, by the name of its file."""
    frame = pd.DataFrame(ROWS)
    excel, parquet = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    for row in (frame.columns, *frame.itertuples(index=False)):
        book.active.append(list(row))
    book.active["G1"], book.active["G2"] = "sum", "=1/0"
    book.save(excel)
    frame.assign(nested=[{"a": [1, 2], "b": {"c": 3}}] * len(frame)).to_parquet(parquet)
    return {
        "users.csv": frame.to_csv(index=False).encode(),
        "users16.csv": frame.to_csv(index=False, sep=";").encode("utf-16"),
        "users.xlsx": excel.getvalue(),
        "users.json": json.dumps({"users": [{**row, "tags": ["a", {"b": 1}]} for row in ROWS]}).encode(),
        "users.ndjson": "\n".join(map(json.dumps, ROWS)).encode(),
        "users.parquet": parquet.getvalue(),
    }


def migration(folder: Path) -> dict[str, Path]:
    """Make a workspace with each file that a person or an accident may change, and give their paths by kind."""
    source = folder / "users.csv"
    source.write_bytes(sources()["users.csv"])
    fields, template = folder / "fields.toml", folder / "template.csv"
    fields.write_text(FIELDS)
    template.write_bytes(b"\xef\xbb\xbfemail;phone;Name;Born;Vip\r\n")
    described = [{"field_name": "name", "friendly_name": "Name", "type": "string"}]
    (folder / "app.json").write_text(json.dumps({"app": {"user_metadata_schema": described}}))
    workspace = pk.Workspace(folder / "m")
    pk.prepare(
        source, schema=pk.MetadataSchema.from_toml(fields), template=template, default_region="US", out=workspace
    )
    workspace.save_corrections(
        pk.correct(workspace.load_corrections(), [4], "email", "cy@example.org", note="=told us")
    )
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [1, 3], "survivor", survivor_row=3))
    return {
        "fields.toml": fields,
        "app.json": folder / "app.json",
        "template": template,
        "plan.toml": workspace.plan_path,
        "corrections": workspace.corrections_path,
        "decisions": workspace.decisions_path,
        "users stage": workspace.stage_path("users"),
        "ledger stage": workspace.stage_path("ledger"),
        "findings stage": workspace.stage_path("findings"),
        "applied plan": workspace.applied_plan_path,
        "report.json": workspace.report_page_path,
        "passage ids": folder / "ids.csv",
        "rejected rows": workspace.out / "rejected_rows.csv",
    }


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Damage some bytes, in one to three places."""
    for _ in range(chance.choice((1, 1, 2))):
        at = chance.randint(0, len(data))
        until = min(len(data), at + chance.choice((0, 1, 5, 50, len(data))))
        match chance.randint(0, 6):
            case 0:
                data = data[:at]
            case 1:
                data = data[at:] if chance.random() < 0.2 else data[:at] + data[until:]
            case 2:
                data = data[:at] + chance.choice(NASTY) + data[at:]
            case 3 if data:
                flipped = bytearray(data)
                flipped[min(at, len(data) - 1)] ^= 1 << chance.randint(0, 7)
                data = bytes(flipped)
            case 4:
                data = data[:at] + data[at : at + 200] * chance.randint(2, 9) + data[at:]
            case 5:
                data = data[:at] + chance.randbytes(chance.randint(1, 9)) + data[until:]
            case 6:
                words = (b"true", b"false", b"1", b'"', b"email", b"name", b"string", b"source_row")
                data = data.replace(chance.choice(words), chance.choice((*NASTY, *words)), 1)
    return data
