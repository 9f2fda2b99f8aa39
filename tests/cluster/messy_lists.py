"""Messy lists in files, and the comparison of what one machine and a cluster make of them."""

import csv
import json
import random
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

import passage_kit as pk

HEADER = ["id", "Mail", "Tel", "Name", "City", "News", "Born", "State", "Land", "Login", "Other"]
MAPPING = {
    "email": {"first": ["Mail", "Login"]}, "phone": "Tel", "name": "Name", "city": "City", "news": "News",
    "born": "Born", "source_key": "id", "region": "Land", "account_state": "State",
}  # fmt: skip
SCHEMA = pk.MetadataSchema(
    [
        pk.MetadataField("name"),
        pk.MetadataField("city", max_length=20),
        pk.MetadataField("news", type="boolean"),
        pk.MetadataField("born", type="date"),
    ]
)
DOMAINS = ["example.org", "gmail.com", "gmial.com", "mail.example", "bücher.example"]


def messy_row(number, people, chance):
    """Make one row: emails and phones that meet others, in several spellings, and values of every kind of trouble."""
    person = chance.randrange(people)
    address = f"user{person}@{DOMAINS[person % 5]}"
    odd = [address.upper(), f"user{person}+news@gmail.com", "", "n/a", "bo@", "info@example.org", "a@x.org, b@x.org"]
    number_of_phone = chance.randrange(people // 2 + 1)
    phones = [
        *(f"(415) 555-{number_of_phone % 10_000:04d}", f"+4930{number_of_phone:07d}", f"447400{number_of_phone:06d}"),
        *("", "", "0000000000", "12", "030 901820", "+14155550100" if number % 7 == 0 else ""),
    ]
    names = ["Ann", "Bo", "Zoë", "NULL", ""]
    return [
        str(number + 1),
        address if chance.random() < 0.6 else chance.choice(odd),
        chance.choice(phones),
        chance.choice(names) + (f" {person % 50}" if person % 2 else ""),
        chance.choice(["Oslo", "Bonn", "", "=1+1", "Caf&eacute;", "A city with far too long a name"]),
        chance.choice(["yes", "no", "", "maybe"]),
        chance.choice(["31/01/1980", "02/03/1981", "2024-01-05", "soon", ""]),
        chance.choice(["active", "deleted", "", "A", "X"]),
        chance.choice(["US", "DE", "", "Atlantis"]),
        chance.choice(["", "", f"login{person}@example.org"]),
        chance.choice(["x", "", "\\N"]),
    ]


def write_list(folder: Path, *, rows: int, files: int, seed: int) -> Path:
    """Write a list into several CSV files."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    return write_rows(folder, [messy_row(number, max(rows * 3 // 4, 1), chance) for number in range(rows)], files=files)


def write_rows(folder: Path, every: list[list[str]], *, files: int) -> Path:
    """Write rows into several CSV files, instead of those that are there."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    size = -(-len(every) // files)
    for at in range(files):
        with (folder / f"part-{at:03d}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEADER, *every[at * size : (at + 1) * size]])
    return folder


def frames_of(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the data sets that a run on a cluster wrote."""
    frames = {}
    for name in ("users", "findings", "ledger"):
        parts = sorted((folder / "stages" / name).glob("part-*.parquet"))
        whole = [folder / "stages" / name / "whole.parquet"] if name == "findings" else []
        tables = [pq.read_table(path).to_pandas(types_mapper=pd.ArrowDtype) for path in [*whole, *parts]]
        frames[name] = pd.concat(tables, ignore_index=True)
    return frames


def check_same(one: Path, other: Path) -> None:
    """Check that a run on a cluster (``other``) wrote what one machine wrote (``one``)."""
    workspace = pk.Workspace(one)
    for name, frame in frames_of(other).items():
        expected = workspace.load_stage(name)
        expected = expected.reset_index(drop=name == "findings")
        pd.testing.assert_frame_equal(plain(frame), plain(expected), check_dtype=False)
        pd.testing.assert_frame_equal(pk.Workspace(other).load_stage(name), workspace.load_stage(name))
    pages = [json.loads((folder / "stages" / "report.json").read_text())["values"] for folder in (one, other)]
    assert pages[1] == pages[0]
    names = {path.name for path in workspace.out.iterdir()} - {"findings.csv", "ledger.csv"}
    assert {path.name for path in (other / "out").iterdir()} == names
    for name in sorted(names):
        assert (other / "out" / name).read_bytes() == (one / "out" / name).read_bytes(), name
    assert (other / "plan.toml").read_bytes() == (one / "plan.toml").read_bytes()


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)
