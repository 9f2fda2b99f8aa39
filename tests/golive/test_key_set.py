"""The keys: fetched once for many, anew at a bounded rate, and used on for a while when they cannot be fetched."""

import asyncio
import os
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from waiting import LONG, until

from passage_kit.golive import AuthenticationUnavailableError, NotAuthenticatedError, TokenVerifier, key_set
from passage_kit.golive.key_set import FRESH, MOST_KEYS, PAUSE, STALE, read_keys
from passage_kit.golive.messenger import MessageError
from passage_kit.sandbox import Fault, Sandbox

ID = "9DeEXvYBStnzwQcHFd6f558L"


class Clock:
    """The time of the key set, which a test moves on."""

    def __init__(self):
        self.later = 0.0

    def monotonic(self):
        return time.monotonic() + self.later


def header_of(key_id):
    return urlsafe_b64encode(f'{{"alg":"RS256","kid":"{key_id}"}}'.encode()).rstrip(b"=").decode()


@pytest.fixture
def clock(monkeypatch):
    moved = Clock()
    monkeypatch.setattr(key_set, "time", moved)
    return moved


@pytest.fixture
def verifier(sandbox):
    return TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url, deadline=2)


def test_keys_are_fetched_once_for_all_who_come_at_once(sandbox, verifier):
    sandbox.faults = [Fault("latency", operation="keys", seconds=0.2)]
    token = sandbox.issue_token(ID)
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _: verifier.verify(token).passage_id, range(64)))
    assert found == [ID] * 64

    async def many():
        return await asyncio.gather(*(verifier.verify_async(token) for _ in range(64)))

    assert len(asyncio.run(many())) == 64
    assert sandbox.requests["keys"] == 1


def test_waiting_for_keys_blocks_no_event_loop(sandbox, verifier):
    sandbox.faults = [Fault("latency", operation="keys", seconds=0.5)]
    token, turns = sandbox.issue_token(ID), 0

    async def verify_beside_other_work():
        nonlocal turns
        verifying = asyncio.ensure_future(verifier.verify_async(token))
        while not verifying.done():
            turns += 1
            await asyncio.sleep(0.01)
        return await verifying

    assert asyncio.run(verify_beside_other_work()).passage_id == ID
    assert turns > 5


def test_one_who_leaves_does_not_take_the_keys_from_the_others(sandbox, verifier):
    sandbox.faults = [Fault("latency", operation="keys", seconds=0.3)]
    token = sandbox.issue_token(ID)

    async def leave_and_stay():
        leaving, staying = (asyncio.ensure_future(verifier.verify_async(token)) for _ in range(2))
        await asyncio.sleep(0.05)
        leaving.cancel()
        return await staying

    assert asyncio.run(leave_and_stay()).passage_id == ID


def test_a_rotated_key_is_found_at_once_and_one_withdrawn_is_refused_later(sandbox, verifier, clock):
    first = sandbox.issue_token(ID)
    assert verifier.verify(first)
    for _ in range(2):
        sandbox.rotate_keys()
        clock.later += PAUSE
        assert verifier.verify(sandbox.issue_token(ID))
    with pytest.raises(NotAuthenticatedError, match="key is unknown"):
        verifier.verify(first)


def test_unknown_key_ids_fetch_at_a_bounded_rate(sandbox, verifier, clock):
    verifier.verify(sandbox.issue_token(ID))
    for number in range(100):
        with pytest.raises(NotAuthenticatedError):
            verifier.verify(f"{header_of(f'forged-{number}')}.e30.e30")
    assert sandbox.requests["keys"] == 1
    clock.later += PAUSE
    for number in range(100):
        with pytest.raises(NotAuthenticatedError):
            verifier.verify(f"{header_of(f'more-{number}')}.e30.e30")
    assert sandbox.requests["keys"] == 2


def test_older_keys_are_fetched_anew_behind_a_request_that_does_not_wait(sandbox, verifier, clock):
    token = sandbox.issue_token(ID)
    verifier.verify(token)
    sandbox.faults = [Fault("latency", operation="keys", seconds=0.3)]
    clock.later += FRESH
    assert verifier.verify(token).passage_id == ID
    assert not sandbox.struck or verifier.keys._fetching is not None
    until(lambda: sandbox.requests["keys"] == 2)


