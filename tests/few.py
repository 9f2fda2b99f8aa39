"""Of a test with many cases, a few that lie evenly among them are fast tests; the others are slow."""

from collections.abc import Iterable

import pytest


def is_chosen(place: int, count: int, cases: int) -> bool:
    """Tell whether the case at a place, from 0, is one of so many that lie evenly among all."""
    return place * count // cases != (place - 1) * count // cases


def mark_all_but_few(items: Iterable[pytest.Item]) -> None:
    """Mark the cases of each test as slow, but as many as its mark ``few`` says."""
    tests: dict[tuple[pytest.Item | None, str], list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("few"):
            tests.setdefault((item.parent, getattr(item, "originalname", item.name)), []).append(item)
    for cases in tests.values():
        [count] = cases[0].get_closest_marker("few").args
        for place, case in enumerate(cases):
            if not is_chosen(place, count, len(cases)):
                case.add_marker("slow")
