"""Every fault, at every operation of a push: nobody lost, nobody doubled, every outcome true.

Here about a hundred users for each of some sixty kinds of trouble; with ``PASSAGE_KIT_LONG=1`` five thousand for each,
or a thousand where the service names the time of the next try in whole seconds.
"""

import itertools

import pytest
import waiting
from long_runs import LONG
from pushing import check_truth, client_of, people, workspace_of

import passage_kit as pk
from passage_kit.api import pacing
from passage_kit.push import push_input
from passage_kit.sandbox import Fault, Sandbox, Unknowns

pytestmark = pytest.mark.slow

USERS = 5_000 if LONG else 96
RATES = itertools.cycle([0.3, 0.01, 0.1, 0.2])
OPERATIONS = ["create", "lookup", "list", "import"]
TROUBLES = [
    ("rate_limit", None),
    ("rate_limit_seconds", None),
    ("rate_limit_date", None),
    ("error_500", "before"),
    ("error_500", "after"),
    ("error_502", "after"),
    ("error_503", "before"),
    ("latency", "before"),
    ("latency", "after"),
    ("closed", "before"),
    ("closed", "after"),
    ("reset", "before"),
    ("reset", "after"),
    ("half_response", None),
    ("wrong_content_type", None),
]
CASES = [(*trouble, operation, next(RATES)) for operation in OPERATIONS for trouble in TROUBLES]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    """The waits are tested where they are; here they are short, and the files for the Import API small."""
    monkeypatch.setattr(pacing, "BASE", 0.01)
    monkeypatch.setattr(pacing, "LOWEST", 200.0)
    monkeypatch.setattr(push_input, "USERS_PER_UPLOAD", max(8, USERS // 12))


@pytest.mark.parametrize(("kind", "when", "operation", "rate"), CASES)
def test_nobody_is_lost_and_nobody_is_doubled(tmp_path, kind, when, operation, rate):
    count = USERS // 5 if LONG and kind == "rate_limit_date" else USERS  # each such answer halts all to the next second
    users = people(count)
    workspace = workspace_of(tmp_path / "m", users)
    seconds = {"latency": 0.4}.get(kind, 0.0)
    faults = [Fault(kind, operation=operation, rate=rate, when=when, seconds=seconds)]
    if operation == "lookup":  # nothing is looked up unless creating is in doubt
        faults.append(Fault("closed", operation="create", rate=0.3, when="after"))
    unknowns = Unknowns(repeated="refused" if rate > 0.1 else "existing", no_metadata="object")
    with Sandbox(faults=faults, seed=7, unknowns=unknowns) as sandbox:
        there = [{"email": "ann.0@example.org"}, {"phone": "+12025550005"}, {"email": "x@example.org"}]
        before = set(sandbox.add_users(there))
        patience = 0.2 if kind == "latency" else waiting.LONG  # a busy machine loses no answer
        with client_of(sandbox, timeout=(waiting.LONG, patience), concurrency=8) as client:
            result = pk.push_users(workspace, client=client, import_api=operation == "import")
            for _ in range(3):  # the same command again, should anybody be left
                if result.unknown:
                    result = pk.push_users(workspace, client=client)
            again = sandbox.requests.total()
            assert pk.push_users(workspace, client=client).outcomes == result.outcomes
            assert sandbox.requests.total() == again, "a complete push does nothing"
        assert (result.created + result.adopted, result.existing, result.failed) == (count - 2, 2, 0)
        if kind.startswith("rate_limit") and operation != "lookup":
            assert not result.adopted, "nobody is in doubt unless an answer was lost"
        check_truth(workspace, users, sandbox, before, in_doubt=True)
        assert sandbox.struck[kind] or rate < 0.05 or operation == "list"
