import pytest
from hostile_service import hostile

import passage_kit as pk
from passage_kit.push.deletions import settle_deletions, user_of
from passage_kit.push.journal import Done, Journal


def test_who_is_gone_is_undone_and_who_is_there_is_kept(tmp_path):
    journal = Journal(tmp_path / "push.sqlite", b"k" * 32)
    users = [(row, f"ann.{row}@example.org", None) for row in range(1, 31)]
    journal.load([users])
    with hostile() as service, service.client() as client:
        there = [service.add(email=email) for _, email, _ in users]
        journal.commit(done=[Done(row, "created", ident) for (row, *_), ident in zip(users, there, strict=True)])
        journal.deleting(range(1, 21))
        for ident in there[:15]:
            del service.users[ident]
        client.run(settle_deletions(client.api, journal))
        assert service.requests("get") == 20
    assert journal.half_deleted() == []
    assert [row for row, *_ in journal.created()] == list(range(16, 31))
    journal.close()


def test_an_app_that_is_not_there_tells_nothing_of_its_users(sandbox):
    elsewhere = pk.PassageClient(app_id="no-such-app", api_key=sandbox.api_key, base_url=sandbox.base_url)
    with elsewhere as client, pytest.raises(pk.NotFoundError):
        client.run(user_of(client.api, "p"))
    with pk.PassageClient(app_id=sandbox.app_id, api_key=sandbox.api_key, base_url=sandbox.base_url) as client:
        assert client.run(user_of(client.api, "p")) is None
