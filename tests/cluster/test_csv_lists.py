"""Findings and ledger as CSV files are those of one machine, and the manifest names them."""

import pytest
from messy_lists import MAPPING, SCHEMA, write_list

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.workspace.manifest import Entry, read_manifest


@pytest.mark.slow
def test_lists_for_people_are_those_of_one_machine(tmp_path):
    source = write_list(tmp_path / "users", rows=110, files=2, seed=3)
    one, other = tmp_path / "one", tmp_path / "other"
    pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=one)
    prepared = prepare_on_cluster(source, schema=SCHEMA, mapping=MAPPING, out=other, client=InThisProcess(), rows=40)
    assert not (other / "out" / "ledger.csv").exists()
    assert prepared.write_csv(InThisProcess()) == [str(other / "out" / name) for name in ("findings.csv", "ledger.csv")]
    for name in ("findings.csv", "ledger.csv"):
        assert (other / "out" / name).read_bytes() == (one / "out" / name).read_bytes()
        assert read_manifest(other).files[f"out/{name}"] == Entry.of(other / "out" / name)
    assert "out/console_import.csv" in read_manifest(other).files
    assert not (other / "stages" / "work").exists()
