"""A run on a cluster without a mapping suggests what one machine suggests, whatever the partitions."""

import csv
import random
from dataclasses import replace
from pathlib import Path

import pytest
from messy_lists import SCHEMA, check_same, write_list

import passage_kit as pk
from passage_kit.cluster.added_evidence import cut, filled_by_part
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.job import Job
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.reading_steps import read_file
from passage_kit.cluster.storage import Storage
from passage_kit.cluster.suggested_mapping import suggest_of_parts
from passage_kit.errors import MappingError
from passage_kit.mapping.mapping import MappingChoices
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.mapping.suggest_helpers import KEYS

LAYOUTS = sorted(
    path
    for path in (Path(__file__).parents[1] / "data" / "layouts").glob("*/*")
    if path.suffix in (".csv", ".json", ".ndjson", ".jsonl", ".tsv", ".txt")
)
FIELDS = pk.MetadataSchema(
    [pk.MetadataField(name) for name in ("name", "first_name", "city", "company")]
    + [pk.MetadataField("created_at", type="date"), pk.MetadataField("newsletter", type="boolean")]
)


def suggested(path, folder, rows, engine=None, schema=FIELDS):
    """Suggest a mapping from partitions of so many rows, and on one machine."""
    job = Job(Storage(str(folder)), pk.Plan(str(path), schema=schema), rows)
    files = [read_file(job, 0, str(path))]
    names = list(files[0].read.users.columns)
    job = replace(job, columns=names, parts=cut(files, rows))
    ours = suggest_of_parts(
        engine or InThisProcess(), job, filled_by_part(files, job.parts, names), files[0].read.layout
    )
    read = pk.read_source(path)
    return ours, suggest_mapping(read.users, schema, layout=read.layout or "none")


def check_equal(ours, theirs):
    assert list(ours.to_dict().items()) == list(theirs.to_dict().items())
    assert ours.suggestions == theirs.suggestions
    assert ours.undecided == theirs.undecided


@pytest.mark.few(2)
@pytest.mark.few(12)
@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_export_of_a_known_system_is_mapped_as_on_one_machine(path, tmp_path):
    check_equal(*suggested(path, tmp_path, rows=2))


@pytest.mark.few(6)
@pytest.mark.parametrize("seed", range(30))
def test_columns_that_compete_are_settled_as_on_one_machine(seed, tmp_path):
    """Columns with one meaning, filled late, alike in all rows but one, or with one value: the whole list decides."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    names = chance.sample(["E-Mail", "Email", "mail (2)", "Phone", "phone", "Mobile", "Kd.-Nr.", "id", "status"], 6)
    rows = chance.randrange(3, 60)
    late = {name: chance.choice([0, 0, rows // 2, rows - 1]) for name in names}

    def value(name, row):
        if row < late[name] or chance.random() < 0.1:
            return ""
        if "ail" in name:
            return f"u{row if chance.random() < 0.98 or seed % 3 else 1}@example.org"
        return f"+1415555{row:04d}" if "o" in name else str(row if seed % 2 else row % 2)

    path = tmp_path / "users.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([names, *([value(name, row) for name in names] for row in range(rows))])
    check_equal(*suggested(path, tmp_path / "work", rows=chance.randrange(1, rows + 1)))


def test_as_many_values_of_a_key_are_compared_as_on_one_machine(tmp_path):
    """A tenth of the first values may be there twice; with as few as are looked at elsewhere, it would be no key."""
    path = tmp_path / "users.csv"
    once = KEYS * 95 // 100
    ids = [*range(KEYS - once), *range(KEYS - once), *range(KEYS - once, KEYS)]
    path.write_text("Kd.-Nr.,mail\n" + "".join(f"{number},u{at}@example.org\n" for at, number in enumerate(ids)))
    ours, theirs = suggested(path, tmp_path / "work", rows=40_000)
    check_equal(ours, theirs)
    assert ours.to_dict()["source_key"] == "Kd.-Nr."


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_run_without_a_mapping_writes_what_one_machine_writes(tmp_path, seed):
    source = write_list(tmp_path / "users", rows=90 + seed, files=1 + seed, seed=seed)
    options = {"schema": SCHEMA, "default_region": "US", "identifiers_only": seed == 2}
    one = pk.prepare(source, out=tmp_path / "one", **options)
    other = prepare_on_cluster(source, out=tmp_path / "other", client=InThisProcess(), rows=31 + seed, **options)
    check_same(tmp_path / "one", tmp_path / "other")
    assert other.plan == one.plan
    assert other.mapping.suggestions == one.mapping.suggestions


@pytest.mark.slow
def test_the_layout_is_the_recognised_or_the_chosen_one(tmp_path):
    path = next(path for path in LAYOUTS if path.parent.name == "auth0" and path.suffix == ".json")
    for name, options in (("recognised", {}), ("chosen", {"layout": "none"})):
        one = pk.prepare(path, out=tmp_path / name / "one", **options)
        given = {"out": tmp_path / name / "other", "client": InThisProcess(), "rows": 2}
        other = prepare_on_cluster(path, **given, **options)
        assert other.layout == one.layout
        check_same(tmp_path / name / "one", tmp_path / name / "other")


@pytest.mark.slow
def test_columns_that_differ_are_the_same_question(tmp_path):
    """The one row in which the columns differ is the last."""
    path = tmp_path / "users.csv"
    path.write_text("email,E-Mail\n" + "a@example.org,a@example.org\n" * 7 + "b@example.org,c@example.org\n")
    asked = []
    for verb, more in ((pk.prepare, {}), (prepare_on_cluster, {"client": InThisProcess(), "rows": 3})):
        with pytest.raises(MappingError) as raised:
            verb(path, out=tmp_path / "out", **more)
        asked.append(str(raised.value))
    assert asked[0] == asked[1]
    chosen = MappingChoices.of(["email=E-Mail"])
    pk.prepare(path, out=tmp_path / "one", mapping=chosen)
    prepare_on_cluster(path, out=tmp_path / "other", mapping=chosen, client=InThisProcess(), rows=3)
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.slow
def test_workers_suggest_the_same(tmp_path, client):
    source = write_list(tmp_path / "users", rows=120, files=2, seed=5)
    pk.prepare(source, out=tmp_path / "one", schema=SCHEMA)
    prepare_on_cluster(source, out=tmp_path / "other", schema=SCHEMA, client=client, rows=50)
    check_same(tmp_path / "one", tmp_path / "other")
