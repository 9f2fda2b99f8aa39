"""Panels in which a person chooses where each column goes, and answers what is not clear about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from traitlets import TraitError

from passage_kit.columns.users_frame import PHONE, SOURCE_KEY
from passage_kit.errors import MappingError
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.widgets.chosen_mapping import ALSO, Chosen, columns_by_target
from passage_kit.widgets.fields_panel import FieldsPanel
from passage_kit.widgets.lost_targets import LostTargets
from passage_kit.widgets.mapping_notes import questions_about
from passage_kit.widgets.mapping_table import MappingTable, constant_targets


class TargetsPanel(FieldsPanel):
    """A panel with the mapping table: targets of columns, helpers beside them, constants, and open questions.

    Notes
    -----
    A subclass sets the attributes before the constructor of this class, and :meth:`_put` shows a mapping.
    """

    table: MappingTable
    lost: LostTargets
    _raw: pd.DataFrame
    _columns: list[str]
    _names: dict[str, str]
    _shown: FieldMapping
    _suggested: FieldMapping
    _joined: dict[str, set[str]]

    def choose(self, column: str, target: str | None) -> None:
        """Choose the target of a column, as its drop-down does; None is "not stored".

        Raises
        ------
        MappingError
            If there is no such column or target.
        """
        if column not in self._raw or target not in (None, *self._names):
            raise MappingError(
                f"There is no column {column!r} or no target {target!r}. Choose one that the table shows."
            )
        self.table.chosen = {**self.table.chosen, column: target or ""}

    def tell_state(self, column: str, tells: bool = True) -> None:
        """Choose whether a column says the state of the account beside its target, as its box does.

        Raises
        ------
        MappingError
            If there is no such column.
        """
        if column not in self._raw:
            raise MappingError(f"There is no column {column!r}. Choose one that the table shows.")
        others = [name for name in self.table.states if name != column]
        self.table.states = [*others, column] if tells else others

    def use_also(self, column: str, helper: str, use: bool = True) -> None:
        """Choose whether a column serves a helper beside its target, as its box does.

        Raises
        ------
        MappingError
            If there is no such column or helper, or the column goes nowhere or to the helper itself.
        """
        if helper not in ALSO or self.table.chosen.get(column, "") in ("", helper):
            raise MappingError(
                f"The column {column!r} cannot serve {helper!r} beside its target. Choose a column that goes to a "
                f"field or identifier, and one of the helpers {', '.join(ALSO)}."
            )
        others = [one for one in self.table.also if one != f"{helper} {column}"]
        self.table.also = [*others, f"{helper} {column}"] if use else others

    def place(self, target: str, column: str | None) -> None:
        """Answer where a target comes from whose column is gone; None leaves it out.

        Raises
        ------
        MappingError
            If the panel does not ask about the target, or does not offer the column.
        """
        try:
            self.lost.answer(target, column)
        except (KeyError, TraitError) as error:
            raise MappingError(
                f"Nothing is asked about {target!r}, or there is no column {column!r} to offer. Choose what the panel "
                "shows."
            ) from error

    def join(self, column: str) -> None:
        """Answer the question at a column: join all columns of its target."""
        target = self._asked_target(column)
        self._joined[target] = set(self._columns_of(target))
        self._changed()

    def take_first(self, column: str) -> None:
        """Answer the question at a column: use in each row the first column of its target that has a value.

        The columns that went to the target before come first, in their order, and this one is the last.
        """
        target, joined = self._asked_target(column), self._joined
        former = self._shown.origins.get(target)
        columns = [name for name in self._columns_of(target) if name != column]
        before = [name for name in former.names if name in columns] if isinstance(former, Columns) else []
        names = tuple(dict.fromkeys([*before, *columns, column]))
        self._put(self._choice().replace({target: Columns(names, first=True)}))
        self._joined = {**joined, target: {*names}}  # other questions stay open
        self._changed()

    def take(self, column: str) -> None:
        """Answer the question at a column: use only this column for its target."""
        target = self._asked_target(column)
        others = [name for name in self._columns_of(target) if name != column]
        self._put_chosen(
            {name: "" for name in others if self.table.chosen[name] == target},
            [one for one in self.table.also if one not in [f"{target} {name}" for name in others]],
        )

    def leave(self, column: str) -> None:
        """Answer the question at a column: give the column its former targets."""
        former = Chosen.of(self.value, self._raw)
        others = [one for one in self.table.also if one.partition(" ")[2] != column]
        beside = [one for one in former.also if one.partition(" ")[2] == column]
        self._put_chosen({column: former.targets[column]}, [*others, *beside])

    def set_constant(self, target: str, value: str | None) -> None:
        """Set the same value of a target for each row; None removes it.

        Raises
        ------
        MappingError
            If the target cannot have such a value, or a column goes to it.
        """
        if target not in constant_targets(self._schema) or self._columns_of(target):
            raise MappingError(
                f"The target {target!r} cannot have the same value for every row: it is no metadata field, or a column "
                "goes there. Choose 'not stored' for that column first."
            )
        others = {name: constant for name, constant in self.table.constants.items() if name != target}
        self.table.constants = {**others, target: value} if value else others

    def _put(self, mapping: FieldMapping) -> None:
        """Set the table to a mapping."""
        self._shown = mapping
        self._joined = columns_by_target(mapping)
        chosen = Chosen.of(mapping, self._raw)
        self._set(self.table, "chosen", dict(chosen.targets))
        self._set(self.table, "also", list(chosen.also))
        self._set(self.table, "constants", dict(chosen.constants))
        self._set(self.table, "states", list(chosen.states))

    def _put_chosen(self, targets: dict[str, str], also: list[str]) -> None:
        """Change the targets of some columns, and what they serve beside these."""
        self._set(self.table, "chosen", {**self.table.chosen, **targets})
        self._set(self.table, "also", also)
        self._drop_constants()
        self._changed()

    def _pick(self, target: str, column: str | None) -> None:
        """Let a target whose column is gone come from another, or from none."""
        former = {name: "" for name, its in self.table.chosen.items() if its == target}
        self._put_chosen({**former, column: target} if column else former, self.table.also)

    def _hear_columns(self, change: Any) -> None:
        if not self._unheard:
            self._drop_constants()
            self._changed()

    def _answer(self, answer: str, column: str) -> None:
        asked = {question["column"]: question["joins"] for question in self._questions()}
        answers = {"first": self.take_first, "take": self.take, "leave": self.leave}
        if asked.get(column):
            answers["join"] = self.join
        if column in asked and answer in answers:
            answers[answer](column)

    def _drop_constants(self) -> None:
        """Remove the constants of targets that a column goes to."""
        by_target = self._chosen().by_target()
        constants = {target: value for target, value in self.table.constants.items() if target not in by_target}
        self._set(self.table, "constants", constants)

    def _questions(self) -> Iterator[dict[str, Any]]:
        """List the questions: a second column for a target whose columns were not joined yet."""
        strings = [field.column for field in self._schema if field.type == "string"]
        by_target = self._chosen().by_target()
        return questions_about(self._names, by_target, self._joined, joinable=(PHONE, SOURCE_KEY, *strings))

    def _asked_target(self, column: str) -> str:
        """Tell which target is asked about at a column."""
        asked = [question["target"] for question in self._questions() if question["column"] == column]
        return str(asked[0]) if asked else self.table.chosen[column]

    def _chosen(self) -> Chosen:
        table = self.table
        return Chosen(tuple(self._columns), table.chosen, tuple(table.also), tuple(table.states), table.constants)

    def _choice(self) -> FieldMapping:
        shown = Chosen.of(self._shown, self._raw)
        mapping = self._chosen().mapping(self._names, self._schema, self._shown, shown)
        return FieldMapping(mapping.origins, self._suggested.suggestions)

    def _columns_of(self, target: str) -> tuple[str, ...]:
        return self._chosen().by_target().get(target, ())
