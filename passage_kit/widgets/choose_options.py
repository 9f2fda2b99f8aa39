"""Panel of the options of a preparation, with the number of rows that each touches."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Literal

import ipywidgets
import pandas as pd
import phonenumbers

from passage_kit.columns.account_codes import AccountState, read_account_states, written_states
from passage_kit.columns.users_frame import ORDER, REGION, users_frame
from passage_kit.duplicates.clusters import BY_ORDER
from passage_kit.errors import OptionError, PassageKitError
from passage_kit.identifiers.regions import region_of
from passage_kit.mapping.mapped_users import apply_mapping
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.metadata.field_values import normalize_values
from passage_kit.preparation.options_preview import OptionsPreview, Touched
from passage_kit.preparation.out_of_date import Basis, mapped_by, mapped_now
from passage_kit.translations import gettext, told, worded
from passage_kit.widgets.live_counts import AT_ONCE
from passage_kit.widgets.offered_options import (
    closed_accounts_offered,
    date_orders_offered,
    null_words_offered,
    numeric_dates_offered,
    pluses_offered,
    regions_offered,
    shared_phones_offered,
    survivors_offered,
)
from passage_kit.widgets.panel import Panel, imports_of, written_options
from passage_kit.widgets.unsaved_text import UnsavedText
from passage_kit.widgets.watching import tell_others, watch
from passage_kit.workspace.corrections import apply_corrections
from passage_kit.workspace.loaded_fixes import load_fixes
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace


class ChooseOptions(Panel):
    """Panel for the options of a preparation: phones, dates, words, closed accounts, duplicates, strictness.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns as read. The panel applies the plan's mapping (or the suggested one) and the corrections.
    workspace : Workspace
        Workspace whose plan holds the choice.

    Notes
    -----
    ``value`` is the plan's ``Options``. The column with the countries goes into the plan's mapping. Options without a
    control keep their value in the plan. ``touched`` counts the rows that each choice touches; above 5,000 rows, a
    thread counts them.

    See Also
    --------
    passage_kit.Options : The options of a plan.
    MapFields : Map the columns first.
    ReviewDuplicates : Decide about single people.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> raw = pd.DataFrame({"E-Mail": ["ann@example.org"]}, dtype="string[pyarrow]")
    >>> panel = ChooseOptions(raw, Workspace(tempfile.mkdtemp()))
    >>> panel.strict.value = True
    >>> panel.value.strict
    True
    """

    title = "How to decide"
    intro = "The kit never guesses. It withholds values that these choices do not settle, and lists them as findings."

    def __init__(self, raw: pd.DataFrame, workspace: Workspace) -> None:
        plan = workspace.load_plan() if workspace.has_plan else Plan()
        options = plan.options
        self._raw, self._schema = raw, plan.applied_schema
        self._mapping = plan.mapping or suggest_mapping(raw, self._schema, layout=options.layout)
        self._counted: dict[str, Touched] = {}
        self._preview: OptionsPreview | None = None
        self._previewed: tuple[FieldMapping, Any, Any] | None = None
        self._asked: tuple[Options, FieldMapping] | None = None
        self.region_column = _drop_down(gettext("Column with the country"), *_region_columns(raw, self._mapping))
        self.default_region = _drop_down(
            gettext("Country of the other phones"), regions_offered(), _known_region(options)
        )
        self.lost_plus = _drop_down(gettext("Phones without +"), pluses_offered(), _PLUSES[options.lost_plus])
        self.date_order = _drop_down(gettext("Day or month first"), date_orders_offered(), options.date_order or "")
        self.numeric_dates = _drop_down(
            gettext("Numbers in columns of dates"), numeric_dates_offered(), options.numeric_dates or ""
        )
        self.yes_words = _words(gettext("More words for yes"), options, True)
        self.no_words = _words(gettext("More words for no"), options, False)
        own_words = () if isinstance(options.null_words, str) else options.null_words
        self.null_words = _drop_down(
            gettext("Words for nothing"), null_words_offered(), "auto" if options.null_words == "auto" else "none"
        )
        self.own_null_words = _text(gettext("Only these words"), ", ".join(own_words), gettext("such as: NULL, (null)"))
        self.survivor = _drop_down(gettext("Which row of a person stays"), survivors_offered(), options.survivor)
        self.shared_phone = _drop_down(
            gettext("A phone of several people"), shared_phones_offered(), options.shared_phone
        )
        self.inactive = _drop_down(gettext("Deleted or banned accounts"), closed_accounts_offered(), options.inactive)
        self.account_states = _text(
            gettext("What codes of accounts mean"),
            written_states(options.account_states),
            gettext("such as: A=active, X=deleted"),
        )
        self.strict = ipywidgets.Checkbox(
            options.strict,
            description=gettext("Strict: reject a row with a bad value, instead of withholding the value"),
            indent=False,
            layout={"width": "auto", "max_width": "100%"},
        )
        self._notes_of = {name: UnsavedText() for name in OptionsPreview.names}
        super().__init__(workspace, self._body())
        self._begun, self._counted_by = plan, Basis.of(workspace)
        self._take()
        self._listen(*self._controls())
        watch(workspace.folder, self)

    @property
    def touched(self) -> dict[str, Touched]:
        """Rows that each choice touches, as far as they are counted."""
        return dict(self._counted)

    def look_again(self) -> None:
        """Mark the counts if they are of other corrections, decisions or columns."""
        outdated = self._counted_by.outdated_by(self.workspace)
        self._mark(outdated, gettext("Count again"), self.renew if self._has_same_rows else None)

    @property
    def _has_same_rows(self) -> bool:
        """Tell whether the plan reads and changes the list as it did, whatever this panel has chosen since."""
        if mapped_now(self.workspace) is None:
            return False
        begun, now = self._begun, self.plan
        as_begun = replace(now, options=begun.options, mapping=begun.mapping)
        return mapped_by(as_begun) == mapped_by(begun) and now.mapping in (None, begun.mapping, self._mapped())

    def renew(self) -> None:
        """Count the rows that each choice touches anew."""
        self._counted_by, self._preview = Basis.of(self.workspace), None
        self._count_anew(self.value, self._mapped())
        self.look_again()

    def save(self) -> None:
        """Save the choices into the workspace's plan; other panels that look at it mark what is older."""
        super().save()
        if self._has_same_rows:
            self._counted_by = self._counted_by.with_plan_of(self.workspace)
        self.look_again()
        tell_others(self.workspace.folder, self)

    def _body(self) -> list[ipywidgets.Widget]:
        """List the controls, each with a line for the rows that it touches."""
        controls = {
            "region_column": [self.region_column],
            "default_region": [self.default_region],
            "lost_plus": [self.lost_plus],
            "date_order": [self.date_order],
            "numeric_dates": [self.numeric_dates],
            "boolean_words": [self.yes_words, self.no_words],
            "survivor": [self.survivor],
            "shared_phone": [self.shared_phone],
            "inactive": [self.inactive, self.account_states],
            "strict": [self.strict],
        }
        rows = [ipywidgets.VBox([*of_name, self._notes_of[name]]) for name, of_name in controls.items()]
        rows.insert(list(controls).index("survivor"), ipywidgets.VBox([self.null_words, self.own_null_words]))
        for row in rows:
            row.add_class("passage-option")
        return rows

    def _controls(self) -> list[ipywidgets.Widget]:
        words = [self.yes_words, self.no_words, self.null_words, self.own_null_words]
        duplicates = [self.survivor, self.shared_phone]
        return [
            self.region_column,
            self.default_region,
            self.lost_plus,
            self.date_order,
            self.numeric_dates,
            *words,
            *duplicates,
            self.inactive,
            self.account_states,
            self.strict,
        ]

    def _choice(self) -> Options:
        options: Options = self.plan.options
        survivor = self.survivor.value
        if survivor in BY_ORDER and ORDER not in self._mapping:
            self._set(self.survivor, "value", self._value.survivor if self._value else Options().survivor)
            raise OptionError(
                worded(
                    "The panel cannot find the newest row, since no column is mapped to 'order'. Map a date or a "
                    "running number to it in the notebook 01_read_and_map, or choose another rule."
                )
                if survivor == "newest"
                else worded(
                    "The panel cannot find the oldest row, since no column is mapped to 'order'. Map a date or a "
                    "running number to it in the notebook 01_read_and_map, or choose another rule."
                )
            )
        return replace(
            options,
            default_region=self.default_region.value or None,
            lost_plus=next(told for told, name in _PLUSES.items() if name == self.lost_plus.value),
            date_order=self.date_order.value or None,
            numeric_dates=self.numeric_dates.value or None,
            boolean_words=self._boolean_words(),
            null_words=self._null_words(),
            survivor=survivor,
            shared_phone=self.shared_phone.value,
            inactive=self.inactive.value,
            account_states=self._account_states(),
            strict=self.strict.value,
        )

    def _boolean_words(self) -> dict[str, bool]:
        """Read the typed words, if they can be used."""
        yes, no = (_typed(text.value) for text in (self.yes_words, self.no_words))
        if both := sorted({word.lower() for word in yes} & {word.lower() for word in no}):
            raise OptionError(
                worded(
                    "The word {word} is listed for yes and for no. Take it out of one of the two.", word=repr(both[0])
                )
            )
        words = dict.fromkeys(yes, True) | dict.fromkeys(no, False)
        normalize_values(self._raw.head(0), self._schema, words=words)  # refuses words that have a meaning
        former: dict[str, bool] = dict(self.plan.options.boolean_words)
        return former if former == words else words

    def _account_states(self) -> dict[str, AccountState]:
        """Read the typed meanings of codes, if they can be used."""
        told = read_account_states(_typed(self.account_states.value))
        return dict(Options.from_dict({"account_states": told}).account_states)

    def _null_words(self) -> Literal["auto"] | tuple[str, ...]:
        """Read the words that mean nothing: those typed, or else as chosen."""
        typed = tuple(_typed(self.own_null_words.value))
        return "auto" if self.null_words.value == "auto" and not typed else typed

    def _with(self, plan: Plan) -> Plan:
        plan = replace(plan, options=self.value)
        return replace(plan, mapping=self._mapped()) if self._region_is_new else plan

    @property
    def _region_is_new(self) -> bool:
        return bool(self.region_column.value != _region_columns(self._raw, self._mapping)[1])

    def _mapped(self) -> FieldMapping:
        """Return the mapping with the column that was chosen for the countries."""
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
        """Count the rows that each choice touches, in a thread if there are many."""
        jobs = [
            (partial(self._count, name, options, mapping), partial(self._tell_touched, name))
            for name in OptionsPreview.names
        ]
        if len(self._raw) > AT_ONCE:
            for note in self._notes_of.values():
                note.say(gettext("Counting ..."))
            self._background.ask(jobs)
        else:
            for count, tell in jobs:
                tell(count())

    def _count(self, name: str, options: Options, mapping: FieldMapping) -> Touched:
        try:
            if self._preview is None or self._previewed != (mapping, options.null_words, options.account_states):
                mapped = apply_mapping(
                    self._raw, mapping, null_words=options.null_words, account_states=options.account_states
                )
                fixes = load_fixes(self.workspace, mapped)
                users, _ = apply_corrections(mapped, fixes.corrections)
                plan = replace(self.plan, mapping=mapping, options=replace(options, lost_plus=None))
                self._preview = OptionsPreview(users, self._schema, fixes.decisions, lost_plus=plan.lost_plus)
                self._previewed = mapping, options.null_words, options.account_states
            return self._preview.touched(name, options)
        except PassageKitError as error:
            return Touched(0, told(error))

    def _tell_touched(self, name: str, touched: Touched) -> None:
        self._counted[name] = touched
        self._notes_of[name].say(touched.says)


