"""First panel, for the path of the migration guide and the files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ipywidgets

from passage_kit.database.urls import without_secrets
from passage_kit.errors import SourceError
from passage_kit.files.bundled import bundled
from passage_kit.files.regular_files import is_present_file
from passage_kit.metadata.console_template import Template, read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.guide_steps import list_steps
from passage_kit.widgets.checklist import Checklist
from passage_kit.widgets.panel import Panel, hint, imports_of, written_call, written_options
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

_PATHS = [
    ("Sign-in and user management: Passage keeps the users and their metadata", False),
    ("Sign-in only: your own users table stays, and Passage gets emails and phones only", True),
]
_SAMPLE, _SAMPLE_FIELDS, _SAMPLE_TEMPLATE = "legacy_users.csv", "metadata_fields.toml", "console_template.csv"


class ChoosePath(Panel):
    """Panel for the path of the migration guide, the user list, and the files that describe the app.

    Parameters
    ----------
    workspace : Workspace
        Workspace whose plan holds the choice. Its folder keeps uploaded files.
    source : path or database URL, optional
        User list to show as long as the plan names none. Default: the sample.

    Notes
    -----
    ``value`` is the plan with the choice. If you choose another user list, the panel removes the former mapping and the
    steps that change values from the plan. The checklist shows the steps of the chosen path, done or to do.

    See Also
    --------
    passage_kit.Plan : The saved choices.
    MapFields : Map the columns of the user list next.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit import Workspace
    >>> panel = ChoosePath(Workspace(tempfile.mkdtemp()))
    >>> panel.identifiers_only.value = True
    >>> panel.value.options.identifiers_only
    True
    """

    title = "Your path and your files"
    intro = (
        "The migration guide has two paths. Choose yours, then name your user list: type its path, or upload it. "
        "Until you do, everything runs on the sample."
    )

    def __init__(self, workspace: Workspace, source: str | Path | None = None) -> None:
        plan = workspace.load_plan() if workspace.has_plan else Plan()
        self._saved = str(workspace.plan_path)  # stands in place of a file for the content of the plan
        self.identifiers_only = ipywidgets.RadioButtons(
            options=_PATHS,
            value=plan.options.identifiers_only,
            description="Path of the guide",
            style={"description_width": "11em"},
        )
        listed = _short(plan.source) or (_sample(_SAMPLE) if source is None else str(source))
        self.source = _file_name("User list", listed)
        self.fields = _file_name("Metadata fields", self._saved if plan.schema else "")
        self.template = _file_name("Console template", self._saved if plan.template else "")
        self._of_fields = ipywidgets.VBox(
            [
                self._with_upload(self.fields, "Upload fields", ".toml,.json"),
                hint("Optional: the app's fields as .toml or .json. plan.toml keeps the last ones."),
            ]
        )
        self.checklist = Checklist()
        super().__init__(
            workspace,
            [
                self.identifiers_only,
                self._with_upload(self.source, "Upload user list"),
                hint("CSV, Excel, JSON or Parquet, also in a .gz or .zip. Copy more than 100 MB beside this notebook."),
                self._of_fields,
                self._with_upload(self.template, "Upload template", ".csv"),
                hint("Optional: the CSV from the Console's <i>Import Users</i>. plan.toml keeps the last one."),
                self.checklist,
            ],
        )
        self._former = "" if plan.source is None else listed
        self._bring_sample()
        self._take()
        self._listen(self.identifiers_only, self.source, self.fields, self.template)

    def _changed(self) -> None:
        self._bring_sample()
        super()._changed()

    def _bring_sample(self) -> None:
        """Show the sample's fields and template, and remove them when another user list is named."""
        was, now = _is_sample(self._former), _is_sample(self.source.value)
        self._former = self.source.value
        for text, name in ((self.fields, _SAMPLE_FIELDS), (self.template, _SAMPLE_TEMPLATE)):
            if now and not was and not text.value:
                self._set(text, "value", _sample(name))
            elif was and not now and self._is_of_sample(text.value, name):
                self._set(text, "value", "")

    def _is_of_sample(self, value: str, name: str) -> bool:
        """Tell whether a file's name stands for that file of the sample, directly or through the plan."""
        if value != self._saved:
            return _same(value, _sample(name))
        if name == _SAMPLE_FIELDS:
            return self.plan.schema == MetadataSchema.from_toml(_sample(name))
        return self.plan.template == read_template(_sample(name))

    def _show(self) -> None:
        super()._show()
        self.checklist.tell(list_steps(self.workspace, identifiers_only=self.identifiers_only.value))

    def _choice(self) -> Plan:
        self._of_fields.layout.display = "none" if self.identifiers_only.value else ""
        plan, source = self.plan, self.source.value.strip()
        _check_source(source)
        template = self._chosen_template(plan)
        fields = self._chosen_fields(plan, template)
        options = replace(plan.options, identifiers_only=self.identifiers_only.value)
        plan = plan if _same(plan.source, source) else replace(plan, reading={}, mapping=None, steps=())
        return replace(plan, source=source, schema=fields, template=template, options=options)

    def _chosen_template(self, plan: Plan) -> Template | None:
        name = self.template.value.strip()
        return plan.template if name == self._saved else read_template(name) if name else None

    def _chosen_fields(self, plan: Plan, template: Template | None) -> MetadataSchema:
        name = self.fields.value.strip()
        if name == self._saved:
            return plan.schema
        if name:
            return MetadataSchema.from_json(name) if _is_json(name) else MetadataSchema.from_toml(name)
        return MetadataSchema.from_header(template.header if template else ())

    def _with(self, _plan: Plan) -> Plan:
        return self._choice()

    def _call(self) -> str:
        value: Plan = self.value
        plan, template, fields = self.plan, self.template.value.strip(), self.fields.value.strip()
        arguments = [f"source={value.source!r}"]
        if not _same(plan.source, str(value.source)) and (plan.mapping or plan.reading or plan.steps):
            arguments += ["reading={}", "mapping=None", "steps=()"]
        if fields != self._saved:
            arguments.append(f"schema={_written_fields(fields, template)}")
        if template != self._saved:
            arguments.append(f"template={f'read_template({template!r})' if template else None}")
        if value.options != plan.options:
            arguments.append(f"options={written_options(value.options)}")
        if self.workspace.has_plan:
            call = written_call("replace", ["workspace.load_plan()", *arguments])
        else:
            call = written_call("pk.Plan", arguments)
        return f"{imports_of(call)}plan = {call}\nworkspace.save_plan(plan)"


