"""Ids placed on rows: surely, or not at all."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.findings.ledger import ABSORBED, KEPT, REJECTED
from passage_kit.writeback.matching import REASONS, know_rows, place_ids

ANN, BOB = "ann@example.org", "bob@example.org"
ONE, TWO = "+14155550101", "+14155550102"


def rows_of(*rows):
    key, email, phone = zip(*rows, strict=True)
    return users_frame({"key": key, "email": email, "phone": phone}, first_row=0).assign(repeated=False)


def ids_of(*ids):
    key, email, phone, passage_id = zip(*ids, strict=True)
    frame = users_frame({"key": key, "email": email, "phone": phone, "passage_id": passage_id}, first_row=0)
    return frame.assign(outcome=users_frame({"outcome": [None] * len(ids)}, first_row=0)["outcome"])


def placed(rows, ids, **options):
    found, unplaced = place_ids(rows_of(*rows), ids_of(*ids), **options)
    plain = found[["passage_id", "matched_by", "reason"]].astype(object)
    return plain.where(plain.notna(), None).to_numpy().tolist(), unplaced["reason"].tolist()


NONE, SEVERAL_ROWS, SEVERAL_IDS = [None] * 3, [None, None, "several_rows"], [None, None, "several_ids"]
TWICE = ["a", "key", "id_for_several_rows"]


@pytest.mark.parametrize(
    ("rows", "ids", "expected", "unplaced"),
    [
        ([("1", ANN, ONE)], [("1", BOB, TWO, "a")], [["a", "key", None]], []),
        ([("1", ANN, ONE)], [(None, ANN, TWO, "a")], [["a", "email", None]], []),
        ([("1", None, ONE)], [(None, ANN, ONE, "a")], [["a", "phone", None]], []),
        ([("1", ANN, ONE)], [(None, None, ONE, "a")], [["a", "phone", None]], []),
        ([("1", ANN, ONE)], [(None, BOB, ONE, "a")], [NONE], ["email_differs"]),
        ([("1", ANN, None)], [("2", ANN, None, "a")], [["a", "email", None]], []),
        ([("1", ANN, None)], [("2", BOB, None, "a")], [NONE], ["no_row"]),
        ([("1", None, None), ("2", ANN, None)], [("1", ANN, None, "a")], [["a", "key", None], NONE], []),
        ([("9", None, None)], [("1", None, None, "a"), ("1", None, None, "b")], [NONE], ["no_row"] * 2),
        ([("1", None, ONE), ("2", None, ONE)], [(None, None, ONE, "a")], [SEVERAL_ROWS] * 2, ["several_rows"]),
        ([("1", ANN, None)], [("1", None, None, "a"), ("1", None, None, "b")], [SEVERAL_IDS], ["several_ids"] * 2),
        ([("1", ANN, None)], [("1", None, None, "a"), (None, ANN, None, "a")], [["a", "key", None]], []),
        ([("1", None, None), ("2", None, None)], [("1", None, None, "a"), ("2", None, None, "a")], [TWICE] * 2, []),
        (
            [("1", ANN, None), ("2", ANN, None)],
            [("1", None, None, "a"), (None, ANN, None, "b")],
            [["a", "key", None], ["b", "email", None]],
            [],
        ),
    ],
)
def test_who_gets_which_id(rows, ids, expected, unplaced):
    assert placed(rows, ids) == (expected, unplaced)


def test_shared_ids():
    both = [("1", ANN, ONE), ("2", ANN, ONE)]
    assert placed(both, [(None, ANN, None, "a")], share=True) == ([["a", "email", None]] * 2, [])
    assert placed(both, [(None, None, ONE, "a")], share=True)[1] == ["several_rows"]  # a phone may be a household's


def test_the_outcome_of_users_without_an_id():
    ids = ids_of(("1", None, None, None), (None, ANN, None, None)).assign(
        outcome=pd.array(["failed", "unknown"], dtype="string[pyarrow]").astype(
            pd.ArrowDtype(__import__("pyarrow").string())
        )
    )
    found, unplaced = place_ids(rows_of(("1", None, None), ("2", ANN, None)), ids)
    assert found["outcome"].tolist() == ["failed", "unknown"]
    assert len(unplaced) == 0


def test_nothing_at_all():
    found, unplaced = place_ids(rows_of(("1", ANN, None)).iloc[:0], ids_of(("1", None, None, "a")))
    assert (len(found), unplaced["reason"].tolist()) == (0, ["no_row"])


VALUES = st.sampled_from([None, "1", "2", "3"])


@given(
    st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=6),
    st.lists(st.tuples(VALUES, VALUES, VALUES, st.sampled_from([None, "a", "b", "c"])), min_size=1, max_size=6),
)
def test_no_id_is_on_two_rows_and_every_id_is_accounted_for(rows, ids):
    found, unplaced = place_ids(rows_of(*rows), ids_of(*ids))
    sure = found[found["reason"].isna()]["passage_id"].dropna()
    assert sure.is_unique
    given_ids = {entry[3] for entry in ids} - {None}
    assert given_ids == set(found["passage_id"].dropna()) | set(unplaced["passage_id"])
    assert set(unplaced["reason"]) | set(found["reason"].dropna()) <= set(REASONS)


@given(st.permutations(range(4)), st.permutations(range(3)))
def test_the_order_does_not_matter(row_order, id_order):
    rows = [("1", ANN, None), ("2", None, ONE), ("3", BOB, TWO), ("4", None, TWO)]
    ids = [("1", None, None, "a"), (None, None, ONE, "b"), (None, BOB, None, "c")]
    found, _ = place_ids(rows_of(*[rows[at] for at in row_order]), ids_of(*[ids[at] for at in id_order]))
    by_key = dict(zip((rows[at][0] for at in row_order), found["passage_id"].fillna("-"), strict=True))
    assert by_key == {"1": "a", "2": "b", "3": "c", "4": "-"}


def test_what_the_preparation_knows_of_a_row():
    users = users_frame({"email": [ANN, BOB], "phone": [ONE, None]})
    users.index = pd.Index([1, 4], name="source_row")
    ledger = pd.DataFrame(
        {
            "source_key": pd.array(["k1", "k2", "k3", "k4", "k1"], dtype=TEXT),
            "disposition": pd.array([KEPT, ABSORBED, REJECTED, KEPT, ABSORBED], dtype=TEXT),
            "survivor_row": pd.array([None, 1, None, None, 1], dtype="int64[pyarrow]"),
            "codes": pd.array(["", "duplicate_email", "no_identifier", "", "duplicate_email"], dtype=TEXT),
        },
        index=pd.RangeIndex(1, 6, name="source_row"),
    )
    rows = know_rows(rows_of(*((key, None, None) for key in ("k1", "k2", "k3", "k4", "new"))), users, ledger)
    plain = rows[["email", "phone", "disposition", "survivor"]].astype(object)
    assert plain.where(plain.notna(), None).to_numpy().tolist() == [
        [ANN, ONE, KEPT, None],
        [None, None, ABSORBED, "k1"],
        [None, None, REJECTED, None],
        [BOB, None, KEPT, None],
        [None, None, None, None],
    ]
    assert not np.asarray(rows["repeated"]).any()


def texts(*values):
    return pd.Series(pd.array(list(values), dtype=TEXT))


@pytest.mark.parametrize(
    ("survivor", "expected"),
    [("1", ["a", None]), ("9", ["-", "-"]), (None, ["-", "-"])],
    ids=["its own", "another", "no"],
)
def test_an_email_of_an_absorbed_row_is_the_survivors_own(survivor, expected):
    """The survivor's email was corrected, and stands in the table on the row that was absorbed into it."""
    rows = rows_of(("1", ANN, None), ("2", ANN, None)).assign(
        table_email=texts("ann@exmaple.org", ANN),
        survivor=texts(None, survivor),
        disposition=texts(KEPT, ABSORBED),
    )
    found, _ = place_ids(rows, ids_of(("1", ANN, None, "a")))
    found = found["passage_id"].where(found["reason"].isna(), "-")
    assert [None if pd.isna(value) else value for value in found] == expected


