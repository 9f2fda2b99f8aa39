"""A plan that was edited by hand or cut short is refused, with the key to look at."""

import contextlib
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import passage_kit as pk
from passage_kit.errors import PassageKitError, PlanError

WRONG = {
    "[options]\nstrict = 'no'": "strict: found 'no', expected true or false",
    "[options]\nstrikt = true": "no option 'strikt'. Did you mean 'strict'",
    "[options]\nsurvivor = 'newst'": "survivor: found 'newst', expected one of 'complete'",
    "[options]\ndefault_region = 49": "default_region: found 49, expected a text",
    "[options]\nboolean_words = {si = 'yes'}": "boolean_words: found 'yes', expected true or false",
    "[optons]\nstrict = true": "no part 'optons'. Did you mean 'options'",
    "options = 3": "options: found 3, expected a table",
    "fields = [3]": "fields: found 3, expected a table",
    "mapping = 'email'": "mapping: found 'email', expected a table",
    "[mapping]\nemail = {join = 'abc'}": "mapping of 'email' cannot be read",
    "[mapping]\nemail = {join = [1]}": "mapping of 'email' cannot be read",
    "[mapping]\nemail = {join = ['a', 'b'], seperator = ' '}": "mapping of 'email' cannot be read",
    "[mapping]\nemail = {constant = []}": "mapping of 'email' cannot be read",
    "[source]\nheader_row = '2'": "header_row: found '2', expected a whole number",
    "[source]\nheader_row = 99999999999999999999": "header_row: found 99999999999999999999, expected less than",
    "[source]\nsheet = true": "sheet: found True, expected a whole number",
    "[source]\nsha256 = 'zz'": "sha256: found 'zz'",
    "[source]\npaht = 'users.csv'": "no key 'paht'. Did you mean 'path'",
    "[template]\nbom = true": "the key 'header' is missing",
    "[template]\nheader = []": "header: found a list",
    "[template]\nheader = ['a']\ndelimiter = 'ab'": "delimiter: found 'ab', expected one of ','",
    "[template]\nheader = ['a']\nline_ending = 'x'": "line_ending: found 'x'",
    "[template]\nheader = ['a']\nheader_line = 'b'": "header_line has other names than header",
    "[[fields]]\nfield_name = 3": "field_name: found 3, expected a text",
    "[[fields]]\nfield_name = 'x'\nmax_length = '5'": "max_length: found '5', expected a whole number",
    "[[fields]]\nfield_name = 'x'\nmax_length = -1": "max_length: found -1",
    "[[fields]]\nfield_name = 'x'\nrequired = 'no'": "required: found 'no', expected true or false",
    "[[fields]]\nfield_name = 'x'\nfrendly_name = 'X'": "no key 'frendly_name'. Did you mean 'friendly_name'",
    "[[fields]]\nfield_name = 'x'\nchoices = 'abc'": "choices: found 'abc', expected a list",
    "[[fields]]\nfield_name = 'x'\npattern = 5": "pattern: found 5, expected a text",
    "[[fields]]\nfield_name = 'x'\npattern = '(a)\\1'": "reference back",
    "[source": "cannot be read: Expected",
    "a = " + "[" * 50_000: "cannot be read",
}


@pytest.mark.parametrize("text", WRONG)
def test_the_key_is_named(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(PlanError) as error:
        pk.Plan.load(path)
    assert WRONG[text] in str(error.value)
    assert str(error.value).endswith("Correct the file, or put the plan aside in the notebook 00_start_here.")


def test_an_argument_is_judged_as_the_plan_is():
    with pytest.raises(pk.OptionError, match="strict: found 'no', expected true or false"):
        pk.prepare("users.csv", strict="no")


def test_what_a_plan_saves_is_what_it_reads(tmp_path):
    plan = pk.Plan(
        source=str(tmp_path / "users.xlsx"),
        reading={"sheet": 0, "header_row": 2},
        mapping=pk.FieldMapping({"email": "Mail", "name": ["A", "B"], "tenant": {"constant": "acme"}}),
        schema=pk.MetadataSchema([pk.MetadataField("plan", choices=("a", "b")), pk.MetadataField("n", max_length=3)]),
        template=pk.read_template(_template(tmp_path)),
        options=pk.Options(boolean_words={"si": True}, date_order="DMY", thousands=",", numeric_dates="excel"),
    )
    plan.save(tmp_path / "plan.toml")
    assert pk.Plan.load(tmp_path / "plan.toml") == plan


def _template(folder):
    path = folder / "template.csv"
    path.write_bytes(b'email;"The; Plan"\r\n')
    return path


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
NAMES = [
    "source", "options", "mapping", "template", "fields", "path", "sheet", "strict", "survivor", "header", "delimiter",
    "field_name", "type", "choices", "join",
]  # fmt: skip
TABLES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3)


@given(
    st.dictionaries(
        st.sampled_from(NAMES), VALUES | st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3), max_size=3
    )
)
def test_no_value_is_beyond_the_check(values):
    with contextlib.suppress(PassageKitError):
        pk.Plan.from_dict(values)


@given(st.data())
def test_a_plan_cut_short_is_a_plan_or_an_error(data):
    text = pk.Plan("users.csv", schema=pk.MetadataSchema([pk.MetadataField("plan")])).to_toml(".")
    text = text[: data.draw(st.integers(0, len(text)))]
    with contextlib.suppress(PassageKitError, tomllib.TOMLDecodeError):
        pk.Plan.from_dict(tomllib.loads(text))
