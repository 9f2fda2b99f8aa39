"""Models of the steps that change values, as a plan has them: the keys of each kind, and the kinds of their values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_Name = Annotated[str, Field(min_length=1)]


class _How(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class MapValues(_How):
    """Whole values become others; an empty one becomes blank."""

    values: Annotated[dict[str, str], Field(min_length=1)]


class ReplaceText(_How):
    """A part of each value becomes another text; with ``pattern``, what a regular expression matches."""

    find: _Name
    put: str = ""
    pattern: bool = False


class SplitValue(_How):
    """A value is divided at the first or the last separator, into two new columns."""

    into: Annotated[list[_Name], Field(min_length=2, max_length=2)]
    separator: _Name = " "
    at: Literal["first", "last"] = "last"


class JoinColumns(_How):
    """The column and others are joined into a new column, without their blanks."""

    others: Annotated[list[_Name], Field(min_length=1)]
    into: _Name
    separator: str = " "


class ChangeCase(_How):
    """Letters become small or capital; ``title`` makes the first letter of each word a capital."""

    to: Literal["lower", "upper", "title"]


class PlainNumbers(_How):
    """Whole numbers lose their thousands separators."""

    thousands: Literal[",", ".", " ", "'"]


class PlainDates(_How):
    """Dates with day and month in this order become ISO dates; ``excel`` reads bare numbers as days of Excel."""

    order: Literal["DMY", "MDY", "excel"]


class CountryCodes(_How):
    """Names of countries become their ISO codes."""


MODELS: dict[str, type[_How]] = {
    "map": MapValues,
    "replace": ReplaceText,
    "split": SplitValue,
    "join": JoinColumns,
    "case": ChangeCase,
    "number": PlainNumbers,
    "date": PlainDates,
    "country": CountryCodes,
}
