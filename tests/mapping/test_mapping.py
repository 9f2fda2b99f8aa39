import pytest

from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.errors import MappingError
from passage_kit.findings.findings import describe_findings
from passage_kit.mapping.mapping import (
    Columns,
    Constant,
    FieldMapping,
    MappingChoices,
    apply_mapping,
    check_targets,
    unmapped_columns,
)
from passage_kit.metadata.fields import MetadataField, MetadataSchema

RAW = users_frame(
    {
        "Mail": ["a@example.org", " ", None],
        "Prefix": ["+1", None, "+49"],
        "Number": ["415 555 2671", "1", " "],
        "Id": ["007", "8", "9"],
    }
)


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


class TestApply:
    def test_both_identifiers_are_there_even_if_one_is_not_mapped(self):
        users = apply_mapping(RAW, FieldMapping({"email": "Mail"}))
        assert list(users.columns) == ["email", "phone"]
        assert users["phone"].isna().all()
        assert (users.dtypes == TEXT).all()

    def test_identifiers_come_first_and_helpers_last(self):
        users = apply_mapping(RAW, FieldMapping({"source_key": "Id", "tag": Constant("new"), "phone": "Number"}))
        assert list(users.columns) == ["email", "phone", "tag", "source_key"]
        assert users["tag"].tolist() == ["new"] * 3

    def test_white_space_alone_is_blank_and_other_values_stay_as_they_are(self):
        users = apply_mapping(RAW, FieldMapping({"email": "Mail", "source_key": "Id"}))
        assert users["email"].isna().tolist() == [False, True, True]
        assert users["source_key"].tolist() == ["007", "8", "9"]

    def test_joined_columns_leave_blank_parts_out(self):
        users = apply_mapping(RAW, FieldMapping({"phone": ["Prefix", "Number"]}))
        assert users["phone"].tolist() == ["+1 415 555 2671", "1", "+49"]
        assert apply_mapping(RAW, FieldMapping({"phone": ["Mail", "Prefix"]})).loc[2].isna().all()

    def test_the_source_is_not_changed(self):
        before = RAW.copy(deep=True)
        apply_mapping(RAW, FieldMapping({"email": "Mail", "phone": ["Prefix", "Number"]}))
        assert RAW.equals(before)

    def test_an_absent_column_is_named_with_the_one_that_was_meant(self):
        with pytest.raises(MappingError, match=r"'Mial', which is not in the source\. Did you mean 'Mail'"):
            apply_mapping(RAW, FieldMapping({"email": "Mial"}))

    def test_without_an_identifier_the_columns_are_named(self):
        with pytest.raises(MappingError, match=r"No column looks like.*Mail, Prefix, Number, Id"):
            apply_mapping(RAW, FieldMapping({"source_key": "Id"}))

    def test_rows_without_a_number_of_their_own_are_refused(self):
        with pytest.raises(MappingError, match="unique"):
            apply_mapping(RAW.set_axis([1, 1, 2]), FieldMapping({"email": "Mail"}))


def test_a_target_that_passage_does_not_have_is_refused():
    schema = MetadataSchema([MetadataField("plan")])
    check_targets(FieldMapping({"email": "Mail", "plan": "Plan", "order": "Seen"}), schema)
    with pytest.raises(MappingError, match="'shoe_size'"):
        check_targets(FieldMapping({"email": "Mail", "shoe_size": "Size"}), schema)


def test_what_passage_will_not_store_is_said_with_its_size():
    found = unmapped_columns(RAW, FieldMapping({"email": "Mail", "phone": ["Prefix", "Number"]}))
    assert describe_findings(found)["detail"].tolist() == ["not stored by Passage: column Id (3 non-blank values)"]
    assert unmapped_columns(RAW[["Mail"]], FieldMapping({"email": "Mail"})).empty


def test_choices_are_written_as_target_and_column():
    assert MappingChoices.of(["email=Login=Mail", " phone = Tel "]) == {"email": "Login=Mail", "phone": "Tel"}
    with pytest.raises(MappingError, match="cannot be read, expected TARGET=COLUMN"):
        MappingChoices.of(["email"])


def test_an_undecided_target_is_said():
    mapping = FieldMapping({"email": "Mail"}, undecided={"city": ("a.city", "b.city")})
    findings = unmapped_columns(
        users_frame({"Mail": ["a@example.org"], "a.city": ["Ulm"], "b.city": ["Bonn"]}), mapping
    )
    assert findings[["field", "code", "argument"]].to_numpy().tolist()[-1] == [
        "city", "column_undecided", "a.city or b.city",
    ]  # fmt: skip
