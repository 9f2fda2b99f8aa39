"""What a client is told of a refusal, which is nothing of its reason."""

import pytest

from passage_kit.golive import (
    AccountHeldError,
    AuthenticationUnavailableError,
    NotAuthenticatedError,
    OriginRefusedError,
)


@pytest.mark.parametrize(
    ("kind", "status", "headers"),
    [
        (NotAuthenticatedError, 401, {"WWW-Authenticate": "Bearer"}),
        (OriginRefusedError, 403, {}),
        (AccountHeldError, 403, {}),
        (AuthenticationUnavailableError, 503, {"Retry-After": "5"}),
    ],
)
def test_a_refusal_has_its_status_and_tells_nothing(kind, status, headers):
    refused = kind("the row 17 belongs to anna@example.org")
    assert (refused.status, refused.headers) == (status, headers)
    assert refused.body.keys() == {"code", "error"}
    assert "17" not in str(refused.body) + str(refused.headers)
    assert refused.reason == str(refused) == "the row 17 belongs to anna@example.org"
