"""Only a token of this app, signed by its key with RS256 and valid now, is taken; everything else is refused."""

import asyncio
import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import assume, given
from hypothesis import strategies as st

from passage_kit.errors import OptionError
from passage_kit.golive import NotAuthenticatedError, RequestRefusedError, TokenVerifier
from passage_kit.golive.tokens import LONGEST, key_id_of
from passage_kit.sandbox import Sandbox

ID = "9DeEXvYBStnzwQcHFd6f558L"


@pytest.fixture(scope="module")
def service():
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def verifier(service):
    return TokenVerifier(service.app_id, auth_url=service.base_url)


def encoded(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def header_of(token):
    return jwt.get_unverified_header(token)


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def refusal(verifier, token):
    """Why a token is refused; both ways to ask agree."""
    with pytest.raises(NotAuthenticatedError) as refused:
        verifier.verify(token)
    with pytest.raises(NotAuthenticatedError) as refused_too:
        asyncio.run(verifier.verify_async(token))
    assert refused.value.reason == refused_too.value.reason
    assert refused.value.body == {"code": "not_authenticated", "error": "Sign in first."}
    assert token not in refused.value.reason or token == ""
    return refused.value.reason


def test_a_token_of_the_app_is_taken(service, verifier):
    token = service.issue_token(ID)
    verified = verifier.verify(token)
    assert (verified.passage_id, verified.claims["iss"]) == (ID, service.app_id)
    assert time.time() < verified.expires_at <= time.time() + 3600
    assert verified == asyncio.run(verifier.verify_async(token))
    assert "iss" not in repr(verified)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": ["another-app"]}, "Audience doesn't match"),
        ({"aud": None}, 'missing the "aud" claim'),
        ({"sub": None}, 'missing the "sub" claim'),
        ({"sub": 7}, "Subject must be a string"),
        ({"sub": ""}, "no Passage id"),
        ({"sub": "x' OR 1=1 --"}, "no Passage id"),
        ({"sub": "a" * 65}, "no Passage id"),
        ({"exp": None}, 'missing the "exp" claim'),
        ({"exp": "tomorrow"}, "must be an integer"),
        ({"exp": float("inf")}, "must be an integer"),
    ],
)
def test_claims_that_are_not_those_of_a_user_of_the_app_are_refused(service, verifier, claims, why):
    assert why in refusal(verifier, service.issue_token(claims.get("sub", ID), **{"sub": ID, **claims}))


@pytest.mark.parametrize(
    ("claims", "taken"),
    [
        ({"exp": -5}, True),  # the clocks may differ by ten seconds
        ({"exp": -30}, False),
        ({"nbf": 5}, True),
        ({"nbf": 30}, False),
        ({"iat": 5}, True),
        ({"iat": 30}, False),
        ({"nbf": None, "iat": None}, True),
    ],
)
def test_times_are_judged_with_some_leeway(service, verifier, claims, taken):
    now = int(time.time())
    token = service.issue_token(ID, **{name: value and now + value for name, value in claims.items()})
    if taken:
        assert verifier.verify(token).passage_id == ID
    else:
        assert refusal(verifier, token)


def test_the_issuer_is_checked_when_it_is_given(service):
    strict = TokenVerifier(service.app_id, auth_url=service.base_url, issuer="https://auth.example.org")
    assert "issuer" in refusal(strict, service.issue_token(ID))
    assert strict.verify(service.issue_token(ID, iss="https://auth.example.org")).passage_id == ID


def test_the_audience_can_be_that_of_older_apps(service):
    older = TokenVerifier(service.app_id, auth_url=service.base_url, audience="https://example.org")
    assert older.verify(service.issue_token(ID, aud=["https://example.org"])).passage_id == ID
    assert "Audience" in refusal(older, service.issue_token(ID))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_refused(service, verifier, algorithm):
    token = service.issue_token(ID)
    for signature in ("", token.rpartition(".")[2]):
        forged = f"{encoded({**header_of(token), 'alg': algorithm})}.{token.split('.')[1]}.{signature}"
        assert "not signed with RS256" in refusal(verifier, forged)


@pytest.mark.parametrize("as_rs256", [False, True])
def test_the_public_key_is_no_shared_secret(service, verifier, as_rs256):
    token = service.issue_token(ID)
    public = verifier.keys.find(header_of(token)["kid"])
    for form in (serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1):
        secret = public.public_bytes(serialization.Encoding.PEM, form)
        header = {**header_of(token), "alg": "RS256" if as_rs256 else "HS256"}
        signed = f"{encoded(header)}.{encoded(claims_of(token))}"
        forged = f"{signed}.{encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
        assert refusal(verifier, forged)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_another_algorithm_of_the_same_key_is_refused(service, verifier, algorithm):
    key = service._app.token_keys._keys()[-1]
    token = jwt.encode(claims_of(service.issue_token(ID)), key["pem"], algorithm, headers={"kid": key["kid"]})
    assert "not signed with RS256" in refusal(verifier, token)


