"""The switch that turns off process tuning and fast paths."""

from __future__ import annotations

import os
from collections.abc import Mapping

PLAIN = "PASSAGE_KIT_PLAIN"


def is_plain(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the user switched off what :mod:`passage_kit.cli.startup` does, and the fast paths.

    Examples
    --------
    >>> is_plain({}), is_plain({"PASSAGE_KIT_PLAIN": "1"}), is_plain({"PASSAGE_KIT_PLAIN": "0"})
    (False, True, False)
    """
    return environment.get(PLAIN, "0").strip().lower() not in ("", "0", "no", "false")
