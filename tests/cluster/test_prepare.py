"""A run on a cluster gives the bytes of one machine, whatever the partitions and the workers, and after any loss."""

import pytest
from killed_calls import Stops
from messy_lists import MAPPING, SCHEMA, check_same, write_list
from whole_way import go_the_whole_way

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.whole_run import console_slices
from passage_kit.errors import MappingError, OptionError
from passage_kit.export import console_csv
from passage_kit.workspace.manifest import manifest_path, read_manifest, unfinished

OPTIONS = (
    {"default_region": "US"},
    {"strict": True, "shared_phone": "merge", "inactive": "reject"},
    {"shared_phone": "reject", "survivor": "last", "default_region": "US"},
    {"shared_phone": "survivor", "survivor": "first", "identifiers_only": True, "null_words": ["NULL", "x"]},
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_output_is_that_of_one_machine(tmp_path, seed):
    rows = [150, 120, 1_100, 90][seed % 4]
    source = write_list(tmp_path / "users", rows=rows, files=1 + seed % 3, seed=seed)
    options = OPTIONS[seed % 4]
    one = pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "one", **options)
    other = prepare_on_cluster(
        source,
        schema=SCHEMA,
        mapping=MAPPING,
        out=tmp_path / "other",
        client=InThisProcess(),
        rows=rows // 3 + seed,
        **options,
    )
    check_same(tmp_path / "one", tmp_path / "other")
    assert other.summary() == one.summary()
    assert other.shared_keys == one.shared_keys
    assert other.funnel.adds_up


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_people_who_share_a_key_are_counted_wherever_they_stand(tmp_path, rows):
    keys = ["7", "8", " 7 ", "9", "", "7", "10", "", "9"]
    source = tmp_path / "users.csv"
    source.write_text("id,email\n" + "".join(f"{key},user{at}@example.org\n" for at, key in enumerate(keys)))
    given = {"mapping": {"email": "email", "source_key": "id"}, "client": InThisProcess(), "rows": rows}
    assert prepare_on_cluster(source, out=tmp_path / "w", **given).shared_keys == 5
    given["mapping"] = {"email": "email"}
    assert prepare_on_cluster(source, out=tmp_path / "w", **given).shared_keys == 0


@pytest.mark.slow
@pytest.mark.parametrize("moments", [["02/03/2024", "31/01/2024"], ["17", "4", "05/06/2024"], ["2024-05-01", "9", "8"]])
@pytest.mark.parametrize("survivor", ["newest", "oldest"])
def test_which_row_is_newer_is_read_by_the_whole_list(tmp_path, survivor, moments):
    """A partition of one row shows neither the order of day and month nor whether most values are numbers."""
    lines = [f"user{number // 3}@example.org,{moments[number % len(moments)]},{number}" for number in range(12)]
    source = tmp_path / "users.csv"
    source.write_text("\n".join(["email,seen,note", "ann@example.org,soon,x", *lines]) + "\n", encoding="utf-8")
    given = {
        "mapping": {"email": "email", "order": "seen", "note": "note"},
        "schema": pk.MetadataSchema([pk.MetadataField("note")]),
        "survivor": survivor,
    }
    one = pk.prepare(source, out=tmp_path / "one", **given)
    assert one.summary()["absorbed"] == 8
    prepare_on_cluster(source, out=tmp_path / "other", client=InThisProcess(), rows=1, **given)
    check_same(tmp_path / "one", tmp_path / "other")


def test_newest_without_an_order_is_refused_as_on_one_machine(tmp_path):
    source = write_list(tmp_path / "users", rows=9, files=1, seed=3)
    with pytest.raises(OptionError, match="reads the column 'order', which is missing"):
        prepare_on_cluster(
            source, mapping={"email": "Mail"}, out=tmp_path / "out", client=InThisProcess(), survivor="newest"
        )


HEADER = "id,raw_user_meta_data,phone,other_phone\n"


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"lost_plus": True}, {"lost_plus": False}, {"layout": "none"}])
def test_what_the_layout_and_a_person_say_of_lost_pluses_holds_in_every_part(tmp_path, options):
    lines = [f"u{number},{{}},{phone},{phone}" for number, phone in enumerate(["447400123456", "", "4155552671", ""])]
    source = tmp_path / "users.csv"
    source.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    given = {
        "schema": pk.MetadataSchema([pk.MetadataField("other_phone", type="phone")]),
        "mapping": {"phone": "phone", "source_key": "id", "other_phone": "other_phone"},
        **options,
    }
    one = pk.prepare(source, out=tmp_path / "one", **given)
    prepare_on_cluster(source, out=tmp_path / "other", client=InThisProcess(), rows=1, **given)
    check_same(tmp_path / "one", tmp_path / "other")
    plus_added = one.findings.loc[one.findings["code"].eq("phone_plus_added"), "field"].tolist()
    assert plus_added == {"{}": ["phone"], "{'lost_plus': True}": ["phone", "other_phone"]}.get(str(options), [])


