"""The choices of the mapping table: a mapping that is shown and taken back is the same mapping."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.mapping.mapping import Columns, Constant, FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.widgets.chosen_mapping import ALSO, Chosen, columns_by_target

SCHEMA = MetadataSchema([MetadataField("country"), MetadataField("joined"), MetadataField("name")])
TARGETS = [*IDENTIFIERS, *SCHEMA.columns, *ALSO]  # columns of account_state are in test_map_fields.py
COLUMNS = ["Mail", "My Country", "Country", "Since", "Id", "region Country"]
RAW = pd.DataFrame({name: [] for name in COLUMNS})

origins = st.one_of(
    st.sampled_from(COLUMNS),
    st.lists(st.sampled_from(COLUMNS), min_size=2, max_size=3, unique=True),
    st.builds(lambda name: Columns((name,), ", "), st.sampled_from(COLUMNS)),
)
mappings = st.dictionaries(st.sampled_from(TARGETS), origins).map(FieldMapping)


def taken(chosen: Chosen, mapping: FieldMapping) -> FieldMapping:
    return chosen.mapping(TARGETS, SCHEMA, mapping, Chosen.of(mapping, RAW))


@given(mappings)
def test_an_untouched_mapping_stays_as_it_is(mapping):
    assert taken(Chosen.of(mapping, RAW), mapping).to_dict() == mapping.to_dict()


@given(mappings)
def test_each_column_has_one_target_and_a_field_comes_before_a_helper(mapping):
    chosen = Chosen.of(mapping, RAW)
    for target, columns in columns_by_target(mapping).items():
        for name in columns:
            own = chosen.targets[name]
            assert own
            assert own == target or own not in HELPERS or target in HELPERS or target in IDENTIFIERS + SCHEMA.columns


def test_one_column_is_field_and_helper_at_once():
    mapping = FieldMapping(
        {"email": "Mail", "region": "Country", "country": "Country", "order": "Since", "joined": "Since"}
    )
    chosen = Chosen.of(mapping, RAW)
    assert chosen.targets["Country"] == "country"
    assert set(chosen.also) == {"region Country", "order Since"}
    assert chosen.by_target()["region"] == ("Country",)
    fewer = chosen._replace(also=("order Since",))
    assert "region" not in taken(fewer, mapping)
    more = chosen._replace(also=(*chosen.also, "source_key Mail"))
    assert taken(more, mapping)["source_key"] == Columns(("Mail",))


def test_what_a_column_serves_goes_with_its_target():
    mapping = FieldMapping({"email": "Mail", "region": "Country", "country": "Country"})
    chosen = Chosen.of(mapping, RAW)
    away = chosen._replace(targets={**chosen.targets, "Country": ""})
    assert taken(away, mapping).to_dict() == {"email": "Mail"}


def test_a_constant_stays_beside_the_columns():
    mapping = FieldMapping({"email": "Mail", "region": Constant("DE")})
    assert Chosen.of(mapping, RAW).constants == {"region": "DE"}
    assert taken(Chosen.of(mapping, RAW), mapping) == mapping
