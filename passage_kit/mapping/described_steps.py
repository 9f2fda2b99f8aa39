"""Steps that change values, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from passage_kit.mapping.value_steps import ValueStep

_CASES = {"lower": "small letters", "upper": "capital letters", "title": "a capital at the beginning of each word"}
_ORDERS = {"DMY": "day first", "MDY": "month first"}
_MARKS = {",": "comma", ".": "point", " ": "space", "'": "apostrophe"}
_FEW = 2


def described_step(step: ValueStep) -> str:
    """Say what a step does.

    Examples
    --------
    >>> described_step(ValueStep("Name", "split", {"into": ["First", "Last"]}))
    'Name: split at the last space into First and Last'
    >>> described_step(ValueStep("Land", "map", {"values": {"BRD": "Germany", "?": ""}}))
    'Land: BRD becomes Germany, ? becomes blank'
    """
    return f"{step.column}: {_SENTENCES[step.do](step.how)}"


def _mapped(how: Mapping[str, Any]) -> str:
    pairs = [f"{value} becomes {becomes or 'blank'}" for value, becomes in how["values"].items()]
    more = f", and {len(pairs) - _FEW:,} more" if len(pairs) > _FEW else ""
    return ", ".join(pairs[:_FEW]) + more


def _replaced(how: Mapping[str, Any]) -> str:
    what = f"what matches {how['find']}" if how.get("pattern") else f"“{how['find']}”"
    return f"replace {what} by “{how['put']}”" if how.get("put") else f"remove {what}"


def _split(how: Mapping[str, Any]) -> str:
    first, second = how["into"]
    return f"split at the {how.get('at', 'last')} {_shown(how.get('separator', ' '))} into {first} and {second}"


def _joined(how: Mapping[str, Any]) -> str:
    return f"join with {' and '.join(how['others'])} into {how['into']}, {_shown(how.get('separator', ' '))} between"


def _shown(separator: str) -> str:
    return "space" if separator == " " else f"“{separator}”" if separator else "nothing"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "map": _mapped,
    "replace": _replaced,
    "split": _split,
    "join": _joined,
    "case": lambda how: f"write with {_CASES[how['to']]}",
    "number": lambda how: f"remove the {_MARKS[how['thousands']]} between thousands",
    "date": lambda how: f"read dates {_ORDERS[how['order']]}",
    "country": lambda _how: "write countries as codes",
}
