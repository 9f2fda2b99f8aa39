"""Packed files: the list in them by content, archives with one list, several or none, and layers."""

import gzip
import io
import zipfile

import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.packed_files import contents_of, without_packing


def archive(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in members:
            packed.writestr(name, data)
    return file.getvalue()


def test_a_file_that_is_not_packed_stays():
    found = contents_of(b"email", "users.csv", "data.users")
    assert (found.data, found.name, found.shown, found.path, found.layers) == (
        b"email", "users.csv", "users.csv", "data.users", 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("members", "chosen", "others"),
    [
        ([("users.csv", b"a")], "users.csv", ()),
        ([("__MACOSX/._users.csv", b"x"), (".DS_Store", b"x"), ("out/users.csv", b"a")], "users.csv", ()),
        ([("README.txt", b"x"), ("users.json.gz", gzip.compress(b"a"))], "users.json", ("README.txt",)),
        ([("members.txt", b"a")], "members.txt", ()),
    ],
)
def test_the_one_list_of_an_archive(members, chosen, others):
    found = contents_of(archive(*members), "export.zip")
    assert (found.data, found.name, found.others) == (b"a", chosen, others)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([], "holds no file with users"),
        ([(".DS_Store", b"x")], "holds no file with users"),
        ([("a.csv", b"a"), ("b.csv", b"b")], "several files that could be the users: a.csv, b.csv"),
        ([("users.csv", b"")], "export.zip, users.csv is empty"),
        ([("[Content_Types].xml", b""), ("word/document.xml", b"")], "is a Word document"),
        ([("Index/Document.iwa", b""), ("Data/a.jpg", b"")], "is an Apple Numbers or Pages document. Export it from"),
        ([("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"")], "an OpenDocument text"),
    ],
)
def test_an_archive_without_a_list_or_with_several(members, said):
    with pytest.raises(SourceError, match=said):
        contents_of(archive(*members), "export.zip")


PEOPLE = [
    b'{"email": {"0": "ann@example.org", "1": "bob@example.org"}}',
    b"email;phone\nann@example.org;1\nbob@example.org;2\n",
    "id\tphone\n1\t030 1\n2\t030 2\n".encode("utf-16"),
    '{"email": {"0": "ann@example.org"}}'.encode("utf-16-le"),
    b"ann@example.org\nbob@example.org\n",
    b"sep=,\rid,email,name\r1,ann@example.org,Ann\r\r",
]


@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("name", ["export/users.txt", "users", "users.export"])
def test_a_list_without_an_ending_of_one_is_not_passed_over_for_another(people, name):
    with pytest.raises(SourceError, match="several files that could be the users"):
        contents_of(archive((name, people), ("roles.csv", b"role,meaning\nadmin,all\n")), "export.zip")


NO_LISTS = [
    ("readme.txt", b"Write to help@example.org, please.\n\nKeep this private.\nDo not send it on.\n"),
    ("readme.md", b"a,b\nc,d\n"),
    ("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0"),
    ("nothing.txt", b""),
]


@pytest.mark.parametrize(("name", "data"), NO_LISTS)
def test_what_is_no_list_is_not_asked_about(name, data):
    found = contents_of(archive((name, data), ("users.csv", b"a")), "export.zip")
    assert (found.data, found.others) == (b"a", (name,))


def test_two_files_of_one_name():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = archive(("a.csv", b"a"), ("a.csv", b"b"))
    with pytest.raises(SourceError, match=r"several files called a\.csv"):
        contents_of(data, "export.zip")


def test_layers_have_an_end():
    data = b"email"
    for _ in range(3):
        data = gzip.compress(data)
    assert contents_of(data, "users").data == b"email"
    with pytest.raises(SourceError, match="packed more than 3 times"):
        contents_of(gzip.compress(data), "users")


def test_what_is_packed_is_empty():
    with pytest.raises(SourceError, match=r"users\.gz is empty"):
        contents_of(gzip.compress(b""), "users.gz")


def test_names_are_shown_on_one_line():
    found = contents_of(archive(("a\nb.csv", b"a")), "export.zip")
    assert found.shown == "export.zip, a?b.csv"


def test_endings():
    assert [without_packing(name) for name in ("a.json.zst", "a.ZIP", "a")] == ["a.json", "a", "a"]
