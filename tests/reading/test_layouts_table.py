"""The table of the known layouts."""

from passage_kit.reading.known_layouts import known_layouts
from passage_kit.reading.layouts_table import layouts


def test_a_row_says_what_a_layout_looks_like():
    table = layouts()
    assert table.index.tolist() == [layout.name for layout in known_layouts()]
    row = table.loc["firebase"]
    assert row["title"] == "Firebase"
    assert row["recognised_by"].startswith("localId, createdAt\n")
    assert row["recognised_by"].endswith("\na fixed shape without a header")
    assert row["source_key"].startswith("localId")
    assert row["account_state"] == "disabled, Disabled"


def test_columns_list_the_layouts_that_they_fit():
    assert layouts(["user_id", "email", "email_verified", "identities"]).index.tolist() == ["auth0"]
    assert len(layouts(["email"])) == 0


def test_a_mark_is_named():
    assert layouts().loc["phpmyadmin", "recognised_by"].endswith("at the beginning of the file")
