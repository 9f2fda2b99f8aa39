"""The migration report: one self-contained HTML file with every personal value masked.

It has no date in it, so the same input gives the same report, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.profile import look_at
from passage_kit.columns.users_frame import IDENTIFIERS, SOURCE_ROW, TEXT, arrow, mask_of
from passage_kit.export.report_page import ReportPage
from passage_kit.export.shown_names import ShownNames, shown_name
from passage_kit.files.file_set import FileSet
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import describe_findings, fill_sentence
from passage_kit.findings.funnel import Funnel, count_distinct
from passage_kit.findings.notices import Notices
from passage_kit.masking import mask

_EXAMPLES = 5  # shown of each code
_LOOKED_AT = 100  # findings of each code, in search of examples that differ
_LARGEST = 10  # clusters that are shown
_SIZES = 5  # clusters of this size and above are counted together

# What a report calls each effect, in the order in which a person should look at them.
_HEADINGS = {
    "rejected": ("Rejected", "The row was left out."),
    "withheld": ("Withheld", "The value was left out; its row went on."),
    "absorbed": ("Absorbed", "The row was merged into another one."),
    "warning": ("Warnings", "Nothing was changed; worth a look."),
    "changed": ("Changed", "The value was written in another form."),
}


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


@dataclass(frozen=True, slots=True)
class _Example:
    source_row: int | None
    field: str
    value: str
    sentence: str

    @property
    def tells(self) -> bool:
        """Tell whether it says more than its row number."""
        return bool(self.value or self.sentence or (self.source_row is None and self.field))


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one code and one effect."""

    code: str
    effect: str
    findings: int
    rows: int
    examples: list[_Example]

    @property
    def meaning(self) -> str:
        return CODES[self.code].meaning

    @property
    def next_step(self) -> str:
        return CODES[self.code].next_step


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


def render_report(prepared: Reported) -> str:
    """Render the migration report as HTML.

    Parameters
    ----------
    prepared : Prepared
        What :func:`passage_kit.prepare` returned.

    Returns
    -------
    str
        A whole page with its styles and charts, without scripts and links to other pages. Values are masked, and
        so are names of columns that look like a user; row numbers and counts are not.
    """
    return report_page(prepared).to_html()


def report_page(prepared: Reported) -> ReportPage:
    """Collect what the migration report shows of a preparation.

    Parameters
    ----------
    prepared : Prepared
        What :func:`passage_kit.prepare` returned.

    Returns
    -------
    ReportPage
        Plain values, everything personal masked.
    """
    names = ShownNames(prepared.raw.columns)
    groups = _groups(prepared.findings, names)
    counts = prepared.funnel
    occurring = {group.code for group in groups} | counts.rejected_by.keys()
    values = {
        "source": {"name": shown_name(prepared.source.name)},
        "funnel": _counts(counts),
        "notices": _noticed(prepared.notices, names),
        "headings": _HEADINGS,
        "groups": {effect: [_shown_group(group) for group in groups if group.effect == effect] for effect in _HEADINGS},
        "absent_codes": [code for code in CODES if code not in occurring],
        "identifiers": IDENTIFIERS,
        "codes": {code: asdict(CODES[code]) for code in counts.rejected_by},
        "before": [asdict(column) for column in _profile(prepared.raw, names)],
        "after": [asdict(column) for column in _profile(prepared.users, names)],
        "clusters": asdict(_clusters(prepared.ledger, prepared.users)),
        "mapping": _mapped(prepared.mapping.to_frame(), names),
        "not_stored": _not_stored(prepared.findings, names),
        "reading": _reading(prepared.source),
        "settings": {name: _shown(value, names) for name, value in prepared.settings.items()},
    }
    return ReportPage(json.loads(json.dumps(values)))  # fails here if a value is not plain


def _counts(funnel: Funnel) -> dict[str, Any]:
    in_words = {name: getattr(funnel, name) for name in ("adds_up", "rejected_on_reading", "sum")}
    return {**asdict(funnel), **in_words}


def _noticed(notices: Notices, names: ShownNames) -> list[tuple[str, str]]:
    """Write the notices by their heading, with the names of columns masked that look like a user."""
    return [*replace(notices, secrets=tuple(map(names.show, notices.secrets))).lines.items()]


def _mapped(mapping: pd.DataFrame, names: ShownNames) -> list[dict[str, str]]:
    entries = mapping[["target", "source"]].to_dict("records")
    return [{str(part): names.show(name) for part, name in entry.items()} for entry in entries]


def _shown_group(group: _Group) -> dict[str, Any]:
    examples = [asdict(example) | {"tells": example.tells} for example in group.examples]
    return asdict(group) | {"meaning": group.meaning, "next_step": group.next_step, "examples": examples}


