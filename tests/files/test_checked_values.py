"""A value that is not allowed is named with its key, with what was found, and with what is allowed."""

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from passage_kit.files.checked_values import check_values, did_you_mean


class Choices(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    strict: bool = False
    rule: Literal["first", "last"] = "first"
    sheet: int | str | None = None
    words: dict[str, bool] = {}
    rows: int = Field(1, ge=1)
    names: list[str] = []
    code: str = Field("a", pattern="^[a-z]$")
    needed: str


def test_right_values_pass():
    check_values(Choices, {"strict": True, "rule": "last", "sheet": "Users", "words": {"si": True}, "needed": ""})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"strict": "no"}, "strict: found 'no', expected true or false, without quotes"),
        ({"rule": "newest"}, "rule: found 'newest', expected one of 'first' or 'last'"),
        ({"sheet": 1.5}, "sheet: found 1.5, expected a whole number, without quotes or a text in quotes"),
        ({"words": {"si": "yes"}}, "words: found 'yes', expected true or false, without quotes"),
        ({"words": 3}, "words: found 3, expected a table of names and values"),
        ({"rows": 0}, "rows: found 0, expected greater than or equal to 1"),
        ({"names": "a"}, "names: found 'a', expected a list in square brackets"),
        ({"code": "1" * 99}, f"code: found '{'1' * 39}..., expected a text of the form"),
        ({"code": []}, "code: found a list, expected a text in quotes"),
        ({"neded": ""}, "there is no key 'neded'. Did you mean 'needed'? The keys are: strict, rule"),
        ({"zzz": ""}, "there is no key 'zzz'. The keys are: strict, rule"),
    ],
)
def test_a_wrong_value_is_told(values, said):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the message is compared below
        check_values(Choices, {"needed": "x", **values})
    assert str(error.value).startswith(said)


def test_a_missing_key_and_another_kind_of_thing_are_told():
    with pytest.raises(ValueError, match="the key 'needed' is missing"):
        check_values(Choices, {})
    with pytest.raises(ValueError, match="valid dictionary"):
        check_values(Choices, 3)


def test_only_a_name_that_is_close_is_suggested():
    assert did_you_mean("optons", ["source", "options"]) == " Did you mean 'options'?"
    assert did_you_mean("x", ["source", "options"]) == ""
