"""First panel, for the path of the migration guide and the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import ipywidgets

from passage_kit.cutover.guide_steps import list_steps
from passage_kit.errors import PassageKitError, PlanError
from passage_kit.files.file_set import FileSet
from passage_kit.mapping.changed_columns import compare_columns
from passage_kit.metadata.console_template import Template, read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.reading.readers import UserList
from passage_kit.translations import gettext, joined, told, told_text, worded
from passage_kit.widgets.checklist import Checklist
from passage_kit.widgets.panel import (
    ERROR,
    INFO,
    WARNING,
    Message,
    Panel,
    hint,
    imports_of,
    written_call,
    written_options,
)
from passage_kit.widgets.rescue_buttons import RescueButtons
from passage_kit.widgets.sample_files import SAMPLE_LIST, is_sample, same_source, sample_file
from passage_kit.widgets.source_choice import DATABASE, SourceChoice
from passage_kit.workspace.former_list import (
    bring_back_list,
    is_another_list,
    made_for_list,
    name_of_former,
    plan_for_list,
    put_aside,
)
from passage_kit.workspace.lock import saving
from passage_kit.workspace.plan import SOURCE_URL, Plan
from passage_kit.workspace.unread_plan import plan_trouble
from passage_kit.workspace.workspace import Workspace

SAME, NEWER, ANOTHER = "same", "newer", "another"  # the list as it is against the one of the plan
_SAMPLE_FIELDS, _SAMPLE_TEMPLATE = "metadata_fields.toml", "console_template.csv"


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
    ``value`` is the plan with the choice, and ``list`` has the controls of the user list. Another list sets back what
    was made for the former one, and the panel says so. Where it may be a newer export of the same list, the panel
    asks, and saves nothing until you answer with :meth:`keep` or :meth:`begin_anew`; :meth:`bring_back` undoes a wrong
    choice. The checklist shows the steps of the chosen path, done or to do.

    See Also
    --------
    passage_kit.Plan : The saved choices.
    passage_kit.change_list : Name another list in Python.
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
        "The migration guide has two paths. Choose yours, then give your user list: drop a file, choose it, type its "
        "path, or take a table of a database. Until you do, everything runs on the sample."
    )

    def __init__(self, workspace: Workspace, source: str | Path | None = None) -> None:
        plan = Plan() if plan_trouble(workspace) or not workspace.has_plan else workspace.load_plan()
        self._saved = str(workspace.plan_path)  # stands in place of a file for the content of the plan
        self.identifiers_only = ipywidgets.RadioButtons(
            options=_paths(),
            value=plan.options.identifiers_only,
            description=gettext("Path of the guide"),
            style={"description_width": "13em"},
        )
        listed = _short(plan.source) or (sample_file(SAMPLE_LIST) if source is None else str(source))
        self.list = SourceChoice(
            workspace,
            plan,
            listed,
            changed=lambda: self._changed(),
            say=lambda text: self._say((ERROR, text)),
            busy=lambda begins: self._tell(gettext("Reading the list")) if begins else self._end(),
        )
        self.source = self.list.path
        self.fields = _file_name(gettext("Metadata fields"), self._saved if plan.schema else "")
        self.template = _file_name(gettext("Console template"), self._saved if plan.template else "")
        self._of_fields = ipywidgets.VBox(
            [
                self._with_upload(self.fields, gettext("Upload fields"), ".toml,.json"),
                hint(gettext("Optional: the app's fields as .toml or .json. plan.toml keeps the last ones.")),
            ]
        )
        self._answers: dict[tuple[str, ...], str] = {}
        self._was_set_back: list[str] = []
        self._make_question()
        self.checklist = Checklist(lambda _asked: self._show_steps())
        self.rescue = RescueButtons(workspace, self._begin_again, lambda text: self._say((ERROR, text)))
        of_template = self._with_upload(self.template, gettext("Upload template"), ".csv")
        about_template = gettext(
            "Optional: the CSV from the Console's <i>Import Users</i>. plan.toml keeps the last one."
        )
        of_list = [self.rescue, self._question, self.back, self.identifiers_only, self.list]
        super().__init__(workspace, [*of_list, self._of_fields, of_template, hint(about_template), self.checklist])
        self._former = "" if plan.source is None else listed
        self._bring_sample()
        self._take()
        self._listen(self.identifiers_only, self.fields, self.template)

    def _make_question(self) -> None:
        """Make the question whether another list is a newer export, and the button that brings the choices back."""
        self.newer = _answer(gettext("A newer export of the same list: keep my choices"), "refresh", self.keep)
        self.another = _answer(gettext("Another list: begin anew"), "file", self.begin_anew)
        self._question = ipywidgets.HBox(
            [self.newer, self.another], layout={"flex_flow": "row wrap", "display": "none"}
        )
        self.back = ipywidgets.Button(icon="undo", layout={"width": "auto", "max_width": "100%", "display": "none"})
        self.back.on_click(lambda _button: self.bring_back())

    def keep(self) -> None:
        """Answer the question about the list: it is a newer export of the same list, and every choice stays."""
        self.list.set_reading(dict(self.plan.reading))
        self._answer_list(NEWER)

    def begin_anew(self) -> None:
        """Answer the question about the list: it is another one, and what was made for the former is set back."""
        self._answer_list(ANOTHER)

    def bring_back(self) -> None:
        """Bring back the list before this one, with everything that was made for it; this one is kept in turn."""
        try:
            plan = bring_back_list(self.workspace)
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        if self._turn_to(plan):
            self._line.show(code="plan = pk.bring_back_list(workspace)")

    def _begin_again(self) -> None:
        self._turn_to(self.plan)

    def _turn_to(self, plan: Plan) -> bool:
        """Show another plan, which took the place of the one before."""
        self._set(self.identifiers_only, "value", plan.options.identifiers_only)
        self._set(self.fields, "value", self._saved if plan.schema else "")
        self._set(self.template, "value", self._saved if plan.template else "")
        self.list.turn_to(_short(plan.source) or sample_file(SAMPLE_LIST), dict(plan.reading))
        self._former, self._was_set_back, self._answers = self.source.value if plan.source else "", [], {}
        self._bring_sample()
        return self._take()

    def save(self) -> None:
        """Save the choice into the workspace's plan; what was made for a former list is set back together with it."""
        if not self._take():
            return
        try:
            anew = self._relation(self.plan, self.list.read()) == ANOTHER
            set_back = made_for_list(self.workspace) if anew else []
            with saving(self.workspace.folder), FileSet() as files:
                place = put_aside(self.workspace, files=files) if anew else None
                self.workspace.save_plan(self._with(self.plan), files=files, recorded=not anew)
            if anew:
                self._was_set_back = [_kept(set_back, place)] if place else []
            self._show()
        except PassageKitError as error:
            self._say((ERROR, told(error)))

    def _take(self) -> bool:
        taken = super()._take()
        if not taken and not self._question.layout.display:
            self._say(*((WARNING, text) for text in self.messages))
        return taken

    def _changed(self) -> None:
        self._bring_sample()
        super()._changed()

    def _answer_list(self, answer: str) -> None:
        try:
            self._answers[self._list_key(self.list.read())] = answer
        except PassageKitError as error:
            self._say((ERROR, told(error)))
            return
        self._changed()

    def _list_key(self, read: UserList) -> tuple[str, ...]:
        return (self.list.address, *map(str, read.users.columns))

    def _relation(self, plan: Plan, read: UserList) -> str:
        """Tell whether the list is that of the plan, a newer export of it, or another; "" if a person has to say."""
        source, columns = self.list.address, [*map(str, read.users.columns)]
        if is_another_list(plan, columns):
            return ANOTHER
        if same_source(plan.source, source):
            return SAME
        if plan.source is None or is_sample(plan.source) or is_sample(source) or not made_for_list(self.workspace):
            return ANOTHER
        return self._answers.get(self._list_key(read), "")

    def _of_list(self, plan: Plan) -> Plan:
        """Make the plan for the chosen list, or ask which list it is."""
        read, source = self.list.read(), self.list.address
        relation = self._relation(plan, read)
        self._question.layout.display = "" if not relation else "none"
        if not relation:
            raise PlanError(
                worded(
                    "Is {name} a newer export of the list before, or another list? Another list sets back: {made}. "
                    "Nothing is saved until you choose.",
                    name=Path(source).name,
                    made=joined(made_for_list(self.workspace)),
                )
            )
        if relation == ANOTHER:
            return plan_for_list(plan, source, self.list.reading)
        return replace(plan, source=source, reading=self.list.reading)

    def _notes(self) -> list[Message]:
        read = self.list.read()
        unsure = [(WARNING, text) for text in (*read.unsure, *_lost(self.value, read))]
        back = [gettext("Of the former list were set back: {what}.", what=text) for text in self._was_set_back]
        return [*unsure, *((INFO, text) for text in back)]

    def _bring_sample(self) -> None:
        """Show the sample's fields and template, and remove them when another user list is named."""
        was, now = is_sample(self._former), is_sample(self.source.value)
        self._former = self.source.value
        for text, name in ((self.fields, _SAMPLE_FIELDS), (self.template, _SAMPLE_TEMPLATE)):
            if now and not was and not text.value:
                self._set(text, "value", sample_file(name))
            elif was and not now and self._is_of_sample(text.value, name):
                self._set(text, "value", "")

    def _is_of_sample(self, value: str, name: str) -> bool:
        """Tell whether a file's name stands for that file of the sample, directly or through the plan."""
        if value != self._saved:
            return same_source(value, sample_file(name))
        if name == _SAMPLE_FIELDS:
            return self.plan.schema == MetadataSchema.from_toml(sample_file(name))
        return self.plan.template == read_template(sample_file(name))

    def _show(self) -> None:
        super()._show()
        name = name_of_former(self.workspace)
        self.back.layout.display = "" if name else "none"
        self.back.description = gettext("Bring back the list before: {name}", name=name or "")
        self._show_steps()

    def _show_steps(self) -> None:
        """Show the steps as they are now, whichever notebook has done them."""
        try:
            self.checklist.tell(list_steps(self.workspace, identifiers_only=self.identifiers_only.value))
        except PassageKitError as error:
            self._say((ERROR, told(error)))

    def _choice(self) -> Plan:
        self._of_fields.layout.display = "none" if self.identifiers_only.value else ""
        plan = self._of_list(self.plan)
        template = self._chosen_template(plan)
        fields = self._chosen_fields(plan, template)
        options = replace(plan.options, identifiers_only=self.identifiers_only.value)
        return replace(plan, schema=fields, template=template, options=options)

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
        of_database = self.list.kind.value == DATABASE
        source = f'os.environ["{SOURCE_URL}"]' if of_database else repr(value.source)
        reading = f"reading={dict(value.reading)!r}" if value.reading else ""
        arguments = []
        if fields != self._saved:
            arguments.append(f"schema={_written_fields(fields, template)}")
        if template != self._saved:
            arguments.append(f"template={f'read_template({template!r})' if template else None}")
        if value.options != plan.options:
            arguments.append(f"options={written_options(value.options)}")
        if not self.workspace.has_plan:
            call = written_call("pk.Plan", [f"source={source}", *filter(None, [reading]), *arguments])
        elif self._relation(plan, self.list.read()) == ANOTHER:
            changed = written_call("pk.change_list", ["workspace", source, *filter(None, [reading])])
            call = written_call("replace", [changed, *arguments]) if arguments else changed
        else:
            reading = reading or ("reading={}" if plan.reading else "")
            call = written_call(
                "replace", ["workspace.load_plan()", f"source={source}", *filter(None, [reading]), *arguments]
            )
        code = f"plan = {call}\nworkspace.save_plan(plan)"
        imports = imports_of(code)
        return (f"import os\n{imports or chr(10)}" if of_database else imports) + code


