"""Whole preparation from a plan: read, map, normalize, merge, validate, account for every row, write."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Unpack

import pandas as pd

from passage_kit.columns.null_words import null_words_of
from passage_kit.columns.spool import forget, forget_all, spooling
from passage_kit.columns.spooled_frames import put_frame_aside
from passage_kit.columns.users_frame import IDENTIFIERS, SOURCE_KEY, SOURCE_ROW, without_rows
from passage_kit.errors import MappingError, OptionError
from passage_kit.findings.findings import collect_findings, in_row_order, no_findings
from passage_kit.findings.ledger import build_ledger
from passage_kit.mapping.changed_columns import ChangedColumns, compare_columns, known_columns
from passage_kit.mapping.continued_rows import rows_going_on
from passage_kit.mapping.mapped_users import NullWords, apply_mapping, check_decided, check_targets, unmapped_columns
from passage_kit.mapping.mapping import FieldMapping, MappingChoices
from passage_kit.mapping.suggest import suggest_mapping
from passage_kit.mapping.value_steps import apply_value_steps, reaches
from passage_kit.metadata.console_template import Template, read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.applied_fixes import AppliedFixes, applied_fixes, workspace_of_plan
from passage_kit.preparation.exported import load_exported
from passage_kit.preparation.outputs import writing
from passage_kit.preparation.prepared import Prepared
from passage_kit.preparation.rules import apply_rules
from passage_kit.preparation.since import Since, compare_since, judge_absorbed
from passage_kit.progress import Stages
from passage_kit.reading.known_layouts import NO_LAYOUT
from passage_kit.reading.parsed_ahead import ParsedAhead
from passage_kit.reading.readers import UserList, read_source
from passage_kit.translations import in_panel
from passage_kit.workspace.corrections import apply_corrections
from passage_kit.workspace.fixes import Fixes, match_fixes
from passage_kit.workspace.loaded_fixes import made_for
from passage_kit.workspace.lock import locked
from passage_kit.workspace.options import Options, OptionValues
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

# Steps of a preparation, and about how much of the time each takes.
STAGES = {
    "Reading": 10,
    "Mapping": 8,
    "Emails and phones": 30,
    "Metadata values": 8,
    "Duplicates": 12,
    "Validation": 10,
    "Accounting": 7,
    "Writing": 15,
}


def prepare(
    source: str | Path | pd.DataFrame | ParsedAhead | None = None,
    *,
    plan: Plan | str | Path | None = None,
    schema: MetadataSchema | None = None,
    mapping: FieldMapping | Mapping[str, Any] | None = None,
    template: Template | str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    out: Workspace | str | Path | None = None,
    **options: Unpack[OptionValues],
) -> Prepared:
    """Prepare a user list on this machine: see :func:`passage_kit.prepare`, which does so without a client.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> prepare(users_frame({"E-Mail": ["Anna@Example.org", "bo@"]})).users["email"].to_list()
    ['anna@example.org']
    """
    workspace = None if out is None else out if isinstance(out, Workspace) else Workspace(out)
    if plan is None and (since := options.get("since")):
        plan = Workspace(since).plan_path  # and with it the corrections and decisions that were made there
    with nullcontext() if workspace is None else locked(workspace.folder, "prepare", make=True):
        return _prepare(source, plan, schema, mapping, template, reading, workspace, options)


def _prepare(
    source: str | Path | pd.DataFrame | ParsedAhead | None,
    plan: Plan | str | Path | None,
    schema: MetadataSchema | None,
    mapping: FieldMapping | Mapping[str, Any] | None,
    template: Template | str | Path | None,
    reading: Mapping[str, Any] | None,
    workspace: Workspace | None,
    options: OptionValues,
) -> Prepared:
    """Run the preparation, under the lock of its workspace if it has one."""
    saved = plan if isinstance(plan, Plan) else Plan() if plan is None else Plan.load(plan)
    of_plan = workspace_of_plan(plan)
    saved = overruled(saved, source, schema, mapping, template, reading, options)
    with (
        Stages(STAGES) as stages,
        # A list that was parsed ahead is short, and stays in memory as long as its table.
        nullcontext() if workspace is None or isinstance(source, ParsedAhead) else spooling(workspace.folder),
        nullcontext() if workspace is None else writing(workspace) as outputs,
    ):
        read, users, said, saved, fixes = _read_and_map(source, saved, mapping, (workspace, of_plan), stages)
        keys = users.get(SOURCE_KEY)
        users, judged, since = _judge(users, saved, fixes.decisions, workspace, stages)
        stages.next()
        forget_all()
        saved = replace(saved, sha256=read.sha256)
        if outputs is not None:
            outputs.add_users(users, saved)
        findings = collect_findings([said, judged])
        del judged  # the largest frame of a run; one copy is enough
        findings = put_frame_aside(in_row_order(findings))
        ledger = put_frame_aside(build_ledger(read.users.index, users, findings, source_key=keys))
        forget_all()
        prepared = Prepared(users, findings, ledger, read, saved, since)
        if outputs is not None:
            stages.next()
            outputs.add_account(prepared)
    if workspace is not None:
        fixes.save(workspace)
    return prepared


class _Mapped(NamedTuple):
    """The list as read, its users as mapped and corrected, what was said of them, the plan, and what people fixed."""

    read: UserList
    users: pd.DataFrame
    findings: pd.DataFrame
    plan: Plan
    fixes: AppliedFixes


def _read_and_map(
    source: str | Path | pd.DataFrame | ParsedAhead | None,
    saved: Plan,
    mapping: FieldMapping | Mapping[str, Any] | None,
    homes: tuple[Workspace | None, Workspace | None],
    stages: Stages,
) -> _Mapped:
    """Read the list, and make users of its rows; ``homes`` are the workspaces of the run and of its plan."""
    stages.next()
    listed = source if source is not None else saved.source or ""
    read = read_source(listed, **saved.reading)
    is_ours = isinstance(listed, str | Path)  # else somebody else holds the rows, too
    read = replace(read, users=put_frame_aside(read.users)) if is_ours else read
    forget_all()
    stages.next(rows=len(read.users))
    changed, stepped = apply_value_steps(read.users, saved.steps, null_words=saved.options.null_words)
    now = replace(read, users=put_frame_aside(changed) if is_ours and saved.steps else changed)
    changes = changed_columns(saved, now, mapping)
    saved = mapped_plan(saved, now, mapping if isinstance(mapping, MappingChoices) else MappingChoices())
    saved = replace(saved, columns=known_columns(read.users.columns))
    assert saved.mapping is not None  # noqa: S101 - mapped_plan sets it
    words = saved.options.null_words
    nothing: NullWords = null_words_of(now.users) if words == "auto" else words
    forget()
    users = apply_mapping(now.users, saved.mapping, null_words=nothing, account_states=saved.options.account_states)
    match = partial(_match, users=users, read=read, plan=saved)
    fixes = applied_fixes(*homes, match, is_newer=saved.options.since is not None)
    users, findings = _users_of(now, users, saved, fixes, nothing)
    said = collect_findings([changes.findings(), findings, stepped])
    users = put_frame_aside(users) if is_ours else users
    forget()
    return _Mapped(read, users, said, saved, fixes)


def _judge(
    users: pd.DataFrame, saved: Plan, decisions: pd.DataFrame | None, workspace: Workspace | None, stages: Stages
) -> tuple[pd.DataFrame, pd.DataFrame, Since | None]:
    """Apply the rules to mapped users, and compare them with an earlier export if the plan names one."""
    before = _exported_before(saved, workspace)
    kept, judged = apply_rules(users, saved, decisions=decisions, begin=stages.next)
    if before is None:
        return kept, judged, None
    kept, of_since, since = compare_since(kept, before, mapped=users, plan=saved)
    return kept, collect_findings([judged, of_since, judge_absorbed(judged, of_since)]), since


def _exported_before(plan: Plan, workspace: Workspace | None) -> pd.DataFrame | None:
    """Load everybody whom the earlier workspace of the plan exported; None if the plan names none."""
    earlier = earlier_workspace(plan, workspace)
    return None if earlier is None else load_exported(earlier)


def earlier_workspace(plan: Plan, workspace: Workspace | None) -> Workspace | None:
    """Give the earlier workspace with which a run is compared; None if the plan names none.

    Raises
    ------
    OptionError
        If the run would write into it.
    """
    if plan.options.since is None:
        return None
    earlier = Workspace(plan.options.since)
    if workspace is not None and workspace.folder.resolve() == earlier.folder.resolve():
        raise OptionError(
            f"The export is compared with the one in {earlier.folder}, so it cannot be written there. Choose another "
            "folder for it."
        )
    return earlier


def _match(home: Workspace, *, users: pd.DataFrame, read: UserList, plan: Plan) -> Fixes:
    """Match the corrections and decisions of a workspace with the people of a source."""
    return match_fixes(
        home,
        users,
        sha256=read.sha256,
        reading=plan.reading,
        made_for=made_for(home, plan) or ("a database" if read.kind == "sql" else None),
        by_frame=read.kind in ("sql", "frame"),
    )


def overruled(
    plan: Plan, source: Any, schema: Any, mapping: Any, template: Any, reading: Any, options: OptionValues
) -> Plan:
    """Replace choices of the plan by the arguments of a call."""
    former = asdict(plan.options)
    if any(name not in former or former[name] != value for name, value in options.items()):
        plan = replace(plan, options=Options.from_dict({**former, **options}))
    if isinstance(source, (str, Path, ParsedAhead)):
        plan = replace(plan, source=source.path if isinstance(source, ParsedAhead) else str(source))
    if reading:
        plan = replace(plan, reading={**plan.reading, **reading})
    if template is not None:
        plan = replace(plan, template=template if isinstance(template, Template) else read_template(template))
    if schema is not None:
        plan = replace(plan, schema=schema)
    elif template is not None and not plan.schema:
        plan = replace(plan, schema=MetadataSchema.from_header(plan.template.header if plan.template else ()))
    if mapping is not None and not isinstance(mapping, MappingChoices):
        plan = replace(plan, mapping=mapping if isinstance(mapping, FieldMapping) else FieldMapping(mapping))
    return plan


def changed_columns(plan: Plan, read: UserList, given: FieldMapping | Mapping[str, Any] | None) -> ChangedColumns:
    """Compare the columns with those that the saved mapping was made for, and ask where lost ones come from now."""
    choices = given if isinstance(given, MappingChoices) else MappingChoices()
    mapping = plan.mapping and plan.mapping.replace(choices)
    changes = compare_columns(mapping, read.users.columns, known=plan.columns)
    if changes.lost and (given is None or isinstance(given, MappingChoices)):
        raise MappingError(changes.question())
    return changes


def mapped_plan(plan: Plan, read: UserList, choices: MappingChoices) -> Plan:
    """Complete the plan with the mapping that applies."""
    mapping = plan.mapping if plan.mapping is not None else _suggested(read, plan)
    mapping = mapping.replace(choices)
    if plan.options.identifiers_only:
        mapping = mapping.identifiers_only()
    check_decided(mapping)
    check_targets(mapping, plan.schema)
    _check_sheet(read, mapping)
    return replace(plan, mapping=mapping)


def _check_sheet(read: UserList, mapping: FieldMapping) -> None:
    """Refuse a sheet without users, such as a cover, in a workbook with others, and name these."""
    others = [title for title in read.sheets if title != read.sheet]
    if others and not any(identifier in mapping for identifier in IDENTIFIERS):
        raise MappingError(
            in_panel(
                f"No column of the sheet {read.sheet!r} looks like an email or a phone. The workbook "
                "has more sheets with "
                f"data: {', '.join(others)}. Choose the one with the users (`--sheet {others[0]!r}`).",
                "No column of the sheet {sheet} looks like an email or a phone. The workbook has more "
                "sheets with data: {others}. Choose the one with the users in the notebook "
                "01_read_and_map.",
                sheet=repr(read.sheet),
                others=", ".join(others),
            )
        )


def _suggested(read: UserList, plan: Plan) -> FieldMapping:
    return suggest_mapping(read.users, plan.schema, layout=plan.options.layout or read.layout or NO_LAYOUT)


def not_in_parts(unmapped: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Leave out findings on columns that Passage does not store, if it stores what steps make of them."""
    stored = reaches(plan.steps, plan.mapping.columns if plan.mapping else ())
    return unmapped[~(unmapped["code"].eq("column_not_stored") & unmapped["field"].isin(stored))]


def _users_of(
    read: UserList,
    users: pd.DataFrame,
    plan: Plan,
    fixes: AppliedFixes,
    nothing: NullWords,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Correct the mapped users, without the rows that the reader rejected."""
    assert plan.mapping is not None  # noqa: S101 - mapped_plan sets it
    unreadable = read.findings.loc[read.findings["effect"] == "rejected", SOURCE_ROW]
    users = without_rows(users, unreadable)
    unmapped = unmapped_columns(read.users, plan.mapping, null_words=nothing)
    corrected = no_findings()
    if fixes.corrections is not None and len(fixes.corrections):
        users, corrected = apply_corrections(users, fixes.corrections)
    findings = [read.findings, not_in_parts(unmapped, plan), corrected]
    if fixes.said is not None:
        findings.append(fixes.said)
    going_on = rows_going_on(read.users, without_rows(users, corrected[SOURCE_ROW]), plan.mapping)
    users = without_rows(users, going_on.loc[going_on["effect"] == "rejected", SOURCE_ROW])
    findings.append(going_on)
    return users, collect_findings(findings)