def test_an_outage_lets_the_keys_go_on_and_is_then_503(sandbox, verifier, clock, caplog):
    token = sandbox.issue_token(ID)
    verifier.verify(token)
    sandbox.faults = [Fault("error_503", operation="keys")]
    for _ in range(3):
        clock.later += FRESH
        assert verifier.verify(token).passage_id == ID
        until(lambda: verifier.keys._failed)
    until(lambda: "Those at hand go on" in caplog.text)  # said after the failure is noted
    clock.later += STALE
    with pytest.raises(AuthenticationUnavailableError) as refused:
        verifier.verify(token)
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "5"})
    with pytest.raises(AuthenticationUnavailableError):
        asyncio.run(verifier.verify_async(token))
    sandbox.faults = []
    clock.later += PAUSE
    assert verifier.verify(token).passage_id == ID


def test_a_key_that_nobody_can_ask_for_is_503_and_never_401(sandbox, verifier, clock):
    verifier.verify(sandbox.issue_token(ID))
    sandbox.rotate_keys()
    sandbox.faults = [Fault("closed", operation="keys")]
    clock.later += PAUSE
    with pytest.raises(AuthenticationUnavailableError):
        verifier.verify(sandbox.issue_token(ID))


@pytest.mark.parametrize("kind", ["error_500", "error_503", "wrong_content_type", "closed", "reset", "half_response"])
def test_keys_that_never_came_are_503(sandbox, verifier, kind):
    sandbox.faults = [Fault(kind, operation="keys")]
    with pytest.raises(AuthenticationUnavailableError):
        verifier.verify(sandbox.issue_token(ID))


def test_keys_that_come_too_late_are_503_in_time(sandbox):
    impatient = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url, deadline=0.2)
    sandbox.faults = [Fault("latency", operation="keys", seconds=30, times=1)]
    token, begun = sandbox.issue_token(ID), time.monotonic()
    with pytest.raises(AuthenticationUnavailableError):
        impatient.verify(token)
    assert time.monotonic() - begun < 20


def test_a_service_that_is_not_there_is_503():
    with Sandbox() as gone:
        token, address = gone.issue_token(ID), gone.base_url
    with pytest.raises(AuthenticationUnavailableError):
        TokenVerifier("app", auth_url=address).verify(token)


FORKED = """
import os, sys
from passage_kit.golive import TokenVerifier
from passage_kit.sandbox import Fault, Sandbox

with Sandbox() as sandbox:
    verifier = TokenVerifier(sandbox.app_id, auth_url=sandbox.base_url)
    verifier.verify(sandbox.issue_token("someone"))
    sandbox.rotate_keys()
    token = sandbox.issue_token("someone")
    verifier.keys._tried = float("-inf")  # long ago
    BEFORE
    child = os.fork()
    if child == 0:
        print(verifier.verify(token).passage_id, flush=True)
        os._exit(0)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


BEGUN = """sandbox.faults = [Fault("latency", operation="keys", seconds=0.5)]
    verifier.keys._begin("of nobody")"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize("before", ["", BEGUN])
def test_a_process_that_forked_fetches_for_itself(before):
    """Also if a fetch was under way, whose thread stayed behind."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED.replace("BEFORE", before)],
        capture_output=True, text=True, timeout=LONG,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "someone\n", "")


def jwk(bits=2048, **more):
    own = jwt.algorithms.RSAAlgorithm
    return own.to_jwk(rsa.generate_private_key(65_537, bits).public_key(), as_dict=True) | {"kid": "a"} | more


RSA = jwk()
CURVE = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "kid": "b", "k": "c2VjcmV0"},
        CURVE | {"kid": "b"},
        RSA | {"kid": "b", "use": "enc"},
        RSA | {"kid": "b", "alg": "RS512"},
        RSA | {"kid": "b", "n": "!"},
        RSA | {"kid": "b", "n": 7},
        RSA | {"kid": 7},
        {name: value for name, value in RSA.items() if name != "kid"},
        jwk(1024, kid="b"),
        "a",
        None,
    ],
)
def test_a_key_that_is_not_for_rs256_is_left_out(entry):
    assert set(read_keys({"keys": [entry, RSA]})) == {"a"}


def test_of_two_keys_with_one_id_the_first_counts():
    found = read_keys({"keys": [RSA, jwk()]})
    assert found["a"].public_numbers() == jwt.algorithms.RSAAlgorithm.from_jwk(RSA).public_numbers()


@pytest.mark.parametrize("keys", [None, [], {}, "a", [RSA] * (MOST_KEYS + 1)])
def test_a_document_that_is_no_key_set_is_refused(keys):
    with pytest.raises(MessageError):
        read_keys({"keys": keys})