def _file_name(label: str, value: str) -> ipywidgets.Text:
    # A field reports a change when it loses the focus or on Enter, not at each letter of a path.
    return ipywidgets.Text(
        value,
        description=label,
        continuous_update=False,
        style={"description_width": "11em"},
        layout={"width": "44em", "max_width": "100%"},
    )


def _sample(name: str) -> str:
    """Find a file of the sample: the copy beside the notebook, else the one in the package."""
    beside = Path("sample_data") / name
    return beside.as_posix() if beside.exists() else str(bundled(f"sample_data/{name}"))


def _is_sample(source: str) -> bool:
    return _same(source, _sample(_SAMPLE)) or _same(source, str(bundled(f"sample_data/{_SAMPLE}")))


def _same(one: str | None, other: str) -> bool:
    if one is None or "://" in one + other:
        return one == other
    try:
        return Path(one).resolve() == Path(other).resolve()
    except (OSError, ValueError):  # no file can have such a path
        return one == other


def _short(source: str | None) -> str:
    """Shorten a path below the current folder."""
    if source is None or "://" in source:
        return source or ""
    absolute = Path(source).resolve()
    return absolute.relative_to(Path.cwd()).as_posix() if absolute.is_relative_to(Path.cwd()) else str(absolute)


def _check_source(source: str) -> None:
    if "://" in source:
        without_secrets(source)  # refuses what is no address
    elif not is_present_file(source):
        found = f"There is no file {source!r}." if source else "No user list is named."
        raise SourceError(f"{found} Type its path, relative to this notebook's folder, or upload it.")


def _is_json(name: str) -> bool:
    return Path(name).suffix.lower() == ".json"


def _written_fields(fields: str, template: str) -> str:
    if fields:
        return f"pk.MetadataSchema.from_{'json' if _is_json(fields) else 'toml'}({fields!r})"
    return f"pk.MetadataSchema.from_template({template!r})" if template else "pk.MetadataSchema()"
