"""A file that was read ahead is prepared as if it had been read in its turn."""

import pytest

from passage_kit.errors import OptionError, SourceError
from passage_kit.preparation.run import prepare
from passage_kit.reading import parsed_ahead as ahead
from passage_kit.reading.parsed_ahead import ParsedAhead, parse_ahead
from passage_kit.reading.readers import read_source
from passage_kit.workspace.plan import Plan

LIST = "E-Mail;Tel\nAnn@example.org;+14155550101\nann@example.org;\nbob@;\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text(LIST)
    return str(path)


def test_it_is_the_same_source(path):
    there, then = read_source(parse_ahead(path, {})), read_source(path)
    assert there.users.equals(then.users)
    assert there.findings.equals(then.findings)
    assert (there.sha256, there.delimiter, there.header_line) == (then.sha256, ";", 1)


def test_it_is_prepared_the_same(path):
    there, then = prepare(parse_ahead(path, {}), plan=Plan()), prepare(path)
    assert there.users.equals(then.users)
    assert there.findings.equals(then.findings)
    assert there.ledger.equals(then.ledger)
    assert there.plan == then.plan


def test_it_is_read_as_told(path):
    assert parse_ahead(path, {"delimiter": ","}).table.header == ("E-Mail;Tel",)


@pytest.mark.parametrize("reading", [{"sheet": "Users"}, {"query": "select"}])
def test_an_option_of_another_kind_is_left_to_the_reader(path, reading):
    assert parse_ahead(path, reading) == path
    with pytest.raises(OptionError, match="is not an option of this kind of source"):
        read_source(ParsedAhead(path, parse_ahead(path, {}).table), **reading)


def test_what_is_no_csv_file_is_read_later(tmp_path):
    for source in ("sqlite:///users.db", str(tmp_path / "users.xlsx"), str(tmp_path / "none.csv"), str(tmp_path)):
        assert parse_ahead(source, {}) == source


def test_a_large_file_is_read_later_where_its_progress_is_shown(path, monkeypatch):
    monkeypatch.setattr(ahead, "LARGEST", len(LIST) - 1)
    assert parse_ahead(path, {}) == path


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "users.csv").write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        parse_ahead(str(tmp_path / "users.csv"), {})
