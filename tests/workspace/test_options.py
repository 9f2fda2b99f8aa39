from pathlib import Path

import pytest

from passage_kit.errors import OptionError
from passage_kit.workspace.options import Options


def test_an_unknown_option_is_refused_with_the_known_ones():
    with pytest.raises(OptionError, match=r"'survivr'.*default_region"):
        Options.from_dict({"survivr": "first"})


@pytest.mark.parametrize("words", ["NULL", [1], {"a": 1}, None])
def test_other_words_for_nothing_are_refused(words):
    with pytest.raises(OptionError, match="null_words"):
        Options.from_dict({"null_words": words})


def test_options_without_a_value_are_not_saved_and_how_a_run_judges_is_none():
    options = Options(default_region="DE", fast_paths=False)
    assert "date_order" not in options.to_dict()
    assert "fast_paths" not in options.to_dict()
    assert Options.from_dict(options.to_dict()) == options


def test_the_folder_of_an_earlier_export_may_be_a_path():
    assert Options.from_dict({"since": Path("a", "b")}) == Options(since=str(Path("a", "b")))
    with pytest.raises(OptionError, match="since: found 3, expected a text in quotes"):
        Options.from_dict({"since": 3})
