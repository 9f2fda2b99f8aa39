"""The search for cycles is held back, and comes back."""

import gc

import pytest

from passage_kit.collecting import no_collecting


def test_it_comes_back_after_an_error():
    def go_wrong() -> None:
        with no_collecting():
            raise ValueError(f"collecting: {gc.isenabled()}")

    with pytest.raises(ValueError, match="collecting: False"):
        go_wrong()
    assert gc.isenabled()


def test_it_stays_away_if_it_was_away():
    gc.disable()
    try:
        with no_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
