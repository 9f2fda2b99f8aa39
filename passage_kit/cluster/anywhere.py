"""The preparation of a user list, wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, overload

import pandas as pd

from passage_kit.errors import OptionError
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.console_template import Template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation import run
from passage_kit.preparation.prepared import Prepared
from passage_kit.reading.parsed_ahead import ParsedAhead
from passage_kit.workspace.options import OptionValues
from passage_kit.workspace.plan import Plan
from passage_kit.workspace.workspace import Workspace

if TYPE_CHECKING:
    from passage_kit.cluster.result import PreparedOnCluster


@overload
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
) -> Prepared: ...


@overload
def prepare(
    source: str | Path | None = None,
    *,
    plan: Plan | str | Path | None = None,
    schema: MetadataSchema | None = None,
    mapping: FieldMapping | Mapping[str, Any] | None = None,
    template: Template | str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    out: Workspace | str | Path | None = None,
    client: Any,
    **options: Unpack[OptionValues],
) -> PreparedOnCluster: ...


def prepare(
    source: Any = None,
    *,
    plan: Plan | str | Path | None = None,
    schema: MetadataSchema | None = None,
    mapping: FieldMapping | Mapping[str, Any] | None = None,
    template: Template | str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    out: Workspace | str | Path | None = None,
    **options: Any,
) -> Prepared | PreparedOnCluster:
    """Prepare a user list for Passage, from the messy export to users that can be imported.

    The kit withholds a bad value and keeps its row. It rejects a row that has no identifier left or lacks a required
    metadata field. It writes files only if ``out`` is given.

    Parameters
    ----------
    source : str, pathlib.Path or pandas.DataFrame, optional
        The user list: a path, a database URL, a frame, or the result of
        :func:`passage_kit.reading.parsed_ahead.parse_ahead`. Default: the source of the plan.
    plan : Plan, str or pathlib.Path, optional
        Saved choices; the other arguments overrule them. Default: no saved choices.
    schema : MetadataSchema, optional
        The app's metadata fields. Default: those of the plan, else the template's columns as strings, else none.
    mapping : FieldMapping or mapping, optional
        Origin of each target. Default: the mapping of the plan, or else a suggested one.
        :class:`passage_kit.mapping.mapping.MappingChoices` replace some of its origins.
    template : Template, str or pathlib.Path, optional
        The Console template. Default: the template of the plan, if any.
    reading : mapping, optional
        Options for reading the source if detection is not enough: see :func:`passage_kit.read_source`.
    out : Workspace, str or pathlib.Path, optional
        Folder of the migration. The kit applies its corrections and decisions, and writes the plan and the outputs to
        it. Default: None, nothing is written.
    client : distributed.Client, optional
        Client of a Dask cluster on which to prepare, with the same outputs: see :func:`passage_kit.prepare_on_cluster`.
        ``out`` is needed then. Default: prepare on this machine.
    **options
        Options of the preparation by name: see :class:`passage_kit.Options`. ``since``, the folder of an earlier
        export, leaves out who was exported there; without ``plan``, the plan of that folder applies.
        ``fast_paths=False`` judges cell by cell, with the same result.

    Returns
    -------
    Prepared or PreparedOnCluster
        The users, the findings, the ledger, the source as read, and the plan with every choice; on a cluster the
        counts alone, since the users are in the outputs.

    Raises
    ------
    PassageKitError
        If the source cannot be read, mapping, fields and template do not fit, an option is unknown, or an output
        cannot be written. The former files in ``out`` then stay unchanged.

    See Also
    --------
    Prepared : The result, with its counts.
    Plan : The choices, to save and run again.
    push_users : Send the prepared users to Passage.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> emails = ["Anna@Example.org", "anna@example.org", "bo@"]
    >>> raw = users_frame({"E-Mail": emails, "Tel": ["(415) 555-2671", "", "1"]})
    >>> prepared = prepare(raw, default_region="US")
    >>> prepared.users
                           email         phone
    source_row
    1           anna@example.org  +14155552671
    >>> prepared.ledger[["disposition", "survivor_row"]]
               disposition survivor_row
    source_row
    1                 kept         <NA>
    2             absorbed            1
    3             rejected         <NA>
    """
    client = options.pop("client", None)
    if client is None:
        return run.prepare(
            source, plan=plan, schema=schema, mapping=mapping, template=template, reading=reading, out=out, **options
        )
    from passage_kit.cluster.prepare import run_on_cluster  # another engine, which a plain install lacks

    if out is None or isinstance(source, pd.DataFrame | ParsedAhead):
        raise OptionError(
            "On a cluster, the workers read the source and write the outputs. Give the source as a path or an address "
            "that they see, and the same for out; or leave out client, and prepare on this machine."
        )
    return run_on_cluster(
        source,
        client=client,
        out=out.folder if isinstance(out, Workspace) else out,
        plan=plan,
        schema=schema,
        mapping=mapping,
        template=template,
        reading=reading,
        options=options,
    )
