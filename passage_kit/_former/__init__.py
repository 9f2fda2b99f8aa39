"""Modules by their former names, so that former deep imports work for one more release, with a warning.

The files of this folder and the ``__getattr__`` of some packages go with the next release.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def moved(former: str, *now: str, **renamed: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the ``__getattr__`` and the ``__dir__`` of a module that has moved.

    Parameters
    ----------
    former : str
        Name of the module in the release before.
    *now : str
        Modules that hold its names now.
    **renamed : str
        New names, by the former ones.

    Examples
    --------
    >>> look_up, list_names = moved("passage_kit.emails", "passage_kit.identifiers.emails")
    >>> "normalize_emails" in list_names()
    True
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     look_up("normalize_emails").__name__, said[0].category.__name__
    ('normalize_emails', 'DeprecationWarning')
    """
    is_package = any(name.startswith(f"{former}.") for name in now)

    def look_up(name: str) -> Any:
        is_module = is_package and not name.startswith("_") and find_spec(f"{former}.{name}") is not None
        for module in () if name.startswith("__") or is_module else now:
            here, found = renamed.get(name, name), import_module(module)
            if hasattr(found, here):
                warnings.warn(
                    f"{former}.{name} is now {module}.{here}; the former name works until the next release",
                    DeprecationWarning,
                    stacklevel=2,
                )
                return getattr(found, here)
        raise AttributeError(f"module {former!r} has no attribute {name!r}")

    def list_names() -> list[str]:
        names = {*vars(sys.modules[former])} if former in sys.modules else set()
        for module in now:
            found = vars(import_module(module))
            names |= {name for name in found if not name.startswith("_")}
            names |= {name for name, here in renamed.items() if here in found}
        return sorted(names)

    return look_up, list_names
