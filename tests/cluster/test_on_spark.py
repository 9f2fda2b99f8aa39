"""PySpark in the place of Dask, by the class that the how-to shows: all outputs are those of one machine."""

import os
import sys
from pathlib import Path

import pytest
from messy_lists import MAPPING, SCHEMA, check_same, write_list

import passage_kit as pk

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "run-on-spark.md"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_a_run_on_spark_gives_the_outputs_of_one_machine(tmp_path, monkeypatch):
    pyspark = pytest.importorskip("pyspark", reason="PySpark, which is 450 MB and needs Java, is no dependency")
    shown: dict = {}
    exec(PAGE.read_text(encoding="utf-8").split("```py\n")[1].split("```")[0], shown)  # noqa: S102 - our own page
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    source = write_list(tmp_path / "users", rows=600, files=3, seed=21)
    given = {"schema": SCHEMA, "mapping": MAPPING, "default_region": "US"}
    pk.prepare(source, out=tmp_path / "one", **given)
    conf = pyspark.SparkConf().setMaster("local[2]").set("spark.ui.enabled", "false")
    with pyspark.SparkContext(conf=conf) as context:
        pk.prepare(source, out=tmp_path / "other", client=shown["OnSpark"](context), **given)
    check_same(tmp_path / "one", tmp_path / "other")
