"""Tokens of the sandbox's users, and the keys that it publishes for them."""

import httpx
import jwt
from waiting import LONG

from passage_kit.sandbox import Sandbox


def keys_of(sandbox):
    address = f"{sandbox.base_url}/apps/{sandbox.app_id}/.well-known/jwks.json"
    answer = httpx.get(address, timeout=LONG)  # without a key
    assert answer.status_code == 200
    return {key["kid"]: key for key in answer.json()["keys"]}


def read(sandbox, token):
    key = jwt.PyJWK(keys_of(sandbox)[jwt.get_unverified_header(token)["kid"]])
    return jwt.decode(token, key, algorithms=["RS256"], audience=sandbox.app_id, options={"verify_exp": False})


def test_a_token_is_signed_with_a_published_key(sandbox):
    claims = read(sandbox, sandbox.issue_token("someone"))
    assert (claims["sub"], claims["aud"], claims["iss"]) == ("someone", [sandbox.app_id], sandbox.app_id)
    assert claims["iat"] == claims["nbf"] == claims["exp"] - 3600


def test_claims_can_be_others_or_missing(sandbox):
    claims = read(sandbox, sandbox.issue_token("someone", lifetime=-5, iss="https://example.org", nbf=None))
    assert claims["exp"] < claims["iat"]
    assert (claims["iss"], "nbf" in claims) == ("https://example.org", False)


def test_a_published_key_has_no_private_part(sandbox):
    [key] = keys_of(sandbox).values()
    assert {name: key[name] for name in ("alg", "e", "kty", "use")} == {
        "alg": "RS256", "e": "AQAB", "kty": "RSA", "use": "sig"
    }  # fmt: skip
    assert set(key) == {"alg", "e", "kid", "kty", "n", "use"}


def test_a_rotated_key_is_published_beside_the_one_before(sandbox):
    first = sandbox.issue_token("someone")
    sandbox.rotate_keys()
    second = sandbox.issue_token("someone")
    assert read(sandbox, first)["sub"] == read(sandbox, second)["sub"] == "someone"
    sandbox.rotate_keys()
    assert jwt.get_unverified_header(first)["kid"] not in keys_of(sandbox)
    assert jwt.get_unverified_header(second)["kid"] in keys_of(sandbox)


def test_keys_outlive_the_process_in_a_database(tmp_path):
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(database=path) as sandbox:
        token = sandbox.issue_token("someone")
    with Sandbox(database=path) as sandbox:
        assert read(sandbox, token)["sub"] == "someone"