def _groups(findings: pd.DataFrame, shown: ShownNames) -> list[_Group]:
    """Group the findings by code and effect, most first."""
    table = pa.Table.from_pandas(findings, preserve_index=False).combine_chunks()  # a take of chunks copies them all
    code, effect = (table[name].combine_chunks().dictionary_encode() for name in ("code", "effect"))
    kind = code.indices.to_numpy() * len(effect.dictionary) + effect.indices.to_numpy()
    kind = kind.astype(np.int16)  # few, so sorting them is quick
    counts, names = np.bincount(kind), code.dictionary.to_pylist()
    groups = [
        _Group(
            code=names[number // len(effect.dictionary)],
            effect=effect.dictionary[number % len(effect.dictionary)].as_py(),
            findings=len(at),
            rows=count_distinct(table[SOURCE_ROW].take(pa.array(at)).drop_null().to_numpy()),
            examples=_examples(names[number // len(effect.dictionary)], table.take(pa.array(at[:_LOOKED_AT])), shown),
        )
        for number, at in enumerate(np.split(np.argsort(kind, kind="stable"), np.cumsum(counts)[:-1]))
        if len(at)
    ]
    return sorted(groups, key=lambda group: (-group.findings, group.code))


def _examples(code: str, findings: pa.Table, shown: ShownNames) -> list[_Example]:
    """Pick the first findings of a code, one of those that look the same when masked."""
    columns = {
        "field": pa.array([name and shown.show(name) for name in findings["field"].to_pylist()], pa.string()),
        "other_row": findings["other_row"].combine_chunks().cast(pa.string()),
        "argument": _masked_arguments(code, findings["argument"], shown),
    }
    columns_said = columns | {"field": pc.replace_substring_regex(columns["field"], "^column ", "")}
    said = fill_sentence(code, columns_said) if CODES[code].argument != "text" else pa.nulls(len(findings), pa.string())
    values = [mask(value or "") for value in findings["value"].to_pylist()]
    rows, fields = findings[SOURCE_ROW].to_pylist(), columns["field"].to_pylist()
    seen: dict[tuple[Any, ...], _Example] = {}
    for row, field, value, sentence in zip(rows, fields, values, said.to_pylist(), strict=True):
        example = _Example(row, field or "", value, sentence or "")
        seen.setdefault((field, value, sentence) if example.tells else (row,), example)
        if len(seen) >= _EXAMPLES and sum(each.tells for each in seen.values()) == _EXAMPLES:
            break
    # examples with a value come before bare row numbers
    return sorted(seen.values(), key=lambda example: not example.tells)[:_EXAMPLES]


def _masked_arguments(code: str, arguments: pa.ChunkedArray, names: ShownNames) -> pa.Array:
    """Mask the arguments of a finding for the report, except the kit's own words."""
    show = mask if CODES[code].argument == "value" else names.show_word
    return pa.array([text and show(text) for text in arguments.to_pylist()], pa.string())


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
    names = [*(str(size) for size in range(2, _SIZES)), f"{_SIZES} or more"]
    largest = np.argsort(-sizes, kind="stable")[:_LARGEST]
    people = users.iloc[np.flatnonzero(np.isin(users.index, rows[largest]))]
    return _Clusters(
        count=len(rows),
        sizes=list(zip(names, shown[2:].tolist(), strict=True)),
        largest=[
            _Cluster(int(row), _identifiers(people, row), int(size), ledger.index.take(absorbed[into == row]).tolist())
            for row, size in zip(rows[largest], sizes[largest], strict=True)
        ],
    )


def _identifiers(users: pd.DataFrame, row: int) -> list[str]:
    values = [users.loc[row, name] for name in IDENTIFIERS if name in users]
    return [mask(value) for value in values if not pd.isna(value)]


def _not_stored(findings: pd.DataFrame, names: ShownNames) -> list[str]:
    entries = findings.iloc[np.flatnonzero(mask_of(pc.equal(arrow(findings["code"]), "column_not_stored")))]
    shown = entries.assign(
        field=pd.array([names.show(name).removeprefix("column ") for name in entries["field"]], dtype=TEXT)
    )
    return list(describe_findings(shown)["detail"])


def _reading(source: ReadFacts) -> dict[str, str]:
    """Describe how the source was read, as far as it applies."""
    delimiter = {"\t": "tab", " ": "space"}.get(source.delimiter or "", source.delimiter)
    facts = {
        "Kind": source.kind,
        "Layout": source.looks_like,
        "SHA-256": source.sha256,
        "Encoding": source.encoding,
        "Delimiter": delimiter,
        "Header line": "none" if source.header_line == 0 else source.header_line,
        "Sheet": source.sheet and shown_name(source.sheet),
    }
    return {name: str(fact) for name, fact in facts.items() if fact is not None}


def _shown(value: Any, names: ShownNames) -> str:
    match value:
        case None | {} | [] | ():
            return "not set"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{names.show(name)} = {_shown(entry, names)}" for name, entry in value.items())
        case str():
            return names.show(value)
        case list() | tuple():
            return ", ".join(_shown(entry, names) for entry in value)
    return str(value)
