"""Columns that are read as one are found, and a list of one column is none."""

import pytest

import passage_kit as pk
from passage_kit.reading.csv.columns_in_one import sign_between
from passage_kit.reading.csv.csv_table import parse_csv

ROWS = [("id", "email", "name"), ("1", "ann@example.org", "Ann"), ("2", "bob@example.org", "")]


@pytest.mark.parametrize("sign", ["^", "~", "¦", ":", " / ", " ", "#"])
def test_a_list_with_an_unusual_delimiter_is_refused_with_the_way_out(sign, tmp_path):
    path = tmp_path / "users.txt"
    path.write_text("\n".join(map(sign.join, ROWS)) + "\n", encoding="utf-8")
    way = f"--delimiter '\\{sign}'" if sign in "^~#" else r"--delimiter|Export the users as CSV"
    with pytest.raises(pk.SourceError, match=rf"one column: .* between its columns.*({way})"):
        pk.read_users(path)


def test_an_unusual_delimiter_is_read_if_it_is_given(tmp_path):
    path = tmp_path / "users.txt"
    path.write_text("\n".join(map("^".join, ROWS)), encoding="utf-8")
    assert pk.read_users(path, delimiter="^")["email"].tolist() == ["ann@example.org", "bob@example.org"]


@pytest.mark.parametrize("last", [False, True])
def test_columns_padded_with_spaces_are_refused(last, tmp_path):
    order = [0, 2, 1] if last else [0, 1, 2]
    path = tmp_path / "users.txt"
    path.write_text("\n".join("".join(row[at].ljust(20) for at in order).rstrip() for row in ROWS))
    with pytest.raises(pk.SourceError, match="one or more spaces stand between its columns"):
        pk.read_users(path)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("email", ["ann@example.org"]),
        ("E-Mail Address", ["ann@example.org", "bob@example.org"]),
        ("Contact email", ["Ann Lee <ann@example.org>", "bob@example.org"]),
        ("Email / Login", ["ann@example.org", "bob@example.org"]),
        ("Name Email", ["Ann Lee", "Bob"]),
        ("email email", ["a@example.org b@example.org"]),
        ("Email address", []),
        ("name: email", [" "]),
    ],
)
def test_a_list_of_one_column_is_one(header, rows):
    assert sign_between(header, rows) is None


def test_quotes_around_whole_lines_are_told():
    data = b'"id,email,name"\n"1,ann@example.org,Ann"\n"2,bo@example.org,Bo"\n'
    with pytest.raises(pk.SourceError, match="quotes stand around whole lines, so ',' does not divide them"):
        parse_csv(data, "users.csv")
