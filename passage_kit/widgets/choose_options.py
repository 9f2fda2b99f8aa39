"""The panel of the options: how a preparation decides, and what that touches."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import Any

import ipywidgets
import pandas as pd
import phonenumbers
from babel import localedata

from passage_kit.columns.users_frame import ORDER, REGION, users_frame
from passage_kit.duplicates.clusters import BY_ORDER
from passage_kit.errors import OptionError, PassageKitError
from passage_kit.identifiers.regions import region_of
from passage_kit.mapping.mapping import Columns, FieldMapping, apply_mapping
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.metadata.field_values import normalize_values
from passage_kit.preparation.options_preview import OptionsPreview, Touched
from passage_kit.widgets.live_counts import AT_ONCE
from passage_kit.widgets.panel import Panel, imports_of, written_options
from passage_kit.widgets.unsaved_text import UnsavedText
from passage_kit.workspace.corrections import apply_corrections
from passage_kit.workspace.plan import Options, Plan
from passage_kit.workspace.workspace import Workspace

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
_COUNTING = "Counting ..."


class ChooseOptions(Panel):
    """Choose how a preparation decides: country of phones, order of dates, words, duplicates, strictness.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns, as read; the plan's mapping (the suggested one, if it has none) and the corrections are applied.
    workspace : Workspace
        Whose plan holds the choice.

    Notes
    -----
    ``value`` is an ``Options`` of the plan; the column that names the countries goes into the plan's mapping.
    Options without a control here stay as the plan has them. What each choice touches is in ``touched``, counted by
    :class:`passage_kit.preparation.options_preview.OptionsPreview`; above 5,000 rows beside the page.
    """

    title = "How to decide"
    intro = "Nothing is guessed: what these choices do not settle is withheld and named in the findings."

    def __init__(self, raw: pd.DataFrame, workspace: Workspace) -> None:
        plan = workspace.load_plan() if workspace.has_plan else Plan()
        options = plan.options
        self._raw, self._schema = raw, plan.applied_schema
        self._mapping = plan.mapping or suggest_mapping(raw, self._schema)
        self._counted: dict[str, Touched] = {}
        self._preview: OptionsPreview | None = None
        self._previewed: FieldMapping | None = None
        self._asked: tuple[Options, FieldMapping] | None = None
        self.region_column = _drop_down("Column with the country", *_region_columns(raw, self._mapping))
        self.default_region = _drop_down("Country of the other phones", _regions(), _known_region(options))
        self.date_order = _drop_down("Day or month first", _DATE_ORDERS, options.date_order or "")
        self.yes_words = _words("More words for yes", options, True)
        self.no_words = _words("More words for no", options, False)
        self.survivor = _drop_down("Which row of a person stays", _SURVIVORS, options.survivor)
        self.shared_phone = _drop_down("A phone of several people", _SHARED_PHONES, options.shared_phone)
        self.strict = ipywidgets.Checkbox(
            options.strict,
            description="Strict: reject a row that has a bad value, instead of withholding the value",
            indent=False,
            layout={"width": "auto", "max_width": "100%"},
        )
        self._notes_of = {name: UnsavedText() for name in OptionsPreview.names}
        super().__init__(workspace, self._body())
        self._take()
        self._listen(*self._controls())

    @property
    def touched(self) -> dict[str, Touched]:
        """What each choice touches, as far as it is counted."""
        return dict(self._counted)

    def _body(self) -> list[ipywidgets.Widget]:
        """Each control, and below it what it touches."""
        controls = {
            "region_column": [self.region_column],
            "default_region": [self.default_region],
            "date_order": [self.date_order],
            "boolean_words": [self.yes_words, self.no_words],
            "survivor": [self.survivor],
            "shared_phone": [self.shared_phone],
            "strict": [self.strict],
        }
        rows = [ipywidgets.VBox([*of_name, self._notes_of[name]]) for name, of_name in controls.items()]
        for row in rows:
            row.add_class("passage-option")
        return rows

    def _controls(self) -> list[ipywidgets.Widget]:
        words = [self.yes_words, self.no_words]
        duplicates = [self.survivor, self.shared_phone]
        return [self.region_column, self.default_region, self.date_order, *words, *duplicates, self.strict]

    def _choice(self) -> Options:
        options: Options = self.plan.options
        survivor = self.survivor.value
        if survivor in BY_ORDER and ORDER not in self._mapping:
            self._set(self.survivor, "value", self._value.survivor if self._value else Options().survivor)
            raise OptionError(
                f"The {survivor} row cannot be found, since no column is mapped to 'order'. "
                "Map a date or a running number to it in the notebook 01_read_and_map, or choose another rule."
            )
        return replace(
            options,
            default_region=self.default_region.value or None,
            date_order=self.date_order.value or None,
            boolean_words=self._boolean_words(),
            survivor=survivor,
            shared_phone=self.shared_phone.value,
            strict=self.strict.value,
        )

    def _boolean_words(self) -> dict[str, bool]:
        """The words that were typed, if they can be used."""
        yes, no = (_typed(text.value) for text in (self.yes_words, self.no_words))
        if both := sorted({word.lower() for word in yes} & {word.lower() for word in no}):
            raise OptionError(f"The word {both[0]!r} is listed for yes and for no. Take it out of one of the two.")
        words = dict.fromkeys(yes, True) | dict.fromkeys(no, False)
        normalize_values(self._raw.head(0), self._schema, words=words)  # refuses words that have a meaning
        former: dict[str, bool] = dict(self.plan.options.boolean_words)
        return former if former == words else words

    def _with(self, plan: Plan) -> Plan:
        plan = replace(plan, options=self.value)
        return replace(plan, mapping=self._mapped()) if self._region_is_new else plan

    @property
    def _region_is_new(self) -> bool:
        return bool(self.region_column.value != _region_columns(self._raw, self._mapping)[1])

    def _mapped(self) -> FieldMapping:
        """The mapping with the column that was chosen for the countries."""
        return (
            self._mapping.replace({REGION: self.region_column.value or None}) if self._region_is_new else self._mapping
        )

    def _call(self) -> str:
        code = f"options = {written_options(self.value)}\n"
        changes = "options=options"
        if self._region_is_new:
            code += f"mapping = pk.FieldMapping({self._mapped().to_dict()!r})\n"
            changes += ", mapping=mapping"
        code += f"workspace.save_plan(replace(workspace.load_plan(), {changes}))"
        return imports_of(code) + code

    def _show(self) -> None:
        super()._show()
        asked: tuple[Options, FieldMapping] = (self.value, self._mapped())
        if asked != self._asked:
            self._asked = asked
            self._count_anew(*asked)

    def _count_anew(self, options: Options, mapping: FieldMapping) -> None:
        """Count what each choice touches: here, or beside the page if there are many rows."""
        jobs = [
            (partial(self._count, name, options, mapping), partial(self._tell_touched, name))
            for name in OptionsPreview.names
        ]
        if len(self._raw) > AT_ONCE:
            for note in self._notes_of.values():
                note.say(_COUNTING)
            self._background.ask(jobs)
        else:
            for count, tell in jobs:
                tell(count())

    def _count(self, name: str, options: Options, mapping: FieldMapping) -> Touched:
        try:
            if self._preview is None or self._previewed != mapping:
                users, _ = apply_corrections(apply_mapping(self._raw, mapping), self.workspace.load_corrections())
                self._preview = OptionsPreview(users, self._schema, self.workspace.load_decisions())
                self._previewed = mapping
            return self._preview.touched(name, options)
        except PassageKitError as error:
            return Touched(0, str(error))

    def _tell_touched(self, name: str, touched: Touched) -> None:
        self._counted[name] = touched
        self._notes_of[name].say(touched.says)


def _drop_down(label: str, choices: list[tuple[str, Any]], value: Any) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        options=choices,
        value=value,
        description=label,
        style={"description_width": "17em"},
        layout={"width": "44em", "max_width": "100%"},
    )


def _words(label: str, options: Options, meaning: bool) -> ipywidgets.Text:
    return ipywidgets.Text(
        ", ".join(word for word, value in options.boolean_words.items() if value is meaning),
        placeholder="such as: ja, oui" if meaning else "such as: nein, non",
        description=label,
        continuous_update=False,
        style={"description_width": "17em"},
        layout={"width": "44em", "max_width": "100%"},
    )


def _typed(words: str) -> list[str]:
    return [word for part in words.split(",") if (word := part.strip())]


def _region_columns(raw: pd.DataFrame, mapping: FieldMapping) -> tuple[list[tuple[str, str]], str]:
    """The columns that may name the countries, and the one that does: "" for none, or for what is not one column."""
    region = mapping.origins.get(REGION)
    now = region.names[0] if isinstance(region, Columns) and len(region.names) == 1 else ""
    nothing = "None" if region is None or now else "As the mapping has it"
    return [(nothing, ""), *((str(name), str(name)) for name in raw.columns)], now


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
