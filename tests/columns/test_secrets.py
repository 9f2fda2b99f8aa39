"""Secrets are known by their names and by their shapes; ids, days and flags are none."""

import base64
import hashlib

import pyarrow as pa
import pytest

from passage_kit.columns.secrets import is_secret, is_secret_name

FORM = "a4VB/EsiAZHJoQTVM0QW3Bd2zDIb.CJ1lC2ipA/5C8Y7cjil0G0Ta"


def column(*values):
    return pa.chunked_array([pa.array(values, pa.string())])


@pytest.mark.parametrize(
    "name",
    [
        "password", "passwordHash", "password_digest", "encrypted_password", "PASSWORDHASH", "hashedPassword", "salt",
        "passwordSalt", "remember_token", "reset_password_token", "access_token", "refreshToken", "api_key", "apiKey",
        "two_factor_secret", "otp_secret", "credentials.password.hash.value", "Kennwort", "mot_de_passe", "contraseña",
        "user_pass_hash", "secretData", "totpSecret", "recovery_codes", "pwd", "private_key",
        "secure_key", "accessKey", "auth_key", "authkey", "otpKey", "user_activation_key", "user_actkey", "pass",
        "activation", "activation_code", "verificationCode", "email_otp", "profile.pass", "mfa_code",
    ],
)  # fmt: skip
def test_names_of_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["passwordChanged", "password_updated_at", "has_password", "password_enabled", "email", "keyword", "tokens_count",
     "compass", "passenger", "hashtag", "secretary", "first_name", "country_code", "postal_code", "key", "season_pass",
     "access", "verification", "activation_date", "promo_code", "public_key", "license_key", "currency_code"],
)  # fmt: skip
def test_names_of_other_things(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "value",
    [
        f"$2b$10${FORM}", f"$2y$12${FORM}", f"$argon2id$v=19$m=65536,t=3,p=4${FORM}", f"$P$B{FORM[:30]}",
        f"pbkdf2_sha256$260000$abc${FORM}", f"pbkdf2:sha256:260000${FORM}", f"{{SSHA}}{FORM}",
        f"scrypt:32768:8:1${FORM}", "a9" * 20, hashlib.sha256(b"a").hexdigest(), hashlib.sha512(b"a").hexdigest(),
        base64.b64encode(hashlib.sha256(b"a").digest()).decode(),
        base64.b64encode(hashlib.sha512(b"a").digest()).decode(),
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", '{"value": "abc", "salt": "def"}', '[{"secretData": "x"}]',
        '{"Kennung": "ann", "Passwort": "abc"}',
    ],
)  # fmt: skip
def test_shapes_of_secrets(value):
    assert is_secret("column 3", column(value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "a9" * 20), ("uid", "56fd0568148b6b647123c74fd11d"), ("key", "7f" * 32),
        ("guid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"), ("notes", "a sentence about a password"),
        ("email", "ann@example.org"), ("phone", "+14155550132"), ("tags", '["a", "b"]'), ("city", "Ulm"),
        ("password", "yes"), ("password", "2024-01-01"), ("avatar", "https://example.org/a.png"),
        ("notes", "x" * 300 + " and more words"), ("score", "1" + "0" * 100), ("number", "4" * 64), ("sound", "a" * 90),
    ],
)  # fmt: skip
def test_other_values(name, value):
    assert not is_secret(name, column(value))


def test_one_hash_among_notes_is_no_column_of_secrets():
    assert not is_secret("notes", column(f"$2b$10${FORM}", "hello", "called twice"))
