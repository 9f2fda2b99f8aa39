"""Tables with a name and a value of a user in each row."""

import json

import numpy as np
import pyarrow as pa
import pytest

import passage_kit as pk
from passage_kit.columns import text_parts
from passage_kit.reading.long_form import one_row_a_person

PEOPLE = {
    "7": {"first_name": "Ann", "email": "ann@example.org", "phone": "+14155550131"},
    "8": {"first_name": "Bob", "email": "bob@example.net"},
    "9": {"first_name": "Cy", "email": "cy@example.com", "phone": ""},
}
ROWS = [
    {"umeta_id": number, "user_id": user, "meta_key": key, "meta_value": value}
    for number, (user, key, value) in enumerate(
        [(user, key, value) for user, values in PEOPLE.items() for key, value in values.items()], 100
    )
]


def csv_of(tmp_path, rows, header=None):
    names = list(rows[0])
    lines = [header or ",".join(names), *(",".join(str(row[name]) for name in names) for row in rows)]
    path = tmp_path / "usermeta.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(source):
    return source.findings.loc[source.findings["code"] == "rows_of_attributes", "argument"].tolist()


@pytest.mark.parametrize(
    "header",
    ["umeta_id,user_id,meta_key,meta_value", "id,customer_id,name,value", "row,User ID,Attribute,Value",
     "id,user_id,field_name,field_value", "id,contact_id,property,value"],
)  # fmt: skip
def test_a_row_a_person(tmp_path, header):
    source = pk.read_source(csv_of(tmp_path, ROWS, header))
    user = header.split(",")[1]
    assert list(source.users) == [user, "first_name", "email", "phone"]
    assert source.users["email"].tolist() == [values["email"] for values in PEOPLE.values()]
    assert source.users["phone"].isna().tolist() == [False, True, True]
    assert source.users.index.tolist() == [1, 2, 3]
    assert told(source) == [f"8 rows of names and values are 3 users, by {user}, without {header.split(',')[0]}"]


def test_values_too_large_for_one_array_are_taken_in_parts(monkeypatch):
    columns = [pa.chunked_array([[str(row[name]) for row in ROWS[:3]], [str(row[name]) for row in ROWS[3:]]])
               for name in ROWS[0]]  # fmt: skip
    whole = one_row_a_person([*ROWS[0]], columns)
    monkeypatch.setattr(text_parts, "LARGEST_PART", 1)
    parts = one_row_a_person([*ROWS[0]], columns)
    assert [column.to_pylist() for column in parts.columns] == [column.to_pylist() for column in whole.columns]
    assert whole.columns[0].to_pylist() == [*PEOPLE]


def test_rows_of_a_person_need_not_stand_together_and_columns_of_the_user_stay(tmp_path):
    rows = [{"user_id": row["user_id"], "registered": f"2024-01-0{row['user_id']}", "meta_key": row["meta_key"],
             "meta_value": row["meta_value"]} for row in ROWS]  # fmt: skip
    mixed = [rows[at] for at in np.random.default_rng(1).permutation(len(rows))]
    users = pk.read_users(csv_of(tmp_path, mixed)).sort_values("user_id")
    assert users["registered"].tolist() == ["2024-01-07", "2024-01-08", "2024-01-09"]
    assert users["first_name"].tolist() == ["Ann", "Bob", "Cy"]


def test_several_values_of_a_name_are_all_kept(tmp_path):
    more = {"umeta_id": 1, "user_id": "7", "meta_key": "email", "meta_value": "ann.two@example.org"}
    users = pk.read_users(csv_of(tmp_path, [*ROWS, more]))
    assert users["email"].tolist()[0] == "ann@example.org; ann.two@example.org"


def test_json_is_read_alike(tmp_path):
    path = tmp_path / "usermeta.json"
    path.write_text(json.dumps({"rows": ROWS}), encoding="utf-8")
    assert pk.read_users(path)["email"].tolist() == [values["email"] for values in PEOPLE.values()]


def test_a_secret_among_the_names_is_left_out(tmp_path):
    secrets = [{"umeta_id": at, "user_id": user, "meta_key": "session_tokens", "meta_value": f"s3cret-{user}"}
               for at, user in enumerate(PEOPLE)]  # fmt: skip
    source = pk.read_source(csv_of(tmp_path, ROWS + secrets))
    assert "session_tokens" not in source.users
    assert "secret_left_out" in source.findings["code"].tolist()


def test_findings_of_rows_move_to_their_people(tmp_path):
    path = csv_of(tmp_path, ROWS)
    path.write_text(path.read_text() + "200,9,city\n", encoding="utf-8")
    source = pk.read_source(path)
    short = source.findings[source.findings["code"] == "row_too_short"]
    assert (short["source_row"].tolist(), len(source.users)) == ([3], 3)


@pytest.mark.parametrize(
    "change",
    [
        lambda at, row: {**row, "seen": f"2024-01-{at + 1:02d}"},  # a column that would be lost
        lambda at, row: {**row, "user_id": str(at)},  # nobody has two rows
        lambda at, row: {**row, "meta_key": f"note {at}"},  # names that are data
        lambda at, row: {**row, "meta_key": ""},
    ],
)
def test_other_tables_stay(tmp_path, change):
    rows = [change(at, row) for at, row in enumerate(ROWS)]
    source = pk.read_source(csv_of(tmp_path, rows))
    assert (len(source.users), told(source)) == (len(ROWS), [])


def test_orders_of_customers_with_a_name_and_a_value_stay(tmp_path):
    orders = [{"order_id": at, "customer_id": at // 2, "name": "Ann Lee", "value": 10 * at} for at in range(6)]
    assert len(pk.read_users(csv_of(tmp_path, orders))) == len(orders)
