import pytest

from passage_kit.files.bundled import bundled


@pytest.mark.parametrize("name", ["notebooks/00_start_here.ipynb", "sample_data/legacy_users.csv", "sample_data"])
def test_what_comes_with_the_kit_is_found(name):
    assert bundled(name).exists()


def test_anything_else_is_not():
    with pytest.raises(FileNotFoundError, match=r"sample_data/nothing\.csv"):
        bundled("sample_data/nothing.csv")
