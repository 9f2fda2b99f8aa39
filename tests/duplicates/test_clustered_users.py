import pandas as pd
import pytest
from duplicate_rows import ANNA, BEN, CARA, ONE, THREE, TWO, people

from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.clustered_users import find_clusters, find_shared_phones, with_identifiers
from passage_kit.errors import MappingError, OptionError


def test_clusters_without_merging() -> None:
    rows = people((ANNA, None), (None, ONE), (BEN, ONE), (ANNA, TWO))
    clusters = find_clusters(rows)
    assert clusters.astype(object).where(clusters.notna(), None).to_numpy().tolist() == [
        [1, 3, 3, None],
        [1, 2, 3, "duplicate_phone"],
        [2, 4, 4, None],
        [2, 1, 4, "duplicate_email"],
    ]


def test_shared_phones_are_listed_with_who_has_them_in_the_order_of_their_rows() -> None:
    users = people((ANNA, TWO), (BEN, ONE), (CARA, ONE), (BEN, TWO), (None, THREE), (None, THREE), (CARA, None))
    shared = find_shared_phones(users, survivor="last")
    assert shared.to_numpy().tolist() == [[TWO, 1], [TWO, 4], [ONE, 4], [ONE, 7]]


@pytest.mark.parametrize("find", [find_clusters, find_shared_phones])
def test_options_are_checked_and_the_input_stays_as_it_is(find) -> None:
    rows = people((ANNA, ONE), (BEN, ONE)).iloc[::-1]
    before = rows.copy(deep=True)
    find(rows)
    pd.testing.assert_frame_equal(rows, before)
    with pytest.raises(OptionError, match="complete, first, last"):
        find(rows, survivor="best")


def test_a_frame_without_identifiers_is_refused_and_one_is_enough() -> None:
    assert (
        find_clusters(people((None, ONE), (None, ONE)).drop(columns="email"))["reason"].tolist()[1] == "duplicate_phone"
    )
    with pytest.raises(MappingError, match="no identifier"):
        with_identifiers(users_frame({"name": ["Anna"]}))
