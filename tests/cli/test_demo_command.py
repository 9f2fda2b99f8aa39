"""The demo, as it prints. Its summary as JSON is read in ``test_plain_install``."""

import pytest

OF_PREPARATION = {"console_import.csv", "findings.csv", "rejected_rows.csv", "ledger.csv", "report.html"}
OUTPUTS = {*OF_PREPARATION, "passage_ids.csv", "verification.json"}


@pytest.mark.slow
def test_the_demo_goes_from_end_to_end_offline(run, tmp_path):
    code, _, err = run("demo", "--out", tmp_path / "demo")
    assert code == 0
    assert {path.name for path in (tmp_path / "demo" / "out").iterdir()} == OUTPUTS
    assert "exported +" in err
    assert "1,891 created" in err
    assert "1,891 are in Passage as prepared, 0 differ, 0 are missing" in err
    assert "passage_ids.csv" in err
