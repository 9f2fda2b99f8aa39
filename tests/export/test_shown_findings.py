from passage_kit.export.shown_findings import group_findings, kinds_of, word_fields
from passage_kit.export.shown_names import ShownNames
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.metadata.fields import MetadataSchema


def test_findings_are_grouped_by_code_and_effect_most_first():
    findings = collect_findings(
        [
            make_findings([1, 2, 2], field="phone", code="phone_invalid"),
            make_findings([3], field="phone", code="phone_invalid", effect="rejected"),
            make_findings([None], field="pwd", code="secret_left_out", argument="4"),
        ]
    )
    groups = group_findings(kinds_of(findings), ShownNames([]), frozenset())
    assert [(group.code, group.effect, group.findings, group.rows) for group in groups] == [
        ("phone_invalid", "withheld", 3, 2),
        ("phone_invalid", "rejected", 1, 1),
        ("secret_left_out", "warning", 1, 0),
    ]
    assert groups[0].to_dict()["next_step"] == "Correct it, or ask the user for one."


def test_words_stand_in_columns_of_countries_states_booleans_and_choices():
    fields = [
        {"field_name": "vip", "type": "boolean"},
        {"field_name": "plan", "choices": ["a"]},
        {"field_name": "name"},
    ]
    assert word_fields(MetadataSchema.from_dicts(fields)) == {"region", "account_state", "vip", "plan"}
