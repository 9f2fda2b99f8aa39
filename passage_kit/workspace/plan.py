"""A plan: everything that was chosen for a preparation, so that it can be run again exactly.

Saved as ``plan.toml``. It holds choices only, no user and no password: a database URL is stored without its password,
which is then taken from the environment variable ``PASSAGE_KIT_SOURCE_URL``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypedDict

import tomli_w

from passage_kit.database.urls import without_secrets
from passage_kit.duplicates.clusters import SurvivorRule
from passage_kit.duplicates.merge import SharedPhone
from passage_kit.errors import OptionError, PassageKitError, PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.console_template import Template
from passage_kit.metadata.dates import DateOrder, NumericDates
from passage_kit.metadata.field_values import Thousands
from passage_kit.metadata.fields import MetadataSchema

SOURCE_URL = "PASSAGE_KIT_SOURCE_URL"


class OptionValues(TypedDict, total=False):
    """The options of a preparation, as keyword arguments."""

    default_region: str | None
    date_order: DateOrder | None
    boolean_words: Mapping[str, bool]
    thousands: Thousands | None
    numeric_dates: NumericDates | None
    survivor: SurvivorRule
    shared_phone: SharedPhone
    allow_special_use: bool
    identifiers_only: bool
    strict: bool
    fast_paths: bool


@dataclass(frozen=True, slots=True)
class Options:
    """How a preparation decides.

    Parameters
    ----------
    default_region : str, optional
        Country (ISO code or name) of phones without one of their own whose row names none.
    date_order : {"DMY", "MDY"}, optional
        How ``03/04/2024`` is read. Default: as each column's own values prove.
    boolean_words : mapping of str to bool, optional
        Words for yes and no besides the usual ones.
    thousands : str, optional
        Thousands separator of integers. Default: none is understood.
    numeric_dates : {"excel", "epoch_s", "epoch_ms"}, optional
        What a bare number in a date field is. Default: not a date.
    survivor : {"complete", "first", "last", "newest", "oldest"}, default "complete"
        Which of several rows of one person stays.
    shared_phone : {"withhold", "survivor", "merge", "reject"}, default "withhold"
        What becomes of a phone that people with different emails share.
    allow_special_use : bool, default False
        Whether emails at special-use domains such as ``.test`` are let through.
    identifiers_only : bool, default False
        The guide's second path: Passage for authentication only, no metadata.
    strict : bool, default False
        Whether a row with a bad value is rejected, not just the value withheld.
    fast_paths : bool, default True
        Whether plain emails and phones are judged by whole columns, not each distinct cell by itself. It changes no
        result, so it is not saved, and options that differ in nothing else are equal. The command goes without when
        ``PASSAGE_KIT_PLAIN=1`` is set.
    """

    default_region: str | None = None
    date_order: DateOrder | None = None
    boolean_words: Mapping[str, bool] = field(default_factory=dict)
    thousands: Thousands | None = None
    numeric_dates: NumericDates | None = None
    survivor: SurvivorRule = "complete"
    shared_phone: SharedPhone = "withhold"
    allow_special_use: bool = False
    identifiers_only: bool = False
    strict: bool = False
    fast_paths: bool = field(default=True, compare=False)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Options:
        """Make options of a mapping.

        Raises
        ------
        OptionError
            If one is not known.
        """
        names = [entry.name for entry in fields(cls)]
        unknown = sorted(set(values) - set(names))
        if unknown:
            raise OptionError(f"There is no option {unknown[0]!r}. The options are: {', '.join(names)}.")
        return cls(**values)

    @property
    def of_values(self) -> dict[str, Any]:
        """The options of ``normalize_values`` and ``validate_users``, as keyword arguments."""
        return {
            "default_region": self.default_region,
            "date_order": self.date_order,
            "words": self.boolean_words,
            "thousands": self.thousands,
            "numeric_dates": self.numeric_dates,
            "strict": self.strict,
        }

    @property
    def choices(self) -> dict[str, Any]:
        """All options that a result depends on, by name."""
        values = asdict(self)
        return {option.name: values[option.name] for option in fields(self) if option.compare}

    def to_dict(self) -> dict[str, Any]:
        """Give the choices that have a value."""
        return {name: value for name, value in self.choices.items() if value is not None and value != {}}


@dataclass(frozen=True, slots=True)
class Plan:
    """The saved choices of one migration.

    Parameters
    ----------
    source : str, optional
        Path or database URL of the user list. A relative path is relative to the plan's own folder.
    reading : mapping, default {}
        How to read it, where not detected: ``encoding``, ``delimiter``, ``header_row``, ``sheet``, ``table``,
        ``query``.
    sha256 : str, optional
        Hash of the source when the plan was saved: corrections name row numbers, which hold for that file only.
    mapping : FieldMapping, optional
        Default: as suggested when the plan runs.
    schema : MetadataSchema, default no fields
    template : Template, optional
        The Console template.
    options : Options

    Examples
    --------
    >>> plan = Plan("users.csv", mapping=FieldMapping({"email": "Mail"}), options=Options(default_region="DE"))
    >>> Plan.from_dict(plan.to_dict()) == plan
    True
    """

    source: str | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)
    sha256: str | None = None
    mapping: FieldMapping | None = None
    schema: MetadataSchema = field(default_factory=MetadataSchema)
    template: Template | None = None
    options: Options = field(default_factory=Options)

    @property
    def applied_schema(self) -> MetadataSchema:
        """The metadata fields that go to Passage: none on the guide's second path."""
        return MetadataSchema() if self.options.identifiers_only else self.schema

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        """Make a plan of a mapping as :meth:`to_dict` gives it.

        Raises
        ------
        PlanError
            If it has a part that no plan has.
        """
        unknown = sorted(set(values) - {"source", "mapping", "fields", "template", "options"})
        if unknown:
            raise PlanError(f"There is no part {unknown[0]!r} in a plan. Mend the name, or take the part out.")
        source = dict(values.get("source", {}))
        template = values.get("template")
        return cls(
            source=source.pop("path", None),
            sha256=source.pop("sha256", None),
            reading=source,
            mapping=FieldMapping.from_dict(values["mapping"]) if "mapping" in values else None,
            schema=MetadataSchema.from_dicts(values.get("fields", ())),
            template=Template(**{**template, "header": tuple(template["header"])}) if template else None,
            options=Options.from_dict(values.get("options", {})),
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the plan as a mapping of plain values, without what is at its default."""
        source = {"path": self.source, **self.reading, "sha256": self.sha256}
        parts = {
            "source": {name: value for name, value in source.items() if value is not None},
            "options": self.options.to_dict(),
            "mapping": self.mapping.to_dict() if self.mapping else None,
            "template": {**asdict(self.template), "header": list(self.template.header)} if self.template else None,
            "fields": self.schema.to_dicts(),
        }
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def load(cls, path: str | Path, *, opened: bool = True) -> Plan:
        """Read a plan; its source becomes a path that can be opened from anywhere.

        Parameters
        ----------
        path : str or pathlib.Path
        opened : bool, default True
            Whether the source is to be opened: a database's password is needed then.

        Raises
        ------
        PlanError
            If the file cannot be read or is no plan.
        """
        path = Path(path)
        try:
            plan = cls.from_dict(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError, PassageKitError) as error:
            raise PlanError(f"The plan {path} cannot be read: {error}. Save it again, or mend the line.") from error
        return replace(plan, source=_opened(plan.source, path)) if plan.source and opened else plan

    def to_toml(self, folder: str | Path) -> str:
        """Give the plan as the text of a ``plan.toml`` in ``folder``, to which paths below it are relative."""
        plan = replace(self, source=_stored(self.source, Path(folder))) if self.source else self
        return tomli_w.dumps(plan.to_dict())

    def save(self, path: str | Path) -> None:
        """Write the plan; a source in the plan's own folder or below is stored relative to it.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        with FileSet() as files:
            files.new(path).write_text(self.to_toml(Path(path).parent), encoding="utf-8", newline="\n")


def _stored(source: str, folder: Path) -> str:
    if "://" in source:
        return without_secrets(source)
    absolute, folder = Path(source).resolve(), folder.resolve()
    return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else str(absolute)


def _opened(source: str, plan_path: Path) -> str:
    if "://" not in source:
        return str(plan_path.parent / source)
    if "***" not in source:
        return source
    if SOURCE_URL not in os.environ:
        raise PlanError(
            f"The plan {plan_path} reads from {source}, whose password is not stored. "
            f"Set the environment variable {SOURCE_URL} to the whole URL."
        )
    return os.environ[SOURCE_URL]
