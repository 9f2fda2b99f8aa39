"""Values that a spreadsheet would run are warned of, and stay as they are in the Console CSV."""

import csv

import pandas as pd

import passage_kit as pk
from passage_kit.columns.users_frame import INTEGER, users_frame
from passage_kit.export.formula_warnings import warn_of_formulas


def test_texts_are_warned_of_and_phones_and_numbers_are_not():
    users = users_frame(
        {"email": ["=a@example.org", "b@example.org"], "phone": [None, "+12025550123"], "n": ["-1", None]}
    )
    users["score"] = pd.array([-1, -2], dtype=INTEGER)
    found = warn_of_formulas(users, ["n", "score", "missing"])
    assert found[["source_row", "field", "value", "code", "effect"]].to_numpy().tolist() == [
        [1, "email", "=a@example.org", "formula_like", "warning"],
        [1, "n", "-1", "formula_like", "warning"],
    ]


def test_the_console_file_is_exact_and_the_files_for_people_are_harmless(tmp_path):
    schema = pk.MetadataSchema([pk.MetadataField("name")])
    source = users_frame({"email": ["a@example.org", "x@", "a@example.org"], "name": ["=1+1", "@cmd", "-2"]})
    prepared = pk.prepare(source, schema=schema, out=tmp_path)
    assert prepared.findings["code"].eq("formula_like").sum() == 1
    assert (tmp_path / "out" / "console_import.csv").read_text().splitlines()[1] == "a@example.org,,=1+1"
    for name in ("findings.csv", "rejected_rows.csv", "ledger.csv"):
        with (tmp_path / "out" / name).open(encoding="utf-8", newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    findings = pk.read_users(tmp_path / "out" / "findings.csv", header_row=1)
    assert {"=1+1", "-2"} <= {*findings["value"].dropna(), *findings["argument"].dropna()}
