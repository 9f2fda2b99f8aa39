"""When faults strike: as often as asked, where asked, and the same for the same seed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.sandbox.faults import KINDS, OPERATIONS, Fault, Faults


def strikes(faults, operations, seed=0):
    """Numbers of the requests that a fault strikes."""
    armed = Faults(faults, seed)
    return [number for number, operation in enumerate(operations) if armed.draw(operation)]


def test_without_faults_nothing_strikes():
    assert strikes([], ["create"] * 100) == []


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.3, 1.0])
def test_a_rate_is_kept(rate):
    assert len(strikes([Fault("closed", rate=rate)], ["create"] * 10_000)) == pytest.approx(10_000 * rate, abs=200)


@given(st.integers(0, 1_000), st.floats(0.05, 0.95))
def test_the_same_seed_gives_the_same_faults(seed, rate):
    requests = ["create", "lookup"] * 50
    faults = [Fault("closed", rate=rate), Fault("error_500", rate=rate, operation="lookup")]
    assert strikes(faults, requests, seed) == strikes(faults, requests, seed)


def test_another_seed_gives_others():
    fault = Fault("closed", rate=0.5)
    assert strikes([fault], ["create"] * 100, seed=1) != strikes([fault], ["create"] * 100, seed=2)


def test_an_operation_restricts_it():
    assert strikes([Fault("closed", operation="lookup")], ["create", "lookup", "list"]) == [1]


def test_some_requests_are_let_through_first_and_only_so_many_are_struck():
    assert strikes([Fault("closed", skip=2, times=3)], ["create"] * 10) == [2, 3, 4]
    assert strikes([Fault("closed", operation="create", skip=1, times=1)], ["list", "create", "list", "create"]) == [3]


def test_a_rate_limit_per_second_lets_a_second_s_worth_through():
    armed = Faults([Fault("rate_limit", per_second=50)], seed=0)
    before = time.monotonic()
    first = sum(not armed.draw("create") for _ in range(200))
    between = time.monotonic()
    assert 50 <= first <= 51 + 50 * (between - before)
    time.sleep(0.2)
    second = sum(not armed.draw("create") for _ in range(200))
    assert 0.2 * 50 - 1 <= second <= 1 + 50 * (time.monotonic() - before)


def test_what_has_struck_is_counted_and_a_revoked_key_stays_revoked():
    armed = Faults([Fault("key_revoked", skip=1, times=1), Fault("latency", seconds=0)], seed=0)
    assert not armed.key_revoked
    for _ in range(3):
        armed.draw("create")
    assert armed.key_revoked
    assert armed.struck == {"key_revoked": 1, "latency": 3}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_moment(kind):
    late = kind in ("half_response", "wrong_content_type")
    assert Fault(kind).when == ("after" if late else "before")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("closed", Fault("closed")),
        ("reset, operation=create, rate=0.05, when=after", Fault("reset", operation="create", rate=0.05, when="after")),
        ("latency,seconds=0.02,skip=3,times=9", Fault("latency", seconds=0.02, skip=3, times=9)),
        ("rate_limit_date,per_second=5", Fault("rate_limit_date", per_second=5.0)),
    ],
)
def test_a_fault_is_read_of_a_text(text, fault):
    assert Fault.from_text(text) == fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tired",
        "closed,rate",
        "closed,rate=often",
        "closed,rate=1.5",
        "closed,rate=nan",
        "closed,kind=reset",
        "closed,times=1.5",
        "closed,skip=-1",
        "closed,when=never",
        "closed,operation=import users",
        "closed,per_second=5",
        "rate_limit,per_second=0",
        "rate_limit,when=after",
        "half_response,when=before",
        "latency,seconds=-1",
    ],
)
def test_a_fault_that_is_none_is_refused(text):
    with pytest.raises(pk.OptionError, match=r"\."):
        Fault.from_text(text)


def test_every_operation_can_be_named():
    assert [Fault("closed", operation=name).operation for name in OPERATIONS] == list(OPERATIONS)
