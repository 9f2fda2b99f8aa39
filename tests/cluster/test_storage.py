"""Storage in a folder and on S3, by a service that runs here."""

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from messy_lists import MAPPING, SCHEMA, write_list
from s3fs.core import S3File

import passage_kit as pk
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.prepare import prepare_on_cluster
from passage_kit.cluster.storage import Storage, split_rows
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import MissingExtraError, OutputError, SourceError
from passage_kit.workspace.manifest import MANIFEST


def test_several_frames_of_a_file_are_read_one_by_one(tmp_path):
    storage, users = Storage(str(tmp_path)), users_frame({"email": ["a@x.org", None, "c@x.org"]})
    storage.write_frame("stages/work/a/1", users.iloc[:1], users.iloc[1:1], users.iloc[1:])
    assert [storage.read_frame("stages/work/a/1", at).index.tolist() for at in range(3)] == [[1], [], [2, 3]]
    pd.testing.assert_frame_equal(storage.read_frame("stages/work/a/1"), users, check_index_type=False)
    assert [path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file()] == [0o600]


@pytest.mark.server
def test_what_is_there_is_listed_with_its_size(tmp_path, bucket):
    for root in (str(tmp_path), f"{bucket}/out"):
        storage = Storage(root, "run")
        assert storage.names("stages/work/raw") == []
        assert storage.size("stages/work/raw/1") is None
        storage.write("stages/work/raw/1", b"three")
        storage.write("stages/work/raw/0", b"")
        assert storage.names("stages/work/raw") == ["0", "1"]
        assert storage.size("stages/work/raw/1") == 5
        assert Storage(root).names("stages/work") == ["run"]


@pytest.mark.server
def test_a_file_of_pieces_is_the_pieces_one_after_the_other_and_none_where_one_is_missing(tmp_path, bucket):
    for root in (str(tmp_path), f"{bucket}/out"):
        storage = Storage(root)
        entry = storage.write_joined("out/rejected_rows.csv", iter([b"email\n", b"", b"bo@\n"]))
        assert storage.read("out/rejected_rows.csv") == b"email\nbo@\n"
        assert entry == storage.write("out/same.csv", b"email\nbo@\n")
        with pytest.raises((FileNotFoundError, OutputError)):
            storage.write_joined("out/other.csv", (storage.read(name) for name in ["out/same.csv", "out/none.csv"]))
        assert storage.size("out/other.csv") is None


@pytest.mark.server
def test_of_a_file_of_pieces_little_more_than_one_is_fetched(bucket, monkeypatch):
    """Each bucket reads its piece of what each partition wrote: whole files would be fetched as often as there are."""
    storage = Storage(f"{bucket}/out")
    pieces = [pa.table({"row": np.random.default_rng(seed).integers(0, 1 << 60, 1 << 17)}) for seed in range(8)]  # 1 MB
    storage.write_table("stages/work/people/00000", *pieces)
    fetched, real = [], S3File._fetch_range

    def noted(self, start, end):
        fetched.append(end - start)
        return real(self, start, end)

    monkeypatch.setattr(S3File, "_fetch_range", noted)
    assert storage.read_table("stages/work/people/00000", 5).equals(pieces[5])
    assert pieces[5].nbytes <= sum(fetched) < 3 * pieces[5].nbytes
    assert storage.read_table("stages/work/people/00000").equals(pa.concat_tables(pieces))


def test_rows_are_split_by_where_partitions_begin():
    users = users_frame({"email": ["a", "b", "c"]}).iloc[[0, 2]]
    assert [part.index.tolist() for part in split_rows(users, [0, 1, 2])] == [[1], [], [3]]


def test_a_storage_whose_package_is_missing_is_said():
    with pytest.raises(MissingExtraError, match="Addresses of abfs:// need a package"):
        Storage("abfs://people").remove("x")


@pytest.mark.server
def test_a_run_from_s3_to_s3_gives_the_outputs_of_one_machine(tmp_path, bucket):
    source = write_list(tmp_path / "users", rows=120, files=2, seed=5)
    files = fsspec.filesystem("s3")
    files.put(str(source), "people/users", recursive=True)
    pk.prepare(source, schema=SCHEMA, mapping=MAPPING, out=tmp_path / "one")
    prepared = prepare_on_cluster(
        f"{bucket}/users/*.csv", schema=SCHEMA, mapping=MAPPING, out=f"{bucket}/out", client=InThisProcess(), rows=50
    )
    for name in ("console_import.csv", "rejected_rows.csv"):
        assert files.cat_file(f"people/out/out/{name}") == (tmp_path / "one" / "out" / name).read_bytes()
    assert files.exists(f"people/out/stages/{MANIFEST}")
    assert not files.exists("people/out/stages/work")
    assert prepared.files[0] == f"{bucket}/out/out/console_import.csv"
    with pytest.raises(SourceError, match="No file is in"):
        prepare_on_cluster(f"{bucket}/none/*.csv", mapping=MAPPING, out=f"{bucket}/o", client=InThisProcess())


def test_a_table_keeps_its_types(tmp_path):
    table = pa.table({"row": pa.array([], pa.int64()), "closed": pa.array([], pa.bool_())})
    storage = Storage(str(tmp_path))
    storage.write_table("a", table, table)
    assert storage.read_table("a", 1).schema == table.schema
