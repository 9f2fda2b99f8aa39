"""The record of what was sent."""

import pytest

import passage_kit as pk
from passage_kit.words.record import words_sent


def test_each_note_is_kept_in_order(tmp_path):
    pk.note_words_sent(tmp_path, "announcement", language="de", note="=by hand")
    rows = pk.note_words_sent(tmp_path, "reminder", segment="phone_only")
    assert rows[["word", "language", "segment"]].to_numpy().tolist() == [
        ["announcement", "de", "email"],
        ["reminder", "en", "phone_only"],
    ]
    assert words_sent(pk.Workspace(tmp_path))["note"].tolist()[0] == "=by hand"
    assert "'=by hand" in (tmp_path / "words_sent.csv").read_text()


def test_nothing_is_noted_at_first(tmp_path):
    assert words_sent(pk.Workspace(tmp_path)).empty


@pytest.mark.parametrize(("name", "value"), [("word", "letter"), ("language", "it"), ("segment", "all")])
def test_what_is_not_there_cannot_have_been_sent(name, value, tmp_path):
    given = {"word": "faq", "language": "en", "segment": "email", name: value}
    with pytest.raises(pk.OptionError, match=value):
        pk.note_words_sent(tmp_path, given.pop("word"), **given)
    assert not (tmp_path / "words_sent.csv").exists()
