"""The option ``--cluster`` of ``prepare``: workers of this machine, a scheduler that is there, and none."""

import json
from pathlib import Path

import dask
import pytest
from distributed import Client, LocalCluster

from passage_kit.files.bundled import bundled

SAMPLE = bundled("sample_data/legacy_users.csv")


@pytest.fixture
def plan(run, tmp_path):
    fields = bundled("sample_data/metadata_fields.toml")
    assert run("prepare", SAMPLE, "--schema", fields, "--region", "US", "--out", tmp_path / "one")[0] == 0
    return tmp_path / "one" / "plan.toml"


@pytest.mark.slow
def test_a_scheduler_that_is_there_runs_a_plan_with_the_files_of_one_machine(run, tmp_path, plan):
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster,
        Client(cluster),
    ):
        given = "prepare", SAMPLE, "--plan", plan, "--out", tmp_path / "other", "--cluster", cluster.scheduler_address
        code, out, err = run(*given, "--csv", "--json")
    assert code == 0, err
    assert "The cluster shows its work on http" in err
    summary = json.loads(out)
    assert summary["kept"] + summary["absorbed"] + summary["rejected"] == summary["read"]
    assert set(summary["files"]) == {
        *("console_import.csv", "rejected_rows.csv", "report.html", "findings.csv", "ledger.csv")
    }
    for name, path in summary["files"].items():
        assert (tmp_path / "one" / "out" / name).read_bytes() == Path(path).read_bytes()


@pytest.mark.slow
def test_no_scheduler_is_said(run, tmp_path, plan):
    with dask.config.set({"distributed.comm.timeouts.connect": "200ms"}):
        given = "prepare", SAMPLE, "--plan", plan, "--out", tmp_path / "other", "--cluster", "tcp://127.0.0.1:1"
        code, _, err = run(*given)
    assert code == 2
    assert "No scheduler of Dask answers at 'tcp://127.0.0.1:1'" in err
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
@pytest.mark.parametrize("since", ["one", "s3://bucket/june"])
def test_a_newer_export_is_compared_and_what_a_cluster_does_not_do_is_refused(run, tmp_path, plan, since):
    folder = since if "://" in since else plan.parent
    given = "prepare", SAMPLE, "--since", folder, "--json"
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster:
        code, out, err = run(*given, "--out", tmp_path / "other", "--cluster", cluster.scheduler_address)
    if "://" in since:
        assert code == 2
        assert "A run on a cluster cannot go on with since at an address" in err
        return
    assert code == 0, err
    one = json.loads(run(*given, "--out", tmp_path / "july")[1])
    other = json.loads(out)
    assert other["since"] == one["since"]
    assert one["since"]["unchanged"] > 0
    for name in ("console_import.csv", "gone_since.csv", "changed_since.csv", "rejected_rows.csv"):
        assert Path(other["files"][name]).read_bytes() == Path(one["files"][name]).read_bytes()
