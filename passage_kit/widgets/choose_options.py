"""The panel of the options: how a preparation decides."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import ipywidgets
import pandas as pd
import phonenumbers
from babel import localedata

from passage_kit.clusters import BY_ORDER
from passage_kit.errors import OptionError
from passage_kit.frames import ORDER, users_frame
from passage_kit.plan import Options, Plan
from passage_kit.regions import region_of
from passage_kit.widgets.panel import Panel, imports_of, written_options
from passage_kit.workspace import Workspace

_DATE_ORDERS = [
    ("As each column's own dates prove", ""),
    ("Day first: 03/04 is 3 April", "DMY"),
    ("Month first: 03/04 is March 4", "MDY"),
]
_SURVIVORS = [
    ("The most complete row, then the first", "complete"),
    ("The first row", "first"),
    ("The last row", "last"),
    ("The newest row, by the column mapped to 'order'", "newest"),
    ("The oldest row, by the column mapped to 'order'", "oldest"),
]
_SHARED_PHONES = [
    ("Withhold it from all of them", "withhold"),
    ("Leave it to the row that would survive", "survivor"),
    ("Merge them: they are one person", "merge"),
    ("Reject all their rows", "reject"),
]


class ChooseOptions(Panel):
    """Choose how a preparation decides: country of phones, order of dates, duplicates, strictness.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame as mapped; whether it has a column ``order`` decides what may be chosen.
    workspace : Workspace
        Whose plan holds the choice.

    Notes
    -----
    ``value`` is an :class:`passage_kit.plan.Options`. Options without a control here stay as the plan has them.
    """

    title = "How to decide"
    intro = "Nothing is guessed: what these choices do not settle is withheld and named in the findings."

    def __init__(self, users: pd.DataFrame, workspace: Workspace) -> None:
        options = workspace.load_plan().options if workspace.has_plan else Options()
        self._ordered = ORDER in users
        self.default_region = _drop_down("Country of phones without one", _regions(), _known_region(options))
        self.date_order = _drop_down("Day or month first", _DATE_ORDERS, options.date_order or "")
        self.survivor = _drop_down("Which row of a person stays", _SURVIVORS, options.survivor)
        self.shared_phone = _drop_down("A phone that several people share", _SHARED_PHONES, options.shared_phone)
        self.strict = ipywidgets.Checkbox(
            options.strict,
            description="Strict: reject a row that has a bad value, instead of withholding the value",
            style={"description_width": "18em"},
            layout={"width": "auto", "max_width": "100%"},
        )
        controls = [self.default_region, self.date_order, self.survivor, self.shared_phone, self.strict]
        super().__init__(workspace, controls)
        self._take()
        self._listen(*controls)

    def _choice(self) -> Options:
        options: Options = self.plan.options
        survivor = self.survivor.value
        if survivor in BY_ORDER and not self._ordered:
            self._set(self.survivor, "value", self._value.survivor if self._value else Options().survivor)
            raise OptionError(
                f"The {survivor} row cannot be found, since no column is mapped to 'order'. "
                "Map a date or a running number to it in the notebook 01_read_and_map, or choose another rule."
            )
        return replace(
            options,
            default_region=self.default_region.value or None,
            date_order=self.date_order.value or None,
            survivor=survivor,
            shared_phone=self.shared_phone.value,
            strict=self.strict.value,
        )

    def _with(self, plan: Plan) -> Plan:
        return replace(plan, options=self.value)

    def _call(self) -> str:
        written = written_options(self.value)
        code = f"options = {written}\nworkspace.save_plan(replace(workspace.load_plan(), options=options))"
        return imports_of(code) + code


def _drop_down(label: str, choices: list[tuple[str, Any]], value: Any) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        options=choices,
        value=value,
        description=label,
        style={"description_width": "18em"},
        layout={"width": "42em", "max_width": "100%"},
    )


@cache
def _regions() -> list[tuple[str, str]]:
    """Every country that has telephones, by its English name."""
    names = localedata.load("en")["territories"]
    countries = sorted((f"{names.get(code, code)} ({code})", code) for code in phonenumbers.SUPPORTED_REGIONS)
    return [("None: withhold such phones", ""), *countries]


def _known_region(options: Options) -> str:
    """Code of the plan's default region, which may be written as a name."""
    code = region_of(users_frame({"region": [options.default_region]})["region"]).iloc[0]
    return str(code) if code in phonenumbers.SUPPORTED_REGIONS else ""
