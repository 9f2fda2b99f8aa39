"""Parts of a mapping, and its plain form."""

import pytest

from passage_kit.errors import MappingError
from passage_kit.mapping.mapping import Columns, Constant, FieldMapping, MappingChoices


class TestFieldMapping:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("Mail", Columns(("Mail",))),
            (["A", "B"], Columns(("A", "B"))),
            ({"join": ["A", "B"], "separator": "-"}, Columns(("A", "B"), "-")),
            ({"constant": "acme"}, Constant("acme")),
        ],
    )
    def test_every_way_to_write_an_origin_survives_the_plan(self, written, read):
        mapping = FieldMapping({"x": written})
        assert mapping["x"] == read
        assert FieldMapping.from_dict(mapping.to_dict()) == mapping

    @pytest.mark.parametrize("written", [[], 3, {"column": "A"}, None])
    def test_anything_else_is_refused(self, written):
        with pytest.raises(MappingError, match="'x' cannot be read"):
            FieldMapping({"x": written})

    def test_the_second_path_of_the_guide_leaves_metadata_out(self):
        mapping = FieldMapping({"email": "Mail", "plan": "Plan", "source_key": "Id"})
        assert list(mapping.identifiers_only()) == ["email", "source_key"]

    def test_a_replaced_mapping_is_a_new_one(self):
        mapping = FieldMapping({"email": "Mail", "plan": "Plan"})
        changed = mapping.replace({"user_metadata.region": "Country"}, plan=None)
        assert changed.to_dict() == {"email": "Mail", "user_metadata.region": "Country"}
        assert "plan" in mapping

    def test_it_is_shown_as_a_table(self):
        frame = FieldMapping({"email": "Mail", "phone": ["A", "B"], "t": Constant("x")}).to_frame()
        assert frame["source"].tolist() == ["Mail", "A + B", "always 'x'"]


def test_choices_are_written_as_target_and_column():
    assert MappingChoices.of(["email=Login=Mail", " phone = Tel "]) == {"email": "Login=Mail", "phone": "Tel"}
    several = MappingChoices.of(["account_state=deleted_at", "email=Mail", "account_state=blocked"])
    assert several == {"account_state": ["deleted_at", "blocked"], "email": "Mail"}
    with pytest.raises(MappingError, match="cannot be read, expected TARGET=COLUMN"):
        MappingChoices.of(["email"])


def test_the_first_of_several_columns_is_chosen_by_the_name_of_the_target():
    chosen = MappingChoices.of(["email=Mail", "phone=A", "email=Work", "phone=B"], first=["email"])
    assert chosen == {"email": Columns(("Mail", "Work"), first=True), "phone": ["A", "B"]}
    with pytest.raises(MappingError, match=r"cannot be joined\. Say --first email"):
        MappingChoices.of(["email=Mail", "email=Work"])
    with pytest.raises(MappingError, match="no first column to take for 'city'"):
        MappingChoices.of(["email=Mail"], first=["city"])
