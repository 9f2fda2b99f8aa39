"""Table of the mapping panel, with one row for each source column."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import pandas as pd
import traitlets

from passage_kit.columns.profile import look_at
from passage_kit.columns.users_frame import ACCOUNT_STATE, EMAIL, ORDER, PHONE, REGION, SOURCE_KEY
from passage_kit.findings.catalogue import CODES
from passage_kit.mapping.mapping import Columns, FieldMapping, Origin
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import CONSOLE_TYPES, MetadataField
from passage_kit.preparation.mapping_preview import FirstValue
from passage_kit.translations import gettext, ngettext, number
from passage_kit.widgets.live_counts import LivePreview
from passage_kit.widgets.next_steps import next_step_of
from passage_kit.widgets.page_messages import is_words
from passage_kit.widgets.unsaved import Unsaved, script, style


def _identifier_names() -> dict[str, str]:
    return {EMAIL: gettext("Email"), PHONE: gettext("Phone")}


def _helper_names() -> dict[str, str]:
    return {
        SOURCE_KEY: gettext("Your own id (source_key)"),
        REGION: gettext("Country of the phone (region)"),
        ORDER: gettext("Order of the rows (order)"),
        ACCOUNT_STATE: gettext("Account closed (account_state)"),
    }


class MappingTable(Unsaved):
    """Widget with one row for each source column, and its target in a drop-down.

    ``groups`` describes the targets. ``chosen`` has the target of each column ("" for none), and ``constants`` has the
    value of each target that is the same for every row. ``states`` lists the columns that go to a field and say the
    state of the account, too, and ``also`` the helpers that a column serves beside its target, as "region Country".
    The widget shows ``columns``, ``previews`` by target,
    ``questions`` by column and ``rows`` (the rows that the counts cover), and never saves them with a notebook. A
    button at a question sends ``{"answer": "first" | "join" | "take" | "leave", "column": ...}``. What the page asks
    about a new field for a column goes to ``asked``; ``drafts`` has the proposals by column.
    """

    _esm = script("mapping_table")
    _css = style("mapping_table")
    groups: traitlets.List[Any] = traitlets.List().tag(sync=True)
    chosen: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)
    states: traitlets.List[str] = traitlets.List().tag(sync=True)
    also: traitlets.List[str] = traitlets.List().tag(sync=True)
    constants: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)
    may_have_fields = traitlets.Bool(False).tag(sync=True)
    answered: Callable[[str, str], None]
    asked: Callable[[Any], None]
    from_page = ("chosen", "constants", "states", "also")

    def _has_form(self, name: str, value: Any) -> bool:
        if not super()._has_form(name, value) or name not in ("states", "also"):
            return super()._has_form(name, value)
        columns = value if name == "states" else [one.partition(" ")[2] for one in value]
        helpers = [one.partition(" ")[0] for one in value] if name == "also" else []
        return set(columns) <= set(self.chosen) and set(helpers) <= {SOURCE_KEY, REGION, ORDER}

    def _heard(self, content: Any) -> None:
        if isinstance(content, dict) and is_words(content.get("answer")) and is_words(content.get("column")):
            self.answered(content["answer"], content["column"])
        elif self.may_have_fields:
            self.asked(content)


def target_names(schema: MetadataSchema) -> dict[str, str]:
    """List each target with its name in the table."""
    return {**_identifier_names(), **{field.column: field.friendly_name for field in schema}, **_helper_names()}


def constant_targets(schema: MetadataSchema) -> tuple[str, ...]:
    """List the targets that may have the same value for every row."""
    return (*schema.columns, REGION, ACCOUNT_STATE)


def target_groups(schema: MetadataSchema) -> list[dict[str, Any]]:
    """Describe the choices of the drop-downs: value and label of each target, and whether it may be a constant."""
    required = [gettext("required")]
    fields = [
        (field.column, " · ".join([field.friendly_name, _type_name(field), *(required if field.required else [])]))
        for field in schema
    ]
    groups = [
        ("none", "", [("", gettext("not stored"))]),
        ("identifiers", gettext("Identifiers"), list(_identifier_names().items())),
        ("fields", gettext("Metadata fields"), fields),
        ("helpers", gettext("Helpers, never sent"), list(_helper_names().items())),
    ]
    constant = constant_targets(schema)
    return [
        {"name": name, "label": label, "targets": [(target, text, target in constant) for target, text in targets]}
        for name, label, targets in groups
        if targets
    ]


def _type_name(field: MetadataField) -> str:
    return CONSOLE_TYPES[field.type].partition(" (")[0]


def described(
    raw: pd.DataFrame, suggested: FieldMapping, names: Mapping[str, str], *, new: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Describe each column, ``new`` ones marked; a share is rounded down, so that only a full column has 100%."""
    looks = [(str(name), look_at(raw.iloc[:, at])) for at, name in enumerate(raw.columns)]
    return [
        {
            "name": name,
            "is_new": name in new,
            "share": f"{100 * look.filled // max(len(raw), 1)}%",
            "filled": ngettext("{some} of {count} row", "{some} of {count} rows", len(raw), some=number(look.filled)),
            "samples": list(look.samples),
            "suggestion": _suggestion(name, suggested, names),
            "may_say_state": any(one.column == name and one.target == ACCOUNT_STATE for one in suggested.suggestions),
        }
        for name, look in looks
    ]


def shown_preview(live: LivePreview) -> dict[str, Any]:
    """Describe a preview for the table: counts, and the first values with their result or the reason for none."""
    preview, complete = live
    return {
        "counts": {name: getattr(preview, name) for name in ("valid", "fixed", "withheld", "ambiguous")},
        "first": [{"value": first.value, "becomes": first.becomes, "why": reason_of(first)} for first in preview.first],
        "advice": advice_about(preview.first),
        "complete": complete,
    }


def reason_of(first: FirstValue) -> str:
    """Say why a value is left out: what its field says of its pattern, or what the finding means; "" if it is not."""
    return first.message or (gettext(CODES[first.code].meaning) if first.code else "")


def advice_about(values: Iterable[FirstValue]) -> list[str]:
    """Say once for each reason what to do about values that are left out.

    Examples
    --------
    >>> advice_about([FirstValue("31.02.2022", None, "date_invalid"), FirstValue("?", None, "date_invalid")])
    ['Correct it, or set how dates are written.']
    """
    codes = dict.fromkeys(first.code for first in values if first.code and first.becomes is None and not first.message)
    return [next_step_of(code) for code in codes]


def _takes(origin: Origin | None, column: str) -> bool:
    return isinstance(origin, Columns) and column in origin.names


def _suggestion(column: str, suggested: FieldMapping, names: Mapping[str, str]) -> dict[str, str]:
    """Return the accepted suggestion for the column, else the most certain one."""
    entries = [entry for entry in suggested.suggestions if entry.column == column]
    taken = [entry for entry in entries if _takes(suggested.origins.get(entry.target), column)]
    if not entries:
        none = gettext("Neither its name nor its values fit a target.")
        return {"target": "", "label": "", "confidence": "", "reason": none}
    entry = (taken or entries)[0]
    reason = entry.reason
    if not taken:
        reason = gettext("{reason}; not taken, since it is unsure or another column fits better", reason=reason)
    sure = gettext("{share} sure", share=f"{entry.confidence:.0%}")
    return {"target": entry.target, "label": names[entry.target], "confidence": sure, "reason": reason}