def test_rows_that_cannot_be_addressed_get_no_id():
    rows = rows_of(("1", None, None), ("2", None, None)).assign(nameless=[True, False])
    found, unplaced = place_ids(rows, ids_of(("1", None, None, "a"), ("2", None, None, "b")))
    assert (found["reason"].fillna("-").tolist(), len(unplaced)) == (["no_identity", "-"], 0)


def test_keys_that_are_one_text_are_not_shared():
    rows = rows_of(("1", None, None), ("1", None, None))
    ids = ids_of(("1", None, None, "a"))
    for ambiguous, expected in ((False, ["-", "-"]), (True, ["keys_of_one_text"] * 2)):
        found, _ = place_ids(rows.assign(ambiguous=ambiguous), ids, share=True)
        assert found["reason"].fillna("-").tolist() == expected


def test_a_row_without_email_is_told_apart_from_the_one_with_the_email():
    rows = rows_of(("1", ANN, None), ("1", None, None)).assign(table_email=texts(ANN, None))
    found, _ = place_ids(rows, ids_of(("1", ANN, None, "a")))
    assert found["reason"].fillna("-").tolist() == ["-", "several_rows"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([("1", ANN, None, "a"), ("1", BOB, None, "b")], ["a", "b"]),
        ([("1", BOB, None, "b")], [None, "b"]),
        ([("1", BOB, None, "b"), ("1", "new@example.org", None, "a")], [None, "b"]),  # the rest is not certain
        ([("1", BOB, None, "b"), ("1", BOB, None, "c")], [None, None]),
        ([("1", None, None, "a")], [None, None]),
        ([("2", ANN, None, "a")], ["a", None]),
    ],
)
def test_key_and_email_together_tell_rows_of_one_key_apart(ids, expected):
    rows = rows_of(("1", ANN, None), ("1", BOB, None)).assign(table_email=texts(ANN, BOB))
    found, _ = place_ids(rows, ids_of(*ids))
    kept = found["passage_id"].where(found["reason"].isna())
    assert [None if pd.isna(value) else value for value in kept] == expected


def test_every_reason_is_in_the_reference():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "files.md").read_text(encoding="utf-8")
    described = page.partition("`out/write_back.csv`\n")[2].partition("`corrections.csv`\n")[0]
    assert [reason for reason in REASONS if f"`{reason}`" not in described] == ["email_differs", "no_row"]
