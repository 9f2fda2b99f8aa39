"""A journal with three users, for the tests of what it records and of what it answers."""

import pytest
from pushing import JOURNAL_USERS

from passage_kit.push.journal import Journal


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "push.sqlite", b"k" * 32)
    journal.load([JOURNAL_USERS])
    yield journal
    journal.close()
