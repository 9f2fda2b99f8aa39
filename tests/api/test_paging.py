import pytest

import passage_kit as pk
from passage_kit.api import paging as bounds
from passage_kit.api.answers import PassageUser, UserPage
from passage_kit.api.paging import Paging


def page(*numbers, total=-1):
    return UserPage(tuple(PassageUser(f"u{number}") for number in numbers), total, None)


def read_all(pages):
    """Read pages as a list does, and give how many it took."""
    paging, count = None, 0
    for one in pages:
        paging = paging or Paging(one)
        count += 1
        if not paging.take(one):
            break
    return count


def test_a_list_ends_with_its_total_or_an_empty_page():
    assert read_all([page(1, 2, total=3), page(3, total=3), page(4, total=3)]) == 2
    assert read_all([page(1, 2), page(3), page(), page(4)]) == 3


def test_who_signs_up_meanwhile_is_read_too():
    pages = [page(*range(at, at + 500), total=1_500 + at // 10) for at in range(0, 2_000, 500)]
    assert read_all(pages) == 4


@pytest.mark.parametrize("total", [-1, 3, 500])
def test_a_new_user_with_every_page_comes_to_an_end(total):
    def endless():
        for number in range(10**9):
            yield page(number, total=total if not number or total < 0 else total + number + 1)

    with pytest.raises(pk.ApiError, match="The list of users does not end"):
        read_all(endless())


def test_an_endless_list_of_whole_pages_ends_soon_after_its_total():
    pages = (page(*range(at, at + 500), total=501 if not at else 10**9) for at in range(0, 10**9, 500))
    with pytest.raises(pk.ApiError, match="does not end: after 4 pages"):
        read_all(pages)


@pytest.mark.parametrize("circle", [1, 2, 7])
def test_pages_that_come_again_are_found_out(circle):
    pages = (page(number % circle, 100 + number % circle) for number in range(10**9))
    with pytest.raises(pk.ApiError, match="the same page again and again"):
        read_all(pages)


def test_the_bounds_follow_the_first_page():
    first = page(*range(500), total=5_000_000)
    assert Paging(first).pages == 10_000 + bounds.MORE_PAGES
    assert Paging(first).users == 5_500_000