@pytest.mark.slow
def test_parts_for_the_console_are_cut_as_on_one_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(console_csv, "USERS_PER_FILE", 40)
    monkeypatch.setattr("passage_kit.cluster.whole_run.USERS_PER_FILE", 40)
    source = write_list(tmp_path / "users", rows=130, files=2, seed=9)
    for folder, verb, options in (
        ("one", pk.prepare, {}), ("other", prepare_on_cluster, {"client": InThisProcess(), "rows": 77}),
    ):  # fmt: skip
        verb(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / folder, **options)
    assert (tmp_path / "other" / "out" / "console_import-002.csv").exists()
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.parametrize(
    ("counts", "users"), [([], [0]), ([0, 0], [0]), ([30_000], [30_000]), ([30_001, 0, 7], [30_000, 8])]
)
def test_slices_hold_every_user_once(counts, users):
    assert [sum(rows for _, _, rows in pieces) for pieces in console_slices(counts)] == users


class MakesCallsTwice(InThisProcess):
    """Makes each call of each step again, as an engine does that lost the worker after the call had written."""

    def run(self, name, call, items):
        items = list(items)
        super().run(name, call, items[::-1])
        return super().run(name, call, items)


@pytest.mark.slow
def test_calls_of_each_step_that_are_made_again_change_nothing(tmp_path):
    source = write_list(tmp_path / "users", rows=90, files=2, seed=11)
    pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "one")
    twice = MakesCallsTwice()
    prepare_on_cluster(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "other", client=twice, rows=35)
    check_same(tmp_path / "one", tmp_path / "other")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["merge", "console"])
def test_what_a_killed_run_left_does_not_look_complete_and_the_next_run_clears_it(tmp_path, step):
    source = write_list(tmp_path / "users", rows=60, files=1, seed=3)
    given = {"schema": SCHEMA, "mapping": MAPPING, "out": tmp_path / "other", "rows": 40}
    prepare_on_cluster(source, client=InThisProcess(), **given)
    with pytest.raises(KeyboardInterrupt):
        prepare_on_cluster(source, client=Stops(step), default_region="US", **given)
    assert manifest_path(tmp_path / "other").exists() == (step == "merge")  # the former outputs are untouched then
    pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "one", default_region="US")
    prepare_on_cluster(source, client=InThisProcess(), default_region="US", **given)
    check_same(tmp_path / "one", tmp_path / "other")
    assert not unfinished(tmp_path / "other")
    assert not (tmp_path / "other" / "stages" / "work").exists()
    assert "out/console_import.csv" in read_manifest(tmp_path / "other").files


@pytest.mark.server
def test_the_commands_go_on_from_a_folder_that_a_cluster_wrote_as_from_one_of_one_machine(run, tmp_path):
    source = write_list(tmp_path / "users", rows=80, files=2, seed=3)
    given = {"schema": SCHEMA, "mapping": MAPPING}
    pk.prepare(source, out=tmp_path / "one", **given)
    prepared = prepare_on_cluster(source, out=tmp_path / "other", client=InThisProcess(), rows=30, **given)
    persons, states = go_the_whole_way(run, tmp_path / "one", rows=80, exported=prepared.funnel.exported)
    of_cluster = go_the_whole_way(run, tmp_path / "other", rows=80, exported=prepared.funnel.exported)
    assert of_cluster == (persons, states)
    assert len(set(persons.values()) - {None}) > 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": 0}, "partitions of no rows"),
        ({"since": "s3://bucket/june"}, "since at an address"),
    ],
)
def test_what_a_cluster_does_not_do_is_refused_and_nothing_is_written(tmp_path, change, said):
    given = {"mapping": {"email": "Mail"}, "out": tmp_path / "out", "client": InThisProcess(), **change}
    with pytest.raises(OptionError, match=f"cannot go on with {said}"):
        prepare_on_cluster(tmp_path / "users.csv", **given)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("column", ["E-Mail", "Wohnort"])
def test_a_mapping_of_other_columns_is_refused_as_on_one_machine(tmp_path, column):
    source = write_list(tmp_path / "users", rows=9, files=1, seed=3)
    said = []
    for verb, given in ((pk.prepare, {}), (prepare_on_cluster, {"client": InThisProcess()})):
        with pytest.raises(MappingError, match=column) as refused:
            verb(source, mapping={"email": column}, out=tmp_path / "out", **given)
        said.append(str(refused.value))
    assert said[1] == said[0]
