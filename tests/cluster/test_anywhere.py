import pytest
from messy_lists import MAPPING, SCHEMA, check_same, write_list

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.errors import OptionError


@pytest.mark.slow
def test_the_one_verb_prepares_here_and_on_a_cluster(tmp_path):
    source = write_list(tmp_path / "users", rows=60, files=2, seed=5)
    given = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US", "reading": {"delimiter": ","}}
    here = pk.prepare(source, out=tmp_path / "here", **given)
    there = pk.prepare(source, out=pk.Workspace(tmp_path / "there"), client=InThisProcess(), **given)
    assert isinstance(here, pk.Prepared)
    assert isinstance(there, pk.PreparedOnCluster)
    assert there.summary() == here.summary()
    check_same(tmp_path / "here", tmp_path / "there")


def test_workers_need_a_source_and_an_output_that_they_see(tmp_path):
    frame = pk.read_users(write_list(tmp_path / "users", rows=3, files=1, seed=5))
    for source, out in ((frame, tmp_path / "out"), ("users.csv", None)):
        with pytest.raises(OptionError, match="the workers read the source"):
            pk.prepare(source, out=out, client=InThisProcess())
