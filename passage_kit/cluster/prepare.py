"""Whole preparation on a cluster: the steps of one machine on partitions, and between them the evidence of all."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from passage_kit.cluster.database_steps import is_database
from passage_kit.cluster.engine import engine_of
from passage_kit.cluster.fixed_steps import files_of_fixes
from passage_kit.cluster.job import Job
from passage_kit.cluster.result import PreparedOnCluster
from passage_kit.cluster.resuming import Resuming, own_folder, state_of
from passage_kit.cluster.storage import WORK, Storage
from passage_kit.cluster.whole_run import WholeRun
from passage_kit.cluster.writing_steps import (
    STAGES,
)
from passage_kit.database.urls import without_secrets
from passage_kit.errors import OptionError
from passage_kit.mapping.mapping import FieldMapping, MappingChoices
from passage_kit.metadata.console_template import Template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.applied_fixes import workspace_of_plan
from passage_kit.preparation.exported import check_exported
from passage_kit.preparation.outputs import PASSAGE_IDS_FILE
from passage_kit.preparation.run import earlier_workspace, overruled
from passage_kit.preparation.since import BEFORE
from passage_kit.workspace.lock import clear_parts, locked
from passage_kit.workspace.options import OptionValues
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

ROWS = 250_000  # of a partition: a worker with 2 GB holds what a step needs of so many


def prepare_on_cluster(
    source: str | Path | None = None,
    *,
    client: Any,
    out: str | Path,
    plan: Plan | str | Path | None = None,
    schema: MetadataSchema | None = None,
    mapping: FieldMapping | Mapping[str, Any] | None = None,
    rows: int = ROWS,
    **options: Unpack[OptionValues],
) -> PreparedOnCluster:
    """Prepare a user list on many machines, with the outputs that :func:`passage_kit.prepare` gives on one.

    Workers read the files, judge partitions of their rows, and write the outputs. This process holds counts and
    evidence, never the list. A worker that is lost is recovered by the engine. If this process is stopped, the same
    call goes on from what is complete.

    Parameters
    ----------
    source : str or pathlib.Path, optional
        File, folder or pattern of files (``users/*.parquet``), which all workers see: a shared folder, or an address
        such as ``s3://bucket/users/*.parquet``. A file is read by one worker, a large one of CSV, Parquet or NDJSON by
        many. Or the URL of a database, whose table the plan names (``reading={"table": "users"}``). Default: the source
        of the plan.
    client : distributed.Client
        Client of a Dask cluster.
    out : str or pathlib.Path
        Folder or address of the outputs, which all workers see. The kit applies the corrections and decisions of a
        folder, or else those beside the plan.
    plan : Plan, str or pathlib.Path, optional
        Saved choices; the other arguments overrule them. Default: no saved choices.
    schema : MetadataSchema, optional
        The app's metadata fields. Default: those of the plan.
    mapping : FieldMapping or mapping, optional
        Origin of each target. Default: that of the plan, or else a suggested one, as on one machine.
        :class:`passage_kit.mapping.mapping.MappingChoices` replace some of its origins.
    rows : int, default 250,000
        Most rows of a partition. The outputs do not depend on it.
    **options
        Options of the preparation by name: see :class:`passage_kit.Options`.

    Returns
    -------
    PreparedOnCluster
        The counts; the users are in the outputs.

    Raises
    ------
    OptionError
        If there is no source, ``since`` is an address, or workers have other versions.
    PassageKitError
        As :func:`passage_kit.prepare`. Without its manifest, which is written last, an output is not complete.

    See Also
    --------
    prepare : Prepare a list on this machine.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.cluster.engine import InThisProcess
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "users.csv").write_text("Mail\\nann@example.org\\nANN@example.org\\nbo@\\n")
    >>> prepared = prepare_on_cluster(
    ...     folder / "users.csv", client=InThisProcess(), out=folder / "out", mapping={"email": "Mail"}, rows=2
    ... )
    >>> print(prepared.funnel.sum)
    1 exported + 1 absorbed + 1 rejected = 3 read
    """
    return run_on_cluster(
        source, client=client, out=out, plan=plan, schema=schema, mapping=mapping, rows=rows, options=options
    )


def run_on_cluster(
    source: str | Path | None = None,
    *,
    client: Any,
    out: str | Path,
    plan: Plan | str | Path | None = None,
    schema: MetadataSchema | None = None,
    mapping: FieldMapping | Mapping[str, Any] | None = None,
    template: Template | str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    rows: int = ROWS,
    options: Any,
) -> PreparedOnCluster:
    """Prepare as :func:`prepare_on_cluster` does, with what :func:`passage_kit.prepare` takes beside it."""
    if plan is None and (since := options.get("since")) and "://" not in str(since):
        plan = Workspace(since).plan_path  # and with it the corrections and decisions that were made there
    saved = plan if isinstance(plan, Plan) else Plan() if plan is None else Plan.load(plan)
    saved = overruled(saved, source, schema, mapping, template, reading, options)
    storage = Storage(str(out))
    _check(saved, rows)
    engine = engine_of(client)
    address = saved.source or ""
    if is_database(address):  # which only the calls that read it are told
        saved = replace(saved, source=without_secrets(address))
    workspace, of_plan = Workspace(out) if storage.is_local else None, workspace_of_plan(plan)
    earlier = earlier_workspace(saved, workspace)
    if earlier is not None:
        check_exported(earlier)
    with nullcontext() if workspace is None else locked(workspace.folder, "prepare", make=True):
        choices = mapping if isinstance(mapping, MappingChoices) else MappingChoices()
        job = own_folder(
            Job(storage, saved, rows), choices, *files_of_fixes(workspace, of_plan), *files_of_earlier(earlier)
        )
        run = WholeRun(Resuming(engine, job.storage), job, mapping, address, (workspace, of_plan))
        prepared = run.prepare()
        storage.remove(WORK)
        for name in () if workspace is None else STAGES:
            clear_parts(Path(out, "stages", name))
    return prepared


def files_of_earlier(workspace: Workspace | None) -> list[str]:
    """Tell the content of the files of an earlier export, without reading them."""
    if workspace is None:
        return []
    paths = [workspace.stage_path(name) for name in ("users", "ledger", BEFORE)]
    return [state_of(str(path)) for path in (*paths, workspace.out / PASSAGE_IDS_FILE)]


def _check(plan: Plan, rows: int) -> None:
    """Refuse what a run on a cluster does not do, rather than write something else than one machine does."""
    all_of_it = "Give a source, or run passage_kit.prepare on one machine, which does all of it."
    refused = {
        "no source": (plan.source is None, all_of_it),
        "since at an address": (
            "://" in (plan.options.since or ""),
            "Copy the earlier output to a folder that all machines see, for example with `aws s3 cp --recursive`, and "
            "name that folder.",
        ),
        "partitions of no rows": (rows < 1, all_of_it),
    }
    for what, (is_so, advice) in refused.items():
        if is_so:
            raise OptionError(f"A run on a cluster cannot go on with {what}. {advice}")