_LABEL, _WIDTH = "17em", "48em"  # of a choice and its name: the longest name of all languages fits
_PLUSES = {None: "", True: "lost", False: "never"}


def _drop_down(label: str, choices: list[tuple[str, Any]], value: Any) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        options=choices,
        value=value,
        description=label,
        style={"description_width": _LABEL},
        layout={"width": _WIDTH, "max_width": "100%"},
    )


def _words(label: str, options: Options, meaning: bool) -> ipywidgets.Text:
    words = ", ".join(word for word, value in options.boolean_words.items() if value is meaning)
    return _text(label, words, gettext("such as: ja, oui") if meaning else gettext("such as: nein, non"))


def _text(label: str, value: str, placeholder: str) -> ipywidgets.Text:
    return ipywidgets.Text(
        value,
        placeholder=placeholder,
        description=label,
        continuous_update=False,
        style={"description_width": _LABEL},
        layout={"width": _WIDTH, "max_width": "100%"},
    )


def _typed(words: str) -> list[str]:
    return [word for part in words.split(",") if (word := part.strip())]


def _region_columns(raw: pd.DataFrame, mapping: FieldMapping) -> tuple[list[tuple[str, str]], str]:
    """List the columns that may name the countries, and the chosen one: "" for none, or for several columns."""
    region = mapping.origins.get(REGION)
    now = region.names[0] if isinstance(region, Columns) and len(region.names) == 1 else ""
    nothing = gettext("None") if region is None or now else gettext("As the mapping has it")
    return [(nothing, ""), *((str(name), str(name)) for name in raw.columns)], now


def _known_region(options: Options) -> str:
    """Return the code of the plan's default region, which may be written as a name."""
    code = region_of(users_frame({"region": [options.default_region]})["region"]).iloc[0]
    return str(code) if code in phonenumbers.SUPPORTED_REGIONS else ""
