"""The first page of the migration report: what was done, what a person has to decide, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.findings.catalogue import CODES, to_decide
from passage_kit.findings.funnel import Funnel, counted

_SHOWN = 6  # kinds of findings that need a decision
_WORDS = {"withheld": "with a value left out", "warning": "to look at"}


class GroupCounts(Protocol):
    """The findings of one code and one effect."""

    @property
    def code(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def findings(self) -> int: ...
    @property
    def rows(self) -> int: ...


def list_done(funnel: Funnel, people: int, columns: int, mapped: Iterable[str], *, strict: bool) -> list[str]:
    """Say what the preparation did, a sentence for each step that did something.

    Parameters
    ----------
    funnel : Funnel
        Counts of the rows.
    people : int
        Users who are made of several rows.
    columns : int
        Columns of the source.
    mapped : iterable of str
        Targets of the mapping.
    strict : bool
        True if a value that cannot be used rejects its row.

    Examples
    --------
    >>> counts = Funnel(read=3, normalized=2, normalized_values=4, absorbed=1, exported=2)
    >>> list_done(counts, 1, 5, ["email", "plan"], strict=False)[1:]
    ['4 values in 2 rows were written in their normal form.', '1 row was merged into 1 user who had several.']
    """
    targets = list(mapped)
    said = [f"{counted(funnel.read, 'row')} with {counted(columns, 'column')} read, {len(targets):,} of them mapped."]
    if funnel.normalized:
        was = "was" if funnel.normalized_values == 1 else "were"
        values, rows = counted(funnel.normalized_values, "value"), counted(funnel.normalized, "row")
        said.append(f"{values} in {rows} {was} written in {'its' if was == 'was' else 'their'} normal form.")
    if funnel.withheld and not strict:
        was = "was" if funnel.withheld_values == 1 else "were"
        said.append(f"{counted(funnel.withheld_values, 'value')} {was} left out; the users go on without.")
    if funnel.absorbed:
        was = "was" if funnel.absorbed == 1 else "were"
        said.append(f"{counted(funnel.absorbed, 'row')} {was} merged into {counted(people, 'user')} who had several.")
    if funnel.rejected:
        was = "was" if funnel.rejected == 1 else "were"
        said.append(f"{counted(funnel.rejected, 'row')} {was} left out, each with its reason.")
    return said


def list_decisions(groups: Iterable[GroupCounts], rejected_by: Mapping[str, int]) -> list[dict[str, Any]]:
    """List what a person has to decide: first the rows left out, then the other kinds of findings by their rows.

    Parameters
    ----------
    groups : iterable of GroupCounts
        Findings by code and effect.
    rejected_by : mapping of str to int
        Rejected rows by the code that first rejected them.

    Returns
    -------
    list of dict
        ``count``, ``what`` (such as ``"rows withheld"``), ``meaning`` and ``link`` to the examples. The last entry may
        have ``more``, the number of kinds that the report shows below only.

    Examples
    --------
    >>> [(entry["count"], entry["what"]) for entry in list_decisions([], {"row_blank": 3, "no_identifier": 2})]
    [(2, 'rows left out')]
    """
    asked = [
        (group.rows or group.findings, _WORDS[group.effect], CODES[group.code].meaning, f"{group.effect}-{group.code}")
        for group in groups
        if group.effect in _WORDS and to_decide(group.code)
    ]
    asked.sort(key=lambda entry: (-entry[0], entry[3]))
    left_out = sum(rows for code, rows in rejected_by.items() if to_decide(code))
    if left_out:
        asked.insert(0, (left_out, "left out", "Each has its reason; correct them, or let them go.", "rejected"))
    lines: list[dict[str, Any]] = [
        {
            "count": count,
            "what": f"{'row' if count == 1 else 'rows'} {what}",
            "meaning": meaning,
            "link": link,
            "more": 0,
        }
        for count, what, meaning, link in asked
    ]
    more = len(lines) - _SHOWN
    return lines if more < 2 else [*lines[:_SHOWN], {"more": more}]


def list_left(targets: Iterable[str], *, identifiers_only: bool) -> list[dict[str, str]]:
    """List the steps that follow a preparation.

    Returns
    -------
    list of dict
        ``step``, and ``section``: the section of the report that shows it done.

    Examples
    --------
    >>> [entry["step"] for entry in list_left(["email", "plan", "source_key"], identifiers_only=False)]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['Create the metadata field in the Passage Console.', 'Bring the users into Passage: upload the Console CSV, or
    push them.', 'Compare Passage with what was prepared.', 'Tell the users that they sign in by a link once.']
    """
    fields = sum(target not in (*IDENTIFIERS, *HELPERS) for target in targets)
    steps = []
    if fields and not identifiers_only:
        which = "field" if fields == 1 else f"fields ({fields:,})"
        steps.append((f"Create the metadata {which} in the Passage Console.", ""))
    steps += [
        ("Bring the users into Passage: upload the Console CSV, or push them.", "push"),
        ("Compare Passage with what was prepared.", "verification"),
    ]
    if identifiers_only:
        steps.append(("Write the Passage ids into the users table of the application.", ""))
    steps.append(("Tell the users that they sign in by a link once.", ""))
    return [{"step": step, "section": section} for step, section in steps]
