from passage_kit.files.bundled import bundled
from passage_kit.preparation.run import prepare


def prepared():
    return prepare(bundled("sample_data/legacy_users.csv"), default_region="US")


def test_the_summary_is_plain_and_adds_up():
    summary = prepared().summary()
    assert summary["kept"] + summary["absorbed"] + summary["rejected"] == summary["read"]
    assert all(isinstance(count, int) for count in summary["findings"].values())
    assert summary["source"]["name"] == "legacy_users.csv"


def test_rejected_rows_have_their_columns_and_reasons():
    result = prepared()
    rejected = result.rejected_rows
    assert list(rejected.columns[: result.raw.shape[1]]) == list(result.raw.columns)
    assert len(rejected) == result.funnel.rejected
    assert (rejected["rejected_reasons"] != "").all()


def test_mapping_settings_and_unmapped_columns_are_those_of_the_run():
    result = prepared()
    assert result.mapping is result.plan.mapping
    assert result.settings["default_region"] == "US"
    assert set(result.unmapped["field"]) == set(result.raw.columns) - set(result.mapping.columns)


def test_a_line_that_could_not_be_read_is_there_as_it_stood():
    result = prepared()
    unread = result.rejected_rows[result.rejected_rows["rejected_reasons"].str.contains("row_too_long|line_unreadable")]
    assert len(unread) == 2
    assert unread["rejected_line"].notna().all()
    assert result.rejected_rows["rejected_line"].notna().sum() == 2
