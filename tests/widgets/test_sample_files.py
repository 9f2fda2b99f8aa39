"""Whether a list is that of the sample: the copy beside the notebook, or the one that comes with the kit."""

import pytest

from passage_kit.files.bundled import bundled
from passage_kit.widgets.sample_files import SAMPLE_LIST, is_sample, same_source, sample_file


def test_the_copy_beside_the_notebook_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    original = str(bundled(f"sample_data/{SAMPLE_LIST}"))
    assert sample_file(SAMPLE_LIST) == original
    (tmp_path / "sample_data").mkdir()
    (tmp_path / "sample_data" / SAMPLE_LIST).write_text("email\n")
    assert sample_file(SAMPLE_LIST) == f"sample_data/{SAMPLE_LIST}"
    assert is_sample(f"./sample_data/{SAMPLE_LIST}")
    assert is_sample(original)
    assert not is_sample(str(tmp_path / SAMPLE_LIST))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a/../list.csv", "list.csv", True),
        (None, "list.csv", False),
        ("postgresql://db/shop", "postgresql://db/shop", True),
        ("postgresql://db/shop", "list.csv", False),
        ("with\0null.csv", "list.csv", False),
    ],
)
def test_paths_and_addresses_are_compared(one, other, same):
    assert same_source(one, other) is same
