"""Cells of JSON: opened where the whole column is JSON, and left alone otherwise."""

import json

import pandas as pd
import pyarrow as pa
import pytest

from passage_kit.columns import text_parts
from passage_kit.reading.json_cells import MOST_OPENED, open_json
from passage_kit.reading.readers import read_source

META = [{"first_name": "Ann", "age": 41, "vip": True}, None, {"first_name": "Cy", "address": {"city": "Ulm"}}]
TEXTS = [None if it is None else json.dumps(it) for it in META]
USERS = pd.DataFrame({"email": ["ann@example.org", "bob@example.org", "cy@example.org"], "raw_user_meta_data": TEXTS})


def columns_of(*values):
    opened = open_json(["meta"], [pa.chunked_array([list(values)], pa.string())])
    return {name: column.to_pylist() for name, column in zip(opened.names, opened.columns, strict=True)}


@pytest.mark.parametrize("largest", [1, 80, 1 << 29])
def test_a_column_too_large_for_one_array_is_opened_in_parts(monkeypatch, largest):
    monkeypatch.setattr(text_parts, "LARGEST_PART", largest)
    assert columns_of(*TEXTS, TEXTS[0]) == {
        "meta.first_name": ["Ann", None, "Cy", "Ann"],
        "meta.age": ["41", None, None, "41"],
        "meta.vip": ["true", None, None, "true"],
        "meta.address.city": [None, None, "Ulm", None],
    }


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "db", "frame"])
def test_a_column_of_json_is_opened_in_every_format(tmp_path, form):
    path = tmp_path / f"users.{form}"
    if form == "db":
        USERS.to_sql("users", f"sqlite:///{path}", index=False)
        source = read_source(f"sqlite:///{path}", table="users")
    elif form == "frame":
        source = read_source(USERS)
    else:
        {"csv": USERS.to_csv, "xlsx": USERS.to_excel, "parquet": USERS.to_parquet}[form](path, index=False)
        source = read_source(path)
    plain = source.users.astype(object).where(source.users.notna(), None)
    assert {name.removeprefix("raw_user_meta_data."): list(plain[name]) for name in plain} == {
        "email": list(USERS["email"]),
        "first_name": ["Ann", None, "Cy"],
        "age": ["41", None, None],
        "vip": ["true", None, None],
        "address.city": [None, None, "Ulm"],
    }
    [finding] = source.findings[source.findings["code"] == "json_opened"].to_dict("records")
    assert finding["field"] == "raw_user_meta_data"
    assert finding["argument"].startswith("4 columns: raw_user_meta_data.first_name, ")


@pytest.mark.parametrize(
    "values",
    [
        ['{"a": 1}', "Ann"],
        ["Ann", '{"a": 1}'],
        ['{"a": 1}', "{broken"],
        ['["a", "b"]'],
        ["[1, 2]", None],
        ["null", None],
        ["{}", None],
        [None, None],
        ["{Ann}", "{Bob}"],
        ['[{"id": 1}, {"id": 2}]'],
        ['{"a": ' * 100_000],
        [json.dumps(dict.fromkeys(map(str, range(MOST_OPENED + 1)), 1))],
    ],
)
def test_what_stays_one_cell(values):
    assert columns_of(*values) == {"meta": values}


def test_addresses_and_pairs_in_lists():
    column = pa.chunked_array([['[{"value": "old@example.org"}, {"value": "ann@example.org", "primary": true}]', None]])
    opened = open_json(["emails"], [column])
    assert opened.names == ["emails.primary email", "emails.other email"]
    assert [part.to_pylist() for part in opened.columns] == [["ann@example.org", None], ["old@example.org", None]]
    assert columns_of('[{"Name": "email", "Value": "ann@example.org"}]', "null") == {
        "meta.email": ["ann@example.org", None]
    }


def test_numbers_stay_as_they_are_written():
    assert columns_of('{"id": 10000000000000000001, "zip": "00123", "x": 1.0}') == {
        "meta.id": ["10000000000000000001"], "meta.zip": ["00123"], "meta.x": ["1.0"],
    }  # fmt: skip


def test_names_stay_unique():
    columns = [pa.chunked_array([['{"a": "1"}']]), pa.chunked_array([["2"]])]
    opened = open_json(["meta", "meta.a"], columns)
    assert opened.names == ["meta.a (2)", "meta.a"]


def test_secrets_inside_stay_out():
    frame = pd.DataFrame(
        {
            "email": ["ann@example.org"],
            "meta": ['{"city": "Ulm", "password_hash": "$2b$10$a4VB/EsiAZHJoQTVM0QW3Bd2zDIb.CJ1lC2ipA"}'],
            "credentials": ['{"value": "secret-value"}'],
        }
    )
    source = read_source(frame)
    assert list(source.users) == ["email", "meta.city"]
    left_out = source.findings.loc[source.findings["code"] == "secret_left_out", "field"]
    assert sorted(left_out) == ["credentials", "meta.password_hash"]


def test_a_repeated_header_does_not_hide_the_json(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text('email,meta\nann@example.org,"{""city"": ""Ulm""}"\nemail,meta\n')
    assert read_source(path).users["meta.city"].tolist()[0] == "Ulm"
