"""Values of a file that a person may edit, checked against a model of pydantic and told in the kit's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_EXPECTED = {
    "bool_type": "true or false, without quotes",
    "string_type": "a text in quotes",
    "int_type": "a whole number, without quotes",
    "list_type": "a list in square brackets",
    "tuple_type": "a list in square brackets",
    "dict_type": "a table of names and values",
    "mapping_type": "a table of names and values",
    "model_type": "a table of names and values",
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
    return f" Did you mean {close[0]!r}?" if close else ""


def _problem(error: ValidationError, model: type[BaseModel]) -> str:
    """Say the first problem; the ways in which one value could have been right are one problem."""
    found = error.errors(include_url=False)
    found.sort(key=lambda entry: entry["type"] != "extra_forbidden")  # a misspelt key explains what is missing
    first = found[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        keys = list(model.model_fields)
        return f"there is no key {name!r}.{did_you_mean(name, keys)} The keys are: {', '.join(keys)}"
    if first["type"] == "missing":
        return f"the key {name!r} is missing"
    if not name:
        return str(first["msg"]).removeprefix("Value error, ")
    ways = [entry for entry in found if entry["loc"][:1] == first["loc"][:1]]
    expected = " or ".join(dict.fromkeys(map(_expected, ways)))
    return f"{name}: found {_shown(first['input'])}, expected {expected}"


def _expected(entry: Mapping[str, Any]) -> str:
    """Say what a value had to be."""
    if entry["type"] == "literal_error":
        return f"one of {entry['ctx']['expected']}"
    if entry["type"] == "string_pattern_mismatch":
        return f"a text of the form {entry['ctx']['pattern']}"
    return _EXPECTED.get(entry["type"]) or str(entry["msg"]).removeprefix("Input should be ")


def _shown(value: Any) -> str:
    shown = repr(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
