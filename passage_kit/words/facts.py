"""The file ``words.toml`` of a workspace: what the words for the users are filled with."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomli_w
from pydantic import BaseModel, ConfigDict

from passage_kit.errors import OptionError, PlanError
from passage_kit.files.checked_values import check_values
from passage_kit.files.file_set import FileSet
from passage_kit.files.regular_files import read_regular
from passage_kit.words.texts import Facts
from passage_kit.workspace.workspace import Workspace

NAME = "words.toml"
_WHAT = {
    "app": "the name of your application",
    "date": "the first day of the new sign-in, such as 2026-12-01",
    "contact": "whom your users can ask",
    "address": "where your users sign in, as they know it",
}
# Signs that break a line, where a mail tool would begin another header, that turn the direction of a text, or are none.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    app: str | None = None
    date: str | None = None
    contact: str | None = None
    address: str | None = None


def find_facts(workspace: Workspace, given: Mapping[str, str | None], *, save: bool = True) -> Facts:
    """Read the facts of a workspace, replace those that are given, and save them.

    Parameters
    ----------
    workspace : Workspace
    given : mapping of str to str or None
        ``app``, ``date`` (as in 2026-12-01), ``contact`` and ``address``; None keeps what the file has.
    save : bool, default True
        Whether to save them in ``words.toml``.

    Raises
    ------
    OptionError
        If one is missing or has signs that do not belong into a line, or the date is none.
    PlanError
        If the file cannot be read.
    """
    path = workspace.folder / NAME
    former = _read(path)
    facts = {name: (given.get(name) or former.get(name) or "").strip() for name in _WHAT}
    missing = [f"{name} ({_WHAT[name]})" for name, value in facts.items() if not value]
    if missing:
        raise OptionError(
            f"The words for your users need {', '.join(missing)}. Give it as an option, or write it into {path}."
        )
    unfit = [name for name, value in facts.items() if _UNFIT.search(value)]
    if unfit:
        raise OptionError(
            f"The words for your users need one line of plain signs each, but {', '.join(unfit)} has a line break, or "
            f"another sign that is not shown. Correct it in the option, or in {path}."
        )
    try:
        date = dt.date.fromisoformat(facts["date"])
    except ValueError:
        raise OptionError(f"The date {facts['date']!r} is none, expected one such as 2026-12-01. Correct it.") from None
    if save and facts != former:
        workspace.make()
        with FileSet() as files:
            files.new(path).write_text(tomli_w.dumps(facts), encoding="utf-8", newline="\n")
    return Facts(facts["app"], date, facts["contact"], facts["address"])


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(read_regular(path).decode("utf-8-sig"))
        check_values(_File, values)
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error).removesuffix(".")
        raise PlanError(f"{path} cannot be read: {reason}. Correct it, or remove it.") from error
    return {name: str(value) for name, value in values.items()}
