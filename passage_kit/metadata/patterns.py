r"""Patterns of metadata fields, matched in time that grows with the text alone.

Python's :mod:`re` tries one way after another, so that a pattern such as ``(a+)+$`` needs centuries for some texts.
RE2, which comes with arrow, reads each text once. It has neither look-around nor references back to a group. A pattern
is written for RE2 here such that ``\d``, ``\w`` and ``\s`` mean what they mean to Python: every script, not ASCII
alone.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.errors import FieldsError
from passage_kit.translations import worded

# The parts of a pattern that are written anew, or that end what they stand in.
_PART = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)"  # an escape
    r"|\[\^?\]?"  # the beginning of a class of characters, in which a first ] is a character
    r"|\]"
    r"|\{,\d*\}",
    re.DOTALL,
)
_CHARACTERS = {
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{N}_",
    "s": r"\t-\r\x1c-\x20\x{85}\p{Z}",
}
_LETTERS = set("dDwWsSbBAZznrtfvaxpP")  # that may stand after a backslash

# What RE2 does not have, with the way to write it otherwise; the first that fits is told.
_MISSING = (
    (
        r"\(\?<?[=!]",
        "a look-ahead or look-behind, such as (?=",
        "Write what the whole value may look like, such as [^0-9]* for (?!.*[0-9]).*, or add a check of your own to "
        "the pandera schema",
    ),
    (
        r"\\[1-9]|\(\?P=",
        "a reference back to a group, such as \\1",
        "Write the possible values out, as choices or with |, or add a check of your own to the pandera schema",
    ),
    (r"\(\?\(", "a condition on a group, such as (?(1)", "Write both cases out with |"),
    (
        r"\(\?>|[*+?}]\+",
        "an atomic group or a possessive repetition, such as (?> or ++",
        "Leave it out: this check never tries twice",
    ),
    (r"\(\?#", "a comment", "Leave it out"),
    (
        r"\(\?[A-Za-z-]*[aLux]",
        "a flag other than i, m and s",
        "Write the pattern without the flag, such as [0-9] for a \\d of ASCII alone",
    ),
)


def matches_whole(texts: pa.Array | pa.ChunkedArray, pattern: str) -> pa.Array | pa.ChunkedArray:
    """Mark the texts that a pattern matches as a whole; a null stays null.

    Parameters
    ----------
    texts : pyarrow.Array or pyarrow.ChunkedArray
        Text.
    pattern : str
        A pattern that :func:`check_pattern` accepts.

    Examples
    --------
    >>> matches_whole(pa.array(["José", "a-b", None]), r"\\w+").to_pylist()
    [True, False, None]
    """
    return pc.match_substring_regex(texts, pattern=_whole(pattern))


def check_pattern(pattern: str) -> None:
    """Check that a pattern can be matched in linear time.

    Raises
    ------
    FieldsError
        If it is none, or has what RE2 does not have. The message says how to write it otherwise.

    Examples
    --------
    >>> check_pattern("[A-Z]{2}[0-9]+")
    >>> check_pattern("(.)x(?=y)")
    Traceback (most recent call last):
    ...
    passage_kit.errors.FieldsError: its pattern has a look-ahead or look-behind, such as (?=, which a check in linear...
    """
    nothing = pa.array([""])
    try:
        written = _for_linear_time(pattern)
        pc.match_substring_regex(nothing, pattern=written)  # alone, since "a)|(b" is a pattern within the brackets
        pc.match_substring_regex(nothing, pattern=_whole(pattern))
    except UnicodeEncodeError:
        raise FieldsError("its pattern has a lone surrogate, which is no character. Leave it out") from None
    except (pa.ArrowInvalid, KeyError) as error:
        raise FieldsError(_explained(pattern, str(error))) from None


def replace_matches(texts: pa.Array | pa.ChunkedArray, pattern: str, put: str) -> pa.Array | pa.ChunkedArray:
    """Replace what a pattern matches within texts; ``\\1`` in the replacement is the first group.

    Parameters
    ----------
    texts : pyarrow.Array or pyarrow.ChunkedArray
        Text.
    pattern, put : str
        A pattern and a replacement that :func:`check_replacement` accepts.

    Examples
    --------
    >>> replace_matches(pa.array(["Lee, Ann", None]), r"(\\w+), (\\w+)", r"\\2 \\1").to_pylist()
    ['Ann Lee', None]
    """
    return pc.replace_substring_regex(texts, pattern=_for_linear_time(pattern), replacement=put)


def check_replacement(pattern: str, put: str) -> None:
    """Check that a pattern can be matched in linear time, and that its replacement names groups that it has.

    Raises
    ------
    FieldsError
        If not. The message says how to write it otherwise.

    Examples
    --------
    >>> check_replacement("(a)b", r"\\2")
    Traceback (most recent call last):
    ...
    passage_kit.errors.FieldsError: the replacement names a group that the pattern does not have...
    """
    check_pattern(pattern)
    try:
        replace_matches(pa.array([""]), pattern, put)
    except pa.ArrowInvalid:
        raise FieldsError(
            worded(
                "the replacement names a group that the pattern does not have, or has a lone "
                "backslash. Write \\1 for the first group, and two backslashes for one"
            )
        ) from None


def _explained(pattern: str, reason: str) -> str:
    """Say why a pattern cannot be used, and how to write it otherwise."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's are about its own future
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        python = str(error)
    else:
        python = ""
    for construct, name, otherwise in _MISSING:
        if re.search(construct, pattern):
            return worded(
                "its pattern has {name}, which a check in linear time (RE2) does not have. {otherwise}",
                name=name,
                otherwise=otherwise,
            )
    if "too large" in reason or "repetition size" in reason:
        return worded(
            "its pattern repeats too much for a check in linear time (RE2), at most 1,000 times "
            "in all. Use smaller numbers, or max_length"
        )
    return worded(
        "its pattern cannot be read: {why}. Correct it", why=python or reason.split(": ")[1 if ": " in reason else 0]
    )


@lru_cache
def _whole(pattern: str) -> str:
    return rf"\A(?:{_for_linear_time(pattern)})\z"


def _for_linear_time(pattern: str) -> str:
    """Write a pattern of Python for RE2, with the same meaning."""
    written, at, within = [], 0, False
    while part := _PART.search(pattern, at):
        token = "[" if within and part[0].startswith("[") else part[0]  # no class begins within a class
        written += [pattern[at : part.start()], _written(token, within)]
        within = token != "]" and (within or token.startswith("["))  # noqa: S105 - a bracket
        at = part.start() + len(token)
    return "".join([*written, pattern[at:]])


def _written(token: str, within: bool) -> str:
    """Write one part of a pattern for RE2, within a class of characters or outside."""
    if token.startswith("["):
        return token.replace("[", r"\[") if within else token
    if token.startswith("{"):
        return token if within else "*" if token == "{,}" else token.replace("{", "{0")  # noqa: S105
    if len(token) < 2:
        return token
    kind = token[1]
    if kind in "dws":
        return _CHARACTERS[kind] if within else f"[{_CHARACTERS[kind]}]"
    if kind in "DWS":
        return _all_but(kind.lower()) if within else f"[^{_CHARACTERS[kind.lower()]}]"
    if kind == "Z" or (kind == "b" and within):
        return r"\x08" if within else r"\z"
    if kind in "uUN":
        code = ord(unicodedata.lookup(token[3:-1])) if kind == "N" and len(token) > 2 else int(token[2:] or "-1", 16)
        return rf"\x{{{code:x}}}"
    if kind.isascii() and kind.isalpha() and kind not in _LETTERS:
        raise KeyError(f"bad escape: {token}")
    return token if kind.isascii() else kind


@lru_cache
def _all_but(kind: str) -> str:
    """List all characters but those of an escape such as ``w``, as ranges that can stand within a class."""
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    found = ((ord(part[0][0]), ord(part[0][-1])) for part in re.finditer(rf"[^\{kind}]+", every))
    return "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in found)
