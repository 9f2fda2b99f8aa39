"""The migration report: one self-contained HTML file with every personal value masked.

The same input gives the same report on the same day, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.profile import look_at
from passage_kit.columns.users_frame import (
    HELPERS,
    IDENTIFIERS,
    arrow,
    filter_rows,
    mask_of,
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
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.translations import gettext, language, long_date

_LARGEST = 10  # clusters that are shown
_SIZES = 5  # clusters of this size and above are counted together


class ReadFacts(Protocol):
    """Facts about the source that was read."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def sha256(self) -> str | None: ...
    @property
    def encoding(self) -> str | None: ...
    @property
    def delimiter(self) -> str | None: ...
    @property
    def header_line(self) -> int | None: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def looks_like(self) -> str | None: ...


class Reported(Protocol):
    """The parts of a preparation that a report shows; see :class:`passage_kit.preparation.prepared.Prepared`."""

    @property
    def source(self) -> ReadFacts: ...
    @property
    def raw(self) -> pd.DataFrame: ...
    @property
    def users(self) -> pd.DataFrame: ...
    @property
    def findings(self) -> pd.DataFrame: ...
    @property
    def ledger(self) -> pd.DataFrame: ...
    @property
    def funnel(self) -> Funnel: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def mapping(self) -> Any: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def schema(self) -> MetadataSchema: ...


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    filled: int
    share: float
    looks_like: str
    type: str
    samples: list[str]


@dataclass(frozen=True, slots=True)
class _Cluster:
    survivor_row: int
    identifiers: list[str]
    size: int
    absorbed_rows: list[int]


@dataclass(frozen=True, slots=True)
class _Clusters:
    count: int
    sizes: list[tuple[str, int]]
    largest: list[_Cluster]


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
    names = ShownNames(prepared.raw.columns)
    groups = group_findings(prepared.findings, names, word_fields(prepared.schema))
    counts, mapped, settings = prepared.funnel, list(prepared.mapping.to_frame()["target"]), prepared.settings
    clusters = _clusters(prepared.ledger, prepared.users)
    second_path, strict = (bool(settings.get(name)) for name in ("identifiers_only", "strict"))
    headings = _headings()
    values = {
        "language": language(),
        "date": long_date(on or date.today()),
        "source": {"name": shown_name(prepared.source.name)},
        "done": list_done(counts, clusters.count, prepared.raw.shape[1], mapped, strict=strict),
        "decisions": list_decisions(groups, counts.rejected_by),
        "left": list_left(mapped, identifiers_only=second_path),
        "funnel": _counts(counts),
        "notices": _noticed(prepared.notices, names),
        "headings": headings,
        "groups": {effect: [group.to_dict() for group in groups if group.effect == effect] for effect in headings},
        "identifiers": IDENTIFIERS,
        "codes": {code: _explained(code) for code in counts.rejected_by},
        "before": [asdict(column) for column in _profile(prepared.raw, names)],
        "after": [asdict(column) for column in _profile(_sent(prepared.users), names)],
        "clusters": asdict(clusters),
        "mapping": _mapped(prepared.mapping.to_frame(), names),
        "not_stored": _not_stored(prepared.findings, names),
        "reading": _reading(prepared.source),
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


def _sent(users: pd.DataFrame) -> pd.DataFrame:
    """Leave out the helpers, which do not go to Passage."""
    return users.drop(columns=[name for name in HELPERS if name in users])


def _mapped(mapping: pd.DataFrame, names: ShownNames) -> list[dict[str, str]]:
    entries = mapping[["target", "source"]].to_dict("records")
    return [{str(part): names.show(name) for part, name in entry.items()} for entry in entries]


def _profile(frame: pd.DataFrame, names: ShownNames) -> list[_Column]:
    return [_column(frame.iloc[:, at], names) for at in range(frame.shape[1])]


def _column(column: pd.Series[Any], names: ShownNames) -> _Column:
    """Describe how full a column is and what its first values look like."""
    look = look_at(column)
    samples = list(dict.fromkeys(map(mask, look.samples)))
    return _Column(names.show(column.name), look.filled, look.share, look.looks_like, _type_name(column.dtype), samples)


def _type_name(dtype: Any) -> str:
    names = {"bool": "boolean", "int64": "integer", "date32[day]": "date"}
    return names.get(str(getattr(dtype, "pyarrow_dtype", dtype)), "string")


def _clusters(ledger: pd.DataFrame, users: pd.DataFrame) -> _Clusters:
    """Describe the people merged from several rows: number, sizes, and the largest of them."""
    survivors = arrow(ledger["survivor_row"])
    absorbed, into = np.flatnonzero(survivors.is_valid()), survivors.drop_null().to_numpy()
    rows, sizes = np.unique(into, return_counts=True)
    sizes += 1
    shown = np.bincount(np.minimum(sizes, _SIZES), minlength=_SIZES + 1)
    names = [*(str(size) for size in range(2, _SIZES)), gettext("{size} or more", size=_SIZES)]
    largest = np.argsort(-sizes, kind="stable")[:_LARGEST]
    people = filter_rows(users, np.isin(users.index, rows[largest]))
    return _Clusters(
        count=len(rows),
        sizes=[(name, count) for name, count in zip(names, shown[2:].tolist(), strict=True) if count],
        largest=[
            _Cluster(int(row), _identifiers(people, row), int(size), ledger.index.take(absorbed[into == row]).tolist())
            for row, size in zip(rows[largest], sizes[largest], strict=True)
        ],
    )


def _identifiers(users: pd.DataFrame, row: int) -> list[str]:
    values = [users.loc[row, name] for name in IDENTIFIERS if name in users]
    return [mask(value) for value in values if not pd.isna(value)]


def _not_stored(findings: pd.DataFrame, names: ShownNames) -> list[str]:
    entries = filter_rows(findings, mask_of(pc.equal(arrow(findings["code"]), "column_not_stored")))
    shown = [names.show(name).removeprefix("column ") for name in entries["field"]]
    columns = {name: arrow(entries[name]).cast(pa.string()).combine_chunks() for name in ("other_row", "argument")}
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
