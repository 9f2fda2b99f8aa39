"""The preview of a mapping: its counts are those of the preparation's own functions, one column at a time."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import HELPERS, users_frame
from passage_kit.errors import MappingError
from passage_kit.files.bundled import bundled
from passage_kit.mapping.mapping import Constant, FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.preparation.mapping_preview import AMBIGUOUS, FirstValue, preview_mapping, preview_target

EVERY_TYPE = MetadataSchema([MetadataField(name, type=name) for name in ("string", "boolean", "integer", "date")])
CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["Ann@Example.org", "bo@", "a@x.org, b@x.org", "0171 2345678", "+14155552671", "yes", "42.0", "31/1/2024"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


def column(*cells: str | None) -> pd.DataFrame:
    return users_frame({"Cell": list(cells)})


@pytest.mark.parametrize(
    ("target", "cells", "counts"),
    [
        ("email", ["a@example.org", "B@example.org", "c@", "d@x.org; e@x.org", None], (4, 1, 1, 1, 1)),
        ("phone", ["+14155552671", "+1 415 555 2671", "12", "+14155552671 / +14155552672", ""], (4, 1, 1, 1, 1)),
        ("boolean", ["true", "Yes", "maybe", "FALSE", None], (4, 1, 2, 1, 0)),
        ("integer", ["1", "1.0", "1.5", " "], (3, 1, 1, 1, 0)),
        ("date", ["2024-01-31", "3/4/2024", "soon", "31 Jan 2024"], (4, 1, 1, 1, 1)),
        ("string", ["a", " b ", None], (2, 1, 1, 0, 0)),
        ("source_key", ["1", "1", None], (2, 2, 0, 0, 0)),
        ("region", ["US", "Germany", "Atlantis", "n/a"], (3, 1, 1, 1, 0)),
        ("order", ["2024-01-31", "soon", None], (2, 1, 0, 1, 0)),
    ],
)
def test_the_counts_of_each_kind_of_target(target, cells, counts):
    assert preview_target(column(*cells), FieldMapping({target: "Cell"}), target, EVERY_TYPE)[:5] == counts


def test_the_first_values_say_what_becomes_of_them():
    raw = column(None, "Ann@Example.org", "Ann@Example.org", "bo@", "cy@example.org", "dee@example.org")
    assert preview_target(raw, FieldMapping({"email": "Cell"}), "email").first == (
        FirstValue("Ann@Example.org", "ann@example.org", None),
        FirstValue("bo@", None, "email_invalid"),
        FirstValue("cy@example.org", "cy@example.org", None),
    )


def test_a_phone_is_read_with_the_country_of_its_row():
    raw = users_frame({"Tel": ["0171 2345678", "020 7946 0018"], "Land": ["Germany", "UK"]})
    alone, mapped = FieldMapping({"phone": "Tel"}), FieldMapping({"phone": "Tel", "region": "Land"})
    assert preview_target(raw, alone, "phone").first[0].code == "phone_no_region"
    assert preview_target(raw, alone, "phone", default_region="DE").first[0].becomes == "+491712345678"
    assert [first.becomes for first in preview_target(raw, mapped, "phone").first] == ["+491712345678", "+442079460018"]


def test_a_phone_field_is_read_with_the_country_of_its_row_too():
    raw = users_frame({"Tel": ["0171 2345678"], "Land": ["Germany"]})
    schema = MetadataSchema([MetadataField("mobile", type="phone")])
    preview = preview_target(raw, FieldMapping({"mobile": "Tel", "region": "Land"}), "mobile", schema)
    assert preview.first[0].becomes == "+491712345678"


def test_joined_columns_and_constants_are_previewed_as_they_will_be():
    raw = users_frame({"First": ["Ann", None], "Last": ["Lee", "Ray"]})
    schema = MetadataSchema([MetadataField("name"), MetadataField("vip", type="boolean")])
    mapping = FieldMapping({"name": ["First", "Last"], "vip": Constant("Yes")})
    assert preview_target(raw, mapping, "name", schema).first[0].value == "Ann Lee"
    assert preview_target(raw, mapping, "vip", schema)[:5] == (2, 0, 2, 0, 0)
    assert preview_target(raw, mapping, "vip", schema).first == (FirstValue("Yes", "true", None),)


@pytest.mark.parametrize(
    ("target", "cell", "option", "becomes"),
    [
        ("phone", "0171 2345678", {"default_region": "DE"}, "+491712345678"),
        ("email", "ann@school.test", {"allow_special_use": True}, "ann@school.test"),
        ("date", "3/4/2024", {"date_order": "DMY"}, "2024-04-03"),
        ("date", "45000", {"numeric_dates": "excel"}, "2023-03-15"),
        ("boolean", "oui", {"words": {"oui": True}}, "true"),
        ("integer", "1.500", {"thousands": "."}, "1500"),
    ],
)
def test_options_are_those_of_the_preparation(target, cell, option, becomes):
    mapping = FieldMapping({target: "Cell"})
    assert preview_target(column(cell), mapping, target, EVERY_TYPE).first[0].becomes is None
    assert preview_target(column(cell), mapping, target, EVERY_TYPE, **option).first[0].becomes == becomes


def test_what_is_not_there_is_said():
    with pytest.raises(MappingError, match="no target 'phone'"):
        preview_target(column("a"), FieldMapping({"email": "Cell"}), "phone")
    with pytest.raises(MappingError, match="no metadata field"):
        preview_target(column("a"), FieldMapping({"shoes": "Cell"}), "shoes", EVERY_TYPE)


@given(st.lists(CELLS, min_size=1, max_size=8), st.sampled_from(["email", "phone", *HELPERS, *EVERY_TYPE.columns]))
def test_every_value_has_one_fate(cells, target):
    raw = column(*cells)
    preview = preview_target(raw, FieldMapping({target: "Cell"}), target, EVERY_TYPE)
    assert preview.filled == preview.valid + preview.fixed + preview.withheld + preview.ambiguous <= len(cells)
    assert all(first.becomes is None or first.code is None for first in preview.first)


@pytest.mark.slow
def test_the_sample_is_counted_as_the_preparation_counts_it():
    schema = MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml"))
    raw = pk.read_users(bundled("sample_data/legacy_users.csv"))
    mapping = pk.suggest_mapping(raw, schema)
    table = preview_mapping(raw, mapping, schema)
    users = pk.apply_mapping(raw, mapping)
    users, of_identifiers = pk.normalize_identifiers(users)
    users, of_values = pk.normalize_values(users, schema)
    findings = pd.concat([of_identifiers, of_values])
    for target in ("email", "phone", *schema.columns):
        codes = Counter(findings.loc[findings["field"].eq(target) & findings["effect"].eq("withheld"), "code"])
        ambiguous = sum(codes[code] for code in AMBIGUOUS)
        assert table.loc[target, "valid"] + table.loc[target, "fixed"] == users[target].notna().sum()
        assert (table.loc[target, "ambiguous"], table.loc[target, "withheld"]) == (ambiguous, codes.total() - ambiguous)
