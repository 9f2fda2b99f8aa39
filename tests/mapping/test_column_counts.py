from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import users_frame
from passage_kit.findings.findings import in_row_order
from passage_kit.mapping.column_counts import ColumnCounts, count_columns, say_of_columns
from passage_kit.mapping.mapped_users import unmapped_columns, words_for_nothing
from passage_kit.mapping.mapping import FieldMapping

MAPPING = FieldMapping({"email": "Mail", "city": "City"})
VALUES = (["a@b.org", "\\N", None], ["\\N", "Ulm"], ["A", "X", " A"], ["", "43"], ["c@d.org", "c", None])
cells = st.lists(
    st.tuples(*map(st.sampled_from, VALUES)),
    min_size=1,
    max_size=12,
)


@given(cells, st.integers(0, 12))
def test_the_counts_of_parts_add_up_to_those_of_the_whole(rows, cut):
    columns = dict(zip(["Mail", "City", "status", "Shoe", "Login"], zip(*rows, strict=True), strict=True))
    raw = users_frame(columns)
    nothing = words_for_nothing(raw, "auto")
    parts = [part for part in (raw.iloc[:cut], raw.iloc[cut:]) if len(part)]
    counts = sum((count_columns(part, MAPPING, nothing) for part in parts), ColumnCounts())
    whole = unmapped_columns(raw, MAPPING)
    assert in_row_order(say_of_columns(counts, MAPPING, nothing)).equals(in_row_order(whole))


def test_a_column_of_very_many_words_is_no_column_of_codes():
    words = [f"word {number}" for number in range(200)]
    raw = users_frame({"Mail": ["a@example.org"] * 200, "account_status": words})
    counts = count_columns(raw, MAPPING, {})
    assert counts.words == {"account_status": None}
    assert (counts + count_columns(raw.iloc[:3], MAPPING, {})).words == {"account_status": None}
    assert "account_codes_unread" not in say_of_columns(counts, MAPPING, {})["code"].tolist()


def test_addresses_of_those_who_have_neither_email_nor_phone_are_counted():
    raw = users_frame(
        {
            "Mail": ["ann@example.org", None, "\\N", None],
            "Tel": [None, None, "", "+14155550131"],
            "Login": ["ann@example.net", "bo@example.net", "cy@example.net", "di@example.net"],
            "City": ["Ulm", "Ulm", "Ulm", "Ulm"],
            "Address Phone": ["(415) 555-0132", "", "(415) 555-0133", "(415) 555-0134"],
            "Customer number": ["4155550135", "4155550136", "4155550137", "4155550138"],
            "Parent Phone": ["(415) 555-0139"] * 4,
        }
    )
    mapping = FieldMapping({"email": "Mail", "phone": "Tel"})
    assert count_columns(raw, mapping, {"Mail": ("\\N",)}).elsewhere == {"Login": 2, "Address Phone": 1}
    assert count_columns(raw, mapping, {}).elsewhere == {"Login": 1}
    assert count_columns(raw, FieldMapping({"email": "Mail", "phone": "Tel", "city": "Login"}), {}).elsewhere == {}
    assert count_columns(raw, FieldMapping({"city": "City"}), {}).elsewhere == {}
