"""Apostrophes that mark text in a spreadsheet: taken off where every value has one, and left in names."""

import pytest

from passage_kit.reading.csv.csv_reader import source_of
from passage_kit.reading.csv.csv_table import parse_csv


def read(*rows, header="id,email,phone,name"):
    return source_of(parse_csv("\n".join([header, *rows, ""]).encode(), "users.csv"))


def test_marks_of_numbers_and_addresses_are_taken_off_and_said():
    source = read("'001,'ann@example.org,'+14155550101,'t Hart", "'002, 'bo@example.org,'+14155550102,'s Jacob")
    assert source.users.fillna("").to_numpy().tolist() == [
        ["001", "ann@example.org", "+14155550101", "'t Hart"],
        ["002", " bo@example.org", "+14155550102", "'s Jacob"],
    ]
    said = source.findings
    assert said.loc[said["code"] == "text_mark", ["field", "argument"]].to_numpy().tolist() == [
        ["id", "2"],
        ["email", "2"],
        ["phone", "2"],
    ]


@pytest.mark.parametrize(
    "emails",
    [
        ["'ann@example.org", "bo@example.org"],
        ["'ann@example.org", ""],
        ["'s Gravenhage", "'t Zand"],
    ],
)
def test_what_not_every_value_has_stays(emails):
    source = read(*(f"{number},{email},," for number, email in enumerate(emails)))
    assert source.users["email"].fillna("").tolist() == emails
    assert "text_mark" not in set(source.findings["code"])
