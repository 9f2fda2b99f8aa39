"""The place to drop a file: its pieces, and what of them cannot be taken."""

import pytest

from passage_kit.widgets.drop_zone import LARGEST, DropZone


@pytest.fixture
def zone():
    zone = DropZone(
        "Upload", lambda name, content: zone.came.append((name, content)), lambda why: zone.said.append(why)
    )
    zone.came, zone.said = [], []
    return zone


def send(zone, content: bytes, **piece) -> None:
    """Hand a piece over as the kernel does."""
    data = {"method": "custom", "content": {"upload": piece}}
    zone._handle_msg({"content": {"data": data}, "buffers": [memoryview(content)]})


def test_a_file_comes_in_pieces_and_each_is_answered(zone):
    send(zone, b"Mail\n", name="a.csv", size=12, at=0)
    assert zone.shown["upload"] == {"name": "a.csv", "size": 12, "at": 5}
    assert zone.came == []
    send(zone, b"a@b.org", name="a.csv", size=12, at=5)
    assert (zone.came, zone.said, zone.shown["upload"]) == ([("a.csv", b"Mail\na@b.org")], [], None)


def test_an_empty_file_comes_too(zone):
    send(zone, b"", name="a.csv", size=0, at=0)
    assert zone.came == [("a.csv", b"")]


def test_a_second_file_begins_anew(zone):
    send(zone, b"Mail", name="a.csv", size=12, at=0)
    send(zone, b"x", name="b.csv", size=1, at=0)
    assert zone.came == [("b.csv", b"x")]


@pytest.mark.parametrize(
    "piece",
    [
        {"name": "a.csv", "size": 12, "at": 5},
        {"name": "b.csv", "size": 12, "at": 4},
        {"name": "a.csv", "size": 13, "at": 4},
        {"name": "a.csv", "size": 12, "at": 11},
    ],
)
def test_a_piece_out_of_place_breaks_the_upload_off(zone, piece):
    send(zone, b"Mail", name="a.csv", size=12, at=0)
    send(zone, b"more", **piece)
    assert (zone.came, len(zone.said)) == ([], 1)
    assert "nothing was taken" in zone.said[0]
    send(zone, b"a@b.org.", name="a.csv", size=12, at=4)
    assert zone.came == []


def test_a_file_that_is_too_large_is_refused_with_the_way_out(zone):
    send(zone, b"", name="a.csv", size=LARGEST + 1, at=0)
    assert zone.came == []
    assert "type its path" in zone.said[0]


@pytest.mark.parametrize(
    "piece",
    [
        {},
        {"name": "a"},
        {"name": 1, "size": 1, "at": 0},
        {"name": "a", "size": -1, "at": 0},
        {"name": "a", "size": "1", "at": 0},
    ],
)
def test_what_is_no_piece_is_passed_over(zone, piece):
    send(zone, b"x", **piece)
    assert (zone.came, zone.said) == ([], [])
