"""Values of a file that a person may edit, checked against a model of pydantic and told in the kit's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any

from passage_kit.translations import in_panel, worded

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_EXPECTED = {
    "bool_type": worded("true or false, without quotes"),
    "string_type": worded("a text in quotes"),
    "int_type": worded("a whole number, without quotes"),
    "list_type": worded("a list in square brackets"),
    "tuple_type": worded("a list in square brackets"),
    "dict_type": worded("a table of names and values"),
    "mapping_type": worded("a table of names and values"),
    "model_type": worded("a table of names and values"),
}
_LONGEST = 40


def check_values(model: type[BaseModel], values: Any) -> None:
    """Check values against a model.

    Parameters
    ----------
    model : subclass of pydantic.BaseModel
        Strict and flat, with unknown keys forbidden.
    values : mapping
        Values as a TOML or JSON file has them.

    Raises
    ------
    ValueError
        If a key is unknown or missing, or a value is not allowed. The message names the first such key, what was found,
        and what is allowed.

    Examples
    --------
    >>> from pydantic import BaseModel, ConfigDict
    >>> class Options(BaseModel):
    ...     model_config = ConfigDict(extra="forbid", strict=True)
    ...     strict: bool = False
    >>> check_values(Options, {"strict": "no"})
    Traceback (most recent call last):
    ...
    ValueError: strict: found 'no', expected true or false, without quotes
    >>> check_values(Options, {"strikt": True})
    Traceback (most recent call last):
    ...
    ValueError: there is no key 'strikt'. Did you mean 'strict'? The keys are: strict
    """
    from pydantic import ValidationError  # slow to import, and only files of choices need it

    try:
        model.model_validate(values)
    except ValidationError as error:
        raise ValueError(_problem(error, model)) from None


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Suggest the known name that an unknown one most likely means, as a sentence, or nothing.

    Examples
    --------
    >>> did_you_mean("survivr", ["strict", "survivor"]), did_you_mean("x", ["strict"])
    (" Did you mean 'survivor'?", '')
    """
    close = get_close_matches(name, known, n=1)
    return worded(" Did you mean {name}?", name=repr(close[0])) if close else ""


def _problem(error: ValidationError, model: type[BaseModel]) -> str:
    """Say the first problem; the ways in which one value could have been right are one problem."""
    found = error.errors(include_url=False)
    found.sort(key=lambda entry: entry["type"] != "extra_forbidden")  # a misspelt key explains what is missing
    first = found[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        keys = list(model.model_fields)
        return worded(
            "there is no key {name}.{meant} The keys are: {keys}",
            name=repr(name),
            meant=did_you_mean(name, keys),
            keys=", ".join(keys),
        )
    if first["type"] == "missing":
        return worded("the key {name} is missing", name=repr(name))
    if not name:
        return str(first["msg"]).removeprefix("Value error, ")
    ways = [entry for entry in found if entry["loc"][:1] == first["loc"][:1]]
    expected = reduce(
        lambda one, other: worded("{one} or {other}", one=one, other=other), dict.fromkeys(map(_expected, ways))
    )
    found_value = _shown(first["input"])
    return worded("{name}: found {found}, expected {expected}", name=name, found=found_value, expected=expected)


def _expected(entry: Mapping[str, Any]) -> str:
    """Say what a value had to be."""
    if entry["type"] == "literal_error":
        choices = str(entry["ctx"]["expected"])
        return in_panel(f"one of {choices}", "one of {choices}", choices=choices.replace(" or ", ", "))
    if entry["type"] == "string_pattern_mismatch":
        return worded("a text of the form {pattern}", pattern=entry["ctx"]["pattern"])
    return _EXPECTED.get(entry["type"]) or str(entry["msg"]).removeprefix("Input should be ")


def _shown(value: Any) -> str:
    if not isinstance(value, str | int | float):
        return worded("a {kind}", kind=type(value).__name__)
    shown = repr(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
