"""The users frame that a mapping makes, and what it leaves out."""

import pytest

from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.errors import MappingError
from passage_kit.findings.findings import describe_findings
from passage_kit.identifiers.phones.phones import normalize_phones
from passage_kit.mapping.mapped_users import apply_mapping, check_targets, unmapped_columns
from passage_kit.mapping.mapping import Constant, FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField

RAW = users_frame(
    {
        "Mail": ["a@example.org", " ", None],
        "Prefix": ["+1", None, "+49"],
        "Number": ["415 555 2671", "1", " "],
        "Id": ["007", "8", "9"],
    }
)


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


def test_an_undecided_target_is_said():
    mapping = FieldMapping({"email": "Mail"}, undecided={"city": ("a.city", "b.city")})
    findings = unmapped_columns(
        users_frame({"Mail": ["a@example.org"], "a.city": ["Ulm"], "b.city": ["Bonn"]}), mapping
    )
    assert findings[["field", "code", "argument"]].to_numpy().tolist()[-1] == [
        "city", "column_undecided", "a.city or b.city",
    ]  # fmt: skip


def test_words_for_nothing_are_blank_and_said_once_a_column():
    raw = users_frame({"Mail": ["NULL", "a@example.org"], "City": ["\\N", "Ulm"], "Rest": ["(null)", "x"]})
    mapping = FieldMapping({"email": "Mail", "city": "City"})
    users = apply_mapping(raw, mapping)
    assert users[["email", "city"]].isna().to_numpy().tolist() == [[True, True], [False, False]]
    found = unmapped_columns(raw, mapping).query("code == 'null_word'")
    assert found[["field", "argument"]].to_numpy().tolist() == [["Mail", "NULL in 1 rows"], ["City", "\\N in 1 rows"]]
    for words in ([], {}):
        assert apply_mapping(raw, mapping, null_words=words)["city"].tolist() == ["\\N", "Ulm"]


FIRST = FieldMapping({"email": {"first": ["mail", "upn", "login"]}, "city": {"first": ["home", "work"]}})


def test_each_row_has_the_first_value_of_several_columns_and_says_whose_it_is():
    raw = users_frame({
        "mail": ["a@example.org", None, "NULL", " ", None],
        "upn": ["x@acme.example", "b@acme.example", "c@acme.example", "dee", None],
        "login": [None, None, None, "d@acme.example", "eve"],
        "home": ["Ulm", None, None, None, None],
        "work": ["Bonn", "Bonn", None, None, None],
    })  # fmt: skip
    users = apply_mapping(raw, FIRST, null_words=["NULL"])
    assert users["email"].fillna("").tolist() == [
        "a@example.org", "b@acme.example", "c@acme.example", "d@acme.example", "",
    ]  # fmt: skip
    assert users["city"].fillna("").tolist() == ["Ulm", "Bonn", "", "", ""]
    found = unmapped_columns(raw, FIRST, null_words=["NULL"]).query("code == 'value_from_other_column'")
    assert found[["source_row", "field", "value", "argument"]].to_numpy().tolist() == [
        [2, "email", "b@acme.example", "upn"],
        [3, "email", "c@acme.example", "upn"],
        [4, "email", "d@acme.example", "login"],
        [2, "city", "Bonn", "work"],
    ]


def test_a_word_for_none_is_passed_over_where_another_column_has_an_identifier():
    raw = users_frame({
        "mail": ["n/a", "n/a", "bad@", "ann"],
        "work": ["a@example.org", None, "c@example.org", "bo"],
        "cell": ["none", "none", "+1 212 555 0103", "-"],
        "home": ["٠٢١٢٥٥٥٠١٠١", "ask her", "+1 212 555 0104", None],
    })  # fmt: skip
    mapping = FieldMapping({"email": {"first": ["mail", "work"]}, "phone": {"first": ["cell", "home"]}})
    users = apply_mapping(raw, mapping)
    assert users["email"].tolist() == ["a@example.org", "n/a", "bad@", "ann"]
    assert users["phone"].tolist() == ["٠٢١٢٥٥٥٠١٠١", "none", "+1 212 555 0103", "-"]
    found = unmapped_columns(raw, mapping).query("code == 'value_from_other_column'")
    assert found[["source_row", "field", "argument"]].to_numpy().tolist() == [
        [1, "email", "work"],
        [1, "phone", "home"],
    ]


def test_a_phone_whose_label_says_fax_carries_it():
    raw = users_frame({
        "Phone 1 - Label": ["Work Fax", "Mobile", None, "Home Fax"],
        "Phone 1 - Value": ["+12025550199", "+12025550101", "+12025550102", None],
    })  # fmt: skip
    users = apply_mapping(raw, FieldMapping({"phone": "Phone 1 - Value"}))
    assert users["phone"].fillna("").tolist() == ["Work Fax +12025550199", "+12025550101", "+12025550102", ""]
    phones, findings = normalize_phones(users["phone"])
    assert phones.fillna("").tolist() == ["", "+12025550101", "+12025550102", ""]
    assert findings["code"].tolist() == ["phone_remark_against"]


def test_the_first_of_several_columns_is_written_as_it_is_read():
    assert FieldMapping.from_dict(FIRST.to_dict()) == FIRST
    assert FIRST.to_frame()["source"].tolist() == ["mail, else upn, else login", "home, else work"]
