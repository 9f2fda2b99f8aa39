import pytest

from passage_kit.push.journal_database import JournalDatabase


@pytest.fixture
def database(tmp_path):
    database = JournalDatabase(tmp_path / "push.sqlite", b"k" * 32)
    yield database
    database.close()


def test_facts_are_kept_replaced_and_forgotten(database, tmp_path):
    database.note(a="1", b="2")
    database.note(a="3")
    database.forget("b")
    other = JournalDatabase(tmp_path / "push.sqlite", b"k" * 32)
    assert other.facts == {"a": "3"}
    other.close()


def test_it_knows_the_secret_of_its_digests(database, tmp_path):
    assert not database.knows_secret
    database.note(digest_check=database._check)
    assert database.knows_secret
    other = JournalDatabase(tmp_path / "push.sqlite", b"l" * 32)
    assert not other.knows_secret
    other.close()


@pytest.mark.parametrize("identifier", ["anna@example.org", "ANNA@example.org", "\ud800@example.org", "a\x00b"])
def test_any_text_has_a_digest(database, identifier):
    digest = database.digest(identifier)
    assert digest == database.digest(identifier.lower())
    assert len(digest) == 16
