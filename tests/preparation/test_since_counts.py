"""Counts of parts add up to those of the whole, and each is said with what it means."""

from passage_kit.preparation.since_counts import SinceCounts


def test_counts_of_parts_add_up():
    whole = SinceCounts(1, 2, 3, 4, left=5) + SinceCounts(10, 20, 30, 40)
    assert whole.summary() == {"new": 11, "changed": 22, "unchanged": 33, "held": 44, "gone": 5}


def test_each_count_has_a_line_in_order():
    lines = SinceCounts(1, 2, 3000, 4, left=5).to_text().splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["1", "new"], ["2", "changed:"], ["3,000", "exported"], ["4", "held:"], ["5", "gone"],
    ]  # fmt: skip
