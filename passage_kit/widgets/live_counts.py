"""Counts of a mapping while it is being chosen: of the first rows at once, and of all rows later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from passage_kit.columns.users_frame import PHONE, REGION
from passage_kit.mapping.mapping import FieldMapping, Origin
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.mapping_preview import TargetPreview, preview_target
from passage_kit.widgets.background import Background

AT_ONCE = 5_000  # rows that the kit judges in a fraction of a second, whatever they hold

_Key = tuple[str, Origin, Origin | None]


class LivePreview(NamedTuple):
    """A preview, and whether it covers all rows."""

    preview: TargetPreview
    complete: bool


class LiveCounts:
    """Previews of mappings of one user list. Each is counted once.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns as read.
    schema : MetadataSchema
        The app's metadata fields.
    options : mapping
        Options of :func:`passage_kit.preparation.mapping_preview.preview_target`.
    """

    def __init__(self, raw: pd.DataFrame, schema: MetadataSchema, options: Mapping[str, Any]) -> None:
        self._raw, self._schema, self._options = raw, schema, options
        self._needs_region = {PHONE, *(field.column for field in schema if field.type == "phone")}
        self._first: dict[_Key, TargetPreview] = {}
        self._whole: dict[_Key, TargetPreview] = {}
        self._missing: list[_Key] = []
        self._background = Background()

    def of(self, mapping: FieldMapping) -> dict[str, LivePreview]:
        """Preview a mapping with the counts so far; the others are of the first rows.

        Raises
        ------
        PassageKitError
            As :func:`passage_kit.preparation.mapping_preview.preview_target`.
        """
        return {target: self._best(mapping, target) for target in mapping}

    def complete(self, mapping: FieldMapping, tell: Callable[[], None]) -> None:
        """Count a mapping over all rows in a thread, and call ``tell`` after each target."""
        missing = [key for key in (self._key(mapping, target) for target in mapping) if key not in self._whole]
        if missing == self._missing:
            return
        self._missing = missing

        def count(key: _Key) -> None:
            if key not in self._whole:
                self._whole[key] = self._preview(self._raw, mapping, key[0])

        self._background.ask((partial(count, key), lambda _counted: tell()) for key in missing)

    def wait(self) -> None:
        """Wait until all rows are counted."""
        self._background.wait()

    def _best(self, mapping: FieldMapping, target: str) -> LivePreview:
        key = self._key(mapping, target)
        if key not in self._whole and len(self._raw) <= AT_ONCE:
            self._whole[key] = self._preview(self._raw, mapping, target)
        if key in self._whole:
            return LivePreview(self._whole[key], complete=True)
        if key not in self._first:
            self._first[key] = self._preview(self._raw.head(AT_ONCE), mapping, target)
        return LivePreview(self._first[key], complete=False)

    def _preview(self, raw: pd.DataFrame, mapping: FieldMapping, target: str) -> TargetPreview:
        return preview_target(raw, mapping, target, self._schema, **self._options)

    def _key(self, mapping: FieldMapping, target: str) -> _Key:
        """Return the parts of the mapping that the preview of a target depends on."""
        return target, mapping[target], mapping.origins.get(REGION) if target in self._needs_region else None
