"""What calls return is told by file, and files that are read whole are left out."""

from passage_kit.cluster.calls_by_file import run_by_file, to_split, with_hashes
from passage_kit.cluster.engine import InThisProcess
from passage_kit.cluster.reading_steps import FileRead
from passage_kit.findings.findings import no_findings
from passage_kit.reading.readers import UserList, read_users


def file(number, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("email\nann@example.org\n")
    users = UserList(read_users(path), no_findings(), "users.csv", "csv")
    return FileRead(number, users, 1, no_findings(), {}, {})


def test_a_file_without_items_has_no_results():
    assert run_by_file(InThisProcess(), "sums", max, {"a": [(1, 2)], "b": [], "c": [(4, 3), (0, 1)]}) == {
        "a": [2],
        "b": [],
        "c": [4, 1],
    }


def test_what_is_empty_is_split_and_what_is_none_is_not():
    assert to_split("abc", [0, None, []]) == {"a": 0, "c": []}


def test_the_hash_of_a_file_stands_at_its_first_range(tmp_path):
    found = with_hashes({"a": [file(0, tmp_path), file(1, tmp_path)], "b": None, "c": [file(2, tmp_path)]}, "xyz")
    assert {name: [one.read.sha256 for one in ranges] for name, ranges in found.items()} == {
        "a": ["x", None],
        "c": ["z"],
    }
