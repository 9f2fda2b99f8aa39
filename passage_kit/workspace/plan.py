"""Plans: all choices of a preparation, so that it can be repeated exactly.

A plan is saved as ``plan.toml``. It holds choices only, no user and no password. The kit stores a database URL without
its password, and reads the whole URL from the environment variable ``PASSAGE_KIT_SOURCE_URL``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from passage_kit.columns.characters import is_unicode
from passage_kit.columns.users_frame import PHONE
from passage_kit.database.urls import without_secrets
from passage_kit.errors import PassageKitError, PlanError
from passage_kit.files.checked_values import check_values, did_you_mean
from passage_kit.files.file_set import FileSet
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.identifiers.phones.lost_plus import LostPlus
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.metadata.console_template import Template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.known_layouts import layout_named, recognise
from passage_kit.translations import Worded, in_panel, worded
from passage_kit.workspace.options import Options

if TYPE_CHECKING:
    from pydantic import BaseModel

SOURCE_URL = "PASSAGE_KIT_SOURCE_URL"


@dataclass(frozen=True, slots=True)
class Plan:
    """The saved choices of one migration.

    Parameters
    ----------
    source : str, optional
        Path or database URL of the user list. A relative path starts at the plan's own folder.
    reading : mapping, default {}
        Options for reading the source if detection is not enough: ``encoding``, ``delimiter``, ``header_row``,
        ``sheet``, ``table``, ``query`` (see :func:`passage_kit.read_source`).
    sha256 : str, optional
        Hash of the source when the plan was saved, in hexadecimal digits. Corrections name row numbers, which hold for
        that file only.
    columns : tuple of str, default ()
        Columns of the source that the mapping was made for, to tell which ones are new. Comparisons ignore them.
    mapping : FieldMapping, optional
        Origin of each target. Default: the kit suggests a mapping when the plan runs.
    schema : MetadataSchema, default MetadataSchema()
        The app's metadata fields.
    template : Template, optional
        The Console template. Default: none, so the kit chooses the columns of the Console CSV.
    options : Options, default Options()
        Options of the preparation.
    steps : tuple of ValueStep, default ()
        Changes of values before the columns are mapped, in order.
    made_fields : tuple of str, default ()
        ``field_name`` of the fields that were made from columns of the source, and go when another list comes.

    Raises
    ------
    PlanError
        By :meth:`from_dict` and :meth:`load`, if the content is no plan.

    See Also
    --------
    prepare : Run a plan.
    Workspace : The folder that holds a plan and its files.

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
    steps: tuple[ValueStep, ...] = ()
    made_fields: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=(), compare=False)

    @property
    def applied_schema(self) -> MetadataSchema:
        """Metadata fields that the kit sends to Passage: none on the guide's second path."""
        return MetadataSchema() if self.options.identifiers_only else self.schema

    @property
    def lost_plus(self) -> LostPlus:
        """Whether the users' phones lost their plus: as chosen, else likely if the layout of the columns says so.

        Examples
        --------
        >>> plan = Plan(columns=("id", "raw_user_meta_data", "phone"), mapping=FieldMapping({"phone": "phone"}))
        >>> plan.lost_plus, replace(plan, options=Options(layout="none")).lost_plus
        ('likely', None)
        """
        if self.options.lost_plus is not None:
            return self.options.lost_plus
        layout = recognise(self.columns) if self.options.layout is None else layout_named(self.options.layout)
        origin = self.mapping.origins.get(PHONE) if self.mapping else None
        names = origin.names if isinstance(origin, Columns) else ()
        return "likely" if layout and names and all(map(layout.writes_no_plus, names)) else None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        """Make a plan from a mapping, as :meth:`to_dict` gives it.

        Raises
        ------
        PlanError
            If a part or a key is unknown, or a value is not of the kind that its key takes.
        """
        from passage_kit.workspace.plan_model import PlanModel, SourceModel, TemplateModel  # loads pydantic

        parts = ("source", "options", "mapping", "template", "fields", "steps")
        unknown = sorted(set(values) - set(parts))
        if unknown:
            meant = did_you_mean(unknown[0], parts)
            raise PlanError(
                worded(
                    "A plan has no part {name}.{meant} Correct the name, or remove the part.",
                    name=repr(unknown[0]),
                    meant=meant,
                )
            )
        _check(PlanModel, "plan", values)
        _check(SourceModel, "[source]", values.get("source", {}))
        if values.get("template"):
            _check(TemplateModel, "[template]", values["template"])
        source = dict(values.get("source", {}))
        template = values.get("template")
        return cls(
            source=source.pop("path", None),
            sha256=source.pop("sha256", None),
            columns=tuple(source.pop("columns", ())),
            made_fields=tuple(source.pop("made_fields", ())),
            reading=source,
            mapping=FieldMapping.from_dict(values["mapping"]) if "mapping" in values else None,
            schema=MetadataSchema.from_dicts(values.get("fields", ())),
            template=Template(**{**template, "header": tuple(template["header"])}) if template else None,
            options=Options.from_dict(values.get("options", {})),
            steps=tuple(map(ValueStep.from_dict, values.get("steps", ()))),
        )

    def to_dict(self) -> dict[str, Any]:
        """Convert the plan to a mapping of plain values, without its empty parts."""
        source = {"path": self.source, **self.reading, "sha256": self.sha256}
        source |= {name: list(names) for name in ("columns", "made_fields") if (names := getattr(self, name))}
        parts = {
            "source": {name: value for name, value in source.items() if value is not None},
            "options": self.options.to_dict(),
            "mapping": self.mapping.to_dict() if self.mapping else None,
            "template": {**asdict(self.template), "header": list(self.template.header)} if self.template else None,
            "fields": self.schema.to_dicts(),
            "steps": [step.to_dict() for step in self.steps],
        }
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def load(cls, path: str | Path, *, opened: bool = True) -> Plan:
        """Read a plan, and make the path of its source independent of the current folder.

        Parameters
        ----------
        path : str or pathlib.Path
            The file ``plan.toml``.
        opened : bool, default True
            Prepare the source for opening: complete its path, or the URL of its database with the password.

        Raises
        ------
        PlanError
            If the file cannot be read or is no plan, or the environment lacks the URL of the database.
        """
        path = Path(path)
        try:
            plan = cls.from_dict(tomllib.loads(read_regular(path).decode("utf-8")))
        except PassageKitError as error:
            said = error.args[0]
            reason = said if isinstance(said, Worded) else in_panel(said, "a part of it is wrong.")
            raise _unread(path, reason) from error
        except (OSError, ValueError, RecursionError) as error:
            raise _unread(path, worded("{reason}.", reason=reason_of(error))) from error
        if plan.options.since:
            plan = replace(plan, options=replace(plan.options, since=str(path.parent / plan.options.since)))
        return replace(plan, source=_opened(plan.source, path)) if plan.source and opened else plan

    def to_toml(self, folder: str | Path) -> str:
        """Write the plan as the text of a ``plan.toml`` in ``folder``; a path below the folder becomes relative.

        Raises
        ------
        PlanError
            If the plan has text that no file can hold.
        DatabaseError
            If the source is an address that cannot be read.
        """
        if not is_unicode(self.source or "") or "\0" in (self.source or ""):
            raise PlanError("The plan names a source with a path that no file can have. Correct its path.")
        plan = replace(self, source=_stored(self.source, Path(folder))) if self.source else self
        if self.options.since:
            plan = replace(plan, options=replace(plan.options, since=_stored(self.options.since, Path(folder))))
        text = tomli_w.dumps(plan.to_dict())
        if not is_unicode(text):
            raise PlanError(
                worded("The plan has text with half a character, which no file can hold. Correct what was typed.")
            )
        return text

    def save(self, path: str | Path) -> None:
        """Save the plan in a file; the path of a source in the file's folder or below becomes relative.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        with FileSet() as files:
            files.new(path).write_text(self.to_toml(Path(path).parent), encoding="utf-8", newline="\n")


def _unread(path: Path, reason: str) -> PlanError:
    """Say why a plan cannot be read, in sentences, and how to go on."""
    return PlanError(
        in_panel(
            f"The plan {path} cannot be read: {reason} Correct the file, or put the plan aside in the notebook "
            "00_start_here.",
            "The plan {path} cannot be read: {reason} Put it aside in the notebook 00_start_here, or correct the file.",
            path=path,
            reason=reason,
        )
    )


def _check(model: type[BaseModel], part: str, values: Any) -> None:
    try:
        check_values(model, values)
    except ValueError as error:
        raise PlanError(worded("In {part}, {problem}.", part=part, problem=error.args[0])) from None


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
            worded(
                "The plan {plan_path} reads from {source}, whose password is not stored. Set the "
                "environment variable {variable} to the whole URL.",
                plan_path=plan_path,
                source=source,
                variable=SOURCE_URL,
            )
        )
    return os.environ[SOURCE_URL]
