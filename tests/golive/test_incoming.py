"""Where the token of a request stands, and which requests with a cookie are the application's own."""

import pytest

from passage_kit.golive import Incoming, OriginRefusedError
from passage_kit.golive.incoming import token_of


@pytest.mark.parametrize(
    ("authorization", "cookie", "token"),
    [
        ("Bearer abc", "", "abc"),
        ("bearer  abc ", "", "abc"),
        ("Bearer abc", "def", "abc"),  # the header counts, whatever it holds
        ("", "def", "def"),
        ("Basic eDp5", "def", "def"),
        ("Bearer", "def", "def"),
        ("", "", None),
        ("Basic eDp5", "", None),
    ],
)
def test_the_header_comes_before_the_cookie(authorization, cookie, token):
    assert token_of(Incoming("GET", "example.org", authorization, cookie)) == token


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "PROPFIND"])
@pytest.mark.parametrize(
    ("origin", "taken"),
    [
        ("https://example.org", True),
        ("http://EXAMPLE.org", True),
        ("https://www.example.net", True),  # named as one that may
        ("", False),
        ("null", False),
        ("https://example.com", False),
        ("https://example.org.evil.com", False),
        ("https://evil.com/example.org", False),
        ("https://example.org:8443", False),
        ("https://[", False),
        ("ftp://example.org", False),
        ("example.org", False),
    ],
)
def test_a_cookie_changes_something_only_from_an_origin_of_the_application(method, origin, taken):
    asked = Incoming(method, "example.org", cookie="abc", origin=origin)
    if taken:
        assert token_of(asked, {"https://www.example.net"}) == "abc"
    else:
        with pytest.raises(OriginRefusedError):
            token_of(asked, {"https://www.example.net"})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_cookie_may_read_from_anywhere(method):
    assert token_of(Incoming(method, "example.org", cookie="abc", origin="https://example.com")) == "abc"


def test_another_site_cannot_send_the_header():
    assert token_of(Incoming("POST", "example.org", "Bearer abc", "def", "https://example.com")) == "abc"


def test_a_host_that_is_missing_is_nobodys_own():
    with pytest.raises(OriginRefusedError):
        token_of(Incoming("POST", "", cookie="abc", origin="https://"))
