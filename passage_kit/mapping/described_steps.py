"""Steps that change values, in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from passage_kit.mapping.planned_step import ValueStep
from passage_kit.translations import gettext, ngettext

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
    return f"{gettext('{heading}:', heading=step.column)} {_SENTENCES[step.do](step.how)}"


def _mapped(how: Mapping[str, Any]) -> str:
    pairs = [
        gettext("{value} becomes {becomes}", value=value, becomes=becomes or gettext("blank"))
        for value, becomes in how["values"].items()
    ]
    few, more = ", ".join(pairs[:_FEW]), len(pairs) - _FEW
    return ngettext("{few}, and {count} more", "{few}, and {count} more", more, few=few) if more > 0 else few


def _replaced(how: Mapping[str, Any]) -> str:
    what = gettext("what matches {pattern}", pattern=how["find"]) if how.get("pattern") else f"“{how['find']}”"
    if how.get("put"):
        return gettext("replace {what} by {put}", what=what, put=f"“{how['put']}”")
    return gettext("remove {what}", what=what)


def _split(how: Mapping[str, Any]) -> str:
    first, second = how["into"]
    given = {"separator": _shown(how.get("separator", " ")), "first": first, "second": second}
    if how.get("at", "last") == "last":
        return gettext("split at the last {separator} into {first} and {second}", **given)
    return gettext("split at the first {separator} into {first} and {second}", **given)


def _joined(how: Mapping[str, Any]) -> str:
    return gettext(
        "join with {columns} into {into}, {separator} between",
        columns=gettext(" and ").join(how["others"]),
        into=how["into"],
        separator=_shown(how.get("separator", " ")),
    )


def _shown(separator: str) -> str:
    return gettext("space") if separator == " " else f"“{separator}”" if separator else gettext("nothing")


def _cased(how: Mapping[str, Any]) -> str:
    return {
        "lower": gettext("write with small letters"),
        "upper": gettext("write with capital letters"),
        "title": gettext("write with a capital at the beginning of each word"),
    }[how["to"]]


def _without_marks(how: Mapping[str, Any]) -> str:
    return {
        ",": gettext("remove the comma between thousands"),
        ".": gettext("remove the point between thousands"),
        " ": gettext("remove the space between thousands"),
        "'": gettext("remove the apostrophe between thousands"),
    }[how["thousands"]]


def _in_order(how: Mapping[str, Any]) -> str:
    return {
        "DMY": gettext("read dates day first"),
        "MDY": gettext("read dates month first"),
        "excel": gettext("read numbers as days of Excel"),
    }[how["order"]]


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "map": _mapped,
    "replace": _replaced,
    "split": _split,
    "join": _joined,
    "case": _cased,
    "number": _without_marks,
    "date": _in_order,
    "country": lambda _how: gettext("write countries as codes"),
}