def test_a_key_of_the_attacker_is_refused_under_any_name(service, verifier):
    pem = rsa.generate_private_key(65_537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    token = service.issue_token(ID)
    known = header_of(token)["kid"]
    own = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    public = own.to_jwk(own.prepare_key(pem).public_key(), as_dict=True)
    for headers in ({"kid": known}, {"kid": known, "jwk": public}, {"kid": known, "jku": "http://127.0.0.1:1/"}):
        assert "Signature" in refusal(verifier, jwt.encode(claims_of(token), pem, "RS256", headers=headers))
    assert "key is unknown" in refusal(verifier, jwt.encode(claims_of(token), pem, "RS256", headers={"kid": "mine"}))
    assert "names no key" in refusal(verifier, jwt.encode(claims_of(token), pem, "RS256"))


def test_a_token_of_another_app_is_refused(verifier):
    with Sandbox() as other:
        assert refusal(verifier, other.issue_token(ID)) == "the token's key is unknown"


def test_another_payload_under_a_true_signature_is_refused(service, verifier):
    header, _, signature = service.issue_token(ID).split(".")
    payload = encoded({**claims_of(service.issue_token(ID)), "sub": "somebody-else"})
    assert "Signature" in refusal(verifier, f"{header}.{payload}.{signature}")


def test_a_truncated_token_is_refused_wherever_it_ends(service, verifier):
    token = service.issue_token(ID)
    for end in range(0, len(token) - 1, 7):
        assert refusal(verifier, token[:end])


def test_a_token_that_is_too_long_is_not_looked_at(service, verifier):
    assert len(service.issue_token(ID, more="x" * 5_000)) < LONGEST
    assert verifier.verify(service.issue_token(ID, more="x" * 5_000))
    assert "too long" in refusal(verifier, service.issue_token(ID, more="x" * LONGEST))
    assert "too long" in refusal(verifier, f"{'x' * 2_000}.x.x")


ODD_HEADERS = [
    *(b"[" * 700, b"{" * 700, b'{"alg":"RS256","kid":' * 30),
    *(b"null", b'"RS256"', b"7", b"\xff\xfe", b"", b'{"kid":["a"],"alg":"RS256"}'),
]


@pytest.mark.parametrize("header", ODD_HEADERS)
def test_a_header_that_is_none_is_refused(verifier, header):
    assert refusal(verifier, f"{encoded(header)}.e30.e30")


def test_a_header_that_asks_for_more_than_is_understood_is_refused(service, verifier):
    key = service._app.token_keys._keys()[-1]
    for headers in ({"crit": ["exp"]}, {"b64": False, "crit": ["b64"]}):
        token = jwt.encode(claims_of(service.issue_token(ID)), key["pem"], "RS256", {"kid": key["kid"], **headers})
        assert refusal(verifier, token)


THREE_PARTS = st.from_regex(r"\A[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}\Z")


@given(st.one_of(st.text(), st.text("abcXYZ09-_.=", max_size=60), THREE_PARTS))
def test_whatever_comes_is_refused_in_one_way(text):
    with pytest.raises(RequestRefusedError) as refused:
        key_id_of(text)
    assert refused.value.status == 401


@given(st.integers(0, 10_000), st.sampled_from("ABCxyz019-_"))
def test_a_changed_byte_is_refused(service, verifier, place, other):
    token = service.issue_token(ID)  # another one each second, so no example may depend on it
    at = place % (len(token) - 1)  # the last character holds bits that nobody reads
    assume(other != token[at])
    assert refusal(verifier, token[:at] + other + token[at + 1 :])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"auth_url": "http://auth.example.org/v1"}, "not encrypted"),
        ({"auth_url": "ftp://auth.example.org"}, "expected one such as"),
        ({"auth_url": "https://ann:secret@auth.example.org"}, "expected one such as"),
        ({"auth_url": "https://auth.example.org", "leeway": -1}, "leeway is -1"),
        ({"auth_url": "https://auth.example.org", "deadline": 0}, "deadline 0"),
        ({"auth_url": "https://auth.example.org", "app_id": "a/../b"}, "app id"),
    ],
)
def test_an_option_that_cannot_be_is_refused(options, says):
    with pytest.raises(OptionError, match=says):
        TokenVerifier(options.pop("app_id", "app"), **options)


@pytest.mark.parametrize("token", [None, 7, True, b"a.b.c", ["a.b.c"], {"token": "a.b.c"}])
def test_what_is_no_text_is_refused(verifier, token):
    """An application hands on what stood in a body of JSON."""
    with pytest.raises(NotAuthenticatedError):
        verifier.verify(token)


def test_the_log_says_why_and_a_token_writes_no_line_of_its_own(service, verifier, caplog):
    caplog.set_level("INFO", "passage_kit.golive")
    key = service._app.token_keys._keys()[-1]
    odd = {"kid": key["kid"], "crit": ["x\nLinked: somebody"]}
    late, forged = (
        service.issue_token(ID, lifetime=-60),
        jwt.encode(claims_of(service.issue_token(ID)), key["pem"], "RS256", odd),
    )
    for token in (late, forged):
        refusal(verifier, token)
    assert caplog.messages[0] == caplog.messages[1] == "Refused: the token is refused: Signature has expired."
    assert len(caplog.messages) == 4
    assert not any("Linked" in message or token in message for message in caplog.messages)
