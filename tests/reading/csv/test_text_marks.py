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


def test_marks_of_words_are_taken_off_beside_those_of_numbers():
    source = read("'001,'ann@example.org,'+14155550101,'Ann Lee", "'002,'bo@example.org,,'Bo", "'003,,,'O'Neil")
    assert source.users["name"].tolist() == ["Ann Lee", "Bo", "O'Neil"]
    assert "name" in set(source.findings.loc[source.findings["code"] == "text_mark", "field"])


@pytest.mark.parametrize("names", [["'Ann", "Bo"], ["'t Hart", "'Bo"]])
def test_words_that_may_have_apostrophes_of_their_own_keep_them(names):
    source = read(*(f"'{number},'u{number}@example.org,,{name}" for number, name in enumerate(names)))
    assert source.users["name"].tolist() == names


def test_words_alone_show_no_marks():
    source = read(*(f"{number},u{number}@example.org,,'Ann" for number in range(3)))
    assert source.users["name"].tolist() == ["'Ann"] * 3
