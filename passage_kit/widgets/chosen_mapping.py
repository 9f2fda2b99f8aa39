"""The choices of the mapping table as a mapping, and a mapping as choices of the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from passage_kit.columns.users_frame import ACCOUNT_STATE, HELPERS
from passage_kit.mapping.mapping import Columns, Constant, FieldMapping, Origin
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.widgets.mapping_table import constant_targets

ALSO = tuple(helper for helper in HELPERS if helper != ACCOUNT_STATE)  # a column that says the state has its own box


class Chosen(NamedTuple):
    """What is chosen in the table.

    Parameters
    ----------
    columns : tuple of str
        Columns in the order of the source, since a browser may reorder the others.
    targets : mapping of str to str
        Target of each column; "" for none.
    also : tuple of str, default ()
        Helpers that a column serves beside its target, each as "helper column".
    states : tuple of str, default ()
        Columns that go to a field and say the state of the account, too.
    constants : mapping of str to str, default {}
        Value of each target that is the same for every row.
    """

    columns: tuple[str, ...]
    targets: Mapping[str, str]
    also: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    constants: Mapping[str, str] = {}

    @classmethod
    def of(cls, mapping: FieldMapping, raw: pd.DataFrame) -> Chosen:
        """Show a mapping: a column's field or identifier is its target, and its helpers stand beside that.

        Examples
        --------
        >>> raw = pd.DataFrame({"Country": []})
        >>> chosen = Chosen.of(FieldMapping({"region": "Country", "country": "Country"}), raw)
        >>> dict(chosen.targets), chosen.also
        ({'Country': 'country'}, ('region Country',))
        """
        targets = dict.fromkeys(map(str, raw.columns), "")
        also: list[str] = []
        states: tuple[str, ...] = ()
        constants: dict[str, str] = {}
        for target, origin in sorted(mapping.origins.items(), key=lambda entry: _rank(entry[0])):
            if isinstance(origin, Constant):
                constants[target] = origin.value
                continue
            states = origin.names if target == ACCOUNT_STATE else states
            for name in origin.names:
                if targets.get(name) and target in ALSO:
                    also.append(f"{target} {name}")
                targets[name] = targets.get(name) or target
        return cls(tuple(map(str, raw.columns)), targets, tuple(also), states, constants)

    def by_target(self) -> dict[str, tuple[str, ...]]:
        """List the columns of each target, those that serve a helper beside their own target included."""
        found: dict[str, tuple[str, ...]] = {}
        for column in self.columns:
            own = self.targets.get(column, "")
            beside = [one for one in ALSO if own not in ("", one) and f"{one} {column}" in self.also]
            for target in (own, *beside):
                found[target] = (*found.get(target, ()), column)
        return found

    def mapping(
        self, names: Iterable[str], schema: MetadataSchema, before: FieldMapping, shown: Chosen
    ) -> FieldMapping:
        """Make the mapping; what the table shows unchanged keeps its own order and separator.

        Parameters
        ----------
        names : iterable of str
            Every target.
        schema : MetadataSchema
            The app's metadata fields.
        before : FieldMapping
            Mapping that the table was set to, with its suggestions.
        shown : Chosen
            The choices that the table was set to.
        """
        origins: dict[str, Origin] = {}
        chosen, former, may_have = self.by_target(), shown.by_target(), constant_targets(schema)
        for target in names:
            columns, origin = chosen.get(target, ()), before.origins.get(target)
            if isinstance(origin, Columns) and columns == former.get(target, ()):
                origins[target] = origin  # has its own order and separator, or cannot be shown in the table
            elif isinstance(origin, Columns) and origin.first and len(columns) > 1 and {*columns} < {*origin.names}:
                origins[target] = Columns(tuple(name for name in origin.names if name in columns), first=True)
            elif columns:
                origins[target] = Columns(columns)
            elif self.constants.get(target) and (target in may_have or isinstance(origin, Constant)):
                origins[target] = Constant(self.constants[target])
        if states := self._states_of(schema):
            origins[ACCOUNT_STATE] = Columns(states)
        elif isinstance(origins.get(ACCOUNT_STATE), Columns):
            del origins[ACCOUNT_STATE]  # its columns go to fields now, and do not say the state any more
        return FieldMapping(origins)

    def _states_of(self, schema: MetadataSchema) -> tuple[str, ...]:
        """List the columns that say the state of the account, by their drop-down or by the box beside it."""
        beside = [name for name in self.states if self.targets.get(name) in schema.columns]
        return tuple(name for name in self.columns if self.targets.get(name) == ACCOUNT_STATE or name in beside)


def columns_by_target(mapping: FieldMapping) -> dict[str, set[str]]:
    """List the columns of each target of a mapping."""
    return {target: set(origin.names) for target, origin in mapping.origins.items() if isinstance(origin, Columns)}


def _rank(target: str) -> int:
    return 2 if target == ACCOUNT_STATE else 1 if target in HELPERS else 0
