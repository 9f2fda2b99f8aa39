"""The migration report: one self-contained HTML file with every personal value masked.

The same input gives the same report on the same day, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from passage_kit.columns.users_frame import IDENTIFIERS, arrow
from passage_kit.export.report_facts import (
    LARGE,
    ClusterFacts,
    ColumnFacts,
    ReadFacts,
    Reported,
    ReportFacts,
    facts_of,
)
from passage_kit.export.report_page import ReportPage
from passage_kit.export.report_summary import list_decisions, list_done, list_left
from passage_kit.export.shown_findings import group_findings, word_fields
from passage_kit.export.shown_names import ShownNames, shown_name
from passage_kit.files.file_set import FileSet
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import fill_sentence
from passage_kit.findings.funnel import Funnel
from passage_kit.findings.notices import Notices
from passage_kit.masking import mask
from passage_kit.translations import gettext, language, long_date


def write_report(prepared: Reported, path: str | Path) -> Path:
    """Write the migration report, whole or not at all.

    Parameters
    ----------
    prepared : Prepared
        What :func:`passage_kit.prepare` returned.
    path : str or pathlib.Path
        The file, such as ``out/report.html``. Its folder is made if missing.

    Returns
    -------
    pathlib.Path
        ``path``.

    Raises
    ------
    OutputError
        If the file cannot be written. A former file stays as it was.

    See Also
    --------
    passage_kit.prepare : Prepare the users that the report is about.
    passage_kit.write_console_csv : Write the CSV for the Console.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.preparation.run import prepare
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = Path(folder, "users.csv").write_text("email\\nanna@example.org\\n")
    >>> prepared = prepare(folder / "users.csv", out=folder)
    >>> write_report(prepared, folder / "report.html").name
    'report.html'
    """
    with FileSet() as files:
        files.new(path).write_text(render_report(prepared), encoding="utf-8", newline="\n")
    return Path(path)


def render_report(prepared: Reported, *, on: date | None = None) -> str:
    """Render the migration report as HTML.

    Parameters
    ----------
    prepared : Prepared
        What :func:`passage_kit.prepare` returned.
    on : datetime.date, optional
        Day of the report. Default: today.

    Returns
    -------
    str
        A whole page with its styles and charts, without scripts and links to other pages. Values are masked, and
        so are names of columns that look like a user; row numbers and counts are not.
    """
    return report_page(prepared, on=on).to_html()


def report_page(prepared: Reported, *, on: date | None = None) -> ReportPage:
    """Collect what the migration report shows of a preparation.

    Parameters
    ----------
    prepared : Prepared
        What :func:`passage_kit.prepare` returned.
    on : datetime.date, optional
        Day of the report. Default: today.

    Returns
    -------
    ReportPage
        Plain values, everything personal masked.
    """
    return page_of(facts_of(prepared), on=on)


def page_of(facts: ReportFacts, *, on: date | None = None) -> ReportPage:
    """Make the page of a report from its facts, with everything personal masked.

    Parameters
    ----------
    facts : ReportFacts
        What is shown.
    on : datetime.date, optional
        Day of the report. Default: today.
    """
    names = ShownNames(column.name for column in facts.before)
    groups = group_findings(facts.kinds, names, word_fields(facts.schema))
    counts, mapped, settings = facts.funnel, list(facts.mapping.to_frame()["target"]), facts.settings
    second_path, strict = (bool(settings.get(name)) for name in ("identifiers_only", "strict"))
    headings = _headings()
    values = {
        "language": language(),
        "date": long_date(on or date.today()),
        "source": {"name": shown_name(facts.source.name)},
        "done": list_done(counts, facts.clusters.count, len(facts.before), mapped, strict=strict),
        "decisions": list_decisions(groups, counts.rejected_by),
        "left": list_left(mapped, identifiers_only=second_path),
        "funnel": _counts(counts),
        "notices": _noticed(facts.notices, names),
        "headings": headings,
        "groups": {effect: [group.to_dict() for group in groups if group.effect == effect] for effect in headings},
        "identifiers": IDENTIFIERS,
        "codes": {code: _explained(code) for code in counts.rejected_by},
        "before": [_column(column, names) for column in facts.before],
        "after": [_column(column, names) for column in facts.after],
        "clusters": _clusters(facts.clusters, facts.identifiers),
        "mapping": _mapped(facts.mapping.to_frame(), names),
        "not_stored": _not_stored(facts.not_stored, names),
        "reading": _reading(facts.source),
        "settings": {name: _shown(value, names) for name, value in settings.items()},
    }
    return ReportPage(json.loads(json.dumps(values)))  # fails here if a value is not plain


def _headings() -> dict[str, tuple[str, str]]:
    """Say what the report calls each effect, in the order in which a person should look at them."""
    return {
        "rejected": (gettext("Rejected"), gettext("The row was left out.")),
        "withheld": (gettext("Withheld"), gettext("The value was left out; its row went on.")),
        "absorbed": (gettext("Absorbed"), gettext("The row was merged into another one.")),
        "warning": (gettext("Warnings"), gettext("Nothing was changed; worth a look.")),
        "changed": (gettext("Changed"), gettext("The value was written in another form.")),
    }


def _explained(code: str) -> dict[str, str]:
    return {"meaning": gettext(CODES[code].meaning), "next_step": gettext(CODES[code].next_step)}


def _counts(funnel: Funnel) -> dict[str, Any]:
    in_words = {name: getattr(funnel, name) for name in ("adds_up", "rejected_on_reading")}
    return {**asdict(funnel), **in_words}


def _noticed(notices: Notices, names: ShownNames) -> list[tuple[str, str]]:
    """Write the notices by their heading, with the names of columns masked that look like a user.

    The warnings are left out, since the report has them by their meanings.
    """
    return [*replace(notices, secrets=tuple(map(names.show, notices.secrets)), warned=0).lines.items()]


def _mapped(mapping: pd.DataFrame, names: ShownNames) -> list[dict[str, str]]:
    entries = mapping[["target", "source"]].to_dict("records")
    return [{str(part): names.show(name) for part, name in entry.items()} for entry in entries]


def _column(column: ColumnFacts, names: ShownNames) -> dict[str, Any]:
    """Describe how full a column is and what its first values look like."""
    look = column.look
    return {
        "name": names.show(column.name),
        "filled": look.filled,
        "share": look.share,
        "looks_like": look.looks_like,
        "type": column.type,
        "samples": list(dict.fromkeys(map(mask, look.samples))),
    }


def _clusters(clusters: ClusterFacts, identifiers: Mapping[int, list[str]]) -> dict[str, Any]:
    """Describe the people merged from several rows: number, sizes, and the largest of them."""
    names = {size: str(size) for size in range(2, LARGE)} | {LARGE: gettext("{size} or more", size=LARGE)}
    return {
        "count": clusters.count,
        "sizes": [(name, clusters.sizes[size]) for size, name in names.items() if size in clusters.sizes],
        "largest": [
            {
                "survivor_row": cluster.survivor_row,
                "identifiers": list(map(mask, identifiers[cluster.survivor_row])),
                "size": cluster.size,
                "absorbed_rows": list(cluster.absorbed_rows),
            }
            for cluster in clusters.largest
        ],
    }


def _not_stored(findings: pd.DataFrame, names: ShownNames) -> list[str]:
    shown = [names.show(name).removeprefix("column ") for name in findings["field"]]
    columns = {name: arrow(findings[name]).cast(pa.string()).combine_chunks() for name in ("other_row", "argument")}
    columns["field"] = pa.array(shown, pa.string())
    return list(fill_sentence("column_not_stored", columns, say=gettext).to_pylist())


def _reading(source: ReadFacts) -> dict[str, str]:
    """Describe how the source was read, as far as it applies."""
    delimiter = {"\t": gettext("tab"), " ": gettext("space")}.get(source.delimiter or "", source.delimiter)
    facts = {
        gettext("Kind"): source.kind,
        gettext("Layout"): source.looks_like,
        "SHA-256": source.sha256,
        gettext("Encoding"): source.encoding,
        gettext("Delimiter"): delimiter,
        gettext("Header line"): gettext("none") if source.header_line == 0 else source.header_line,
        gettext("Sheet"): source.sheet and shown_name(source.sheet),
    }
    return {name: str(fact) for name, fact in facts.items() if fact is not None}


def _shown(value: Any, names: ShownNames) -> str:
    if value is None or (isinstance(value, Mapping | list | tuple) and not value):
        return gettext("not set")
    match value:
        case bool():
            return gettext("yes") if value else gettext("no")
        case Mapping():
            return ", ".join(f"{names.show(name)} = {_shown(entry, names)}" for name, entry in value.items())
        case str():
            return names.show(value)
        case list() | tuple():
            return ", ".join(_shown(entry, names) for entry in value)
    return str(value)