def _lost(plan: Plan, read: UserList) -> Iterator[str]:
    """Say which targets of the mapping come from columns that a list does not have."""
    made = [name for step in plan.steps for name in step.made]
    changes = compare_columns(plan.mapping, [*map(str, read.users.columns), *made], known=plan.columns)
    if changes.lost:
        gone = ", ".join(f"'{name}'" for names in changes.lost.values() for name in names)
        yield gettext(
            "The mapping takes columns that this list does not have: {columns}. Place them in 01_read_and_map.",
            columns=gone,
        )


def _paths() -> list[tuple[str, bool]]:
    return [
        (gettext("Sign-in and user management: Passage keeps the users and their metadata"), False),
        (gettext("Sign-in only: your own users table stays, and Passage gets emails and phones only"), True),
    ]


def _kept(set_back: Iterable[str], place: str) -> str:
    return gettext("{what}. They are kept in {place}", what=", ".join(map(told_text, set_back)), place=place)


def _answer(text: str, icon: str, answer: Callable[[], None]) -> ipywidgets.Button:
    button = ipywidgets.Button(description=text, icon=icon, layout={"width": "auto", "max_width": "100%"})
    button.on_click(lambda _button: answer())
    return button


def _file_name(label: str, value: str) -> ipywidgets.Text:
    # A field reports a change when it loses the focus or on Enter, not at each letter of a path.
    return ipywidgets.Text(
        value,
        description=label,
        continuous_update=False,
        style={"description_width": "13em"},
        layout={"width": "44em", "max_width": "100%"},
    )


def _short(source: str | None) -> str:
    """Shorten a path below the current folder."""
    if source is None or "://" in source:
        return source or ""
    absolute = Path(source).resolve()
    return absolute.relative_to(Path.cwd()).as_posix() if absolute.is_relative_to(Path.cwd()) else str(absolute)


def _is_json(name: str) -> bool:
    return Path(name).suffix.lower() == ".json"


def _written_fields(fields: str, template: str) -> str:
    if fields:
        return f"pk.MetadataSchema.from_{'json' if _is_json(fields) else 'toml'}({fields!r})"
    return f"pk.MetadataSchema.from_template({template!r})" if template else "pk.MetadataSchema()"
