"""Messages of the page, which can hold anything: a panel acts only on those that have the form that it expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from passage_kit.columns.characters import is_unicode
from passage_kit.errors import OptionError, PassageKitError
from passage_kit.translations import told, worded

Judge = Callable[[Any], bool]

LONGEST = 10_000  # characters of a text from the page
_MOST_ROWS = 1_000_000
_LARGEST = 2**53  # of JavaScript's whole numbers


class Form(NamedTuple):
    """Form of the arguments of an action: judges of those that it needs, and of those that it may have."""

    needs: Mapping[str, Judge] = {}
    may_have: Mapping[str, Judge] = {}


def is_number(value: Any) -> bool:
    """Check for a whole number.

    Examples
    --------
    >>> is_number(3), is_number(True), is_number(3.0), is_number(float("nan")), is_number(10**30)
    (True, False, False, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST


def is_rows(value: Any) -> bool:
    """Check for a list of row numbers."""
    return isinstance(value, list) and 0 < len(value) <= _MOST_ROWS and all(map(is_number, value))


def is_words(value: Any) -> bool:
    """Check for text that a file can hold.

    Examples
    --------
    >>> is_words("<b>"), is_words("\\ud800"), is_words("a\\0"), is_words(None), is_words("x" * 1_000_000)
    (True, False, False, False, False)
    """
    return isinstance(value, str) and len(value) <= LONGEST and "\0" not in value and is_unicode(value)


def is_flag(value: Any) -> bool:
    """Check for true or false."""
    return isinstance(value, bool)


def or_none(judge: Judge) -> Judge:
    """Allow nothing, too."""
    return lambda value: value is None or judge(value)


def read_message(content: Any, forms: Mapping[str, Form]) -> tuple[str, dict[str, Any]]:
    """Read a message of the page: what to do, and with what.

    Raises
    ------
    OptionError
        If it has another form than the panel expects.

    Examples
    --------
    >>> read_message({"do": "drop", "with": {"number": 0}}, {"drop": Form({"number": is_number})})
    ('drop', {'number': 0})
    """
    do, given = (content.get("do"), content.get("with", {})) if isinstance(content, dict) else (None, None)
    form = forms.get(do) if isinstance(do, str) else None
    if form is not None and isinstance(given, dict) and form.needs.keys() <= given.keys():
        judges = {**form.needs, **form.may_have}
        if all(name in judges and judges[name](value) for name, value in given.items()):
            return str(do), given
    unknown = worded("The page sent something that this panel does not know. Run the cell again, and repeat it.")
    raise OptionError(unknown)


def follow(
    content: Any,
    forms: Mapping[str, Form],
    actions: Mapping[str, Callable[..., None]],
    complain: Callable[[str], None],
) -> None:
    """Carry out what a message of the page asks for; complain if it cannot be done.

    Examples
    --------
    >>> follow({"do": "drop", "with": {"number": "one"}}, {"drop": Form({"number": is_number})}, {"drop": print}, print)
    The page sent something that this panel does not know. Run the cell again, and repeat it.
    """
    try:
        do, given = read_message(content, forms)
        actions[do](**given)
    except PassageKitError as error:
        complain(told(error))
