"""Columns of secrets: hashes, salts, tokens and keys, known by their name and by the shape of their values.

A secret never leaves the source. The readers leave such a column out, so that it is in no stage and in no output.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.column_names import name_key, name_words
from passage_kit.columns.shapes import SHAPES

_SAMPLE = 5_000  # values of a column that are looked at
_SAMPLE_BYTES = 1 << 22  # fewer of them where they are long texts
_SHORTEST = 12  # bytes of a secret, or of an object with one
_SHORTEST_RANDOM = 40  # bytes of a digest; its pattern takes long to compile
_MOST = 0.5  # share of them that has the shape of a secret

_WORDS = frozenset(
    """
    password passwords passwd pwd passphrase passcode hash hashes hashed salt salts secret secrets token tokens apikey
    privatekey credential credentials digest otpauth totpsecret mfasecret recoverycode recoverycodes backupcode
    backupcodes securityanswer cookie jwt
    passwort kennwort passwörter motdepasse contraseña clave senha parolă password hasło wachtwoord lösenord пароль
    パスワード 密码 密碼 비밀번호
    """.split()  # noqa: SIM905
)
_KEYS = frozenset(map(name_key, _WORDS))
# Words next to these that make a column a fact about a secret, such as the day when a password was changed.
_ABOUT = frozenset(
    """
    changed updated at on date time enabled disabled required expired expires expiry set has is count type policy reset
    strength last verified iterations algorithm rounds version length hint provider
    """.split()  # noqa: SIM905
)
_WHOLE_NAMES = frozenset("pass userpass loginpass pw userpw psw pswd mdp otp activation activationhash".split())  # noqa: SIM905
# Before "key" and "code", these make a secret of it: a license key and a country code are none.
_OF_ACCESS = frozenset(
    """
    access secure secret auth authentication encryption signing activation confirmation verification validation reset
    session recovery otp totp mfa act form private login
    """.split()  # noqa: SIM905
)
_ANYWHERE = r"password|passwd|passwort|pwd|api_?key|private_?key"  # these say it also within a longer word
_RUN_TOGETHER = re.compile(
    rf"({_ANYWHERE}|secret(?!ar)|(access|refresh|id|reset|remember|confirmation|recovery|session)token"
    r"|(access|auth|otp|act|activation|secure|reset)key$|(activation|verification|confirmation|reset|otp|recovery)code$)"
)
_SHAPE = (
    r"^(\$(2[abxy]?|argon2\w*|scrypt|pbkdf2[\w-]*|[1567yPHS]|gy|md5|sha1|apr1|bcrypt[\w-]*)\$.{8,}"  # modular crypt
    r"|\{(S?SHA|SMD5|MD5|CRYPT|SSHA\d+|SHA\d+|PBKDF2[\w-]*|BCRYPT|ARGON2)\}.+"  # LDAP
    r"|(pbkdf2|bcrypt|argon2|scrypt|sha1|sha256|sha512|md5|unsalted_\w+)[\w-]*[$:]\S{8,}"  # Django, Werkzeug
    r"|scrypt:\d+:\d+:\d+\$.+"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # JSON web tokens
    r"|(sk|rk|pk|whsec|ghp|gho|xox[abprs]|AKIA|ya29\.|AIza)[-_]?[A-Za-z0-9_-]{16,}"  # keys of services
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*)$"
)
_RANDOM = (
    r"^(([0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})(:\S+)?"  # digests
    r"|[A-Za-z0-9+/]{42,200}={1,2}|[A-Za-z0-9+/]{86,200})$"  # base64 of 32 bytes and more
)
_IN_JSON = (
    rf'(?i)"[\w.-]*({_ANYWHERE}|secret|salt|hash|token|digest|mfa|otp)[\w.-]*"\s*:'
    r'|"(k|kty|privateKeyJwk)"\s*:|\$(2[abxy]|argon2\w*|scrypt|pbkdf2[\w-]*)\$'
)
_IDS = frozenset("id uid uuid guid key sub userid objectid externalid sourceid".split())  # noqa: SIM905


@lru_cache(maxsize=4_096)
def is_secret_name(name: str) -> bool:
    """Tell whether a column's name is one of secrets.

    Examples
    --------
    >>> names = ("encrypted_password", "passwordChanged", "credentials.hash.value", "token_count")
    >>> [is_secret_name(name) for name in names]
    [True, False, True, False]
    """
    words = name_words(name)
    if _ABOUT & set(words[-2:]) and not {"hash", "salt"} & set(words):
        return False
    if len(words) > 1 and words[-1] in {"key", "keys", "code", "codes"} and words[-2] in _OF_ACCESS:
        return True
    if words[-1:] == ("otp",) or name_key(name.rpartition(".")[2]) in _WHOLE_NAMES:
        return True
    return any(word in _KEYS or _RUN_TOGETHER.search(word) for word in words) or name_key(name) in _KEYS


def is_secret(name: str, column: pa.ChunkedArray) -> bool:
    """Tell whether a column holds secrets.

    Parameters
    ----------
    name : str
    column : pyarrow.ChunkedArray
        Text; the first 5,000 values are looked at, or the first 4 MB of them.

    Examples
    --------
    >>> hashes = pa.chunked_array([["$2b$10$a4VB/EsiAZHJoQTVM0QW3Bd2zDIb.CJ1lC2ipA"]])
    >>> is_secret("value", hashes), is_secret("password_set", pa.chunked_array([["yes", "no"]]))
    (True, False)
    """
    values = _sample_of(column)
    if not len(values):
        return is_secret_name(name)
    if is_secret_name(name):
        return not any(_share(values, SHAPES[shape]) > _MOST for shape in ("boolean", "date", "email"))
    longest = pc.max(pc.binary_length(values)).as_py()
    if longest < _SHORTEST or _IDS & set(name_words(name)[-1:]):
        return False
    # Random digits alone or letters alone would be a number or a word.
    is_random = longest >= _SHORTEST_RANDOM and _share(values, _RANDOM, "[0-9]", "[A-Za-z]") >= _MOST
    if is_random or _share(values, _SHAPE) >= _MOST:
        return True
    return _share(values, r"^\s*[\[{]") >= _MOST and _share(values, _IN_JSON) > 0


def _sample_of(column: pa.ChunkedArray) -> pa.Array:
    """Give distinct values at the beginning of a column, one at least."""
    first = column.slice(0, 4 * _SAMPLE).drop_null().slice(0, _SAMPLE)
    if first.nbytes <= _SAMPLE_BYTES:
        return pc.unique(first)
    lengths = np.cumsum(pc.binary_length(first).to_numpy())
    return pc.unique(first.slice(0, max(1, int(np.searchsorted(lengths, _SAMPLE_BYTES)))))


def _share(values: pa.Array, *patterns: str) -> float:
    """Compute the share of values that all patterns match; one that fails the first is not shown to the others."""
    held = values
    for pattern in patterns:
        held = held.filter(pc.match_substring_regex(held, pattern))
    return len(held) / len(values)
