import pytest

from passage_kit.cluster import engine
from passage_kit.cluster.engine import InThisProcess, OnDask, engine_of
from passage_kit.errors import OptionError
from passage_kit.progress import progress_to


def double(number):
    return 2 * number


def test_calls_come_back_in_order(client):
    for some in (InThisProcess(), engine_of(client)):
        assert some.run("doubling", double, [(number,) for number in range(20)]) == list(range(0, 40, 2))


def test_an_error_of_the_kit_comes_back_as_it_was(client):
    with pytest.raises(OptionError, match="no such thing"):
        engine_of(client).run("refusing", refuse, [("no such thing",)])


def refuse(message):
    raise OptionError(message)


def test_workers_of_other_versions_are_refused(client, monkeypatch):
    monkeypatch.setattr(engine, "versions", lambda: {"pandas": "0.1", "Python": "3.0"})
    said = r"The worker tcp://.* has pandas None, Python None, and this process has pandas 0\.1, Python 3\.0, so"
    with pytest.raises(OptionError, match=said):
        OnDask(Other(client))


@pytest.mark.slow
def test_calls_are_heard_of_as_they_are_done(client):
    heard = []
    with progress_to(lambda step, share: heard.append((step, share))):
        engine_of(client).run("doubling", double, [(1,), (2,)])
    assert heard == [("doubling", 0.0), ("doubling", 0.5), ("doubling", 1.0)]


class Other:
    """A client whose workers say nothing of their versions."""

    def __init__(self, client):
        self._client = client

    def run(self, call):
        return {worker: {} for worker in self._client.scheduler_info()["workers"]}


@pytest.mark.slow
def test_what_is_no_client_is_refused():
    with pytest.raises(OptionError, match="reached by a client of Dask, and this is a str"):
        engine_of("tcp://scheduler:8786")
