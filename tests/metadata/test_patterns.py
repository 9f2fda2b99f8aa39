"""Patterns match in linear time, and mean what they mean to Python."""

import re
import time

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.errors import FieldsError
from passage_kit.metadata.patterns import check_pattern, matches_whole

SAME = [
    r"\w+", r"\W+", r"[\w.-]+", r"[^\W\d_]+", r"[\W]", r"[\s\S]*", r"\d{2,3}", r"[^\D]", r"\s*\S+", "a{,2}b", "x{2,}",
    "[]a]+", "[^]a]", r"[\[]x", r"[a\[:]+", r"[\]x]+", r"a|ab|abc", "(?i)straße", "(?s).*", ".*", r"\A\w\Z", "a$", "^b",
    r"\u00e9", r"\N{DIGIT ONE}", r"[\b]", r"\.", r"\x41", "(?P<first>a)b", "é+", r"[à-ü]+", "", r"\t", "(?:a|b)*?c",
    r"\+[1-9]\d+", r"[\x00-\x7f]*", r"\\w", "[a[]x",
]  # fmt: skip
VALUES = [
    "", "a", "ab", "abc", "b", "aab", "aaab", "xx", "José", "Ελλάδα", "١٢", "12", "a_1", "a-b", "a b", "\u00a0x", "]",
    "[x", "a[:", "STRASSE", "STRAßE", "a\n", "\n", "é", "É", "1", "\x08", ".", "A", "ü", "\t", "bbc", "+123", "日本",
    "a\u0301", "²", "Ⅷ", "\u2028", r"\w", "\x1c", "[", "x[", "ax",
]  # fmt: skip


@pytest.mark.parametrize("pattern", SAME)
def test_a_pattern_means_what_it_means_to_python(pattern):
    check_pattern(pattern)
    wanted = [re.fullmatch(pattern, value) is not None for value in VALUES]
    assert matches_whole(pa.array(VALUES), pattern).to_pylist() == wanted
    assert matches_whole(pa.array([None, "a"]), pattern).to_pylist()[0] is None


@given(st.text(st.sampled_from("ab]^[-.\\wWdsS{}1,2|()*+?é"), max_size=10), st.lists(st.text(max_size=4), max_size=5))
def test_whatever_is_accepted_means_the_same(pattern, values):
    try:
        check_pattern(pattern)
    except FieldsError:
        return
    try:
        python = re.compile(pattern)
    except (re.error, FutureWarning):
        return  # what only RE2 understands, or what Python will understand otherwise one day
    texts = [*values, "ab", "a]", "[", "a", ""]
    assert matches_whole(pa.array(texts), pattern).to_pylist() == [bool(python.fullmatch(text)) for text in texts]


@pytest.mark.few(4)
@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?=.*[0-9]).*", "look-ahead or look-behind.*does not have.*Write what"),
        ("(?<!a)b", "look-behind"),
        (r"(.).\1", "reference back.*choices"),
        ("(?P<x>a)(?P=x)", "reference back"),
        ("(?(1)a|b)", "condition on a group.*Write both"),
        ("a++", "possessive.*Leave it out"),
        ("(?>a)", "atomic group"),
        ("(?#why)a", "comment"),
        ("(?x) a b", "flag other than"),
        (r"(?a)\d", "flag other than"),
        ("a{1,2000}", "repeats too much.*max_length"),
        (r"(\w{1,500}){1,500}", "repeats too much"),
        ("x" * 1_000_000, "repeats too much"),
        ("(", "cannot be read: missing"),
        ("a)|(b", "cannot be read: unbalanced"),
        ("[z-a]", "cannot be read: bad character range"),
        (r"\Qa", "cannot be read: bad escape"),
        (r"\C", "cannot be read: bad escape"),
        (r"\N{NO SUCH SIGN}", "cannot be read: undefined character name"),
        ("\\", "cannot be read: bad escape"),
        ("\ud800", "lone surrogate"),
        (r"\U99999999", "cannot be read"),
    ],
)
def test_what_has_no_linear_time_is_refused_with_the_way_out(pattern, said):
    with pytest.raises(FieldsError, match=f"Metadata field 'x': its pattern .*{said}"):
        pk.MetadataField("x", pattern=pattern)


def test_hostile_values_take_no_time():
    users = users_frame({"email": [f"u{at}@example.org" for at in range(100_000)]})
    users["x"] = pd.array([f"{'a' * 40}{at}!" for at in range(100_000)], dtype=users["email"].dtype)
    fields = pk.MetadataSchema([pk.MetadataField("x", pattern="(a+)+$")])
    began = time.monotonic()
    typed, findings = pk.validate_users(users, fields)
    assert typed["x"].isna().all()
    assert findings["code"].eq("value_pattern").sum() == 100_000
    with pytest.raises(Exception, match="pattern"):
        pk.build_schema(fields).validate(users.assign(phone=typed["phone"]))  # as a user calls it
    assert time.monotonic() - began < 20  # one value takes Python's engine longer than this machine will last
