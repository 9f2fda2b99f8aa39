"""What a log at its most talkative tells of our requests (nothing), and of those of the user's own clients (all)."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from scripted import scripted

from passage_kit.api.request_log import LOGGERS

PAGE = {"users": [{"id": "a" * 24, "email": "anna@example.org"}], "total_users": 1, "created_before": 1_795_000_000}
FOUND = (200, PAGE, {"location": "https://example.org/anna@example.org"})


@pytest.fixture
def told():
    """What the handlers of a process would write that logs everything."""
    lines = []

    class Everything(logging.Handler):
        def emit(self, record):
            lines.append(f"{record.name}: {record.getMessage()}")

    root, everything = logging.getLogger(), Everything()
    before = {name: logging.getLogger(name).level for name in ("", *LOGGERS)}
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(everything)
    yield lines
    root.removeHandler(everything)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def filters():
    return [entry for name in LOGGERS for entry in logging.getLogger(name).filters]


def test_nothing_is_told_of_our_requests(told):
    with scripted(FOUND) as script, script.client() as client:
        client.find_user("anna@example.org")
    assert script.asked[0].query["identifier"] == "anna@example.org"
    assert [line for line in told if line.startswith("httpx") or line.startswith("httpcore")] == []
    assert "anna" not in str(told)
    assert "s3cret" not in str(told)


def test_a_client_of_the_user_in_another_thread_is_told_of_while_ours_is_at_work(told):
    with scripted(*[FOUND] * 30) as ours, scripted(*[FOUND] * 30) as theirs, ours.client() as client:
        address = theirs.base_url + "/health"

        def look() -> None:
            with httpx.Client() as own:
                for _ in range(10):
                    own.get(address)

        with ThreadPoolExecutor(1) as threads:
            looking = threads.submit(look)
            for _ in range(10):
                client.find_user("anna@example.org")
            looking.result()
    said = [line for line in told if line.startswith("httpx: ")]
    assert len(said) == 10
    assert all("/health" in line for line in said)
    assert any(line.startswith("httpcore") for line in told)


def test_a_client_of_the_user_in_another_task_of_the_same_loop_is_told_of(told):
    async def both(api, address):
        async def look() -> None:
            async with httpx.AsyncClient() as own:
                for _ in range(10):
                    await own.get(address)

        await asyncio.gather(look(), *(api.find_user("anna@example.org") for _ in range(10)))

    with scripted(*[FOUND] * 30) as ours, scripted(*[FOUND] * 30) as theirs, ours.client() as client:
        client.run(both(client.api, theirs.base_url + "/health"))
    said = [line for line in told if line.startswith("httpx: ")]
    assert len(said) == 10
    assert all("/health" in line for line in said)
    assert "s3cret" not in str(told)


def test_the_loggers_are_as_before_once_every_client_is_closed():
    before = filters()
    with scripted(FOUND, FOUND) as script, script.client() as one:
        one.find_user("anna@example.org")
        with script.client() as other:
            other.find_user("anna@example.org")
        assert len(filters()) == len(before) + len(LOGGERS)  # those of the one that is still open
    assert filters() == before


def test_a_client_that_opens_anew_is_quiet_again(told):
    with scripted(FOUND, FOUND) as script, script.client() as client:
        client.find_user("anna@example.org")
        client.close()
        client.find_user("anna@example.org")
    assert [line for line in told if line.startswith("httpx: ")] == []
