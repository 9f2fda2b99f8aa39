"""The sample data: what its generator writes, and that every trap is in it."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import phonenumbers
import pytest

from passage_kit.metadata.console_template import plain_name, read_template
from passage_kit.metadata.fields import MetadataSchema, identifier_of

SAMPLE = Path(__file__).parents[1] / "sample_data"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    subprocess.run([sys.executable, SAMPLE / "generate.py", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    with (SAMPLE / "legacy_users.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.slow
def test_the_generator_writes_the_same_csv(generated: Path) -> None:
    committed = (SAMPLE / "legacy_users.csv").read_bytes().replace(b"\r\n", b"\n")  # git may have changed line endings
    assert (generated / "legacy_users.csv").read_bytes() == committed


@pytest.mark.slow
def test_the_generator_writes_the_same_cells_in_excel(generated: Path) -> None:
    def cells(folder: Path) -> dict[str, list[tuple[object, ...]]]:
        workbook = openpyxl.load_workbook(folder / "legacy_users.xlsx")
        return {sheet.title: list(sheet.values) for sheet in workbook}

    assert cells(generated) == cells(SAMPLE)


def test_the_generator_writes_the_same_rows_in_the_database(generated: Path) -> None:
    def users(folder: Path) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(folder / "application.db")) as database:
            return database.execute("SELECT * FROM users ORDER BY id").fetchall()

    assert users(generated) == users(SAMPLE)


def test_the_database_has_the_customers_of_the_export(rows: list[list[str]]) -> None:
    exported = {int(row[0]) for row in rows[2:] if row and row[0].isdigit()}
    with closing(sqlite3.connect(SAMPLE / "application.db")) as database:
        there = {number for (number,) in database.execute("SELECT id FROM users")}
    assert (len(exported - there), len(there - exported)) == (5, 12)


def test_the_csv_is_an_export_of_about_2000_rows(rows: list[list[str]]) -> None:
    data = (SAMPLE / "legacy_users.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert len(data) < 400_000
    assert 1_950 <= len(rows) <= 2_100
    assert len(rows[0]) == 1
    assert rows[1][:4] == ["Cust No", "E-Mail Address", "Mobile", "Country"]


def test_the_csv_has_lines_that_are_not_as_they_should_be(rows: list[list[str]]) -> None:
    header, *body = rows[1:]
    lengths = [len(row) for row in body]
    assert lengths.count(0) >= 2
    assert any(0 < length < len(header) for length in lengths)
    assert any(length > len(header) for length in lengths)
    assert header in body
    assert [""] * len(header) in body
    assert any("\n" in cell for row in body for cell in row)
    assert any(row[0].startswith("00") for row in body if row)
    assert any(row[5:6] == ["Null"] for row in body)


def test_ordinary_phones_are_valid(rows: list[list[str]]) -> None:
    international = {
        row[2] for row in rows[2:] if len(row) > 2 and row[2].startswith("+") and row[2][1:].replace(" ", "").isdigit()
    }
    invalid = [text for text in international if not phonenumbers.is_valid_number(phonenumbers.parse(text))]
    assert len(international) > 100
    assert set(invalid) <= {"+1 415 555", "+1 999 555 0123"}


def test_the_template_has_every_field_once_in_another_order() -> None:
    schema = MetadataSchema.from_toml(SAMPLE / "metadata_fields.toml")
    header = read_template(SAMPLE / "console_template.csv").header
    named = [plain_name(name) for name in header if identifier_of(name) is None]
    friendly = [plain_name(field.friendly_name) for field in schema]
    assert header[:2] == ("email", "phone")
    assert sorted(named) == sorted(friendly)
    assert named != friendly
    assert [field.field_name for field in schema if field.required] == ["last_name"]


def test_the_workbook_has_typed_cells() -> None:
    workbook = openpyxl.load_workbook(SAMPLE / "legacy_users.xlsx")
    title, _, header, *body = workbook["Members"].values
    assert [value for value in title if value] == ["Members of the walking club, spring 2024"]
    assert header[1:3] == ("Email", "Phone")
    types = {name: {type(row[at]).__name__ for row in body} for at, name in enumerate(header)}
    assert {"int", "float", "str"} <= types["Phone"]
    assert {"datetime", "str", "int"} <= types["Date of Birth"]
    assert {"bool", "str"} <= types["Newsletter"]
    assert len(workbook.sheetnames) == 2
